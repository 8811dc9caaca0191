"""The copies of the workbooks: there, readable, writable, ours, and not doubled by a cloud client."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sheetsync.errors import ReplicaBusy, ReplicaError
from sheetsync.program import Program, Workbook
from sheetsync.replicas.excel.package import WRITABLE_AGAIN, is_read_only
from sheetsync.verbs.gather import foreign, open_replica
from sheetsync.verbs.probes.registry import Ailment, probe

#: What cloud clients append to the name of the copy they could not merge.
_DOUBLED = re.compile(r"(?i:conflict|konflikt|conflit)|\(\d+\)$|-[A-Z0-9][A-Z0-9-]+$")


@probe("Copies")
def copies(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001 - the register's signature
    """Every copy can be read, and is one of the workbook it stands under."""
    for workbook in program.workbooks:
        for name in workbook.replicas:
            try:
                found = open_replica(program, name).read(workbook.template)
            except ReplicaError as error:
                yield Ailment(error.what, error.do, passing=isinstance(error, ReplicaBusy))
                continue
            if found.workbook != workbook.name:
                brake = foreign(name, found, workbook, found.ledger, knows_nothing=False)
                yield Ailment(brake.what, brake.do)


@probe("Rights to write")
def writable(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Every copy can be replaced."""
    for path in files(program):
        if is_read_only(path) or (path.exists() and not os.access(path, os.W_OK)):
            yield Ailment(f"{path}: is read-only.", WRITABLE_AGAIN)
    for folder in dict.fromkeys(path.parent for path in files(program)):
        if folder.exists() and not os.access(folder, os.W_OK):
            yield Ailment(
                f"{folder}: nothing can be put in this folder.", "Ask whoever owns it for the right to."
            )


@probe("Doubles")
def doubles(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """No cloud client left a second version beside a copy."""
    ours = {path.resolve() for path in files(program)}
    for path in files(program):
        for found in _alike(path):
            if is_double(found.stem, path.stem) and found.resolve() not in ours:
                yield Ailment(
                    f"{found}: looks like a second version of {path.name} that a cloud client kept.",
                    f"Compare the two, type what is missing into {path.name}, then delete this one.",
                )


def _alike(path: Path) -> list[Path]:
    """The files of its kind in a file's folder; none where that cannot be listed, which reading it tells."""
    try:
        return sorted(path.parent.glob(f"*{path.suffix}"))
    except OSError:
        return []


def is_double(stem: str, of: str) -> bool:
    """Whether a file's name is that of another one with what a cloud client appends."""
    return stem != of and stem.startswith(of) and _DOUBLED.search(stem[len(of) :]) is not None


def files(program: Program) -> Iterator[Path]:
    """The files among the copies."""
    for workbook in program.workbooks:
        yield from _files(program, workbook)


def _files(program: Program, workbook: Workbook) -> Iterator[Path]:
    return (program.folder / name for name in workbook.replicas if not name.startswith("google:"))
