"""Provisioning: what a spreadsheet lacks is laid out as for Excel, and made in Google in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import TabKind, Template
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.make import Upgrade
from sheetsync.replicas.google import layout
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.charts import charts
from sheetsync.replicas.google.pages import Book, Page
from sheetsync.replicas.google.requests import make_room
from sheetsync.replicas.grid import Position
from sheetsync.replicas.layout import HEADER_ROW, KEY_ROW, LISTS, Margin
from sheetsync.replicas.replica import Identity
from sheetsync.replicas.sheets import Sheet, our_sheets


def provision_requests(
    book: Book, template: Template, identity: Identity, where: str
) -> tuple[list[Json], tuple[str, ...]]:
    """What a spreadsheet lacks of its template.

    Args:
        book: The spreadsheet as it was read.
        template: What it is made from.
        identity: Whose it is.
        where: What messages call it.

    Returns:
        The requests that make it, and what they do, a sentence each; neither where nothing is missing.

    Raises:
        ReplicaError: A tab stands twice, or its header stands too low to add a column.
    """
    sheets = our_sheets({title: page.grid for title, page in book.pages.items()}, template, where)
    upgrade = Upgrade(sheets, list(book.pages), template, identity)
    if not upgrade.done:
        return [], ()
    requests = list(_Provision(book, upgrade, where).requests())
    return [*_in_locale(_ENGLISH, book), *requests, *_in_locale(book.locale, book)], tuple(upgrade.done)


#: The formulas of conditions are written in it: Google reads them as if they had been typed.
_ENGLISH = "en_US"


def _in_locale(locale: str, book: Book) -> Iterator[Json]:
    if not book.locale.startswith("en"):
        yield {"updateSpreadsheetProperties": {"properties": {"locale": locale}, "fields": "locale"}}


class _Provision:
    """What was laid out for a spreadsheet, as requests."""

    def __init__(self, book: Book, upgrade: Upgrade, where: str) -> None:
        self.book, self.upgrade, self.where = book, upgrade, where
        self.laid = {
            sheet.title: sheet for sheet in upgrade.workbook.worksheets if isinstance(sheet, Worksheet)
        }
        self.there = {sheet.title: sheet for sheet in upgrade.sheets.values()}
        numbers = count(max(page.id for page in book.pages.values()) + 1)
        self.ids = {title: page.id for title, page in book.pages.items()}
        self.ids |= {title: next(numbers) for title in self.laid if title not in self.ids}

    def requests(self) -> Iterator[Json]:
        order = list(self.book.pages)
        for title in self.laid:
            if title not in self.there:
                behind = self.upgrade.behind[title]
                index = len(order) if behind is None else order.index(behind) + 1 if behind else 0
                order.insert(index, title)
                yield from self._new(title, index)
        # Last, since dropdowns want the Lists tab to be there.
        lists = self._lists()
        for title, sheet in self.laid.items():
            if title in self.there:
                yield from self._completed(sheet, self.there[title], self.book.pages[title])
            yield from layout.guards(sheet, self.ids[title], lists)

    def _new(self, title: str, index: int) -> Iterator[Json]:
        tab = self.upgrade.template.tabs.get(_tab(self.laid[title]))
        machine = tab is None or tab.kind is TabKind.STATUS
        return layout.add_sheet(self.laid[title], self.ids[title], index, self.ids, machine=machine)

    def _lists(self) -> dict[str, str]:
        """Where dropdowns find their lists: list name -> range."""
        title = next(title for title, sheet in self.laid.items() if _tab(sheet) == LISTS)
        names = {name: str(it.attr_text) for name, it in self.upgrade.workbook.defined_names.items()}
        return layout.lists_of(title, names)

    def _completed(self, laid: Worksheet, sheet: Sheet, page: Page) -> Iterator[Json]:
        """What a tab gets that is there."""
        anew, width = sheet.title in self.upgrade.anew, page.grid.width
        if laid.max_row > KEY_ROW and sheet.header_row != HEADER_ROW and not anew:
            raise ReplicaError(
                f'{self.where}: tab "{sheet.title}": the header stands in row {sheet.header_row}, not in row '
                f"{HEADER_ROW}, so nothing can be added to it.",
                "Move the rows above it to another tab, then provision again.",
            )
        yield from make_room(page, laid.max_row, laid.max_column)
        if anew:
            yield from layout.cleared(page, laid)
        yield from layout.column_looks(laid, page.id, page.frozen, known=width)
        yield from layout.fill_cells(laid, page.id, self.ids, known=_known(laid, page))
        yield from layout.widened(page, laid.max_column)
        yield from layout.protect_columns(page.id, layout.computed_columns(laid, known=width))
        if anew:
            yield from charts(laid, page.id)


def _known(laid: Worksheet, page: Page) -> set[Position]:
    """Cells that are to stay what they are."""
    return {
        place
        for place, cell in layout.cells_of(laid).items()
        if place in page.grid.formulas or (not cell.has_style and cell.value == page.grid.value(*place))
    }


def _tab(sheet: Worksheet) -> str:
    """The key of the tab that a sheet was laid out for."""
    margins: Mapping[int, Margin | None] = {
        column: Margin.parse(sheet.cell(KEY_ROW, column).value) for column in range(1, sheet.max_column + 1)
    }
    return next(margin.tab for margin in margins.values() if margin)
