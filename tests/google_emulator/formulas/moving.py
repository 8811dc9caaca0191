"""What happens to the references in formulas when rows, columns, cells or titles move."""

from __future__ import annotations

import re
from collections.abc import Callable

from .. import a1
from ..a1 import Area
from .parser import REFERENCE

# Strings are matched too, so that a reference within one is left alone.
PARTS = re.compile(rf'"(?:[^"]|"")*"|(?<![\w$.])(?:{REFERENCE})')
Move = Callable[[str | None, Area], Area | None]


def unquoted(title: str | None) -> str | None:
    if title is None:
        return None
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def rewritten(formula: str, move: Move) -> str:
    """The formula with each reference moved; one whose target is gone is #REF!."""

    def one(found: re.Match[str]) -> str:
        if not found["area"]:
            return found[0]
        area = a1.parse(found["area"])
        if area is None:
            return found[0]
        moved = move(unquoted(found["title"]), area)
        prefix = f"{found['title']}!" if found["title"] else ""
        if moved is None:
            return prefix + "#REF!"
        return found[0] if moved == area else prefix + with_dollars(moved, found["area"])

    return PARTS.sub(one, formula)


def shifted(formula: str, rows: int, columns: int) -> str:
    """A copied formula: relative references go along, those with a dollar stay."""

    def one(found: re.Match[str]) -> str:
        if not found["area"]:
            return found[0]
        prefix = f"{found['title']}!" if found["title"] else ""
        ends = [relative(part, rows, columns) for part in found["area"].split(":")]
        return prefix + ("#REF!" if None in ends else ":".join(end or "" for end in ends))

    return PARTS.sub(one, formula)


def relative(part: str, rows: int, columns: int) -> str | None:
    found = re.fullmatch(r"(\$?)([A-Za-z]*)(\$?)(\d*)", part)
    if found is None:
        return part
    fixed_column, column, fixed_row, row = found.groups()
    if not column and fixed_column:
        fixed_column, fixed_row = "", "$"
    place = a1.column_index(column) + (0 if fixed_column else columns) if column else 0
    line = int(row) + (0 if fixed_row else rows) if row else 1
    if place < 0 or line < 1:
        return None
    return fixed_column + (a1.letters(place) if column else "") + fixed_row + (str(line) if row else "")


def with_dollars(area: Area, before: str) -> str:
    """The area's text with dollars where the text before had them."""
    texts, olds = area.text.split(":"), before.split(":")
    if len(texts) < len(olds):
        texts = texts * 2
    return ":".join(one_with_dollars(text, old) for text, old in zip(texts, olds, strict=False))


def one_with_dollars(text: str, old: str) -> str:
    found = re.fullmatch(r"([A-Z]*)(\d*)", text)
    if found is None:
        return text
    column = ("$" if re.match(r"\$[A-Za-z]", old) else "") + found[1] if found[1] else ""
    row = ("$" if re.search(r"\$\d", old) else "") + found[2] if found[2] else ""
    return column + row


def retitled(formula: str, old: str, new: str) -> str:
    """The formula after a tab was given another title."""

    def one(found: re.Match[str]) -> str:
        if not found["area"] or (unquoted(found["title"]) or "").lower() != old.lower():
            return found[0]
        return f"{a1.quoted(new)}!{found['area']}"

    return PARTS.sub(one, formula)
