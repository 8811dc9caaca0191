"""From announcements to mails: rendered for each recipient, to be decided on with the generation."""

from __future__ import annotations

from sheetsync.core.announcements import Announcement
from sheetsync.core.recipients import Recipient, barred, recipients
from sheetsync.core.records import View
from sheetsync.errors import Problem
from sheetsync.ledger.outbox import BASELINE, REHEARSAL, Letter
from sheetsync.mail.render import render
from sheetsync.program import Program
from sheetsync.verbs.consider import Considered


def letters(result: Considered, program: Program, faults: set[Problem]) -> tuple[Letter, ...]:
    """The mails that the announcements of a pass call for, rendered from what nobody disagrees about.

    Args:
        result: What the pass came to.
        program: The program.
        faults: Gets what is wrong with mail templates of the program's own.
    """
    return tuple(
        letter_of(it, to, result.certain, program, faults)
        for it in result.news
        for to in recipients(result.certain, it)
        if not barred(result.view, to.address)
    )


def baseline_letters(result: Considered) -> tuple[Letter, ...]:
    """Announcements about the past: remembered so that they are never sent."""
    return tuple(
        Letter(it.key, "", it.kind, it.subject, "", "", BASELINE, "about the past") for it in result.old
    )


def letter_of(
    announcement: Announcement,
    to: Recipient,
    view: View,
    program: Program,
    faults: set[Problem] | None = None,
) -> Letter:
    """An announcement for one recipient, rendered; raises and notes faults as `render` does."""
    message = render(announcement, to, view, program.folder, faults)
    return Letter(
        announcement.key,
        to.address,
        announcement.kind,
        announcement.subject,
        str(message["Message-ID"]),
        message.as_string(),
        remark="" if program.mail.live else REHEARSAL,
    )
