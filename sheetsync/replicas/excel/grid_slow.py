"""Reading the sheets of an odd Excel file, through openpyxl: slow, and at home with nearly everything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles.numbers import is_datetime
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.values import CellError, Value, canonical
from sheetsync.errors import ReplicaUnreadable
from sheetsync.replicas.excel.package import load
from sheetsync.replicas.grid import LAST, NO_RESULT, Area, Grid, Position, area_of, make_grid, put


def read_slowly(content: bytes, path: Path) -> dict[str, Grid]:
    """All sheets of a workbook, by name.

    Raises:
        ReplicaUnreadable: It is not a workbook that can be read, or has cells where no sheet has.
    """
    workbook = load(content, path)
    for sheet in workbook.worksheets:
        if sheet.max_row > LAST[0] or sheet.max_column > LAST[1]:
            raise ReplicaUnreadable(
                f'{path}: tab "{sheet.title}" has cells beyond the end of a sheet (XFD1048576).',
                "Open it in Excel or LibreOffice and save it again.",
            )
    calculated = any(
        cell.data_type == "f" for sheet in workbook.worksheets for cell in _cells(sheet).values()
    )
    results = load(content, path, results=True) if calculated else workbook
    return {sheet.title: _grid(sheet, results) for sheet in workbook.worksheets}


def _grid(sheet: Worksheet, results: Workbook) -> Grid:
    rows: list[list[Value]] = []
    formulas: set[Position] = set()
    arrays: list[Area] = []
    shown = _cells(results[sheet.title])
    for position, cell in sorted(_cells(sheet).items()):
        value = _value(cell)
        if cell.data_type == "f":
            formulas.add(position)
            arrays += _filled(cell.value)
            value = _value(shown[position])
            value = NO_RESULT if value is None else value
        put(rows, position, value)
    merged = [(it.min_row, it.min_col, it.max_row, it.max_col) for it in sheet.merged_cells.ranges]
    return make_grid(rows, formulas, arrays, merged, sheet.sheet_state)


def _cells(sheet: Worksheet) -> dict[Position, Cell | MergedCell]:
    """The cells there are: `iter_rows` would make all those between them."""
    return sheet._cells


def _value(cell: Cell | MergedCell) -> Value:
    value = cell.value
    if cell.data_type == "e" and value is not None:
        return CellError(str(value))
    if isinstance(value, (ArrayFormula, DataTableFormula)):
        return None
    if isinstance(value, datetime) and is_datetime(cell.number_format) == "time":
        return canonical(value.time())
    return canonical(value)


def _filled(formula: object) -> list[Area]:
    """The range that an array formula or a data table fills."""
    if not isinstance(formula, (ArrayFormula, DataTableFormula)):
        return []
    return [area_of(formula.ref)]
