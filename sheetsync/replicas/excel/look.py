"""The look of a workbook: one accent color, a few shades of grey, and the cell styles made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.styleable import StyleableObject
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
NOTE_AUTHOR = "sheetsync"
INK = "262626"
QUIET = "6B7280"
LINE = "D5DAE0"
MACHINE = "F1F2F4"
MACHINE_HEADER = "6B7280"
WHITE = "FFFFFF"
LINK = "0B5CAD"
DATE_FORMAT = "yyyy-mm-dd"

#: Line height of the 11 point font, in points.
LINE_HEIGHT = 15.0

#: Letters of running text that go into a column one digit wide.
_LETTERS = 1.1
#: Accent colors of the document theme, in the order of the table styles Medium 2 to Medium 7.
_THEME = ("4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646")


def mix(color: str, share: float, other: str = WHITE) -> str:
    """`RRGGBB` made of `share` of `color` and the rest of `other`."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "".join(f"{round(one * share + two * (1 - share)):02X}" for one, two in pairs)


def table_style(accent: str) -> str:
    """The built-in table style whose theme color is nearest to the accent."""
    distances = [
        sum((one - two) ** 2 for one, two in zip(_channels(accent), _channels(theme), strict=True))
        for theme in _THEME
    ]
    return f"TableStyleMedium{2 + distances.index(min(distances))}"


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[0:2], 16), int(color[2:4], 16), int(color[4:6], 16)


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks; a part that is `None` stays as the workbook has it."""

    font: Font
    fill: PatternFill | None = None
    alignment: Alignment | None = None
    border: Border | None = None
    number_format: str = "General"

    def apply(self, cells: Iterable[StyleableObject]) -> None:
        """Give all `cells` (or whole columns) this look."""
        for cell in cells:
            cell.font = self.font
            cell.number_format = self.number_format
            if self.fill is not None:
                cell.fill = self.fill
            if self.alignment is not None:
                cell.alignment = self.alignment
            if self.border is not None:
                cell.border = self.border


def font(size: float = 11, color: str = INK, *, bold: bool = False, italic: bool = False) -> Font:
    """The one typeface, in a size (points) and a color (`RRGGBB`)."""
    return Font(name=FONT, size=size, color=color, bold=bold, italic=italic)


def link_font(size: float = 11) -> Font:
    """How a link looks: blue and underlined."""
    return Font(name=FONT, size=size, color=LINK, underline="single")


def fill(color: str) -> PatternFill:
    """A solid background."""
    return PatternFill("solid", start_color=color, end_color=color)


def aligned(
    horizontal: str | None = None, vertical: str = "top", *, wrapped: bool = False, indent: int = 0
) -> Alignment:
    """Where text stands in its cell."""
    return Alignment(horizontal=horizontal, vertical=vertical, wrap_text=wrapped, indent=indent)


def edges(
    color: str = LINE, style: Literal["thin", "medium", "thick"] = "thin", *, sides: str = "bottom"
) -> Border:
    """Lines on some sides of a cell, named with blanks between: "left bottom"."""
    border = Border()
    for side in sides.split():
        setattr(border, side, Side(style=style, color=color))
    return border


@dataclass(frozen=True, slots=True)
class Look:
    """The cell styles of a workbook with the accent color `accent` (`RRGGBB`)."""

    accent: str

    @property
    def tint(self) -> str:
        """A pale shade of the accent: banding, input cells."""
        return mix(self.accent, 0.08)

    @property
    def header(self) -> Style:
        """The header of a column that people fill."""
        return self._header(self.accent)

    @property
    def machine_header(self) -> Style:
        """The header of a column that sheetsync fills: grey and italic."""
        return self._header(MACHINE_HEADER, italic=True)

    @property
    def title(self) -> Style:
        """The title of a tab that is read, not filled."""
        return Style(font(20, self.accent, bold=True), alignment=aligned(vertical="center"))

    @property
    def block_title(self) -> Style:
        """The title of a block on the Status tab."""
        return Style(
            font(13, self.accent, bold=True),
            alignment=aligned(vertical="center"),
            border=edges(self.accent, "medium"),
        )

    @property
    def quiet(self) -> Style:
        """A remark beside the matter."""
        return Style(font(10, QUIET, italic=True), alignment=aligned(vertical="center"))

    @property
    def body(self) -> Style:
        """A cell that people fill."""
        return Style(font(), alignment=aligned(wrapped=True))

    @property
    def date(self) -> Style:
        """A cell that people fill with a date."""
        return Style(font(), alignment=aligned("left", wrapped=True), number_format=DATE_FORMAT)

    @property
    def machine_body(self) -> Style:
        """A cell that sheetsync fills."""
        return Style(font(color=QUIET, italic=True), alignment=aligned(wrapped=True))

    def _header(self, color: str, *, italic: bool = False) -> Style:
        return Style(
            font(11, WHITE, bold=True, italic=italic),
            fill(color),
            aligned("left", "center", wrapped=True),
            edges(WHITE, sides="left right"),
        )


def lines(text: str, width: float, size: float = 11) -> int:
    """How many lines a text takes in a column of `width` characters, in a font of `size` points."""
    letters = max(1, int(width * _LETTERS * 11 / size))
    if len(text) <= letters and "\n" not in text:
        return 1
    return sum(len(wrap(paragraph, letters)) or 1 for paragraph in text.split("\n"))


def note(text: str) -> Comment:
    """A note for a cell, its box sized (in pixels) to fit the text."""
    return Comment(text, NOTE_AUTHOR, height=lines(text, 38) * 18 + 16, width=290)


def prepare_page(
    sheet: Worksheet,
    *,
    header_row: int | None = None,
    orientation: Literal["landscape", "portrait"] = "landscape",
) -> None:
    """Print one page wide, with the header on every page and the tab's name below."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, header=0.3, footer=0.3)
    footer = sheet.oddFooter
    if footer is not None:
        footer.left.text, footer.right.text = "&A", "&P / &N"
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
