"""What is written to one sheet, by place: from a pass's edit, and into requests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sheetsync.core.model import Tab
from sheetsync.core.plan import TabEdit
from sheetsync.core.values import Value
from sheetsync.replicas.edits import Cells, beside_each_other, edited_cells, last_row
from sheetsync.replicas.google import requests
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.pages import Page
from sheetsync.replicas.grid import Grid, Position
from sheetsync.replicas.layout import KEY_ROW
from sheetsync.replicas.sheets import Sheet


@dataclass(frozen=True)
class SheetEdit:
    """What is written to one sheet; rows count with the new ones in their place, and before any goes.

    Attributes:
        header: The row of the header.
        last: The row below which new rows come in.
        margin: The cell with the stamp, which is written after all else.
        cells: (row, column) -> value.
        new: So many rows come in.
        gone: Rows that go, all of them above `last`.
        edited: Rows to which an edit of people's cells goes: it wins over whoever deletes one meanwhile.
    """

    header: int
    last: int
    margin: Position
    cells: Mapping[Position, Value]
    new: int = 0
    gone: tuple[int, ...] = ()
    edited: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cells or self.gone)

    def landed(self, row: int) -> int:
        """Where a row stands once those that go are gone."""
        return row - bisect_left(self.gone, row)

    def cell_requests(self, page: Page) -> Iterator[Json]:
        """The cells of rows that are there, but for the margin."""
        there = {it: value for it, value in self.cells.items() if it[0] <= self.last and it != self.margin}
        yield from requests.make_room(page, 0, max((column for _, column in self.cells), default=0))
        yield from requests.write_cells(page, there)

    def row_requests(self, page: Page) -> Iterator[Json]:
        """New rows below the last one, then the rows that go."""
        above = self.last > self.header
        if self.new:
            at_end = self.last == page.rows
            yield requests.insert_rows(page, self.last + 1, self.new, like_above=above or at_end)
            new = {place: value for place, value in self.cells.items() if place[0] > self.last}
            like = dict.fromkeys(range(self.last + 1, self.last + 1 + self.new), self.last + (not above))
            yield from requests.write_cells(page, new, like)
        if self.gone and page.rows + self.new - len(self.gone) <= self.header:
            # Google keeps at least one row below those that are frozen.
            yield from requests.make_room(page, page.rows + 1, 0)
        yield from requests.delete_rows(page, self.gone)

    def margin_requests(self, page: Page) -> Iterator[Json]:
        """The stamp."""
        stamp = {place: value for place, value in self.cells.items() if place == self.margin}
        yield from requests.write_cells(page, stamp)


def sheet_edit(sheet: Sheet, edit: TabEdit, tab: Tab | None, owner: Cells) -> SheetEdit:
    """What an edit of a tab means for its sheet.

    Args:
        sheet: The tab as it was read.
        edit: What is written to it.
        tab: The template's; its computed columns are not people's.
        owner: Its margin, where it changes hands.
    """
    columns = tab.columns if tab else {}
    computed = {key for key, column in columns.items() if column.computed}
    return SheetEdit(
        sheet.header_row,
        last_row(sheet),
        (KEY_ROW, sheet.margin_column),
        edited_cells(sheet, edit, _headers(sheet)) | owner,
        len(edit.new),
        tuple(sorted(sheet.first_row + position for position in edit.gone)),
        frozenset(sheet.first_row + at for at, values in edit.cells.items() if values.keys() - computed),
    )


def _headers(sheet: Sheet) -> dict[int, str]:
    """Sheet column -> header, of the table and what has a header beside it."""
    return {
        number: str(sheet.grid.value(sheet.header_row, number) or "") for number in beside_each_other(sheet)
    }


@dataclass(frozen=True)
class Written:
    """A sheet as it was read, and what was then written to it; rows count as in the edit."""

    grid: Grid
    edit: SheetEdit

    @cached_property
    def rows(self) -> Sequence[Sequence[Value]]:
        """What stood there, with the new rows in their place, blank."""
        rows, last = list(self.grid.rows), self.edit.last
        if self.edit.new:
            rows += [()] * (last - len(rows))
            rows[last:last] = [()] * self.edit.new
        return rows

    @cached_property
    def formulas(self) -> frozenset[Position]:
        """Where formulas stood: what they come to may change at any time."""
        below = self.edit.last
        return frozenset((row + self.edit.new * (row > below), at) for row, at in self.grid.formulas)

    @cached_property
    def places(self) -> Mapping[Position, Value]:
        """Where the cells that were written came to stand, if nobody was at work there before."""
        return {(self.edit.landed(row), at): value for (row, at), value in self.edit.cells.items()}

    def stood(self, row: int, column: int) -> Value:
        """What stood in a cell before."""
        cells = self.rows[row - 1] if row <= len(self.rows) else ()
        return cells[column - 1] if column <= len(cells) else None

    def meant(self, row: int, column: int) -> Value:
        """What should stand there now."""
        place = row, column
        return self.edit.cells[place] if place in self.edit.cells else self.stood(row, column)
