"""Private notes: what one person alone is told once a week, because it is theirs to act on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheetsync.core.derived import actions, active_members, is_open, person
from sheetsync.core.digest import Item
from sheetsync.core.records import Book, Record, View
from sheetsync.core.rules.registry import Finding
from sheetsync.core.wording import counted, listed, one_line


@dataclass(frozen=True, slots=True)
class Note:
    """The content of a private note.

    Attributes:
        heading: What it is about, without a name; the mail's subject too.
        lead: One or two friendly sentences.
        items: What is theirs to act on.
    """

    heading: str
    lead: str
    items: tuple[Item, ...]


def overdue_notes(view: View, findings: Sequence[Finding]) -> Iterator[tuple[Book, Record, Note]]:
    """For each active member who owns something overdue or stale: their workbook, their row, their note."""
    for book in view.books:
        for member in active_members(book):
            items = (*_overdue(view, book, member), *_stale(view, book, member, findings))
            if items:
                yield book, member, Note(_heading(items), _OVERDUE_LEAD, items)


_OVERDUE_LEAD = (
    "These wait for you. Do them, give them a new date, or hand them on in the workbook: "
    "any of the three is fine, and asking for help is too."
)
_PRIVATE_LEAD = (
    "This is for you as the facilitator; it stands in no tab and in nobody else's mail. "
    "It is an invitation to make room, never a mark against anyone."
)


def _heading(items: Sequence[Item]) -> str:
    return f"{counted(len(items), 'item')} of yours could use a look"


def _overdue(view: View, book: Book, member: Record) -> Iterator[Item]:
    for row in filter(is_open, actions(book)):
        due = row.date("due")
        if due and due < view.today and person(view, book, row.text("owner")) is member:
            yield Item(one_line(row.text("text"), 200), due=due)


def _stale(view: View, group: Book, member: Record, findings: Sequence[Finding]) -> Iterator[Item]:
    """Stakeholders whose review is out of date (M102), to the member who owns the relationship."""
    stale = {(it.workbook, it.row_id): it for it in findings if it.code == "M102"}
    for book in view.books:
        for row in book.records("stakeholders"):
            finding = stale.get((book.name, row.id))
            if finding and person(view, group, row.text("owner")) is member:
                yield Item(one_line(f"{_name_of(view, finding)}: {finding.message}", 300))


def _name_of(view: View, finding: Finding) -> str:
    """What people call the row that a finding is about."""
    for book in view.books:
        for row in book.records(finding.tab) if book.name == finding.workbook else ():
            if row.id == finding.row_id:
                return one_line(book.called(book.template.tabs[finding.tab], row), 80)
    return ""


def private_note(view: View, findings: Sequence[Finding]) -> Note | None:
    """What only the facilitator is told (G401); nothing while another person would read it in rehearsal."""
    mail = view.mail
    read_by_another = not mail.live and mail.facilitator not in ("", mail.operator)
    items = tuple(_together(view, [it for it in findings if it.private]))
    if read_by_another or not items:
        return None
    return Note("A note for the facilitator", _PRIVATE_LEAD, items)


def _together(view: View, findings: Sequence[Finding]) -> Iterator[Item]:
    """What holds for several people is said once, with their names and what to do."""
    names: dict[tuple[str, str], list[str]] = {}
    for it in findings:
        names.setdefault((it.message, it.do), []).append(_name_of(view, it))
    for (message, do), who in names.items():
        yield Item(one_line(f"{message.rstrip('.')}: {listed(who)}. {do}", 2000))
