"""Reading an Excel file into a snapshot: only what the template's tabs hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openpyxl.utils import get_column_letter

from sheetsync.core.model import Template
from sheetsync.core.plan import Snapshot
from sheetsync.core.values import show
from sheetsync.replicas.excel.grid_read import read_grids
from sheetsync.replicas.excel.growth import area_of
from sheetsync.replicas.excel.package import read_bytes, refuse_what_is_no_workbook, version_of
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.traces import Names
from sheetsync.replicas.grid import Grid
from sheetsync.replicas.sheets import Sheet, find_sheets, has_margin
from sheetsync.replicas.snapshots import snapshot_of


def open_parts(data: bytes, path: Path) -> Parts:
    """The parts of a file's bytes.

    Raises:
        ReplicaUnreadable: It is encrypted, cut short, or not a workbook.
    """
    refuse_what_is_no_workbook(data, path)
    return Parts(data, path)


def our_grids(parts: Parts) -> dict[str, Grid]:
    """What our tabs hold, by title."""
    return read_grids(parts, lambda _, first_row: has_margin(first_row))


def cells_naming(path: Path, names: Names) -> list[str]:
    """The cells of a file, each as "Members H5", in which somebody is named.

    Raises:
        ReplicaError: The file cannot be read, or is no workbook.
    """
    grids = read_grids(open_parts(read_bytes(path), path), lambda _name, _first_row: True)
    return [
        f"{title} {get_column_letter(column)}{row}"
        for title, grid in grids.items()
        for row, cells in enumerate(grid.rows, 1)
        for column, value in enumerate(cells, 1)
        if value is not None and names(show(value))
    ]


def read_sheets(parts: Parts, template: Template) -> dict[str, Sheet]:
    """Our tabs in a workbook, by key.

    Raises:
        ReplicaError: The file is no such workbook.
    """
    titles = [sheet.name for sheet in parts.sheets]
    found = find_sheets(our_grids(parts), titles, template, str(parts.path))
    place = {sheet.name: sheet for sheet in parts.sheets}
    return {key: replace(it, totals=_totals(parts, place[it.title], it)) for key, it in found.items()}


def _totals(parts: Parts, place: SheetPart, sheet: Sheet) -> range:
    """The rows in which our table sums up."""
    for table in parts.tables(place.part):
        left, top, right, bottom = area_of(str(table.get("ref")))
        count = str(table.get("totalsRowCount", "0"))
        if top == sheet.header_row and left <= sheet.margin_column <= right and count.isdigit():
            return range(bottom - int(count) + 1, bottom + 1)
    return range(0)


def read_snapshot(data: bytes, path: Path, template: Template) -> Snapshot:
    """What the template's tabs hold in a workbook.

    Raises:
        ReplicaError: The file is no such workbook.
    """
    return snapshot_of(read_sheets(open_parts(data, path), template), template, str(path), version_of(data))
