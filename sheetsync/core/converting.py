"""Values of somebody else's table as a template's columns hold them; what cannot be read stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sheetsync.core.columns import is_email, quote
from sheetsync.core.figures import Habits, serial_day, typed_date, typed_number
from sheetsync.core.model import Column, ColumnType
from sheetsync.core.records import fold
from sheetsync.core.values import Boolean, CellError, Unclear, Value, canonical_number, show
from sheetsync.core.words import MEANINGS

#: How alike a word and an allowed value must be, and how much more than the next best.
_CUTOFF, _MARGIN = 0.8, 0.05
#: "unsupportive" is much like "supportive", and means the opposite.
_NEGATIONS = ("un", "non", "not ", "no ", "in", "dis", "anti", "never ")

#: Minutes in a unit of time.
_UNITS = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1),
}
_LEADING_NUMBER = re.compile(r"(\d+)\s*(?:[-\u2013\u2014:=(]\s*[^\W\d]|$)")  # "5 - High", but not "3 - 4"
_SEPARATORS = re.compile(r"[,;|\n]")
_JOINERS = re.compile(r"[/&+]|\band\b", re.I)
_NAME_SEPARATORS = re.compile(r"[;|\n/&+]|\band\b", re.I)
_ADDRESS = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")


@dataclass(frozen=True, slots=True)
class Converted:
    """A value for a column, and what a person should know of how it came about ("" where nothing)."""

    value: Value
    remark: str = ""


def convert(column: Column, value: Value, habits: Habits | None = None) -> Converted:
    """The value as `column` holds it; kept as it is, with a remark, where it cannot be read for sure.

    Only error values and formulas without a result become empty, also with a remark.
    """
    if isinstance(value, (CellError, Unclear)):
        return Converted(None, f"{show(value)} is no value; the cell stays empty.")
    if isinstance(value, str):
        value = value if value.strip() else None
    reader = _READERS.get(column.type)
    if value is None or reader is None:
        return Converted(value)
    return reader(column, value, habits or Habits())


def _kept(column: Column, value: Value, expected: str, number: Value = None) -> Converted:
    """The value as it is; a number that was typed as a text, as a number."""
    remark = f"{quote(value)} was kept as it is: {column.label} wants {expected}."
    return Converted(value if number is None else number, remark)


def _read_as(value: Value, result: Value) -> Converted:
    return Converted(result, f"{quote(value)} was read as {quote(result)}.")


# --- Choices ---


def _choice(column: Column, value: Value, _: Habits) -> Converted:
    found = allowed(column, value)
    if found is None:
        return _kept(column, value, _one_of(column))
    return Converted(found) if fold(found) == fold(show(value)) else _read_as(value, found)


def _choices(column: Column, value: Value, _: Habits) -> Converted:
    whole = allowed(column, value, cutoff=1)
    parts = [whole] if whole else list(_parts(column, show(value)))
    result = ", ".join(dict.fromkeys(parts))
    odd = [part for part in parts if part not in column.values]
    if odd:
        return Converted(result, _kept(column, ", ".join(odd), _one_of(column)).remark)
    plain = [fold(part) for part in _SEPARATORS.split(show(value)) if part.strip()]
    return Converted(result) if [fold(part) for part in parts] == plain else _read_as(value, result)


def _parts(column: Column, text: str) -> Iterable[str]:
    """The several values of a cell, each as an allowed value where it can be read as one."""
    for part in filter(None, (part.strip() for part in _SEPARATORS.split(text))):
        if found := allowed(column, part):
            yield found
            continue
        smaller = [piece.strip() for piece in _JOINERS.split(part) if piece.strip()]
        known = [allowed(column, piece) for piece in smaller]
        yield from [word for word in known if word] if smaller and all(known) else [part]


def _one_of(column: Column) -> str:
    return f"one of: {', '.join(column.values)}"


def allowed(column: Column, value: Value, cutoff: float = _CUTOFF) -> str | None:
    """The allowed value that a cell means: the same word, a known other word for it, or the nearest one."""
    text = fold(_as_word(value))
    exact = next((each for each in column.values if fold(each) == text), None)
    if exact:
        return exact
    meant = next((each for each in MEANINGS.get(text, ()) if each in column.values), None)
    return meant or (_nearest(column.values, text, cutoff) if cutoff < 1 else None)


def _as_word(value: Value) -> str:
    return {Boolean.TRUE: "yes", Boolean.FALSE: "no"}[value] if isinstance(value, Boolean) else show(value)


def _nearest(words: Sequence[str], text: str, cutoff: float) -> str | None:
    ranked = sorted(((likeness(fold(word), text), word) for word in words), reverse=True)
    best, runner_up = (*ranked, (0.0, ""), (0.0, ""))[:2]
    clear = best[0] >= cutoff and best[0] - runner_up[0] >= _MARGIN
    return best[1] if clear and not _negated(fold(best[1]), text) else None


def likeness(one: str, other: str) -> float:
    """How alike two folded texts are, from 0 to 1."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.5 else 0.0


def _negated(one: str, other: str) -> bool:
    return any(one.startswith(prefix) != other.startswith(prefix) for prefix in _NEGATIONS)


# --- Numbers ---


def _number(column: Column, value: Value, habits: Habits) -> Converted:
    number = value if isinstance(value, (int, float)) else _typed_number(column, value, habits)
    if number is None:
        return _kept(column, value, "a number")
    return Converted(number) if number == value or show(number) == show(value) else _read_as(value, number)


def _integer(column: Column, value: Value, habits: Habits) -> Converted:
    number = typed = value if isinstance(value, int) else _typed_number(column, value, habits)
    if not column.values:
        return Converted(number) if isinstance(number, int) else _kept(column, value, "a whole number", typed)
    if number is None:
        leading = _LEADING_NUMBER.match(show(value).strip())
        meant = leading[1] if leading else allowed(column, value, cutoff=1)
        number = int(meant) if meant else None
    if not isinstance(number, int) or str(number) not in column.values:
        return _kept(column, value, _one_of(column), typed)
    return Converted(number) if show(number) == show(value).strip() else _read_as(value, number)


def _typed_number(column: Column, value: Value, habits: Habits) -> int | float | None:
    """The number in a text like "2,5 h", in the unit the column counts in."""
    found = typed_number(value, habits) if isinstance(value, str) else None
    if found is None:
        return None
    number, unit = found
    if not unit:
        return number
    name = fold(f"{column.key} {column.label}")
    wanted = 60 if "hour" in name else 1 if "minute" in name else 0
    if unit not in _UNITS or not wanted:
        return None
    scaled = canonical_number(number * _UNITS[unit] / wanted)
    return scaled if isinstance(scaled, (int, float)) else None


# --- Dates ---


def _date(column: Column, value: Value, habits: Habits) -> Converted:
    if isinstance(value, date):
        return Converted(value)
    if isinstance(value, (int, float)) and (day := serial_day(value)):
        return _read_as(value, day)
    if isinstance(value, (str, int)) and (found := typed_date(show(value), habits)):
        return Converted(found)
    return _kept(column, value, "a date that can be read in one way only, like 2026-03-04")


# --- Addresses and names ---


def _email(column: Column, value: Value, _: Habits) -> Converted:
    text = show(value).strip()
    found = [each for each in dict.fromkeys(_ADDRESS.findall(text.partition("?")[0])) if is_email(each)]
    if len(found) != 1:
        return _kept(column, value, "one e-mail address")
    return Converted(found[0]) if found[0] == text else _read_as(value, found[0])


def _url(_column: Column, value: Value, _habits: Habits) -> Converted:
    text = show(value).strip()
    if text.lower().startswith("www.") and " " not in text:
        return _read_as(value, f"https://{text}")
    return Converted(text)


def _names(column: Column, value: Value, _: Habits) -> Converted:
    """Several names with commas between them; "Ruiz, Ana; Lee, Bo" stays as it is."""
    text = show(value)
    parts = [" ".join(part.split()) for part in _NAME_SEPARATORS.split(text)]
    if len(parts) == 1:
        return Converted(value)
    if any("," in part for part in parts) and re.search(r"[;|\n]", text):
        return _kept(column, value, "names with commas between them, like Ana Ruiz, Bo Lee")
    return _read_as(value, ", ".join(filter(None, parts)))


_READERS: Mapping[ColumnType, Callable[[Column, Value, Habits], Converted]] = {
    ColumnType.CHOICE: _choice,
    ColumnType.CHOICES: _choices,
    ColumnType.REFERENCES: _names,
    ColumnType.DATE: _date,
    ColumnType.NUMBER: _number,
    ColumnType.INTEGER: _integer,
    ColumnType.EMAIL: _email,
    ColumnType.URL: _url,
}
