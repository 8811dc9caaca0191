"""Copies, cuts and fills."""

from __future__ import annotations

from typing import Any

from ..a1 import Area
from ..addresses import closed
from ..errors import invalid
from ..formulas.moving import shifted
from ..model import Sheet
from .registry import Batch, handles

Json = dict[str, Any]
KEPT_BY = {
    "PASTE_NORMAL": (
        "userEnteredValue",
        "userEnteredFormat",
        "note",
        "dataValidation",
        "textFormatRuns",
        "chipRuns",
    ),
    "PASTE_NO_BORDERS": ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", "textFormatRuns"),
    "PASTE_VALUES": ("userEnteredValue",),
    "PASTE_FORMULA": ("userEnteredValue",),
    "PASTE_FORMAT": ("userEnteredFormat", "textFormatRuns"),
    "PASTE_DATA_VALIDATION": ("dataValidation",),
    "PASTE_CONDITIONAL_FORMATTING": (),
}


def size(area: Area) -> tuple[int, int]:
    return (area.row_end or 0) - (area.row or 0), (area.column_end or 0) - (area.column or 0)


def taken(batch: Batch, sheet: Sheet, place: tuple[int, int], kind: str, by: tuple[int, int]) -> Json:
    """What a paste brings from a cell, its formula moved along."""
    cell = sheet.cell(*place)
    kept = {name: cell[name] for name in KEPT_BY[kind] if name in cell}
    formula = kept.get("userEnteredValue", {}).get("formulaValue")
    if formula and kind == "PASTE_VALUES":
        kept["userEnteredValue"] = batch.calculation.effective(sheet, *place)
    elif formula:
        kept["userEnteredValue"] = {"formulaValue": shifted(formula, *by)}
    if kind == "PASTE_NO_BORDERS" and "userEnteredFormat" in kept:
        kept["userEnteredFormat"] = {n: v for n, v in kept["userEnteredFormat"].items() if n != "borders"}
    return kept


def paste(sheet: Sheet, row: int, column: int, cell: Json, kind: str) -> None:
    rest = {name: value for name, value in sheet.cell(row, column).items() if name not in KEPT_BY[kind]}
    if row < sheet.rows and column < sheet.columns:
        sheet.put(row, column, rest | cell)


@handles("copyPaste")
def copy_paste(batch: Batch, request: Json) -> None:
    source_sheet, source = closed(batch.book, request.get("source", {}))
    sheet, target = closed(batch.book, request.get("destination", {}))
    kind = request.get("pasteType", "PASTE_NORMAL")
    turned = request.get("pasteOrientation") == "TRANSPOSE"
    rows, columns = size(source)
    if not rows or not columns:
        raise invalid("The source range must not be empty.")
    tall, wide = (columns, rows) if turned else (rows, columns)
    target_rows, target_columns = size(target)
    down_times, over_times = max(target_rows // tall, 1), max(target_columns // wide, 1)
    written: list[tuple[int, int, Json]] = []
    for down in range(tall * down_times):
        for over in range(wide * over_times):
            line, place = (over % wide, down % tall) if turned else (down % tall, over % wide)
            at = (source.row or 0) + line, (source.column or 0) + place
            to = (target.row or 0) + down, (target.column or 0) + over
            written.append((*to, taken(batch, source_sheet, at, kind, (to[0] - at[0], to[1] - at[1]))))
    batch.guard(sheet, target)
    for row, column, cell in written:
        paste(sheet, row, column, cell, kind)


@handles("cutPaste")
def cut_paste(batch: Batch, request: Json) -> None:
    source_sheet, source = closed(batch.book, request.get("source", {}))
    target = request.get("destination", {})
    sheet = batch.book.sheet(target.get("sheetId", 0))
    kind = request.get("pasteType", "PASTE_NORMAL")
    down = target.get("rowIndex", 0) - (source.row or 0)
    over = target.get("columnIndex", 0) - (source.column or 0)
    batch.guard(source_sheet, source)
    lifted = [(row, column, source_sheet.cell(row, column)) for row, column, _ in source_sheet.filled(source)]
    for row, column, cell in lifted:
        source_sheet.put(row, column, {n: v for n, v in cell.items() if n not in KEPT_BY[kind]})
    rows, columns = size(source)
    for row in range(rows):
        for column in range(columns):
            paste(sheet, (source.row or 0) + row + down, (source.column or 0) + column + over, {}, kind)
    for row, column, cell in lifted:
        kept = {name: cell[name] for name in KEPT_BY[kind] if name in cell}
        paste(sheet, row + down, column + over, kept, kind)


@handles("autoFill")
def auto_fill(batch: Batch, request: Json) -> None:
    if "sourceAndDestination" in request:
        given = request["sourceAndDestination"]
        sheet, source = closed(batch.book, given.get("source", {}))
        dimension, length = given.get("dimension", "ROWS"), given.get("fillLength", 0)
    else:
        sheet, whole = closed(batch.book, request.get("range", {}))
        source, dimension, length = detected(sheet, whole)
    fill(batch, sheet, source, dimension, length, request.get("useAlternateSeries", False))


def detected(sheet: Sheet, whole: Area) -> tuple[Area, str, int]:
    """Where the data of a range ends: that is what is continued over the rest."""
    filled = [(row, column) for row, column, cell in sheet.filled(whole) if "userEnteredValue" in cell]
    if not filled:
        raise invalid("The range has no data to fill from.")
    last_row, last_column = max(row for row, _ in filled) + 1, max(column for _, column in filled) + 1
    if last_row < (whole.row_end or 0):
        return (
            Area(whole.row, last_row, whole.column, whole.column_end),
            "ROWS",
            (whole.row_end or 0) - last_row,
        )
    return (
        Area(whole.row, whole.row_end, whole.column, last_column),
        "COLUMNS",
        (whole.column_end or 0) - last_column,
    )


def fill(batch: Batch, sheet: Sheet, source: Area, dimension: str, length: int, copied: bool) -> None:
    """Continue each line of the source: numbers as a straight series, the rest repeated."""
    rows, columns = size(source)
    depth = rows if dimension == "ROWS" else columns
    for line in range(columns if dimension == "ROWS" else rows):
        places = [
            ((source.row or 0) + at, (source.column or 0) + line)
            if dimension == "ROWS"
            else ((source.row or 0) + line, (source.column or 0) + at)
            for at in range(depth)
        ]
        numbers = [sheet.cell(*place).get("userEnteredValue", {}).get("numberValue") for place in places]
        series = (
            None
            if None in numbers or len(numbers) < 2 or copied
            else (numbers[-1], numbers[-1] - numbers[-2])
        )
        for step in range(1, abs(length) + 1):
            way = depth - 1 + step if length > 0 else -step
            base = places[(step - 1) % depth]
            to = (
                (places[0][0] + way, places[0][1])
                if dimension == "ROWS"
                else (places[0][0], places[0][1] + way)
            )
            cell = taken(batch, sheet, base, "PASTE_NORMAL", (to[0] - base[0], to[1] - base[1]))
            if series and length > 0:
                cell["userEnteredValue"] = {"numberValue": series[0] + series[1] * step}
            paste(sheet, *to, cell, "PASTE_NORMAL")
