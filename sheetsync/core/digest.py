"""The weekly digest: what happened, what is wanted and what comes next, read in three minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sheetsync.core.derived import actions, is_open, person
from sheetsync.core.records import Book, Record, View
from sheetsync.core.rules.registry import Finding
from sheetsync.core.status.headline import health
from sheetsync.core.wording import one_line

PAST = timedelta(days=7)
AHEAD = timedelta(days=14)
MAX_OUTCOMES = 3
MAX_ITEMS = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest.

    Attributes:
        text: What it is, on one line.
        owner: Who has it, "" where nobody or unknown.
        due: The day that counts, `None` where none is set.
    """

    text: str
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Some items of many: what is left out is counted, so that nothing disappears silently."""

    items: tuple[Item, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.items) + self.more


@dataclass(frozen=True, slots=True)
class Tally:
    """How the Log's actions stand, as counts of the whole group."""

    done: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Digest:
    """The content of one weekly mail.

    Attributes:
        color: Green, Amber or Red; `reason` says why in a sentence.
        outcomes: What was finished in the last seven days, at most three.
        decisions: Open questions and decisions still to be made, the next due first.
        ahead: What the next two weeks bring, in order.
        thanks: One deed each for the people who finished something, by name: never a ranking.
        stages: The stages of a program in order; `stage` is the present one, "" where none is set.
    """

    color: str
    reason: str
    outcomes: tuple[str, ...]
    decisions: Section
    ahead: Section
    blockers: Section
    thanks: tuple[Item, ...]
    tally: Tally
    stages: tuple[str, ...] = ()
    stage: str = ""


def digest(view: View, findings: Sequence[Finding]) -> Digest | None:
    """The digest of this moment; `None` when nothing happened and nothing is due.

    The Log keeps no day of closing, so an action counts as finished in the week its due date lies in
    (its own date where none is due).
    """
    color, reason = health(view, tuple(finding for finding in findings if not finding.private))
    made = Digest(
        color,
        one_line(reason),
        tuple(one_line(text, 200) for text in _outcomes(view))[:MAX_OUTCOMES],
        section(decisions(view), MAX_ITEMS),
        section(dates_ahead(view), MAX_ITEMS),
        section(_blockers(view), MAX_ITEMS),
        tuple(_thanks(view)),
        _tally(view),
        *_stages(view),
    )
    return made if _says_something(made) else None


def _says_something(made: Digest) -> bool:
    sections = (made.decisions, made.ahead, made.blockers)
    return bool(made.outcomes or made.thanks or made.tally.overdue or any(part.items for part in sections))


def section(items: Sequence[Item], most: int) -> Section:
    """The first items, and how many more there are."""
    return Section(tuple(items[:most]), max(0, len(items) - most))


def _outcomes(view: View) -> Iterator[str]:
    """The week's milestones first, then ended sprints, then closed actions."""
    for row in view.records("milestones"):
        if _this_week(view, row.date("reached")) and row.is_any("share_with", "group", "org", "external"):
            yield row.text("event")
    for sprint in view.records("sprints"):
        if sprint.text("outcome") and _this_week(view, sprint.date("end")):
            yield f"{sprint.text('name')}: {sprint.text('outcome')}"
    for _, row in _finished(view):
        yield ": ".join(filter(None, (row.text("text"), row.text("outcome"))))


def _finished(view: View) -> Iterator[tuple[Book, Record]]:
    for book in view.books:
        for row in actions(book):
            if row.is_any("state", "done") and _this_week(view, row.date("due") or row.date("date")):
                yield book, row


def _this_week(view: View, when: date | None) -> bool:
    return when is not None and view.today - PAST < when <= view.today


def _open_log(view: View, *kinds: str) -> Iterator[tuple[Book, Record]]:
    for book in view.books:
        for row in book.records("log"):
            if is_open(row) and row.is_any("kind", *kinds) and row.text("text"):
                yield book, row


def _item(view: View, book: Book, row: Record) -> Item:
    owner = person(view, book, row.text("owner"))
    name = one_line(owner.text("name"), 60) if owner else ""
    return Item(one_line(row.text("text"), 200), name, row.date("due"))


def _by_due(item: Item) -> date:
    return item.due or date.max


def decisions(view: View) -> list[Item]:
    """Open questions, and decisions that are due: without a date, the Log records one that was made."""
    found = [_item(view, book, row) for book, row in _open_log(view, "question")]
    found += [_item(view, book, row) for book, row in _open_log(view, "decision") if row.date("due")]
    return sorted(found, key=_by_due)


def _blockers(view: View) -> list[Item]:
    logged = [_item(view, book, row) for book, row in _open_log(view, "blocker")]
    running = (
        Item(one_line(f"{sprint.text('name')}: {sprint.text('blockers')}", 200))
        for sprint in view.records("sprints")
        if sprint.text("blockers") and _runs(sprint, view.today)
    )
    return [*logged, *running]


def _runs(sprint: Record, today: date) -> bool:
    start, end = sprint.date("start"), sprint.date("end")
    return bool(start and start <= today) and (end is None or end >= today)


def dates_ahead(view: View) -> list[Item]:
    """Actions due, sprints that start or end, meetings: of the next two weeks, today included, in order."""
    last = view.today + AHEAD
    found = (*_due_actions(view), *_sprint_days(view), *_meetings(view))
    return sorted((item for item in found if item.due and view.today <= item.due <= last), key=_by_due)


def _due_actions(view: View) -> Iterator[Item]:
    return (_item(view, book, row) for book, row in _open_log(view, "action"))


def _sprint_days(view: View) -> Iterator[Item]:
    for sprint in view.records("sprints"):
        name = one_line(sprint.text("name"), 160)
        yield Item(f"Sprint starts: {name}", due=sprint.date("start"))
        yield Item(f"Sprint ends: {name}", due=sprint.date("end"))


def _meetings(view: View) -> Iterator[Item]:
    for meeting in view.records("meetings"):
        yield Item(one_line(f"Meeting: {meeting.text('purpose')}", 200), due=meeting.date("date"))


def _thanks(view: View) -> Iterator[Item]:
    """One deed for each member who finished something this week, by name."""
    deeds: dict[str, str] = {}
    for name, deed in (*_closed_actions(view), *_led_sprints(view)):
        deeds.setdefault(one_line(name, 60), one_line(deed, 160))
    return (Item(deed, name) for name, deed in sorted(deeds.items()))


def _closed_actions(view: View) -> Iterable[tuple[str, str]]:
    for book, row in _finished(view):
        if owner := person(view, book, row.text("owner")):
            yield owner.text("name"), row.text("text")


def _led_sprints(view: View) -> Iterable[tuple[str, str]]:
    for book in view.books:
        for sprint in book.records("sprints"):
            lead = person(view, book, sprint.text("lead"))
            if lead and _this_week(view, sprint.date("end")) and sprint.text("outcome"):
                yield lead.text("name"), f"leading {sprint.text('name')}"


def _tally(view: View) -> Tally:
    rows = [row for book in view.books for row in actions(book)]
    waiting = [row for row in rows if is_open(row)]
    late = sum(1 for row in waiting if (row.date("due") or date.max) < view.today)
    done = sum(1 for row in rows if row.is_any("state", "done"))
    return Tally(done, len(waiting) - late, late)


def _stages(view: View) -> tuple[tuple[str, ...], str]:
    """All stages and the present one, as the template spells them."""
    setting = view.setting("stage")
    forms = (tab for book in view.books for tab in book.template.tab if "stage" in tab.columns)
    stages = next((tab.columns["stage"].values for tab in forms), ())
    return stages, next((stage for stage in stages if setting.is_any("stage", stage)), "")
