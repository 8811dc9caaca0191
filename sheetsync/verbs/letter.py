"""A member's contribution letter, on request: to them, or to the operator while the program is not live."""

from __future__ import annotations

from datetime import date, datetime

from sheetsync.core.announcements import letter
from sheetsync.core.recipients import barred, recipients
from sheetsync.core.records import Book, Record, View, fold
from sheetsync.core.template_checks import suggestion
from sheetsync.errors import UsageError
from sheetsync.ledger.outbox import Outbox
from sheetsync.program import Program
from sheetsync.verbs.deliver import letter_of
from sheetsync.verbs.opening import opened
from sheetsync.verbs.pass_ import look
from sheetsync.verbs.report import Mail
from sheetsync.verbs.sending import deliver_these

_SINCE = "Say an earlier day with --since; without it, the letter covers the year before today."


def contribution_letter(program: Program, name: str, since: date, now: datetime) -> tuple[Mail, ...]:
    """Mail a member the facts of what they did for the program.

    Args:
        program: The program.
        name: The member's, as the Members tab has it.
        since: The first day it covers.
        now: The moment.

    Returns:
        The mail that was decided on.

    Raises:
        UsageError: No single member has that name or may get mail, or there is nothing to tell of them.
        LockHeld: A pass is under way.
    """
    if since > now.date():
        raise UsageError(f"{since} lies ahead: a letter covers the days up to today, {now.date()}.", _SINCE)
    view = look(program, now)
    book, member = _member(view, name)
    told = letter(view, book, member, since)
    if not told.content:
        raise UsageError(
            f"Nothing is logged that {name} led, prepared or finished since {since}.",
            "Finished work has an Owner, a day, and done as its State. Or say an earlier day with --since.",
        )
    readers = [to for to in recipients(view, told) if not barred(view, to.address)]
    if not readers:
        raise UsageError(
            f"{name} cannot get mail.", "See Email, Mail and State in their row of the Members tab."
        )
    with opened(program) as ledger:
        with ledger.transaction() as connection:
            outbox = Outbox(connection)
            known = outbox.keys()
            if told.key not in known:
                outbox.plan([letter_of(told, to, view, program) for to in readers], 0, now)
        return tuple(deliver_these(ledger, program, now, told.key).mails)


def _member(view: View, name: str) -> tuple[Book, Record]:
    members = [(book, row) for book in view.books for row in book.records("members")]
    found = [(book, row) for book, row in members if fold(row.text("name")) == fold(name)]
    if len(found) != 1:
        what = "No member" if not found else "More than one member"
        near = suggestion(name, [row.text("name") for _, row in members]) if not found else ""
        raise UsageError(f'{what} is called "{name}".{near}', "Write the name as the Members tab has it.")
    return found[0]
