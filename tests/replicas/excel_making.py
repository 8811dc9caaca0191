"""What the tests of made workbooks share: an identity, a small template, and ways to look things up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.replicas.excel.make import make_workbook
from sheetsync.replicas.replica import Identity

MEMBERS = ("Ana Ruiz", "Bo Lind")
IDENTITY = Identity("ledger-1", "map", {"working-group/members": MEMBERS, "members": MEMBERS})


def small_template() -> Template:
    name = Column("name", "Name", required=True, note="Who it is.")
    state = Column("state", "State", ColumnType.CHOICE, values=("open", "done"))
    lead = Column("lead", "Lead", ColumnType.REFERENCE, target="people")
    goal = Column("goal", "Goal", note="What you want.")
    return Template(
        "small",
        "Small",
        1,
        "",
        tab=(
            Tab("frame", "Frame", TabKind.FORM, column=(goal,)),
            Tab("people", "People", TabKind.TABLE, natural_key=("name",), column=(name, state, lead)),
        ),
    )


def make(template: Template, folder: Path) -> Path:
    path = folder / f"{template.key}.xlsx"
    make_workbook(path, template, IDENTITY)
    return path


def of_kind(template: Template, kind: TabKind) -> list[Tab]:
    return [tab for tab in template.tab if tab.kind is kind]


def number_of(tab: Tab, key: str) -> int:
    return list(tab.columns).index(key) + 2


def validation_of(sheet: Worksheet, cell: str) -> DataValidation | None:
    return next((each for each in sheet.data_validations.dataValidation if cell in each.sqref), None)


def with_columns(template: Template, tab: str, *columns: Column) -> Template:
    tabs = tuple(replace(it, column=(*it.column, *columns)) if it.key == tab else it for it in template.tab)
    return replace(template, version=template.version + 1, tab=tabs)
