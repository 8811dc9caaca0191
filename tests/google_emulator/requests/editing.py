"""Work on the contents of a range: sort, shuffle, search, split, trim, drop repeats, paste."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from ..a1 import Area
from ..addresses import closed
from ..cells import formatted_value
from ..entry import typed
from ..errors import invalid
from ..formulas.moving import shifted
from ..formulas.worth import Failure
from ..model import Sheet
from ..values import put_value
from .moving import size
from .registry import Batch, handles

Json = dict[str, Any]


def rows_in(area: Area) -> range:
    return range(area.row or 0, area.row_end or 0)


def columns_in(area: Area) -> range:
    return range(area.column or 0, area.column_end or 0)


def rearrange(sheet: Sheet, area: Area, order: list[int]) -> None:
    """The rows of the area in another order; formulas keep looking at their own row."""
    lines = {row: [sheet.cell(row, column) for column in columns_in(area)] for row in rows_in(area)}
    for row, source in zip(rows_in(area), order, strict=False):
        for column, cell in zip(columns_in(area), lines[source], strict=True):
            formula = cell.get("userEnteredValue", {}).get("formulaValue")
            if formula and row != source:
                cell = cell | {"userEnteredValue": {"formulaValue": shifted(formula, row - source, 0)}}
            sheet.put(row, column, cell)


def sort_key(value: Any) -> tuple[int, Any]:
    """Numbers, then texts, then booleans, then errors."""
    if isinstance(value, Failure):
        return 3, value.name
    if isinstance(value, bool):
        return 2, value
    return (1, value.lower()) if isinstance(value, str) else (0, value)


@handles("sortRange")
def sort_range(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    batch.guard(sheet, area)
    sort(batch, sheet, area, request.get("sortSpecs", []))


def sort(batch: Batch, sheet: Sheet, area: Area, specs: list[Json]) -> None:
    """Sort by each spec, the last first, so that earlier ones weigh more; blanks end last either way."""
    order = list(rows_in(area))
    for spec in reversed(specs):
        column = spec.get("dimensionIndex", 0)
        if column not in columns_in(area):
            raise invalid(f"sortSpecs.dimensionIndex[{column}] must be within the range.")
        values = {row: batch.calculation.value(sheet, row, column) for row in order}
        filled = [row for row in order if values[row] not in (None, "")]
        blank = [row for row in order if values[row] in (None, "")]
        filled.sort(
            key=lambda row, values=values: sort_key(values[row]),  # type: ignore[misc]
            reverse=spec.get("sortOrder") == "DESCENDING",
        )
        order = filled + blank
    rearrange(sheet, area, order)


@handles("randomizeRange")
def randomize_range(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    order = list(rows_in(area))
    batch.book.random.shuffle(order)
    rearrange(sheet, area, order)


@handles("findReplace")
def find_replace(batch: Batch, request: Json) -> Json:
    places = searched(batch, request)
    shape = pattern_of(request)
    replacement = request.get("replacement", "")
    counts = dict.fromkeys(("valuesChanged", "formulasChanged", "occurrencesChanged"), 0)
    touched: set[tuple[int, int]] = set()
    for sheet, area in places:
        for row, column, cell in list(sheet.filled(area)):
            changed, kind = replace_in(batch, sheet, (row, column), cell, shape, replacement, request)
            if changed:
                counts[kind] += 1
                counts["occurrencesChanged"] += changed
                touched.add((sheet.id, row))
    found = counts | {"rowsChanged": len(touched), "sheetsChanged": len({sheet for sheet, _ in touched})}
    return {name: count for name, count in found.items() if count}


def searched(batch: Batch, request: Json) -> list[tuple[Sheet, Area]]:
    if request.get("allSheets"):
        return [(sheet, Area()) for sheet in batch.book.sheets]
    if "range" in request:
        return [closed(batch.book, request["range"])]
    return [(batch.book.sheet(request.get("sheetId", 0)), Area())]


def pattern_of(request: Json) -> re.Pattern[str]:
    find = request.get("find", "")
    if not find:
        raise invalid("The find string must not be empty.")
    text = find if request.get("searchByRegex") else re.escape(find)
    text = f"(?:{text})\\Z" if request.get("matchEntireCell") else text
    try:
        return re.compile(text, 0 if request.get("matchCase") else re.IGNORECASE)
    except re.error as wrong:
        raise invalid(f"Invalid regular expression: {find}") from wrong


def replace_in(
    batch: Batch,
    sheet: Sheet,
    place: tuple[int, int],
    cell: Json,
    shape: re.Pattern[str],
    replacement: str,
    request: Json,
) -> tuple[int, str]:
    """How often, and where: in the value or in the formula."""
    entered = cell.get("userEnteredValue", {})
    if "formulaValue" in entered:
        if not request.get("includeFormulas"):
            return 0, "valuesChanged"
        text, kind = entered["formulaValue"], "formulasChanged"
    else:
        text, kind = formatted_value(batch.calculation, sheet, *place, cell), "valuesChanged"
    swap: Any = (
        re.sub(r"\$(\d)", r"\\\1", replacement) if request.get("searchByRegex") else lambda _: replacement
    )
    if request.get("matchEntireCell") and not shape.match(text):
        return 0, kind
    new, count = shape.subn(swap, text)
    if count:
        value = {"formulaValue": new} if kind == "formulasChanged" else typed(new, batch.now.date())[0]
        rest = {name: kept for name, kept in cell.items() if name != "userEnteredValue"}
        sheet.put(*place, rest | ({"userEnteredValue": value} if value else {}))
    return count, kind


DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


@handles("textToColumns")
def text_to_columns(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("source", {}))
    if size(area)[1] != 1:
        raise invalid("The source must span exactly one column.")
    for row, column, cell in list(sheet.filled(area)):
        text = formatted_value(batch.calculation, sheet, row, column, cell)
        parts = text.split(delimiter(request, text)) if text else []
        sheet.set_size("COLUMNS", max(sheet.columns, column + len(parts)))
        for over, part in enumerate(parts):
            put_value(sheet, row, column + over, part.strip(), "USER_ENTERED", batch.now.date())


def delimiter(request: Json, text: str) -> str:
    kind = request.get("delimiterType", "AUTODETECT")
    if kind == "CUSTOM":
        return str(request.get("delimiter") or ",")
    guessed = next((mark for mark in (",", ";", "\t", " ") if mark in text), ",")
    return DELIMITERS.get(kind, guessed)


@handles("trimWhitespace")
def trim_whitespace(batch: Batch, request: Json) -> Json:
    sheet, area = closed(batch.book, request.get("range", {}))
    changed = 0
    for row, column, cell in list(sheet.filled(area)):
        text = cell.get("userEnteredValue", {}).get("stringValue")
        if text is not None and (new := re.sub(r"\s+", " ", text).strip()) != text:
            value = {"userEnteredValue": {"stringValue": new}} if new else {}
            rest = {name: kept for name, kept in cell.items() if name != "userEnteredValue"}
            sheet.put(row, column, rest | value)
            changed += 1
    return {"cellsChangedCount": changed} if changed else {}


@handles("deleteDuplicates")
def delete_duplicates(batch: Batch, request: Json) -> Json:
    sheet, area = closed(batch.book, request.get("range", {}))
    spans = request.get("comparisonColumns") or [{"startIndex": area.column, "endIndex": area.column_end}]
    columns = [
        at for span in spans for at in range(span.get("startIndex", 0), span.get("endIndex", sheet.columns))
    ]
    seen: set[tuple[str, ...]] = set()
    kept = []
    for row in rows_in(area):
        key = tuple(
            formatted_value(batch.calculation, sheet, row, at, sheet.cell(row, at)).lower() for at in columns
        )
        if key not in seen:
            kept.append(row)
        seen.add(key)
    gone = len(rows_in(area)) - len(kept)
    rearrange(sheet, area, kept)
    for row in range((area.row_end or 0) - gone, area.row_end or 0):
        for column in columns_in(area):
            sheet.put(row, column, {})
    return {"duplicatesRemovedCount": gone} if gone else {}


@handles("pasteData")
def paste_data(batch: Batch, request: Json) -> None:
    start = request.get("coordinate", {})
    sheet = batch.book.sheet(start.get("sheetId", 0))
    row, column = start.get("rowIndex", 0), start.get("columnIndex", 0)
    rows = html_rows(request.get("data", "")) if request.get("html") else delimited(request)
    for down, line in enumerate(rows):
        for over, text in enumerate(line):
            sheet.set_size("ROWS", max(sheet.rows, row + down + 1))
            sheet.set_size("COLUMNS", max(sheet.columns, column + over + 1))
            put_value(sheet, row + down, column + over, text, "USER_ENTERED", batch.now.date())


def delimited(request: Json) -> list[list[str]]:
    mark = request.get("delimiter") or "\t"
    if len(mark) == 1:
        return list(csv.reader(io.StringIO(request.get("data", "")), delimiter=mark))
    return [line.split(mark) for line in request.get("data", "").splitlines()]


def html_rows(text: str) -> list[list[str]]:
    plain: Callable[[str], str] = lambda cell: re.sub(r"<[^>]+>", "", cell).strip()  # noqa: E731
    lines = re.findall(r"(?is)<tr[^>]*>(.*?)</tr>", text)
    return [[plain(cell) for cell in re.findall(r"(?is)<t[dh][^>]*>(.*?)</t[dh]>", line)] for line in lines]
