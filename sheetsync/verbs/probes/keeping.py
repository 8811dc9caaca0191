"""What sheetsync keeps for itself: private, with room to grow, and backups that can be read."""

from __future__ import annotations

import os
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sheetsync.core.wording import counted
from sheetsync.program import FILE_NAME, Program
from sheetsync.verbs.probes.copies import files
from sheetsync.verbs.probes.registry import Ailment, probe

#: A pass writes each copy beside itself, and a backup of it; room for some of both, and for the ledger.
_ROOM = 50 * 2**20
_VERSIONS = 4


@probe("Privacy")
def private(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """What sheetsync keeps can be read by its owner alone."""
    if os.name != "posix":
        return  # elsewhere rights are not a part of the file's mode
    for folder in (program.state, program.outbox):
        opened = [path for path in _kept(folder) if path.stat().st_mode & 0o077]
        if opened:
            yield Ailment(
                f"{folder}: {counted(len(opened), 'file')} can be read by others ({opened[0].name}).",
                f"chmod -R go-rwx {shlex.quote(str(folder))}",
            )


def _kept(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock")


@probe("Program file")
def program_file(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Nobody else may change the program file, or read a password in it."""
    path = program.folder / FILE_NAME
    if os.name != "posix":
        return
    mode = path.stat().st_mode
    if mode & 0o002:
        yield Ailment(f"{path}: anybody may change it.", f"chmod o-w {shlex.quote(str(path))}")
    if mode & 0o044 and "@" in program.ledger_url and ":" in program.ledger_url.split("@")[0].split("//")[-1]:
        yield Ailment(
            f"{path}: holds the ledger's password, and others can read it.",
            f"chmod go-rwx {shlex.quote(str(path))}",
        )


@probe("Disk")
def disk(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """There is room for the next passes."""
    needed = _ROOM + _VERSIONS * sum(path.stat().st_size for path in files(program) if path.exists())
    for folder in sorted({program.folder, *(path.parent for path in files(program))}):
        if folder.is_dir() and (free := shutil.disk_usage(folder).free) < needed:
            yield Ailment(
                f"{folder}: {free // 2**20} MiB are free; expected {needed // 2**20} at least.",
                "Make room on this disk: a pass that finds none writes nothing.",
            )


@probe("Backups")
def backups(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """The versions before the last writes can be read."""
    for path in sorted((program.state / "backups").rglob("*.xls[xm]")):
        if path.is_file() and not zipfile.is_zipfile(path):
            yield Ailment(f"{path}: this backup is damaged.", "Delete it; the next pass keeps a new one.")
