"""Formulas and packages for tests, in few words."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl import Workbook

from sheetsync.replicas.excel.formulas_cells import FormulaCell, Kind
from sheetsync.replicas.excel.formulas_stale import CellPlace, dependents
from sheetsync.replicas.excel.formulas_text import rectangle
from sheetsync.replicas.excel.opc import Package

SHEETS = ["Plan", "My Sheet", "Data"]
TABLES = {"Team": ("Data", "B2:D6", ["Name", "Hours", "A#[odd] one"])}
NAMES = {
    "Rate": "Data!$Z$1",
    "Ratio": "Data!$Z$9",
    "Rates": "Rate,Data!$Y$1:$Y$3",
    "Loop": "Loop+Knot+Data!$X$1",
    "Knot": "Loop",
    "Left": "Plan!A1",
    "Plan!Local": "Plan!$K$1",
    "Local": "Data!$K$1",
    "Wide": "Data!$A$20:$C$20",
    "XFE1": "Data!$X$9",
    "Staff": "Team[Hours]",
    "Twice": "LAMBDA(x,x*Data!$T$1)",
}


def saved(workbook: Workbook) -> Package:
    stream = io.BytesIO()
    workbook.save(stream)
    return Package(stream.getvalue())


def at(place: str, text: str, kind: Kind = "normal", ref: str = "") -> FormulaCell:
    """`Plan!B2` -> the cell."""
    sheet, _, cell = place.rpartition("!")
    where = rectangle(cell)
    assert where is not None
    return FormulaCell(sheet or "Plan", where.top, where.left, text, kind, ref)


def cells(*places: str) -> set[CellPlace]:
    """`Plan!A1:B2` -> its cells."""
    found = set()
    for place in places:
        sheet, _, cell = place.rpartition("!")
        where = rectangle(cell)
        assert where is not None
        for row in range(where.top, where.bottom + 1):
            for column in range(where.left, where.right + 1):
                found.add((sheet or "Plan", row, column))
    return found


def stale(formulas: Iterable[FormulaCell], *changed: str) -> set[CellPlace]:
    return dependents(formulas, cells(*changed), NAMES, TABLES, SHEETS)
