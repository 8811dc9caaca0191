"""From a pass's edit to one batch for Google, in an order in which a stop between two parts does no harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, MachineTab
from sheetsync.core.values import Value
from sheetsync.replicas.edits import Cells, owner_cells
from sheetsync.replicas.google import requests
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.pages import Book, Page
from sheetsync.replicas.google.sheet_edit import SheetEdit, Written, sheet_edit
from sheetsync.replicas.sheets import Sheet
from sheetsync.replicas.snapshots import machine_cells


@dataclass(frozen=True)
class Read:
    """What a write starts from: the spreadsheet as it was read, and our tabs in it."""

    book: Book
    sheets: Mapping[str, Sheet]

    def page(self, tab: str) -> Page:
        return self.book.pages[self.sheets[tab].title]

    def written(self, edit: Edit, template: Template) -> dict[str, Written]:
        """What an edit means for the sheets of the tabs that people fill, by tab."""
        owner = owner_cells(self.sheets, edit)
        edits = {key: edit.tabs[key] for key, tab in edit.tabs.items() if tab or key in owner}
        return {
            key: Written(
                self.sheets[key].grid,
                sheet_edit(self.sheets[key], tab, template.tabs.get(key), owner.get(key, {})),
            )
            for key, tab in edits.items()
        }


def batch(read: Read, edit: Edit, written: Mapping[str, Written]) -> list[Json]:
    """The requests of an edit.

    Args:
        read: What it starts from.
        edit: All of it.
        written: What it means for the tabs that people fill.
    """
    machine = [
        request
        for key, tab in edit.machine.items()
        if key in read.sheets
        for request in _machine(read, key, tab)
    ]
    machine += [
        request
        for key, cells in owner_cells(read.sheets, edit).items()
        if key not in written
        for request in requests.write_cells(read.page(key), cells)
    ]
    return in_order([(read.page(key), it.edit) for key, it in written.items()], machine)


def in_order(edits: Sequence[tuple[Page, SheetEdit]], machine: Sequence[Json] = ()) -> list[Json]:
    """Cells and ids, new rows, rows that go, machine tabs, and the stamps last.

    Should a batch be split and stop between two parts, the old stamps still stand: the next pass sees
    what was written as edits that all copies agree on.
    """
    return [
        *(request for page, edit in edits for request in edit.cell_requests(page)),
        *(request for page, edit in edits for request in edit.row_requests(page)),
        *machine,
        *(request for page, edit in edits for request in edit.margin_requests(page)),
    ]


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
