"""What the Conflicts tab says, and what people choose there: one line a conflict, one column a place.

It is laid out like the Checks tab. A person settles a conflict in the column of choices, by picking one of
the values on the right or by typing another one; the next pass reads that and takes the line away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sheetsync.core.conflicts import Conflict
from sheetsync.core.plan import CellLink, MachineValue
from sheetsync.core.records import Book
from sheetsync.core.settling import EMPTY
from sheetsync.core.status.checks import (
    LIST_COLUMN,
    LIST_HEADER_ROW,
    NOTHING,
    Line,
    Names,
    listing,
    row_names,
)
from sheetsync.core.status.content import Place
from sheetsync.core.status.dates import moment
from sheetsync.core.values import Value, show
from sheetsync.core.wording import counted

CONFLICTS_TITLE = "Conflicts"
#: Then one column for each place that has a value of its own, under the place's name.
CONFLICTS_HEADERS = ("Code", "Tab", "Row", "Column", "Cell", "Seen", "Remark", "Your choice")
CODE_COLUMN = LIST_COLUMN
CHOICE_COLUMN = LIST_COLUMN + CONFLICTS_HEADERS.index("Your choice")

_DO = (
    'Copies disagree here. Pick under "Your choice" which value counts, or type another one: the next run '
    "writes it into every copy, and the line is gone."
)


def conflicts_cells(
    conflicts: Iterable[Conflict],
    book: Book,
    chosen: Mapping[str, str] = {},
    remarks: Mapping[str, str] = {},
) -> Mapping[Place, MachineValue]:
    """The Conflicts tab of a workbook.

    Args:
        conflicts: Those of every workbook.
        book: The workbook.
        chosen: What stands in this copy's column of choices, and does not count (yet): code -> text.
        remarks: Why it does not: code -> sentence.
    """
    held = [conflict for conflict in conflicts if conflict.workbook == book.name]
    places = sorted({place for conflict in held for place in conflict.opinions})
    names = row_names(book)
    lines = [
        (*_where(it, book, names), remarks.get(it.code), chosen.get(it.code), *_values(it, places))
        for it in held
    ]
    sentence = f"{counted(len(held), 'open conflict')}. {_DO}" if held else NOTHING
    return listing(CONFLICTS_TITLE, sentence, (*CONFLICTS_HEADERS, *places), lines)


def choices_in(cells: Mapping[Place, Value]) -> dict[str, str]:
    """What people chose on a Conflicts tab: code -> the text they picked or typed."""
    codes = {row: show(value) for (row, column), value in cells.items() if column == CODE_COLUMN}
    return {
        codes[row]: show(value).strip()
        for (row, column), value in cells.items()
        if column == CHOICE_COLUMN and row > LIST_HEADER_ROW and row in codes and show(value).strip()
    }


def _where(conflict: Conflict, book: Book, names: Names) -> Line:
    tab = book.template.tabs[conflict.tab]
    column = tab.columns.get(conflict.column)
    return (
        conflict.code,
        tab.title,
        names.get((conflict.tab, conflict.row_id), "(header)"),
        column.label if column else conflict.column.capitalize(),
        CellLink(conflict.tab, conflict.row_id, conflict.column),
        moment(conflict.since) if conflict.since else "",
    )


def _values(conflict: Conflict, places: Iterable[str]) -> Iterator[str]:
    for place in places:
        yield (show(conflict.opinions[place]) or EMPTY) if place in conflict.opinions else ""
