"""The functions that formulas may call."""

from __future__ import annotations

import calendar
import math
import re
import statistics
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..a1 import letters
from ..entry import EPOCH, from_serial, serial
from ..formats import patterned
from .spilling import keep
from .worth import Failure, Matrix, compare, criterion, first, flat, number, numbers, sound, text, truth


def choose(calculation: Any, arguments: list[Any]) -> Any:
    """IF: only the branch that is taken is worked out."""
    if truth(calculation.node(arguments[0])):
        return calculation.node(arguments[1])
    return calculation.node(arguments[2]) if len(arguments) > 2 else False


def choose_first(calculation: Any, arguments: list[Any]) -> Any:
    for condition, result in zip(arguments[::2], arguments[1::2], strict=False):
        if truth(calculation.node(condition)):
            return calculation.node(result)
    raise Failure("#N/A", "No match in IFS.")


def guarded(only_missing: bool) -> Callable[[Any, list[Any]], Any]:
    """IFERROR, or with `only_missing` IFNA."""

    def guard(calculation: Any, arguments: list[Any]) -> Any:
        try:
            return sound(calculation.node(arguments[0]))
        except Failure as failure:
            if only_missing and failure.name != "#N/A":
                raise
            return calculation.node(arguments[1]) if len(arguments) > 1 else ""

    return guard


def is_failure(calculation: Any, arguments: list[Any]) -> bool:
    try:
        sound(calculation.node(arguments[0]))
    except Failure:
        return True
    return False


def row_of(calculation: Any, arguments: list[Any]) -> float:
    return (calculation.node(arguments[0]).place[1].row if arguments else calculation.here[1]) + 1


def column_of(calculation: Any, arguments: list[Any]) -> float:
    return (calculation.node(arguments[0]).place[1].column if arguments else calculation.here[2]) + 1


def in_arrays(calculation: Any, arguments: list[Any]) -> Any:
    """ARRAYFORMULA: operations within go place by place; FILTER's conditions do so by themselves."""
    before, calculation.arrays = calculation.arrays, True
    try:
        return calculation.node(arguments[0])
    finally:
        calculation.arrays = before


def kept(calculation: Any, arguments: list[Any]) -> Any:
    return keep(*[in_arrays(calculation, [argument]) for argument in arguments])


LAZY: dict[str, Callable[[Any, list[Any]], Any]] = {
    "IF": choose,
    "IFS": choose_first,
    "IFERROR": guarded(False),
    "IFNA": guarded(True),
    "ISERROR": is_failure,
    "ROW": row_of,
    "COLUMN": column_of,
    "TODAY": lambda calculation, _: float((calculation.now - EPOCH).days),
    "NOW": lambda calculation, _: serial(calculation.now),
    "ARRAYFORMULA": in_arrays,
    "FILTER": kept,
}


def average(*arguments: Any) -> float:
    found = numbers(arguments)
    if not found:
        raise Failure("#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error.")
    return sum(found) / len(found)


def rounding(direction: Callable[[float], float]) -> Callable[..., float]:
    def rounded(value: Any, places: Any = 0) -> float:
        scale = 10 ** int(number(places))
        return math.copysign(direction(round(abs(number(value)) * scale, 9)), number(value)) / scale

    return rounded


def matched(areas: tuple[Any, ...]) -> list[bool]:
    """Which places meet all of (range, criterion, range, criterion, ...)."""
    tests = [
        [criterion(wanted)(value) for value in area.each()]
        for area, wanted in zip(areas[::2], areas[1::2], strict=True)
    ]
    return [all(results) for results in zip(*tests, strict=False)]


def sum_if(area: Any, wanted: Any, summed: Any = None) -> float:
    hits, values = matched((area, wanted)), list((summed or area).each())
    return sum(
        value for hit, value in zip(hits, values, strict=False) if hit and isinstance(value, (int, float))
    )


def lookup(wanted: Any, area: Matrix, column: Any, approximate: Any = True) -> Any:
    wanted, found = sound(wanted), None
    for row in area.rows:
        if not truth(approximate) and compare("=", row[0], wanted):
            return row[int(number(column)) - 1]
        if truth(approximate) and row[0] is not None and compare("<=", row[0], wanted):
            found = row
    if found is None or not truth(approximate):
        raise Failure("#N/A", f"Did not find value '{text(wanted)}' in VLOOKUP evaluation.")
    return found[int(number(column)) - 1]


def match(wanted: Any, area: Matrix, kind: Any = 1) -> float:
    values, best = list(area.each()), None
    for place, value in enumerate(values):
        if number(kind) == 0 and value is not None and compare("=", value, wanted):
            return place + 1
        if number(kind) == 1 and value is not None and compare("<=", value, wanted):
            best = place + 1
    if best is None:
        raise Failure("#N/A", f"Did not find value '{text(wanted)}' in MATCH evaluation.")
    return best


def index(area: Matrix, row: Any = 0, column: Any = 0) -> Any:
    line, place = int(number(row)), int(number(column))
    if len(area.rows) == 1 and not place:
        line, place = 1, line
    try:
        return area.rows[max(line, 1) - 1][max(place, 1) - 1]
    except IndexError as beyond:
        raise Failure("#NUM!", "Index out of range.") from beyond


def one_of(pick: Callable[[list[float]], float], name: str) -> Callable[..., float]:
    """A statistic that needs numbers."""

    def picked(*arguments: Any) -> float:
        try:
            return pick(numbers(arguments))
        except statistics.StatisticsError as wrong:
            raise Failure(
                "#DIV/0!", f"Evaluation of function {name} caused a divide by zero error."
            ) from wrong

    return picked


def ranked(*, largest: bool) -> Callable[[Any, Any], float]:
    """LARGE and SMALL: the n-th from one end."""

    def nth(area: Any, place: Any) -> float:
        found = sorted(numbers((area,)), reverse=largest)
        if not 1 <= number(place) <= len(found):
            raise Failure("#NUM!", f"{'LARGE' if largest else 'SMALL'} parameter 2 is out of range.")
        return found[int(number(place)) - 1]

    return nth


def sum_product(*areas: Any) -> float:
    columns = [[value if isinstance(value, (int, float)) else 0 for value in flat((area,))] for area in areas]
    return float(sum(math.prod(line) for line in zip(*columns, strict=True)))


def square_root(value: Any) -> float:
    if number(value) < 0:
        raise Failure("#NUM!", "Function SQRT parameter 1 value is negative. It should be positive or zero.")
    return math.sqrt(number(value))


def months_later(start: Any, months: Any) -> float:
    moment = from_serial(number(start))
    count = moment.year * 12 + moment.month - 1 + int(number(months))
    year, month = divmod(count, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return serial(datetime(year, month + 1, day))


def date_of(year: Any, month: Any, day: Any) -> float:
    years, months = divmod(int(number(year)) * 12 + int(number(month)) - 1, 12)
    return serial(datetime(years, months + 1, 1)) + number(day) - 1


def joined(separator: Any, *values: Any) -> str:
    return text(separator).join(text(value) for value in flat(values))


def joined_filled(separator: Any, ignore_empty: Any, *values: Any) -> str:
    texts = [text(value) for value in flat(values)]
    return text(separator).join(part for part in texts if part or not truth(ignore_empty))


def substitute(whole: Any, old: Any, new: Any) -> str:
    return text(whole).replace(text(old), text(new)) if text(old) else text(whole)


def average_or_zero(found: list[float], pick: Callable[[list[float]], float]) -> float:
    return pick(found) if found else 0


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *values: sum(numbers(values)),
    "PRODUCT": lambda *values: math.prod(numbers(values)),
    "AVERAGE": average,
    "MIN": lambda *values: average_or_zero(numbers(values), min),
    "MAX": lambda *values: average_or_zero(numbers(values), max),
    "MEDIAN": one_of(statistics.median, "MEDIAN"),
    "MODE": one_of(statistics.mode, "MODE"),
    "STDEV": one_of(statistics.stdev, "STDEV"),
    "VAR": one_of(statistics.variance, "VAR"),
    "LARGE": ranked(largest=True),
    "SMALL": ranked(largest=False),
    "SUMPRODUCT": sum_product,
    "EQ": lambda a, b: compare("=", a, b),
    "NE": lambda a, b: compare("<>", a, b),
    "GT": lambda a, b: compare(">", a, b),
    "GTE": lambda a, b: compare(">=", a, b),
    "LT": lambda a, b: compare("<", a, b),
    "LTE": lambda a, b: compare("<=", a, b),
    "COUNT": lambda *values: len(
        [v for v in flat(values) if isinstance(v, (int, float)) and not isinstance(v, bool)]
    ),
    "COUNTA": lambda *values: len([v for v in flat(values) if v is not None]),
    "COUNTBLANK": lambda *values: len([v for v in flat(values) if v in (None, "")]),
    "COUNTIF": lambda area, wanted: sum(matched((area, wanted))),
    "COUNTIFS": lambda *areas: sum(matched(areas)),
    "COUNTUNIQUE": lambda *values: len({v for v in flat(values) if v is not None}),
    "SUMIF": sum_if,
    "SUMIFS": lambda summed, *areas: sum(
        value
        for hit, value in zip(matched(areas), summed.each(), strict=False)
        if hit and isinstance(value, (int, float))
    ),
    "AND": lambda *values: all(truth(value) for value in flat(values) if value is not None),
    "OR": lambda *values: any(truth(value) for value in flat(values) if value is not None),
    "NOT": lambda value: not truth(value),
    "TRUE": lambda: True,
    "FALSE": lambda: False,
    "NA": lambda: Failure("#N/A"),
    "PI": lambda: math.pi,
    "ABS": lambda value: abs(number(value)),
    "SQRT": square_root,
    "POWER": lambda base, power: number(base) ** number(power),
    "MOD": lambda value, by: number(value) % number(by),
    "INT": lambda value: math.floor(number(value)),
    "ROUND": rounding(lambda value: math.floor(value + 0.5)),
    "ROUNDUP": rounding(math.ceil),
    "ROUNDDOWN": rounding(math.floor),
    "ADD": lambda a, b: number(a) + number(b),
    "MINUS": lambda a, b: number(a) - number(b),
    "MULTIPLY": lambda a, b: number(a) * number(b),
    "DIVIDE": lambda a, b: number(a) / number(b),
    "CONCAT": lambda a, b: text(a) + text(b),
    "CONCATENATE": lambda *values: "".join(text(value) for value in flat(values)),
    "JOIN": joined,
    "TEXTJOIN": joined_filled,
    "LEFT": lambda value, count=1: text(value)[: int(number(count))],
    "RIGHT": lambda value, count=1: text(value)[len(text(value)) - int(number(count)) :],
    "MID": lambda value, start, count: text(value)[int(number(start)) - 1 :][: int(number(count))],
    "LEN": lambda value: len(text(value)),
    "LOWER": lambda value: text(value).lower(),
    "UPPER": lambda value: text(value).upper(),
    "PROPER": lambda value: text(value).title(),
    "TRIM": lambda value: re.sub(r" +", " ", text(value)).strip(),
    "SUBSTITUTE": substitute,
    "REPT": lambda value, times: text(value) * int(number(times)),
    "EXACT": lambda a, b: text(a) == text(b),
    "FIND": lambda part, whole: text(whole).index(text(part)) + 1,
    "VALUE": number,
    "N": lambda value: number(value) if not isinstance(first(value), str) else 0,
    "T": lambda value: first(value) if isinstance(first(value), str) else "",
    "TO_TEXT": text,
    "TEXT": lambda value, pattern: patterned(number(value), text(pattern)),
    "CHAR": lambda value: chr(int(number(value))),
    "HYPERLINK": lambda link, label=None: text(link) if label is None else first(label),
    "IMAGE": lambda *_: "",
    "IMPORTRANGE": lambda *_: Failure("Loading..."),  # and nothing ever comes
    "SPARKLINE": lambda *_: "",
    "VLOOKUP": lookup,
    "MATCH": match,
    "INDEX": index,
    "ROWS": lambda area: len(area.rows),
    "COLUMNS": lambda area: len(area.rows[0]),
    "ADDRESS": lambda row, column: f"${letters(int(number(column)) - 1)}${int(number(row))}",
    "TRANSPOSE": lambda area: Matrix([list(row) for row in zip(*area.rows, strict=True)]),
    "ISBLANK": lambda value: first(value) is None,
    "ISNUMBER": lambda value: isinstance(first(value), (int, float)) and not isinstance(first(value), bool),
    "ISTEXT": lambda value: isinstance(first(value), str),
    "ISLOGICAL": lambda value: isinstance(first(value), bool),
    "ISNA": lambda value: isinstance(first(value), Failure) and first(value).name == "#N/A",
    "DATE": date_of,
    "DATEVALUE": number,
    "YEAR": lambda value: from_serial(number(value)).year,
    "MONTH": lambda value: from_serial(number(value)).month,
    "DAY": lambda value: from_serial(number(value)).day,
    "HOUR": lambda value: from_serial(number(value)).hour,
    "MINUTE": lambda value: from_serial(number(value)).minute,
    "SECOND": lambda value: from_serial(number(value)).second,
    "WEEKDAY": lambda value: from_serial(number(value)).isoweekday() % 7 + 1,
    "EDATE": months_later,
    "EOMONTH": lambda start, months: months_later(date_of(*year_month(start)), number(months) + 1) - 1,
    "DAYS": lambda end, start: number(end) - number(start),
    "TIME": lambda hours, minutes, seconds: (
        (number(hours) * 3600 + number(minutes) * 60 + number(seconds)) / 86400
    ),
}


def year_month(start: Any) -> tuple[int, int, int]:
    moment = from_serial(number(start))
    return moment.year, moment.month, 1
