"""Makes a workbook from its template, or what an older one lacks of a newer template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Column, Tab, TabKind, Template
from sheetsync.core.values import show
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.guide import fill_guide
from sheetsync.replicas.excel.look import Look
from sheetsync.replicas.excel.machine import fill_lists, fill_report, fill_status
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.tables import extend_form, extend_table, fill_form, fill_table
from sheetsync.replicas.layout import FIRST_ROW, HEADER_ROW, KEY_ROW, LISTS, MACHINE_TITLES, Margin
from sheetsync.replicas.replica import Identity
from sheetsync.replicas.sheets import Sheet

_MACHINE_COLOR = "9CA3AF"


def make_workbook(path: Path, template: Template, identity: Identity) -> None:
    """Make a new Excel file with every tab of the template, empty and ready to fill.

    Raises:
        ReplicaError: There is a file already, or the folder cannot be written to; nothing was made.
    """
    if path.exists():
        raise ReplicaError(f"{path} is there already.", "Choose another name, or move that file away.")
    workbook = Upgrade({}, (), template, identity).workbook
    workbook.active = 0
    workbook.properties.title = template.title
    workbook.properties.creator = "sheetsync"
    _save_new(workbook, path)


class Upgrade:
    """What a workbook lacks of its template, laid out by itself in a workbook made for this alone.

    A new workbook lacks everything. Of a tab that people use there is only what it lacks, at the place
    where it belongs: columns right of all that is there, settings below it, the margin's facts.

    Args:
        sheets: Our tabs that are there, by key.
        titles: Titles of all sheets that are there, those of people included.
        template: What the workbook is made from.
        identity: Whose it is.

    Attributes:
        workbook: Holds what is lacking.
        done: What was added, a sentence each; none where nothing is missing.
        behind: Title of each new tab -> title of the one it stands behind; "" for the first, `None` for
            the last place.
        anew: Titles of the tabs that sheetsync owns and lays out anew.
    """

    def __init__(
        self, sheets: Mapping[str, Sheet], titles: Sequence[str], template: Template, identity: Identity
    ) -> None:
        self.sheets, self.template, self.identity = sheets, template, identity
        self.look = Look(template.accent)
        self.taken = {title.casefold() for title in titles}
        self.workbook = Workbook()
        self.workbook.remove(self.workbook.worksheets[0])
        self.done: list[str] = []
        self.behind: dict[str, str | None] = {}
        self.anew: set[str] = set()
        self._add_tabs()
        self._add_machine_tabs()

    def _add_tabs(self) -> None:
        before = ""
        for tab in self.template.tab:
            sheet = self.sheets.get(tab.key)
            if sheet is None:
                before = self._new_tab(tab, before)
            else:
                before = sheet.title
                self._complete(sheet, tab)

    def _add_machine_tabs(self) -> None:
        for key, title in MACHINE_TITLES.items():
            sheet = self.sheets.get(key)
            page = self._beside(sheet) if sheet else self._new_sheet(key, title, None)
            if sheet is None:
                page.sheet_properties.tabColor = _MACHINE_COLOR
                page.sheet_state = "hidden"
            if key == LISTS:
                self._fill_lists(page, sheet)
            elif sheet is None:
                fill_report(page, key, self.look)

    def _new_sheet(self, key: str, title: str, behind: str | None) -> Worksheet:
        """A sheet with its margin: A1 written, first row and first column hidden."""
        free = title if title.casefold() not in self.taken else self._free(title)
        page: Worksheet = self.workbook.create_sheet(free)
        self.taken.add(page.title.casefold())
        margin = Margin(self.identity.ledger, self.identity.workbook, self._version, key)
        page.cell(KEY_ROW, 1, margin.text())
        page.row_dimensions[KEY_ROW].hidden = True
        page.column_dimensions["A"].hidden = True
        self.behind[page.title] = behind
        self.done.append(f'The tab "{page.title}" was added.')
        return page

    def _free(self, title: str) -> str:
        names = (f"{title} ({number})" for number in count(2))
        return next(name for name in names if name.casefold() not in self.taken)

    def _new_tab(self, tab: Tab, before: str) -> str:
        page = self._new_sheet(tab.key, tab.title, before)
        is_status = tab.kind is TabKind.STATUS
        page.sheet_properties.tabColor = _MACHINE_COLOR if is_status else self.template.accent
        match tab.kind:
            case TabKind.GUIDE:
                fill_guide(page, tab, self.template, self.look)
            case TabKind.FORM:
                fill_form(page, tab, self.look)
            case TabKind.TABLE:
                fill_table(page, tab, self.look)
            case TabKind.STATUS:
                fill_status(page, tab, self.template, self.look)
        return str(page.title)

    def _beside(self, sheet: Sheet, *, stamp: int | None = None) -> Worksheet:
        """A page for what a tab lacks; its margin's facts are those of the newer template."""
        page: Worksheet = self.workbook.create_sheet(sheet.title)
        stamped = sheet.margin.stamp if stamp is None else stamp
        margin = replace(sheet.margin, template=self._version, stamp=stamped)
        page.cell(KEY_ROW, sheet.margin_column, margin.text())
        return page

    def _complete(self, sheet: Sheet, tab: Tab) -> None:
        """Lay out what a tab lacks that is there already."""
        missing = _missing(sheet, tab)
        # The tab takes part anew: new cells are empty since they are new, not since people emptied them.
        page = self._beside(sheet, stamp=0 if missing else None)
        if tab.kind is TabKind.STATUS and sheet.margin.template != self._version:
            fill_status(page, tab, self.template, self.look)
            self.anew.add(sheet.title)
            self.done.append(f'The tab "{sheet.title}" was laid out anew.')
        elif tab.kind is TabKind.FORM:
            extend_form(page, tab, missing, self.look, first=max(len(sheet.grid.rows), HEADER_ROW) + 1)
        elif tab.kind is TabKind.TABLE:
            extend_table(page, tab, missing, self.look, sheet.columns, first=sheet.grid.width + 1)
        word = "setting" if tab.kind is TabKind.FORM else "column"
        self.done += [
            f'The {word} "{column.label}" was added to the tab "{sheet.title}".' for column in missing
        ]

    def _fill_lists(self, page: Worksheet, sheet: Sheet | None) -> None:
        """The lists of the newer template; names that came with a pass move with their list."""
        known = _known_lists(sheet) if sheet else {}
        fresh = {key: values for key, values in self.identity.lists.items() if values}
        fill_lists(self.workbook, page, self.template, {**known, **fresh})
        self.anew.add(page.title)

    @property
    def _version(self) -> str:
        return f"{self.template.key}@{self.template.version}"


def _missing(sheet: Sheet, tab: Tab) -> tuple[Column, ...]:
    """The columns of a table, or settings of a form, that the template has and the sheet lacks."""
    if tab.kind is TabKind.FORM:
        rows = range(1, len(sheet.grid.rows) + 1)
        known = {sheet.grid.value(row, sheet.margin_column) for row in rows}
    elif tab.kind is TabKind.TABLE:
        known = set(sheet.columns)
    else:
        return ()
    return tuple(column for column in tab.column if column.key not in known)


def _known_lists(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """What the Lists tab holds: key -> values."""
    keys = {number: show(key) for number, key in enumerate(sheet.grid.rows[KEY_ROW - 1], start=1) if key}
    rows = range(FIRST_ROW, len(sheet.grid.rows) + 1)
    columns = {key: [sheet.grid.value(row, number) for row in rows] for number, key in keys.items()}
    return {key: tuple(show(it) for it in values if it is not None) for key, values in columns.items()}


def _save_new(workbook: Workbook, path: Path) -> None:
    """Save to a file beside it first, so that a workbook is there whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(workbook_bytes(workbook))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReplicaError(
            f"{path} cannot be made: {error.strerror}.",
            "Check that the folder is there and can be written to.",
        ) from error
