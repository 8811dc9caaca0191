"""The value of a cell as it is shown: its number format, its text, and what the values calls give."""

from __future__ import annotations

from typing import Any

from .formats import is_date, shown
from .formulas.evaluate import Calculation
from .formulas.parser import BadFormulaError, parse
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
DAYS = {"TODAY", "DATE", "EDATE", "EOMONTH", "DATEVALUE"}

DEEPEST = 20  # references to references that a format is followed along


def number_format(
    calculation: Calculation, sheet: Sheet, row: int, column: int, depth: int = 0
) -> Json | None:
    """The format a number shows under: its own, or the one its formula brings along."""
    cell = sheet.cell(row, column)
    own = cell["userEnteredFormat"].get("numberFormat") if "userEnteredFormat" in cell else None
    if own is None and "formulaValue" in cell.get("userEnteredValue", ()):
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


def formatted_value(calculation: Calculation, sheet: Sheet, row: int, column: int, _cell: Json) -> str:
    value = calculation.effective(sheet, row, column)
    if value and "stringValue" in value:
        return str(value["stringValue"])
    return shown(value, number_format(calculation, sheet, row, column))


def as_value(calculation: Calculation, sheet: Sheet, place: tuple[int, int], render: str, dates: str) -> Any:
    """The value as the values calls give it, under a ValueRenderOption and a DateTimeRenderOption."""
    row, column = place
    entered = sheet.cell(row, column).get("userEnteredValue", {})
    if render == "FORMULA" and "formulaValue" in entered:
        return entered["formulaValue"]
    value = calculation.effective(sheet, row, column) or {}
    style = number_format(calculation, sheet, row, column)
    as_text = dates == "FORMATTED_STRING" and is_date(style)
    if render == "FORMATTED_VALUE" or "errorValue" in value or (as_text and "numberValue" in value):
        return shown(value, style)
    return next(iter(value.values()), "")
