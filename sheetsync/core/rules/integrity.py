"""Rules about how rows and tabs hang together (D003 to D007, D011)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from sheetsync.core.columns import nearest, quote
from sheetsync.core.model import Column, ColumnType, TabKind
from sheetsync.core.records import Record, columns_of_type, fold
from sheetsync.core.rules.registry import ERROR, WARNING, Check, Hit, rule
from sheetsync.core.values import CellError, Unclear


@rule("D003", ERROR, practices="C29")
def required_cell_empty(check: Check) -> Iterator[Hit]:
    """A required cell is empty in a row that has other content.

    Why: Without it the row cannot be named in references, messages or mails.
    Do: Fill the cell, or empty the whole row.
    Fires: A stakeholder row has a team type and a unit, but no name.
    """
    if check.tab.kind is not TabKind.TABLE:
        return
    written = [column.key for column in check.tab.column if not column.computed]
    required = [column for column in check.tab.column if column.required]
    for record in check.records():
        empty = [column for column in required if not record.text(column.key)]
        if empty and any(record.text(key) for key in written):
            for column in empty:
                yield Hit(f"{column.label} is empty; every {check.tab.noun} needs one.", record, column.key)


@rule("D004", ERROR, practices="C29")
def reference_names_no_record(check: Check) -> Iterator[Hit]:
    """A reference names no record, or more than one.

    Why: The row it was meant for does not get its action, its hours or its mail.
    Do: Choose a name of the list; where two records have one name, make the names differ.
    Fires: Owner holds "Ana Riuz", and the only near name is "Ana Ruiz".
    """
    for column in columns_of_type(check.tab, ColumnType.REFERENCE, ColumnType.REFERENCES):
        if check.view.resolve(check.book, column.target):
            yield from _dangling(check, column)


@rule("D005", WARNING)
def same_thing_twice(check: Check) -> Iterator[Hit]:
    """Two rows of a tab describe the same thing.

    Why: Two rows drift apart, and counts and references take the person or event twice.
    Do: Move what is worth keeping into one row and delete the other.
    Fires: "Ana Ruiz" and "ana  ruiz" both stand in Stakeholders.
    """
    seen: set[tuple[str, ...]] = set()
    for record in check.records():
        key = tuple(fold(record.text(column)) for column in check.tab.natural_key)
        if key in seen:
            yield Hit(f"Another row is the same {check.tab.noun}: {quote(check.label(record))}.", record)
        elif any(key):
            seen.add(key)


@rule("D006", WARNING)
def row_id_repaired(check: Check) -> Iterator[Hit]:
    """A row id stood twice, was malformed or unknown, and was repaired.

    Why: Copying whole rows copies the hidden id; sheetsync then has to tell which row is which.
    Do: Look whether the rows are right; type new rows instead of copying whole ones.
    Fires: A row was copied and pasted below; the copy got an id of its own.
    """
    return _observed(check)


@rule("D007", ERROR)
def tab_or_header_missing(check: Check) -> Iterator[Hit]:
    """A tab or header is missing, renamed past recognition, or stands twice.

    Why: Without its tab or header sheetsync cannot tell which column is which, and leaves the tab alone;
        people cannot tell two columns of one header apart.
    Do: Undo the change in the spreadsheet, or run `sheetsync provision` to add what is missing.
    Fires: The header "Owner" was deleted from Stakeholders.
    """
    return _observed(check)


@rule("D011", WARNING)
def formula_kept_as_text(check: Check) -> Iterator[Hit]:
    """A text that a spreadsheet would run as a formula arrived from another copy; it was written as text.

    Why: Text such as =HYPERLINK(...) from somebody else's copy could run or send data when opened.
    Do: Leave it as text if it is harmless; delete it if you do not know where it came from.
    Fires: Learned holds the text "=cmd|' /C calc'!A0".
    """
    return _observed(check)


def _observed(check: Check) -> Iterator[Hit]:
    for seen in check.observed():
        yield Hit(seen.message, Record(seen.row_id, {}) if seen.row_id else None, seen.column, seen.do)


def _dangling(check: Check, column: Column) -> Iterator[Hit]:
    """Each name in a reference column that stands for no record, or for several."""
    known = cache(lambda: check.view.labels(check.book, column.target))
    explain = cache(lambda name: _explain(check, column, name, known))
    for record in check.records():
        for name in _names(record, column):
            problem = explain(name)
            if problem:
                yield Hit(problem[0], record, column.key, problem[1])


def _names(record: Record, column: Column) -> tuple[str, ...]:
    """The names in a reference cell; none where it is empty or unreadable, which other rules tell."""
    if isinstance(record.value(column.key), (CellError, Unclear)):
        return ()
    names = record.many(column.key) if column.many else (record.text(column.key),)
    return tuple(filter(None, names))


def _explain(
    check: Check, column: Column, name: str, known: Callable[[], tuple[str, ...]]
) -> tuple[str, str] | None:
    """What is wrong with one name and what to do, `None` where it names one record."""
    found = check.view.find(check.book, column.target, name)
    owner, tab = check.view.resolve(check.book, column.target) or (check.book, check.tab)
    where = f"the tab {tab.title}" if owner is check.book else f"the tab {tab.title} of {owner.name}"
    if len(found) == 1:
        return None
    if found:
        message = f"{column.label}: {quote(name)} names {len(found)} rows of {where}; one was expected."
        return message, "Make the names differ there, and choose the one that is meant here."
    meant = nearest(name, known())
    do = f'Choose "{meant}" if that was meant, or add {quote(name)} there.' if meant else ""
    return f"{column.label}: {quote(name)} stands nowhere in {where}.", do or f"Choose a name of {where}."
