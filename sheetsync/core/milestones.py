"""Occasions: what has come true in the program that is worth celebrating, each found by one function.

```python
@occasion("retro", practices="W9")
def retro_held(view: View, book: Book) -> Iterator[Occasion]:
    '''A sprint was closed with a retro.'''
```

A pass turns each new occasion into a row of the Milestones tab, where people edit it and decide with whom
it is shared. Texts depend on the records alone, never on the day of the pass.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sheetsync.core.derived import active_members
from sheetsync.core.records import Book, Record, View, fold
from sheetsync.core.wording import listed, one_line

#: What happened longer ago than this is history when it is first seen, not news: it is not shared by itself.
NEWS = timedelta(days=14)

#: The one green light that stays in the group, without a name or a unit (M45).
UNNAMED_GREEN_LIGHT = "New appetite for equity"

_SUPPORT = ("supportive", "leading")
_HR = "HR / people ops"
_DEIB = "DEIB leadership"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that has come true, as the row of the Milestones tab it may become.

    Attributes:
        key: The same in every pass, unique for each occurrence: "green_light/<row id>/<value>".
        workbook: Name of the workbook whose Milestones tab it belongs to.
        event: One line; never names a person.
        reached: The day the records tell; the day it was noticed where they tell none.
        person: Who it is about, for the workbook alone: mails leave it out.
        share_with: A value of the column of that name.
    """

    key: str
    workbook: str
    event: str
    reached: date
    person: str = ""
    evidence: str = ""
    share_with: str = "group"


OccasionFunction = Callable[[View, Book], Iterable[Occasion]]


@dataclass(frozen=True)
class OccasionKind:
    """One kind of occasion: its key, the practices it stands on, and the function that finds it."""

    key: str
    practices: tuple[str, ...]
    find: OccasionFunction = field(repr=False)

    @property
    def summary(self) -> str:
        """The docstring's first line: what has come true."""
        return (inspect.getdoc(self.find) or "").split("\n", 1)[0]


OCCASIONS: dict[str, OccasionKind] = {}


def occasion(key: str, *, practices: str = "") -> Callable[[OccasionFunction], OccasionFunction]:
    """Register a kind of occasion; `practices` are numbers separated by blanks."""

    def register(find: OccasionFunction) -> OccasionFunction:
        if key in OCCASIONS:
            raise ValueError(f"two occasions have the key {key}")
        OCCASIONS[key] = OccasionKind(key, tuple(practices.split()), find)
        return find

    return register


def occasions(view: View) -> tuple[Occasion, ...]:
    """Everything that is true at this moment; which of it is new, the ledger knows."""
    books = [book for book in view.books if "milestones" in book.template.tabs]
    found = (each for book in books for kind in OCCASIONS.values() for each in kind.find(view, book))
    return tuple(_as_news(each, view.today) for each in found)


def is_unnamed(event: str) -> bool:
    """Whether an event's text tells of the green light that stays in the group, unnamed (M45)."""
    return fold(UNNAMED_GREEN_LIGHT) in fold(event)


def _as_news(found: Occasion, today: date) -> Occasion:
    return replace(found, share_with="none") if today - found.reached > NEWS else found


@occasion("green_light", practices="M39 M40 M41 M42 M43 M44 M45 W20")
def green_light_reached(view: View, book: Book) -> Iterator[Occasion]:
    """A stakeholder gave one of the green lights that were defined; it waits while nobody knows which one."""
    for row in book.records("approach"):
        reached = row.date("green_light_on")
        known = view.find(book, "stakeholders", row.text("stakeholder"))
        if reached and reached <= view.today and len(known) == 1:
            for value in _values(book, "approach", "green_light"):
                if row.is_any("green_light", value):
                    yield _green_light(book, row, value, reached, known[0])


def _green_light(book: Book, row: Record, value: str, reached: date, stakeholder: Record) -> Occasion:
    key = f"green_light/{row.id}/{value}"
    if is_unnamed(value):
        return Occasion(key, book.name, f"Green light: {value}", reached)
    unit = stakeholder.text("unit") or stakeholder.text("team_type")
    event = f"Green light in {one_line(unit, 80)}: {value}" if unit else f"Green light: {value}"
    return Occasion(key, book.name, event, reached, row.text("stakeholder"))


@occasion("stage", practices="M2 W21")
def stage_changed(view: View, book: Book) -> Iterator[Occasion]:
    """The program moved on to another stage; the first one is where every program begins."""
    for stage in _values(book, "program", "stage")[1:]:
        if book.settings.is_any("stage", stage):
            since = book.settings.date("stage_since")
            reached = since if since and since <= view.today else view.today
            yield Occasion(f"stage/{book.name}/{stage}", book.name, f"New stage: {stage}", reached)


@occasion("first_colleague", practices="W1 W5 W6")
def first_colleague(view: View, book: Book) -> Iterator[Occasion]:
    """A second member makes a group: one other person is enough to start."""
    if len(active_members(book)) >= 2:
        yield _first(view, book, "first_colleague", "The first colleague joined: we are a group now")


@occasion("first_champion", practices="C1 M44")
def first_champion(view: View, book: Book) -> Iterator[Occasion]:
    """The first stakeholder became a champion."""
    for champion in _champions(book)[:1]:
        yield _first(view, book, "first_champion", "The first champion", champion.text("name"))


@occasion("first_authority", practices="C5 C25")
def first_champion_with_authority(view: View, book: Book) -> Iterator[Occasion]:
    """The first champion who both decides and holds budget."""
    deciding = [row for row in _champions(book) if {"decides", "budget"} <= _authority(row)]
    for champion in deciding[:1]:
        event = "The first champion who decides and holds budget"
        yield _first(view, book, "first_authority", event, champion.text("name"))


@occasion("allies", practices="C19 C17 C24")
def allies_in_hr_and_deib(view: View, book: Book) -> Iterator[Occasion]:
    """There are allies in both HR and DEIB."""
    allies = [row for row in book.records("stakeholders") if row.is_any("stance_now", *_SUPPORT)]
    if all(any(row.is_any("team_type", team) for row in allies) for team in (_HR, _DEIB)):
        yield _first(view, book, "allies", "Allies in both HR and DEIB")


@occasion("host_units", practices="W30 M9")
def host_units_represented(view: View, book: Book) -> Iterator[Occasion]:
    """Every host unit has an active member."""
    units = view.setting("host_units").many("host_units")
    present = {fold(member.text("unit")) for member in active_members(book)}
    if units and all(fold(unit) in present for unit in units):
        event = "All host units are represented in the group"
        yield _first(view, book, "host_units", event, evidence=one_line(listed(units)))


@occasion("roles", practices="W22 W23 W24 W25 W26 W27")
def all_roles_held(view: View, book: Book) -> Iterator[Occasion]:
    """Every role has an active member who holds it."""
    members = active_members(book)
    roles = _values(book, "members", "roles")
    if roles and all(any(member.is_any("roles", role) for member in members) for role in roles):
        yield _first(view, book, "roles", "All roles in the group are held")


@occasion("recognition", practices="W67 W69")
def recognition_agreed(view: View, book: Book) -> Iterator[Occasion]:
    """A member's contribution was agreed to count in their performance review; nobody is named."""
    for member in book.records("members"):
        if member.is_any("recognition", "agreed"):
            event = "Work in the group now counts in a member's performance review"
            yield Occasion(f"recognition/{member.id}", book.name, event, view.today)


@occasion("sprint_start", practices="W7 W10 W14")
def sprint_started(view: View, book: Book) -> Iterator[Occasion]:
    """A sprint began."""
    for sprint in _named_sprints(book):
        start = sprint.date("start")
        if start and start <= view.today:
            yield _of_row("sprint_start", book, sprint, "Sprint started", start, sprint.text("goal"))


@occasion("sprint_end", practices="W8 W17 W20")
def sprint_ended(view: View, book: Book) -> Iterator[Occasion]:
    """A sprint's last day is over."""
    for sprint in _named_sprints(book):
        end = sprint.date("end")
        if end and end < view.today:
            yield _of_row("sprint_end", book, sprint, "Sprint ended", end, sprint.text("outcome"))


@occasion("retro", practices="W8 W9")
def retro_held(view: View, book: Book) -> Iterator[Occasion]:
    """A sprint was closed with a retro; what was refined is shared, the notes are not."""
    for sprint in _named_sprints(book):
        held = sprint.date("retro_on")
        if held and held < view.today:
            yield _of_row("retro", book, sprint, "Retro held", held, sprint.text("focus_change"))


@occasion("session", practices="W19 W60 W63")
def session_held(view: View, book: Book) -> Iterator[Occasion]:
    """An expert came, or people the program is for designed with the group."""
    titles = {"expert": "Expert session", "co-design": "Co-design session"}
    for meeting in book.records("meetings"):
        held = meeting.date("date")
        title = titles.get(fold(meeting.text("format")))
        if title and held and held < view.today:
            event = one_line(f"{title}: {meeting.text('purpose')}", 160)
            yield Occasion(f"session/{meeting.id}", book.name, event, held)


@occasion("expert", practices="M31 W19")
def expert_asked(view: View, book: Book) -> Iterator[Occasion]:
    """A conversation with an expert closed a gap; what was said stays in the map."""
    for talk in book.records("conversations"):
        held = talk.date("date")
        if held and held < view.today and talk.is_any("format", "expert"):
            who = talk.text("stakeholder")
            yield Occasion(f"expert/{talk.id}", book.name, "An expert shared their experience", held, who)


def _first(view: View, book: Book, kind: str, event: str, person: str = "", evidence: str = "") -> Occasion:
    """Something that comes true once in a workbook; no record tells since when, so the day is today."""
    return Occasion(f"{kind}/{book.name}", book.name, event, view.today, person, evidence)


def _of_row(kind: str, book: Book, sprint: Record, what: str, reached: date, evidence: str) -> Occasion:
    event = one_line(f"{what}: {sprint.text('name')}", 160)
    return Occasion(f"{kind}/{sprint.id}", book.name, event, reached, evidence=one_line(evidence, 500))


def _named_sprints(book: Book) -> Iterator[Record]:
    """Sprints whose dates can be believed: named, and not ending before they start (D009)."""
    for sprint in book.records("sprints"):
        start, end = sprint.date("start"), sprint.date("end")
        if sprint.text("name") and not (start and end and end < start):
            yield sprint


def _values(book: Book, tab: str, column: str) -> tuple[str, ...]:
    """The allowed values of a column, none where the template has no such column."""
    columns = book.template.tabs[tab].columns if tab in book.template.tabs else {}
    return columns[column].values if column in columns else ()


def _champions(book: Book) -> list[Record]:
    return [row for row in book.records("stakeholders") if row.is_any("relationship", "champion")]


def _authority(row: Record) -> set[str]:
    return {fold(value) for value in row.many("authority")}
