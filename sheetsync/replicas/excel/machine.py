"""The tabs that sheetsync writes: Status with its charts, Checks, Conflicts, and the hidden Lists.

Only the frame is laid out here (titles, headers, looks, charts); each pass writes what stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import ChartKind, Tab, Template
from sheetsync.core.records import Book, View
from sheetsync.core.status.conflicts import CHOICE_COLUMN, CODE_COLUMN
from sheetsync.core.status.registry import METRICS, Measure
from sheetsync.core.status.sheet import (
    AS_OF_ROW,
    CHART_COLUMN,
    FIRST_FIGURE_COLUMN,
    HEADLINE,
    HEADLINE_ROW,
    MAX_FIGURES,
    NAME_COLUMN,
    TITLE_ROW,
    Slot,
    slots,
)
from sheetsync.replicas.excel.charts import draw
from sheetsync.replicas.excel.highlights import color_heat, color_words, tint_choices, underline_filled
from sheetsync.replicas.excel.look import (
    MACHINE,
    QUIET,
    Look,
    Style,
    aligned,
    edges,
    fill,
    font,
    link_font,
    prepare_page,
)
from sheetsync.replicas.excel.validation import name_list
from sheetsync.replicas.layout import (
    CHECKS,
    CHECKS_HEADERS,
    CONFLICTS_HEADERS,
    FIRST_ROW,
    HEADER_ROW,
    KEY_ROW,
    LIST_ROWS,
    list_columns,
    list_key,
)

_REPORT_HEADER_ROW = 5
_REPORT_LAST_ROW = 2000

#: Rows a chart covers below its block's title, and rows that fit on a page printed one page wide.
_CHART_ROWS, _PAGE_ROWS = 17, 94
_REPORT_WIDTHS = {
    "Cell": 16,
    "What": 62,
    "What to do": 62,
    "Row": 30,
    "Tab": 18,
    "Column": 18,
    "Seen": 18,
    "Remark": 34,
    "Your choice": 30,
    "": 30,
}
#: So many places have a column laid out for the values they hold in a conflict; so many are offered.
_PLACES, _OFFERED = 3, 8
_STATUS_WIDTHS = {"B": 38, "C": 20, **dict.fromkeys("DEFG", 13), "H": 3, **dict.fromkeys("IJKLMNOP", 10)}


def fill_status(sheet: Worksheet, tab: Tab, template: Template, look: Look) -> None:
    """Lay out a Status tab: title, headline, and every block with its header and chart."""
    sheet.sheet_view.showGridLines = False
    for letter, width in _STATUS_WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    look.title.apply([sheet.cell(TITLE_ROW, NAME_COLUMN, f"{template.title}: {tab.title}")])
    sheet.row_dimensions[TITLE_ROW].height = 32
    look.quiet.apply([sheet.cell(AS_OF_ROW, NAME_COLUMN, "Filled in by the next run.")])
    _lay_headline(sheet)
    for slot in slots(tab):
        _lay_block(sheet, slot, _header(slot, template), look)
    prepare_page(sheet, orientation="portrait")
    _break_pages(sheet, tab)


def fill_report(sheet: Worksheet, key: str, look: Look) -> None:
    """Lay out Checks or Conflicts: title, header and the look of the rows to come."""
    headers = CHECKS_HEADERS if key == CHECKS else (*CONFLICTS_HEADERS, *[""] * _PLACES)
    look.title.apply([sheet.cell(TITLE_ROW, NAME_COLUMN, sheet.title)])
    sheet.row_dimensions[TITLE_ROW].height = 32
    look.quiet.apply([sheet.cell(AS_OF_ROW, NAME_COLUMN)])
    for number, header in enumerate(headers, start=NAME_COLUMN):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = _REPORT_WIDTHS.get(header, 11)
        Style(link_font() if header == "Cell" else font(), None, aligned("left", wrapped=True)).apply(
            [dimension]
        )
        look.header.apply([sheet.cell(_REPORT_HEADER_ROW, number, header or None)])
    sheet.row_dimensions[_REPORT_HEADER_ROW].height = 24
    last = get_column_letter(NAME_COLUMN + len(headers) - 1)
    sheet.auto_filter.ref = f"B{_REPORT_HEADER_ROW}:{last}{_REPORT_LAST_ROW}"
    if key == CHECKS:
        color_words(sheet, f"B{_REPORT_HEADER_ROW + 1}:B{_REPORT_LAST_ROW}", ("Error", "Warning", "Advice"))
    else:
        _offer_choices(sheet, look)
    sheet.freeze_panes = f"B{_REPORT_HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    prepare_page(sheet, header_row=_REPORT_HEADER_ROW)


def _offer_choices(sheet: Worksheet, look: Look) -> None:
    """The cells in which people settle a conflict: each offers the values of its row, as they read."""
    row = _REPORT_HEADER_ROW + 1
    first, last = get_column_letter(CHOICE_COLUMN + 1), get_column_letter(CHOICE_COLUMN + _OFFERED)
    choice = get_column_letter(CHOICE_COLUMN)
    cells = f"{choice}{row}:{choice}{_REPORT_LAST_ROW}"
    offer = DataValidation(type="list", formula1=f"${first}{row}:${last}{row}", allow_blank=True)
    offer.showErrorMessage = False  # a value that stands in no copy may be typed too
    offer.add(cells)
    sheet.add_data_validation(offer)
    # As text: what a spreadsheet program would read into it is not what was picked.
    Style(font(), None, aligned("left", wrapped=True), number_format="@").apply(
        [sheet.column_dimensions[choice]]
    )
    tint_choices(sheet, cells, get_column_letter(CODE_COLUMN), look)


def fill_lists(
    workbook: Workbook, sheet: Worksheet, template: Template, names: Mapping[str, Sequence[str]]
) -> None:
    """Write every list into its column, and point its defined name there.

    Args:
        workbook: Holds the defined names.
        sheet: Its Lists tab.
        template: Declares the lists and their order.
        names: What references may name, by the list's key.
    """
    values = {list_key(tab.key, column): column.values for tab in template.synced() for column in tab.column}
    for key, number in list_columns(template).items():
        sheet.cell(KEY_ROW, number, key)
        sheet.cell(HEADER_ROW, number, key)
        for row, value in enumerate(values[key] or names.get(key, ())[:LIST_ROWS], start=FIRST_ROW):
            sheet.cell(row, number, value)
        name_list(workbook, key, sheet.title, number)


def _header(slot: Slot, template: Template) -> tuple[str, ...]:
    """Names of the columns a block will have: those its metric gives for a program without records."""
    book = Book(template.key, template, {})
    nothing = Measure(View(template.title, (book,), datetime(2000, 1, 1)), book, ())
    return METRICS[slot.block.metric].compute(nothing).header


def _lay_headline(sheet: Worksheet) -> None:
    for row, name in enumerate(HEADLINE, start=HEADLINE_ROW):
        cell = sheet.cell(row, NAME_COLUMN, name)
        Style(font(bold=True, color=QUIET), None, aligned("left", "center")).apply([cell])
        Style(font(), None, aligned("left", "center")).apply([sheet.cell(row, FIRST_FIGURE_COLUMN)])
    health = sheet.cell(HEADLINE_ROW, FIRST_FIGURE_COLUMN)
    Style(font(12, bold=True), None, aligned("center", "center")).apply([health])
    color_words(sheet, health.coordinate, ("Green", "Amber", "Red"))


def _lay_block(sheet: Worksheet, slot: Slot, header: tuple[str, ...], look: Look) -> None:
    """Title, remark, header and cells of one block, and its chart or heat."""
    wide = CHART_COLUMN + 8
    look.block_title.apply(sheet.cell(slot.title_row, number) for number in range(NAME_COLUMN, wide))
    sheet.cell(slot.title_row, NAME_COLUMN, slot.block.title)
    sheet.row_dimensions[slot.title_row].height = 22
    look.quiet.apply([sheet.cell(slot.remark_row, NAME_COLUMN, slot.block.note or None)])
    side = "left" if slot.block.chart is ChartKind.NONE else "center"
    for number, text in enumerate(header[: MAX_FIGURES + 1], start=NAME_COLUMN):
        column_side = "left" if number == NAME_COLUMN else side
        head = Style(font(10, QUIET, bold=True), fill(MACHINE), aligned(column_side, "center"), edges())
        head.apply([sheet.cell(slot.header_row, number, text or None)])
        cells = [sheet.cell(row, number) for row in range(slot.first_row, slot.last_row + 1)]
        Style(font(), None, aligned(column_side, "center")).apply(cells)
    last = get_column_letter(NAME_COLUMN + len(header) - 1)
    if slot.block.chart is ChartKind.HEAT:
        # Not both on one cell: LibreOffice takes the first format that holds, and only that one.
        underline_filled(sheet, f"B{slot.first_row}:B{slot.last_row}")
        color_heat(sheet, f"C{slot.first_row}:{last}{slot.last_row}", look)
    else:
        underline_filled(sheet, f"B{slot.first_row}:{last}{slot.last_row}")
    draw(sheet, slot, header, look.accent)


def _break_pages(sheet: Worksheet, tab: Tab) -> None:
    """Let no block be torn over two pages."""
    begun = TITLE_ROW
    for slot in [*slots(tab)][1:]:
        end = slot.title_row + max(slot.block.rows + 3, _CHART_ROWS)
        if end - begun > _PAGE_ROWS:
            sheet.row_breaks.append(Break(slot.title_row - 1))
            begun = slot.title_row
