"""Records that carry the day of their deletion."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetsync.core.expiry import delete_due, is_due
from sheetsync.core.merge.tabs import TabMerge
from sheetsync.core.model import Column, ColumnType, Tab, TabKind
from sheetsync.core.plan import Row
from sheetsync.core.values import Value

TODAY = date(2026, 3, 4)
INTAKE = Tab(
    "intake",
    "Intake",
    TabKind.TABLE,
    natural_key=("name",),
    column=(Column("name", "Name"), Column("delete_after", "Delete after", ColumnType.DATE)),
)


@pytest.mark.parametrize(
    ("day", "began", "due"),
    [
        (date(2026, 3, 4), None, True),
        (date(2026, 3, 3), date(2026, 1, 1), True),
        (datetime(2026, 3, 4, 18, 0), None, True),
        (date(2026, 3, 5), None, False),
        (None, None, False),
        ("soon", None, False),
        (date(2025, 3, 4), date(2026, 3, 4), False),
    ],
)
def test_a_record_is_due_on_its_day_unless_its_dates_contradict_each_other(
    day: Value, began: Value, due: bool
) -> None:
    assert is_due({"delete_after": day, "date": began}, TODAY) is due


def merge_of(tab: Tab) -> TabMerge:
    gone: dict[str, Value] = {"name": "Nia", "delete_after": TODAY}
    merge = TabMerge(tab, rows={"r1": dict(gone), "r2": {"name": "Omar"}, "r3": dict(gone)})
    merge.places = {"a": {"r1": Row("r1", 0, gone), "r2": Row("r2", 1, {})}, "b": {"r1": Row("r1", 4, gone)}}
    merge.dead = {"a": [], "b": []}
    merge.held = {("r1", "name"): {"a": "Nia", "b": "Nya"}, ("r3", "delete_after"): {"a": TODAY, "b": None}}
    return merge


def test_a_due_record_goes_from_every_copy_whatever_else_is_said_of_it() -> None:
    merge = merge_of(INTAKE)
    delete_due(merge, dict(merge.rows), TODAY)
    assert set(merge.rows) == {"r2", "r3"}, "nobody is sure of the day of r3"
    assert {name: [row.position for row in rows] for name, rows in merge.dead.items()} == {"a": [0], "b": [4]}
    assert merge.places == {"a": {"r2": Row("r2", 1, {})}, "b": {}}
    assert merge.deleted == {"r1"}
    assert list(merge.held) == [("r3", "delete_after")]


def test_a_day_is_agreed_on_before_it_counts() -> None:
    merge = merge_of(INTAKE)
    delete_due(merge, {"r1": {"name": "Nia", "delete_after": date(2026, 4, 1)}}, TODAY)
    assert "r1" in merge.rows


def test_a_day_that_was_put_off_just_now_counts() -> None:
    merge = merge_of(INTAKE)
    agreed = dict(merge.rows)
    merge.rows["r1"] = {"name": "Nia", "delete_after": date(2026, 4, 1)}
    delete_due(merge, agreed, TODAY)
    assert "r1" in merge.rows


def test_tabs_without_such_a_column_are_left_alone() -> None:
    other = Tab("other", "Other", TabKind.TABLE, natural_key=("name",), column=(Column("name", "Name"),))
    merge = merge_of(other)
    delete_due(merge, dict(merge.rows), TODAY)
    assert set(merge.rows) == {"r1", "r2", "r3"}
