"""What people keep in columns of their own: it goes where its row goes, and comes back with it.

A copy's own columns are no part of any record: they are not merged, and cross to no other copy. But the row
they stand in may be deleted in another copy, by somebody who never saw them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sheetsync.core.history import Beside
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.plan import TabEdit
from sheetsync.core.values import Value
from sheetsync.ledger.own_cells import OwnCells

#: Header -> row id -> value.
Extras = dict[str, dict[str, Value]]


def kept_beside(cells: OwnCells, merges: Mapping[str, TabMerge], run: int) -> tuple[Beside, ...]:
    """Keep what stands beside rows that are about to go, before they do.

    Returns:
        What stood beside the rows that are about to come back.
    """
    cells.keep([it for tab, merge in merges.items() for it in _going(tab, merge, run)])
    return cells.last({row_id for merge in merges.values() for row_id in _coming_back(merge)})


def beside_new(replica: str, tab: str, edit: TabEdit, beside: Iterable[Beside]) -> Extras:
    """What goes beside the new rows of a tab, of what stood there once."""
    new = {row_id for row_id, _ in edit.new}
    extras: Extras = {}
    for it in beside:
        if (it.replica, it.tab) == (replica, tab) and it.row_id in new:
            for header, value in it.contents.items():
                extras.setdefault(header, {})[it.row_id] = value
    return extras


def _going(tab: str, merge: TabMerge, run: int) -> Iterator[Beside]:
    """What stands beside the rows that go; of one that was to be forgotten nothing is kept."""
    for name, rows in merge.dead.items():
        kept = (row for row in rows if row.id and row.id not in merge.forgotten)
        yield from (Beside(run, tab, row.id, name, row.own) for row in kept)


def _coming_back(merge: TabMerge) -> set[str]:
    """Ids of records that some replica lacks, though they are not new."""
    old = merge.rows.keys() - merge.origins.keys() - {LABELS}
    return {row_id for placed in merge.places.values() for row_id in old - placed.keys()}
