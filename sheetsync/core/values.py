"""Cell values: what a cell holds, in one canonical form that every replica is read into.

A `Value` is a plain, immutable Python object, so that two cells are equal exactly when `a == b`:

| kind      | Python                  | canonical form                                            |
|-----------|-------------------------|-----------------------------------------------------------|
| empty     | `None`                  | missing, "" and null are one value                        |
| text      | `str`                   | NFC, line feeds; never trimmed, never coerced             |
| number    | `int` or `float`        | 15 significant digits; -0 is 0; 5 equals 5.0              |
| boolean   | `Boolean`               | an enum, since Python's `True` would equal the number 1   |
| date      | `datetime.date`         | never a float alone                                       |
| time      | `datetime.time`         |                                                           |
| date-time | `datetime.datetime`     | without a time zone, to the millisecond; midnight is a date |
| error     | `CellError`             | #REF!, #N/A ...: never propagated over a value            |
| unclear   | `Unclear`               | something there that cannot be told: never an opinion     |
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from math import isfinite


class Boolean(Enum):
    """A cell's TRUE or FALSE."""

    TRUE = "TRUE"
    FALSE = "FALSE"


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value as the spreadsheet shows it."""

    code: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that stands in the cell but has no value to compare, with the reason in a person's words."""

    reason: str


Value = None | str | int | float | Boolean | date | time | datetime | CellError | Unclear

#: Excel shows at most this many characters in a cell (UTF-16 code units).
MAX_TEXT = 32_767

#: Serials below this mean different days in Excel and Google Sheets (Excel's 29 February 1900).
FIRST_SAFE_DATE = date(1900, 3, 1)


def canonical(raw: object) -> Value:
    """The canonical value of what a library read from a cell.

    Args:
        raw: `None`, text, a number, a `bool`, a date, a time, a date-time, a duration, or a `Value`.

    Raises:
        TypeError: `raw` is of a type no cell has.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        return canonical_text(raw)
    if isinstance(raw, bool):
        return Boolean.TRUE if raw else Boolean.FALSE
    if isinstance(raw, (int, float)):
        return canonical_number(raw)
    if isinstance(raw, datetime):
        return _canonical_datetime(raw)
    if isinstance(raw, date):
        return raw if raw >= FIRST_SAFE_DATE else Unclear(f"the date {raw.isoformat()}")
    if isinstance(raw, time):
        return _to_millisecond(datetime.combine(FIRST_SAFE_DATE, raw)).time()
    if isinstance(raw, timedelta):
        return canonical_number(raw.total_seconds() / 86_400)
    if isinstance(raw, (Boolean, CellError, Unclear)):
        return raw
    raise TypeError(f"no cell holds a {type(raw).__name__}")


def canonical_text(raw: str) -> Value:
    """Text in NFC with line feeds, or empty."""
    if not raw.isascii():
        raw = unicodedata.normalize("NFC", raw)
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    return raw or None


def canonical_number(raw: int | float) -> Value:
    """A number rounded to the 15 significant digits that Excel keeps; whole numbers become `int`."""
    try:
        rounded = float(f"{raw:.15g}")
    except OverflowError:  # a whole number beyond any float
        return CellError("#NUM!")
    if not isfinite(rounded):
        return CellError("#NUM!")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _canonical_datetime(raw: datetime) -> Value:
    if raw.date() < FIRST_SAFE_DATE:
        return Unclear(f"the date {raw.isoformat(sep=' ')}")
    rounded = _to_millisecond(raw)
    return rounded if rounded.time() != time() else rounded.date()


def _to_millisecond(raw: datetime) -> datetime:
    rounded = raw.replace(tzinfo=None) + timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


def utf16_length(text: str) -> int:
    """How many characters a spreadsheet counts in a text (UTF-16 code units)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def show(value: Value) -> str:
    """A value as a person reads it in a message."""
    match value:
        case None:
            return ""
        case Boolean():
            return value.value
        case CellError():
            return value.code
        case Unclear():
            return f"({value.reason})"
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case str():
            return value
        case _:
            return f"{value:.15g}"


def to_json(value: Value) -> object:
    """A value as JSON that `from_json` reads back: text and numbers as they are, the rest tagged."""
    match value:
        case None | str() | int() | float():
            return value
        case Boolean():
            return {"boolean": value.value}
        case CellError():
            return {"error": value.code}
        case Unclear():
            return {"unclear": value.reason}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}


def from_json(raw: object) -> Value:
    """The value `to_json` was given."""
    if raw is None or isinstance(raw, (str, int, float)):
        return raw
    if isinstance(raw, dict) and len(raw) == 1:
        ((tag, text),) = raw.items()
        match tag:
            case "boolean":
                return Boolean(text)
            case "error":
                return CellError(text)
            case "unclear":
                return Unclear(text)
            case "datetime":
                return datetime.fromisoformat(text)
            case "date":
                return date.fromisoformat(text)
            case "time":
                return time.fromisoformat(text)
    raise ValueError(f"not a value: {raw!r}")
