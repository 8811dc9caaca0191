"""What the tests of whole passes share: a program folder, and people at work on its files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.program import Program
from sheetsync.replicas.layout import Margin
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.provision import provision
from sheetsync.verbs.report import Report

#: A Wednesday.
NOW = datetime(2026, 3, 4, 9, 0)

TEAM = """
key = "team"
title = "Team"
version = 1
about = "Who is in the team."

[[tab]]
key = "start"
title = "Start Here"
kind = "guide"
[[tab.line]]
text = "The team"
style = "title"

[[tab]]
key = "frame"
title = "Frame"
kind = "form"
[[tab.column]]
key = "goal"
label = "Goal"
[[tab.column]]
key = "until"
label = "Until"
type = "date"

[[tab]]
key = "people"
title = "People"
kind = "table"
noun = "person"
natural_key = ["name"]
[[tab.column]]
key = "name"
label = "Name"
required = true
[[tab.column]]
key = "email"
label = "Email"
type = "email"
unique = true
[[tab.column]]
key = "state"
label = "State"
type = "choice"
values = ["active", "paused"]
[[tab.column]]
key = "hours"
label = "Hours"
type = "number"
[[tab.column]]
key = "since"
label = "Since"
type = "date"
[[tab.column]]
key = "note"
label = "Note"
width = 30

[[tab]]
key = "status"
title = "Status"
kind = "status"
[[tab.block]]
metric = "formats_used"
title = "Formats used"
rows = 3
"""

_PROGRAM = """
[program]
name = "Acme"
operator = "maya@acme.example"
"""

_OTHER = """
[[workbook]]
name = "other"
template = "list"
replicas = ["other.xlsx"]
"""

NAMES = ("Ana", "Bo", "Cleo", "Dov", "Eli", "Fay", "Gus", "Hana")


class Desk:
    """A program folder, the passes over it, and people's hands on its files."""

    def __init__(self, folder: Path, now: datetime = NOW) -> None:
        self.folder, self.now = folder, now

    @property
    def program(self) -> Program:
        return Program.load(self.folder)

    def path(self, file: str) -> Path:
        return self.folder / file

    # passes

    def run(self, verb: Verb = Verb.RUN, *, lift: str = "", dry_run: bool = False, days: int = 0) -> Report:
        """One pass, a minute (and so many days) after the one before."""
        self.now += timedelta(days=days, minutes=1)
        options = Options(verb, dry_run, frozenset(filter(None, [lift])))
        return run_pass(self.program, self.now, options)

    def settle(self, *, passes: int = 3) -> None:
        """Passes until nothing is written; two must do after any edit."""
        for _ in range(passes):
            if not any(it.tabs for it in self.run().written):
                return
        raise AssertionError(f"{passes} passes, and still something was written")

    def provision(self) -> tuple[str, ...]:
        report = provision(self.program)
        assert report.troubles == ()
        return report.done

    # people

    @contextmanager
    def at(self, file: str) -> Iterator[Workbook]:
        """Open a file as a spreadsheet program does, and save it."""
        workbook = openpyxl.load_workbook(self.path(file))
        yield workbook
        workbook.save(self.path(file))

    def type(self, file: str, who: str, header: str, value: object, tab: str = "People") -> None:
        """Type one value into the row of a person."""
        with self.at(file) as workbook:
            cell_of(workbook[tab], who, header).value = value

    def add(self, file: str, tab: str = "People", **values: object) -> None:
        """Type a new row at the end of a table; cells only, no id."""
        with self.at(file) as workbook:
            sheet = workbook[tab]
            number = last_row(sheet) + 1
            for header, column in headers(sheet).items():
                if header in values:
                    sheet.cell(number, column).value = values[header]

    def remove(self, file: str, *names: str, tab: str = "People") -> None:
        """Delete whole rows."""
        with self.at(file) as workbook:
            for name in names:
                workbook[tab].delete_rows(row_of(workbook[tab], name))

    def save_copy(self, file: str) -> Path:
        """Put a copy of a file aside, outside of the program."""
        aside = self.folder.parent / f"aside-{file}"
        shutil.copyfile(self.path(file), aside)
        return aside

    # what stands there

    def sheet(self, file: str, tab: str = "People") -> Worksheet:
        return openpyxl.load_workbook(self.path(file))[tab]

    def people(self, file: str) -> dict[str, dict[str, object]]:
        """Rows of the People tab by name, the empty cells left out."""
        return {str(row["Name"]): row for row in rows(self.sheet(file))}

    def column(self, file: str, header: str, tab: str = "People") -> list[object]:
        return [row.get(header) for row in rows(self.sheet(file, tab))]

    def ids(self, file: str, tab: str = "People") -> dict[str, str]:
        """Row ids by what stands in the first visible column."""
        sheet = self.sheet(file, tab)
        return {
            str(sheet.cell(number, 2).value): str(sheet.cell(number, 1).value)
            for number in range(3, last_row(sheet) + 1)
        }

    def stamp(self, file: str, tab: str = "People") -> int:
        margin = Margin.parse(self.sheet(file, tab)["A1"].value)
        assert margin is not None
        return margin.stamp

    def shown(self, file: str) -> list[str]:
        """Titles of the tabs people see."""
        workbook = openpyxl.load_workbook(self.path(file))
        return [sheet.title for sheet in workbook.worksheets if sheet.sheet_state == "visible"]

    def texts(self, file: str, tab: str) -> list[str]:
        """Every text on a tab, from the top."""
        return [str(cell.value) for row in self.sheet(file, tab).iter_rows() for cell in row if cell.value]

    def hashes(self, *, kept: bool = False) -> Mapping[str, str]:
        """Digest of every file of the program, without what sheetsync keeps for itself unless `kept`."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and (kept or ".sheetsync" not in path.parts)
        }


def team_program(folder: Path, *files: str, other: bool = False) -> Desk:
    """A program of the workbook "team" with a copy for each file; on demand a second workbook, "other"."""
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "team.toml").write_text(TEAM)
    (folder / "templates" / "list.toml").write_text(TEAM.replace('key = "team"', 'key = "list"', 1))
    listed = ", ".join(f'"{file}"' for file in files)
    workbook = f'[[workbook]]\nname = "team"\ntemplate = "team"\nreplicas = [{listed}]\n'
    (folder / "sheetsync.toml").write_text(_PROGRAM + workbook + (_OTHER if other else ""))
    desk = Desk(folder)
    desk.provision()
    for name in NAMES:
        desk.add(files[0], Name=name, Email=f"{name.lower()}@acme.example", State="active", Hours=len(name))
    desk.settle()
    return desk


def copied(desk: Desk, folder: Path) -> Desk:
    """The same program in a folder of its own."""
    shutil.copytree(desk.folder, folder)
    return Desk(folder, desk.now)


def headers(sheet: Worksheet) -> dict[str, int]:
    """Column numbers by header text."""
    return {str(cell.value): cell.column for cell in sheet[2] if cell.value is not None and cell.column > 1}


def last_row(sheet: Worksheet) -> int:
    """The last row with something in a visible column; the header's where there is none."""
    filled = (row[0].row for row in sheet.iter_rows(min_row=3, min_col=2) if any(it.value for it in row))
    return max(filled, default=2)


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """What people see of a table, row by row, the empty cells left out."""
    columns = headers(sheet)
    return [
        {header: value for header, column in columns.items() if (value := sheet.cell(number, column).value)}
        for number in range(3, last_row(sheet) + 1)
    ]


def row_of(sheet: Worksheet, who: str) -> int:
    """Number of the row that has this text in one of its visible cells."""
    return next(row[0].row for row in sheet.iter_rows(min_row=3) if who in [cell.value for cell in row[1:]])


def cell_of(sheet: Worksheet, who: str, header: str):
    return sheet.cell(row_of(sheet, who), headers(sheet)[header])
