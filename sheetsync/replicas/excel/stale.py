"""Stored results that an edit makes wrong: taken away, so that no program shows an old total as true."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openpyxl.utils import get_column_letter

from sheetsync.replicas.excel.formulas_reads import Table
from sheetsync.replicas.excel.formulas_stale import dependents
from sheetsync.replicas.excel.growth import area_of
from sheetsync.replicas.excel.parts import Parts, SheetPart

_Cells = Collection[tuple[int, int]]


def stale_results(parts: Parts, written: Mapping[SheetPart, _Cells]) -> dict[SheetPart, set[tuple[int, int]]]:
    """The formula cells whose stored results no longer hold: sheet -> (row, column).

    Args:
        parts: The workbook.
        written: The cells that get another value.
    """
    worksheets = {sheet.name: sheet for sheet in parts.sheets if sheet.kind == "worksheet"}
    stale: dict[SheetPart, set[tuple[int, int]]] = {}
    if not parts.formulas:
        return stale
    changed = [(sheet.name, row, column) for sheet, cells in written.items() for row, column in cells]
    tables = {
        name: table
        for sheet in worksheets.values()
        for name, table in _tables(parts, sheet, written.get(sheet, ())).items()
    }
    titles = [sheet.name for sheet in parts.sheets]
    for title, row, column in dependents(parts.formulas, changed, parts.names, tables, titles):
        stale.setdefault(worksheets[title], set()).add((row, column))
    return stale


def _tables(parts: Parts, sheet: SheetPart, written: _Cells) -> dict[str, Table]:
    """The tables of a sheet by name, as far down as the edit will make them reach."""
    found: dict[str, Table] = {}
    for table in parts.tables(sheet.part):
        left, top, right, bottom = area_of(str(table.get("ref")))
        bottom = max([bottom, *(row for row, column in written if left <= column <= right)])
        ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        columns = tuple(str(column.get("name")) for column in table.iter("{*}tableColumn"))
        found[str(table.get("displayName") or table.get("name"))] = (sheet.name, ref, columns)
    return found
