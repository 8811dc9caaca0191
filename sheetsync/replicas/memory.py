"""A replica in memory: the seam's reference, used by imports and by tests."""

from __future__ import annotations

from dataclasses import replace

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Row, Snapshot, TabEdit, TabSnapshot
from sheetsync.errors import ReplicaChanged
from sheetsync.replicas.replica import Identity, Provisioned


class MemoryReplica:
    """One copy that lives as long as the process."""

    def __init__(self, name: str, snapshot: Snapshot) -> None:
        self.name, self.snapshot = name, snapshot

    def glance(self) -> str:
        return self.snapshot.version

    def read(self, template: Template) -> Snapshot:  # noqa: ARG002 - the seam's signature
        return replace(self.snapshot, glance=self.glance())

    def write(self, edit: Edit, template: Template, version: str) -> str:  # noqa: ARG002
        if version != self.snapshot.version:
            raise ReplicaChanged(f"{self.name}: was changed while it was being synced.")
        tabs = dict(self.snapshot.tabs)
        for key, tab_edit in edit.tabs.items():
            if tab_edit:
                tabs[key] = _apply(tabs[key], tab_edit)
        for key, machine in edit.machine.items():
            tabs[key] = TabSnapshot(key, 0, cells=dict(machine.cells), shown=machine.shown)
        if edit.owner:
            ledger, workbook = edit.owner
            tabs = {key: _owned(tab, edit) for key, tab in tabs.items()}
            self.snapshot = replace(self.snapshot, ledger=ledger, workbook=workbook)
        self.snapshot = replace(self.snapshot, tabs=tabs, version=f"{int(version or 0) + 1}")
        return self.snapshot.version

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:  # noqa: ARG002
        return Provisioned()


def _owned(tab: TabSnapshot, edit: Edit) -> TabSnapshot:
    return replace(tab, stamp=edit.tabs[tab.key].stamp if tab.key in edit.tabs else 0)


def _apply(tab: TabSnapshot, edit: TabEdit) -> TabSnapshot:
    gone = set(edit.gone)
    rows = [
        replace(_changed(row, edit), position=edit.landed(row.position))
        for row in tab.rows
        if row.position not in gone
    ]
    end = max((row.position for row in rows), default=-1) + 1
    rows += [Row(row_id, end + at, dict(values)) for at, (row_id, values) in enumerate(edit.new)]
    rows = [_with_own(row, edit) for row in rows]
    return replace(tab, stamp=edit.stamp, rows=tuple(rows), labels={**tab.labels, **edit.labels})


def _with_own(row: Row, edit: TabEdit) -> Row:
    extras = {header: values[row.id] for header, values in edit.extras.items() if row.id in values}
    return replace(row, own={**extras, **row.own}) if extras else row


def _changed(row: Row, edit: TabEdit) -> Row:
    values = {**row.values, **edit.cells.get(row.position, {})}
    return replace(
        row,
        id=edit.ids.get(row.position, row.id),
        values={column: value for column, value in values.items() if value is not None},
    )
