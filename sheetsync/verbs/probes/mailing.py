"""Whether mails leave, look as they should, and whether runs start by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sheetsync.core.wording import counted
from sheetsync.ledger.health import file_of
from sheetsync.ledger.outbox import FAILED, SENDING, UNKNOWN
from sheetsync.mail.render import template_faults
from sheetsync.mail.smtp import SmtpServer
from sheetsync.program import Program
from sheetsync.verbs.mails import list_mails
from sheetsync.verbs.probes.registry import Ailment, probe
from sheetsync.verbs.runs import list_runs

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
    stuck = [it for it in _mails(program) if it in (FAILED, UNKNOWN, SENDING)]
    if stuck:
        yield Ailment(f"{counted(len(stuck), 'mail')} stuck in the outbox.", "sheetsync outbox")


@probe("Mail templates")
def mail_templates(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Every mail template of the program's own can be read."""
    for fault in template_faults(program.folder):
        yield Ailment(str(fault), "Mend the line; the built-in template is used meanwhile.")


@probe("Schedule")
def schedule(program: Program, now: datetime) -> Iterator[Ailment]:
    """Runs start when [schedule] says."""
    started = [
        run.started for run in (list_runs(program, 50) if _has_ledger(program) else ()) if run.verb == "run"
    ]
    if started and (due := program.schedule.next_run(started[0])) + _GRACE < now:
        what = f"No run since {started[0]:%Y-%m-%d %H:%M}, though one was due on {due:%Y-%m-%d %H:%M}."
        yield Ailment(what, "sheetsync schedule install")


def _mails(program: Program) -> list[str]:
    return [it.state for it in list_mails(program)] if _has_ledger(program) else []


def _has_ledger(program: Program) -> bool:
    """Whether there is a ledger to look into: looking makes none."""
    file = file_of(program.ledger_url)
    return file is None or file.is_file()
