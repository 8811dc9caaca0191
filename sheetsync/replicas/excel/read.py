"""Reading an Excel file into a snapshot: only what the template's tabs hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles.numbers import is_datetime
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from sheetsync.core.identity import looks_like_identity
from sheetsync.core.model import Tab, TabKind, Template
from sheetsync.core.plan import Row, Snapshot, TabSnapshot
from sheetsync.core.records import Observation
from sheetsync.core.values import CellError, Unclear, Value, canonical
from sheetsync.errors import ReplicaMismatch
from sheetsync.replicas.excel.package import load, version_of
from sheetsync.replicas.excel.sheets import Sheet, find_sheets
from sheetsync.replicas.layout import KEY_ROW

_NO_RESULT = Unclear("a formula that has not been calculated yet")


def read_snapshot(data: bytes, path: Path, template: Template) -> Snapshot:
    """What the template's tabs hold in a workbook.

    Raises:
        ReplicaError: The file is no such workbook.
    """
    workbook = load(data, path)
    sheets = find_sheets(workbook, template, path)
    reader = _Reader(data, path, sheets)
    tabs, faults = {}, []
    for key, sheet in sheets.items():
        tab = template.tabs.get(key)
        tabs[key] = reader.people(sheet, tab) if tab and tab.synced else _machine(sheet)
        if tab and tab.kind is TabKind.TABLE:
            faults += list(_identity_columns(sheet, tab))
    margin = next(iter(sheets.values())).margin
    return Snapshot(margin.ledger, margin.workbook, margin.template, version_of(data), tabs, tuple(faults))


class _Reader:
    """Reads the tabs people fill; loads the results of formulas only where there is one."""

    def __init__(self, data: bytes, path: Path, sheets: dict[str, Sheet]) -> None:
        self.data, self.path, self.sheets = data, path, sheets
        self._results: Workbook | None = None

    def people(self, sheet: Sheet, tab: Tab) -> TabSnapshot:
        self._refuse_merged(sheet, tab)
        labels = {
            key: str(sheet.worksheet.cell(sheet.header_row, number).value or "")
            for key, number in sheet.columns.items()
        }
        rows = self._form_rows(sheet, tab) if tab.kind is TabKind.FORM else self._rows(sheet, tab)
        return TabSnapshot(
            tab.key,
            sheet.margin.stamp,
            tuple(rows),
            labels if tab.kind is TabKind.TABLE else {},
            letters=sheet.letters,
            first_row=sheet.first_row,
        )

    def _rows(self, sheet: Sheet, tab: Tab) -> Iterator[Row]:
        people = [(key, number) for key, number in sheet.columns.items() if not tab.columns[key].computed]
        computed = [(key, number) for key, number in sheet.columns.items() if tab.columns[key].computed]
        worksheet = sheet.worksheet
        for position, cells in enumerate(worksheet.iter_rows(min_row=sheet.first_row)):
            row_id = cells[sheet.margin_column - 1].value
            values: dict[str, Value] = {}
            fixed = []
            for key, number in people:
                cell = cells[number - 1]
                if cell.value is None:
                    continue
                if _is_formula(cell):
                    fixed.append(key)
                value = self._value(cell)
                if value is not None:
                    values[key] = value
            if values or row_id not in (None, ""):
                shown = {key: self._value(cells[number - 1]) for key, number in computed}
                yield Row(_id_text(row_id), position, values, frozenset(fixed), shown)

    def _form_rows(self, sheet: Sheet, tab: Tab) -> Iterator[Row]:
        worksheet, column = sheet.worksheet, sheet.columns["value"]
        for position, number in enumerate(range(sheet.first_row, worksheet.max_row + 1)):
            key = worksheet.cell(number, sheet.margin_column).value
            if isinstance(key, str) and key in tab.columns:
                cell = worksheet.cell(number, column)
                value = self._value(cell)
                fixed = frozenset(["value"]) if _is_formula(cell) else frozenset()
                yield Row(key, position, {} if value is None else {"value": value}, fixed)

    def _value(self, cell: Cell | MergedCell) -> Value:
        if _is_formula(cell):
            return self._result(cell)
        return plain(cell)

    def _result(self, cell: Cell | MergedCell) -> Value:
        if self._results is None:
            self._results = load(self.data, self.path, results=True)
        result = self._results[cell.parent.title][cell.coordinate]
        return _NO_RESULT if result.value is None else plain(result)

    def _refuse_merged(self, sheet: Sheet, tab: Tab) -> None:
        first, last = min(sheet.columns.values()), max(sheet.columns.values())
        for area in sheet.worksheet.merged_cells.ranges:
            if area.max_row >= sheet.header_row and area.min_col <= last and area.max_col >= first:
                raise ReplicaMismatch(
                    f'{self.path}: tab "{sheet.worksheet.title}": the cells {area.coord} are merged, '
                    f"so nobody can tell which {tab.noun} the value belongs to.",
                    "Select them and unmerge them (Home > Merge & Center), then run again.",
                )


def _machine(sheet: Sheet) -> TabSnapshot:
    cells = {
        (cell.row, cell.column): plain(cell)
        for row in sheet.worksheet.iter_rows(min_row=KEY_ROW + 1, min_col=sheet.margin_column + 1)
        for cell in row
        if cell.value is not None
    }
    shown = sheet.worksheet.sheet_state == "visible"
    return TabSnapshot(sheet.margin.tab, sheet.margin.stamp, cells=cells, shown=shown)


def _is_formula(cell: Cell | MergedCell) -> bool:
    return cell.data_type == "f" or isinstance(cell.value, (ArrayFormula, DataTableFormula))


def plain(cell: Cell | MergedCell) -> Value:
    """The value that stands in a cell; of a formula, nothing is told."""
    value = cell.value
    if cell.data_type == "e":
        return CellError(str(value))
    if isinstance(value, (ArrayFormula, DataTableFormula)):
        return _NO_RESULT
    if isinstance(value, datetime) and is_datetime(cell.number_format) == "time":
        return canonical(value.time())
    return canonical(value)


def _id_text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _identity_columns(sheet: Sheet, tab: Tab) -> Iterator[Observation]:
    """Columns people added that look like identity data (P001): noticed by their header, never read."""
    ours = set(sheet.columns.values()) | {sheet.margin_column}
    worksheet = sheet.worksheet
    for number in range(1, worksheet.max_column + 1):
        header = worksheet.cell(sheet.header_row, number).value
        if number not in ours and isinstance(header, str) and looks_like_identity(header):
            yield Observation("P001", sheet.margin.workbook, tab.key, header)
