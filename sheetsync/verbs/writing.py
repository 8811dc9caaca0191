"""The writing half of a pass: each replica once, and once more only where new rows had to wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from sheetsync.core.expiry import expires, is_due
from sheetsync.core.leaving import Erased
from sheetsync.core.plan import Edit
from sheetsync.errors import ReplicaBusy, ReplicaChanged, ReplicaError
from sheetsync.ledger.generations import Generations
from sheetsync.verbs.consider import Considered
from sheetsync.verbs.gather import Gathered, Trouble
from sheetsync.verbs.placing import count
from sheetsync.verbs.planning import Planner
from sheetsync.verbs.report import Written


@dataclass
class Outcome:
    """What was really written.

    Attributes:
        lost: New rows (tab, row id) whose id is not durable where they were typed: the next pass takes them.
        meanings: Replica -> what its stamps mean from now on, of tabs that needed no write.
    """

    written: list[Written] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    meanings: dict[str, Mapping[tuple[str, int], int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """What became of one workbook: how far its replicas were brought to a generation."""

    gathered: Gathered
    generation: int
    changed: bool
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def workbook(self) -> str:
        return self.gathered.workbook.name

    def agree(self, connection: Connection, now: datetime) -> list[Erased]:
        """Advance the ledger to what was really written.

        Returns:
            What it let go of, because its day has come.
        """
        generations = Generations(connection, self.workbook)
        if self.changed:
            generations.withdraw(self.generation, self.outcome.lost)
            generations.agree(self.generation)
        for name, meanings in self.outcome.meanings.items():
            generations.advance(name, meanings)
        due = partial(is_due, today=now.date())
        tabs = [tab.key for tab in filter(expires, self.gathered.workbook.template.tab)]
        return [it for tab in tabs for it in generations.erase(tab, due)]

    def came_back(self, result: Considered) -> list[Erased]:
        """The records that it had let go of, and that an old copy brought back."""
        merges = result.merges[self.workbook].items()
        return [(tab, row_id, {}) for tab, merge in merges for row_id in merge.forgotten]


def write_replicas(planner: Planner) -> Outcome:
    """Write every replica of a workbook, those first in which new rows were typed.

    No row crosses to another replica before its id is durable where it came from.

    Raises:
        ReplicaChanged: The first replica to be written changed meanwhile: nothing was written at all.
    """
    return _Writer(planner).run()


class _Writer:
    def __init__(self, planner: Planner) -> None:
        self.planner, self.it = planner, planner.it
        self.outcome = Outcome()
        self.homes = {
            row_id: origins for merge in planner.merges.values() for row_id, origins in merge.origins.items()
        }
        self.durable: set[str] = set()
        self.versions = {name: snapshot.version for name, snapshot in self.it.snapshots.items()}

    def run(self) -> Outcome:
        names = sorted(self.it.snapshots, key=lambda it: (-self._typed_in(it), it))
        behind = [
            name for at, name in enumerate(names) if self._write_first(name, frozenset(names[at + 1 :]))
        ]
        for name in behind:
            self._write_whole(name)
        self.outcome.lost = [
            (tab, row_id)
            for tab, merge in self.planner.merges.items()
            for row_id in merge.origins
            if row_id not in self.durable
        ]
        return self.outcome

    def _write_first(self, name: str, to_come: frozenset[str]) -> bool:
        """Write a replica; ids alone, where rows may yet come from replicas whose turn is to come.

        Returns:
            Whether the rest has to be written later.
        """
        awaited = any(
            name not in origins and origins & to_come and row_id not in self.durable
            for row_id, origins in self.homes.items()
        )
        written = self._write(name, self.planner.ids(name)) if awaited else self._write_whole(name)
        if written:
            self.durable |= {row_id for row_id, origins in self.homes.items() if name in origins}
        return awaited and written

    def _write_whole(self, name: str) -> bool:
        lost = {row_id for row_id, origins in self.homes.items() if name not in origins} - self.durable
        edit = self.planner.edit(name, lost)
        written = self._write(name, edit)
        if written:
            self._took_part(name, edit)
        return written

    def _typed_in(self, name: str) -> int:
        return sum(name in origins for origins in self.homes.values())

    def _write(self, name: str, edit: Edit) -> bool:
        """Write one replica.

        Returns:
            Whether it has what it should have now.
        """
        if edit:
            try:
                self.versions[name] = self.it.replicas[name].write(
                    edit, self.it.workbook.template, self.versions[name]
                )
            except ReplicaChanged:
                if not self.outcome.written:
                    raise
                self._leave_out(name, f"{name}: was changed during the pass.", "The next pass takes it.")
                return False
            except ReplicaError as error:
                self._leave_out(name, error.what, error.do, passing=isinstance(error, ReplicaBusy))
                return False
        self.outcome.written.append(count(self.it, name, edit))
        return True

    def _leave_out(self, name: str, what: str, do: str, *, passing: bool = True) -> None:
        self.it.troubles.append(Trouble(self.it.workbook.name, name, what, do, passing))

    def _took_part(self, name: str, edit: Edit) -> None:
        """What the stamps of a replica mean from now on: also where a tab needed no write."""
        generation, found = self.planner.generation, self.it.snapshots[name].tabs
        stamps = {
            tab: generation if tab_edit or edit.owner else found[tab].stamp
            for tab, tab_edit in edit.tabs.items()
        }
        known = self.it.meanings[name]
        self.outcome.meanings[name] = {
            (tab, stamp): generation
            for tab, stamp in stamps.items()
            if {it: known[it] for it in known if it[0] == tab} != {(tab, stamp): generation}
        }
