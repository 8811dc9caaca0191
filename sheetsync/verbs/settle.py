"""Giving held cells the values that people chose, in what was merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.merge.headers import is_taken
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Column, Tab, TabKind
from sheetsync.core.settling import Settler
from sheetsync.core.values import Value
from sheetsync.ledger.generations import Tabs
from sheetsync.verbs.gather import Gathered

Merges = Mapping[str, Mapping[str, TabMerge]]
#: Changes what was merged, as a person ordered; tells what it did, a sentence each.
Amend = Callable[[Merges, Sequence[Gathered]], Iterable[str]]


def unsettled(merges: Merges, settler: Settler, now: datetime) -> list[Conflict]:
    """The held cells on which places disagree, but for those that people have settled."""
    found = []
    for workbook, tabs in merges.items():
        for tab, merge in tabs.items():
            for (row_id, column), opinions in merge.conflicts().items():
                conflict = Conflict(workbook, tab, row_id, column, opinions, now)
                if not _settle(settler, merge, conflict):
                    found.append(conflict)
    return found


def agreed_since(
    before: Iterable[Conflict], held: Iterable[Conflict], settled: Iterable[Settled], merges: Merges
) -> list[Settled]:
    """The conflicts that nobody chose about, and that are none any more: people made the copies agree.

    Args:
        before: What was open.
        held: What is open now.
        settled: What people chose.
        merges: What every tab came to; where a record or a column is gone, nothing is settled.
    """
    known = {it.cell for it in held} | {it.conflict.cell for it in settled}
    found = []
    for it in before:
        merge = merges.get(it.workbook, {}).get(it.tab)
        if merge and it.cell not in known and _is_settled(merge, it):
            templates = merge.tab.columns[it.column].label if it.row_id == LABELS else None
            found.append(Settled(it, merge.rows[it.row_id].get(it.column, templates)))
    return found


def waiting(before: Iterable[Conflict], merges: Merges) -> list[Conflict]:
    """The conflicts between two workbooks (its places) of which the other one takes no part: they go on."""
    return [
        it
        for it in before
        if it.workbook in merges and it.workbook in it.opinions and not merges.keys() >= it.opinions.keys()
    ]


def _is_settled(merge: TabMerge, it: Conflict) -> bool:
    """Whether a cell is there, no copy is left with a value of its own, and none has won."""
    key = it.row_id if merge.tab.kind is TabKind.FORM else it.column
    there = it.row_id in merge.rows and key in merge.tab.columns
    return there and (it.row_id, it.column) not in merge.held.keys() | merge.overruled.keys()


def in_force(settled: Iterable[Settled], gathered: Iterable[Gathered]) -> list[Settled]:
    """The choices that are still what is agreed: a copy that could not be written yet is bound by them."""
    agreed = {it.workbook.name: it.agreed for it in gathered}
    return [it for it in settled if _agreed(agreed, it.conflict) == it.value]


def _agreed(agreed: Mapping[str, Tabs], it: Conflict) -> Value:
    return agreed.get(it.workbook, {}).get(it.tab, {}).get(it.row_id, {}).get(it.column)


def column_of(tab: Tab, conflict: Conflict) -> Column | None:
    """The column (of a form, the setting) that a conflict is about; `None` for a header."""
    if conflict.row_id == LABELS:
        return None
    return tab.columns.get(conflict.row_id if tab.kind is TabKind.FORM else conflict.column)


def _settle(settler: Settler, merge: TabMerge, conflict: Conflict) -> bool:
    return settler.settle(conflict, column_of(merge.tab, conflict), partial(_set, merge, conflict))


def _set(merge: TabMerge, conflict: Conflict, chosen: Settled) -> bool:
    if conflict.row_id == LABELS and is_taken(merge.tab, merge.rows[LABELS], conflict.column, chosen.value):
        return False
    return merge.settle(conflict.row_id, conflict.column, chosen.value, chosen.where)
