"""Formulas whose result is a table: it fills the empty cells beside and below them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .worth import Failure, Matrix, compare, first, flat, number, sound, text, truth

SPILLS = re.compile(r"\{|\b(?:ARRAYFORMULA|SEQUENCE|SORT|UNIQUE|FILTER|TRANSPOSE|SPLIT)\s*\(", re.IGNORECASE)


def spread(work: Callable[[Any, Any], Any], left: Any, right: Any) -> Matrix:
    """An operation place by place; a single value, row or column stands for as many as are needed."""
    one, other = (side if isinstance(side, Matrix) else Matrix([[side]]) for side in (left, right))
    height, width = max(len(one.rows), len(other.rows)), max(len(one.rows[0]), len(other.rows[0]))
    return Matrix(
        [
            [at_place(work, picked(one, row, column), picked(other, row, column)) for column in range(width)]
            for row in range(height)
        ]
    )


def picked(side: Matrix, row: int, column: int) -> Any:
    line = side.rows[0 if len(side.rows) == 1 else row] if row < len(side.rows) or len(side.rows) == 1 else []
    return line[0 if len(line) == 1 else column] if line else Failure("#N/A")


def at_place(work: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    try:
        return work(a, b)
    except Failure as failure:
        return failure


def sequence(rows: Any, columns: Any = 1, start: Any = 1, step: Any = 1) -> Matrix:
    height, width = int(number(rows)), int(number(columns))
    begin, by = number(start), number(step)
    return Matrix([[begin + by * (row * width + at) for at in range(width)] for row in range(height)])


def unique(area: Matrix) -> Matrix:
    kept: list[list[Any]] = []
    for row in area.rows:
        if not any(all(compare("=", a, b) for a, b in zip(row, known, strict=True)) for known in kept):
            kept.append(row)
    return Matrix(kept)


def sort(area: Matrix, column: Any = 1, ascending: Any = True) -> Matrix:
    place = int(number(column)) - 1

    def key(row: list[Any]) -> tuple[int, Any]:
        value = sound(row[place])
        return (1, value.lower()) if isinstance(value, str) else (0, value or 0)

    filled = [row for row in area.rows if row[place] not in (None, "")]
    return Matrix(sorted(filled, key=key, reverse=not truth(ascending)))


def keep(area: Matrix, *conditions: Matrix) -> Matrix:
    kept = [
        row
        for at, row in enumerate(area.rows)
        if all(truth(list(condition.each())[at]) for condition in conditions)
    ]
    if not kept:
        raise Failure("#N/A", "No matches are found in FILTER evaluation.")
    return Matrix(kept)


def split(whole: Any, marks: Any) -> Matrix:
    parts = re.split("[" + re.escape(text(marks)) + "]", text(first(whole)))
    return Matrix([[part for part in parts if part]])


TABLES: dict[str, Callable[..., Any]] = {
    "SEQUENCE": sequence,
    "UNIQUE": unique,
    "SORT": sort,
    "SPLIT": split,
    "FLATTEN": lambda *areas: Matrix([[value] for value in flat(areas)]),
}
