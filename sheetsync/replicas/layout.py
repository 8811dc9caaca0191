"""Where things stand in a sheet, alike in Excel and Google: the margin, the header, the machine tabs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.model import Column, ColumnType, Template
from sheetsync.core.status.checks import CHECKS_HEADERS as CHECKS_HEADERS
from sheetsync.core.status.checks import LIST_COLUMN
from sheetsync.core.status.conflicts import CONFLICTS_HEADERS as CONFLICTS_HEADERS
from sheetsync.core.status.sheet import CHART_COLUMN

KEY_ROW = 1  # hidden: A1 holds the margin's facts, the other cells the column keys
HEADER_ROW = 2  # what people see as the header; the first row of the table
FIRST_ROW = 3  # the first record
ID_COLUMN = 1  # hidden: row ids; the table's and the filter's first column
ID_HEADER = "id"
LIST_ROWS = 1000  # as many names of the Lists tab a dropdown offers
FORM_KEYS = ("setting", "value", "why")  # column keys of a form tab
FORM_HEADERS = ("Setting", "Value", "Why it matters")

CHECKS = "checks"
CONFLICTS = "conflicts"
LISTS = "lists"
MACHINE_TITLES = {CHECKS: "Checks", CONFLICTS: "Conflicts", LISTS: "Lists"}
#: A tab that sheetsync writes -> the last column it fills, where it is always the same.
_FILLED = {CHECKS: LIST_COLUMN + len(CHECKS_HEADERS) - 1, CONFLICTS: None, LISTS: None}


@dataclass(frozen=True, slots=True)
class Margin:
    """What A1 of each tab says: which workbook, tab and agreed generation this sheet belongs to.

    Attributes:
        ledger: Id of the ledger that made the workbook.
        workbook: Name of the workbook in its program.
        template: Key and version of the template, "stakeholder-map@1".
        tab: Key of the tab.
        stamp: Number of the generation this tab last took part in; 0 when just made.
    """

    ledger: str
    workbook: str
    template: str
    tab: str
    stamp: int = 0

    def text(self) -> str:
        """The cell's text."""
        facts = {"ledger": self.ledger, "workbook": self.workbook, "template": self.template}
        return "sheetsync " + json.dumps(
            {**facts, "tab": self.tab, "stamp": self.stamp}, separators=(",", ":")
        )

    @classmethod
    def parse(cls, text: object) -> Margin | None:
        """The margin in a cell, `None` where the cell holds none."""
        if not isinstance(text, str) or not text.startswith("sheetsync {"):
            return None
        try:
            facts = json.loads(text.removeprefix("sheetsync "))
            return cls(
                facts["ledger"], facts["workbook"], facts["template"], facts["tab"], int(facts["stamp"])
            )
        except (ValueError, KeyError, TypeError):
            return None


def is_filled(tab: str, column: int) -> bool:
    """Whether a column of a tab that sheetsync writes is filled by it; the others are people's."""
    last = _FILLED.get(tab, CHART_COLUMN - 1)
    return last is None or column <= last


def list_key(tab: str, column: Column) -> str:
    """The list a column's dropdown offers: its target for references, else "tab.column"; "" for none."""
    if column.computed:
        return ""
    if column.type in (ColumnType.REFERENCE, ColumnType.REFERENCES):
        return column.target
    return f"{tab}.{column.key}" if column.type in (ColumnType.CHOICE, ColumnType.CHOICES) else ""


def list_columns(template: Template) -> Mapping[str, int]:
    """Where each list stands on the Lists tab: list key -> 1-based sheet column, in the template's order.

    Row 1 of that tab holds the list's key, row 2 its header, and its values stand from row 3 on,
    at most `LIST_ROWS` of them.
    """
    keys = dict.fromkeys(list_key(tab.key, column) for tab in template.synced() for column in tab.column)
    return {key: number for number, key in enumerate(filter(None, keys), start=ID_COLUMN + 1)}
