"""Importing: somebody's own register becomes records, as if a person had typed its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sheetsync.core.foreign import ForeignTable
from sheetsync.core.importing import ImportPlan, plan_import
from sheetsync.core.matching import best_tab, fit, match_headers
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.plan import Row, Snapshot, TabEdit, TabSnapshot
from sheetsync.core.records import fold
from sheetsync.core.rules.registry import ERROR
from sheetsync.core.template_checks import suggestion
from sheetsync.core.values import Value
from sheetsync.errors import ReplicaError, UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Generations, Tabs
from sheetsync.program import Program, Workbook
from sheetsync.replicas.foreign import read_tables
from sheetsync.replicas.memory import MemoryReplica
from sheetsync.verbs.gather import open_replica
from sheetsync.verbs.headers import all_as_called
from sheetsync.verbs.pass_ import Options, Verb, look, run_pass
from sheetsync.verbs.report import Report

#: An error: its code, and the workbook, tab, row id and column it is in.
_Error = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class TabImport:
    """What one table of the file means for one tab.

    Attributes:
        sheet: Name of the table's sheet.
    """

    sheet: str
    workbook: Workbook
    tab: Tab
    plan: ImportPlan

    @property
    def adds(self) -> bool:
        """Whether anything would change."""
        return bool(self.plan.new or self.plan.completed)


@dataclass(frozen=True)
class Proposal:
    """What importing a file would do; nothing is done yet.

    Attributes:
        unfit: Sheets that fit no tab and are left out.
        errors: What is wrong in the program without it; not known of a dry run.
    """

    file: Path
    tabs: tuple[TabImport, ...]
    unfit: tuple[str, ...]
    errors: frozenset[_Error] = frozenset()

    def brought(self, report: Report) -> int:
        """How many errors the pass that took it over found for the first time."""
        return len(_errors(report) - self.errors)


def propose_import(
    program: Program,
    file: Path,
    now: datetime,
    into: str = "",
    forced: Mapping[str, str] | None = None,
    sheets: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Proposal:
    """Read a file and say what taking it over means.

    Args:
        program: The program; brought up to date by a pass first, unless it is a dry run.
        file: An .xlsx, .xlsm or .csv file.
        now: The one reading of the clock.
        into: "WORKBOOK/TAB" where it shall go; "" for the tab that fits best, sheet by sheet.
        forced: Their header -> column, as a person says.
        sheets: The sheets to take; all that fit where none is named.
        dry_run: Write nothing at all.

    Raises:
        ReplicaError: The file cannot be read.
        UsageError: `into` or `forced` names nothing there is, or no sheet fits any tab.
    """
    _check_is_not_ours(program, file)
    forced, called = forced or {}, all_as_called(program)
    tables = _chosen(file, read_tables(file), sheets)
    _check_forced(file, tables, forced)
    target = _target(called, into) if into else None
    places = [_place(called, it, target, forced, alone=len(tables) == 1) for it in tables]
    unfit = tuple(table.sheet for table, place in zip(tables, places, strict=True) if place is None)
    if len(unfit) == len(tables):
        raise UsageError(
            f"{file}: no sheet of it looks like a tab of this program.",
            f"Say where it shall go, with --into: {', '.join(_targets(program))}.",
        )
    targets = [place[0] for place in places if place]
    errors = frozenset() if dry_run else _brought_up_to_date(program, now, targets)
    records = {book.name: book.tabs for book in look(program, now).books}
    beside = {place[0].name: _beside(program, program.workbook(place[0].name)) for place in places if place}
    found = [
        TabImport(
            table.sheet,
            place[0],
            place[1],
            plan_import(
                table,
                place[1],
                records[place[0].name][place[1].key],
                _in(table, forced),
                beside[place[0].name].get(place[1].key),
            ),
        )
        for table, place in zip(tables, places, strict=True)
        if place
    ]
    return Proposal(file, tuple(found), unfit, errors)


def _check_is_not_ours(program: Program, file: Path) -> None:
    for workbook in program.workbooks:
        if file.resolve() in [(program.folder / name).resolve() for name in workbook.replicas]:
            raise UsageError(
                f'{file} is a copy of this program\'s own workbook "{workbook.name}".',
                "What people type into it comes in with every pass: sheetsync run.",
            )


def _chosen(file: Path, tables: tuple[ForeignTable, ...], sheets: Sequence[str]) -> tuple[ForeignTable, ...]:
    known = {table.sheet for table in tables}
    for sheet in sheets:
        if sheet not in known:
            raise UsageError(
                f'{file} has no sheet "{sheet}" with a table in it.', f"It has: {', '.join(sorted(known))}."
            )
    return tuple(table for table in tables if not sheets or table.sheet in sheets)


def _check_forced(file: Path, tables: Sequence[ForeignTable], forced: Mapping[str, str]) -> None:
    for header in forced:
        if not any(_in(table, {header: ""}) for table in tables):
            known = ", ".join(it.text for table in tables for it in table.headers)
            raise UsageError(f'{file}: no sheet has the header "{header}".', f"The headers are: {known}.")


def _in(table: ForeignTable, forced: Mapping[str, str]) -> dict[str, str]:
    """What a person said of headers that this table has."""
    headers = {fold(header.text) for header in table.headers}
    return {header: column for header, column in forced.items() if fold(header) in headers}


def _place(
    program: Program,
    table: ForeignTable,
    target: tuple[Workbook, Tab] | None,
    forced: Mapping[str, str],
    *,
    alone: bool,
) -> tuple[Workbook, Tab] | None:
    """Where a table goes: where a person said, if it has anything for that tab, else where it fits best."""
    if target is None:
        return _best(program, table, _in(table, forced))
    return target if alone or _fits(table, target[1], forced) else None


def _fits(table: ForeignTable, tab: Tab, forced: Mapping[str, str]) -> bool:
    """Whether a required column of the tab is found in a table."""
    matches = match_headers([header.text for header in table.headers], tab, _in(table, forced))
    return any(tab.columns[it.column].required for it in matches if it.column)


def carry_out(program: Program, proposal: Proposal, now: datetime) -> Report:
    """Take the rows over, in one pass: to every copy, checked and summarized, with no mail about them."""
    ledger = Ledger.open(program.ledger_url)
    try:
        guests = {
            name: [
                _guest(ledger, workbook, [it for it in proposal.tabs if it.workbook is workbook], proposal)
            ]
            for name, workbook in {it.workbook.name: it.workbook for it in proposal.tabs}.items()
        }
    finally:
        ledger.close()
    options = Options(Verb.RUN, baseline=True, title="import")
    return run_pass(program, now, options, guests, _FirstCopy(proposal).add)


def _guest_name(proposal: Proposal) -> str:
    return f"import of {proposal.file.name}"


def _brought_up_to_date(program: Program, now: datetime, targets: Collection[Workbook]) -> frozenset[_Error]:
    """Run a whole pass before an import, so that what is there has its ids; what is wrong without it."""
    first_copies = {workbook.name: ("", workbook.replicas[0]) for workbook in targets}
    report = run_pass(program, now, Options(Verb.RUN))
    for trouble in report.troubles:
        if trouble.replica in first_copies.get(trouble.workbook, ()):
            raise ReplicaError(f"Nothing was imported. {trouble.what}", trouble.do)
    return _errors(report)


def _errors(report: Report) -> frozenset[_Error]:
    found = (placed.finding for placed in report.findings if placed.finding.severity is ERROR)
    return frozenset((it.code, it.workbook, it.tab, it.row_id, it.column) for it in found)


def _beside(program: Program, workbook: Workbook) -> Mapping[str, Mapping[str, Mapping[str, Value]]]:
    """What people keep beside the rows of the first copy, which gets the file's: by tab and row id."""
    found = open_replica(program, workbook.replicas[0]).read(workbook.template)
    return {key: {row.id: row.own for row in tab.rows if row.own} for key, tab in found.tabs.items()}


def _targets(program: Program) -> list[str]:
    return [
        f"{workbook.name}/{tab.key}"
        for workbook in program.workbooks
        for tab in workbook.template.tab
        if tab.kind is TabKind.TABLE
    ]


def _target(program: Program, into: str) -> tuple[Workbook, Tab]:
    name, _, key = into.partition("/")
    targets = _targets(program)
    if into not in targets:
        near = suggestion(into, targets)
        raise UsageError(f'There is no tab "{into}".{near}', f"There are: {', '.join(targets)}.")
    workbook = program.workbook(name)
    return workbook, workbook.template.tabs[key]


def _best(program: Program, table: ForeignTable, forced: Mapping[str, str]) -> tuple[Workbook, Tab] | None:
    headers = [header.text for header in table.headers]
    found = [
        (workbook, tab)
        for workbook in program.workbooks
        if (tab := best_tab(headers, workbook.template, forced)) is not None
    ]
    return max(found, key=lambda it: fit(headers, it[1], forced), default=None)


def _guest(
    ledger: Ledger, workbook: Workbook, imports: Sequence[TabImport], proposal: Proposal
) -> MemoryReplica:
    """The workbook as it was agreed, with the file's rows typed in: a replica for one pass."""
    with ledger.transaction() as connection:
        generations = Generations(connection, workbook.name)
        newest = generations.newest()
        agreed = generations.agreed(newest)
    tabs = {
        tab.key: TabSnapshot(tab.key, newest, tuple(_rows(agreed, tab.key, imports)))
        for tab in workbook.template.synced()
    }
    template = f"{workbook.template.key}@{workbook.template.version}"
    snapshot = Snapshot(ledger.id, workbook.name, template, "0", tabs)
    return MemoryReplica(_guest_name(proposal), snapshot)


def _rows(agreed: Tabs, tab: str, imports: Sequence[TabImport]) -> Iterator[Row]:
    known = {row_id: contents for row_id, contents in agreed.get(tab, {}).items() if row_id != LABELS}
    ours = [it for it in imports if it.tab.key == tab]
    for position, (row_id, contents) in enumerate(known.items()):
        values: dict[str, Value] = dict(contents)
        for it in ours:
            values |= it.plan.filled.get(row_id, {})
        yield Row(row_id, position, values)
    new = [values for it in ours for values in it.plan.new]
    for position, typed in enumerate(new, len(known)):
        yield Row("", position, dict(typed))


class _FirstCopy:
    """Adds to the edits of a workbook's first copy what an import brings and no other copy gets.

    The file's own columns, and the values that a rule of severity error stands against: they are kept
    where people see and mend them, and cross to the other copies once they are mended.
    """

    def __init__(self, proposal: Proposal) -> None:
        self.proposal, self.guest = proposal, _guest_name(proposal)

    def add(
        self, workbook: str, replica: str, merges: Mapping[str, TabMerge], tabs: dict[str, TabEdit]
    ) -> None:
        for tab, merge in merges.items():
            ours = [it for it in self.proposal.tabs if (it.workbook.name, it.tab.key) == (workbook, tab)]
            if ours and replica == ours[0].workbook.replicas[0]:
                faulty = self._faulty(merge)
                edit = tabs[tab].with_extras(self._extras(ours, merge))
                tabs[tab] = _with_cells(edit, merge.places[replica], faulty)

    def _faulty(self, merge: TabMerge) -> dict[str, dict[str, Value]]:
        """The values that only the import holds: row id -> column -> value."""
        faulty: dict[str, dict[str, Value]] = {}
        for (row_id, column), opinions in merge.held.items():
            if set(opinions) == {self.guest}:
                faulty.setdefault(row_id, {})[column] = opinions[self.guest]
        return faulty

    def _extras(self, ours: Sequence[TabImport], merge: TabMerge) -> dict[str, dict[str, Value]]:
        typed = sorted(
            ((row.position, row_id) for row_id, row in merge.places[self.guest].items() if not row.id)
        )
        new_ids = iter(row_id for _, row_id in typed)
        extras: dict[str, dict[str, Value]] = {}
        for it in ours:
            ids = [next(new_ids) for _ in it.plan.new]
            for header, extra in it.plan.extras.items():
                column = extras.setdefault(header, {})
                column |= extra.existing
                column |= {
                    row_id: value for row_id, value in zip(ids, extra.new, strict=True) if value is not None
                }
        return extras


def _with_cells(
    edit: TabEdit, places: Mapping[str, Row], added: Mapping[str, Mapping[str, Value]]
) -> TabEdit:
    """The edit with more cells: in its new rows, and in rows that are there."""
    new = tuple((row_id, {**values, **added.get(row_id, {})}) for row_id, values in edit.new)
    cells = {position: dict(values) for position, values in edit.cells.items()}
    for row_id, values in added.items():
        if row_id in places:
            cells.setdefault(places[row_id].position, {}).update(values)
    return replace(edit, new=new, cells=cells)
