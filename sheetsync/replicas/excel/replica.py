"""A replica that is an Excel file: read whole, replaced in one atomic step, the last versions kept."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.errors import ReplicaChanged, ReplicaError
from sheetsync.replicas.excel.formulas import Results
from sheetsync.replicas.excel.make import add_missing, make_workbook
from sheetsync.replicas.excel.package import load, read_bytes, refuse_if_open, version_of
from sheetsync.replicas.excel.read import read_snapshot
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.sheets import find_sheets
from sheetsync.replicas.excel.write import apply_edit
from sheetsync.replicas.replica import Identity, Provisioned

_KEPT_BACKUPS = 10


class ExcelReplica:
    """One Excel file.

    Args:
        name: What the program file calls it; also its name in conflicts and in the ledger.
        path: The file.
        backups: Folder for the versions before each write; the last 10 of each file are kept.
    """

    def __init__(self, name: str, path: Path, backups: Path) -> None:
        self.name, self.path, self.backups = name, path, backups

    def read(self, template: Template) -> Snapshot:
        refuse_if_open(self.path)
        return read_snapshot(read_bytes(self.path), self.path, template)

    def write(self, edit: Edit, template: Template, version: str) -> str:
        def change(workbook: Workbook) -> None:
            apply_edit(workbook, find_sheets(workbook, template, self.path), edit)

        return self._replace(version, change)

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        if not self.path.exists():
            if not dry_run:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                make_workbook(self.path, template, identity)
            return Provisioned((f"{self.path}: made from the template {template.key}.",), made=True)
        refuse_if_open(self.path)
        data = read_bytes(self.path)
        done = add_missing(load(data, self.path), template, identity)
        if done and not dry_run:
            self._replace(version_of(data), lambda workbook: add_missing(workbook, template, identity))
        return Provisioned(tuple(f"{self.path}: {it}" for it in done))

    def _replace(self, version: str, change: Callable[[Workbook], object]) -> str:
        """Change the workbook beside the file, then put it in the file's place if nobody else did.

        Returns:
            The version of the file that lies there now.
        """
        refuse_if_open(self.path)
        data = read_bytes(self.path)
        self._refuse_if_changed(data, version)
        workbook = load(data, self.path)
        results = Results(workbook, lambda: load(data, self.path, results=True))
        change(workbook)
        changed = results.put_into(workbook_bytes(workbook))
        self._back_up(data, version)
        try:
            temporary = _write_beside(self.path, changed)
        except OSError as error:
            raise self._cannot_write(error) from error
        try:
            self._refuse_if_changed(read_bytes(self.path), version)
            os.replace(temporary, self.path)  # noqa: PTH105 - named after the system call it must be
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._cannot_write(error) from error
        finally:
            temporary.unlink(missing_ok=True)
        return version_of(changed)

    def _refuse_if_changed(self, data: bytes, version: str) -> None:
        if version_of(data) != version:
            raise ReplicaChanged(f"{self.path}: was changed while it was being synced; nothing was written.")

    def _cannot_write(self, error: OSError) -> ReplicaError:
        return ReplicaError(
            f"{self.path}: cannot be written ({error.strerror or error}); it is as it was.",
            "Check that you may write to this folder, that the disk has room and that nobody has it open.",
        )

    def _back_up(self, data: bytes, version: str) -> None:
        # By the replica's whole name: two copies may have the same file name in different folders.
        folder = self.backups / re.sub(r"[^\w. -]+", "_", self.name)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = sorted(folder.glob("[0-9]*-*"))
        number = int(kept[-1].name.split("-")[0]) + 1 if kept else 1
        target = folder / f"{number:06d}-{version[:8]}{self.path.suffix}"
        target.touch(mode=0o600)
        target.write_bytes(data)
        for old in kept[: max(0, len(kept) + 1 - _KEPT_BACKUPS)]:
            old.unlink()


def _write_beside(path: Path, data: bytes) -> Path:
    """A file with this content in the same folder, durable, with the rights of the one it replaces."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
