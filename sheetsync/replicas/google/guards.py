"""Validations and conditional formats, from openpyxl's words to Google's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl.formatting.rule import Rule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.looks import background, color, text_format
from sheetsync.replicas.google.ranges import grid_range

_LEAST = {"date": "DATE_ON_OR_AFTER", "whole": "NUMBER_GREATER_THAN_EQ", "decimal": "NUMBER_GREATER_THAN_EQ"}
#: Google bands rows by itself; the formulas that do it in Excel count what a filter leaves.
_BANDING = "SUBTOTAL("


def validations(sheet: Worksheet, sheet_id: int, lists: Mapping[str, str]) -> Iterator[Json]:
    """The requests for what cells offer and warn of; nothing is blocked.

    Args:
        sheet: As it was described for Excel.
        sheet_id: The sheet in Google.
        lists: Where each list of the Lists tab stands, by its defined name: "=Lists!$B$3:$B$1002".
    """
    for validation in sheet.data_validations.dataValidation:
        condition = _condition(validation, lists)
        if condition is None:
            continue
        rule: Json = {"condition": condition, "strict": False, "showCustomUi": True}
        if text := validation.prompt or validation.error:
            rule["inputMessage"] = text
        for cells in validation.sqref.ranges:
            place = grid_range(cells.coord, sheet_id, open_ended=True)
            yield {"setDataValidation": {"range": place, "rule": rule}}


def _condition(validation: DataValidation, lists: Mapping[str, str]) -> Json | None:
    first, second = str(validation.formula1 or ""), validation.formula2
    match validation.type:
        case "list":
            return _test("ONE_OF_RANGE", lists.get(first, f"={first}"))
        case "custom":
            return _test("CUSTOM_FORMULA", f"={first}")
        case "date":
            return _test(_LEAST["date"], "2000-01-01")
        case "whole" | "decimal" if validation.operator == "between":
            return _test("NUMBER_BETWEEN", first, str(second))
        case "whole" | "decimal":
            return _test(_LEAST[validation.type], first)
        case _:
            return None


def conditional_formats(sheet: Worksheet, sheet_id: int) -> Iterator[Json]:
    """The requests for what stands out by itself, the most important first."""
    index = 0
    for formatted in sheet.conditional_formatting:
        places = [grid_range(cells.coord, sheet_id, open_ended=True) for cells in formatted.cells.ranges]
        for rule in formatted.rules:
            if found := _rule(rule):
                added = {"ranges": places, **found}
                yield {"addConditionalFormatRule": {"rule": added, "index": index}}
                index += 1


def _rule(rule: Rule) -> Json | None:
    """A rule in Google's words; `None` where Google does it otherwise, or cannot: lines below rows."""
    if rule.type == "colorScale":
        assert rule.colorScale is not None
        low, high = rule.colorScale.color
        ends = {"minpoint": {"type": "NUMBER", "value": "0", "colorStyle": color(low.rgb)}}
        return {"gradientRule": ends | {"maxpoint": {"type": "MAX", "colorStyle": color(high.rgb)}}}
    assert rule.dxf is not None
    formula, look = str(rule.formula[0]), dict[str, object]()
    if rule.dxf.font is not None:
        look["textFormat"] = text_format(rule.dxf.font)
    if back := background(rule.dxf.fill):
        look["backgroundColorStyle"] = back
    if not look or _BANDING in formula:
        return None
    if rule.type == "cellIs":
        return {"booleanRule": {"condition": _test("TEXT_EQ", formula.strip('"')), "format": look}}
    return {"booleanRule": {"condition": _test("CUSTOM_FORMULA", f"={formula}"), "format": look}}


def _test(kind: str, *values: str) -> Json:
    return {"type": kind, "values": [{"userEnteredValue": value} for value in values]}
