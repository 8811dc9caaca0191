"""Table tabs: a real table with filters, frozen header, notes, dropdowns and highlights; and forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Column, ColumnType, Tab
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
    _lay_columns(sheet, tab, tab.column, numbers, look)
    _add_table(sheet, tab, len(tab.column) + 1, look)
    shown = next((number for number, column in enumerate(tab.column, start=2) if not column.hidden), 2)
    sheet.freeze_panes = f"{get_column_letter(shown + 1)}{FIRST_ROW}"
    prepare_page(sheet, header_row=HEADER_ROW)


def extend_table(
    sheet: Worksheet,
    tab: Tab,
    missing: Sequence[Column],
    look: Look,
    known: Mapping[str, int],
    *,
    first: int,
) -> None:
    """Lay out columns of a newer template by themselves, for a table that people have used.

    Args:
        known: Column keys of the table -> their sheet columns.
        first: Sheet column of the first new one.
    """
    if missing:
        numbers = dict(known) | {column.key: number for number, column in enumerate(missing, start=first)}
        _lay_columns(sheet, tab, missing, numbers, look)


def _lay_columns(
    sheet: Worksheet, tab: Tab, columns: Sequence[Column], numbers: Mapping[str, int], look: Look
) -> None:
    for column in columns:
        _lay_column(sheet, column, numbers[column.key], look)
    _guard_columns(sheet, tab, columns, numbers)
    highlight(sheet, tab, columns, numbers, LAST_ROW)
    highlight_rows(sheet, tab, columns, numbers, look, LAST_ROW)


def fill_form(sheet: Worksheet, tab: Tab, look: Look) -> None:
    """Lay out a form tab: one setting a row, its value in the middle, why it matters on the right."""
    for number, (key, header) in enumerate(zip(FORM_KEYS, FORM_HEADERS, strict=True), start=2):
        sheet.cell(KEY_ROW, number, key)
        look.header.apply([sheet.cell(HEADER_ROW, number, header)])
    sheet.row_dimensions[HEADER_ROW].height = 30
    extend_form(sheet, tab, tab.column, look)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    prepare_page(sheet, header_row=HEADER_ROW)


def extend_form(
    sheet: Worksheet, tab: Tab, settings: Iterable[Column], look: Look, *, first: int = FIRST_ROW
) -> None:
    """Lay out settings one below the other, from the sheet row `first` on."""
    for letter, width in zip("BCD", (28, 52, 84), strict=True):
        sheet.column_dimensions[letter].width = width
    for row, setting in enumerate(settings, start=first):
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


def _guard_columns(sheet: Worksheet, tab: Tab, columns: Iterable[Column], numbers: Mapping[str, int]) -> None:
    for column in columns:
        letter = get_column_letter(numbers[column.key])
        validation = guard(tab.key, column, f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        if validation is not None:
            sheet.add_data_validation(validation)
