"""What a person's typing becomes: USER_ENTERED text as a typed value, with the number format it brings."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
EPOCH = datetime(1899, 12, 30)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

NUMBER = re.compile(r"([+-]?)(\$?)((?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?)(?:[eE]([+-]?\d+))?(%?)")
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*([AaPp][Mm])?")
DATES = (
    (re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"), "yyyy-mm-dd"),
    (re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"), "yyyy/mm/dd"),
    (re.compile(r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})"), "m/d/yyyy"),
    (re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})"), "mmm d, yyyy"),
    (re.compile(r"(?P<d>\d{1,2})[ -](?P<month>[A-Za-z]{3,9})[ -](?P<y>\d{4})"), "d mmm yyyy"),
    (re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})"), "m/d"),
)
ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#ERROR!")


def typed(value: Any, today: date, *, as_text: bool = False) -> tuple[Json | None, Json | None]:
    """The ExtendedValue and the number format of something typed; None for an emptied cell.

    `as_text`: the cell is formatted as text, so nothing is read into what is typed.
    """
    if isinstance(value, bool):
        return {"boolValue": value}, None
    if isinstance(value, (int, float)):
        return {"numberValue": value}, None
    text = str(value)
    if text == "":
        return None, None
    if as_text:
        return {"stringValue": text}, None
    if text.startswith("'"):
        return {"stringValue": text[1:]}, None
    if text.startswith("=") and len(text) > 1:
        return {"formulaValue": text}, None
    return typed_text(text, today)


def typed_text(text: str, today: date) -> tuple[Json, Json | None]:
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE"):
        return {"boolValue": stripped.upper() == "TRUE"}, None
    found = number(stripped) or moment(stripped, today)
    if found is None:
        return {"stringValue": text}, None
    value, style = found
    return {"numberValue": int(value) if float(value).is_integer() else value}, style


def number(text: str) -> tuple[float, Json | None] | None:
    """A number as typed, and the format its spelling asks for."""
    negative = re.fullmatch(r"\((.+)\)", text)
    found = NUMBER.fullmatch(negative[1] if negative else text.replace("-$", "$-", 1))
    if found is None and text.startswith("$-"):
        found = NUMBER.fullmatch("-$" + text[2:])
    found = found or NUMBER.fullmatch(text)
    if found is None or not re.search(r"\d", found[3]):
        return None
    sign, dollar, digits, exponent, percent = found.groups()
    value = float(digits.replace(",", "") + (f"e{exponent}" if exponent else ""))
    value = -value if sign == "-" or negative else value
    style = number_format(digits, dollar, exponent, percent)
    return (round(value / 100, 15) if percent else value), style


def number_format(digits: str, dollar: str, exponent: str | None, percent: str) -> Json | None:
    decimals = "." in digits
    if percent:
        return {"type": "PERCENT", "pattern": "0.00%" if decimals else "0%"}
    if dollar:
        return {"type": "CURRENCY", "pattern": '"$"#,##0.00' if decimals else '"$"#,##0'}
    if exponent is not None:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if "," in digits:
        return {"type": "NUMBER", "pattern": "#,##0.00" if decimals else "#,##0"}
    return None


def moment(text: str, today: date) -> tuple[float, Json] | None:
    """A date, a time, or both, as a serial number."""
    day_text, _, time_text = text.partition(" ") if TIME.search(text) else (text, "", "")
    if clock := time_of(text):
        return clock[0], {"type": "TIME", "pattern": clock[1]}
    if time_text and (cut := re.fullmatch(r"(.*\d)[ T](\d{1,2}:\d{2}.*)", text)):
        day_text, time_text = cut[1], cut[2]
    day = day_of(day_text, today)
    if day is None:
        return None
    if not time_text:
        return day[0], {"type": "DATE", "pattern": day[1]}
    clock = time_of(time_text)
    return clock and (day[0] + clock[0], {"type": "DATE_TIME", "pattern": f"{day[1]} {clock[1]}"})


def day_of(text: str, today: date) -> tuple[int, str] | None:
    for shape, pattern in DATES:
        if found := shape.fullmatch(text):
            parts = found.groupdict()
            month = int(parts["m"]) if "m" in parts else month_number(parts["month"])
            year = int(parts.get("y") or today.year)
            year += (2000 if year < 30 else 1900) if len(parts.get("y") or "0000") == 2 else 0
            try:
                return (datetime(year, month, int(parts["d"])) - EPOCH).days, pattern
            except ValueError:
                return None
    return None


def month_number(name: str) -> int:
    short = name[:3].lower()
    return MONTHS.index(short) + 1 if short in MONTHS else 0


def time_of(text: str) -> tuple[float, str] | None:
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), float((found[3] or "0") + (found[4] or ""))
    if found[5]:
        hours = hours % 12 + (12 if found[5].lower() == "pm" else 0)
    pattern = "h:mm" + (":ss" if found[3] else "")
    return (hours * 3600 + minutes * 60 + seconds) / 86400, pattern + (" am/pm" if found[5] else "")


def serial(moment: datetime) -> float:
    """A point in time as Google counts: days since 1899-12-30."""
    return (moment - EPOCH) / timedelta(days=1)


def from_serial(value: float) -> datetime:
    return EPOCH + timedelta(milliseconds=round(value * 86_400_000))
