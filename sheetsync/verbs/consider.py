"""The thinking half of a pass: from what was read to what the next generation, the tabs and the mails are.

No replica and no ledger is touched here; everything that will be written is decided.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from sheetsync.core.announcements import Announcement, announcements
from sheetsync.core.calendar import entries
from sheetsync.core.columns import cell_problem
from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.derived import derive
from sheetsync.core.expiry import delete_due
from sheetsync.core.links import Bond, Linked, link_records
from sheetsync.core.merge.brakes import brake_for
from sheetsync.core.merge.cells import AGREED, Dispute
from sheetsync.core.merge.merger import merge_tab
from sheetsync.core.merge.tabs import LABELS, TabMerge, Terms, strip
from sheetsync.core.milestones import Occasion, occasions
from sheetsync.core.model import Column, Tab, TabKind
from sheetsync.core.records import Book, Record, View
from sheetsync.core.rules import all_rules
from sheetsync.core.rules.registry import Finding, check_all
from sheetsync.core.settling import Choices, Settler
from sheetsync.core.values import Value
from sheetsync.program import Program
from sheetsync.replicas.collecting import without_collector
from sheetsync.verbs.gather import Gathered, readable
from sheetsync.verbs.past import Past
from sheetsync.verbs.settle import Amend, agreed_since, in_force, unsettled, waiting

MILESTONES = "milestones"
_ID_LETTERS = "23456789abcdfghjkmnpqrstvwxyz"


@dataclass
class Considered:
    """What a pass came to.

    Attributes:
        view: Every record, as rules see it.
        certain: The records nobody disagrees about: what mails are made from.
        merges: Workbook -> tab -> merge, of the workbooks that take part.
        notes: What was done by a person's order, a sentence each.
        settled: Conflicts that people ended in this pass by a choice.
        agreed_since: Conflicts that ended since people made the copies agree.
        refused: Why a choice about a conflict does not count, by the conflict's code.
        derived: Computed cells: (workbook, tab, row id) -> column -> value.
        linked: What linking the workbooks came to.
        occasions: Occasions to remember.
        celebrated: Those of them that became rows of a Milestones tab.
        news: Announcements to send.
        old: Announcements about the past: remembered, never sent.
        given: What is new about the dates that go out for people's calendars: (workbook, key).
    """

    view: View
    certain: View
    merges: dict[str, dict[str, TabMerge]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: Sequence[str] = ()
    settled: Sequence[Settled] = ()
    agreed_since: Sequence[Settled] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[tuple[str, str, str], Mapping[str, Value]] = field(default_factory=dict)
    linked: Linked = field(default_factory=Linked)
    occasions: Sequence[Occasion] = ()
    celebrated: Sequence[Occasion] = ()
    news: Sequence[Announcement] = ()
    old: Sequence[Announcement] = ()
    given: Sequence[tuple[str, str]] = ()


def consider(
    program: Program,
    gathered: Sequence[Gathered],
    past: Past,
    now: datetime,
    *,
    lifted: frozenset[str] = frozenset(),
    announce: bool = True,
    choices: Choices,
    amend: Amend | None = None,
) -> Considered:
    """Merge, link, notice occasions, check, derive and decide on announcements.

    Args:
        program: The program.
        gathered: Its workbooks as they were read; one whose brake fires is stopped here.
        past: What earlier passes left.
        now: The one reading of the clock.
        lifted: Brakes that a person lifted for this pass.
        announce: Whether occasions become milestones and milestones mails.
        choices: What people chose about conflicts.
        amend: May change what was merged, as a person ordered; tells what it did.
    """
    nothing = View(program.name, (), now)
    result = Considered(nothing, nothing)
    for it in readable(gathered):
        _merge(it, program, past, now, result, lifted)
    make_view = partial(_view, program, gathered, result, past, now)
    settler = Settler(choices, in_force(past.settled, gathered), partial(_problem, program, now.date()))
    result.notes = tuple(amend(result.merges, gathered)) if amend else ()
    held = unsettled(result.merges, settler, now)
    bonds = [bond for bond in past.bonds if not _is_void(bond, gathered)]
    result.linked = link_records(make_view(), result.merges, bonds, new_id, settler.settle)
    away = waiting(past.conflicts, result.merges)
    result.conflicts = (*_dated(held, past), *_dated(result.linked.conflicts, past), *away)
    result.settled, result.refused = settler.settled, settler.refused
    result.agreed_since = agreed_since(past.conflicts, result.conflicts, result.settled, result.merges)
    fresh = {it.workbook.name for it in gathered if it.newest == 0}
    if announce:
        _celebrate(_certain(make_view(), result), result, past, fresh)
    result.view = make_view()
    result.certain = _certain(result.view, result)
    result.findings = check_all(result.view, all_rules(), program.rules_off)
    if announce:
        _announce(result.certain, result, past, fresh)
    result.derived = _derive(result, past, now)
    return result


def new_id() -> str:
    """A row id: the letter keeps spreadsheets from reading it as a number; no vowels, so no words."""
    return "r" + "".join(secrets.choice(_ID_LETTERS) for _ in range(9))


def _merge(
    it: Gathered, program: Program, past: Past, now: datetime, result: Considered, lifted: frozenset[str]
) -> None:
    merges = {}
    for tab in it.workbook.template.synced():
        sides = it.sides(tab.key)
        agreed = it.agreed.get(tab.key, {})
        with without_collector():
            merge = merge_tab(
                tab,
                it.workbook.name,
                agreed,
                sides,
                it.ever.get(tab.key, frozenset()),
                new_id,
                Terms(
                    partial(_faulty, tab, program, now.date()),
                    _disputes(it, tab, past),
                    it.buried.get(tab.key, {}),
                    partial(it.workbook.winner_of, tab),
                ),
            )
        brake = brake_for(merge, sides, len(agreed.keys() - {LABELS}))
        if brake and brake.name not in lifted:
            it.stop(brake)
            return
        delete_due(merge, agreed, now.date())
        merges[tab.key] = merge
    result.merges[it.workbook.name] = merges


def _is_void(bond: Bond, gathered: Sequence[Gathered]) -> bool:
    """Whether the pass that meant to make the linked record was cut short before it had."""
    unborn = [it.unborn for it in readable(gathered) if it.workbook.name == bond.target_workbook]
    return any(bond.target_row_id == row_id for found in unborn for _, row_id in found)


def _disputes(it: Gathered, tab: Tab, past: Past) -> Mapping[str, Mapping[str, Dispute]]:
    """The cells of a tab that were held when the pass before ended; who left the program is not heard.

    What a copy said that an older state of it knows nothing of was taken back by nobody.
    """
    away = frozenset(it.workbook.replicas) - it.snapshots.keys()
    heard = {name: name for name in (AGREED, *it.workbook.replicas)}
    heard |= {name: AGREED for name in it.snapshots if it.is_older(name, tab.key)}
    found: dict[str, dict[str, Dispute]] = {}
    for conflict in past.conflicts:
        said = {heard[place]: value for place, value in conflict.opinions.items() if place in heard}
        if said and (conflict.workbook, conflict.tab) == (it.workbook.name, tab.key):
            found.setdefault(conflict.row_id, {})[conflict.column] = Dispute(said, away)
    return found


def _faulty(tab: Tab, program: Program, today: date, row_id: str, column: str, value: Value) -> bool:
    """Whether a rule of severity error stands against the value, so that it stays where it is."""
    found = tab.columns.get(row_id if tab.kind is TabKind.FORM else column)
    return found is not None and cell_problem(found, value, program.settings, today) is not None


# the program as rules and metrics see it


def _view(
    program: Program, gathered: Sequence[Gathered], result: Considered, past: Past, now: datetime
) -> View:
    counts: dict[str, int] = {}
    for conflict in result.conflicts:
        counts[conflict.workbook] = counts.get(conflict.workbook, 0) + 1
    notes = [note for tabs in result.merges.values() for merge in tabs.values() for note in merge.notes]
    seen = [observation for it in gathered for observation in it.observations]
    return View(
        program.name,
        tuple(_book(it, result.merges.get(it.workbook.name)) for it in gathered),
        now,
        program.settings,
        program.mail,
        past.previous_run,
        past.next_run,
        counts,
        (*seen, *notes),
    )


def _book(it: Gathered, merges: Mapping[str, TabMerge] | None) -> Book:
    """The workbook as merged; one that was stopped, as the ledger remembers it."""
    tabs, headers = {}, {}
    for tab in it.workbook.template.synced():
        if merges is None:
            rows: Mapping[str, Mapping[str, Value]] = it.agreed.get(tab.key, {})
        else:
            rows = _as_people_see_it(merges[tab.key])
        headers[tab.key] = rows.get(LABELS, {})
        tabs[tab.key] = tuple(Record(row_id, rows[row_id]) for row_id in rows if row_id != LABELS)
    return Book(it.workbook.name, it.workbook.template.called(headers), tabs)


def _as_people_see_it(merge: TabMerge) -> Mapping[str, Mapping[str, Value]]:
    """With the faulty values in place that stay in their replica, so that rules can speak of them."""
    rows: dict[str, Mapping[str, Value]] = dict(merge.rows)
    for (row_id, column), value in merge.faulty().items():
        if row_id != LABELS:
            rows[row_id] = strip({**rows[row_id], column: value})
    return rows


def _certain(view: View, result: Considered) -> View:
    """Without the records that people disagree about: nothing is celebrated or mailed from those."""
    unsure = {(it.workbook, it.tab, it.row_id) for it in result.conflicts}
    books = tuple(
        replace(
            book,
            tabs={
                tab: tuple(record for record in records if (book.name, tab, record.id) not in unsure)
                for tab, records in book.tabs.items()
            },
        )
        for book in view.books
        if book.name in result.merges
    )
    return replace(view, books=books)


# conflicts, occasions, announcements, computed columns


def _problem(program: Program, today: date, column: Column, value: Value) -> str:
    found = cell_problem(column, value, program.settings, today)
    return f"{found.message} {found.do}" if found else ""


def _dated(found: Iterable[Conflict], past: Past) -> list[Conflict]:
    """A conflict that was open before keeps the time it was first seen."""
    known = {(it.workbook, it.tab, it.row_id, it.column): it for it in past.conflicts}
    dated = []
    for it in found:
        before = known.get((it.workbook, it.tab, it.row_id, it.column))
        same = before is not None and before.opinions == it.opinions
        dated.append(replace(it, since=before.since) if same and before else it)
    return dated


def _celebrate(view: View, result: Considered, past: Past, fresh: set[str]) -> None:
    result.occasions = [it for it in occasions(view) if (it.workbook, it.key) not in past.occasions]
    celebrated = []
    for it in result.occasions:
        milestones = result.merges[it.workbook].get(MILESTONES)
        if milestones is None or past.baseline or it.workbook in fresh:
            continue
        row: dict[str, Value] = {"event": it.event, "person": it.person or None, "reached": it.reached}
        row |= {"evidence": it.evidence or None, "share_with": it.share_with}
        if not _stands(row, milestones):
            milestones.add(new_id(), row, "sheetsync")
            celebrated.append(it)
    result.celebrated = celebrated


def _stands(row: Mapping[str, Value], milestones: TabMerge) -> bool:
    """Whether a pass that was cut short (or a person) wrote this milestone already."""
    what = {column: row[column] for column in ("event", "person", "reached")}
    return any(
        all(there.get(column) == value for column, value in what.items())
        for there in milestones.rows.values()
    )


def _announce(view: View, result: Considered, past: Past, fresh: set[str]) -> None:
    due = [it for it in announcements(view, result.findings) if it.key not in past.announced]
    first_pass = past.previous_run is None
    result.old = [it for it in due if past.baseline or first_pass or it.workbook in fresh]
    dates = entries(view, result.view, past.occasions)
    news = [it for it in due if it not in result.old]
    result.news = [replace(it, dates=dates) if it.kind == "digest" else it for it in news]
    if any(it.dates for it in result.news):
        fresh_dates = {(it.workbook, it.key) for it in dates}
        result.given = sorted(fresh_dates - past.occasions)


def _derive(
    result: Considered, past: Past, now: datetime
) -> Mapping[tuple[str, str, str], Mapping[str, Value]]:
    derived = dict(derive(result.view, result.findings))
    sent = dict(past.sent)
    if result.view.mail.live:
        sent |= {(it.workbook, it.row_id): now.date() for it in result.news if it.kind == "milestone"}
    for book in result.view.books:
        for record in book.records(MILESTONES):
            derived[book.name, MILESTONES, record.id] = {"sent": sent.get((book.name, record.id))}
    return derived
