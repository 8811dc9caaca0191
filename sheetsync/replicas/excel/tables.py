"""Table tabs: a real table with filters, frozen header, notes, dropdowns and highlights; and forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Column, ColumnType, Tab
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.highlights import highlight, highlight_rows
from sheetsync.replicas.excel.look import (
    Look,
    Style,
    aligned,
    edges,
    fill,
    font,
    note,
    prepare_page,
    table_style,
)
from sheetsync.replicas.excel.validation import guard
from sheetsync.replicas.layout import (
    FIRST_ROW,
    FORM_HEADERS,
    FORM_KEYS,
    HEADER_ROW,
    ID_COLUMN,
    ID_HEADER,
    KEY_ROW,
)

#: Dropdowns, date checks and highlights reach down to this sheet row.
LAST_ROW = 2000

#: Types whose values stand on the left, under their header, though spreadsheets would push them right.
_NUMERIC = (ColumnType.DATE, ColumnType.NUMBER, ColumnType.INTEGER)


def fill_table(sheet: Worksheet, tab: Tab, look: Look) -> None:
    """Lay out an empty table tab: header, one blank row, and everything that helps to fill it."""
    sheet.cell(HEADER_ROW, ID_COLUMN, ID_HEADER)
    numbers = {column.key: number for number, column in enumerate(tab.column, start=ID_COLUMN + 1)}
    for column in tab.column:
        _lay_column(sheet, column, numbers[column.key], look)
    _add_table(sheet, tab, len(tab.column) + 1, look)
    _guard_columns(sheet, tab, tab.column, numbers)
    highlight(sheet, tab, tab.column, numbers, LAST_ROW)
    highlight_rows(sheet, tab, numbers, look, LAST_ROW)
    shown = next((number for number, column in enumerate(tab.column, start=2) if not column.hidden), 2)
    sheet.freeze_panes = f"{get_column_letter(shown + 1)}{FIRST_ROW}"
    prepare_page(sheet, header_row=HEADER_ROW)


def extend_table(sheet: Worksheet, tab: Tab, missing: Sequence[Column], look: Look) -> None:
    """Add columns of a newer template to a table that people have used, right of everything that is there.

    Raises:
        ReplicaError: Something beside the table leaves no room for a column of the table.
    """
    numbers = _known_columns(sheet)
    table = next((each for each in sheet.tables.values() if each.ref.startswith("A")), None)
    for number, column in enumerate(missing, start=_last_used(sheet) + 1):
        numbers[column.key] = number
        _lay_column(sheet, column, number, look)
    if table is not None:
        _widen(sheet, table)
    _guard_columns(sheet, tab, missing, numbers)
    highlight(sheet, tab, missing, numbers, LAST_ROW)


def missing_columns(sheet: Worksheet, tab: Tab) -> tuple[Column, ...]:
    """The columns of a table (or settings of a form) that the template has and the sheet lacks."""
    if tab.column and sheet.cell(KEY_ROW, 2).value == FORM_KEYS[0]:
        known = {sheet.cell(row, ID_COLUMN).value for row in range(FIRST_ROW, sheet.max_row + 1)}
    else:
        known = set(_known_columns(sheet))
    return tuple(column for column in tab.column if column.key not in known)


def fill_form(sheet: Worksheet, tab: Tab, look: Look) -> None:
    """Lay out a form tab: one setting a row, its value in the middle, why it matters on the right."""
    for number, (key, header) in enumerate(zip(FORM_KEYS, FORM_HEADERS, strict=True), start=2):
        sheet.cell(KEY_ROW, number, key)
        look.header.apply([sheet.cell(HEADER_ROW, number, header)])
    for letter, width in zip("BCD", (28, 52, 84), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.row_dimensions[HEADER_ROW].height = 30
    extend_form(sheet, tab, tab.column, look)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    prepare_page(sheet, header_row=HEADER_ROW)


def extend_form(sheet: Worksheet, tab: Tab, settings: Iterable[Column], look: Look) -> None:
    """Add settings below those that are there."""
    for row, setting in enumerate(settings, start=max(sheet.max_row, HEADER_ROW) + 1):
        sheet.cell(row, ID_COLUMN, setting.key)
        below = edges()
        name = Style(font(bold=True), None, aligned(wrapped=True, indent=1), below)
        name.apply([sheet.cell(row, 2, setting.label)])
        kind = look.date if setting.type is ColumnType.DATE else look.body
        box = edges(sides="left right top bottom")
        value = Style(kind.font, fill(look.tint), aligned("left", wrapped=True), box, kind.number_format)
        value.apply([sheet.cell(row, 3)])
        why = Style(font(10, "4B5563"), None, aligned(wrapped=True, indent=1), below)
        why.apply([sheet.cell(row, 4, setting.note or None)])
        validation = guard(tab.key, setting, f"C{row}")
        if validation is not None:
            sheet.add_data_validation(validation)


def _lay_column(sheet: Worksheet, column: Column, number: int, look: Look) -> None:
    """Key, header, width, note and cell style of one column."""
    sheet.cell(KEY_ROW, number, column.key)
    header = sheet.cell(HEADER_ROW, number, column.label)
    (look.machine_header if column.computed else look.header).apply([header])
    header.number_format = _marked(column)
    text = _note(column)
    if text:
        header.comment = note(text)
    dimension = sheet.column_dimensions[get_column_letter(number)]
    dimension.width = max(column.width, 10)
    dimension.hidden = column.hidden
    style = _cell_style(column, look)
    style.apply([sheet.cell(FIRST_ROW, number), dimension])


def _marked(column: Column) -> str:
    """A number format that shows a mark behind the header and leaves its text, which people own, alone."""
    if column.computed:
        return '@" (auto)"'
    return '@" *"' if column.required else "@"


def _note(column: Column) -> str:
    lead = "Filled in by sheetsync." if column.computed else "Needed in every row." if column.required else ""
    return "\n".join(filter(None, (lead, column.note)))


def _cell_style(column: Column, look: Look) -> Style:
    style = look.machine_body if column.computed else look.body
    if column.type in _NUMERIC:
        number_format = look.date.number_format if column.type is ColumnType.DATE else "General"
        style = Style(style.font, None, aligned("left", wrapped=True), None, number_format)
    return style


def _add_table(sheet: Worksheet, tab: Tab, last: int, look: Look) -> None:
    name = "Table_" + "".join(letter if letter.isalnum() else "_" for letter in tab.key)
    table = Table(displayName=name, ref=f"A{HEADER_ROW}:{get_column_letter(last)}{FIRST_ROW}")
    table.tableStyleInfo = TableStyleInfo(name=table_style(look.accent), showRowStripes=True)
    sheet.add_table(table)
    sheet.row_dimensions[HEADER_ROW].height = 34


def _guard_columns(sheet: Worksheet, tab: Tab, columns: Iterable[Column], numbers: dict[str, int]) -> None:
    for column in columns:
        letter = get_column_letter(numbers[column.key])
        validation = guard(tab.key, column, f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        if validation is not None:
            sheet.add_data_validation(validation)


def _known_columns(sheet: Worksheet) -> dict[str, int]:
    """Column keys of the hidden first row, with their sheet columns."""
    return {str(cell.value): cell.column for cell in sheet[KEY_ROW][1:] if cell.value is not None}


def _last_used(sheet: Worksheet) -> int:
    """The last sheet column with a value anywhere in it."""
    return max(cell.column for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _widen(sheet: Worksheet, table: Table) -> None:
    """Let the table reach to the last header, columns that people put beside it included."""
    left, right = table.ref.split(":")
    last_row = right.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    headers = [cell.value for cell in sheet[HEADER_ROW][: _last_used(sheet)]]
    for cell in sheet[HEADER_ROW][: len(headers)]:
        if not isinstance(cell.value, str) or headers.count(cell.value) > 1:
            raise ReplicaError(
                f'The table on tab "{sheet.title}" cannot take a new column: '
                f"cell {cell.coordinate} beside it needs a header of its own.",
                "Give it one, or move what stands there to another tab, and provision again.",
            )
    for name in headers[len(table.tableColumns) :]:
        number = max(column.id for column in table.tableColumns) + 1
        table.tableColumns.append(TableColumn(id=number, name=str(name)))
    table.ref = f"{left}:{get_column_letter(len(headers))}{last_row}"
    if table.autoFilter is None:
        table.autoFilter = AutoFilter()
    table.autoFilter.ref = table.ref
