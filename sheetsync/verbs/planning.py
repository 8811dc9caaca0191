"""From what a pass came to, to what is written where: edits, changes of the ledger, new ids."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sheetsync.core.conflicts import Conflict
from sheetsync.core.history import Beside
from sheetsync.core.links import Bond
from sheetsync.core.merge.edits import edit_for
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.places import nickname
from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.core.records import Book
from sheetsync.core.values import Value
from sheetsync.ledger.generations import NOBODY, Change
from sheetsync.replicas.layout import CHECKS, CONFLICTS, LISTS
from sheetsync.verbs.beside import beside_new
from sheetsync.verbs.consider import Considered
from sheetsync.verbs.gather import Gathered
from sheetsync.verbs.machine import (
    Addresses,
    chosen_in,
    conflicts_tab,
    differs,
    findings_tab,
    lists_tab,
    status_tabs,
)
from sheetsync.verbs.placing import stands_alone

#: May add to a replica's edits before they are written: (workbook name, replica name, merges, edits).
Finish = Callable[[str, str, Mapping[str, TabMerge], dict[str, TabEdit]], None]


def changes_of(it: Gathered, result: Considered) -> tuple[Change, ...]:
    """The records that the next generation holds differently."""
    changes = []
    for tab, merge in result.merges[it.workbook.name].items():
        before = it.agreed.get(tab, {})
        for row_id, contents in merge.rows.items():
            if contents != before.get(row_id, {} if row_id == LABELS else None):
                changes.append(Change(tab, row_id, contents, merge.sources.get(row_id, {})))
        changes += [Change(tab, row_id, None) for row_id in sorted(merge.deleted)]
    return tuple(changes)


def minted_in(it: Gathered, result: Considered) -> list[tuple[str, str, str, Mapping[str, Value]]]:
    """The new row ids: (tab, row id, replica it was typed in, contents).

    A record that stands for one of another workbook is typed nowhere.
    """
    merges = result.merges[it.workbook.name]
    typed = [
        (tab, row_id, min(origins), merge.rows[row_id])
        for tab, merge in merges.items()
        for row_id, origins in merge.origins.items()
        if row_id in merge.rows
    ]
    linked = {bond.target_row_id for bond in bonds_in(it, result)}
    return typed + [
        (tab, row_id, NOBODY, {})
        for tab, merge in merges.items()
        for row_id in linked & merge.rows.keys() - it.agreed.get(tab, {}).keys()
    ]


def bonds_in(it: Gathered, result: Considered) -> list[Bond]:
    """The new links to records that this pass makes in a workbook."""
    return [bond for bond in result.linked.made if bond.target_workbook == it.workbook.name]


def held_in(it: Gathered, result: Considered) -> list[Conflict]:
    """The conflicts of a workbook."""
    return [conflict for conflict in result.conflicts if conflict.workbook == it.workbook.name]


def unheard_in(it: Gathered, result: Considered, now: datetime) -> list[Conflict]:
    """The values of a workbook that do not count: they lost against a winner, or may not cross."""
    return [
        Conflict(it.workbook.name, tab, row_id, column, said, now)
        for tab, merge in result.merges[it.workbook.name].items()
        for (row_id, column), said in (*merge.overruled.items(), *_faulty(merge))
    ]


def _faulty(merge: TabMerge) -> list[tuple[tuple[str, str], Mapping[str, Value]]]:
    return [(cell, merge.held[cell]) for cell in merge.faulty() if cell[0] != LABELS]


@dataclass
class Planner:
    """Plans the edits of one workbook's replicas.

    Attributes:
        generation: Number of the generation the replicas are brought to.
        machine: Whether computed columns, Status, Checks, Conflicts and Lists are brought up to date too.
        finish: May add to the edits of a replica.
        beside: What stood beside records when their rows went: they come back with it.
    """

    it: Gathered
    result: Considered
    generation: int
    machine: bool
    finish: Finish | None = None
    beside: Sequence[Beside] = ()
    _rows: dict[str, dict[str, Mapping[str, Value]]] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = {}
        if self.machine:
            for (workbook, tab, row_id), cells in self.result.derived.items():
                if workbook == self.it.workbook.name:
                    self._rows.setdefault(tab, {})[row_id] = cells

    @property
    def merges(self) -> Mapping[str, TabMerge]:
        return self.result.merges[self.it.workbook.name]

    def ids(self, name: str) -> Edit:
        """The row ids that one replica lacks, and nothing else; its tabs keep their stamps.

        Once it is written, the ids are part of what was read.
        """
        tabs = {}
        for tab, merge in self.merges.items():
            places = merge.places[name]
            ids = {row.position: row_id for row_id, row in places.items() if row.id != row_id}
            tabs[tab] = TabEdit(self.it.snapshots[name].tabs[tab].stamp, ids=ids)
            merge.places[name] = {row_id: replace(row, id=row_id) for row_id, row in places.items()}
        return Edit(tabs)

    def edit(self, name: str, lost: Container[str] = ()) -> Edit:
        """What one replica lacks.

        Args:
            name: The replica.
            lost: New rows that must not cross: their ids are not durable where they were typed.
        """
        tabs = {
            tab: edit_for(
                name,
                self.it.snapshots[name].tabs[tab],
                merge,
                self._rows.get(tab, {}),
                self.generation,
                lost,
            )
            for tab, merge in self.merges.items()
        }
        for tab, edit in tabs.items() if self.beside else ():
            tabs[tab] = edit.with_extras(beside_new(name, tab, edit, self.beside))
        if self.finish:
            self.finish(self.it.workbook.name, name, self.merges, tabs)
        owner = (self.it.ledger, self.it.workbook.name) if name in self.it.taken_over else None
        return Edit(tabs, self._machine(name, tabs), owner)

    def addresses(self, name: str, edits: Mapping[str, TabEdit]) -> Addresses:
        """Where each record stands in a replica once its edits are written."""
        tabs = self.it.snapshots[name].tabs
        positions = {}
        for tab, merge in self.merges.items():
            edit = edits[tab]
            placed = {row_id: edit.landed(row.position) for row_id, row in merge.places[name].items()}
            new = enumerate(edit.new, start=edit.landed(tabs[tab].end))
            positions[tab] = placed | {row_id: position for position, (row_id, _) in new}
        return Addresses(tabs, positions, self._elsewhere(name))

    def _elsewhere(self, name: str) -> dict[tuple[str, str, str], str]:
        """Where the values stand that may not cross, and that this replica does not have."""
        found = self._alone.items()
        return {cell: self._told(*next(iter(it.items()))) for cell, it in found if it and name not in it}

    @cached_property
    def _alone(self) -> dict[tuple[str, str, str], Mapping[str, str]]:
        """Of each held cell, where a value stands that may not cross: the same for every replica."""
        return {
            (tab, *cell): stands_alone(self.it, merge, *cell)
            for tab, merge in self.merges.items()
            for cell in merge.held
        }

    def _told(self, replica: str, address: str) -> str:
        return f"{nickname(replica, self.it.workbook.replicas)} {address}".strip()

    def _machine(self, name: str, edits: Mapping[str, TabEdit]) -> dict[str, MachineTab]:
        if not self.machine:
            return {}
        found, addresses = self.it.snapshots[name].tabs, self.addresses(name, edits)
        wanted = {
            **self._alike,
            CHECKS: findings_tab(self.result.findings, self._book, addresses),
            CONFLICTS: conflicts_tab(
                self.result.conflicts, self._book, addresses, chosen_in(found), self.result.refused
            ),
        }
        return {key: tab for key, tab in wanted.items() if differs(tab, found.get(key))}

    @cached_property
    def _book(self) -> Book:
        return next(book for book in self.result.view.books if book.name == self.it.workbook.name)

    @cached_property
    def _alike(self) -> dict[str, MachineTab]:
        """The tabs that are the same in every replica."""
        view = self.result.view
        return {**status_tabs(view, self._book, self.result.findings), LISTS: lists_tab(view, self._book)}
