"""The log: who changed what, where and when, and every value that did not count."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from sheetsync.core.history import ADDED, CHANGED, Entry, changes, disagreements, never_agreed, went_along
from sheetsync.core.merge.tabs import LABELS
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.records import fold
from sheetsync.core.template_checks import suggestion
from sheetsync.core.values import Value, show, to_json
from sheetsync.ledger import Ledger
from sheetsync.ledger.history import History, runs
from sheetsync.ledger.journal import Run
from sheetsync.program import Program, Workbook
from sheetsync.verbs.headers import as_called

HEADER = "(header)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for; an empty one asks for all.

    Attributes:
        record: A part of what people call the record, or its row id.
        column: What people call the column.
        place: A part of the place's name.
        run: Number of a run, 0 for all.
        limit: So many lines at most, the newest.
    """

    record: str = ""
    column: str = ""
    place: str = ""
    run: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, in people's words.

    Attributes:
        when: When the run began; `None` where the ledger does not know.
        kind: added, changed, deleted, held (one place's value in a conflict), chosen (by a person, to end
            it), typed (and never agreed on: in a new row, faulty, or against a winner) or beside (in a column
            of a copy's own, when its row was deleted).
        places: Where the new value came from; of one that stood beside, where it stood.
    """

    run: int
    verb: str
    when: datetime | None
    workbook: str
    tab: str
    row_id: str
    row: str
    column: str
    kind: str
    old: Value
    new: Value
    places: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As JSON; docs/json.md describes it."""
        when = self.when.isoformat() if self.when else ""
        return asdict(self) | {"when": when, "old": to_json(self.old), "new": to_json(self.new)}


def read_log(program: Program, wanted: Wanted) -> tuple[LogLine, ...]:
    """The lines asked for, the oldest first."""
    found = _read(program, wanted.column)
    lines = sorted((line for line, meant in found if _is_wanted(line, wanted, meant)), key=lambda it: it.run)
    return tuple(lines[-wanted.limit :] if wanted.limit else lines)


def why_nothing(program: Program, wanted: Wanted) -> str:
    """A sentence for each thing asked for that the log does not know, with the nearest that it does."""
    found = _read(program, wanted.column)
    lines = [line for line, _ in found]
    asked = [
        ("row", wanted.record, {line.row for line in lines}, Wanted(record=wanted.record)),
        ("column", wanted.column, {line.column for line in lines} - {""}, Wanted(column=wanted.column)),
        ("copy", wanted.place, {it for line in lines for it in line.places}, Wanted(place=wanted.place)),
    ]
    told = [
        f'No {noun} in the log is called "{word}".{suggestion(word, known)}'
        for noun, word, known, alone in asked
        if word and not any(_is_wanted(line, alone, meant) for line, meant in found)
    ]
    if wanted.run and not any(line.run == wanted.run for line in lines):
        told.append(f"Run {wanted.run} changed nothing, or there is no such run.")
    return " ".join(told)


def _read(program: Program, column: str) -> list[tuple[LogLine, frozenset[str]]]:
    """Every line, with what a column that is asked for is called in its workbook."""
    found = []
    with closing(Ledger.open(program.ledger_url)) as ledger, ledger.transaction() as connection:
        known = runs(connection)
        for workbook in program.workbooks:
            called = as_called(workbook, connection)
            meant = _meant(called, column)
            found += [(line, meant) for line in _lines(workbook, called, connection, known)]
    return found


def _lines(
    workbook: Workbook, called: Workbook, connection: Connection, known: Mapping[int, Run]
) -> Iterator[LogLine]:
    history = History(connection, workbook.name)
    versions = history.versions()
    names: dict[tuple[str, str], str] = {}
    tabs = called.template.tabs
    for it in versions:
        if it.contents and it.tab in tabs:
            names[it.tab, it.row_id] = name_of(tabs[it.tab], it.row_id, it.contents)
    entries = (
        *changes(versions),
        *disagreements(history.disagreements()),
        *never_agreed(history.typed(), versions),
        *went_along(history.beside()),
    )
    for entry in entries:
        if entry.tab in tabs:
            told = workbook if entry.row_id == LABELS else called  # which header became another one
            yield _line(told, entry, names, known.get(entry.run))


def name_of(tab: Tab, row_id: str, contents: Mapping[str, Value]) -> str:
    """What people call a record (of a form: its setting); its row id at worst."""
    if row_id == LABELS:
        return HEADER
    if tab.kind is TabKind.FORM and row_id in tab.columns:
        return tab.columns[row_id].label
    return " ".join(filter(None, (show(contents.get(key)).strip() for key in tab.naming))) or row_id


def _line(workbook: Workbook, it: Entry, names: Mapping[tuple[str, str], str], known: Run | None) -> LogLine:
    tab = workbook.template.tabs[it.tab]
    column = tab.columns.get(it.column)
    if column and it.row_id == LABELS and it.kind in (ADDED, CHANGED):
        it = replace(it, kind=CHANGED, old=it.old or column.label, new=it.new or column.label)
    return LogLine(
        it.run,
        known.verb if known else "",
        known.started if known else None,
        workbook.name,
        tab.title,
        it.row_id,
        names.get((it.tab, it.row_id), it.row_id),
        column.label if column else it.column,
        it.kind,
        it.old,
        it.new,
        it.places,
    )


def _meant(called: Workbook, column: str) -> frozenset[str]:
    """What a column is called that people ask for, maybe by the name that it had."""
    known = (it for tab in called.template.tab for it in tab.column if fold(column) in map(fold, it.aliases))
    return frozenset({fold(column), *(fold(it.label) for it in known)})


def _is_wanted(line: LogLine, wanted: Wanted, columns: Container[str]) -> bool:
    record, place = fold(wanted.record), fold(wanted.place)
    return (
        (not wanted.run or line.run == wanted.run)
        and (record in fold(line.row) or wanted.record == line.row_id)
        and (not wanted.column or fold(line.column) in columns)
        and (not place or any(place in fold(it) for it in line.places))
    )
