"""Rows and columns come, go and move; everything that points at cells moves along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .a1 import Area
from .errors import invalid
from .formulas.moving import rewritten
from .model import Sheet, Spreadsheet

Json = dict[str, Any]
Place = Callable[[int], int | None]  # where an index goes; None: it is gone
Span = Callable[[int, int], tuple[int, int] | None]  # where a half-open span goes
KEYS = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}


def insert(book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int) -> None:
    """Empty rows or columns before `at`."""

    def span(start: int, end: int) -> tuple[int, int]:
        return (start + count if start >= at else start), (end + count if end > at else end)

    apply(book, sheet, dimension, lambda index: index + count if index >= at else index, span)
    sheet.set_size(dimension, sheet.size(dimension) + count)
    book.check_size()


def delete(book: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """Rows or columns [start, end) go."""
    count = end - start

    def moved(edge: int) -> int:
        return edge if edge <= start else max(start, edge - count)

    def span(first: int, last: int) -> tuple[int, int] | None:
        kept = moved(first), moved(last)
        return kept if kept[0] < kept[1] else None

    def place(index: int) -> int | None:
        return None if start <= index < end else moved(index)

    apply(book, sheet, dimension, place, span)
    sheet.set_size(dimension, sheet.size(dimension) - count)


def move(book: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int, to: int) -> None:
    """Rows or columns [start, end) to before `to`, counted before anything moves."""
    if start <= to <= end:
        return
    order = [index for index in range(sheet.size(dimension)) if not start <= index < end]
    at = to if to < start else to - (end - start)
    order[at:at] = range(start, end)
    new = {old: place for place, old in enumerate(order)}

    def span(first: int, last: int) -> tuple[int, int]:
        head, tail = new.get(first, first), new.get(last - 1, last - 1)
        return (head, tail + 1) if tail - head == last - 1 - first else (first, last)

    apply(book, sheet, dimension, lambda index: new.get(index, index), span)


def apply(book: Spreadsheet, sheet: Sheet, dimension: str, place: Place, span: Span) -> None:
    move_cells(sheet, dimension, place)
    move_properties(sheet, dimension, place)
    for owner in book.sheets:
        for name, listed in owner.lists.items():
            owner.lists[name] = moved_all(listed, sheet, dimension, span, place)
        if owner is sheet and owner.basic_filter:
            kept = moved_all([owner.basic_filter], sheet, dimension, span, place)
            owner.basic_filter = kept[0] if kept else None
    book.named_ranges = moved_all(book.named_ranges, sheet, dimension, span, place)
    move_formulas(book, sheet, dimension, span)
    book.version += 1


def move_cells(sheet: Sheet, dimension: str, place: Place) -> None:
    if dimension == "ROWS":
        sheet.cells = {to: cells for row, cells in sheet.cells.items() if (to := place(row)) is not None}
        return
    moved = {
        row: {to: cell for column, cell in cells.items() if (to := place(column)) is not None}
        for row, cells in sheet.cells.items()
    }
    sheet.cells = {row: cells for row, cells in moved.items() if cells}


def move_properties(sheet: Sheet, dimension: str, place: Place) -> None:
    known = sheet.meta[dimension]
    sheet.meta[dimension] = {to: kept for index, kept in known.items() if (to := place(index)) is not None}
    name = "frozenRowCount" if dimension == "ROWS" else "frozenColumnCount"
    grid = sheet.properties["gridProperties"]
    if frozen := grid.get(name, 0):
        grid[name] = len([index for index in range(frozen) if place(index) is not None])
        if not grid[name]:
            del grid[name]


def moved_all(listed: list[Json], sheet: Sheet, dimension: str, span: Span, place: Place) -> list[Json]:
    """The entries with their ranges moved; those whose own range is gone are left out."""
    kept = []
    for entry in listed:
        moved = moved_one(entry, sheet, dimension, span, place)
        gone = moved is None or ("ranges" in entry and not moved["ranges"]) or lost_range(entry, moved)
        if moved is not None and not gone:
            kept.append(moved)
    return kept


def lost_range(before: Json, after: Json) -> bool:
    """Whether what the entry is about is gone: its range, or the row or column that metadata sits on."""
    place, kept = before.get("location", {}), after.get("location", {})
    return ("range" in before and "range" not in after) or (
        "dimensionRange" in place and "dimensionRange" not in kept
    )


def moved_one(value: Any, sheet: Sheet, dimension: str, span: Span, place: Place) -> Any:
    """A value with each range and coordinate in it moved; None when its place is gone."""
    if isinstance(value, list):
        found = [moved_one(item, sheet, dimension, span, place) for item in value]
        return [item for item in found if item is not None]
    if not isinstance(value, dict):
        return value
    here = value.get("sheetId", 0) == sheet.id
    if here and any(name in value for name in KEYS[dimension]):
        return moved_range(value, sheet, dimension, span)
    if here and value.get("dimension") == dimension and "startIndex" in value:
        ends = span(value["startIndex"], value.get("endIndex", sheet.size(dimension)))
        return value | {"startIndex": ends[0], "endIndex": ends[1]} if ends else None
    index = "rowIndex" if dimension == "ROWS" else "columnIndex"
    if here and index in value:
        return value | {index: place(value[index]) or 0}
    moved = {name: moved_one(item, sheet, dimension, span, place) for name, item in value.items()}
    return {name: item for name, item in moved.items() if item is not None}


def moved_range(value: Json, sheet: Sheet, dimension: str, span: Span) -> Json | None:
    first, last = KEYS[dimension]
    start, end = value.get(first, 0), value.get(last)
    ends = span(start, sheet.size(dimension) if end is None else end)
    if ends is None:
        return None
    return value | ({first: ends[0]} if first in value else {}) | ({last: ends[1]} if end is not None else {})


def move_formulas(book: Spreadsheet, sheet: Sheet, dimension: str, span: Span) -> None:
    for owner in book.sheets:

        def mover(title: str | None, area: Area, owner: Any = owner) -> Area | None:
            named = owner.title if title is None else title
            return moved_area(area, dimension, span) if named.lower() == sheet.title.lower() else area

        for row, column, cell in owner.formulas():
            formula = cell["userEnteredValue"]["formulaValue"]
            if (new := rewritten(formula, mover)) != formula:
                owner.put(row, column, cell | {"userEnteredValue": {"formulaValue": new}})


def moved_area(area: Area, dimension: str, span: Span) -> Area | None:
    start, end = (area.row, area.row_end) if dimension == "ROWS" else (area.column, area.column_end)
    if start is None and end is None:
        return area
    ends = span(start or 0, 10**9 if end is None else end)
    if ends is None:
        return None
    first, last = (None if start is None else ends[0]), (None if end is None else ends[1])
    if dimension == "ROWS":
        return Area(first, last, area.column, area.column_end)
    return Area(area.row, area.row_end, first, last)


def closed(sheet: Sheet, dimension_range: Json) -> tuple[str, int, int]:
    """The dimension and ends of a DimensionRange, open ends closed."""
    if "dimension" not in dimension_range:
        raise invalid("range.dimension must be specified.")
    dimension = dimension_range["dimension"]
    start = dimension_range.get("startIndex", 0)
    end = dimension_range.get("endIndex", sheet.size(dimension))
    if end < start:
        raise invalid(f"DimensionRange.startIndex[{start}] must be before endIndex[{end}]")
    return dimension, start, end
