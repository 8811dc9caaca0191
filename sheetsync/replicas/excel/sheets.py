"""Finding our tabs in an open workbook: which sheet is which tab, and where its header and columns are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Tab, TabKind, Template
from sheetsync.errors import ReplicaMismatch
from sheetsync.replicas.layout import (
    FORM_KEYS,
    HEADER_ROW,
    ID_HEADER,
    KEY_ROW,
    Margin,
)

_RESTORE = "Put it back (undo in the spreadsheet, or a backup from .sheetsync/backups), then run again."
#: How far down and right people may have moved the header and the margin.
_SEARCHED = 20


@dataclass(frozen=True)
class Sheet:
    """One of our tabs in an open workbook.

    Attributes:
        margin_column: Column of the row ids, 1-based.
        header_row: Row of the header, 1-based.
        columns: Column key -> column number, in the order of the sheet.
    """

    worksheet: Worksheet
    margin: Margin
    margin_column: int
    header_row: int
    columns: Mapping[str, int]

    @property
    def first_row(self) -> int:
        """Sheet row of position 0."""
        return self.header_row + 1

    @property
    def letters(self) -> dict[str, str]:
        return {key: get_column_letter(number) for key, number in self.columns.items()}


def find_sheets(workbook: Workbook, template: Template, path: Path) -> dict[str, Sheet]:
    """Our tabs by key: those of the template that people fill are all there, the others where present.

    Raises:
        ReplicaMismatch: A tab or column is missing or stands twice, or the file was not made by sheetsync.
    """
    found: dict[str, Sheet] = {}
    for worksheet, margin, column in _margins(workbook):
        if margin.tab in found:
            titles = f'"{found[margin.tab].worksheet.title}" and "{worksheet.title}"'
            raise ReplicaMismatch(
                f"{path}: the tab {margin.tab} stands twice, as {titles}.",
                "Was the tab copied? Rename the copy's cell A1 away (clear it) or delete the copy.",
            )
        found[margin.tab] = _sheet(worksheet, margin, column, template, path)
    if not found:
        raise ReplicaMismatch(
            f"{path}: is not a workbook that sheetsync made (no tab has the hidden first row).",
            "To take it over, use `sheetsync import`; to make a new workbook, use `sheetsync provision`.",
        )
    for tab in template.synced():
        if tab.key not in found:
            raise _missing_tab(workbook, tab, path)
        _check_columns(found[tab.key], tab, template, path)
    return found


def _margins(workbook: Workbook) -> Iterator[tuple[Worksheet, Margin, int]]:
    for worksheet in workbook.worksheets:
        for column in range(1, _SEARCHED):
            margin = Margin.parse(worksheet.cell(KEY_ROW, column).value)
            if margin:
                yield worksheet, margin, column
                break


def _sheet(worksheet: Worksheet, margin: Margin, column: int, template: Template, path: Path) -> Sheet:
    tab = template.tabs.get(margin.tab)
    if tab is None or tab.kind is not TabKind.TABLE:
        keys = FORM_KEYS if tab and tab.kind is TabKind.FORM else ()
        columns = {key: column + 1 + index for index, key in enumerate(keys)}
        return Sheet(worksheet, margin, column, HEADER_ROW, columns)
    header = next(
        (row for row in range(1, _SEARCHED) if worksheet.cell(row, column).value == ID_HEADER), HEADER_ROW
    )
    columns = {}
    for number in range(column + 1, worksheet.max_column + 1):
        key = worksheet.cell(KEY_ROW, number).value
        if not isinstance(key, str) or key not in tab.columns:
            continue
        if key in columns:
            here, there = get_column_letter(columns[key]), get_column_letter(number)
            raise ReplicaMismatch(
                f'{path}: tab "{worksheet.title}": the column "{tab.columns[key].label}" stands twice, '
                f"in {here} and in {there} (hidden cells {here}1 and {there}1 hold the same key).",
                f"Was the column copied? Clear {there}1 to keep the copy as a column of your own.",
            )
        columns[key] = number
    return Sheet(worksheet, margin, column, header, columns)


def _check_columns(sheet: Sheet, tab: Tab, template: Template, path: Path) -> None:
    if tab.kind is not TabKind.TABLE:
        return
    missing = [column for column in tab.column if column.key not in sheet.columns]
    if not missing:
        return
    labels = ", ".join(f'"{column.label}"' for column in missing)
    if sheet.margin.template != f"{template.key}@{template.version}":
        raise ReplicaMismatch(
            f'{path}: tab "{sheet.worksheet.title}" lacks {labels}, which a newer template has.',
            "Run `sheetsync provision` to add what is new; nothing that is there changes.",
        )
    raise ReplicaMismatch(
        f'{path}: tab "{sheet.worksheet.title}": the column {labels} is gone '
        f"(no cell of the hidden row 1 holds its key {missing[0].key}).",
        f"{_RESTORE} `sheetsync provision` adds the column anew, empty.",
    )


def _missing_tab(workbook: Workbook, tab: Tab, path: Path) -> ReplicaMismatch:
    titles = workbook.sheetnames
    if tab.title in titles:
        what = f'{path}: tab "{tab.title}" has lost its hidden first row (cell A1 names the tab no more).'
    else:
        there = ", ".join(f'"{title}"' for title in titles)
        what = f'{path}: the tab "{tab.title}" is missing; there are {there}.'
    return ReplicaMismatch(what, _RESTORE)
