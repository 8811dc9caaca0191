"""Whether a cell's value is admissible in its column: the one test that rules report and the merge obeys.

It looks at the column and the value alone, so every copy of a workbook gives the same answer. Whether a
reference names a record needs the other records and is a rule's matter (D004).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache

from sheetsync.core.model import Column, ColumnType
from sheetsync.core.records import fold, split_many
from sheetsync.core.settings import Settings
from sheetsync.core.values import MAX_TEXT, Boolean, CellError, Unclear, Value, show, utf16_length

#: No spreadsheet file can keep these: control characters but tab and line feed, halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EMAIL = re.compile(
    r"(?!\.)[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.ASCII | re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\W_](?:[\w.-]*\w)?(?::\d{1,5})?(?:[/?#][^\s<>\"\\]*)?", re.I)
_ADDRESS_INSIDE = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
_NUMBER_INSIDE = re.compile(r"-?\d+(?:,\d{3})*(?:[.,]\d+)?")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_LOOKS_LIKE_A_DATE = re.compile(
    r"\d{1,4}\s*[./-]\s*\d{1,2}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\d", re.I
)
_NUMBER = re.compile(r"\d+")
_DAY_ZERO = date(1899, 12, 30)  # of the serial numbers in which spreadsheets count days
_QUOTED = 60  # longest piece of a value in a message
_MANY = 500  # among more words than this only those with the same first letter are compared: it is slow
_SEARCHED = 200  # so far into a text is looked for what was meant


#: The rules that a value breaks which its column does not take.
CELL_CODES = frozenset({"D001", "D002", "D008", "D009", "D010"})


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a value may not stand in its column.

    Attributes:
        code: The rule it breaks: D001, D002, D008, D009 or D010.
        message: What is wrong and what was expected.
        do: What to type.
        suggestion: The value that was probably meant; "" where none is near.
    """

    code: str
    message: str
    do: str
    suggestion: str = ""


def cell_problem(
    column: Column, value: Value, settings: Settings, today: date | None = None
) -> CellProblem | None:
    """What is wrong with a value in a column, `None` where nothing is; an empty cell never is wrong.

    Args:
        column: The column, with the program's own allowed values among its `values`.
        value: The cell's canonical value.
        settings: Gives the range of dates.
        today: The day from which dates too far ahead are told; without one, none is too far.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if _FORBIDDEN.search(value) or (len(value) > MAX_TEXT // 2 and utf16_length(value) > MAX_TEXT):
            return _bad_text(column, value)
        if value.isspace():
            return None
    elif isinstance(value, CellError):
        return _error_value(column, value)
    elif isinstance(value, Unclear):
        return _unclear(column, value)
    if column.type is ColumnType.DATE and isinstance(value, date):
        return _out_of_range(column, value, settings, today)
    test = _TESTS.get(column.type)
    return test(column, value) if test else None


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that was probably meant, "" where none is near; case and blanks do not count."""
    meant = fold(word)
    known = {fold(each): each for each in allowed}
    if len(known) > _MANY:
        known = {name: each for name, each in known.items() if name[:1] == meant[:1]}
    found = get_close_matches(meant, known, n=1)
    return known[found[0]] if found else ""


def quote(value: Value) -> str:
    """A value as it is named in a message: in quotation marks, on one line, cut where it is long."""
    text = " ".join(_FORBIDDEN.sub(" ", show(value)).split())
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[: _QUOTED - 1].rstrip()}…"'


def is_email(text: str) -> bool:
    """Whether a text is one plain e-mail address."""
    return len(text) <= 254 and ".." not in text and _EMAIL.fullmatch(text) is not None


def _bad_text(column: Column, value: str) -> CellProblem:
    if _FORBIDDEN.search(value):
        what = "the text holds control characters that no spreadsheet file can keep"
        return CellProblem(
            "D010", f"{column.label}: {what}.", "Type the text anew, or paste it as plain text."
        )
    what = f"the text has {utf16_length(value):,} characters; a cell holds at most {MAX_TEXT:,}"
    return CellProblem(
        "D010", f"{column.label}: {what}.", "Shorten it, or put it in a document and link to that."
    )


def _error_value(column: Column, value: CellError) -> CellProblem:
    return CellProblem(
        "D008",
        f"{column.label}: the cell shows the error {value.code}, where {_expected(column)} was expected.",
        "Type the value over the formula, or mend the formula.",
    )


def _unclear(column: Column, value: Unclear) -> CellProblem:
    message = f"{column.label}: the cell cannot be read ({value.reason}); {_expected(column)} was expected."
    return CellProblem("D002", message, "Type the value again.")


def _choice(column: Column, value: Value) -> CellProblem | None:
    if value in column.values or not column.values:
        return None
    return _not_allowed(column, value, show(value))


def _choices(column: Column, value: Value) -> CellProblem | None:
    if value in column.values or not column.values:
        return None
    problems = (_not_allowed(column, part, part) for part in split_many(value))
    return next(filter(None, problems), None)


def _not_allowed(column: Column, value: Value, text: str) -> CellProblem | None:
    if fold(text) in _folded(column.values):
        return None
    if isinstance(value, Boolean):
        text = "yes" if value is Boolean.TRUE else "no"
    meant = text if text in column.values else nearest(text, column.values)
    do = f'Choose "{meant}" if that was meant, or another value of the list.' if meant else ""
    message = f"{column.label}: {quote(value)} is not an allowed value; expected {_expected(column)}."
    return CellProblem("D001", message, do or "Choose a value of the list.", meant)


@lru_cache(maxsize=1024)
def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(value) for value in values)


def _date(column: Column, value: Value) -> CellProblem:
    do, meant = "Type the day as year-month-day, for example 2026-03-31.", ""
    if isinstance(value, str) and _LOOKS_LIKE_A_DATE.search(value[:_SEARCHED]):
        do = f"It stands as text. {do} If it stays text, set the cell's format to Date and type it again."
        if _is_no_day(value):
            do = "There is no such day. Type another one as year-month-day, for example 2026-03-31."
    elif isinstance(value, (int, float)) and 0 < value < 100_000:
        meant = (_DAY_ZERO + timedelta(days=int(value))).isoformat()
        do = f"If {meant} was meant, set the cell's format to Date; else type the day."
    return _wrong_type(column, value, do, meant)


def _is_no_day(text: str) -> bool:
    """Whether a text names a day that its month does not have, such as 31.02.2026, however it is read."""
    numbers = [int(it) for it in _NUMBER.findall(text[:_SEARCHED])]
    if len(numbers) != 3:
        return False
    first, second, third = numbers
    read = ((first, second, third), (third, second, first), (third, first, second))
    days = [it for it in read if 100 <= it[0] <= MAXYEAR and 1 <= it[1] <= 12 and 1 <= it[2] <= 31]
    return bool(days) and all(it[2] > monthrange(it[0], it[1])[1] for it in days)


def _out_of_range(column: Column, value: date, settings: Settings, today: date | None) -> CellProblem | None:
    if value.year < settings.early_year:
        expected = f"a day in {settings.early_year} or later"
    elif today and value.year - today.year >= settings.years_ahead and _day(value) > _latest(settings, today):
        expected = f"a day at most {settings.years_ahead} years ahead"
    else:
        return None
    message = f"{column.label}: {quote(_day(value))} is out of any reason; {expected} was expected."
    return CellProblem("D009", message, "Check the year and type the day again.")


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _latest(settings: Settings, today: date) -> date:
    year = min(today.year + settings.years_ahead, date.max.year)
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=year, day=day)


def _number(column: Column, value: Value) -> CellProblem | None:
    if isinstance(value, (int, float)):
        return None
    found = _NUMBER_INSIDE.search(value) if isinstance(value, str) else None
    if not found:
        return _wrong_type(column, value, "Type the number in figures alone, for example 5.")
    meant = _THOUSANDS.sub("", found[0]).replace(",", ".")
    if found[0] == show(value).strip():
        do = f"It stands as text: set the cell's format to Number, then type {meant} again."
    else:
        do = f"Type {meant} if that was meant: the number alone, without words or units."
    return _wrong_type(column, value, do, meant)


def _integer(column: Column, value: Value) -> CellProblem | None:
    if isinstance(value, float):
        return _wrong_type(column, value, f"Type {value:.0f}, or another whole number.", f"{value:.0f}")
    if isinstance(value, int):
        return _choice(column, str(value)) if column.values else None
    return _number(column, value)


def _email(column: Column, value: Value) -> CellProblem | None:
    text = value.strip() if isinstance(value, str) else ""
    if is_email(text):
        return None
    inside = [each for each in _ADDRESS_INSIDE.findall(text[:_SEARCHED]) if is_email(each)]
    if len(inside) == 1:
        return _wrong_type(column, value, f"Type {inside[0]}: the address alone, without a name.", inside[0])
    if inside:
        return _wrong_type(column, value, "Leave one address in the cell.")
    return _wrong_type(column, value, "Type one address, for example ana@example.com.")


def _url(column: Column, value: Value) -> CellProblem | None:
    text = value.strip() if isinstance(value, str) else ""
    if _URL.fullmatch(text):
        return None
    whole = f"https://{text}"
    if "." in text and ":" not in text and _URL.fullmatch(whole):
        return _wrong_type(column, value, f"Type {whole} if that was meant.", whole)
    return _wrong_type(column, value, "Copy the whole address from the browser; it starts with https://.")


def _wrong_type(column: Column, value: Value, do: str, suggestion: str = "") -> CellProblem:
    message = f"{column.label}: {quote(value)} is not {_KINDS[column.type]}."
    return CellProblem("D002", message, do, suggestion)


_KINDS: Mapping[ColumnType, str] = {
    ColumnType.DATE: "a date",
    ColumnType.NUMBER: "a number",
    ColumnType.INTEGER: "a whole number",
    ColumnType.EMAIL: "an e-mail address",
    ColumnType.URL: "a web address (http or https)",
}

_TESTS: Mapping[ColumnType, Callable[[Column, Value], CellProblem | None]] = {
    ColumnType.CHOICE: _choice,
    ColumnType.CHOICES: _choices,
    ColumnType.DATE: _date,
    ColumnType.NUMBER: _number,
    ColumnType.INTEGER: _integer,
    ColumnType.EMAIL: _email,
    ColumnType.URL: _url,
}


def _expected(column: Column) -> str:
    if column.values:
        return ", ".join(column.values)
    return _KINDS.get(column.type, "text")
