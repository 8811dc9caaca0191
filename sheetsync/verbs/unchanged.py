"""A pass over what has not changed: told by what it depends on, so that nothing is read or merged again.

A pass that neither wrote to a replica nor changed the ledger comes out the same as long as it depends on the
same: the replicas' bytes, the program, the day, the ledger, the code. Its report is remembered under a
fingerprint of these; any change of the ledger forgets it. What cannot be told cheaply counts as changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sheetsync
from sheetsync.core.values import from_json, to_json
from sheetsync.errors import ReplicaError
from sheetsync.program import Program
from sheetsync.replicas.replica import Replica
from sheetsync.verbs.gather import Gathered
from sheetsync.verbs.probes.copies import doubles
from sheetsync.verbs.report import Report

#: (workbook, replica) -> what a glance tells of it; "" where it has to be read.
Glances = Mapping[tuple[str, str], str]


def glances_now(opened: Mapping[str, Mapping[str, Replica]]) -> Glances:
    """What a glance tells of all replicas, which are given by workbook and name."""
    found = {}
    for workbook, replicas in opened.items():
        for name, replica in replicas.items():
            try:
                found[workbook, name] = replica.glance()
            except ReplicaError:
                found[workbook, name] = ""
    return found


def glances_read(gathered: Sequence[Gathered]) -> Glances:
    """What a glance told of the replicas that a pass read; "" for one that it left out."""
    return {
        (it.workbook.name, name): it.snapshots[name].glance if name in it.snapshots else ""
        for it in gathered
        for name in it.replicas
    }


def fingerprint(program: Program, glances: Glances, now: datetime) -> str:
    """Equal for passes that come out the same; "" where nobody can tell."""
    if not all(glances.values()):
        return ""
    beside = [it.what for it in doubles(program, now)]
    depends = (program, sorted(glances.items()), beside, now.date(), _code(Path(sheetsync.__file__).parent))
    return hashlib.sha256(repr(depends).encode()).hexdigest()


@cache
def _code(folder: Path) -> tuple[str, int, int]:
    """Which sheetsync this is; who works on it changes files, not the version."""
    times = [path.stat().st_mtime_ns for path in folder.rglob("*.py")]
    return sheetsync.__version__, len(times), max(times)


def may_be_told_again(report: Report) -> bool:
    """Whether nothing was written, sent or left out."""
    wrote = any(it.cells or it.new or it.deleted or it.ids or it.tabs for it in report.written)
    return not (wrote or report.mails or report.milestones or report.troubles)


def report_to_json(report: Report) -> dict[str, object]:
    """A report as the ledger keeps it: values of cells, which conflicts are about, by themselves."""
    from pydantic import TypeAdapter

    bare = tuple(replace(it, opinions={}) for it in report.conflicts)
    opinions = [{place: to_json(value) for place, value in it.opinions.items()} for it in report.conflicts]
    plain = TypeAdapter(Report).dump_python(replace(report, conflicts=bare), mode="json")
    return {"report": plain, "opinions": opinions}


def report_from_json(plain: Mapping[str, Any]) -> Report:
    """The report `report_to_json` was given."""
    from pydantic import TypeAdapter

    report = TypeAdapter(Report).validate_python(plain["report"])
    conflicts = tuple(
        replace(it, opinions={place: from_json(value) for place, value in said.items()})
        for it, said in zip(report.conflicts, plain["opinions"], strict=True)
    )
    return replace(report, conflicts=conflicts)
