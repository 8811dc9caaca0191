"""Records that carry the day of their deletion (a newcomer's answers): on that day they go everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Tab
from sheetsync.core.records import Record
from sheetsync.core.values import Value

#: Key of the column that holds the day.
DELETE_AFTER = "delete_after"


def expires(tab: Tab) -> bool:
    """Whether the records of a tab carry the day of their deletion."""
    return DELETE_AFTER in tab.columns


def is_due(values: Mapping[str, Value], today: date) -> bool:
    """Whether a record's day has come; one that lies before the record's own date is a slip (D009)."""
    record = Record("", values)
    day, began = record.date(DELETE_AFTER), record.date("date")
    return day is not None and day <= today and (began is None or began <= day)


def delete_due(merge: TabMerge, agreed: Mapping[str, Mapping[str, Value]], today: date) -> None:
    """Delete the records of a tab whose day has come; not those about whose day people disagree.

    The day is agreed on before: then a pass that is cut short leaves it to the ledger to know what to erase.
    """
    if not expires(merge.tab):
        return
    for row_id, values in list(merge.rows.items()):
        known = row_id != LABELS and is_due(agreed.get(row_id, {}), today)
        if known and is_due(values, today) and (row_id, DELETE_AFTER) not in merge.held:
            merge.delete(row_id)
