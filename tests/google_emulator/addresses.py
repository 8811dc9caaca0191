"""Which sheet and area a text or a data filter names."""

from __future__ import annotations

from typing import Any

from . import a1
from .a1 import Area
from .errors import invalid
from .model import Sheet, Spreadsheet


def locate(book: Spreadsheet, text: str) -> tuple[Sheet, Area]:
    """The sheet and area of A1 text; a cell of the first sheet wins over a title, that over a named range."""
    title, rest = a1.split(text)
    if title is None:
        return bare(book, text)
    sheet = book.titled(title)
    if sheet is None:
        raise unable(text)
    if not rest:
        return sheet, Area()
    area = a1.parse(rest)
    if area is None:
        return named_in(book, sheet, rest, text)
    return sheet, area


def bare(book: Spreadsheet, text: str) -> tuple[Sheet, Area]:
    if area := a1.parse(text):
        return book.sheets[0], area
    if sheet := book.titled(text):
        return sheet, Area()
    for named in book.named_ranges:
        if named["name"].lower() == text.lower():
            return of_grid_range(book, named["range"])
    raise unable(text)


def named_in(book: Spreadsheet, sheet: Sheet, name: str, text: str) -> tuple[Sheet, Area]:
    for named in book.named_ranges:
        if named["name"].lower() == name.lower() and named["range"].get("sheetId", 0) == sheet.id:
            return of_grid_range(book, named["range"])
    raise unable(text)


def unable(text: str) -> Exception:
    return invalid(f"Unable to parse range: {text}")


def of_grid_range(book: Spreadsheet, grid_range: dict[str, Any]) -> tuple[Sheet, Area]:
    return book.sheet(grid_range.get("sheetId", 0)), Area.of(grid_range)


def closed(book: Spreadsheet, grid_range: dict[str, Any]) -> tuple[Sheet, Area]:
    """The sheet and the closed area of a request's GridRange; beyond the grid is refused."""
    sheet, area = of_grid_range(book, grid_range)
    check_order(area)
    return sheet, sheet.inside(area)


def check_order(area: Area) -> None:
    for name, start, end in (("Row", area.row, area.row_end), ("Column", area.column, area.column_end)):
        if (start or 0) < 0:
            raise invalid(f"GridRange.start{name}Index[{start}] must be >= 0")
        if start is not None and end is not None and end < start:
            low, high = f"start{name}Index[{start}]", f"end{name}Index[{end}]"
            raise invalid(f"GridRange.{low} must be before {high}")


def of_filter(book: Spreadsheet, data_filter: dict[str, Any]) -> list[tuple[Sheet, Area]]:
    """The areas a data filter matches: one for a range, any number for metadata."""
    if "a1Range" in data_filter:
        return [locate(book, data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [of_grid_range(book, data_filter["gridRange"])]
    lookup = data_filter.get("developerMetadataLookup", {})
    return [found for entry in matching(book, lookup) if (found := place_of(book, entry))]


def matching(book: Spreadsheet, lookup: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for _, entry in book.all_metadata() if matches(entry, lookup)]


def matches(entry: dict[str, Any], lookup: dict[str, Any]) -> bool:
    """Whether metadata has all that a lookup names (locations compare whole)."""
    for field in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if field in lookup and entry.get(field) != lookup[field]:
            return False
    if lookup.get("locationType", entry["location"]["locationType"]) != entry["location"]["locationType"]:
        return False
    wanted = lookup.get("metadataLocation", {})
    return all(entry["location"].get(field) == value for field, value in wanted.items())


def place_of(book: Spreadsheet, entry: dict[str, Any]) -> tuple[Sheet, Area] | None:
    location = entry["location"]
    if "sheetId" in location:
        return book.sheet(location["sheetId"]), Area()
    if dimension := location.get("dimensionRange"):
        start, end = dimension.get("startIndex"), dimension.get("endIndex")
        area = Area(start, end) if dimension["dimension"] == "ROWS" else Area(None, None, start, end)
        return book.sheet(dimension.get("sheetId", 0)), area
    return None
