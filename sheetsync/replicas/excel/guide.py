"""The guide tab: a page to read, in one wide column, with links into the workbook."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Line, Tab, TabKind, Template
from sheetsync.replicas.excel.look import (
    INK,
    LINE_HEIGHT,
    WHITE,
    Look,
    Style,
    aligned,
    edges,
    fill,
    font,
    lines,
    link_font,
    mix,
    prepare_page,
)
from sheetsync.replicas.layout import HEADER_ROW

_WIDTH = 98  # of the column, in characters
#: Space below a line, in points.
_GAPS = {"title": 22.0, "lead": 20.0, "heading": 18.0, "prompt": 9.0, "link": 3.0}


def fill_guide(sheet: Worksheet, tab: Tab, template: Template, look: Look) -> None:
    """Write the guide's lines one below the other, then what each tab is for."""
    sheet.column_dimensions["B"].width = _WIDTH
    sheet.sheet_view.showGridLines = False
    styles = _styles(look)
    step = 0
    for row, line in enumerate((*tab.line, *_contents(template)), start=HEADER_ROW):
        step = step + 1 if line.style == "step" else 0
        text = f"{step}.  {line.text}" if step else line.text
        cell = sheet.cell(row, 2, text)
        styles.get(line.style, styles["text"]).apply([cell])
        sheet.row_dimensions[row].height = _height(cell, line.style)
        if line.url:
            link(cell, line.url)
    prepare_page(sheet, orientation="portrait")


def link(cell: Cell, url: str) -> None:
    """Make a cell lead to a web address, or to a tab of the workbook ("#Stakeholders")."""
    if url.startswith("#"):
        place = f"{quote_sheetname(url.removeprefix('#'))}!B{HEADER_ROW}"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=str(cell.value))
    else:
        cell.hyperlink = url


def _contents(template: Template) -> list[Line]:
    """A link to each tab, and below it what the tab is for."""
    found = [Line("The tabs of this workbook", "heading")]
    for tab in template.tab:
        if tab.kind is not TabKind.GUIDE:
            found += [Line(tab.title, "link", f"#{tab.title}"), Line(tab.about, "about")]
    return [line for line in found if line.text]


def _styles(look: Look) -> dict[str, Style]:
    """How each style of line looks."""
    return {
        "title": Style(font(24, WHITE, bold=True), fill(look.accent), aligned("left", "center", indent=1)),
        "lead": Style(font(13, INK), fill(look.tint), aligned("left", "center", wrapped=True, indent=1)),
        "heading": Style(
            font(15, look.accent, bold=True),
            alignment=aligned("left", "center"),
            border=edges(mix(look.accent, 0.4), "medium"),
        ),
        "text": Style(font(), alignment=aligned("left", "center", wrapped=True)),
        "step": Style(font(), alignment=aligned("left", "center", wrapped=True, indent=1)),
        "prompt": Style(
            font(color="374151", italic=True),
            fill("F7F8FA"),
            aligned("left", "center", wrapped=True, indent=2),
            edges(look.accent, "thick", sides="left"),
        ),
        "link": Style(link_font(), alignment=aligned("left", "center", wrapped=True, indent=1)),
        "about": Style(font(color="374151"), alignment=aligned("left", "center", wrapped=True, indent=2)),
    }


def _height(cell: Cell, style: str) -> float:
    """Points that a line needs: its wrapped lines in its font, and space around."""
    size = cell.font.size or 11
    return lines(str(cell.value), _WIDTH - 4, size) * LINE_HEIGHT * size / 11 + _GAPS.get(style, 7.0)
