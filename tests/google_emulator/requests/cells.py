"""Cells: values, formats, notes, rules, borders and merges."""

from __future__ import annotations

from typing import Any

from .. import masks
from ..a1 import Area
from ..addresses import closed
from ..cells import STORED
from ..errors import invalid
from ..formulas.moving import shifted
from ..model import Sheet
from ..values import LONGEST
from .registry import Batch, both_colors, both_masks, handles

Json = dict[str, Any]


def write(sheet: Sheet, row: int, column: int, given: Json, tree: masks.Tree) -> None:
    """One cell with the masked fields as given."""
    text = given.get("userEnteredValue", {})
    if len(str(text.get("stringValue", text.get("formulaValue", "")))) > LONGEST:
        raise invalid(f"Your input contains more than the maximum of {LONGEST} characters in a single cell.")
    new = masks.apply(sheet.cell(row, column), stored(given), tree)
    sheet.put(row, column, {name: value for name, value in new.items() if value})


def cell_mask(request: Json) -> masks.Tree:
    """The mask of a write to cells, both spellings of colors in it."""
    tree = masks.for_update(request.get("fields"), "CellData")
    return both_masks(tree or {name: {} for name in STORED})


def stored(given: Json) -> Json:
    """What of a given cell is kept: an empty text is no value, and no formula is text."""
    kept = {name: value for name, value in given.items() if name in STORED}
    if kept.get("userEnteredValue") in ({}, {"stringValue": ""}):
        del kept["userEnteredValue"]
    if "userEnteredFormat" in kept:
        kept["userEnteredFormat"] = both_colors(kept["userEnteredFormat"])
    return kept


@handles("updateCells")
def update_cells(batch: Batch, request: Json) -> None:
    tree = cell_mask(request)
    rows = request.get("rows", [])
    if "range" in request:
        sheet, area = closed(batch.book, request["range"])
    else:
        sheet, area = from_start(batch, request.get("start", {}), rows)
    batch.guard(sheet, area)
    check_rows(area, rows)
    for down in range((area.row_end or 0) - (area.row or 0)):
        values = rows[down].get("values", []) if down < len(rows) else []
        bounded = (
            range((area.column_end or 0) - (area.column or 0)) if "range" in request else range(len(values))
        )
        for over in bounded:
            cell = values[over] if over < len(values) else {}
            write(sheet, (area.row or 0) + down, (area.column or 0) + over, cell, tree)


def from_start(batch: Batch, start: Json, rows: list[Json]) -> tuple[Sheet, Area]:
    """The area that rows fill from a coordinate on: it must be on the grid."""
    sheet = batch.book.sheet(start.get("sheetId", 0))
    row, column = start.get("rowIndex", 0), start.get("columnIndex", 0)
    sheet.inside(Area(row, row + 1, column, column + 1))
    width = max((len(line.get("values", [])) for line in rows), default=0)
    if row + len(rows) > sheet.rows:
        raise invalid(
            f"Attempting to write row: {sheet.rows}, beyond the last requested row of: {sheet.rows - 1}"
        )
    if column + width > sheet.columns:
        last = sheet.columns - 1
        raise invalid(f"Attempting to write column: {last + 1}, beyond the last requested column of: {last}")
    return sheet, Area(row, row + len(rows), column, column + width)


def check_rows(area: Area, rows: list[Json]) -> None:
    last_row, last_column = (area.row_end or 0) - 1, (area.column_end or 0) - 1
    if (area.row or 0) + len(rows) - 1 > last_row:
        raise invalid(
            f"Attempting to write row: {last_row + 1}, beyond the last requested row of: {last_row}"
        )
    width = max((len(line.get("values", [])) for line in rows), default=0)
    if (area.column or 0) + width - 1 > last_column:
        beyond = f"beyond the last requested column of: {last_column}"
        raise invalid(f"Attempting to write column: {last_column + 1}, {beyond}")


@handles("repeatCell")
def repeat_cell(batch: Batch, request: Json) -> None:
    tree = cell_mask(request)
    sheet, area = closed(batch.book, request.get("range", {}))
    batch.guard(sheet, area)
    given = request.get("cell", {})
    formula = given.get("userEnteredValue", {}).get("formulaValue")
    for row in range(area.row or 0, area.row_end or 0):
        for column in range(area.column or 0, area.column_end or 0):
            cell = given
            if formula:
                moved = shifted(formula, row - (area.row or 0), column - (area.column or 0))
                cell = given | {"userEnteredValue": {"formulaValue": moved}}
            write(sheet, row, column, cell, tree)


@handles("appendCells")
def append_cells(batch: Batch, request: Json) -> None:
    tree = cell_mask(request)
    sheet = batch.book.sheet(request.get("sheetId", 0))
    rows = request.get("rows", [])
    start = max(sheet.cells, default=-1) + 1
    for table in sheet.lists["tables"]:
        if table["tableId"] == request.get("tableId"):
            start = table["range"]["endRowIndex"]
            table["range"]["endRowIndex"] += len(rows)
    width = max((len(line.get("values", [])) for line in rows), default=0)
    sheet.set_size("ROWS", max(sheet.rows, start + len(rows)))
    sheet.set_size("COLUMNS", max(sheet.columns, width))
    batch.book.check_size()
    for down, line in enumerate(rows):
        for column, cell in enumerate(line.get("values", [])):
            write(sheet, start + down, column, cell, tree)


@handles("setDataValidation")
def set_data_validation(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    rule = request.get("rule")
    if rule is not None:
        check_condition(rule.get("condition", {}))
    for row in range(area.row or 0, area.row_end or 0):
        for column in range(area.column or 0, area.column_end or 0):
            cell = dict(sheet.cell(row, column))
            cell.pop("dataValidation", None)
            sheet.put(row, column, cell | ({"dataValidation": rule} if rule else {}))


# How many values a condition takes, by the end of its name or by all of it; others take any number.
COUNTS = {
    "BETWEEN": 2,
    "BLANK": 0,
    "IS_EMAIL": 0,
    "IS_URL": 0,
    "IS_VALID": 0,
    "ONE_OF_LIST": None,
    "BOOLEAN": None,
    "FILTER_EXPRESSION": None,
}


def check_condition(condition: Json) -> None:
    """As many values as the condition takes."""
    kind, values = condition.get("type"), condition.get("values", [])
    if kind is None:
        raise invalid("BooleanCondition.type must be set.")
    count = next((count for end, count in COUNTS.items() if kind.endswith(end)), 1)
    if count is not None and len(values) != count:
        words = {0: "no values", 1: "exactly one value", 2: "exactly two values"}[count]
        raise invalid(f"BooleanCondition.values must have {words} for {kind}, found {len(values)}.")
    if kind == "ONE_OF_LIST" and not values:
        raise invalid("At least one value is required for ONE_OF_LIST.")
    if kind == "ONE_OF_LIST" and len(values) > 500:
        raise invalid("A list condition may have at most 500 values.")


@handles("mergeCells")
def merge_cells(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    batch.guard(sheet, area)
    sheet.lists["merges"] = [merge for merge in sheet.lists["merges"] if not Area.of(merge).meets(area)]
    for part in parts(area, request.get("mergeType", "MERGE_ALL")):
        sheet.lists["merges"].append(part.grid_range(sheet.id))
        keep_first(sheet, part)


def parts(area: Area, kind: str) -> list[Area]:
    rows = range(area.row or 0, area.row_end or 0)
    columns = range(area.column or 0, area.column_end or 0)
    if kind == "MERGE_ROWS":
        return [Area(row, row + 1, area.column, area.column_end) for row in rows]
    if kind == "MERGE_COLUMNS":
        return [Area(area.row, area.row_end, column, column + 1) for column in columns]
    return [area]


def keep_first(sheet: Sheet, area: Area) -> None:
    """Of merged cells the first keeps its value."""
    for row, column, cell in list(sheet.filled(area)):
        if (row, column) != (area.row, area.column):
            sheet.put(row, column, {name: kept for name, kept in cell.items() if name != "userEnteredValue"})


@handles("unmergeCells")
def unmerge_cells(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    met = [merge for merge in sheet.lists["merges"] if Area.of(merge).meets(area)]
    if any(covered(Area.of(merge), area) is False for merge in met):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    sheet.lists["merges"] = [merge for merge in sheet.lists["merges"] if merge not in met]


def covered(inner: Area, outer: Area) -> bool:
    rows = (outer.row or 0) <= (inner.row or 0) and (inner.row_end or 0) <= (outer.row_end or 0)
    columns = (outer.column or 0) <= (inner.column or 0) and (inner.column_end or 0) <= (
        outer.column_end or 0
    )
    return rows and columns


WIDTHS = {"SOLID_MEDIUM": 2, "SOLID_THICK": 3, "DOUBLE": 3}


@handles("updateBorders")
def update_borders(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    for row in range(area.row or 0, area.row_end or 0):
        for column in range(area.column or 0, area.column_end or 0):
            sides = {
                "top": "top" if row == area.row else "innerHorizontal",
                "bottom": "bottom" if row + 1 == area.row_end else "innerHorizontal",
                "left": "left" if column == area.column else "innerVertical",
                "right": "right" if column + 1 == area.column_end else "innerVertical",
            }
            edges = {side: request[given] for side, given in sides.items() if given in request}
            draw(sheet, row, column, edges)


def draw(sheet: Sheet, row: int, column: int, edges: Json) -> None:
    cell = sheet.cell(row, column)
    look = dict(cell.get("userEnteredFormat", {}))
    borders = dict(look.get("borders", {}))
    for side, border in edges.items():
        if border.get("style", "NONE") == "NONE":
            borders.pop(side, None)
        else:
            whole = {"color": {}} | border if "colorStyle" not in border else border
            borders[side] = both_colors({"width": WIDTHS.get(border["style"], 1)} | whole)
    look.pop("borders", None)
    look |= {"borders": borders} if borders else {}
    rest = {name: value for name, value in cell.items() if name != "userEnteredFormat"}
    sheet.put(row, column, rest | ({"userEnteredFormat": look} if look else {}))
