"""Runs, conflicts, links and occasions are remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from sheetsync.core.conflicts import Conflict
from sheetsync.core.links import Bond
from sheetsync.ledger.journal import Journal

NOW = datetime(2026, 3, 2, 9, 0)
DUE = Conflict("map", "approach", "r1", "due", {"a.xlsx": date(2026, 3, 9), "b.xlsx": None}, NOW)
NOTE = replace(DUE, column="note", opinions={"a.xlsx": "x", "b.xlsx": "ü"})


@pytest.fixture
def journal(connection: Connection) -> Journal:
    return Journal(connection)


def test_the_last_pass_is_the_newest_that_came_to_its_end(journal):
    assert journal.last() is None
    assert [journal.begin("run", NOW), journal.begin("sync", NOW)] == [1, 2]
    journal.end(1, NOW + timedelta(seconds=5), {"stopped": 0})
    last = journal.last()
    assert last is not None
    assert (last.number, last.verb, last.ended, last.outcome) == (
        1,
        "run",
        NOW + timedelta(seconds=5),
        {"stopped": 0},
    )


def test_conflicts_are_open_until_they_are_no_longer_held(journal):
    journal.record_conflicts("map", [DUE, NOTE], 1)
    assert journal.open_conflicts("map") == (DUE, NOTE)
    journal.record_conflicts("map", [NOTE], 2)
    assert journal.open_conflicts("map") == (NOTE,)
    journal.record_conflicts("map", [], 3)
    assert journal.open_conflicts("map") == ()


def test_a_conflict_that_stays_keeps_the_time_it_was_first_seen(journal):
    journal.record_conflicts("map", [DUE], 1)
    journal.record_conflicts("map", [replace(DUE, since=NOW + timedelta(days=1))], 2)
    assert [it.since for it in journal.open_conflicts("map")] == [NOW]


def test_other_opinions_on_the_same_cell_are_a_new_conflict(journal):
    journal.record_conflicts("map", [DUE], 1)
    changed = replace(
        DUE, opinions={"a.xlsx": date(2026, 3, 9), "b.xlsx": "later"}, since=NOW + timedelta(days=1)
    )
    journal.record_conflicts("map", [changed], 2)
    assert journal.open_conflicts("map") == (changed,)


def test_a_conflict_that_comes_again_is_opened_again(journal):
    for number, held in enumerate(([DUE], [], [DUE])):
        journal.record_conflicts("map", held, number)
    assert journal.open_conflicts("map") == (DUE,)


def test_conflicts_of_other_workbooks_are_left_alone(journal):
    journal.record_conflicts("map", [DUE], 1)
    journal.record_conflicts("group", [], 2)
    assert journal.open_conflicts("map") == (DUE,)
    assert journal.open_conflicts("group") == ()


def test_a_link_is_stored_once_for_each_linked_record(journal):
    bond = Bond(
        "map", "next-step", "r1", "group", "a1", {"text": "Call", "due": date(2026, 3, 9), "owner": None}
    )
    journal.record_bonds([bond])
    moved = replace(bond, agreed={**bond.agreed, "text": "Call again"})
    later = replace(bond, target_row_id="a2")
    journal.record_bonds([later, moved])
    assert journal.bonds() == (later, moved)


def test_occasions_are_remembered(journal):
    journal.record_occasions([("map", "stage/Partner"), ("group", "retro/r1")], 1)
    journal.record_occasions([], 2)
    assert journal.occasions() == {("map", "stage/Partner"), ("group", "retro/r1")}
