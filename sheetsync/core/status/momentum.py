"""The metric of momentum: who is in the group and who contributes, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sheetsync.core.derived import actions, active_members, person
from sheetsync.core.records import Record
from sheetsync.core.status.dates import last_months, month_label, month_of
from sheetsync.core.status.registry import Figures, Measure, metric

Trace = tuple[date, str]  # day, row id of the member


@metric("members_by_month", practices="W2 W4 W5 W6 W11")
def members_by_month(measure: Measure) -> Figures:
    """Active members, contributors and actions done in each of the last 12 months.

    An active member counts from the first trace on: intake, a Log entry raised or owned, a sprint led, a
    meeting attended; without any, in this month. Paused members and alumni count from their first to
    their last trace. Contributors raised, owned or led something dated in the month: attending or talking
    is no measure. An action done counts in the month it was due, or was raised where that is blank or
    still ahead.
    """
    contributions = [(month_of(day), who) for day, who in _contributions(measure)]
    spans = _spans(measure)
    done = [month_of(day) for day in _done(measure)]
    rows = tuple(
        (
            month_label(month),
            sum(first <= month <= last for first, last in spans),
            len({who for when, who in contributions if when == month}),
            done.count(month),
        )
        for month in last_months(measure.view.today)
    )
    return Figures(("Month", "Active members", "Contributors", "Actions done"), rows)


def _spans(measure: Measure) -> list[tuple[date, date]]:
    """First and last month of each member who ever was active."""
    traces: dict[str, list[date]] = {}
    for day, who in (*_contributions(measure), *_presence(measure)):
        traces.setdefault(who, []).append(month_of(day))
    this_month = month_of(measure.view.today)
    spans = {who: (min(months), max(months)) for who, months in traces.items()}
    active = {
        row.id: (spans.get(row.id, (this_month,))[0], this_month) for row in active_members(measure.book)
    }
    return list({**spans, **active}.values())


def _contributions(measure: Measure) -> Iterator[Trace]:
    """Everything dated that a member raised, owned or led."""
    for row in measure.book.records("log"):
        yield from _traces(measure, row, "date", row.text("raised_by"), row.text("owner"))
    for row in measure.book.records("sprints"):
        yield from _traces(measure, row, "start", row.text("lead"))


def _presence(measure: Measure) -> Iterator[Trace]:
    for row in measure.book.records("intake"):
        yield from _traces(measure, row, "date", row.text("name"))
    for row in measure.book.records("meetings"):
        yield from _traces(measure, row, "date", *row.many("attendees"))


def _traces(measure: Measure, row: Record, column: str, *names: str) -> Iterator[Trace]:
    day = row.date(column)
    if day and day <= measure.view.today:
        people = (person(measure.view, measure.book, name) for name in names)
        yield from ((day, member.id) for member in people if member)


def _done(measure: Measure) -> Iterator[date]:
    for row in actions(measure.book):
        due, raised = row.date("due"), row.date("date")
        day = due if due and due <= measure.view.today else raised
        if day and row.is_any("state", "done"):
            yield day
