"""The text of formulas: the places, names and tables that stand in it, and how it reads in another cell.

One pattern reads a formula as far as its references go. It knows what a sheet's XML knows and a general
tokenizer does not: escaped brackets in column names, `#SPILL!`, tabs between operands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_COLUMN, _ROW = r"\$?[A-Za-z]{1,3}", r"\$?[1-9]\d{0,6}"
_PLACE = rf"{_CELL}(?::{_CELL})?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW}"
_SHEETS = r"'(?:[^']|'')*+'!|(?:\[[^\[\]]*+\])?(?:[\w.]++(?::[\w.]++)?)?!"
_ITEM = r"[^\[\]']|'."
_ITEMS = rf"\[(?:{_ITEM}|\[(?:{_ITEM})*+\])*+\]"
#: An operand is a place, or a name with or without brackets; all else (text, numbers, errors) says nothing.
#: `broken` is a quote or bracket that nothing closes.
OPERAND = re.compile(
    rf"""
    "(?:[^"]|"")*+"
    | \#(?:[A-Z_]+[!?]|DIV/0!|N/A|GETTING_DATA)[\w$:]*+
    | (?P<sheets>{_SHEETS})?+
      (?: (?P<place>{_PLACE})(?![\w.(\[!\\?])
        | (?P<name>[^\W\d][\w.\\?]*+|\\[\w.\\?]*+)(?P<items>{_ITEMS})?
        | (?P<own>{_ITEMS}) )
    | \d[\w.]*+
    | (?P<broken>["'\[])
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = re.compile(r"\$?([A-Za-z]*)\$?(\d*)(?::\$?([A-Za-z]*)\$?(\d*))?")
_ROWS = re.compile(r"(?<![\d.])\d+")
_END = re.compile(r"\$?(?:([A-Za-z]+)|(\d+))")


class Rectangle(NamedTuple):
    """Cells of a sheet; rows and columns count from 1, the last ones belong to it."""

    top: int
    left: int
    bottom: int
    right: int


def rectangle(place: str) -> Rectangle | None:
    """Where `A1`, `$A$1:B2`, `A:C` or `3:5` lies; None where no sheet has such cells."""
    ends = _ENDS.fullmatch(place)
    left, top, right, bottom = ends.groups() if ends else ("", "", "", "")
    if not left and not top:
        return None
    if right is None:
        right, bottom = left, top
    columns = (column_number(left), column_number(right)) if left else (1, MAX_COLUMN)
    rows = (int(top), int(bottom)) if top else (1, MAX_ROW)
    found = Rectangle(min(rows), min(columns), max(rows), max(columns))
    inside = found.top and found.left and found.bottom <= MAX_ROW and found.right <= MAX_COLUMN
    return found if inside else None


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """1 for A; 0 for what is not the name of a column."""
    try:
        return column_index_from_string(letters)
    except ValueError:
        return 0


def shifted(text: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows below and columns to the right; `$` holds, edges wrap around."""

    def moved(operand: re.Match[str]) -> str:
        place = operand["place"]
        if not place:
            return operand[0]
        return (operand["sheets"] or "") + _END.sub(end, place)

    def end(found: re.Match[str]) -> str:
        letters, number = found.groups()
        if found[0].startswith("$"):
            return found[0]
        if number:
            return str((int(number) - 1 + rows) % MAX_ROW + 1)
        return get_column_letter((column_number(letters) - 1 + columns) % MAX_COLUMN + 1)

    return OPERAND.sub(moved, text)


def lowered(text: str, rows: int) -> str:
    """A formula as it reads when all that it speaks of stands so many rows lower, `$` or not."""

    def moved(operand: re.Match[str]) -> str:
        place = _ROWS.sub(lambda it: str(int(it[0]) + rows), operand["place"] or "")
        return (operand["sheets"] or "") + place if place else operand[0]

    return OPERAND.sub(moved, text) if rows else text
