"""Rules about the group's rhythm: retros, documentation, follow-through and varied formats (G301 to G307)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sheetsync.core.derived import actions, is_open
from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ADVICE, WARNING, Check, Hit, rule
from sheetsync.core.wording import counted


@rule("G301", WARNING, practices="W9", tab="sprints")
def retro_missing(check: Check) -> Iterator[Hit]:
    """A sprint ended 3 days ago without a retro.

    Why: Half an hour of looking back is what makes the next sprint better.
    Do: Hold a 30-minute retro and note its date, or write the planned date in "Retro on".
    Fires: End 2026-02-26, today is 2026-03-02, Retro on is empty.
    """
    for sprint in check.records():
        end = sprint.date("end")
        ago = (check.view.today - end).days if end else -1
        if ago >= check.view.settings.retro_grace_days and not _had_retro(sprint):
            yield Hit(f"The sprint ended {counted(ago, 'day')} ago without a retro.", sprint, "retro_on")


def _had_retro(sprint: Record) -> bool:
    return any(sprint.text(column) for column in ("retro_on", "retro_minutes", "retro_notes"))


@rule("G302", ADVICE, practices="W9", tab="sprints")
def retro_length(check: Check) -> Iterator[Hit]:
    """A retro took under 20 or over 45 minutes.

    Why: Too short skips what was hard; too long and people stay away from the next one.
    Do: Plan 30 minutes.
    Fires: Retro minutes 90.
    """
    least, most = check.view.settings.retro_minutes_min, check.view.settings.retro_minutes_max
    for sprint in check.records():
        minutes = sprint.number("retro_minutes")
        if minutes is not None and not least <= minutes <= most:
            message = f"The retro took {minutes:g} minutes; {least} to {most} serve best."
            yield Hit(message, sprint, "retro_minutes")


@rule("G303", WARNING, practices="W17 W52 W53 W54 W64 W65")
def nothing_logged(check: Check) -> Iterator[Hit]:
    """A closed meeting or sprint left no Log rows; social meetings need none.

    Why: What is not written down is decided twice, and nobody who was away can follow.
    Do: Add its decisions, questions and actions to Log, and choose it there under Meeting or Sprint.
    Fires: A group meeting last week that no row of Log names.
    """
    if check.tab.key not in ("sprints", "meetings"):
        return
    column, day = ("sprint", "end") if check.tab.key == "sprints" else ("meeting", "date")
    named = {fold(row.text(column)) for row in check.records("log")}
    for record in check.records():
        closed = _is_past(record.date(day), check.view.today) and not record.is_any("format", "social")
        if closed and fold(check.label(record)) not in named:
            yield Hit(f"This {check.tab.noun} is over and no row of Log names it.", record)


@rule("G304", WARNING, practices="W17 W54", tab="log")
def action_incomplete(check: Check) -> Iterator[Hit]:
    """An open action has no owner or no due date.

    Why: What belongs to nobody, or to no day, does not happen.
    Do: Agree on one owner and one day.
    Fires: Kind "action", Owner empty.
    """
    for action in filter(is_open, actions(check.book)):
        for column, lacking in (("owner", "owner"), ("due", "due date")):
            if not action.text(column):
                yield Hit(f"The action has no {lacking}.", action, column)


@rule("G305", ADVICE, practices="W53", tab="log")
def question_open_long(check: Check) -> Iterator[Hit]:
    """A question is open for 30 days.

    Why: An old question blocks work quietly.
    Do: Decide it, ask an expert, or drop it.
    Fires: Kind "question", Date 2026-01-10, State open, today is 2026-03-02.
    """
    for row in check.records():
        asked = row.date("date")
        age = (check.view.today - asked).days if asked else -1
        if row.is_any("kind", "question") and is_open(row) and age >= check.view.settings.open_question_days:
            yield Hit(f"The question has been open for {counted(age, 'day')}.", row, "state")


@rule("G306", ADVICE, practices="W60", tab="meetings")
def same_format(check: Check) -> Iterator[Hit]:
    """The last four meetings had the same format.

    Why: Every format suits some and shuts out others.
    Do: Make the next one different: asynchronous, 1:1s, an expert, something social, co-design.
    Fires: Four group meetings in a row.
    """
    count = check.view.settings.same_format_meetings
    held = _in_order(check, "date")[-count:]
    formats = {fold(meeting.text("format")) for meeting in held}
    if len(held) == count and len(formats) == 1 and "" not in formats:
        message = f'The last {count} meetings had the same format, "{held[-1].text("format")}".'
        yield Hit(message, held[-1], "format")


@rule("G307", ADVICE, practices="W61 W62 W63", tab="sprints")
def no_co_creation(check: Check) -> Iterator[Hit]:
    """Two sprints in a row went without co-creation.

    Why: What people help to make, they carry further.
    Do: Make the next sprint with members, stakeholders or a community, and note it in "Co-created with".
    Fires: The last two sprints have nothing in Co-created with, and neither is a co-design sprint.
    """
    last = _in_order(check, "start")[-2:]
    if len(last) == 2 and not any(map(_co_created, last)):
        yield Hit("This sprint and the one before went without co-creation.", last[-1], "co_created_with")


def _co_created(sprint: Record) -> bool:
    return bool(sprint.text("co_created_with")) or sprint.is_any("type", "co-design")


def _in_order(check: Check, column: str) -> list[Record]:
    """The records of the tab whose day has come, the latest last."""
    dated = [(day, record) for record in check.records() if (day := record.date(column))]
    begun = sorted((pair for pair in dated if pair[0] <= check.view.today), key=lambda pair: pair[0])
    return [record for _, record in begun]


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day < today
