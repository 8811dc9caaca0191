"""Delivering what the outbox holds: one mail at a time, each marked as leaving, durably, before it leaves.

A mail that was leaving when a pass died may have arrived: it is held for a person (`sheetsync outbox`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY

from sheetsync.core.recipients import barred
from sheetsync.core.records import View
from sheetsync.errors import MailRefused, MailServerError, MailUnknown
from sheetsync.ledger import Ledger
from sheetsync.ledger.outbox import (
    FAILED,
    PLANNED,
    REHEARSAL,
    RETRY,
    SENDING,
    SENT,
    UNKNOWN,
    WITHDRAWN,
    Letter,
    Outbox,
)
from sheetsync.mail.folder import Folder
from sheetsync.mail.smtp import SmtpServer
from sheetsync.mail.transport import Transport
from sheetsync.program import Program
from sheetsync.verbs.gather import Trouble
from sheetsync.verbs.report import Mail

#: A server that refuses for now (greylisting does) is asked again after 5, 10, 20 ... minutes, so often.
FIRST_WAIT = timedelta(minutes=5)
MAX_TRIES = 8

_IN_DOUBT = "may have been sent: a pass was cut short"


@dataclass
class Delivery:
    """What became of the mails of a pass; `troubles` tells why none could leave."""

    mails: list[Mail] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def deliver_planned(ledger: Ledger, program: Program, view: View, now: datetime) -> Delivery:
    """Deliver what waits in the outbox, the oldest first, as many mails as the program's cap says.

    Args:
        ledger: Holds the outbox.
        program: Says where mails leave to.
        view: Who may get mail at this moment, whatever was decided earlier.
        now: The pass's moment.
    """
    return _Sender(ledger, program, now).run(view)


def deliver_these(ledger: Ledger, program: Program, now: datetime, key: str) -> Delivery:
    """Deliver the mails of one announcement, just decided on outside of a pass; the others wait for one."""
    sender = _Sender(ledger, program, now)
    return sender.deliver([it for it in sender.waiting() if it.key == key])


class _Sender:
    def __init__(self, ledger: Ledger, program: Program, now: datetime) -> None:
        self.ledger, self.program, self.now = ledger, program, now
        self.delivery = Delivery()

    def run(self, view: View) -> Delivery:
        for letter in self._letters(SENDING):
            self._become(letter, UNKNOWN, _IN_DOUBT)
        ready, cap = self._ready(view), self.program.mail.cap
        self.deliver(ready[:cap])
        self.delivery.mails += [_report(letter, letter.state, letter.remark) for letter in ready[cap:]]
        return self.delivery

    def deliver(self, ready: list[Letter]) -> Delivery:
        try:
            if ready:
                self._send_all(ready)
        except MailServerError as error:
            self.delivery.troubles.append(Trouble("", "", error.what, error.do))
            self.delivery.mails += [_report(letter, letter.state, letter.remark) for letter in ready]
        return self.delivery

    def _ready(self, view: View) -> list[Letter]:
        """The mails whose time has come; those that nobody may get any more are withdrawn."""
        ready = []
        for letter in self.waiting():
            if not view.mail.live and letter.address != view.mail.operator:
                continue  # decided while the program was live: it waits until it is so again
            if reason := barred(view, letter.address):
                self._become(letter, WITHDRAWN, reason)
            else:
                ready.append(letter)
        return ready

    def waiting(self) -> list[Letter]:
        return [letter for letter in self._letters(PLANNED, RETRY) if _is_due(letter, self.now)]

    def _send_all(self, ready: list[Letter]) -> None:
        """Take mail by mail from the list, so that those are left which could not leave."""
        with self._transport() as transport:
            while ready:
                self._send(ready[0], transport)
                del ready[0]

    def _send(self, letter: Letter, transport: Transport) -> None:
        message = message_from_string(letter.message, policy=MAIL_POLICY)
        assert isinstance(message, EmailMessage)
        try:
            file = transport.send(message, letter.address, lambda: self._mark(letter, SENDING))
        except MailRefused as error:
            given_up = error.for_good or letter.tries + 1 >= MAX_TRIES
            self._become(letter, FAILED if given_up else RETRY, error.what)
        except MailUnknown as error:
            self._become(letter, UNKNOWN, f"may have been sent: {error.what}")
        else:
            self._become(letter, SENT, file=file)

    def _become(self, letter: Letter, state: str, reason: str = "", file: str = "") -> None:
        remark = self._mark(letter, state, reason)
        self.delivery.mails.append(_report(letter, state, remark, file))

    def _mark(self, letter: Letter, state: str, reason: str = "") -> str:
        rehearsal = REHEARSAL if letter.remark.startswith(REHEARSAL) else ""
        remark = ": ".join(filter(None, (rehearsal, reason)))
        with self.ledger.transaction() as connection:
            Outbox(connection).mark(letter, state, self.now, remark)
        return remark

    def _letters(self, *states: str) -> tuple[Letter, ...]:
        with self.ledger.transaction() as connection:
            return Outbox(connection).letters(*states)

    def _transport(self) -> Transport:
        if self.program.smtp.host:
            return SmtpServer(self.program.smtp, self.program.mail.sender or self.program.mail.operator)
        return Folder(self.program.outbox)


def _report(letter: Letter, state: str, remark: str, file: str = "") -> Mail:
    return Mail(letter.subject, letter.kind, letter.address, state, file, remark)


def _is_due(letter: Letter, now: datetime) -> bool:
    if letter.state == PLANNED or letter.changed is None:
        return True
    wait = FIRST_WAIT * (1 << (letter.tries - 1))
    return now >= letter.changed + wait
