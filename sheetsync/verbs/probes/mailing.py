"""Whether mails leave, look as they should, and whether runs start by themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sheetsync.core.wording import counted
from sheetsync.ledger.health import file_of
from sheetsync.ledger.outbox import FAILED, SENDING, UNKNOWN
from sheetsync.mail.render import template_faults
from sheetsync.mail.smtp import SmtpServer
from sheetsync.program import FILE_NAME, Program
from sheetsync.verbs.jobs import jobs
from sheetsync.verbs.mails import list_mails
from sheetsync.verbs.probes.registry import Ailment, probe
from sheetsync.verbs.runs import IN_UTC, list_runs, next_run_here
from sheetsync.verbs.schedule import is_installed, reaches, scheduler_of

T = TypeVar("T")

#: A run that is late by less is on its way.
_GRACE = timedelta(hours=1)
#: Schedulers that do not tell where their jobs run: they are asked for this program's.
_SILENT_KINDS = (IN_UTC, "windows") if sys.platform == "win32" else (IN_UTC,)


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
    """Runs start when they should, and nowhere else."""
    listed = tuple(jobs())
    for job in listed:
        if not (job.folder / FILE_NAME).is_file():
            what = f"The job {job.name} starts runs in {job.folder}, where no program is."
            yield Ailment(what, job.removal)
    ours = [job.name for job in listed if job.folder == program.folder.resolve()]
    ours += [kind for kind in _SILENT_KINDS if is_installed(program, kind)]
    overdue = _overdue(program, IN_UTC if ours == [IN_UTC] else "", now)
    if overdue and ours:
        do = f"There is a job ({ours[0]}): see what its scheduler says of it, then try sheetsync run."
        yield Ailment(overdue, do)
    elif overdue or not ours:
        what = overdue or "No job of this machine starts runs: one starts when somebody types sheetsync run."
        yield Ailment(what, "sheetsync schedule install", passing=not overdue)
    elif any(reaches(program, it) for it in ours) and not any(
        _looked_up(program, lambda: (scheduler_of(program),))
    ):
        what = 'Runs start by themselves, and the Status tabs say "Not scheduled": the ledger does not know.'
        yield Ailment(what, "sheetsync schedule install", passing=True)


def _overdue(program: Program, scheduler: str, now: datetime) -> str:
    runs = _looked_up(program, lambda: list_runs(program, 50))
    started = next((run.started for run in runs if run.verb == "run"), None)
    if started is None:
        return ""
    due = next_run_here(program, scheduler, started)
    if due + _GRACE >= now:
        return ""
    return f"No run since {started:%Y-%m-%d %H:%M}, though one was due on {due:%Y-%m-%d %H:%M}."


def _looked_up(program: Program, look: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """What the ledger has, nothing without one: looking makes none."""
    file = file_of(program.ledger_url)
    return () if file is not None and not file.exists() else look()
