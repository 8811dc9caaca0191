"""The whole content of a Status tab, cell by cell, at the places `sheet` gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sheetsync.core.model import Tab
from sheetsync.core.status.dates import moment
from sheetsync.core.status.headline import headline
from sheetsync.core.status.registry import METRICS, Figures, Measure, Rows
from sheetsync.core.status.sheet import (
    AS_OF_ROW,
    FIRST_FIGURE_COLUMN,
    HEADLINE,
    HEADLINE_ROW,
    NAME_COLUMN,
    TITLE_ROW,
    Slot,
    is_drawn,
    slots,
)
from sheetsync.core.values import Value, canonical_number

Place = tuple[int, int]  # row and column, 1-based

#: What is said beside a chart that shows no more than its axes.
_NOTHING = "Nothing to draw yet."

#: Cells that change with every pass: where nothing else changed, nothing is written.
VOLATILE: frozenset[Place] = frozenset(
    {(AS_OF_ROW, NAME_COLUMN), (HEADLINE_ROW + HEADLINE.index("Next run"), FIRST_FIGURE_COLUMN)}
)


def status_cells(measure: Measure, tab: Tab, *, as_of: datetime) -> Mapping[Place, Value]:
    """Every filled cell of a status tab.

    Args:
        measure: The program, and the workbook the tab is in.
        tab: The status tab; its blocks name the metrics.
        as_of: When anything here last changed, local time.
    """
    return {place: value for place, value in _cells(measure, tab, as_of) if value not in (None, "")}


def _cells(measure: Measure, tab: Tab, as_of: datetime) -> Iterator[tuple[Place, Value]]:
    yield (TITLE_ROW, NAME_COLUMN), f"{measure.view.program}: {measure.book.template.title}"
    yield (AS_OF_ROW, NAME_COLUMN), f"As of {moment(as_of)}: the last time something changed here."
    for row, (name, value) in enumerate(headline(measure), HEADLINE_ROW):
        yield (row, NAME_COLUMN), name
        yield (row, FIRST_FIGURE_COLUMN), value
    for slot in slots(tab):
        yield from _block(slot, METRICS[slot.block.metric].compute(measure))


def _block(slot: Slot, figures: Figures) -> Iterator[tuple[Place, Value]]:
    yield (slot.title_row, NAME_COLUMN), slot.block.title
    said = figures.remark or slot.block.note
    yield (slot.remark_row, NAME_COLUMN), f"{_NOTHING} {said}".strip() if _is_blank(slot, figures) else said
    table = (figures.header, *fitted(figures.rows, slot.block.rows))
    for row, values in enumerate(table, slot.header_row):
        for column, value in enumerate(values, NAME_COLUMN):
            yield (row, column), value


def _is_blank(slot: Slot, figures: Figures) -> bool:
    """Whether a block's chart has nothing in it."""
    numbers = (value for row in figures.rows for value in row[1:] if isinstance(value, (int, float)))
    return is_drawn(slot.block) and not any(numbers)


def fitted(rows: Rows, limit: int) -> Rows:
    """At most `limit` rows: where there are more, the last one sums up the rest as "n more"."""
    if len(rows) <= limit:
        return rows
    kept, rest = rows[: limit - 1], rows[limit - 1 :]
    return (*kept, (f"{len(rest)} more", *map(_sum, zip(*(row[1:] for row in rest), strict=True))))


def _sum(column: tuple[Value, ...]) -> Value:
    numbers = [value for value in column if isinstance(value, (int, float))]
    return canonical_number(sum(numbers)) if numbers else None
