"""Rules about who carries the work, and whether it is seen (G201 to G203, G401, G501)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sheetsync.core.derived import actions, active_members, is_open, person, planned_hours
from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ADVICE, WARNING, Check, Hit, rule
from sheetsync.core.wording import counted

_DEIB_OR_ERG = re.compile(r"\b(?:deib?|ergs?|diversity|employee resource groups?)\b")


@rule("G201", WARNING, practices="W3 W13 W55", tab="members")
def hours_over_offer(check: Check) -> Iterator[Hit]:
    """A member's open hours exceed the hours offered.

    Why: Volunteers who are asked for more than they offered burn out, and then leave.
    Do: Move an action to somebody else, put it off, or ask whether the offer has changed.
    Fires: Hours offered 4, open actions of 3 and 2.5 hours.
    """
    planned = planned_hours(check.view, check.book)
    for member in check.records():
        offered, open_hours = member.number("hours_offered"), planned.get(member.id, 0)
        if offered is not None and open_hours > offered:
            message = f"Open actions come to {open_hours:g} hours; {offered:g} were offered."
            yield Hit(message, member, "hours_offered")


@rule("G202", WARNING, practices="W3 W13", tab="members")
def work_concentrated(check: Check) -> Iterator[Hit]:
    """One owner holds over 40% of 5 open actions or more.

    Why: The group depends on one person, and that person has no room left.
    Do: Ask who would like to take one over.
    Fires: Of six open actions three have the same owner.
    """
    settings, owners = check.view.settings, _owners(check)
    total = owners.total()
    for name, count in owners.items():
        if total >= settings.concentration_actions and count > settings.concentration_share * total:
            found = check.view.find(check.book, "members", name)
            message = f"{count} of {total} open actions with an owner have the same owner."
            yield Hit(message, found[0] if len(found) == 1 else None)


@rule("G203", WARNING, practices="W3 W13 C22", tab="members")
def deib_carries_most(check: Check) -> Iterator[Hit]:
    """DEIB or ERG members carry most of the actions.

    Why: These teams are asked for the heavy lifting everywhere and seldom have the power or the hours.
    Do: Move actions to the units that will host, and ask DEIB and ERG members for advice instead.
    Fires: Four of six open actions belong to members whose function or unit is DEIB.
    """
    owners = _owners(check)
    total = owners.total()
    theirs = sum(count for name, count in owners.items() if _in_deib_or_erg(check, name))
    if total > 1 and theirs > check.view.settings.carriers_share * total:  # one action is no pattern
        yield Hit("DEIB and ERG members carry most of the open actions; the workload needs sharing.")


def _owners(check: Check) -> Counter[str]:
    """How many open actions each owner holds, by folded name."""
    names = (fold(action.text("owner")) for action in filter(is_open, actions(check.book)))
    return Counter(filter(None, names))


def _in_deib_or_erg(check: Check, name: str) -> bool:
    member = person(check.view, check.book, name)
    return member is not None and bool(
        _DEIB_OR_ERG.search(fold(f"{member.text('function')} {member.text('unit')}"))
    )


@rule("G401", ADVICE, practices="W11 W12 W16", tab="members", private=True)
def quiet_contributor(check: Check) -> Iterator[Hit]:
    """A member delivers or writes but has had no idea logged, lead or 1:1 for 45 days.

    Why: Engaged is not the same as vocal; whoever works quietly may have the idea the group lacks.
    Do: Ask for a 1:1, and whether they would like to lead something. Keep it between the two of you.
    Fires: An action done last week, no idea, no sprint led and no 1:1 since December.
    """
    heard = _heard(check)
    contributing = _contributing(check)
    days = check.view.settings.quiet_member_days
    for member in active_members(check.book):
        name = fold(check.label(member))
        if name in contributing and name not in heard:
            message = f"For {days} days no 1:1, no lead and no idea logged, though they contribute."
            yield Hit(message, member)


def _contributing(check: Check) -> set[str]:
    """Who lately finished an action or wrote in the Log."""
    done = (row for row in actions(check.book) if row.is_any("state", "done"))
    log = check.records("log")
    return _names(check, done, "owner", "date", "due") | _names(check, log, "raised_by", "date")


def _heard(check: Check) -> set[str]:
    """Who lately had an idea logged, led a sprint or a meeting, or had a 1:1."""
    ideas = (row for row in check.records("log") if row.is_any("kind", "idea"))
    meetings = check.records("meetings")
    talks = (row for row in meetings if row.is_any("format", "1:1"))
    return (
        _names(check, ideas, "raised_by", "date")
        | _names(check, check.records("sprints"), "lead", "start", "end")
        | _names(check, meetings, "facilitator", "date")
        | _names(check, talks, "attendees", "date")
    )


def _names(check: Check, rows: Iterator[Record] | tuple[Record, ...], column: str, *dates: str) -> set[str]:
    """The names in a column of the rows of which a date lies within the last days that count."""
    today = check.view.today
    since = today - timedelta(days=check.view.settings.quiet_member_days)
    lately = (row for row in rows if any(since < day <= today for key in dates if (day := row.date(key))))
    return {fold(name) for row in lately for name in (*row.many(column), row.text(column))}


@rule("G501", ADVICE, practices="M4 W67")
def work_not_recognized(check: Check) -> Iterator[Hit]:
    """The manager KPI or recognition is still blank after one sprint.

    Why: Work that no performance review knows of is the first to be dropped.
    Do: Agree with your manager how it counts; ask the same for every member, whatever the answer.
    Fires: The first sprint has ended and "Manager KPI" is empty.
    """
    if not _sprint_over(check):
        return
    if "manager_kpi" in check.tab.columns and not check.book.settings.text("manager_kpi"):
        message = "A sprint is over, and the manager KPI is still blank."
        yield Hit(message, Record("manager_kpi", {}), "value")
    if check.tab.key == "members" and "recognition" in check.tab.columns:
        blank = sum(not member.text("recognition") for member in active_members(check.book))
        if blank:
            message = f"A sprint is over, and recognition is still blank for {counted(blank, 'member')}."
            yield Hit(message, column="recognition")


def _sprint_over(check: Check) -> bool:
    ends = (sprint.date("end") for sprint in check.view.records("sprints"))
    return any(end < check.view.today for end in ends if end)
