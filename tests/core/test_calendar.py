"""Dates for people's calendars: which are given out, and that each hears of its move and its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.builders import TODAY, program
from sheetsync.core.calendar import Entry, entries
from sheetsync.core.records import View

SOON, LATER = TODAY + timedelta(days=5), TODAY + timedelta(days=40)


def sprint(start=SOON, **cells: object) -> View:
    return program(group={"sprints": [{"id": "r1", "name": "Spring", "start": start, **cells}]})


def keys(found: Iterable[Entry]) -> set[tuple[str, str]]:
    return {(it.workbook, it.key) for it in found}


def test_sprint_starts_retros_and_sessions_of_the_next_two_weeks_are_given_out() -> None:
    view = program(
        group={
            "sprints": [{"name": "Spring", "start": SOON, "retro_on": SOON + timedelta(days=7)}],
            "meetings": [
                {"date": SOON, "format": "expert", "purpose": "Ask Dr. Lee"},
                {"date": SOON, "format": "group", "purpose": "Weekly"},
                {"date": LATER, "format": "expert", "purpose": "Later"},
            ],
        }
    )
    titles = [it.title for it in entries(view, view, ())]
    assert titles == ["Sprint starts: Spring", "Retro: Spring", "Expert session: Ask Dr. Lee"]


def test_what_is_over_is_not_given_out() -> None:
    view = sprint(start=TODAY - timedelta(days=1))
    assert entries(view, view, ()) == ()


def test_a_date_that_was_given_out_and_moved_is_given_out_anew_wherever_it_went() -> None:
    given = keys(entries(sprint(), sprint(), ()))
    moved = sprint(LATER)
    (entry,) = entries(moved, moved, given)
    assert (entry.day, entry.cancelled) == (LATER, False)
    assert entries(moved, moved, ()) == ()


def test_a_date_that_was_given_out_and_is_gone_is_cancelled_once() -> None:
    given = keys(entries(sprint(), sprint(), ()))
    for empty, title in (
        (sprint(None), "Sprint starts: Spring"),
        (program(group={"sprints": []}), "Sprint starts"),
    ):
        (entry,) = entries(empty, empty, given)
        assert (entry.day, entry.cancelled, entry.row_id, entry.title) == (SOON, True, "r1", title)
        assert entries(empty, empty, given | keys([entry])) == ()
    over = replace(sprint(None), now=sprint().now + timedelta(days=30))
    assert entries(over, over, given) == ()


def test_what_people_disagree_about_is_neither_given_out_nor_cancelled() -> None:
    given = keys(entries(sprint(), sprint(), ()))
    certain = program(group={"sprints": []})
    assert entries(certain, sprint(), given) == ()
    stopped = replace(certain, books=())
    assert entries(stopped, sprint(), given) == ()


@given(st.lists(st.sampled_from([SOON, SOON + timedelta(days=3), LATER, None]), max_size=8))
def test_the_sequence_rises_with_every_change_that_was_given_out_and_only_then(
    days: list[date | None],
) -> None:
    given_out, last = set[tuple[str, str]](), None
    for start in days:
        view = sprint(start)
        for entry in entries(view, view, given_out):
            if last is not None:
                changed = (entry.day, entry.cancelled) != (last.day, last.cancelled)
                assert entry.sequence == last.sequence + changed
            given_out |= keys([entry])
            last = entry
