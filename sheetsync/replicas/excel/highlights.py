"""Conditional formats: what stands out by itself. Always a word first; the color only underlines it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Border, Color, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import Column, ColumnType, Tab
from sheetsync.replicas.excel.look import LINE, MACHINE, QUIET, Look, mix
from sheetsync.replicas.layout import FIRST_ROW

#: Soft backgrounds with dark text of the same hue, readable for everybody: (background, text).
_WARM, _AMBER, _BLUE = ("FBE3DA", "8A3216"), ("FFF0C9", "765000"), ("DDEAF8", "1B4D7E")
_GREY, _SAND = ("E9EBEE", "4B5563"), ("F6F1E4", "5C5133")
_GREEN, _DEEP = ("E0F1E3", "1B5B33"), ("B9DFC3", "0F4726")

#: Allowed values that carry a tone wherever they occur; every other value stays plain.
TONES = {
    "unaware": _GREY,
    "resistant": _WARM,
    "neutral": _SAND,
    "supportive": _GREEN,
    "leading": _DEEP,
    "champion": _GREEN,
    "blocker": _WARM,
    "question": _BLUE,
    "decision": _GREEN,
    "asked": _AMBER,
    "agreed": _GREEN,
    "paused": _AMBER,
    "Error": _WARM,
    "Warning": _AMBER,
    "Advice": _BLUE,
    "Green": _GREEN,
    "Amber": _AMBER,
    "Red": _WARM,
}

#: Values of a state column after which nobody has to do anything about the row.
_CLOSED = ("done", "dropped", "alumni")


def color_words(sheet: Worksheet, cells: str, words: Iterable[str]) -> None:
    """Color those of the `words` that carry a tone, in `cells` ("C3:C2000")."""
    for word in words:
        if word in TONES:
            back, text = TONES[word]
            rule = Rule(type="cellIs", operator="equal", formula=[f'"{word}"'], dxf=_dressed(back, text))
            sheet.conditional_formatting.add(cells, rule)


def color_heat(sheet: Worksheet, cells: str, look: Look) -> None:
    """Shade numbers from white to the accent: the more, the darker."""
    ends = [FormatObject(type="num", val=0), FormatObject(type="max")]
    scale = ColorScale(cfvo=ends, color=[Color("FFFFFF"), Color(mix(look.accent, 0.6))])
    sheet.conditional_formatting.add(cells, Rule(type="colorScale", colorScale=scale))


def underline_filled(sheet: Worksheet, cells: str) -> None:
    """A thin line below each row of `cells` whose first cell holds something."""
    first = cells.split(":")[0]
    rule = _when(f'${first}<>""', DifferentialStyle(border=_below()))
    sheet.conditional_formatting.add(cells, rule)


def tint_choices(sheet: Worksheet, cells: str, filled: str, look: Look) -> None:
    """A pale shade behind `cells` of the rows in which the column `filled` holds something: type here."""
    row = cells.split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sheet.conditional_formatting.add(cells, _when(f'${filled}{row}<>""', _dressed(look.tint, None)))


def highlight(
    sheet: Worksheet, tab: Tab, columns: Iterable[Column], numbers: Mapping[str, int], last: int
) -> None:
    """The conditional formats that belong to some columns of a table.

    Args:
        sheet: Where they are set.
        tab: The whole tab: whether a row is closed shows in another column than the due date.
        columns: The columns to format (all of them, or those just added).
        numbers: 1-based sheet column of every column key.
        last: Last sheet row to format.
    """
    for column in columns:
        cells = f"{_cell(numbers[column.key], FIRST_ROW)}:{_cell(numbers[column.key], last)}"
        if column.type is ColumnType.CHOICE:
            color_words(sheet, cells, column.values)
        for rule in _rules(tab, column, numbers):
            sheet.conditional_formatting.add(cells, rule)


def highlight_rows(
    sheet: Worksheet,
    tab: Tab,
    columns: Iterable[Column],
    numbers: Mapping[str, int],
    look: Look,
    last: int,
) -> None:
    """Rows that are done turn grey, and rows that hold something are banded, filtered or not.

    Args:
        sheet, tab, numbers, last: As for `highlight`.
        columns: The columns to format, side by side.
        look: The workbook's look.
    """
    left, right = _cell(2, FIRST_ROW), _cell(max(numbers.values()), FIRST_ROW)
    dressed = [numbers[column.key] for column in columns]
    cells = f"{_cell(min(dressed), FIRST_ROW)}:{_cell(max(dressed), last)}"
    filled = f"COUNTA(${left}:${right})>0"
    odd = f"{filled},MOD(SUBTOTAL(103,$A${FIRST_ROW}:$A{FIRST_ROW}),2)=1"
    closed = [_is_closed(numbers[state.key], state) for state in filter(_closes, tab.column)]
    # Each rule is whole by itself, since LibreOffice takes the first that holds, and only that one.
    for formula, back, text in (
        *((f"AND({each},{odd})", look.tint, QUIET) for each in closed),
        *((each, None, QUIET) for each in closed),
        (f"AND({odd})", look.tint, None),
        (filled, None, None),
    ):
        style = _dressed(back, text)
        style.border = _below()
        sheet.conditional_formatting.add(cells, _when(formula, style))


def _rules(tab: Tab, column: Column, numbers: Mapping[str, int]) -> Iterator[Rule]:
    cell = f"${_cell(numbers[column.key], FIRST_ROW)}"
    if column.computed:
        yield _when("TRUE", _dressed(MACHINE, QUIET))
    if column.key == "due":
        closed = [_is_closed(numbers[state.key], state) for state in tab.column if _closes(state)]
        late = [f"ISNUMBER({cell})", f"{cell}<TODAY()", *(f"NOT({each})" for each in closed)]
        yield _when(f"AND({','.join(late)})", _dressed(*_AMBER, bold=True))


def _closes(column: Column) -> bool:
    return column.type is ColumnType.CHOICE and any(value in _CLOSED for value in column.values)


def _is_closed(number: int, state: Column) -> str:
    """A formula: whether the row's state is one after which nothing is left to do."""
    cell = f"${_cell(number, FIRST_ROW)}"
    tests = [f'{cell}="{value}"' for value in state.values if value in _CLOSED]
    return f"OR({','.join(tests)})"


def _when(formula: str, style: DifferentialStyle) -> Rule:
    return Rule(type="expression", formula=[formula], dxf=style)


def _dressed(back: str | None, text: str | None, *, bold: bool | None = None) -> DifferentialStyle:
    """Background and text color, each as the cell has it where `None`."""
    fill = PatternFill("solid", start_color=back, end_color=back) if back else None
    return DifferentialStyle(font=Font(color=text, bold=bold) if text else None, fill=fill)


def _below() -> Border:
    return Border(bottom=Side(style="thin", color=LINE))


def _cell(column: int, row: int) -> str:
    return f"{get_column_letter(column)}{row}"
