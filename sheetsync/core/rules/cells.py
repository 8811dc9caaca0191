"""Rules about one cell by itself: its type, its allowed values, its length (D001, D002, D008, D009, D010)."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.core.columns import cell_problem, quote
from sheetsync.core.model import Column, TabKind
from sheetsync.core.records import Record
from sheetsync.core.rules.registry import ERROR, Check, Hit, rule
from sheetsync.core.values import Value

#: Column pairs of which the second may not lie before the first.
_SPANS = (("start", "end"), ("date", "delete_after"))


@rule("D001", ERROR, practices="C29")
def value_not_allowed(check: Check) -> Iterator[Hit]:
    """A value is not among the column's allowed values.

    Why: Counts, charts and rules understand only the words of the list; a near miss is silently left out.
    Do: Choose a value of the list.
    Fires: Stance now holds "suportive"; the message offers "supportive".
    """
    return _problems(check)


@rule("D002", ERROR, practices="C29")
def wrong_type(check: Check) -> Iterator[Hit]:
    """A value is not of its column's type: date, number, whole number, e-mail address, web address.

    Why: A date or number kept as text cannot be sorted or counted, and a broken address reaches nobody.
    Do: Type the value as the column expects it.
    Fires: Hours offered holds "5 hours"; the message asks for 5.
    """
    return _problems(check)


@rule("D008", ERROR)
def error_value(check: Check) -> Iterator[Hit]:
    """A cell holds an error value such as #REF! or #N/A.

    Why: A broken formula must not overwrite what stands in the other copies.
    Do: Type the value over the formula, or mend the formula.
    Fires: Unit shows #REF!.
    """
    return _problems(check)


@rule("D009", ERROR)
def date_out_of_reason(check: Check) -> Iterator[Hit]:
    """An end lies before its start, or a date lies before 2000 or more than 10 years ahead.

    Why: One slip in a year shifts what is due, overdue and counted.
    Do: Check the two days, or the year, and type them again.
    Fires: A sprint starts on 2026-03-09 and ends on 2026-02-27; Due holds 2206-03-01.
    """
    yield from _problems(check)
    for start, end in _SPANS:
        if start in check.tab.columns and end in check.tab.columns:
            yield from _turned_around(check, start, end)


@rule("D010", ERROR)
def text_no_cell_can_hold(check: Check) -> Iterator[Hit]:
    """A text is over 32,767 characters long, or holds control characters.

    Why: Spreadsheet programs cut such a text or refuse the whole file.
    Do: Shorten the text, or put it in a document and link to that.
    Fires: Notes pasted into Learned from a whole report.
    """
    return _problems(check)


def cells(check: Check) -> Iterator[tuple[Record, str, Column, Value]]:
    """Every filled cell people wrote in the tab: record, where a finding points, column, value."""
    if check.tab.kind is TabKind.FORM:
        for record in check.records():
            column = check.tab.columns.get(record.id)
            if column and record.value("value") is not None:
                yield record, "value", column, record.value("value")
        return
    columns = [column for column in check.tab.column if not column.computed]
    for record in check.records():
        for column in columns:
            value = record.values.get(column.key)
            if value is not None:
                yield record, column.key, column, value


def _problems(check: Check) -> Iterator[Hit]:
    found, place = check.view.worked_out, ("cells", check.book.name, check.tab.key)
    if place not in found:
        found[place] = list(_all_problems(check))
    return (hit for code, hit in found[place] if code == check.code)


def _all_problems(check: Check) -> Iterator[tuple[str, Hit]]:
    """The problems of every cell of the tab, with the code of the rule that reports each."""
    settings, today = check.view.settings, check.view.today
    for record, key, column, value in cells(check):
        problem = cell_problem(column, value, settings, today)
        if problem:
            yield problem.code, Hit(problem.message, record, key, problem.do)


def _turned_around(check: Check, start: str, end: str) -> Iterator[Hit]:
    first, last = check.tab.columns[start].label, check.tab.columns[end].label
    for record in check.records():
        begins, ends = record.date(start), record.date(end)
        if begins and ends and ends < begins:
            message = f"{last} {quote(ends)} lies before {first} {quote(begins)}."
            yield Hit(message, record, end, f"Check both days: {last} is on or after {first}.")
