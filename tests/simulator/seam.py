"""The replica seam as people, crashes and failing disks see it: something may happen at every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Row, Snapshot
from sheetsync.replicas.replica import Identity, Provisioned, Replica
from simulator.copies import TAB, Copy


@dataclass
class Watched:
    """A replica all of whose steps are told to the world, and whose edits are audited.

    Attributes:
        moment: Called at every step, with its name; may edit, crash or fail.
        disk: What the disk is like while a replica is written, by its name.
        versions: What lay there before each write, as backups do.
        writes: How often the replica was written in this pass.
    """

    copy: Copy
    moment: Callable[[str, Copy], None]
    disk: Callable[[str], AbstractContextManager[object]]
    versions: list[object] = field(default_factory=list)
    writes: int = 0
    _seen: Snapshot | None = None

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def inner(self) -> Replica:
        return self.copy.replica

    def glance(self) -> str:
        return self.inner.glance()

    def read(self, template: Template) -> Snapshot:
        self.moment("before reading", self.copy)
        self._seen = self.inner.read(template)
        self.moment("after reading", self.copy)
        return self._seen

    def write(self, edit: Edit, template: Template, version: str) -> str:
        if self._seen is None or self._seen.version != version:  # it is written once more
            self._seen = self.inner.read(template)
        if self._seen.version == version:
            self._audit(self._seen, edit)
        self.moment("before writing", self.copy)
        before = self.copy.keep()
        with self.disk(self.name):
            version = self.inner.write(edit, template, version)
        self.versions.append(before)
        self.writes += 1
        self.moment("after writing", self.copy)
        return version

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        return self.inner.provision(template, identity, dry_run=dry_run)

    def _audit(self, seen: Snapshot, edit: Edit) -> None:
        """Untouched cells are never written (I6), and no id twice (I4)."""
        found, tab = seen.tabs[TAB], edit.tabs[TAB]
        rows: dict[int, Row] = {row.position: row for row in found.rows}
        for position, cells in tab.cells.items():
            for column, value in cells.items():
                assert rows[position].values.get(column) != value, "a cell is written that is right already"
        assert all(rows[position].id != row_id for position, row_id in tab.ids.items())
        assert all(found.labels[column] != label for column, label in tab.labels.items())
        standing = [tab.ids.get(at, row.id) for at, row in rows.items() if at not in tab.gone and row.values]
        brought = [row_id for row_id, _ in tab.new]
        assert not set(brought) & set(standing), "a row is brought that stands there already"
