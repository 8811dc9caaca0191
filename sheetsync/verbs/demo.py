"""The demo: a whole program on sample data, two passes with people's edits between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sheetsync.core.plan import Edit, TabEdit
from sheetsync.core.values import Value
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program, Workbook
from sheetsync.replicas.excel.apply import apply_in_place
from sheetsync.replicas.excel.edit import write_package
from sheetsync.replicas.excel.package import read_bytes
from sheetsync.replicas.excel.read import open_parts, read_sheets
from sheetsync.replicas.snapshots import snapshot_of
from sheetsync.sample import Sample, SampleEdit, sample
from sheetsync.verbs.init import init
from sheetsync.verbs.pass_ import run_pass
from sheetsync.verbs.report import Report

OPERATOR = "maya.okafor@acme.example"
_MAIL = """
[mail]
facilitator = "maya.okafor@acme.example"   # gets the private notes
org = ["news@acme.example"]                # for milestones shared with the wider organization
"""


@dataclass(frozen=True)
class DemoReport:
    """What the demo did.

    Attributes:
        edits: What people did between the passes, a sentence each.
        first, second: The passes.
    """

    folder: Path
    edits: tuple[str, ...]
    first: Report
    second: Report


def demo(folder: Path, now: datetime, tell: Callable[[str], None] = lambda _: None) -> DemoReport:
    """Make a sample program and run its main job.

    Args:
        folder: A new or empty folder.
        now: The moment of the second pass; the first is a week before.
        tell: Hears what is going on, a sentence each.

    Raises:
        UsageError: The folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty.", "Name a new folder: sheetsync demo DIR")
    story = sample(now.date())
    tell("Making two workbooks from the templates")
    init(folder, story.name, OPERATOR)
    with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(_MAIL)
    program = Program.load(folder)
    tell("Filling them with four months of a sample program")
    for workbook in program.workbooks:
        _fill(program, workbook, story)
    tell("First pass, a week ago: it takes everything in, and mails nothing about the past")
    first = run_pass(program, now - timedelta(days=7))
    tell(f"People edit their files ({len(story.edits)} edits)")
    for workbook in program.workbooks:
        _edit(program, workbook, [it for it in story.edits if it.workbook == workbook.name])
    tell("Second pass, today: it merges, links, checks, summarizes and announces")
    second = run_pass(program, now)
    return DemoReport(folder, tuple(edit.says for edit in story.edits), first, second)


def _fill(program: Program, workbook: Workbook, story: Sample) -> None:
    book = story.books[workbook.name]
    with _Typist(program, workbook) as typist:
        for tab, settings in book.forms.items():
            for key, value in settings.items():
                typist.type(tab, typist.row_of_setting(tab, key), {"value": value})
        for tab, rows in book.tables.items():
            for row in rows:
                typist.type(tab, None, row)


def _edit(program: Program, workbook: Workbook, edits: list[SampleEdit]) -> None:
    with _Typist(program, workbook) as typist:
        for edit in edits:
            row = None if edit.find is None else typist.find(edit.tab, edit.find)
            typist.type(edit.tab, row, edit.set)


class _Typist:
    """Types into a workbook file as a person does: cells only, and new rows without an id."""

    def __init__(self, program: Program, workbook: Workbook) -> None:
        self.path = program.folder / workbook.replicas[0]
        self.parts = open_parts(read_bytes(self.path), self.path)
        self.sheets = read_sheets(self.parts, workbook.template)
        self.tabs = snapshot_of(self.sheets, workbook.template, str(self.path), "").tabs
        self.cells: dict[str, dict[int, dict[str, Value]]] = {}
        self.new: dict[str, list[tuple[str, Mapping[str, Value]]]] = {}

    def __enter__(self) -> _Typist:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            edits = {
                tab: TabEdit(found.stamp, self.cells.get(tab, {}), new=tuple(self.new.get(tab, ())))
                for tab, found in self.tabs.items()
            }
            typed = apply_in_place(self.parts, self.sheets, Edit(edits))[0]
            write_package(self.parts, typed, self.path)

    def type(self, tab: str, position: int | None, values: Mapping[str, Value]) -> None:
        """Type values into a row, by column key; into a new one at the end where no position is given."""
        if position is None:
            self.new.setdefault(tab, []).append(("", values))
        else:
            self.cells.setdefault(tab, {}).setdefault(position, {}).update(values)

    def find(self, tab: str, wanted: Mapping[str, Value]) -> int:
        """Position of the first row that holds these values."""
        return next(row.position for row in self.tabs[tab].rows if wanted.items() <= row.values.items())

    def row_of_setting(self, tab: str, key: str) -> int:
        """Position of a form's setting."""
        return next(row.position for row in self.tabs[tab].rows if row.id == key)
