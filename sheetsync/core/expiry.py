"""Records that carry the day of their deletion (a newcomer's answers): on that day they go everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def delete_due(merges: Iterable[TabMerge], today: date) -> None:
    """Delete the records whose day has come; not those about whose day people disagree."""
    for merge in merges:
        if expires(merge.tab):
            for row_id, values in list(merge.rows.items()):
                certain = row_id != LABELS and (row_id, DELETE_AFTER) not in merge.held
                if certain and is_due(values, today):
                    merge.delete(row_id)
                    merge.expired.add(row_id)
