"""The versions of an Excel file before each write: the last ten are kept, numbered and dated."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.package import read_bytes, version_of, write_beside
from sheetsync.replicas.excel.read import open_parts, read_sheets
from sheetsync.replicas.excel.rewrite import rewritten
from sheetsync.replicas.excel.traces import Names, without_traces
from sheetsync.replicas.snapshots import snapshot_of

_KEPT = 10
_NUMBER = re.compile(r"\d+")


class Backups:
    """The earlier versions of one file.

    Args:
        folder: Where those of all files are.
        name: What the program file calls the copy: two may have the same file name in different folders.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / re.sub(r"[^\w. -]+", "_", name)

    def keep(self, data: bytes, path: Path) -> None:
        """Keep the bytes of a file that is about to be replaced, under the time it was saved.

        Raises:
            OSError: They cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = self.files()
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
        # The number tells the order: a file that was put back may have been saved before others.
        target = (
            self.folder / f"{_number(kept[-1]) + 1 if kept else 1:06d} {saved:%Y-%m-%d %H.%M}{path.suffix}"
        )
        target.touch(mode=0o600)
        target.write_bytes(data)
        for old in kept[: max(0, len(kept) + 1 - _KEPT)]:
            old.unlink()

    def files(self) -> list[Path]:
        """The versions that are kept, the oldest first."""
        found = [path for path in self.folder.glob("*.xls[xm]") if _NUMBER.match(path.name)]
        return sorted(found, key=_number)


def _number(path: Path) -> int:
    found = _NUMBER.match(path.name)
    return int(found.group()) if found else 0


def edited(path: Path, template: Template, change: Callable[[Snapshot], Edit], names: Names) -> bytes | None:
    """An earlier version with a change, and without what no cell shows.

    Args:
        path: Its file.
        template: What its tabs were made from.
        change: What is to be written, by what stands there.
        names: Whether a text names somebody.

    Returns:
        Its bytes, unchanged where nothing is to be; `None` where it cannot be edited, by a template that says
        otherwise today for one.
    """
    try:
        parts = open_parts(read_bytes(path), path)
        sheets = read_sheets(parts, template)
        before = snapshot_of(sheets, template, str(path), version_of(parts.package.content))
        if edit := change(before):
            parts = open_parts(rewritten(parts, sheets, before, edit, template), path)
        return without_traces(parts, names)
    except ReplicaError:
        return None


def replace(path: Path, content: bytes) -> None:
    """Put other bytes in an earlier version's place."""
    temporary = write_beside(path, lambda file: file.write(content))
    os.replace(temporary, path)  # noqa: PTH105 - named after the system call it must be
