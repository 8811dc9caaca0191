"""What one sheet of a workbook holds: its canonical values, and which cells are formulas or merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import range_boundaries

from sheetsync.core.values import Unclear, Value

#: Sheet row and column of a cell, 1-based.
Position = tuple[int, int]
#: First row, first column, last row, last column; 1-based, all inside.
Area = tuple[int, int, int, int]

#: The last cell of a sheet in Excel.
LAST: Position = (1_048_576, 16_384)

#: What a formula's cell is worth until a spreadsheet has calculated it.
NO_RESULT = Unclear("a formula that has not been calculated yet")


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's cells.

    Attributes:
        rows: The values of sheet row 1 at index 0, each from column A on; empty cells at the end of a row
            and empty rows at the end of the sheet are cut. A formula's cell holds its result.
        formulas: Cells whose value a formula makes, those an array formula spills into included.
        merged: Merged ranges; only the first cell of one has a value.
        state: "visible", "hidden" or "veryHidden".
    """

    rows: Sequence[Sequence[Value]]
    formulas: frozenset[Position]
    merged: tuple[Area, ...]
    state: str

    def value(self, row: int, column: int) -> Value:
        """The value in a sheet row and column, 1-based; empty beyond what is filled."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return None
        return self.rows[row - 1][column - 1]

    @property
    def width(self) -> int:
        """Number of the last column that holds a value."""
        return max(map(len, self.rows), default=0)


def area_of(reference: str) -> Area:
    """The area that a reference such as "A1:B3" names.

    Whole columns and rows reach to the sheet's end; what names nothing is an area without cells.
    """
    try:
        first_column, first_row, last_column, last_row = range_boundaries(reference)
    except (ValueError, TypeError):
        return 1, 1, 0, 0
    return first_row or 1, first_column or 1, last_row or LAST[0], last_column or LAST[1]


def make_grid(
    rows: list[list[Value]], formulas: set[Position], arrays: list[Area], merged: list[Area], state: str
) -> Grid:
    """A grid of rows that may still have empty ends, and values that a merged range covers.

    Args:
        arrays: The ranges that array formulas and data tables fill.
    """
    formulas = formulas.union(*(_inside(area, rows) for area in arrays))
    for area in merged:
        for row, column in _inside(area, rows):
            if (row, column) != area[:2]:
                rows[row - 1][column - 1] = None
    for row_values in rows:
        while row_values and row_values[-1] is None:
            row_values.pop()
    while rows and not rows[-1]:
        rows.pop()
    return Grid(rows, frozenset(formulas), tuple(merged), state)


def put(rows: list[list[Value]], position: Position, value: Value) -> None:
    """Set a cell in rows that may not reach to it yet."""
    row, column = position
    rows.extend([] for _ in range(row - len(rows)))
    cells = rows[row - 1]
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = value


def _inside(area: Area, rows: list[list[Value]]) -> Iterator[Position]:
    """The cells of a range that lie where the sheet has cells: a range may reach to the end of the world."""
    first_row, first_column, last_row, last_column = area
    for row in range(first_row, min(last_row, len(rows)) + 1):
        for column in range(first_column, min(last_column, len(rows[row - 1])) + 1):
            yield row, column
