"""Which passes there were, what came of each, and when the next one starts."""

from __future__ import annotations

from datetime import UTC, datetime

from sheetsync.ledger import Ledger
from sheetsync.ledger.journal import Journal, Run
from sheetsync.program import Program

__all__ = ["IN_UTC", "Run", "list_runs", "next_run", "next_run_here"]

#: The scheduler whose times are UTC, not those of the machine.
IN_UTC = "github"


def list_runs(program: Program, most: int) -> tuple[Run, ...]:
    """The newest passes that wrote, the newest first."""
    ledger = Ledger.open(program.ledger_url)
    try:
        with ledger.transaction() as connection:
            return Journal(connection).runs(most)
    finally:
        ledger.close()


def next_run(program: Program, scheduler: str, now: datetime) -> datetime:
    """When a scheduler starts the next run, in the time zone in which it counts.

    Args:
        now: Local time without a zone.
    """
    if scheduler == IN_UTC:
        utc = now.astimezone(UTC).replace(tzinfo=None)
        return program.schedule.next_run(utc).replace(tzinfo=UTC)
    return program.schedule.next_run(now).astimezone()


def next_run_here(program: Program, scheduler: str, now: datetime) -> datetime:
    """The same in local time without a zone."""
    return next_run(program, scheduler, now).astimezone().replace(tzinfo=None)
