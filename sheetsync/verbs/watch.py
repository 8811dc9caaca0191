"""A run under watch: it ends in time, a health check hears of it, the operator when runs begin to fail."""

from __future__ import annotations

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from sheetsync.core.alarms import alarm
from sheetsync.core.recipients import recipients
from sheetsync.core.records import View
from sheetsync.errors import LedgerError, LockHeld, SheetsyncError
from sheetsync.ledger import Ledger
from sheetsync.ledger.journal import Journal, Run
from sheetsync.ledger.outbox import Outbox
from sheetsync.program import Program
from sheetsync.verbs.deliver import letter_of
from sheetsync.verbs.opening import opened
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import Report
from sheetsync.verbs.sending import deliver_these

_SECONDS = 10
_RUN = Verb.RUN.name.lower()


def watched_run(program: Program, now: datetime, options: Options) -> Report:
    """A run as `run_pass` does it, and whoever watches is told what came of it.

    Raises:
        LockHeld: Another pass is under way; it will tell.
        SheetsyncError: The run failed as a whole.
    """
    try:
        report = run_pass(program, now, options)
    except LockHeld:
        raise
    except SheetsyncError as error:
        _tell(program, now, [error.what])
        raise
    _tell(program, now, [it.what for it in report.troubles if not it.passing])
    return report


@contextmanager
def ends_within(minutes: float, last_words: Callable[[], object]) -> Iterator[None]:
    """End the process with exit code 3 where the block takes longer.

    A run may die at any moment without harm, and a thread cannot be stopped that waits for a server.
    """

    def end() -> None:
        last_words()
        os._exit(3)

    timer = threading.Timer(minutes * 60, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _tell(program: Program, now: datetime, failures: Sequence[str]) -> None:
    with suppress(LedgerError, LockHeld), opened(program) as ledger:
        _alarm(ledger, program, now, failures)
    if program.schedule.ping:
        _ping(program.schedule.ping.rstrip("/") + ("/fail" if failures else ""))


def _alarm(ledger: Ledger, program: Program, now: datetime, failures: Sequence[str]) -> None:
    """Mail the operator where this run failed and the one before did not, or the other way round."""
    with ledger.transaction() as connection:
        journal = Journal(connection)
        current, before = _newest_two(journal)
        if current is None:
            return
        journal.note(current.number, {**current.outcome, "failed": list(failures)})
        if bool(failures) == bool(before and before.outcome.get("failed")):
            return
        view = View(program.name, (), now, mail=program.mail)
        told = alarm(view, current.number, failures)
        letters = [letter_of(told, to, view, program) for to in recipients(view, told)]
        Outbox(connection).plan(letters, current.number, now)
    deliver_these(ledger, program, now, told.key)


def _newest_two(journal: Journal) -> tuple[Run | None, Run | None]:
    runs = [run for run in journal.runs(50) if run.verb == _RUN]
    return (runs[0] if runs else None, runs[1] if len(runs) > 1 else None)


def _ping(address: str) -> None:
    """Ask a health check's address; one that does not answer notices that by itself."""
    with suppress(OSError, ValueError):
        urllib.request.urlopen(address, timeout=_SECONDS).close()  # noqa: S310 - http or https: checked when read
