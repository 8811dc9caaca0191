"""Forgetting a person: out of every copy, the ledger, the backups and the mails.

First a pass takes them out of the copies. Only where every copy took part is the rest done: a copy that was
left out would bring the person back. What remains where sheetsync does not write is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zipfile import is_zipfile

from sheetsync.core.forgetting import Known, Person, forget_in, is_somebody, is_theirs, known_as
from sheetsync.core.leaving import without_person
from sheetsync.core.merge.tabs import TabMerge
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.values import show
from sheetsync.errors import ReplicaError, UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.forgetting import compact, forget_mails, forget_records, forget_words, mail_texts
from sheetsync.ledger.health import file_of
from sheetsync.ledger.history import History
from sheetsync.program import FILE_NAME, Program
from sheetsync.replicas.excel.read import cells_naming
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.excel.traces import Names, beside, names_in
from sheetsync.verbs.backups import clean_backups, delete, kept_of
from sheetsync.verbs.gather import Gathered, Trouble, open_replicas, readable
from sheetsync.verbs.opening import opened
from sheetsync.verbs.pass_ import Options, Verb, look, run_pass
from sheetsync.verbs.placing import cell_turns, name_in
from sheetsync.verbs.settle import Merges

FORGET = "forget"


@dataclass(frozen=True)
class Forgotten:
    """What was (in a dry run: would be) forgotten.

    Attributes:
        words: What the person is called by.
        rows: Records about them: "Members, Ana Ruiz".
        cells: The other cells that named them, each with what becomes of it:
            "Log, Ask for a budget, Owner (Working Group.xlsx F7): Ana Ruiz -> (empty)".
        entries: How many rows of the ledger did, mails aside.
        mails: How many mails in the outbox did.
        edited: Backups that go on without them.
        files: Mails, pages, and backups that cannot be edited: they were deleted.
        remains: Where they are named still, because sheetsync does not write there: files, their cells
            ("Stakeholder Map.xlsx, Stakeholders M4"), and lines of those that people wrote as text
            ("sheetsync.toml:4"). In a dry run, these lines, and cells in columns of people's own; where
            nobody is called so, all places that have the word.
        troubles: Copies that were left out: nothing but the copies was changed then.
        near: Where nobody is called so: the people who have it in their name.
    """

    words: tuple[str, ...]
    rows: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    entries: int = 0
    mails: int = 0
    edited: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    near: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anybody is called so."""
        return any((self.rows, self.cells, self.entries, self.mails))

    def exit_code(self) -> int:
        """0 done; 1 a person has to look at what remains; 3 a copy was left out: run it again."""
        return 3 if self.troubles else int(bool(self.remains))


def forget(program: Program, now: datetime, wanted: str, *, dry_run: bool = False) -> Forgotten:
    """Forget a person.

    Args:
        program: The program.
        now: The one reading of the clock.
        wanted: Their name in full, their mail address, or the id of their row.
        dry_run: Say what would go, and change nothing.

    Raises:
        UsageError: That is nobody's name.
    """
    if not any(letter.isalnum() for letter in wanted):
        raise UsageError(f'"{wanted}" is nobody\'s name.', "Give a name in full, a mail address or a row id.")
    records = list(_records(program, now))
    person = known_as(wanted, records)
    if not is_somebody(wanted, person, records):
        return _nobody(program, person)
    rows: list[str] = []
    cells: list[str] = []
    stays: list[str] = []

    def amend(merges: Merges, gathered: Sequence[Gathered]) -> Iterator[str]:
        rows.clear()
        cells.clear()
        stays.clear()
        for it in readable(gathered):
            for merge in merges[it.workbook.name].values():
                before = dict(merge.rows)
                gone, changed = forget_in(merge, person, FORGET)
                rows.extend(name_in(merge.tab, row_id, before[row_id]) for row_id in gone)
                cells.extend(cell_turns(it, merge, *cell) for cell in changed)
                stays.extend(_beside(it, merge, person))
        yield from ()

    report = run_pass(program, now, Options(Verb.SUMMARIZE, dry_run, title=FORGET, amend=amend))
    words = tuple(sorted(person.words))
    if report.troubles:
        return Forgotten(words, tuple(rows), tuple(cells), troubles=report.troubles)
    names = _naming(program, person)
    entries, mails = _forget_in_ledger(program, person, dry_run=True)
    if not (rows or cells or entries or mails):  # a word that stands in files is nobody yet
        return _nobody(program, person)
    if not dry_run:
        _scrub(program, names)
    backups = clean_backups(kept_of(program), names, partial(without_person, person), dry_run=dry_run)
    files = (*backups.left, *_files(program, person))
    if not dry_run:
        delete(files)
        # The ledger comes last: what it knows of the person is what a run that was cut short goes on by.
        _forget_in_ledger(program, person, dry_run=False)
    return Forgotten(
        words,
        tuple(rows),
        tuple(cells),
        entries,
        mails,
        tuple(map(str, backups.edited)),
        tuple(map(str, files)),
        tuple((*stays, *_named_in(program, person)) if dry_run else _remains(program, person)),
    )


def _beside(it: Gathered, merge: TabMerge, person: Person) -> Iterator[str]:
    """The cells in columns of people's own, in rows that stay, that name the person."""
    for name, rows in merge.places.items():
        first = it.snapshots[name].tabs[merge.tab.key].first_row
        for row in rows.values():
            for header, value in row.own.items():
                if person.is_in(show(value)):
                    yield f"{name}, {merge.tab.title} row {first + row.position}, {header}"


def _nobody(program: Program, person: Person) -> Forgotten:
    """Who has the word in their name, and where else it stands."""
    file = file_of(program.ledger_url)
    ledger = [it.resolve() for it in (file, *file.parent.glob(f"{file.name}-*"))] if file else []
    remains = tuple(_remains(program, person, but=ledger))
    return Forgotten(tuple(sorted(person.words)), remains=remains, near=tuple(sorted(person.others)))


def _naming(program: Program, person: Person) -> Names:
    """Whether a text in a workbook names the person; what the templates say does not."""
    return beside((text for it in program.workbooks for text in it.template.texts()), person.is_in)


def _records(program: Program, now: datetime) -> Iterator[Known]:
    """Every record there is or ever was."""
    for book in look(program, now).books:
        for tab in book.template.synced():
            yield from ((tab, record.id, record.values) for record in book.records(tab.key))
    with closing(Ledger.open(program.ledger_url)) as ledger, ledger.transaction() as connection:
        for workbook in program.workbooks:
            tabs = workbook.template.tabs
            for key, row_id, contents in History(connection, workbook.name).contents():
                if key in tabs:
                    yield tabs[key], row_id, contents


def _scrub(program: Program, names: Names) -> None:
    for workbook in program.workbooks:
        for replica in open_replicas(program, workbook).values():
            if isinstance(replica, ExcelReplica):
                replica.scrub(workbook.template, names)


def _forget_in_ledger(program: Program, person: Person, *, dry_run: bool) -> tuple[int, int]:
    """How many rows of the ledger, and how many mails, named the person."""
    with opened(program) as ledger:
        with ledger.transaction(keep=not dry_run) as connection:
            mails = forget_mails(connection, person.is_in)
            entries = 0
            for workbook in program.workbooks:
                theirs = set(_theirs(History(connection, workbook.name), workbook.template.tabs, person))
                forget_records(connection, workbook.name, theirs)
                entries += len(theirs)
            entries += forget_words(connection, person.is_in, person.taken_out_of)
        if not dry_run:
            compact(ledger)
    return entries, mails


def _theirs(history: History, tabs: Mapping[str, Tab], person: Person) -> Iterator[tuple[str, str]]:
    """Tab and row id of every record about the person."""
    for key, row_id, contents in history.contents():
        tab = tabs.get(key)
        if tab and tab.kind is TabKind.TABLE and is_theirs(tab, contents, person):
            yield key, row_id


def _files(program: Program, person: Person) -> list[Path]:
    """What sheetsync keeps beside copies and ledger, and names the person."""
    names = person.is_in
    mails = [it for it in sorted(program.outbox.glob("*.eml")) if any(map(names, mail_texts(_text(it))))]
    pages = [*program.state.glob("preview/*"), *program.state.glob("ledger.db.damaged-*")]
    kept = [it for it in sorted(pages) if names(_text(it))]
    return [*mails, *kept]


def _remains(program: Program, person: Person, but: Collection[Path] = ()) -> Iterator[str]:
    """Where files of the program name the person all the same, some aside: with the cell or the line."""
    copies = (program.folder / name for workbook in program.workbooks for name in workbook.replicas)
    others, names = {*_own_files(program), *but}, _naming(program, person)
    for path in sorted({path.resolve() for path in (*program.folder.rglob("*"), *copies) if path.is_file()}):
        # Packed bytes are no text: a short name would be found in them by chance.
        if path not in others and (names_in(path, names) if is_zipfile(path) else person.is_in(_text(path))):
            yield from _places(path, names)
    yield from _named_in(program, person)


def _places(path: Path, names: Names) -> list[str]:
    """A file, with the cells that it is about; without any, where it is something else in it."""
    try:
        cells = cells_naming(path, names)
    except ReplicaError:
        cells = []
    return [f"{path}, {cell}" for cell in cells] or [str(path)]


def _own_files(program: Program) -> Iterator[Path]:
    """The program file and the program's own templates, which people write by hand."""
    yield (program.folder / FILE_NAME).resolve()
    yield from (path.resolve() for path in (program.folder / "templates").rglob("*") if path.is_file())


def _named_in(program: Program, person: Person) -> Iterator[str]:
    """The lines of these files that name the person."""
    for path in _own_files(program):
        for number, line in enumerate(_text(path).splitlines(), 1):
            if person.is_in(line):
                yield f"{path}:{number}"


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
