"""Addresses: A1 and R1C1 in all their forms, to and from Google's half-open grid ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?")
R1C1 = re.compile(r"(?:R(\d+))?(?:C(\d+))?", re.IGNORECASE)
PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LOOKS_LIKE_CELL = re.compile(
    r"([A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[Rr]\d+|[Cc]\d+|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])"
)


@dataclass(frozen=True)
class Area:
    """A rectangle of a sheet, zero-based and half-open; None is an open end."""

    row: int | None = None
    row_end: int | None = None
    column: int | None = None
    column_end: int | None = None

    @staticmethod
    def of(grid_range: dict[str, Any]) -> Area:
        names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
        return Area(*(grid_range.get(name) for name in names))

    def within(self, rows: int, columns: int) -> Area:
        """The same with its open ends, and those beyond the grid, at the grid's edges."""
        return Area(
            self.row or 0,
            rows if self.row_end is None else min(self.row_end, rows),
            self.column or 0,
            columns if self.column_end is None else min(self.column_end, columns),
        )

    def grid_range(self, sheet_id: int) -> dict[str, Any]:
        names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
        ends = (self.row, self.row_end, self.column, self.column_end)
        known = {name: end for name, end in zip(names, ends, strict=True) if end is not None}
        return ({"sheetId": sheet_id} if sheet_id else {}) | known

    def has(self, row: int, column: int) -> bool:
        return self.spans(row, self.row, self.row_end) and self.spans(column, self.column, self.column_end)

    @staticmethod
    def spans(place: int, start: int | None, end: int | None) -> bool:
        return (start or 0) <= place and (end is None or place < end)

    def meets(self, other: Area) -> bool:
        return overlap(self.row, self.row_end, other.row, other.row_end) and overlap(
            self.column, self.column_end, other.column, other.column_end
        )

    @property
    def text(self) -> str:
        """In A1 notation, an open end left out."""
        start = letters(self.column) + number(self.row)
        last_column = None if self.column_end is None else self.column_end - 1
        last_row = None if self.row_end is None else self.row_end - 1
        end = letters(last_column) + number(last_row)
        return start if start == end else f"{start}:{end}"


def overlap(start: int | None, end: int | None, other_start: int | None, other_end: int | None) -> bool:
    return (end is None or (other_start or 0) < end) and (other_end is None or (start or 0) < other_end)


def letters(column: int | None) -> str:
    text = ""
    column = -1 if column is None else column
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text


def number(row: int | None) -> str:
    return "" if row is None else str(row + 1)


def column_index(text: str) -> int:
    index = 0
    for letter in text.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def quoted(title: str) -> str:
    """A title as it stands before an exclamation mark: quoted where it needs to be."""
    if PLAIN_TITLE.fullmatch(title) and not LOOKS_LIKE_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def split(text: str) -> tuple[str | None, str]:
    """The title (None: not named) and the rest of `'a title'!A1:B2`."""
    if found := re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL):
        return found[1].replace("''", "'"), found[2] or ""
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def parse(text: str) -> Area | None:
    """The area that `A1`, `A1:B2`, `A:B`, `2:3`, `A2:B` or `R1C1:R2C2` names; None when it is not one."""
    parts = text.split(":")
    if not text or len(parts) > 2:
        return None
    ends = [corner(part) for part in parts]
    if None in ends:
        return None
    (row, column), (last_row, last_column) = ends[0] or (None, None), ends[-1] or (None, None)
    if len(parts) == 1 and (row is None or column is None):
        return None
    if open_start(row, last_row):
        row, last_row = last_row, None
    if open_start(column, last_column):
        column, last_column = last_column, None
    row, last_row = ordered(row, last_row)
    column, last_column = ordered(column, last_column)
    return Area(row, after(last_row), column, after(last_column))


def corner(text: str) -> tuple[int | None, int | None] | None:
    if (found := CELL.fullmatch(text)) and text:
        return (int(found[2]) - 1 if found[2] else None), (column_index(found[1]) if found[1] else None)
    if (found := R1C1.fullmatch(text)) and text:
        return (int(found[1]) - 1 if found[1] else None), (int(found[2]) - 1 if found[2] else None)
    return None


def open_start(first: int | None, last: int | None) -> bool:
    return first is None and last is not None


def ordered(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    return (last, first) if first is not None and last is not None and last < first else (first, last)


def after(last: int | None) -> int | None:
    return None if last is None else last + 1
