"""A run under watch: it ends in time, a health check hears of it, the operator when runs begin to fail."""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta

from sheetsync.core.alarms import alarm
from sheetsync.core.recipients import recipients
from sheetsync.core.records import View
from sheetsync.core.wording import counted
from sheetsync.errors import LedgerError, LockHeld, NotProvisioned, SheetsyncError
from sheetsync.ledger import Ledger
from sheetsync.ledger.journal import Journal, Run
from sheetsync.ledger.outbox import Outbox
from sheetsync.program import Program
from sheetsync.verbs.deliver import letter_of
from sheetsync.verbs.opening import opened
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import Report, in_seconds
from sheetsync.verbs.sending import deliver_these

_SECONDS = 10
_LAST_WORDS = 120
_RUN = Verb.RUN.name.lower()

#: What went wrong, each with what to do.
Failures = Sequence[tuple[str, str]]


def watched_run(program: Program, now: datetime, options: Options) -> Report:
    """A run as `run_pass` does it, and whoever watches is told what came of it.

    Raises:
        LockHeld: Another pass is under way; it will tell.
        NotProvisioned: No workbook is made yet; whoever sets the program up is at it.
        SheetsyncError: The run failed as a whole.
    """
    try:
        report = run_pass(program, now, options)
    except (LockHeld, NotProvisioned):
        raise
    except Exception as error:
        _tell(program, now, options, [_said(error)])
        raise
    _tell(program, now, options, [(it.what, it.do) for it in report.troubles if it.failed])
    return report


def stopwatch() -> Callable[[], timedelta]:
    """A watch that is started, and tells the time since then."""
    start = time.monotonic()
    return lambda: timedelta(seconds=time.monotonic() - start)


def tell_of_the_end(program: Program, now: datetime, options: Options, why: SheetsyncError) -> None:
    """Tell of a run that is about to be ended in another thread of this process, where it holds the lock."""
    with suppress(LedgerError), closing(Ledger.open(program.ledger_url)) as ledger:
        _alarm(ledger, program, now, [(why.what, why.do)], options.elapsed())
    _ping(program, failed=True)


@contextmanager
def ends_within(minutes: int, last_words: Callable[[SheetsyncError], object]) -> Iterator[None]:
    """End the process with exit code 3 where the block takes longer; last words are cut off in their time.

    A run may die at any moment without harm, and a thread cannot be stopped that waits for a server.
    """

    def end() -> None:
        words = threading.Thread(target=last_words, args=(_too_long(minutes),), daemon=True)
        words.start()
        words.join(_LAST_WORDS)
        os._exit(3)

    timer = threading.Timer(minutes * 60, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # where its time was up, a block has no other end


def _too_long(minutes: int) -> SheetsyncError:
    what = f"The pass took longer than {counted(minutes, 'minute')} ([schedule] timeout) and was ended."
    return SheetsyncError(what, "Nothing is lost: the next pass takes up what it left.")


def _tell(program: Program, now: datetime, options: Options, failures: Failures) -> None:
    with suppress(LedgerError, LockHeld), opened(program) as ledger:
        _alarm(ledger, program, now, failures, options.elapsed())
    _ping(program, failed=bool(failures))


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, SheetsyncError):
        return error.what, error.do
    what = f"sheetsync met a fault of its own ({type(error).__name__})."
    return what, "Run it in a terminal: sheetsync run. What it prints there helps to mend it."


def _alarm(ledger: Ledger, program: Program, now: datetime, failures: Failures, elapsed: timedelta) -> None:
    """Mail the operator where this run failed and the one before did not, or the other way round."""
    with ledger.transaction() as connection:
        journal = Journal(connection)
        current, before = _newest_two(journal)
        if current is None:
            return
        came_to = {"failed": [what for what, _ in failures], "seconds": in_seconds(elapsed)}
        journal.note(current.number, {**current.outcome, **came_to})
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


def _ping(program: Program, *, failed: bool) -> None:
    """Ask the health check's address; one that does not answer notices that by itself."""
    if not program.schedule.ping:
        return
    address = program.schedule.ping.rstrip("/") + ("/fail" if failed else "")
    with suppress(OSError, ValueError):
        urllib.request.urlopen(address, timeout=_SECONDS).close()  # noqa: S310 - http or https: checked when read
