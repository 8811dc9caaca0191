"""From announcements to mails: decided with the generation, then delivered one by one."""

from __future__ import annotations

from datetime import date, datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path

from sheetsync.core.announcements import Announcement
from sheetsync.core.recipients import recipients
from sheetsync.errors import SheetsyncError
from sheetsync.ledger import Ledger
from sheetsync.ledger.outbox import BASELINE, PLANNED, RETRY, SENDING, SENT, Letter, Outbox
from sheetsync.mail.folder import deliver
from sheetsync.mail.render import render
from sheetsync.program import Program
from sheetsync.verbs.consider import Considered
from sheetsync.verbs.report import Mail

#: Remark of a mail that went to the operator because the program is not live yet.
REHEARSAL = "rehearsal"


def letters(result: Considered, program: Program) -> tuple[Letter, ...]:
    """The mails that the announcements of a pass call for, rendered."""
    return tuple(
        _letter(it, to.address, render(it, to, result.view, program.folder), program)
        for it in result.news
        for to in recipients(result.view, it)
    )


def baseline_letters(result: Considered) -> tuple[Letter, ...]:
    """Announcements about the past: remembered so that they are never sent."""
    return tuple(
        Letter(it.key, "", it.kind, it.subject, "", "", BASELINE, "about the past") for it in result.old
    )


def milestones_sent(outbox: Outbox) -> dict[tuple[str, str], date]:
    """Milestones that were announced to others than the operator: (workbook, row id) -> the day."""
    sent = {}
    for letter in outbox.letters(PLANNED, SENDING, SENT, RETRY):
        if letter.kind == "milestone" and letter.remark != REHEARSAL and letter.planned:
            workbook, row_id, *_ = letter.key.split("/")
            sent[workbook, row_id] = letter.planned.date()
    return sent


def deliver_planned(ledger: Ledger, program: Program, now: datetime) -> tuple[Mail, ...]:
    """Deliver what the outbox holds: each mail is marked as leaving, durably, before it leaves.

    At most as many leave as the program's cap says, the oldest first; the others wait for the next pass.
    """
    with ledger.transaction() as connection:
        waiting = Outbox(connection).letters(PLANNED, RETRY)
    return tuple(_deliver(ledger, program, letter, now) for letter in waiting[: program.mail.cap])


def _letter(announcement: Announcement, address: str, message: EmailMessage, program: Program) -> Letter:
    return Letter(
        announcement.key,
        address,
        announcement.kind,
        announcement.subject,
        str(message["Message-ID"]),
        message.as_string(),
        remark="" if program.mail.live else REHEARSAL,
    )


def _deliver(ledger: Ledger, program: Program, letter: Letter, now: datetime) -> Mail:
    _mark(ledger, letter, SENDING, now, letter.remark)
    message = message_from_string(letter.message, policy=MAIL_POLICY)
    assert isinstance(message, EmailMessage)
    file: Path | None = None
    try:
        file = deliver(message, program.outbox)
        state, remark = SENT, letter.remark
    except SheetsyncError as error:
        state, remark = RETRY, str(error)
    _mark(ledger, letter, state, now, remark)
    return Mail(letter.subject, letter.kind, letter.address, state, str(file or ""), remark)


def _mark(ledger: Ledger, letter: Letter, state: str, now: datetime, remark: str) -> None:
    with ledger.transaction() as connection:
        Outbox(connection).mark(letter, state, now, remark)
