"""Whether mails leave, look as they should, and whether runs start by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sheetsync.core.wording import counted
from sheetsync.errors import LedgerError
from sheetsync.ledger.health import file_of
from sheetsync.ledger.outbox import FAILED, SENDING, UNKNOWN
from sheetsync.mail.render import template_faults
from sheetsync.mail.smtp import SmtpServer
from sheetsync.program import FILE_NAME, Program
from sheetsync.verbs.jobs import jobs
from sheetsync.verbs.mails import list_mails
from sheetsync.verbs.probes.registry import Ailment, probe
from sheetsync.verbs.runs import list_runs

T = TypeVar("T")

#: A run that is late by less is on its way.
_GRACE = timedelta(hours=1)


@probe("Mail server")
def mail_server(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Mails can leave: through the mail server, or into the outbox folder where none is named."""
    if program.smtp.host:
        with SmtpServer(program.smtp, program.mail.sender or program.mail.operator):
            yield from ()  # what is wrong is raised by the connection


@probe("Outbox")
def outbox(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """No mail is stuck."""
    mails = _looked_up(program, lambda: list_mails(program))
    stuck = [it for it in mails if it.state in (FAILED, UNKNOWN, SENDING)]
    if stuck:
        yield Ailment(f"{counted(len(stuck), 'mail')} stuck in the outbox.", "sheetsync outbox")


@probe("Mail templates")
def mail_templates(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Every mail template of the program's own can be read."""
    for fault in template_faults(program.folder):
        yield Ailment(str(fault), "Mend the line; the built-in template is used meanwhile.")


@probe("Schedule")
def schedule(program: Program, now: datetime) -> Iterator[Ailment]:
    """No run is overdue, and no job starts runs where no program is."""
    listed, here = tuple(jobs()), program.folder.resolve()
    for job in listed:
        if not (job.folder / FILE_NAME).is_file():
            yield Ailment(
                f"The job {job.name} starts runs in {job.folder}, where no program is.", job.removal
            )
    started = [
        run.started for run in _looked_up(program, lambda: list_runs(program, 50)) if run.verb == "run"
    ]
    if started and (due := program.schedule.next_run(started[0])) + _GRACE < now:
        what = f"No run since {started[0]:%Y-%m-%d %H:%M}, though one was due on {due:%Y-%m-%d %H:%M}."
        ours = next((job.name for job in listed if job.folder == here), "")
        see = f"The job {ours} is there: see what its scheduler says of it, then try sheetsync run."
        yield Ailment(what, see if ours else "sheetsync schedule install")


def _looked_up(program: Program, look: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """What the ledger has, nothing without one: looking makes none. What ails it is told by its own probe."""
    file = file_of(program.ledger_url)
    if file is not None and not file.is_file():
        return ()
    try:
        return look()
    except LedgerError:
        return ()
