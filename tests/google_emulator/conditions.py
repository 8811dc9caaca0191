"""Boolean conditions: whether a cell meets one, for filters and for conditional formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .a1 import Area
from .addresses import locate
from .entry import serial, typed
from .errors import ApiError
from .formulas.evaluate import Calculation
from .formulas.moving import shifted
from .formulas.worth import Failure, text, truth
from .model import Sheet

Json = dict[str, Any]
Place = tuple[int, int]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
# Days from today; a past span is that far back.
RELATIVE = {"PAST_YEAR": -365, "PAST_MONTH": -30, "PAST_WEEK": -7, "YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}

ORDERS: dict[str, Callable[..., bool]] = {
    "GREATER": lambda value, least: value > least,
    "GREATER_THAN_EQ": lambda value, least: value >= least,
    "LESS": lambda value, most: value < most,
    "LESS_THAN_EQ": lambda value, most: value <= most,
    "EQ": lambda value, wanted: value == wanted,
    "NOT_EQ": lambda value, wanted: value != wanted,
    "BETWEEN": lambda value, least, most: least <= value <= most,
    "NOT_BETWEEN": lambda value, least, most: not least <= value <= most,
    "AFTER": lambda value, day: int(value) > day,
    "BEFORE": lambda value, day: value < day,
    "ON_OR_AFTER": lambda value, day: value >= day,
    "ON_OR_BEFORE": lambda value, day: int(value) <= day,
    "IS_VALID": lambda _: True,
}
TEXTS: dict[str, Callable[..., bool]] = {
    "CONTAINS": lambda shown, part: part in shown,
    "NOT_CONTAINS": lambda shown, part: part not in shown,
    "STARTS_WITH": lambda shown, part: shown.startswith(part),
    "ENDS_WITH": lambda shown, part: shown.endswith(part),
    "EQ": lambda shown, wanted: shown == wanted,
    "NOT_EQ": lambda shown, wanted: shown != wanted,
    "IS_EMAIL": lambda shown: bool(EMAIL.fullmatch(shown)),
    "IS_URL": lambda shown: bool(URL.fullmatch(shown)),
}


def holds(calculation: Calculation, sheet: Sheet, place: Place, condition: Json, corner: Place) -> bool:
    """Whether the cell meets the condition, whose formulas are written for the cell at `corner`."""
    value = calculation.value(sheet, *place)
    family, _, kind = condition.get("type", "").partition("_")
    given = [
        operand(calculation, sheet, place, entry, corner)
        for entry in ([] if condition.get("type") == "ONE_OF_RANGE" else condition.get("values", []))
    ]
    if isinstance(value, Failure) or any(isinstance(entry, Failure) for entry in given):
        return False
    if family in ("NUMBER", "DATE"):
        numeric = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (value, *given))
        return numeric and ORDERS[kind](value, *given)
    if family == "TEXT":
        return TEXTS[kind](text(value).lower(), *[text(entry).lower() for entry in given])
    return other(calculation, value, condition, given)


def other(calculation: Calculation, value: Any, condition: Json, given: list[Any]) -> bool:
    """The conditions that stand alone."""
    kind, blank = condition.get("type"), value in (None, "")
    if kind in ("BLANK", "NOT_BLANK"):
        return blank == (kind == "BLANK")
    if kind == "CUSTOM_FORMULA":
        return given[0] not in (None, "") and not isinstance(given[0], str) and truth(given[0])
    if kind == "ONE_OF_RANGE":
        given = choices(calculation, condition["values"][0].get("userEnteredValue", ""))
    if kind == "BOOLEAN" and not given:
        return isinstance(value, bool)
    return text(value) in [text(entry) for entry in given]


def choices(calculation: Calculation, where: str) -> list[Any]:
    """The values of a range that is written as `=Sheet1!A1:A9`."""
    try:
        sheet, area = locate(calculation.book, where.removeprefix("=").replace("$", ""))
    except ApiError:
        return []
    return list(calculation.matrix(sheet, area).each())


def operand(calculation: Calculation, sheet: Sheet, place: Place, entry: Json, corner: Place) -> Any:
    """A value of a condition as a cell would hold it."""
    today = calculation.now.replace(hour=0, minute=0, second=0, microsecond=0)
    if "relativeDate" in entry:
        return serial(today + timedelta(days=RELATIVE[entry["relativeDate"]]))
    written = entry.get("userEnteredValue", "")
    if written.startswith("="):
        by = place[0] - corner[0], place[1] - corner[1]
        return calculation.evaluated(sheet, place, shifted(written, *by))
    read, _ = typed(written, today.date())
    return next(iter((read or {}).values()), "")


def conditional_format(calculation: Calculation, sheet: Sheet, place: Place) -> Json | None:
    """What the first conditional rule that holds lays over the cell's format; color scales are left out."""
    for rule in sheet.lists["conditionalFormats"]:
        area = next((area for area in map(Area.of, rule["ranges"]) if area.has(*place)), None)
        boolean = rule.get("booleanRule")
        if area is None or boolean is None:
            continue
        first = Area.of(rule["ranges"][0])
        if holds(calculation, sheet, place, boolean["condition"], (first.row or 0, first.column or 0)):
            return boolean.get("format", {})  # type: ignore[no-any-return]
    return None
