"""Counting words in records the way people write them: case and spacing do not count, order is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetsync.core.records import Book, fold
from sheetsync.core.status.registry import count


def choices(book: Book, tab: str, column: str) -> tuple[str, ...]:
    """The allowed values of a column, the program's own included; none where the workbook lacks it."""
    found = book.template.tabs[tab].columns.get(column) if tab in book.template.tabs else None
    return found.values if found else ()


def tally(names: Iterable[str], first: Sequence[str] = ()) -> dict[str, int]:
    """How often each name occurs, blanks left out; a name is shown as it was first written.

    Args:
        names: One entry an occurrence.
        first: Names that lead the result in this order, even where none occurs.
    """
    shown = {fold(name): name.strip() for name in reversed(first)}
    counts = {fold(name): 0 for name in first}
    for name in names:
        if key := fold(name):
            shown.setdefault(key, name.strip())
            counts[key] = counts.get(key, 0) + 1
    return {shown[key]: times for key, times in counts.items()}


def among(names: Iterable[str], allowed: Sequence[str]) -> tuple[int, ...]:
    """How often each allowed value occurs, in their order; everything else is not counted."""
    counts = count(fold(name) for name in names)
    return tuple(counts.get(fold(name), 0) for name in allowed)


def percent(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole percent, halves up; `None` of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def shortlist(names: Sequence[str], limit: int = 5) -> str:
    """Names in a sentence: "Legal, Marketing and 3 more"."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"
