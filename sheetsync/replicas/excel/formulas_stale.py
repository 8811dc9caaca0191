"""Which results a change makes stale: those of every formula that reads it, directly or through others.

A spreadsheet program that trusts the results in a file shows old ones beside new values; taking away all
results loses those that the program cannot calculate itself. So the stale ones, and only they, are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from sheetsync.replicas.excel.formulas_cells import FormulaCell
from sheetsync.replicas.excel.formulas_index import Readers, cells_of
from sheetsync.replicas.excel.formulas_reads import Area, Scope, Table
from sheetsync.replicas.excel.formulas_text import Rectangle, rectangle

CellPlace = tuple[str, int, int]

_MOST_CELLS = 1 << 20  # of one array; files that claim larger ones do not hold their results


def dependents(
    formulas: Iterable[FormulaCell],
    changed: Iterable[CellPlace],
    names: Mapping[str, str],
    tables: Mapping[str, Table],
    sheets: Sequence[str] = (),
) -> set[CellPlace]:
    """Cells whose stored results are stale, those that arrays and data tables fill included.

    Arguments hidden in text (INDIRECT) or reached by counting (OFFSET) cannot be seen; what stands in the
    formula counts. A formula that cannot be read counts as one that reads nothing.

    Args:
        formulas: All formulas of the workbook.
        changed: Sheet, row and column of each cell that got another value; never in the answer.
        names: Defined names -> their formulas; a name that only one sheet knows stands under `Sheet!Name`.
        tables: Table names -> sheet, reference of the whole table, column names.
        sheets: All sheets from first to last, for references such as `First:Last!A1`; where they are not
            given, such a reference means every sheet that has formulas or changes.
    """
    cells, changed = list(formulas), set(changed)
    sheets = sheets or list(dict.fromkeys([it.sheet for it in cells] + [it[0] for it in changed]))
    readers = _readers(cells, Scope(names, tables, sheets))
    found: set[int] = set()
    waiting = [Area(sheet.casefold(), Rectangle(row, column, row, column)) for sheet, row, column in changed]
    while waiting:
        sheet, place = waiting.pop()
        for number in readers[sheet].take(place):
            if number not in found:
                found.add(number)
                waiting.append(Area(cells[number].sheet.casefold(), _filled(cells[number])))
    return {cell for number in found for cell in _places(cells[number])} - changed


def _readers(cells: Sequence[FormulaCell], scope: Scope) -> Mapping[str, Readers]:
    readers: defaultdict[str, Readers] = defaultdict(Readers)
    for number, cell in enumerate(cells):
        for sheet, place in scope.areas(cell):
            readers[sheet].add(place, number)
    return readers


def _filled(cell: FormulaCell) -> Rectangle:
    """The cells that hold a formula's results."""
    own = Rectangle(cell.row, cell.column, cell.row, cell.column)
    return (rectangle(cell.ref) or own) if cell.kind in ("array", "dataTable") else own


def _places(cell: FormulaCell) -> Iterable[CellPlace]:
    return ((cell.sheet, row, column) for row, column in islice(cells_of(_filled(cell)), _MOST_CELLS))
