"""Applying a pass's edit to an Excel file in place: from records to the cells of its sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.cell import coordinate_to_tuple

from sheetsync.core.plan import Edit, MachineTab
from sheetsync.core.status.checks import LIST_HEADER_ROW
from sheetsync.replicas.edits import owner_cells
from sheetsync.replicas.excel.celldata import Content
from sheetsync.replicas.excel.edit import Change, change_parts
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.shift import Followers
from sheetsync.replicas.excel.tab_change import TabChange, column_widths, heights
from sheetsync.replicas.sheets import Sheet
from sheetsync.replicas.snapshots import machine_cells

_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\b[^<>]*>")
_STATE = re.compile(rb"""\sstate\s*=\s*["']([^"']*)["']""")
_NAME = re.compile(rb"""\sname\s*=\s*["']([^"']*)["']""")
_ACTIVE = re.compile(rb"""(\sactiveTab\s*=\s*["'])(\d+)""")


def apply_in_place(
    parts: Parts, sheets: Mapping[str, Sheet], edit: Edit
) -> tuple[dict[str, Iterable[bytes]], Edit]:
    """What an edit makes of a package.

    Args:
        parts: The workbook.
        sheets: Our tabs in it, by key.
        edit: What is written.

    Returns:
        The parts that change, with their new bytes in pieces; and the edit as it is written, whose links
        lead to where records really stand: a deleted row that others hang on is emptied and stays.

    Raises:
        EditError: A cell cannot be written.
    """
    return _InPlace(parts, sheets, edit).run()


class _InPlace:
    def __init__(self, parts: Parts, sheets: Mapping[str, Sheet], edit: Edit) -> None:
        self.parts, self.sheets, self.edit = parts, sheets, edit
        self.titles = {key: sheet.title for key, sheet in sheets.items()}
        self.by_name = {sheet.name: sheet for sheet in parts.sheets}
        filled = {sheet.title: sheet.totals for sheet in sheets.values() if sheet.columns}
        self.followers = Followers(parts, filled)
        self.changes: dict[SheetPart, Change] = {}
        self.changed: dict[str, Iterable[bytes]] = {}

    def run(self) -> tuple[dict[str, Iterable[bytes]], Edit]:
        edit = self._write_tabs()
        for key, machine in edit.machine.items():
            if key in self.sheets:
                place = self.by_name[self.titles[key]]
                widths = column_widths(self.parts, place)
                self.changes[place] = _machine(self.sheets[key], machine, self.titles, widths)
        if edit.owner:
            _write_owner(self.sheets, edit, self.changes, self.by_name)
        self._write_followers()
        self.changed |= change_parts(self.parts, self.changes)
        self._write_book(edit)
        return self.changed, edit

    def _write_tabs(self) -> Edit:
        emptied: dict[str, list[int]] = {}
        for key, tab_edit in self.edit.tabs.items():
            if tab_edit:
                place = self.by_name[self.titles[key]]
                tab = TabChange(self.parts, self.sheets[key], place, tab_edit, self.followers)
                self.changes[place] = tab.change()
                self.changed |= tab.table()
                emptied[key] = [] if tab.closes else tab.gone
        machine = {key: _with_places(it, emptied) for key, it in self.edit.machine.items()}
        return replace(self.edit, machine=machine)

    def _write_followers(self) -> None:
        """What speaks of rows that moved: formulas, charts, pivot tables."""
        self.changed |= {part: [content] for part, content in self.followers.parts_changed.items()}
        for (title, row, column), formula in self.followers.formulas.items():
            change = self.changes.setdefault(self.by_name[title], Change({}))
            change.cells[change.lowered(row), column] = formula

    def _write_book(self, edit: Edit) -> None:
        """The workbook's part: names that follow, tabs that are shown or hidden."""
        part = self.parts.workbook
        shown = {self.titles[key]: it.shown for key, it in edit.machine.items() if key in self.sheets}
        book = b"".join(self.changed.get(part) or [self.parts.read(part)])
        if (stated := _with_states(self.followers.named(book), shown)) != book:
            self.changed[part] = [stated]


def _machine(
    sheet: Sheet, machine: MachineTab, titles: Mapping[str, str], widths: Mapping[int, float]
) -> Change:
    """A tab that sheetsync owns holds just these values; looks, charts and people's formulas stay."""
    found = dict(machine_cells(sheet))
    cells: dict[tuple[int, int], Content] = dict.fromkeys(found.keys() - machine.cells.keys())
    cells |= {place: value for place, value in machine.cells.items() if found.get(place) != value}
    # Only a listing's texts wrap; every other tab of ours is laid out once for all.
    fitted = heights(machine.cells, widths, LIST_HEADER_ROW) if machine.links else {}
    links = {
        place: f"{quote_sheetname(titles[tab])}!{address}"
        for place, (tab, address) in machine.links.items()
        if tab in titles
    }
    return Change(cells, heights=fitted, links=links)


def _write_owner(
    sheets: Mapping[str, Sheet],
    edit: Edit,
    changes: dict[SheetPart, Change],
    by_name: Mapping[str, SheetPart],
) -> None:
    """The margin of every tab, when a person had the workbook taken over by this ledger."""
    for key, cells in owner_cells(sheets, edit).items():
        changes.setdefault(by_name[sheets[key].title], Change({})).cells.update(cells)


def _with_places(machine: MachineTab, emptied: Mapping[str, Sequence[int]]) -> MachineTab:
    """A machine tab whose links lead to where records stand: an emptied row keeps those below where they are.

    Args:
        machine: Links and shown addresses as if every deleted row had been taken out.
        emptied: Tab key -> the deleted rows that stay, from the top.
    """
    links = {
        place: (tab, _lower(address, emptied.get(tab, ()))) for place, (tab, address) in machine.links.items()
    }
    shown = {
        place: links[place][1]
        for place, (_, address) in machine.links.items()
        if machine.cells.get(place) == address
    }
    return replace(machine, cells={**machine.cells, **shown}, links=links)


def _lower(address: str, emptied: Sequence[int]) -> str:
    row, column = coordinate_to_tuple(address)
    for gone in emptied:
        row += gone <= row
    return f"{get_column_letter(column)}{row}"


def _with_states(book: bytes, shown: Mapping[str, bool]) -> bytes:
    """The workbook part with some sheets shown or hidden; one that is shown stays the active one."""
    names = {escape(title, {'"': "&quot;"}).encode(): visible for title, visible in shown.items()}
    hidden_at: list[int] = []
    numbers = count()

    def state(found: re.Match[bytes]) -> bytes:
        number, tag = next(numbers), found.group(0)
        name = _NAME.search(tag)
        visible = names.get(name.group(1)) if name else None
        hidden = _STATE.search(tag) is not None and b"visible" not in _STATE.findall(tag)
        if visible is None or visible != hidden:
            return tag
        tag = _STATE.sub(b"", tag)
        if visible:
            return tag
        hidden_at.append(number)
        return _NAME.sub(lambda it: it.group(0) + b' state="hidden"', tag, count=1)

    changed = _SHEET.sub(state, book)
    active = _ACTIVE.search(changed)
    if active and int(active.group(2)) in hidden_at:
        return changed[: active.start(2)] + b"0" + changed[active.end(2) :]
    return changed
