"""Metrics of the stakeholder map: green lights reached, and what is late or stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sheetsync.core.derived import is_open
from sheetsync.core.records import Record, fold
from sheetsync.core.status.dates import last_months, month_label, month_of
from sheetsync.core.status.registry import Figures, Measure, metric
from sheetsync.core.status.tallies import among, choices, percent


@metric("green_lights_over_time", practices="M39 W6")
def green_lights_over_time(measure: Measure) -> Figures:
    """Green lights reached up to the end of each of the last 12 months, all earlier ones included."""
    reached = [month_of(on) for on, _ in _reached(measure)]
    months = last_months(measure.view.today)
    rows = tuple((month_label(month), sum(on <= month for on in reached)) for month in months)
    return Figures(("Month", "Green lights"), rows)


@metric("green_lights_by_kind", practices="M39 M40 M41 M42 M43 M44 M45")
def green_lights_by_kind(measure: Measure) -> Figures:
    """Green lights reached by kind."""
    kinds = choices(measure.book, "approach", "green_light")
    reached = [kind for _, kind in _reached(measure)]
    counts = among(reached, kinds)
    other = len(reached) - sum(counts)
    remark = f"{other} reached without one of these kinds; see the Approach tab." if other else ""
    return Figures(("Kind", "Reached"), tuple(zip(kinds, counts, strict=True)), remark)


def _reached(measure: Measure) -> Iterator[tuple[date, str]]:
    """Day and kind of each green light reached by now; one without a kind where only the day is noted."""
    for row in measure.book.records("approach"):
        on = row.date("green_light_on")
        if on and on <= measure.view.today:
            kinds = dict.fromkeys(fold(kind) for kind in row.many("green_light")) or {"": None}
            yield from ((on, kind) for kind in kinds)


@metric("overdue_stale", practices="M3 M38 M46 M47")
def overdue_stale(measure: Measure) -> Figures:
    """Open steps past their due date, stakeholders not reviewed or not re-aligned in time.

    A review is stale when it is older than `stale_review_days`, before the present stage, or never was.
    Re-aligned is a stakeholder with a conversation that says so in the last `realign_days` days.
    """
    people = measure.book.records("stakeholders")
    aligned = _aligned(measure)
    days = measure.view.settings.realign_days
    approach, conversations = measure.book.records("approach"), measure.book.records("conversations")
    rows = (
        (
            "Next steps overdue",
            sum(_overdue(measure, row, "next_step", "next_step_state") for row in approach),
        ),
        (
            "Follow-ups overdue",
            sum(_overdue(measure, row, "follow_up", "follow_up_state") for row in conversations),
        ),
        ("Reviews stale", sum(_stale(measure, row) for row in people)),
        (f"Not re-aligned in {days} days", len(people) - aligned),
        (f"Re-aligned in {days} days", aligned),
    )
    share = percent(aligned, len(people))
    remark = f"In the last {days} days {share}% of stakeholders came back to the north star."
    return Figures(("", "Count"), rows, remark if people else "")


def _overdue(measure: Measure, row: Record, step: str, state: str) -> bool:
    due = row.date("due")
    return bool(row.text(step) and due and due < measure.view.today and is_open(row, state))


def _stale(measure: Measure, row: Record) -> bool:
    reviewed, today = row.date("last_reviewed"), measure.view.today
    if reviewed is None:
        return not row.text("last_reviewed")  # what is no date is the rules' matter
    stage_since = measure.view.setting("stage_since").date("stage_since")
    too_old = (today - reviewed).days > measure.view.settings.stale_review_days
    return too_old or (stage_since is not None and reviewed < stage_since <= today)


def _aligned(measure: Measure) -> int:
    """How many stakeholders were re-aligned with the north star lately."""
    since = measure.view.today - timedelta(days=measure.view.settings.realign_days)
    met = {
        person.id
        for row in measure.book.records("conversations")
        if row.is_any("realigned_with_why", "yes") and (row.date("date") or date.min) >= since
        for person in measure.view.find(measure.book, "stakeholders", row.text("stakeholder"))
    }
    return len(met)
