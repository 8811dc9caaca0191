"""Giving held cells the values that people chose, in what was merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Column, Tab, TabKind
from sheetsync.core.settling import Settler

Merges = Mapping[str, Mapping[str, TabMerge]]


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


def settle_absent(merges: Merges, settler: Settler, known: Iterable[Conflict]) -> None:
    """Choices about conflicts with a copy that this pass could not read: it gets the value later."""
    for it in known:
        merge = merges.get(it.workbook, {}).get(it.tab)
        if merge and it.code not in settler.seen and it.opinions.keys() & merge.places.keys():
            agreed = merge.rows.get(it.row_id, {}).get(it.column)
            if (it.row_id, it.column) not in merge.held and agreed in it.opinions.values():
                _settle(settler, merge, it)


def column_of(tab: Tab, conflict: Conflict) -> Column | None:
    """The column (of a form, the setting) that a conflict is about; `None` for a header."""
    if conflict.row_id == LABELS:
        return None
    return tab.columns.get(conflict.row_id if tab.kind is TabKind.FORM else conflict.column)


def _settle(settler: Settler, merge: TabMerge, conflict: Conflict) -> bool:
    return settler.settle(conflict, column_of(merge.tab, conflict), partial(_set, merge, conflict))


def _set(merge: TabMerge, conflict: Conflict, chosen: Settled) -> bool:
    return merge.settle(conflict.row_id, conflict.column, chosen.value, chosen.where)
