"""The values calls: read, write, append and clear by range."""

from __future__ import annotations

from datetime import date
from typing import Any

from .a1 import Area, letters
from .addresses import locate
from .cells import as_value
from .entry import typed
from .errors import invalid
from .formulas.evaluate import Calculation
from .headers import settle
from .model import Sheet, Spreadsheet

Json = dict[str, Any]
LONGEST = 50_000


def value_range(calculation: Calculation, sheet: Sheet, area: Area, options: Json) -> Json:
    """A ValueRange: what trails empty is left out."""
    whole = sheet.inside(area)
    render = options.get("valueRenderOption", "FORMATTED_VALUE")
    dates = options.get("dateTimeRenderOption", "SERIAL_NUMBER")
    major = options.get("majorDimension", "ROWS")
    grid: dict[int, dict[int, Any]] = {}
    for row, column, _ in calculation.cells(sheet, whole):
        value = as_value(calculation, sheet, (row, column), render, dates)
        if value != "" or isinstance(value, bool):
            line, place = (row - (whole.row or 0)), (column - (whole.column or 0))
            line, place = (line, place) if major == "ROWS" else (place, line)
            grid.setdefault(line, {})[place] = value
    result: Json = {"range": sheet.range_text(whole), "majorDimension": major}
    return result | ({"values": lined(grid)} if grid else {})


def lined(grid: dict[int, dict[int, Any]]) -> list[list[Any]]:
    return [
        [grid[line].get(place, "") for place in range(max(grid[line]) + 1)] if line in grid else []
        for line in range(max(grid) + 1)
    ]


def get(calculation: Calculation, book: Spreadsheet, text: str, options: Json) -> Json:
    sheet, area = locate(book, text)
    return value_range(calculation, sheet, area, options)


def rows_of(body: Json) -> list[list[Any]]:
    """The body's values as rows, checked."""
    rows: list[list[Any]] = body.get("values", [])
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, (list, dict)):
                kind = "list_value" if isinstance(value, list) else "struct_value"
                raise invalid(f"Invalid values[{line}][{place}]: {kind} {{\n}}\n")
            if isinstance(value, str) and len(value) > LONGEST:
                raise invalid(
                    f"Your input contains more than the maximum of {LONGEST} characters in a single cell."
                )
    if body.get("majorDimension") == "COLUMNS":
        height = max(map(len, rows), default=0)
        return [[row[at] if at < len(row) else None for row in rows] for at in range(height)]
    return rows


def check_option(options: Json) -> str:
    option = options.get("valueInputOption")
    if option is None:
        raise invalid("'valueInputOption' is required but not specified")
    return str(option)


def update(book: Spreadsheet, text: str, body: Json, options: Json, today: date) -> tuple[Json, Sheet, Area]:
    """Write values from the range's first cell on; the answer, and where it went."""
    option = check_option(options)
    check_same_range(text, body)
    sheet, area = locate(book, text)
    rows = rows_of(body)
    whole = sheet.inside(area)
    check_fits(sheet, area, rows, text)
    answer, written = put_rows(book, sheet, (whole.row or 0, whole.column or 0), rows, option, today)
    return answer, sheet, written


def check_same_range(text: str, body: Json) -> None:
    if body.get("range", text).replace("'", "") != text.replace("'", ""):
        raise invalid(f"Requested range '{text}' must match 'data.range' '{body['range']}'")


def check_fits(sheet: Sheet, area: Area, rows: list[list[Any]], text: str) -> None:
    """A range of one cell is only a start; a larger one is a limit. The grid does not grow."""
    bottom = (area.row or 0) + len(rows)
    right = (area.column or 0) + max(map(len, rows), default=0)
    cut = (area.row_end or 0) > sheet.rows or (area.column_end or 0) > sheet.columns
    if cut and (bottom > sheet.rows or right > sheet.columns):
        raise sheet.beyond(area)
    single = area.row_end == (area.row or 0) + 1 and area.column_end == (area.column or 0) + 1
    limit = sheet.whole(Area(area.row, None, area.column, None) if single else area)
    if bottom > (limit.row_end or 0):
        row = (limit.row_end or 0) + 1
        raise invalid(f"Requested writing within range [{text}], but tried writing to row [{row}]")
    if right > (limit.column_end or 0):
        name = letters(limit.column_end)
        raise invalid(f"Requested writing within range [{text}], but tried writing to column [{name}]")


def put_rows(
    book: Spreadsheet, sheet: Sheet, start: tuple[int, int], rows: list[list[Any]], option: str, today: date
) -> tuple[Json, Area]:
    width = max(map(len, rows), default=0)
    area = Area(start[0], start[0] + max(len(rows), 1), start[1], start[1] + max(width, 1))
    grow(book, sheet, area)
    put: set[tuple[int, int]] = set()
    for row, values in enumerate(rows, start[0]):
        for column, value in enumerate(values, start[1]):
            if value is not None:
                put_value(sheet, row, column, value, option, today)
                put.add((row, column))
    settle(sheet)
    book.version += 1
    answer: Json = {"spreadsheetId": book.id, "updatedRange": sheet.range_text(area)}
    return answer | (counted("updated", {(sheet.id, *place) for place in put}) if width else {}), area


def counted(prefix: str, cells: set[tuple[int, int, int]]) -> Json:
    """How many rows, columns and cells were written, of cells by sheet, row and column."""
    return {
        f"{prefix}Rows": len({(sheet, row) for sheet, row, _ in cells}),
        f"{prefix}Columns": len({(sheet, column) for sheet, _, column in cells}),
        f"{prefix}Cells": len(cells),
    }


def grow(book: Spreadsheet, sheet: Sheet, area: Area) -> None:
    """More rows and columns where the values need them."""
    sheet.set_size("ROWS", max(sheet.rows, area.row_end or 0))
    sheet.set_size("COLUMNS", max(sheet.columns, area.column_end or 0))
    book.check_size()


def put_value(sheet: Sheet, row: int, column: int, value: Any, option: str, today: date) -> None:
    cell = {
        name: kept
        for name, kept in sheet.cell(row, column).items()
        if name not in ("userEnteredValue", "textFormatRuns")
    }
    entered, style = raw(value), None
    if option == "USER_ENTERED":
        held = cell.get("userEnteredFormat", {}).get("numberFormat", {})
        entered, style = typed(value, today, as_text=held.get("type") == "TEXT")
        style = None if held else style
    if entered:
        cell = {"userEnteredValue": entered} | cell
    if style:
        cell["userEnteredFormat"] = cell.get("userEnteredFormat", {}) | {"numberFormat": style}
    sheet.put(row, column, cell)


def raw(value: Any) -> Json | None:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, (int, float)):
        return {"numberValue": value}
    return {"stringValue": value} if value else None


def append(book: Spreadsheet, text: str, body: Json, options: Json, today: date) -> tuple[Json, Sheet, Area]:
    """Write below the table that the range meets, or where the range starts if it meets none."""
    option = check_option(options)
    sheet, area = locate(book, text)
    rows, whole = rows_of(body), sheet.inside(area)
    table = table_at(sheet, whole)
    start = (table.row_end or 0, table.column or 0) if table else (whole.row or 0, whole.column or 0)
    if options.get("insertDataOption") == "INSERT_ROWS" and start[0] < sheet.rows:
        from .dimensions import insert

        insert(book, sheet, "ROWS", start[0], len(rows))
    updates, written = put_rows(book, sheet, start, rows, option, today)
    answer: Json = {"spreadsheetId": book.id}
    if table:
        answer["tableRange"] = sheet.range_text(table)
    return answer | {"updates": updates}, sheet, written


def table_at(sheet: Sheet, area: Area) -> Area | None:
    """The block of touching cells that the last filled cell of the area belongs to."""
    start = max((place[:2] for place in sheet.filled(area) if "userEnteredValue" in place[2]), default=None)
    if start is None:
        return None
    top, left, bottom, right = start[0], start[1], start[0], start[1]
    pending, seen = [start], {start}
    while pending:
        row, column = pending.pop()
        top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
        for near in ((row + down, column + over) for down in (-1, 0, 1) for over in (-1, 0, 1)):
            if near not in seen and "userEnteredValue" in sheet.cell(*near):
                seen.add(near)
                pending.append(near)
    return Area(top, bottom + 1, left, right + 1)


def clear(book: Spreadsheet, sheet: Sheet, area: Area) -> str:
    """Take the values of an area away; formats, notes and rules stay. Answers the area's text."""
    whole = sheet.inside(area)
    for row, column, cell in list(sheet.filled(whole)):
        sheet.put(row, column, {name: kept for name, kept in cell.items() if name != "userEnteredValue"})
    book.version += 1
    return sheet.range_text(whole)


def with_data(answer: Json, calculation: Calculation, sheet: Sheet, area: Area, options: Json) -> Json:
    """The answer of a write with what now stands there, where `includeValuesInResponse` asks for it."""
    if not options.get("includeValuesInResponse"):
        return answer
    shown = {
        "valueRenderOption": options.get("responseValueRenderOption", "FORMATTED_VALUE"),
        "dateTimeRenderOption": options.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
    }
    return answer | {"updatedData": value_range(calculation, sheet, area, shown)}


def total(book: Spreadsheet, written: list[tuple[Json, Sheet, Area]]) -> Json:
    """The answer of a write to several ranges: what is written twice counts once."""
    cells = {
        (sheet.id, row, column)
        for _, sheet, area in written
        for row in range(area.row or 0, area.row_end or 0)
        for column in range(area.column or 0, area.column_end or 0)
    }
    sums = counted("totalUpdated", cells) | {"totalUpdatedSheets": len({sheet.id for _, sheet, _ in written})}
    return {"spreadsheetId": book.id} | sums | {"responses": [answer for answer, _, _ in written]}
