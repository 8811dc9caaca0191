"""From our tabs in a workbook to a snapshot, as the pass sees it: alike for every kind of replica."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl.utils import get_column_letter

from sheetsync.core.identity import looks_like_identity
from sheetsync.core.model import Tab, TabKind, Template
from sheetsync.core.plan import Row, Snapshot, TabSnapshot
from sheetsync.core.records import Observation
from sheetsync.core.values import CellError, Unclear, Value, show
from sheetsync.errors import ReplicaMismatch
from sheetsync.replicas.edits import last_row, own_columns
from sheetsync.replicas.grid import Area
from sheetsync.replicas.layout import KEY_ROW, is_filled
from sheetsync.replicas.sheets import Sheet


def snapshot_of(sheets: Mapping[str, Sheet], template: Template, where: str, version: str) -> Snapshot:
    """What our tabs hold, as the pass sees it."""
    tabs, faults = {}, []
    for key, sheet in sheets.items():
        tab = template.tabs.get(key)
        tabs[key] = _people(sheet, tab, where) if tab and tab.synced else _machine(sheet)
        if tab and tab.kind is TabKind.TABLE:
            faults += list(_identity_columns(sheet, tab))
    margin = next(iter(sheets.values())).margin
    return Snapshot(margin.ledger, margin.workbook, margin.template, version, tabs, tuple(faults))


def _people(sheet: Sheet, tab: Tab, where: str) -> TabSnapshot:
    _refuse_merged(sheet, tab, where)
    is_table = tab.kind is TabKind.TABLE
    labels = {key: show(sheet.grid.value(sheet.header_row, at)) for key, at in sheet.columns.items()}
    return TabSnapshot(
        tab.key,
        sheet.margin.stamp,
        tuple(_rows(sheet, tab) if is_table else _form_rows(sheet, tab)),
        labels if is_table else {},
        letters=sheet.letters,
        first_row=sheet.first_row,
    )


def _rows(sheet: Sheet, tab: Tab) -> Iterator[Row]:
    people = [(key, at) for key, at in sheet.columns.items() if not tab.columns[key].computed]
    computed = [(key, at) for key, at in sheet.columns.items() if tab.columns[key].computed]
    formulas, margin = sheet.grid.formulas, sheet.margin_column
    # What looks like identity data is not even read.
    own = {at: header for at, header in own_columns(sheet).items() if not looks_like_identity(header)}
    last = last_row(sheet)
    for position, cells in enumerate(sheet.grid.rows[sheet.header_row : last]):
        number, width = sheet.first_row + position, len(cells)
        if number in sheet.totals:
            continue
        values = {key: cells[at - 1] for key, at in people if at <= width and cells[at - 1] is not None}
        row_id = cells[margin - 1] if margin <= width else None
        beside = {
            header: cells[at - 1]
            for at, header in own.items()
            if at <= width and _is_kept(cells[at - 1]) and (number, at) not in formulas
        }
        if values or row_id is not None or beside:
            fixed = (
                frozenset(key for key, at in people if (number, at) in formulas) if formulas else frozenset()
            )
            shown = {key: cells[at - 1] if at <= width else None for key, at in computed}
            yield Row(show(row_id).strip(), position, values, fixed, shown, beside)


def _is_kept(value: Value) -> bool:
    """Whether a person can have put this into a cell."""
    return value is not None and not isinstance(value, (CellError, Unclear))


def _form_rows(sheet: Sheet, tab: Tab) -> Iterator[Row]:
    grid, column = sheet.grid, sheet.columns["value"]
    for position, number in enumerate(range(sheet.first_row, len(grid.rows) + 1)):
        key = grid.value(number, sheet.margin_column)
        if isinstance(key, str) and key in tab.columns:
            value = grid.value(number, column)
            fixed = frozenset(["value"]) if (number, column) in grid.formulas else frozenset()
            yield Row(key, position, {} if value is None else {"value": value}, fixed)


def _refuse_merged(sheet: Sheet, tab: Tab, where: str) -> None:
    first, last = min(sheet.columns.values()), max(sheet.columns.values())
    for area in sheet.grid.merged:
        top, left, bottom, right = area
        if bottom >= sheet.header_row and left <= last and right >= first:
            in_header = top <= sheet.header_row
            unclear = "column is which" if in_header else f"{tab.noun} the value belongs to"
            raise ReplicaMismatch(
                f'{where}: tab "{sheet.title}": the cells {_name(area)} are merged, '
                f"so nobody can tell which {unclear}.",
                "Select them and unmerge them, then run again.",
            )


def _name(area: Area) -> str:
    top, left, bottom, right = area
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"


def _machine(sheet: Sheet) -> TabSnapshot:
    cells = dict(machine_cells(sheet))
    return TabSnapshot(sheet.margin.tab, sheet.margin.stamp, cells=cells, shown=sheet.grid.state == "visible")


def machine_cells(sheet: Sheet) -> Iterator[tuple[tuple[int, int], Value]]:
    """What stands where sheetsync fills a tab, people's formulas aside: ((row, column), value)."""
    for number, row in enumerate(sheet.grid.rows[KEY_ROW:], start=KEY_ROW + 1):
        for column, value in enumerate(row[sheet.margin_column :], start=sheet.margin_column + 1):
            ours = is_filled(sheet.margin.tab, column) and (number, column) not in sheet.grid.formulas
            if ours and value is not None:
                yield (number, column), value


def _identity_columns(sheet: Sheet, tab: Tab) -> Iterator[Observation]:
    """Columns people added that look like identity data (P001): noticed by their header, never read."""
    for column in own_columns(sheet):
        header = sheet.grid.value(sheet.header_row, column)
        if isinstance(header, str) and looks_like_identity(header):
            place = f"{get_column_letter(column)}{sheet.header_row}"
            yield Observation("P001", sheet.margin.workbook, tab.key, header, place=place)
