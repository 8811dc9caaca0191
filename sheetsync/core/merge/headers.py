"""The merge of a tab's headers: people call columns as they like, but no two of a tab the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetsync.core.merge.cells import Cell, Dispute, Outcome, merge_cell
from sheetsync.core.merge.tabs import Side
from sheetsync.core.model import Tab
from sheetsync.core.records import fold
from sheetsync.core.values import Value, show

#: What no column can be called: nothing, and the hidden one of the row ids.
_RESERVED = frozenset({"", "id"})


def merge_headers(
    tab: Tab,
    sides: Sequence[Side],
    agreed: Mapping[str, Value],
    bases: Mapping[str, Mapping[str, Value]],
    disputes: Mapping[str, Dispute],
) -> dict[str, Outcome]:
    """The same merge as that of cells, with the template's words as what everybody started from.

    A header that would be that of another column, too, is left where it was typed.

    Args:
        tab: The tab as its template declares it.
        sides: The replicas.
        agreed: The headers of the newest generation that are not the template's, by column.
        bases: The same of the generation each replica last took part in, by its name.
        disputes: The headers that were held when the pass before ended, by column.

    Returns:
        What each header comes to, by column.
    """
    words: dict[str, Value] = {column.key: column.label for column in tab.column}
    cells = {
        column: [
            Cell(side.name, side.tab.labels[column], bases[side.name].get(column, word), side.stamp)
            for side in sides
            if side.tab.labels.get(column)
        ]
        for column, word in words.items()
    }
    before = {column: agreed.get(column, word) for column, word in words.items()}
    outcomes = {
        column: merge_cell(before[column], cells[column], lambda value: value is None, disputes.get(column))
        for column in words
    }
    while taken := _taken(before, outcomes):
        for column in taken:
            outcomes[column] = merge_cell(before[column], cells[column], lambda _: True, disputes.get(column))
    return outcomes


def is_taken(tab: Tab, headers: Mapping[str, Value], column: str, header: Value) -> bool:
    """Whether a column cannot be called so: another one is, or none can be.

    Args:
        tab: The tab as its template declares it.
        headers: Those that are not the template's, by column.
        column: Its key.
        header: What it would be called.
    """
    return _stands_twice(
        column, {it.key: headers.get(it.key, it.label) for it in tab.column} | {column: header}
    )


def _taken(before: Mapping[str, Value], outcomes: Mapping[str, Outcome]) -> list[str]:
    """The columns that would get a header which cannot be theirs."""
    headers = {column: outcome.agreed for column, outcome in outcomes.items()}
    news = [it for it in outcomes if not outcomes[it].held and headers[it] != before[it]]
    return [column for column in news if _stands_twice(column, headers)]


def _stands_twice(column: str, headers: Mapping[str, Value]) -> bool:
    folded = {key: fold(show(header)) for key, header in headers.items()}
    return folded.pop(column) in _RESERVED.union(folded.values())
