"""The writing half of a pass: each replica once, and once more only where new rows had to wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetsync.core.plan import Edit
from sheetsync.errors import ReplicaBusy, ReplicaChanged, ReplicaError
from sheetsync.verbs.gather import Trouble
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

    def run(self) -> Outcome:
        behind = []
        for name in sorted(self.it.snapshots, key=lambda it: (-self._typed_in(it), it)):
            waiting = {
                row_id
                for row_id, origins in self.homes.items()
                if row_id not in self.durable and name not in origins
            }
            edit = self.planner.edit(name, waiting)
            version = self._write(name, edit)
            if version is None:
                continue
            self.durable |= {row_id for row_id, origins in self.homes.items() if name in origins}
            if waiting:
                behind.append((name, version))
            else:
                self._took_part(name, edit)
        for name, version in behind:
            self._catch_up(name, version)
        self.outcome.lost = [
            (tab, row_id)
            for tab, merge in self.planner.merges.items()
            for row_id in merge.origins
            if row_id not in self.durable
        ]
        return self.outcome

    def _typed_in(self, name: str) -> int:
        return sum(name in origins for origins in self.homes.values())

    def _write(self, name: str, edit: Edit) -> str | None:
        """Write one replica.

        Returns:
            Its version after the write, `None` where it could not be written.
        """
        snapshot = self.it.snapshots[name]
        if not edit:
            self.outcome.written.append(count(self.it, name, edit))
            return snapshot.version
        try:
            version = self.it.replicas[name].write(edit, self.it.workbook.template, snapshot.version)
        except ReplicaChanged:
            if not self.outcome.written:
                raise
            self._leave_out(name, f"{name}: was changed during the pass.", "The next pass takes it.")
            return None
        except ReplicaError as error:
            self._leave_out(name, error.what, error.do, passing=isinstance(error, ReplicaBusy))
            return None
        self.outcome.written.append(count(self.it, name, edit))
        return version

    def _leave_out(self, name: str, what: str, do: str, *, passing: bool = True) -> None:
        self.it.troubles.append(Trouble(self.it.workbook.name, name, what, do, passing))

    def _took_part(self, name: str, edit: Edit) -> None:
        """Tabs that needed no write mean the new generation from now on."""
        if edit.owner:  # all its stamps were written
            return
        generation, snapshot = self.planner.generation, self.it.snapshots[name]
        self.outcome.meanings[name] = {
            (tab, stamp): generation
            for tab, tab_edit in edit.tabs.items()
            if not tab_edit and self.it.meant(name, tab, stamp := snapshot.tabs[tab].stamp) != generation
        }

    def _catch_up(self, name: str, version: str) -> None:
        """Bring the rows that had to wait; whoever edits the replica in between is left to the next pass."""
        snapshot = self.it.replicas[name].read(self.it.workbook.template)
        if snapshot.version != version:
            return
        self.it.snapshots[name] = snapshot
        for tab, merge in self.planner.merges.items():
            merge.places[name] = {row.id: row for row in snapshot.tabs[tab].rows}
            merge.dead[name] = []
        lacking = {row_id for row_id in self.homes if row_id not in self.durable}
        edit = self.planner.edit(name, lacking)
        if self._write(name, edit) is not None and not lacking:
            self._took_part(name, edit)
