"""From a pass's edit to one batch for Google, in an order in which a stop between two parts does no harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.core.values import Value
from sheetsync.replicas.edits import Cells, edited_cells, last_row, owner_cells
from sheetsync.replicas.google import requests
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.pages import Book, Page
from sheetsync.replicas.layout import KEY_ROW
from sheetsync.replicas.sheets import Sheet
from sheetsync.replicas.snapshots import machine_cells


@dataclass(frozen=True)
class Read:
    """What a write starts from: the spreadsheet as it was read, and our tabs in it."""

    book: Book
    sheets: Mapping[str, Sheet]

    def page(self, tab: str) -> Page:
        return self.book.pages[self.sheets[tab].title]


def batch(read: Read, edit: Edit) -> list[Json]:
    """The requests of an edit: cells and ids, new rows, rows that go, machine tabs, and the stamps last.

    Should the batch be split and stop between two parts, the old stamps still stand: the next pass sees
    what was written as edits that all copies agree on.
    """
    tabs = {key: _TabBatch(read, key, tab) for key, tab in edit.tabs.items() if tab}
    margins = {key: {_margin(read.sheets[key]): tab.margin} for key, tab in tabs.items()}
    return [
        *(request for tab in tabs.values() for request in tab.cells()),
        *(request for tab in tabs.values() for request in tab.rows()),
        *(
            request
            for key, tab in edit.machine.items()
            if key in read.sheets
            for request in _machine(read, key, tab)
        ),
        *(
            request
            for key, cells in (margins | owner_cells(read.sheets, edit)).items()
            for request in requests.write_cells(read.page(key), cells)
        ),
    ]


def _margin(sheet: Sheet) -> tuple[int, int]:
    return KEY_ROW, sheet.margin_column


class _TabBatch:
    """What an edit of one tab that people fill means for its sheet."""

    def __init__(self, read: Read, key: str, edit: TabEdit) -> None:
        self.sheet, self.page, self.edit = read.sheets[key], read.page(key), edit
        self.last = last_row(self.sheet)
        self.written = edited_cells(self.sheet, edit, _headers(self.sheet))
        self.margin = self.written.pop(_margin(self.sheet))

    def cells(self) -> Iterator[Json]:
        """The cells of rows that are there."""
        there = {place: value for place, value in self.written.items() if place[0] <= self.last}
        yield from requests.make_room(self.page, 0, max((column for _, column in self.written), default=0))
        yield from requests.write_cells(self.page, there)

    def rows(self) -> Iterator[Json]:
        """New rows below the last one, then the rows that go."""
        count, above = len(self.edit.new), self.last > self.sheet.header_row
        if count:
            at_end = self.last == self.page.rows
            yield requests.insert_rows(self.page, self.last + 1, count, like_above=above or at_end)
            new = {place: value for place, value in self.written.items() if place[0] > self.last}
            like = dict.fromkeys(range(self.last + 1, self.last + 1 + count), self.last + (not above))
            yield from requests.write_cells(self.page, new, like)
        gone = [self.sheet.first_row + position for position in self.edit.gone]
        if gone and self.page.rows + count - len(gone) <= self.sheet.header_row:
            # Google keeps at least one row below those that are frozen.
            yield from requests.make_room(self.page, self.page.rows + 1, 0)
        yield from requests.delete_rows(self.page, gone)


def _headers(sheet: Sheet) -> dict[int, str]:
    """Sheet column -> header, of the table and what has a header beside it."""
    columns = [sheet.margin_column, *sheet.columns.values()]
    right = max(columns)
    while sheet.grid.value(sheet.header_row, right + 1) is not None:
        right += 1
    return {
        number: str(sheet.grid.value(sheet.header_row, number) or "")
        for number in range(sheet.margin_column, right + 1)
    }


def _machine(read: Read, key: str, machine: MachineTab) -> Iterator[Json]:
    """A tab that sheetsync owns holds just these values; looks, charts and people's formulas stay."""
    sheet, page = read.sheets[key], read.page(key)
    found: Cells = dict(machine_cells(sheet))
    cells: dict[tuple[int, int], Value] = dict.fromkeys(found.keys() - machine.cells.keys())
    cells |= {place: value for place, value in machine.cells.items() if found.get(place) != value}
    rows = {row for row, _ in cells}
    links = {
        place: f"#gid={read.page(tab).id}&range={address}"
        for place, (tab, address) in machine.links.items()
        if tab in read.sheets and place[0] in rows
    }
    # An address that stays may lead to another tab by now.
    cells |= {place: machine.cells[place] for place in links}
    last = max((row for row, _ in cells), default=0), max((column for _, column in cells), default=0)
    yield from requests.make_room(page, *last)
    yield from requests.write_cells(page, cells, links=links)
    yield from requests.show(page, shown=machine.shown)
