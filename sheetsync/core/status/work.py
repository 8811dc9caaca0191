"""Metrics of the working group: how the work is kept: open actions, retros, notes, meeting formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from sheetsync.core.derived import actions, is_open
from sheetsync.core.records import Record, fold
from sheetsync.core.status.registry import Figures, Measure, Rows, metric
from sheetsync.core.status.tallies import among, choices, percent
from sheetsync.core.wording import counted

#: Name and the ages in days it takes, from the first up to before the second.
_AGES = (("under 1 week", 0, 7), ("1-2 weeks", 7, 14), ("2-4 weeks", 14, 29), ("over 4 weeks", 29, 10**9))


@metric("action_age", practices="W3 W54")
def action_age(measure: Measure) -> Figures:
    """Open actions by the days since their date; overdue ones (due before today) counted once more."""
    today = measure.view.today
    waiting = [row for row in actions(measure.book) if is_open(row)]
    ages = [max(0, (today - day).days) for day in (row.date("date") for row in waiting) if day]
    overdue = sum(due < today for due in (row.date("due") for row in waiting) if due)
    rows = tuple((name, sum(first <= age < end for age in ages)) for name, first, end in _AGES)
    undated = len(waiting) - len(ages)
    remark = f"{counted(undated, 'open action')} without a date, so without an age." if undated else ""
    return Figures(("Age", "Open actions"), (*rows, ("overdue", overdue)), remark)


@metric("retro_documentation", practices="W9 W14 W17 W52 W53 W54")
def retro_documentation(measure: Measure) -> Figures:
    """How much of what should be written down is: each in percent, blank where there is nothing yet.

    Sprints count once they had a retro or its days of grace are over, meetings once they were held,
    retros once their minutes are noted, sprint leads where one is named.
    """
    settings = measure.view.settings
    lengths = f"Retros of {settings.retro_minutes_min}-{settings.retro_minutes_max} minutes"
    log = measure.book.records("log")
    answers = [row for row in log if row.is_any("kind", "decision", "question")]
    rows: Rows = (
        ("Sprints with a retro", _share(_retro_wanted(measure), lambda row: bool(row.date("retro_on")))),
        (lengths, _good_lengths(measure)),
        ("Meetings with notes or Log rows", _documented(measure)),
        ("Actions with owner and due date", _share(actions(measure.book), _assigned)),
        ("Decisions and questions with an outcome", _share(answers, lambda row: bool(row.text("outcome")))),
        ("Sprint leads that differ", _lead_rotation(measure)),
    )
    return Figures(("", "Percent"), rows)


def _share(rows: Iterable[Record], good: Callable[[Record], bool]) -> int | None:
    judged = [good(row) for row in rows]
    return percent(sum(judged), len(judged))


def _assigned(row: Record) -> bool:
    return bool(row.text("owner") and row.date("due"))


def _retro_wanted(measure: Measure) -> list[Record]:
    latest = measure.view.today - timedelta(days=measure.view.settings.retro_grace_days)
    sprints = measure.book.records("sprints")
    return [row for row in sprints if row.date("retro_on") or ((end := row.date("end")) and end <= latest)]


def _good_lengths(measure: Measure) -> int | None:
    settings = measure.view.settings
    minutes = [
        value for row in measure.book.records("sprints") if (value := row.number("retro_minutes")) is not None
    ]
    good = sum(settings.retro_minutes_min <= value <= settings.retro_minutes_max for value in minutes)
    return percent(good, len(minutes))


def _documented(measure: Measure) -> int | None:
    named = {fold(row.text("meeting")) for row in measure.book.records("log")}
    tab = measure.book.template.tabs.get("meetings")

    def is_documented(row: Record) -> bool:
        return bool(row.text("notes_link") or (tab and fold(measure.book.label(tab, row)) in named))

    return _share(_held(measure), is_documented)


def _held(measure: Measure) -> list[Record]:
    meetings = measure.book.records("meetings")
    return [row for row in meetings if (day := row.date("date")) and day <= measure.view.today]


def _lead_rotation(measure: Measure) -> int | None:
    leads = [fold(lead) for row in measure.book.records("sprints") if (lead := row.text("lead"))]
    return percent(len(set(leads)), len(leads))


@metric("formats_used", practices="W12 W16 W19 W56 W60 W63")
def formats_used(measure: Measure) -> Figures:
    """How many meetings so far had which format."""
    formats = choices(measure.book, "meetings", "format")
    counts = among((row.text("format") for row in _held(measure)), formats)
    return Figures(("Format", "Meetings"), tuple(zip(formats, counts, strict=True)))
