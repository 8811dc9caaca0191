"""The computed columns: what sheetsync writes beside people's own columns, derived from the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from sheetsync.core.model import Tab
from sheetsync.core.records import Book, Record, View, fold
from sheetsync.core.values import Value, canonical_number

Place = tuple[str, str, str]  # workbook, tab, row id


class Flag(Protocol):
    """What `derive` needs of a finding (rules themselves use this module, so it knows none)."""

    @property
    def code(self) -> str: ...
    @property
    def workbook(self) -> str: ...
    @property
    def tab(self) -> str: ...
    @property
    def row_id(self) -> str: ...
    @property
    def private(self) -> bool: ...


def derive(view: View, findings: Iterable[Flag]) -> Mapping[Place, Mapping[str, Value]]:
    """Every computed cell of every record, by (workbook, tab, row id) and column key.

    Milestones' "sent" is not here: only whoever sends a mail knows it.
    """
    codes = _codes(findings)
    derived: dict[Place, Mapping[str, Value]] = {}
    for book in view.books:
        makers = _makers(view, book, codes)
        for tab in book.template.tab:
            for record in book.records(tab.key):
                if cells := _computed(tab, makers, record):
                    derived[book.name, tab.key, record.id] = cells
    return derived


def is_open(record: Record, state: str = "state") -> bool:
    """Whether a Log entry (or what has its state in another column) is still to be done; blank means open."""
    return not record.is_any(state, "done", "dropped")


def actions(book: Book) -> tuple[Record, ...]:
    """The Log's action items, open or not."""
    return tuple(row for row in book.records("log") if row.is_any("kind", "action"))


def hours_planned(view: View, book: Book, member: Record) -> float:
    """Hours of the open actions a member owns; an action without an estimate counts `hours_when_blank`."""
    return planned_hours(view, book).get(member.id, 0)


def planned_hours(view: View, book: Book) -> Mapping[str, float]:
    """`hours_planned` of all members at once, by row id; members without open actions are left out.

    An owner's name that two members share counts for neither: whose hours they are cannot be told.
    """
    hours: dict[str, float] = {}
    for action in filter(is_open, actions(book)):
        owner = person(view, book, action.text("owner"))
        if owner is not None:
            estimate = action.number("hours")
            counted = view.settings.hours_when_blank if estimate is None else estimate
            hours[owner.id] = hours.get(owner.id, 0) + counted
    return hours


def person(view: View, book: Book, name: str) -> Record | None:
    """The one member of a working group whom a name means; `None` where it is blank, unknown or shared."""
    found = view.find(book, "members", name) if name else ()
    return found[0] if len(found) == 1 else None


def active_members(book: Book) -> tuple[Record, ...]:
    """The members who take part now; a blank state means active."""
    return tuple(row for row in book.records("members") if not row.is_any("state", "paused", "alumni"))


def units_absent(view: View, book: Book, meeting: Record) -> tuple[str, ...]:
    """Host units and members' units that nobody at a meeting came from (W57); needs listed attendees."""
    names = meeting.many("attendees")
    attendees = (person(view, book, name) for name in names)
    present = {fold(member.text("unit")) for member in attendees if member}
    return tuple(unit for key, unit in _units(view, book).items() if names and key not in present)


def _units(view: View, book: Book) -> dict[str, str]:
    """Host units first, then members' units, each once, by folded name."""
    members = (member.text("unit") for member in active_members(book))
    units: dict[str, str] = {}
    for unit in (*view.setting("host_units").many("host_units"), *filter(None, members)):
        units.setdefault(fold(unit), unit)
    return units


def _codes(findings: Iterable[Flag]) -> Mapping[Place, str]:
    codes: dict[Place, set[str]] = {}
    for finding in findings:
        if not finding.private and finding.row_id:
            codes.setdefault((finding.workbook, finding.tab, finding.row_id), set()).add(finding.code)
    return {place: ", ".join(sorted(found)) for place, found in codes.items()}


Maker = Callable[[str, Record], Value]  # tab key, record -> the cell


def _makers(view: View, book: Book, codes: Mapping[Place, str]) -> Mapping[str, Maker]:
    hours = planned_hours(view, book)
    return {
        "flags": lambda tab, row: codes.get((book.name, tab, row.id)),
        "hours_planned": lambda _, row: canonical_number(hours.get(row.id, 0)),
        "units_absent": lambda _, row: ", ".join(units_absent(view, book, row)) or None,
    }


def _computed(tab: Tab, makers: Mapping[str, Maker], record: Record) -> Mapping[str, Value]:
    computed = (key for key, column in tab.columns.items() if column.computed and key in makers)
    return {key: makers[key](tab.key, record) for key in computed}
