"""Announcements: which mails the program's records call for at this moment, each with a stable key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sheetsync.core.calendar import Entry
from sheetsync.core.contribution import Contribution, contribution
from sheetsync.core.digest import Digest, digest
from sheetsync.core.milestones import UNNAMED_GREEN_LIGHT, is_unnamed
from sheetsync.core.private_notes import Note, overdue_notes, private_note
from sheetsync.core.records import Book, Record, View
from sheetsync.core.rules.registry import ERROR, Finding
from sheetsync.core.subjects import milestone_subject, subject
from sheetsync.core.welcome import Welcome, newcomers, welcome
from sheetsync.core.wording import counted, day, one_line

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUP, ORG, EXTERNAL, OWNER, FACILITATOR = "group", "org", "external", "owner", "facilitator"
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Milestone:
    """The content of a milestone's mail; the person of the row stays in the workbook."""

    event: str
    reached: date
    evidence: str


@dataclass(frozen=True)
class Announcement:
    """One mail that is called for; to whom it goes, `recipients` tells.

    Attributes:
        key: "<workbook>/<row id>/<kind>/<occurrence>", or "<kind>/<week>" for what is built from many
            records: the ledger sends each key once to each address.
        kind: "milestone", "digest", "note", "welcome", "letter" or "alarm".
        audience: "group", "org", "external", "owner" (the member `row_id`), "facilitator" or "operator".
        workbook: The workbook it belongs to, whose accent it wears.
        row_id: The record it is built from, "" where it is built from many.
        opens: The workbook it links to: never the map for the group, none for readers outside the group.
        preheader: What a mailbox shows beside the subject; as discreet as the subject.
        dates: What comes along for people's calendars.
    """

    key: str
    kind: str
    audience: str
    workbook: str
    row_id: str
    opens: str
    subject: str
    preheader: str
    content: Milestone | Digest | Note | Welcome | Contribution
    dates: tuple[Entry, ...] = ()


def announcements(view: View, findings: Sequence[Finding]) -> tuple[Announcement, ...]:
    """Every mail that is due: shared milestones at once, all else once a week from the digest day on.

    Args:
        view: Held cells hold what was last agreed: the caller leaves out rows with open conflicts.
        findings: A milestone whose row has an error is not announced.
    """
    wrong = {(it.workbook, it.row_id) for it in findings if it.severity is ERROR and it.tab == "milestones"}
    shared = (
        made
        for book in view.books
        for row in book.records("milestones")
        if (book.name, row.id) not in wrong and (made := _milestone(view, book, row))
    )
    welcomes = (_welcome(view, book, member) for book, member in newcomers(view))
    return (*shared, *welcomes, *_weekly(view, findings))


def letter(view: View, book: Book, member: Record, since: date) -> Announcement:
    """A member's contribution letter, to them alone; made again, it is another one."""
    key = f"{book.name}/{member.id}/letter/{view.now.isoformat()}"
    made = contribution(view, book, member, since)
    line = subject(view, "Your contribution letter")
    return Announcement(key, "letter", OWNER, book.name, member.id, "", line, "For you alone.", made)


def _welcome(view: View, book: Book, member: Record) -> Announcement:
    key, line = f"{book.name}/{member.id}/welcome", subject(view, "Welcome to the group")
    glance = "Where we are, who does what, and where a hand is welcome."
    made = welcome(view, book)
    return Announcement(key, "welcome", OWNER, book.name, member.id, book.name, line, glance, made)


def _milestone(view: View, book: Book, row: Record) -> Announcement | None:
    event, reached = one_line(row.text("event")), row.date("reached")
    audience = next((each for each in (GROUP, ORG, EXTERNAL) if row.is_any("share_with", each)), "")
    if not (event and audience and reached and reached <= view.today):
        return None
    if audience != GROUP and (not row.text("approved_by") or is_unnamed(event)):
        return None
    content = Milestone(event, reached, one_line(row.text("evidence"), 600))
    if is_unnamed(event):
        content = Milestone(f"Green light: {UNNAMED_GREEN_LIGHT}", reached, "")
    return Announcement(
        f"{book.name}/{row.id}/milestone/{audience}",
        "milestone",
        audience,
        book.name,
        row.id,
        _home(view) if audience == GROUP else "",
        milestone_subject(view, content.event, row.text("person")),
        f"Reached on {day(reached)}. A moment to celebrate.",
        content,
    )


def _weekly(view: View, findings: Sequence[Finding]) -> Iterator[Announcement]:
    if view.today.weekday() < WEEKDAYS.index(view.mail.digest_day.casefold()):
        return
    iso = view.today.isocalendar()
    week = f"{iso.year}-W{iso.week:02}"
    if made := digest(view, findings):
        yield _digest(view, week, made)
    for book, member, note in overdue_notes(view, findings):
        yield _note(view, f"{book.name}/{member.id}/overdue/{week}", OWNER, book.name, member.id, note)
    if private := private_note(view, findings):
        yield _note(view, f"facilitator/{week}", FACILITATOR, _home(view), "", private)


def _digest(view: View, week: str, made: Digest) -> Announcement:
    wanted = made.decisions.count
    ask = f"{counted(wanted, 'decision')} wanted" if wanted else "nothing to decide"
    line = subject(view, f"Weekly: {made.color} - {ask}")
    done, ahead = counted(len(made.outcomes), "outcome"), counted(made.ahead.count, "date")
    glance = f"{done}, {ahead} in the next two weeks."
    home = _home(view)
    return Announcement(f"digest/{week}", "digest", GROUP, home, "", home, line, glance, made)


def _note(view: View, key: str, audience: str, workbook: str, row_id: str, note: Note) -> Announcement:
    line = subject(view, note.heading)
    return Announcement(key, "note", audience, workbook, row_id, workbook, line, "For you alone.", note)


def _home(view: View) -> str:
    """The workbook a mail about the whole program belongs to: the group's, else the first."""
    group = next((book for book in view.books if "log" in book.template.tabs), None)
    return (group or view.books[0]).name if view.books else ""
