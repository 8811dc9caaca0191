"""Applying an edit to an open workbook: the cells that change, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.core.values import Boolean, CellError, Unclear, Value
from sheetsync.replicas.excel.formulas import delete_row
from sheetsync.replicas.excel.sheets import Sheet
from sheetsync.replicas.layout import KEY_ROW

_DATE_FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", time: "hh:mm"}


def apply_edit(workbook: Workbook, sheets: Mapping[str, Sheet], edit: Edit) -> None:
    """Write an edit into a workbook that was found to hold our tabs."""
    titles = {key: sheet.worksheet.title for key, sheet in sheets.items()}
    for key, tab_edit in edit.tabs.items():
        if tab_edit:
            _TabWriter(sheets[key]).apply(tab_edit)
    for key, machine in edit.machine.items():
        if key in sheets:
            _write_machine(sheets[key].worksheet, machine, titles)
    if edit.owner:
        _write_owner(sheets, edit, *edit.owner)
    _keep_one_visible(workbook)


def _write_owner(sheets: Mapping[str, Sheet], edit: Edit, ledger: str, workbook: str) -> None:
    for key, sheet in sheets.items():
        stamp = edit.tabs[key].stamp if key in edit.tabs else 0
        margin = replace(sheet.margin, ledger=ledger, workbook=workbook, stamp=stamp)
        set_value(sheet.worksheet.cell(KEY_ROW, sheet.margin_column), margin.text())


class _TabWriter:
    """Writes one tab people fill."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.worksheet = sheet, sheet.worksheet

    def apply(self, edit: TabEdit) -> None:
        for position, cells in edit.cells.items():
            self._write_row(self.sheet.first_row + position, cells)
        for position, row_id in edit.ids.items():
            set_value(self.worksheet.cell(self.sheet.first_row + position, self.sheet.margin_column), row_id)
        for key, label in edit.labels.items():
            set_value(self.worksheet.cell(self.sheet.header_row, self.sheet.columns[key]), label)
        for row_id, values in edit.new:
            self._append(row_id, values)
        extras = self._add_columns(edit.extras)
        for position in reversed(edit.gone):
            delete_row(self.worksheet, self.sheet.first_row + position)
        fit_table(self.sheet, renamed=bool(edit.labels or extras))
        margin = replace(self.sheet.margin, stamp=edit.stamp)
        set_value(self.worksheet.cell(KEY_ROW, self.sheet.margin_column), margin.text())

    def _write_row(self, number: int, cells: Mapping[str, Value]) -> None:
        for key, value in cells.items():
            if key in self.sheet.columns:
                set_value(self.worksheet.cell(number, self.sheet.columns[key]), value)

    def _append(self, row_id: str, values: Mapping[str, Value]) -> None:
        number = last_row(self.sheet) + 1
        above = number - 1
        if above >= self.sheet.first_row:
            for column in range(self.sheet.margin_column, self.worksheet.max_column + 1):
                take_style(self.worksheet.cell(number, column), self.worksheet.cell(above, column))
        set_value(self.worksheet.cell(number, self.sheet.margin_column), row_id)
        self._write_row(number, values)

    def _add_columns(self, extras: Mapping[str, Mapping[str, Value]]) -> bool:
        """User columns of an import, on the right; one of that header already there is filled."""
        rows = {
            self.worksheet.cell(number, self.sheet.margin_column).value: number
            for number in range(self.sheet.first_row, last_row(self.sheet) + 1)
        }
        for header, values in extras.items():
            column = self._user_column(header)
            for row_id, value in values.items():
                cell = self.worksheet.cell(rows[row_id], column)
                if cell.value is None:
                    set_value(cell, value)
        return bool(extras)

    def _user_column(self, header: str) -> int:
        row = self.sheet.header_row
        ours = set(self.sheet.columns.values())
        for column in range(self.sheet.margin_column + 1, self.worksheet.max_column + 1):
            if column not in ours and self.worksheet.cell(row, column).value == header:
                return column
        column = max((cell.column for cell in self.worksheet[row] if cell.value is not None), default=1) + 1
        cell = self.worksheet.cell(row, column)
        take_style(cell, self.worksheet.cell(row, self.sheet.margin_column + 1))
        set_value(cell, header)
        return column


def last_row(sheet: Sheet) -> int:
    """The last row in which our columns hold anything; the header's where none does."""
    columns = [sheet.margin_column, *sheet.columns.values()]
    for number in range(sheet.worksheet.max_row, sheet.header_row, -1):
        if any(sheet.worksheet.cell(number, column).value is not None for column in columns):
            return number
    return sheet.header_row


def fit_table(sheet: Sheet, *, renamed: bool = False) -> None:
    """Make the table cover every record and every column that has a header.

    Args:
        sheet: The tab.
        renamed: Whether a header changed, which the table repeats.
    """
    for table in sheet.worksheet.tables.values():
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(table.ref))
        if top != sheet.header_row or not left <= sheet.margin_column <= right:
            continue
        while sheet.worksheet.cell(top, right + 1).value is not None:
            right, renamed = right + 1, True
        bottom = max(last_row(sheet), sheet.first_row)
        _resize(table, f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
        if renamed:
            table.tableColumns = []  # openpyxl makes them anew from the header cells


def _resize(table: Table, ref: str) -> None:
    table.ref = ref
    if table.autoFilter is not None:
        table.autoFilter.ref = ref


def _write_machine(worksheet: Worksheet, machine: MachineTab, titles: Mapping[str, str]) -> None:
    """Make the tab hold just these values; styles and charts stay."""
    for row in worksheet.iter_rows(min_row=KEY_ROW + 1, min_col=2):
        for cell in row:
            if cell.value is not None and (cell.row, cell.column) not in machine.cells:
                cell.value = None
                cell.hyperlink = None
    for (number, column), value in machine.cells.items():
        cell = worksheet.cell(number, column)
        set_value(cell, value)
        link = machine.links.get((number, column))
        if link and link[0] in titles:
            title = titles[link[0]].replace("'", "''")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!{link[1]}")
    worksheet.sheet_state = "visible" if machine.shown else "hidden"


def set_value(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value as what it is: text never becomes a formula, an error or a number."""
    if isinstance(cell, MergedCell):
        raise TypeError(f"{cell.coordinate} lies in a merged range")
    match value:
        case None:
            cell.value = None
        case str():
            cell.value = value
            cell.data_type = "s"
        case Boolean():
            cell.value = value is Boolean.TRUE
        case CellError() | Unclear():
            raise TypeError(f"{value!r} is never written")
        case int() | float():
            cell.value = value
        case _:
            shown_as = cell.number_format
            cell.value = value
            cell.number_format = shown_as if shown_as != "General" else _DATE_FORMATS[type(value)]


def take_style(cell: Cell | MergedCell, model: Cell | MergedCell) -> None:
    """Make a cell look like another one."""
    if model.has_style:
        for aspect in ("font", "fill", "border", "alignment", "protection", "number_format"):
            setattr(cell, aspect, copy(getattr(model, aspect)))


def _keep_one_visible(workbook: Workbook) -> None:
    """A workbook needs a visible tab, and opens on one."""
    if workbook.active is None or workbook.active.sheet_state != "visible":
        shown = [index for index, it in enumerate(workbook.worksheets) if it.sheet_state == "visible"]
        workbook.active = shown[0] if shown else 0
