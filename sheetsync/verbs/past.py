"""What the ledger knows of earlier passes, and a pass goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.links import Bond
from sheetsync.ledger.journal import Journal
from sheetsync.ledger.outbox import PLANNED, REHEARSAL, RETRY, SENDING, SENT, UNKNOWN, Outbox
from sheetsync.program import Program
from sheetsync.verbs.runs import next_run_here


@dataclass(frozen=True)
class Past:
    """What the ledger knows of earlier passes.

    Attributes:
        bonds: Links made so far.
        occasions: Occasions seen so far: (workbook, key).
        announced: Keys of announcements decided on so far.
        sent: Milestones that were announced: (workbook, row id) -> the day.
        conflicts: Conflicts that are open, of all workbooks.
        settled: What people chose about conflicts, by and by.
        previous_run: When the last pass ended.
        next_run: When the next one starts by itself, `None` where nothing was told to start any.
        baseline: Nothing of what is there is news: a first pass, or a takeover of old records.
    """

    bonds: tuple[Bond, ...] = ()
    occasions: frozenset[tuple[str, str]] = frozenset()
    announced: frozenset[str] = frozenset()
    sent: Mapping[tuple[str, str], date] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[Settled, ...] = ()
    previous_run: datetime | None = None
    next_run: datetime | None = None
    baseline: bool = False


def past_of(program: Program, connection: Connection, now: datetime, *, baseline: bool) -> Past:
    """What the program's ledger knows.

    Args:
        now: The one reading of the clock.
        baseline: Nothing of what is there is news.
    """
    journal, outbox = Journal(connection), Outbox(connection)
    last, scheduler = journal.last(), journal.scheduler()
    return Past(
        journal.bonds(),
        journal.occasions(),
        outbox.keys(),
        _milestones_sent(outbox),
        tuple(it for workbook in program.workbooks for it in journal.open_conflicts(workbook.name)),
        tuple(it for workbook in program.workbooks for it in journal.choices(workbook.name)),
        last.ended if last else None,
        next_run_here(program, scheduler, now) if scheduler else None,
        baseline,
    )


def _milestones_sent(outbox: Outbox) -> dict[tuple[str, str], date]:
    """Milestones that were announced to others than the operator: (workbook, row id) -> the day."""
    sent = {}
    for letter in outbox.letters(PLANNED, SENDING, SENT, RETRY, UNKNOWN):
        if letter.kind == "milestone" and not letter.remark.startswith(REHEARSAL) and letter.planned:
            workbook, row_id, *_ = letter.key.split("/")
            sent[workbook, row_id] = letter.planned.date()
    return sent
