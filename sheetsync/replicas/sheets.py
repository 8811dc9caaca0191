"""Finding our tabs in a workbook: which sheet is which, and where its header and columns are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from openpyxl.utils import get_column_letter

from sheetsync.core.columns import quote
from sheetsync.core.model import Tab, TabKind, Template
from sheetsync.core.values import Value, show
from sheetsync.core.wording import listed
from sheetsync.errors import ReplicaMismatch
from sheetsync.replicas.grid import Grid
from sheetsync.replicas.layout import (
    FORM_KEYS,
    HEADER_ROW,
    ID_HEADER,
    KEY_ROW,
    Margin,
)

_RESTORE = "Put it back (undo, the version history, or a backup from .sheetsync/backups), then run again."
_UPGRADE = "Run `sheetsync provision` to add what is new; nothing that is there changes."
#: How far down and right people may have moved the header and the margin.
SEARCHED = 20


@dataclass(frozen=True)
class Sheet:
    """One of our tabs.

    Attributes:
        title: What people call it by now.
        grid: What stands in it.
        margin_column: Column of the row ids, 1-based.
        header_row: Row of the header, 1-based.
        columns: Column key -> column number, in the order of the sheet.
        totals: Rows below the records in which the table sums up: no records.
    """

    title: str
    grid: Grid
    margin: Margin
    margin_column: int
    header_row: int
    columns: Mapping[str, int]
    totals: range = range(0)

    @property
    def first_row(self) -> int:
        """Sheet row of position 0."""
        return self.header_row + 1

    @property
    def letters(self) -> dict[str, str]:
        return {key: get_column_letter(number) for key, number in self.columns.items()}


def has_margin(first_row: Sequence[Value]) -> bool:
    """Whether a sheet is one of ours, by its first row."""
    return any(Margin.parse(value) for value in first_row[:SEARCHED])


def find_sheets(
    grids: Mapping[str, Grid], titles: Sequence[str], template: Template, where: str
) -> dict[str, Sheet]:
    """Our tabs by key: those of the template that people fill are all there, the others where present.

    Args:
        grids: What stands in our sheets, by title.
        titles: Titles of all its sheets.
        template: What the tabs were made from.
        where: What the workbook is called in messages.

    Raises:
        ReplicaMismatch: A tab or column is missing or stands twice, or sheetsync did not make the workbook.
    """
    found = our_sheets(grids, template, where)
    if not found:
        raise ReplicaMismatch(
            f"{where}: is not a workbook that sheetsync made (no tab has the hidden first row).",
            "To take it over, use `sheetsync import`; to make a new workbook, use `sheetsync provision`.",
        )
    for tab in template.synced():
        if tab.key not in found:
            raise _missing_tab(titles, tab, where, _is_older(found.values(), template))
        _check_columns(found[tab.key], tab, template, where)
    return found


def our_sheets(grids: Mapping[str, Grid], template: Template, where: str) -> dict[str, Sheet]:
    """Our tabs by key, whatever they lack of the template; the arguments are those of `find_sheets`.

    Raises:
        ReplicaMismatch: A tab or column stands twice, or all was made from another template.
    """
    found: dict[str, Sheet] = {}
    for title, margin, column in _margins(grids):
        if margin.tab in found:
            twice = f'"{found[margin.tab].title}" and "{title}"'
            raise ReplicaMismatch(
                f"{where}: the tab {margin.tab} stands twice, as {twice}.",
                "Was the tab copied? Rename the copy's cell A1 away (clear it) or delete the copy.",
            )
        found[margin.tab] = _sheet(title, grids[title], margin, column, template, where)
    _refuse_another_template(found, template, where)
    return found


def _refuse_another_template(found: Mapping[str, Sheet], template: Template, where: str) -> None:
    """A template of another name that has most of the tabs is one that people derived from it."""
    made = {sheet.margin.template.partition("@")[0] for sheet in found.values()}
    wanted = [tab.key for tab in template.synced()]
    if made and template.key not in made and 2 * len(found.keys() & set(wanted)) < len(wanted):
        raise ReplicaMismatch(
            f"{where}: was made from the template {listed(sorted(made))}; "
            f"sheetsync.toml says {template.key}.",
            "Does the path belong to another workbook of the program? Correct `replicas` or `template` in "
            "sheetsync.toml, then run again.",
        )


def _margins(grids: Mapping[str, Grid]) -> Iterator[tuple[str, Margin, int]]:
    for title, grid in grids.items():
        for column in range(1, SEARCHED):
            margin = Margin.parse(grid.value(KEY_ROW, column))
            if margin:
                yield title, margin, column
                break


def _sheet(title: str, grid: Grid, margin: Margin, column: int, template: Template, where: str) -> Sheet:
    tab = template.tabs.get(margin.tab)
    if tab is None or tab.kind is not TabKind.TABLE:
        keys = FORM_KEYS if tab and tab.kind is TabKind.FORM else ()
        setting = tab.columns.get(str(grid.value(HEADER_ROW, column))) if tab and keys else None
        if setting:
            raise _no_header(title, where, f"the setting {quote(setting.label)}")
        columns = {key: column + 1 + index for index, key in enumerate(keys)}
        return Sheet(title, grid, margin, column, HEADER_ROW, columns)
    header = _header_row(title, grid, column, tab, where)
    columns = {}
    for number, key in enumerate(grid.rows[KEY_ROW - 1], start=1):
        if not isinstance(key, str) or key not in tab.columns:
            continue
        if key in columns:
            here, there = get_column_letter(columns[key]), get_column_letter(number)
            raise ReplicaMismatch(
                f'{where}: tab "{title}": the column "{tab.columns[key].label}" stands twice, '
                f"in {here} and in {there} (hidden cells {here}1 and {there}1 hold the same key).",
                f"Was the column copied? Clear {there}1 to keep the copy as a column of your own.",
            )
        columns[intern(key)] = number
    return Sheet(title, grid, margin, column, header, columns)


def _header_row(title: str, grid: Grid, column: int, tab: Tab, where: str) -> int:
    """The header's row, by the word above the row ids; where that is gone, by a header of the template.

    Raises:
        ReplicaMismatch: It was deleted: what stands in its place is the first record.
    """
    for row in range(1, SEARCHED):
        if grid.value(row, column) == ID_HEADER:
            return row
    cells = (grid.value(HEADER_ROW, at) for at in range(1, grid.width + 1) if at != column)
    stands = [cell for cell in cells if cell is not None]
    if not {column.label for column in tab.column}.intersection(map(show, stands)):
        raise _no_header(title, where, f"the {tab.noun} {quote(stands[0])}" if stands else "nothing")
    return HEADER_ROW


def _no_header(title: str, where: str, instead: str) -> ReplicaMismatch:
    what = f'{where}: tab "{title}": the header is gone; row {HEADER_ROW} holds {instead}.'
    return ReplicaMismatch(what, _RESTORE)


def _check_columns(sheet: Sheet, tab: Tab, template: Template, where: str) -> None:
    if tab.kind is not TabKind.TABLE:
        return
    missing = [column for column in tab.column if column.key not in sheet.columns]
    if not missing:
        return
    labels = ", ".join(f'"{column.label}"' for column in missing)
    if _is_older([sheet], template):
        raise ReplicaMismatch(
            f'{where}: tab "{sheet.title}" lacks {labels}, which a newer template has.',
            _UPGRADE,
        )
    raise ReplicaMismatch(
        f'{where}: tab "{sheet.title}": the column {labels} is gone '
        f"(no cell of the hidden row 1 holds its key {missing[0].key}).",
        f"{_RESTORE} `sheetsync provision` adds the column anew, empty.",
    )


def _is_older(sheets: Iterable[Sheet], template: Template) -> bool:
    """Whether tabs were made from another version of the template, or from one it was derived from."""
    return any(sheet.margin.template != f"{template.key}@{template.version}" for sheet in sheets)


def _missing_tab(titles: Sequence[str], tab: Tab, where: str, older: bool) -> ReplicaMismatch:
    if older and tab.title not in titles:
        what = f'{where}: lacks the tab "{tab.title}", which a newer template has.'
        return ReplicaMismatch(what, _UPGRADE)
    if tab.title in titles:
        what = f'{where}: tab "{tab.title}" has lost its hidden first row (cell A1 names the tab no more).'
    else:
        there = ", ".join(f'"{title}"' for title in titles)
        what = f'{where}: the tab "{tab.title}" is missing; there are {there}.'
    return ReplicaMismatch(what, _RESTORE)
