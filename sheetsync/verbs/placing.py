"""Telling people where things are: findings and conflicts with tab, cell and row in their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sheetsync.core.columns import quote
from sheetsync.core.conflicts import Conflict, Settled, disagree
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.plan import Edit
from sheetsync.core.records import Book
from sheetsync.core.rules.registry import Finding
from sheetsync.core.settling import EMPTY
from sheetsync.core.values import Value, show
from sheetsync.core.wording import counted, one_line
from sheetsync.program import Program
from sheetsync.replicas.layout import MACHINE_TITLES
from sheetsync.verbs.consider import Considered
from sheetsync.verbs.gather import Gathered
from sheetsync.verbs.log import name_of
from sheetsync.verbs.probes.copies import doubles
from sheetsync.verbs.report import PlacedConflict, PlacedFinding, Report, Written
from sheetsync.verbs.settle import column_of

#: So much of a value is shown beside what it becomes.
_SHOWN = 80


def place_report(
    program: Program, gathered: Sequence[Gathered], result: Considered, verb: str, now: datetime
) -> Report:
    """The report of a pass, without what was written and mailed."""
    books = {book.name: book for book in result.view.books}
    found = {it.workbook.name: it for it in gathered}
    return Report(
        program.name,
        verb,
        now,
        workbooks=tuple(found),
        findings=tuple(
            _finding(it, books[it.workbook], found[it.workbook], result)
            for it in result.findings
            if not it.private
        ),
        conflicts=tuple(
            _conflict(it, books[it.workbook], found[it.workbook], result) for it in result.conflicts
        ),
        milestones=tuple(it.event for it in result.celebrated),
        notes=(
            *result.notes,
            *(
                _settled(it, books[it.conflict.workbook], found[it.conflict.workbook])
                for it in (*result.settled, *result.agreed_since)
            ),
            *(
                note
                for workbook, tabs in result.merges.items()
                for merge in tabs.values()
                for note in (*_renamed(found[workbook], merge), *_notes(merge))
            ),
            *(f"{it.what} {it.do}" for it in doubles(program, now)),  # they hold edits that no pass reads
        ),
        troubles=tuple(trouble for it in gathered for trouble in it.troubles),
    )


def _renamed(it: Gathered, merge: TabMerge) -> Iterator[str]:
    before, now = it.agreed.get(merge.tab.key, {}).get(LABELS, {}), merge.rows.get(LABELS, {})
    for key, column in merge.tab.columns.items():
        old, new = (quote(headers.get(key, column.label)) for headers in (before, now))
        if old != new and (LABELS, key) not in merge.held:
            yield f"{merge.tab.title}: the header {old} is {new} now."


def _notes(merge: TabMerge) -> Iterator[str]:
    yield from (note.message for note in merge.notes)
    if merge.deleted:
        deleted = counted(len(merge.deleted), "row")
        yield f"{merge.tab.title}: {deleted} deleted."
    for name, rows in merge.dead.items():
        beside = [row.own for row in rows if row.own and row.id not in merge.forgotten]
        if beside:
            headers = ", ".join(dict.fromkeys(header for own in beside for header in own))
            yield (
                f"{merge.tab.title}: with {counted(len(beside), 'row')} went what stood in columns that only "
                f"{name} has ({headers}). It is kept: sheetsync log shows it, and it comes back with the row."
            )
    for (row_id, column), said in merge.overruled.items():
        told = ", ".join(f'{place} "{show(value)}"' for place, value in sorted(said.items()))
        cell, wins = _cell_name(merge, row_id, column), show(merge.rows[row_id].get(column))
        yield f'{merge.tab.title}: copies disagreed on {cell} ({told}); "{wins}" won.'


def _cell_name(merge: TabMerge, row_id: str, column: str) -> str:
    """What people call a cell: its column and its row."""
    if merge.tab.kind is TabKind.FORM:
        return f'"{merge.tab.columns[row_id].label}"'
    row = merge.rows[row_id]
    name = " ".join(filter(None, (show(row.get(key)) for key in merge.tab.naming))) or row_id
    return f'"{merge.called.columns[column].label}" of "{name}"'


def count(it: Gathered, name: str, edit: Edit) -> Written:
    """How much an edit writes."""
    titles = {tab.key: tab.title for tab in it.workbook.template.tab} | MACHINE_TITLES
    tabs = [tab for tab in edit.tabs.values() if tab]
    return Written(
        it.workbook.name,
        name,
        sum(len(tab.labels) + sum(map(len, tab.cells.values())) for tab in tabs),
        sum(len(tab.new) for tab in tabs),
        sum(len(tab.gone) for tab in tabs),
        sum(len(tab.ids) for tab in tabs),
        tuple(titles[key] for key, tab in edit.tabs.items() if tab)
        + tuple(titles[key] for key in edit.machine),
    )


def _finding(finding: Finding, book: Book, it: Gathered, result: Considered) -> PlacedFinding:
    tab = book.template.tabs[finding.tab]
    column = tab.columns.get(finding.row_id if tab.kind is TabKind.FORM else finding.column)
    merge = result.merges.get(it.workbook.name, {}).get(finding.tab)
    alone = stands_alone(it, merge, finding.row_id, finding.column) if merge else {}
    cells = alone or _cells(it, result, finding.tab, finding.row_id, finding.column)
    replica, cell = next(iter(cells.items()), ("", ""))
    return PlacedFinding(
        finding,
        tab.title,
        cell,
        _row(book, finding.tab, finding.row_id),
        column.label if column else "",
        replica if alone or len(set(cells.values())) > 1 else "",
    )


def _conflict(conflict: Conflict, book: Book, it: Gathered, result: Considered) -> PlacedConflict:
    tab = book.template.tabs[conflict.tab]
    return PlacedConflict(
        conflict.code,
        conflict.workbook,
        tab.title,
        _row(book, conflict.tab, conflict.row_id),
        _label(conflict, book, it),
        conflict.opinions,
        _cells(it, result, conflict.tab, conflict.row_id, conflict.column),
        conflict.since,
        result.refused.get(conflict.code, ""),
    )


def _settled(settled: Settled, book: Book, it: Gathered) -> str:
    conflict = settled.conflict
    row = _row(book, conflict.tab, conflict.row_id) or "header"
    said = f"settled as {quote(settled.value)}" if settled.value is not None else "settled as empty"
    by = f", as chosen in {settled.where}" if settled.where else ": the copies agree now"
    title = book.template.tabs[conflict.tab].title
    return f"{title}, {row}, {_label(conflict, book, it)}: {said}{by}."


def _label(conflict: Conflict, book: Book, it: Gathered) -> str:
    """What people call the column; the template's word, where it is about that header."""
    template = it.workbook.template if conflict.row_id == LABELS else book.template
    tab = template.tabs[conflict.tab]
    column = column_of(tab, conflict) or tab.columns.get(conflict.column)
    return column.label if column else conflict.column


def _row(book: Book, tab: str, row_id: str) -> str:
    record = next((record for record in book.records(tab) if record.id == row_id), None)
    if record is None:
        return ""
    if book.template.tabs[tab].kind is TabKind.FORM:
        return book.template.tabs[tab].columns[row_id].label
    return book.label(book.template.tabs[tab], record)


def _cells(it: Gathered, result: Considered, tab: str, row_id: str, column: str) -> Mapping[str, str]:
    """The address of a cell in every replica that has the row, as it stood when it was read."""
    merge = result.merges.get(it.workbook.name, {}).get(tab)
    return cells_of(it, merge, row_id, column) if merge and row_id else {}


def cells_of(it: Gathered, merge: TabMerge, row_id: str, column: str) -> Mapping[str, str]:
    """Replica -> the address of a cell, as the row stood when it was read."""
    return {
        name: snapshot.tabs[merge.tab.key].address(merge.places[name][row_id].position, column)
        for name, snapshot in it.snapshots.items()
        if row_id in merge.places[name]
    }


def stands_alone(it: Gathered, merge: TabMerge, row_id: str, column: str) -> Mapping[str, str]:
    """Where a value stands that may not cross, and that some replicas lack.

    Returns:
        Replica -> the cell's address, "" where the replica was not read; nothing of any other cell.
    """
    said = merge.held.get((row_id, column), {})
    places = [place for place in it.workbook.replicas if place in said]
    if disagree(said) or len(places) == len(it.workbook.replicas):
        return {}
    cells = cells_of(it, merge, row_id, column)
    return {place: cells.get(place, "") for place in places}


def name_in(tab: Tab, row_id: str, contents: Mapping[str, Value], column: str = "") -> str:
    """What people call a cell, or a record where no column is meant: "Log, Ask for a budget, Due"."""
    known = tab.columns.get(column)
    label = known.label if known and tab.kind is not TabKind.FORM else ""
    return ", ".join(filter(None, (tab.title, name_of(tab, row_id, contents), label)))


def cell_turns(it: Gathered, merge: TabMerge, row_id: str, column: str, old: Value, new: Value) -> str:
    """What becomes of a cell: "Log, Ask for a budget, State (Working Group.xlsx G7): open -> done"."""
    where = [f"{replica} {cell}" for replica, cell in cells_of(it, merge, row_id, column).items()]
    tab, none = merge.called, EMPTY
    if row_id == LABELS:  # which header becomes which
        tab, none = merge.tab, merge.tab.columns[column].label
    values = " -> ".join(one_line(show(value), _SHOWN) or none for value in (old, new))
    name = name_in(tab, row_id, {**merge.rows[row_id], column: old}, column)
    return f"{name}{f' ({where[0]})' if where else ''}: {values}"
