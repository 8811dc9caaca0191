"""Values in formulas: matrices, errors, and how one kind passes for another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ..entry import typed
from ..formats import general


class Failure(Exception):
    """An error value: #N/A and its like."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(name)
        self.name, self.message = name, message

    def of(self, function: str, place: int) -> Failure:
        """The same, saying which parameter of which function it is about, if it does not say yet."""
        if not self.message.startswith("expects"):
            return self
        return Failure(self.name, f"Function {function} parameter {place} {self.message}")


class Matrix:
    """Rows of values; `place` is the sheet and area they came from, if any."""

    def __init__(self, rows: list[list[Any]], place: Any = None) -> None:
        self.rows, self.place = rows, place

    def each(self) -> Iterator[Any]:
        return (value for row in self.rows for value in row)


def first(value: Any) -> Any:
    """The one value where one is wanted: of a matrix, its first."""
    if isinstance(value, Matrix):
        value = value.rows[0][0] if value.rows and value.rows[0] else None
    return value


def sound(value: Any) -> Any:
    """The one value, and an error value raised."""
    value = first(value)
    if isinstance(value, Failure):
        raise value
    return value


def number(value: Any) -> float:
    value = sound(value)
    if isinstance(value, (bool, int, float)) or value is None:
        return float(value or 0)
    read, _ = (
        typed(value, date(1970, 1, 1)) if value and not str(value).startswith(("=", "'")) else ({}, None)
    )
    if not value or "numberValue" not in (read or {}):
        complaint = f"expects number values. But '{value}' is a text and cannot be coerced to a number."
        raise Failure("#VALUE!", complaint)
    return float((read or {})["numberValue"])


def text(value: Any) -> str:
    value = sound(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else general(value) if isinstance(value, (int, float)) else str(value)


def truth(value: Any) -> bool:
    value = sound(value)
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        complaint = f"expects boolean values. But '{value}' is a text and cannot be coerced to a boolean."
        raise Failure("#VALUE!", complaint)
    return bool(value)


def flat(arguments: tuple[Any, ...]) -> Iterator[Any]:
    for argument in arguments:
        yield from argument.each() if isinstance(argument, Matrix) else (argument,)


def numbers(arguments: tuple[Any, ...]) -> list[float]:
    """The numbers among arguments: in ranges only true numbers count, given directly all are read."""
    found = []
    for argument in arguments:
        if isinstance(argument, Matrix):
            for value in argument.each():
                if isinstance(value, Failure):
                    raise value
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    found.append(float(value))
        elif argument is not None:
            found.append(number(argument))
    return found


def rank(value: Any) -> int:
    return 2 if isinstance(value, bool) else 0 if isinstance(value, (int, float)) else 1


def compare(sign: str, a: Any, b: Any) -> bool:
    a, b = sound(a), sound(b)
    a = ("" if isinstance(b, str) else type(b)(0)) if a is None and b is not None else a
    b = ("" if isinstance(a, str) else type(a)(0)) if b is None and a is not None else b
    one, other = (rank(a), folded(a)), (rank(b), folded(b))
    if sign in ("=", "<>"):
        return (one == other) == (sign == "=")
    return bool({"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign])


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else 0 if value is None else value


def criterion(wanted: Any) -> Any:
    """A test from COUNTIF's kind of text: ">3", "a*", "x"."""
    wanted = sound(wanted)
    sign, operand = "=", wanted
    if isinstance(wanted, str) and (found := re.match(r"(<=|>=|<>|<|>|=)(.*)", wanted, re.DOTALL)):
        sign, operand = found[1], found[2]
    if isinstance(operand, str):
        read, _ = typed(operand, date(1970, 1, 1))
        operand = next(iter(read.values())) if read and "formulaValue" not in read else operand
    if isinstance(operand, str) and sign in ("=", "<>") and re.search(r"[*?]", operand):
        shape = re.compile(re.escape(operand).replace(r"\*", ".*").replace(r"\?", "."), re.I | re.S)
        return lambda value: bool(shape.fullmatch(text(value))) == (sign == "=")
    return lambda value: not isinstance(value, Failure) and same_kind(sign, value, operand)


def same_kind(sign: str, value: Any, operand: Any) -> bool:
    if value is None or rank(value) != rank(operand):
        return sign == "<>" or (value is None and operand == "")
    return compare(sign, value, operand)
