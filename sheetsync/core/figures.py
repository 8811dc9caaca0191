"""Dates and numbers that were typed as text: "3 Mar 2026", "3/4/2026", "2,5", "1'500".

Some can be read in two ways. How a column means them shows only from all its values together
(`read_habits`); where that does not tell either, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sheetsync.core.values import Value, canonical, canonical_number

_EPOCH = date(1899, 12, 30)
_SERIALS = range(36_526, 55_153)  # 2000 to 2050: so spreadsheets count the days

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]*([a-z]{3,9})[\s.,-]*(\d{4})", re.I)
_MONTH_DAY = re.compile(r"([a-z]{3,9})[\s.]*(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})", re.I)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s.,]+", re.I)
_CLOCK = re.compile(r"[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm)?$", re.I)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_NUMBER = re.compile(r"([-+]?\d[\d.,'\u2019\s]*?)\s*([a-z]*)\.?", re.I)
_GROUPING = re.compile(r"(?<=\d)['\u2019\s](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a column writes what can be read in two ways; `None` where its values do not tell.

    Attributes:
        day_first: 3/4/2026 is the third of April.
        decimal_comma: 1,500 is one and a half.
    """

    day_first: bool | None = None
    decimal_comma: bool | None = None


def read_habits(values: Iterable[Value]) -> Habits:
    """What all values of a column together tell; values at odds tell nothing."""
    day_first: set[bool] = set()
    decimal_comma: set[bool] = set()
    for text in (value.strip() for value in values if isinstance(value, str)):
        if found := _NUMERIC.match(text):
            if found[2] != "." and max(int(found[1]), int(found[3])) > 12:
                day_first.add(int(found[1]) > 12)
        elif found := _NUMBER.fullmatch(text):
            mark = _decimal_mark(found[1], None)
            decimal_comma |= {mark == ","} if mark else set()
    return Habits(_only(day_first), _only(decimal_comma))


def _only(found: set[bool]) -> bool | None:
    return found.pop() if len(found) == 1 else None


def typed_number(text: str, habits: Habits) -> tuple[int | float, str] | None:
    """The number and the unit of "2,5 h"; `None` where it can be read in two ways or not at all."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    digits = _GROUPING.sub("", found[1])
    mark = _decimal_mark(digits, habits.decimal_comma) or ("" if set(digits) & set(",.") else ".")
    if not mark:
        return None
    plain = digits.replace("." if mark == "," else ",", "").replace(mark, ".")
    try:
        number = canonical_number(float(plain))
    except ValueError:
        return None
    return (number, found[2].lower()) if isinstance(number, (int, float)) else None


def _decimal_mark(digits: str, comma: bool | None) -> str:
    """Which of comma and point stands before the decimals; "" where there is none or it cannot be told.

    `comma` is the column's habit, where that is known.
    """
    marks = [mark for mark in ",." if mark in digits]
    if len(marks) == 2:
        return max(marks, key=digits.rfind)
    if not marks:
        return ""
    mark, other = (",", ".") if marks == [","] else (".", ",")
    habit = "" if comma is None else "," if comma else "."
    first, *groups = digits.lstrip("+-").split(mark)
    if all(len(group) == 3 for group in groups) and 0 < len(first) <= 3:
        return other if len(groups) > 1 else habit
    return mark if len(groups) == 1 and habit in ("", mark) else ""


def serial_day(number: int | float) -> date | None:
    """The day a spreadsheet's serial number means, `None` where it is out of any reason for one."""
    return _EPOCH + timedelta(days=int(number)) if int(number) in _SERIALS else None


def typed_date(text: str, habits: Habits) -> Value:
    """The day (or the day and time) in a text; `None` where it can be read in two ways or not at all."""
    text = text.strip()
    clock = _CLOCK.search(text)
    words = text[: clock.start()] if clock else text
    found = _WEEKDAY.match(words)
    day = _typed_day(words[found.end() :] if found else words, habits)
    return _at(day, clock) if day and clock else day


def _at(day: date, clock: re.Match[str]) -> Value:
    hour, half = int(clock[1]), (clock[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return canonical(datetime.combine(day, time(hour, int(clock[2]), int(clock[3] or 0))))
    except ValueError:
        return None


def _typed_day(text: str, habits: Habits) -> date | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _DAY_MONTH.fullmatch(text):
        return _day(found[3], _month(found[2]), found[1])
    if found := _MONTH_DAY.fullmatch(text):
        return _day(found[3], _month(found[1]), found[2])
    if found := _NUMERIC.fullmatch(text):
        return _numeric_day(found, habits)
    return None


def _numeric_day(found: re.Match[str], habits: Habits) -> date | None:
    """A day like 3/4/2026: with points the day is first, else the numbers or the column's others tell."""
    first, second = int(found[1]), int(found[3])
    year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
    if found[2] == "." or first == second:
        return _day(year, second, first)
    day_first = first > 12 if max(first, second) > 12 else habits.day_first
    if day_first is None:
        return None
    return _day(year, second, first) if day_first else _day(year, first, second)


def _month(name: str) -> int:
    """The number of a month's English name, whole or cut short; 0 for any other word."""
    name = "sep" if name.lower() == "sept" else name.lower()
    return next((n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name)), 0)


def _day(year: str, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
