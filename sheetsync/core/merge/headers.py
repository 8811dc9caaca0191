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
    while taken := [it for it in words if _is_news(before[it], outcomes[it]) and _is_taken(it, outcomes)]:
        for it in taken:
            outcomes[it] = merge_cell(before[it], cells[it], lambda _: True, disputes.get(it))
    return outcomes


def is_taken(tab: Tab, headers: Mapping[str, Value], column: str, header: Value) -> bool:
    """Whether a column cannot be called so: another one is, or none can be.

    Args:
        tab: The tab as its template declares it.
        headers: Those that are not the template's, by column.
        column: Its key.
        header: What it would be called.
    """
    others = (headers.get(it.key, it.label) for it in tab.column if it.key != column)
    return _folded(header) in _RESERVED.union(map(_folded, others))


def _is_news(before: Value, outcome: Outcome) -> bool:
    return not outcome.held and outcome.agreed != before


def _is_taken(column: str, outcomes: Mapping[str, Outcome]) -> bool:
    others = (_folded(outcomes[it].agreed) for it in outcomes if it != column)
    return _folded(outcomes[column].agreed) in _RESERVED.union(others)


def _folded(header: Value) -> str:
    return fold(show(header))
