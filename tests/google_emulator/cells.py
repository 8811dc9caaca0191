"""A cell as the API shows it: what was entered, what it comes to, and what a person sees."""

from __future__ import annotations

import re
from typing import Any

from . import masks
from .conditions import conditional_format
from .defaults import THEME_COLORS, WHITE
from .formats import is_date, shown
from .formulas.evaluate import Calculation
from .formulas.parser import BadFormulaError, parse
from .masks import Tree
from .model import Sheet

Json = dict[str, Any]
STORED = (
    "userEnteredValue",
    "userEnteredFormat",
    "note",
    "dataValidation",
    "textFormatRuns",
    "chipRuns",
    "pivotTable",
)
LINK = THEME_COLORS["LINK"]
URL = re.compile(r"(?:https?|ftp)://\S+|mailto:\S+")
DAYS = {"TODAY", "DATE", "EDATE", "EOMONTH", "DATEVALUE"}
EFFECTIVE_BASE: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "Arial",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "hyperlinkDisplayType": "PLAIN_TEXT",
    "backgroundColorStyle": {"rgbColor": WHITE},
}


def rendered(calculation: Calculation, sheet: Sheet, place: tuple[int, int], tree: Tree) -> Json:
    """CellData with the fields that the mask names, each worked out only when it is asked for."""
    row, column = place
    cell = sheet.cell(row, column)
    result = {name: cell[name] for name in STORED if name in cell and (not tree or name in tree)}
    for name, make in (NUMBERS_ALONE if is_about_numbers(tree) else COMPUTED).items():
        if not tree or name in tree:
            value = make(calculation, sheet, row, column, cell)
            if value:
                result[name] = value
    return masks.choose(result, tree) if any(tree.values()) else result  # type: ignore[no-any-return]


DEEPEST = 20  # references to references that a format is followed along


def number_format(
    calculation: Calculation, sheet: Sheet, row: int, column: int, depth: int = 0
) -> Json | None:
    """The format a number shows under: its own, or the one its formula brings along."""
    cell = sheet.cell(row, column)
    own = cell.get("userEnteredFormat", {}).get("numberFormat")
    if own is None and "formulaValue" in cell.get("userEnteredValue", {}):
        return inherited(calculation, sheet, cell["userEnteredValue"]["formulaValue"], depth)
    return own  # type: ignore[no-any-return]


def inherited(calculation: Calculation, sheet: Sheet, formula: str, depth: int) -> Json | None:
    try:
        node = parse(formula)
    except BadFormulaError:
        return None
    while node[0] == "binary" and node[1] in "+-":
        node = node[2]
    if node[0] == "call" and node[1].upper() in DAYS:
        return {"type": "DATE"}
    if node[0] == "call" and node[1].upper() == "NOW":
        return {"type": "DATE_TIME"}
    if node[0] == "reference" and node[1].area.row is not None and node[1].area.column is not None:
        target = sheet if node[1].title is None else calculation.book.titled(node[1].title)
        place = node[1].area.row, node[1].area.column
        if target is not None and depth < DEEPEST:
            return number_format(calculation, target, *place, depth + 1)
    return None


def effective_value(
    calculation: Calculation, sheet: Sheet, row: int, column: int, _cell: Json
) -> Json | None:
    return calculation.effective(sheet, row, column)


def formatted_value(calculation: Calculation, sheet: Sheet, row: int, column: int, _cell: Json) -> str:
    value = calculation.effective(sheet, row, column)
    return shown(value, number_format(calculation, sheet, row, column))


def effective_format(
    calculation: Calculation, sheet: Sheet, row: int, column: int, cell: Json
) -> Json | None:
    if not cell.get("userEnteredValue") and not cell.get("userEnteredFormat"):
        return None
    value = calculation.effective(sheet, row, column) or {}
    own, style = cell.get("userEnteredFormat", PLAIN), number_format(calculation, sheet, row, column)
    link = hyperlink(calculation, sheet, row, column, cell)
    rule = conditional_format(calculation, sheet, (row, column)) or PLAIN
    key = id(own), next(iter(value), None), str(style), link, id(rule)
    if key not in calculation.looks:
        worn = merged(merged(own, linked(link)) if link else own, rule)
        calculation.looks[key] = look(worn, key[1], style)
    return calculation.looks[key]


def is_about_numbers(tree: Tree) -> bool:
    """Whether the mask wants no more of whole formats than how numbers show, which no rule changes."""
    return tree.get("effectiveFormat", {}).keys() == {"numberFormat"}


def effective_number_format(
    calculation: Calculation, sheet: Sheet, row: int, column: int, _cell: Json
) -> Json | None:
    style = number_format(calculation, sheet, row, column)
    return {"numberFormat": style} if style else None


def linked(link: str) -> Json:
    """What a link looks like."""
    blue = {"foregroundColor": LINK, "foregroundColorStyle": {"rgbColor": LINK}}
    return {"textFormat": blue | {"underline": True, "link": {"uri": link}}, "hyperlinkDisplayType": "LINKED"}


PLAIN: Json = {}  # the format of all cells that have none: one object, by which looks are known
SIDES = {"numberValue": "RIGHT", "boolValue": "CENTER", "stringValue": "LEFT", "errorValue": "CENTER"}


def look(own: Json, kind: str | None, style: Json | None) -> Json:
    """The whole format of a cell with a value of this kind."""
    made = merged(EFFECTIVE_BASE, own)
    if kind and "horizontalAlignment" not in made:
        made["horizontalAlignment"] = SIDES[kind]
    return made | ({"numberFormat": style} if style else {})


def merged(base: Json, over: Json) -> Json:
    """The base with what the other says laid over it."""
    result = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(name), dict) and "olor" not in name
        result[name] = merged(base[name], value) if both else value
    return result


def hyperlink(calculation: Calculation, sheet: Sheet, row: int, column: int, cell: Json) -> str | None:
    entered = cell.get("userEnteredValue", {})
    if link := cell.get("userEnteredFormat", {}).get("textFormat", {}).get("link"):
        return link.get("uri")  # type: ignore[no-any-return]
    if found := re.match(r'=HYPERLINK\("([^"]*)"', entered.get("formulaValue", ""), re.IGNORECASE):
        return found[1]
    text = (calculation.effective(sheet, row, column) or {}).get("stringValue", "") if entered else ""
    return text if URL.fullmatch(text) else None


COMPUTED = {
    "effectiveValue": effective_value,
    "formattedValue": formatted_value,
    "effectiveFormat": effective_format,
    "hyperlink": hyperlink,
}
NUMBERS_ALONE = COMPUTED | {"effectiveFormat": effective_number_format}


def as_value(calculation: Calculation, sheet: Sheet, place: tuple[int, int], render: str, dates: str) -> Any:
    """The value as the values calls give it, under a ValueRenderOption and a DateTimeRenderOption."""
    row, column = place
    entered = sheet.cell(row, column).get("userEnteredValue")
    if not entered:
        return ""
    if render == "FORMULA" and "formulaValue" in entered:
        return entered["formulaValue"]
    value = calculation.effective(sheet, row, column) or {}
    style = number_format(calculation, sheet, row, column)
    as_text = dates == "FORMATTED_STRING" and is_date(style)
    if render == "FORMATTED_VALUE" or "errorValue" in value or (as_text and "numberValue" in value):
        return shown(value, style)
    return next(iter(value.values()), "")
