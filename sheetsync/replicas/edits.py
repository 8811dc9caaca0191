"""From a pass's edit, in records, to the cells of a sheet: alike in Excel and Google."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from openpyxl.utils import get_column_letter

from sheetsync.core.plan import Edit, Row, TabEdit, TabSnapshot
from sheetsync.core.values import Boolean, Value, show
from sheetsync.replicas.layout import KEY_ROW
from sheetsync.replicas.sheets import Sheet

#: (sheet row, sheet column), 1-based -> the value the cell gets.
Cells = dict[tuple[int, int], Value]


def last_row(sheet: Sheet) -> int:
    """The last row in use; the header's where none is.

    It has something in our columns, or typed beside them: a new row there would come to stand beside that.
    """
    ours = [sheet.margin_column, *sheet.columns.values()]
    beside = _beside(sheet)
    for number in range(len(sheet.grid.rows), sheet.header_row, -1):
        used = any(sheet.grid.value(number, column) is not None for column in ours)
        if number not in sheet.totals and (used or any(_is_typed(sheet, number, at) for at in beside)):
            return number
    return sheet.header_row


def beside_each_other(sheet: Sheet) -> range:
    """The columns of the table, and those after it as long as each has a header."""
    right = max(sheet.margin_column, *sheet.columns.values())
    while sheet.grid.value(sheet.header_row, right + 1) is not None:
        right += 1
    return range(sheet.margin_column, right + 1)


def _beside(sheet: Sheet) -> list[int]:
    """People's own columns that have a header right beside ours."""
    ours = {sheet.margin_column, *sheet.columns.values()}
    return [column for column in beside_each_other(sheet) if column not in ours]


def _is_typed(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a person put something in; people fill formulas and checkboxes down for rows to come."""
    value = sheet.grid.value(row, column)
    return value not in (None, Boolean.FALSE) and (row, column) not in sheet.grid.formulas


def edited_cells(sheet: Sheet, edit: TabEdit, headers: dict[int, str]) -> Cells:
    """The cells that an edit of one tab writes; its new rows stand right below the last one.

    Args:
        sheet: The tab as it was read.
        edit: What is written; deleting its `gone` rows is another matter.
        headers: Sheet column -> header of the table; gets the headers that change and those that are new.
    """
    margin = replace(sheet.margin, stamp=edit.stamp)
    cells: Cells = {(KEY_ROW, sheet.margin_column): margin.text()}
    for key, label in edit.labels.items():
        headers[sheet.columns[key]] = label
        cells[sheet.header_row, sheet.columns[key]] = label
    for position, values in edit.cells.items():
        cells |= _row_cells(sheet, sheet.first_row + position, values)
    for position, row_id in edit.ids.items():
        cells[sheet.first_row + position, sheet.margin_column] = row_id or None
    for row, (row_id, values) in enumerate(edit.new, start=last_row(sheet) + 1):
        cells[row, sheet.margin_column] = row_id or None
        cells |= _row_cells(sheet, row, values)
    return cells | _own_columns(sheet, edit, headers) if edit.extras else cells


def owner_cells(sheets: Mapping[str, Sheet], edit: Edit) -> dict[str, Cells]:
    """The margin of every tab, by tab key, where a person had the workbook taken over by this ledger."""
    if edit.owner is None:
        return {}
    ledger, workbook = edit.owner
    cells: dict[str, Cells] = {}
    for key, sheet in sheets.items():
        stamp = edit.tabs[key].stamp if key in edit.tabs else 0
        margin = replace(sheet.margin, ledger=ledger, workbook=workbook, stamp=stamp)
        cells[key] = {(KEY_ROW, sheet.margin_column): margin.text()}
    return cells


def rows_after(tab: TabSnapshot, edit: TabEdit) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """What a tab's rows hold once an edit is written, from the top: (row id, filled cells by column)."""
    gone = set(edit.gone)
    for row in tab.rows:
        if row.position not in gone:
            yield edit.ids.get(row.position, row.id), _held_after(row, edit)
    for row_id, values in edit.new:
        yield row_id, _filled({key: value for key, value in values.items() if key in tab.letters})


def places_after(tab: TabSnapshot, edit: TabEdit) -> list[int]:
    """The positions of the rows that `rows_after` tells of."""
    gone = set(edit.gone)
    kept = [edit.landed(row.position) for row in tab.rows if row.position not in gone]
    end = edit.landed(tab.end)
    return [*kept, *range(end, end + len(edit.new))]


def _held_after(row: Row, edit: TabEdit) -> Mapping[str, Value]:
    cells = edit.cells.get(row.position, {})
    return _filled({**row.values, **row.computed, **cells}) if cells or row.computed else row.values


def _filled(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _row_cells(sheet: Sheet, row: int, values: Mapping[str, Value]) -> Cells:
    return {(row, sheet.columns[key]): value for key, value in values.items() if key in sheet.columns}


def own_columns(sheet: Sheet) -> dict[int, str]:
    """The columns that people added, by number: what their header says, or else where they stand."""
    ours, found = {sheet.margin_column, *sheet.columns.values()}, dict[int, str]()
    for column in range(1, sheet.grid.width + 1):
        if column not in ours:
            letter = get_column_letter(column)
            header = show(sheet.grid.value(sheet.header_row, column)).strip() or f"Column {letter}"
            found[column] = f"{header} ({letter})" if header in found.values() else header
    return found


def _own_columns(sheet: Sheet, edit: TabEdit, headers: dict[int, str]) -> Cells:
    """What goes into people's own columns; only empty cells of one that is there are filled.

    One that is not there comes in on the right: beside the table if nothing stands there, else beyond all
    that does.
    """
    cells: Cells = {}
    last, known = last_row(sheet), {header: column for column, header in own_columns(sheet).items()}
    rows = {sheet.grid.value(row, sheet.margin_column): row for row in range(sheet.first_row, last + 1)}
    rows |= {row_id: row for row, (row_id, _) in enumerate(edit.new, start=last + 1)}
    for header, values in edit.extras.items():
        column = known.get(header)
        if column is None:
            column = _free_column(sheet, headers, max(known.values(), default=0))
            known[header] = column
            if column == max(headers) + 1:
                headers[column] = header
            cells[sheet.header_row, column] = header
        for row_id, value in values.items():
            if sheet.grid.value(rows[row_id], column) is None:
                cells[rows[row_id], column] = value
    return cells


def _free_column(sheet: Sheet, headers: Mapping[int, str], taken: int) -> int:
    beside = max(headers) + 1
    used = any(sheet.grid.value(row, beside) is not None for row in range(1, len(sheet.grid.rows) + 1))
    return max(taken, sheet.grid.width, beside - 1) + 1 if used else beside
