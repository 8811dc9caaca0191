"""A replica that is an Excel file: read whole, replaced in one atomic step, the last versions kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.errors import ReplicaChanged, ReplicaError, ReplicaUnreadable
from sheetsync.replicas.excel.backups import Backups
from sheetsync.replicas.excel.gate import check_upgraded
from sheetsync.replicas.excel.graft import graft
from sheetsync.replicas.excel.make import Upgrade, make_workbook
from sheetsync.replicas.excel.package import (
    read_bytes,
    refuse_if_open,
    refuse_if_read_only,
    version_of,
    write_beside,
)
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.read import open_parts, our_grids, read_sheets, read_snapshot
from sheetsync.replicas.excel.rewrite import refuse_obstacles, rewritten
from sheetsync.replicas.excel.traces import Names, without_traces
from sheetsync.replicas.replica import Identity, Provisioned
from sheetsync.replicas.sheets import Sheet, find_sheets, our_sheets
from sheetsync.replicas.snapshots import snapshot_of


class ExcelReplica:
    """One Excel file.

    Args:
        name: What the program file calls it; also its name in conflicts and in the ledger.
        path: The file.
        backups: Folder for the versions before each write, of all files.
    """

    def __init__(self, name: str, path: Path, backups: Path) -> None:
        self.name, self.path, self.backups = name, path, Backups(backups, name)
        self._seen: tuple[dict[str, Sheet], Snapshot] | None = None

    def glance(self) -> str:
        refuse_if_open(self.path)
        return version_of(read_bytes(self.path))

    def read(self, template: Template) -> Snapshot:
        refuse_if_open(self.path)
        data = read_bytes(self.path)
        with self._naming_backups():
            _, snapshot = self._look(open_parts(data, self.path), template, version_of(data))
        return replace(snapshot, glance=snapshot.version)

    @contextmanager
    def _naming_backups(self) -> Iterator[None]:
        """What cannot be read may be put back."""
        try:
            yield
        except ReplicaUnreadable as error:
            kept = f" Or put a version back from {self.backups.folder}" if self.backups.files() else ""
            raise ReplicaUnreadable(error.what, f"{error.do}{kept}") from error

    def _look(self, parts: Parts, template: Template, version: str) -> tuple[dict[str, Sheet], Snapshot]:
        """Our tabs, and what they hold; a version that was read already is not read again."""
        if self._seen is None or self._seen[1].version != version:
            sheets = read_sheets(parts, template)
            self._seen = sheets, snapshot_of(sheets, template, str(self.path), version)
        return self._seen

    def write(self, edit: Edit, template: Template, version: str) -> str:
        refuse_if_open(self.path)
        refuse_if_read_only(self.path)
        data = self._unchanged(version)
        parts = open_parts(data, self.path)
        sheets, before = self._look(parts, template, version)
        changed = rewritten(parts, sheets, before, edit, template)
        self._back_up(data)
        return self._replace(data, changed)

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        if not self.path.exists():
            if not dry_run:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                make_workbook(self.path, template, identity)
            return Provisioned((f"{self.path}: made from the template {template.key}.",))
        refuse_if_open(self.path)
        data = read_bytes(self.path)
        with self._naming_backups():
            parts = open_parts(data, self.path)
        refuse_obstacles(parts)
        grids = our_grids(parts)
        titles = [sheet.name for sheet in parts.sheets]
        upgrade = Upgrade(our_sheets(grids, template, str(self.path)), titles, template, identity)
        if upgrade.done:
            grafted = graft(parts, upgrade)
            changed = BytesIO()
            parts.package.write(changed, grafted.changed, grafted.added, last=[parts.styles])
            after = our_grids(open_parts(changed.getvalue(), self.path))
            find_sheets(after, titles, template, str(self.path))
            check_upgraded(grids, grafted.cells, after, self.path)
            if not dry_run:
                refuse_if_read_only(self.path)
                self._back_up(data)
                self._replace(data, changed.getvalue())
        return Provisioned(tuple(f"{self.path}: {it}" for it in upgrade.done))

    def scrub(self, template: Template, names: Names) -> None:
        """Take out of the file what stays in it of values that stand in no cell any more, and name somebody.

        Raises:
            ReplicaError: It is open elsewhere, or cannot be written.
        """
        refuse_if_open(self.path)
        refuse_if_read_only(self.path)
        data = read_bytes(self.path)
        changed = without_traces(open_parts(data, self.path), names)
        if changed != data:
            before, after = (read_snapshot(it, self.path, template) for it in (data, changed))
            if before.tabs != after.tabs:
                raise ReplicaError(f"{self.path}: traces of old values cannot be taken out of it.")
            self._replace(data, changed)

    def _replace(self, data: bytes, changed: bytes) -> str:
        """Put the changed workbook in the file's place, if nobody changed that meanwhile.

        Returns:
            The version of the file that lies there now.
        """
        version = version_of(data)
        try:
            temporary = write_beside(self.path, lambda file: file.write(changed))
        except OSError as error:
            raise self._cannot_write(error) from error
        try:
            self._unchanged(version)
            os.replace(temporary, self.path)  # noqa: PTH105 - named after the system call it must be
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._cannot_write(error) from error
        finally:
            temporary.unlink(missing_ok=True)
        return version_of(changed)

    def _unchanged(self, version: str) -> bytes:
        """The file's bytes, which are still those that were read."""
        data = read_bytes(self.path)
        if version_of(data) != version:
            raise ReplicaChanged(f"{self.path}: was changed while it was being synced; nothing was written.")
        return data

    def _cannot_write(self, error: OSError) -> ReplicaError:
        return ReplicaError(
            f"{self.path}: cannot be written ({error.strerror or error}); it is as it was.",
            "Check that you may write to this folder, that the disk has room and that nobody has it open.",
        )

    def _back_up(self, data: bytes) -> None:
        try:
            self.backups.keep(data, self.path)
        except OSError as error:
            raise self._cannot_write(error) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
