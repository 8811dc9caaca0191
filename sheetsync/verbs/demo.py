"""The demo: a whole program on sample data, two passes with people's edits between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl

from sheetsync.core.values import Value, canonical
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program, Workbook
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.sheets import Sheet, find_sheets
from sheetsync.replicas.excel.write import fit_table, last_row, set_value, take_style
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
                typist.type({"value": value}, tab, typist.row_of_setting(tab, key))
        for tab, rows in book.tables.items():
            for number, row in enumerate(rows, typist.sheets[tab].first_row):
                typist.type(row, tab, number)


def _edit(program: Program, workbook: Workbook, edits: list[SampleEdit]) -> None:
    with _Typist(program, workbook) as typist:
        for edit in edits:
            row = typist.end(edit.tab) if edit.find is None else typist.find(edit.tab, edit.find)
            typist.type(edit.set, edit.tab, row)


class _Typist:
    """Types into a workbook file as a person does: cells only, no ids, the table growing along."""

    def __init__(self, program: Program, workbook: Workbook) -> None:
        self.path = program.folder / workbook.replicas[0]
        self.workbook = openpyxl.load_workbook(self.path)
        self.sheets = find_sheets(self.workbook, workbook.template, self.path)

    def __enter__(self) -> _Typist:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            for sheet in self.sheets.values():
                fit_table(sheet)
            self.path.write_bytes(workbook_bytes(self.workbook))

    def type(self, values: Mapping[str, Value], tab: str, row: int) -> None:
        """Type values into a row, by column key."""
        sheet = self.sheets[tab]
        for key, value in values.items():
            cell = sheet.worksheet.cell(row, sheet.columns[key])
            if not cell.has_style:
                take_style(cell, sheet.worksheet.cell(sheet.first_row, sheet.columns[key]))
            set_value(cell, value)

    def find(self, tab: str, wanted: Mapping[str, Value]) -> int:
        """The first row that holds these values."""
        return next(row for row in self._rows(tab) if self._holds(self.sheets[tab], row, wanted))

    def end(self, tab: str) -> int:
        """The first row below the last one that is filled."""
        return last_row(self.sheets[tab]) + 1

    def row_of_setting(self, tab: str, key: str) -> int:
        """The row of a form's setting."""
        sheet = self.sheets[tab]
        return next(
            row for row in self._rows(tab) if sheet.worksheet.cell(row, sheet.margin_column).value == key
        )

    def _rows(self, tab: str) -> Iterator[int]:
        sheet = self.sheets[tab]
        yield from range(sheet.first_row, sheet.worksheet.max_row + 1)

    @staticmethod
    def _holds(sheet: Sheet, row: int, wanted: Mapping[str, Value]) -> bool:
        return all(
            canonical(sheet.worksheet.cell(row, sheet.columns[key]).value) == value
            for key, value in wanted.items()
        )
