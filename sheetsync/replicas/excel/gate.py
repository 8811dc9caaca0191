"""The gate before a file is replaced: what was written is read back, and must be just the edit asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sheetsync.core.plan import Edit, Snapshot, TabEdit, TabSnapshot
from sheetsync.core.values import Value
from sheetsync.errors import ReplicaError
from sheetsync.replicas.edits import rows_after
from sheetsync.replicas.grid import Grid


def check_written(before: Snapshot, edit: Edit, after: Snapshot, path: Path) -> None:
    """Stop unless the changed workbook reads as the old one with the edit.

    Raises:
        ReplicaError: It does not; the file has not been replaced.
    """
    for key, tab in before.tabs.items():
        if key in edit.machine:
            wanted = {place: value for place, value in edit.machine[key].cells.items() if value is not None}
            same = after.tabs[key].cells == wanted
        else:
            same = _reads_as(tab, _tab_edit(key, tab, edit), after.tabs[key])
        if not same:
            raise _not_as_meant(path, key)


def check_upgraded(
    before: Mapping[str, Grid],
    cells: Mapping[str, Mapping[tuple[int, int], object]],
    after: Mapping[str, Grid],
    path: Path,
) -> None:
    """Stop unless each tab that was there reads as before but for the cells that were written.

    Args:
        before, after: Our tabs by title.
        cells: Title -> (row, column) -> the value the cell was given.

    Raises:
        ReplicaError: One does not; the file has not been replaced.
    """
    for title, grid in before.items():
        wanted = _cells(grid) | dict(cells.get(title, {}))
        wanted = {place: value for place, value in wanted.items() if value is not None}
        found = after.get(title)
        if found is None or (wanted, grid.formulas) != (_cells(found), found.formulas):
            raise _not_as_meant(path, title)


def _cells(grid: Grid) -> dict[tuple[int, int], Value]:
    """What stands in a sheet, results of formulas aside: they may wait for being calculated."""
    return {
        (row, column): value
        for row, values in enumerate(grid.rows, start=1)
        for column, value in enumerate(values, start=1)
        if value is not None and (row, column) not in grid.formulas
    }


def _not_as_meant(path: Path, tab: str) -> ReplicaError:
    return ReplicaError(
        f"{path}: the tab {tab} would not read as it was meant to; nothing was written.",
        "This is a fault of sheetsync: please report it, with the tab's layout if you can.",
    )


def _tab_edit(key: str, tab: TabSnapshot, edit: Edit) -> TabEdit:
    """What really is written to a tab: no stamp where nothing else, unless the workbook changes hands."""
    wanted = edit.tabs.get(key, TabEdit(0 if edit.owner else tab.stamp))
    return wanted if wanted or edit.owner else TabEdit(tab.stamp)


def _reads_as(tab: TabSnapshot, edit: TabEdit, after: TabSnapshot) -> bool:
    same = list(rows_after(tab, edit)) == list(rows_after(after, TabEdit(after.stamp)))
    return same and {**tab.labels, **edit.labels} == after.labels and after.stamp == edit.stamp
