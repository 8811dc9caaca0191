"""Metrics of the working group: who is in it, what they hold, which units and levels they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetsync.core.derived import active_members, planned_hours
from sheetsync.core.privacy import safe_breakdown
from sheetsync.core.records import Record, fold
from sheetsync.core.status.registry import Figures, Measure, metric
from sheetsync.core.status.tallies import among, choices, shortlist, tally
from sheetsync.core.values import Value, canonical_number

_NO_UNIT = "(no unit)"


@metric("hours", practices="W3 W55")
def hours(measure: Measure) -> Figures:
    """Hours offered by active members and hours planned for anyone in open actions, by unit."""
    planned = planned_hours(measure.view, measure.book)
    active = {row.id for row in active_members(measure.book)}
    people = [row for row in measure.book.records("members") if row.id in active or row.id in planned]
    units = tally(row.text("unit") or _NO_UNIT for row in people)
    rows = tuple(
        (
            unit,
            _total(row.number("hours_offered") or 0 for row in _of(unit, people) if row.id in active),
            _total(planned.get(row.id, 0) for row in _of(unit, people)),
        )
        for unit in units
    )
    return Figures(("Unit", "Offered", "Planned"), rows)


def _of(unit: str, people: Sequence[Record]) -> Iterable[Record]:
    return (row for row in people if fold(row.text("unit") or _NO_UNIT) == fold(unit))


def _total(hours: Iterable[float]) -> Value:
    return canonical_number(sum(hours))


@metric("roles", practices="W22 W23 W24 W25 W26 W27 W37")
def roles(measure: Measure) -> Figures:
    """How many active members hold each role, and how many are its backup."""
    members = active_members(measure.book)
    names = choices(measure.book, "members", "roles")
    holders = among((role for row in members for role in row.many("roles")), names)
    backups = among((role for row in members for role in row.many("backup_for")), names)
    rows = tuple(zip(names, holders, backups, strict=True))
    vacant = [name for name, held, _ in rows if not held]
    remark = f"Not held yet: {shortlist(vacant)}." if vacant else ""
    return Figures(("Role", "Holders", "Backups"), rows, remark)


@metric("host_units", practices="W30")
def host_units(measure: Measure) -> Figures:
    """How many active members come from each unit that will host apprentices (from the map's Program tab)."""
    units = tuple(tally(measure.view.setting("host_units").many("host_units")))
    counts = among((row.text("unit") for row in active_members(measure.book)), units)
    absent = [unit for unit, members in zip(units, counts, strict=True) if not members]
    remark = f"Nobody yet from: {shortlist(absent)}." if absent else ""
    if not units:
        remark = "List the host units on the Program tab of the stakeholder map to see who is represented."
    return Figures(("Host unit", "Members"), tuple(zip(units, counts, strict=True)), remark)


@metric("functions", practices="W33")
def functions(measure: Measure) -> Figures:
    """Active members by function; small groups are never shown."""
    return _breakdown(measure, "function", "Function")


@metric("levels", practices="W34")
def levels(measure: Measure) -> Figures:
    """Active members by level; small groups are never shown."""
    return _breakdown(measure, "level", "Level")


def _breakdown(measure: Measure, column: str, label: str) -> Figures:
    minimum = measure.view.settings.small_group
    names = (row.text(column) for row in active_members(measure.book))
    safe = safe_breakdown(tally(names, choices(measure.book, "members", column)), minimum)
    remark = f"Partly hidden because a group was smaller than {minimum}." if safe.hidden else ""
    if safe.hidden and not safe.shown:
        remark = f"Hidden because a group was smaller than {minimum}."
    return Figures((label, "Members"), tuple(safe.shown.items()), remark)


@metric("recognitions", practices="M4 W67")
def recognitions(measure: Measure) -> Figures:
    """How far recognition in performance reviews has come for active members."""
    members = active_members(measure.book)
    steps = choices(measure.book, "members", "recognition")
    counts = among((row.text("recognition") for row in members), steps)
    blank = len(members) - sum(counts)
    remark = f"Nothing noted yet for {blank} of {len(members)}." if blank else ""
    return Figures(("Recognition", "Members"), tuple(zip(steps, counts, strict=True)), remark)
