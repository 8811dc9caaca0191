"""What people chose ends a conflict; a choice that cannot count is answered with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.columns import cell_problem
from sheetsync.core.conflicts import Choice, Conflict, Settled
from sheetsync.core.merge.cells import AGREED
from sheetsync.core.model import Column, ColumnType
from sheetsync.core.settings import Settings
from sheetsync.core.settling import Settler
from sheetsync.core.values import Value, show

HOURS = Column("hours", "Hours", ColumnType.NUMBER)
SINCE = Column("since", "Since", ColumnType.DATE)
NOTE = Column("note", "Note")


def conflict(**opinions: Value) -> Conflict:
    return Conflict("team", "people", "r1", "cell", opinions)


def problem(column: Column, value: Value) -> str:
    found = cell_problem(column, value, Settings())
    return found.message if found else ""


def settle(
    it: Conflict, column: Column | None, *choices: Choice, earlier: tuple[Settled, ...] = ()
) -> tuple[Value | str, Mapping[str, str]]:
    """The value that was set ("open" where none was), and what was refused."""
    settler = Settler({it.code: choices}, earlier, problem)
    values: list[Value] = []
    ended = settler.settle(it, column, lambda chosen: values.append(chosen.value) is None)
    return (values[0] if ended else "open"), settler.refused


def test_without_a_choice_a_conflict_stays_open():
    assert settle(conflict(a=7, b=8), HOURS) == ("open", {})


@pytest.mark.parametrize(
    ("column", "opinions", "text", "value"),
    [
        (HOURS, {"a": 7, "b": 8}, "8", 8),
        (HOURS, {"a": 7, "b": None}, "(empty)", None),
        (HOURS, {"a": 7, "b": 8}, "7.5", 7.5),
        (SINCE, {"a": date(2026, 3, 4), "b": date(2026, 3, 5)}, "2026-03-05", date(2026, 3, 5)),
        (SINCE, {"a": date(2026, 3, 4), "b": None}, "2026-03-09", date(2026, 3, 9)),
        (NOTE, {"a": "x", "b": "y"}, "neither", "neither"),
        (NOTE, {"a": "007", "b": 7}, "007", "007"),
        (None, {"a": "Hours", "b": "Effort"}, "Effort", "Effort"),
    ],
)
def test_a_value_is_picked_as_it_reads_or_typed_anew(column, opinions, text, value):
    assert settle(conflict(**opinions), column, Choice("a", text=text)) == (value, {})


def test_a_place_stands_for_exactly_what_it_says():
    assert settle(conflict(a="7", b=7), NOTE, Choice("the command line", place="a"))[0] == "7"


def test_a_place_that_says_what_may_not_stand_there_is_refused_too():
    it = conflict(a=7, b="many")
    value, refused = settle(it, HOURS, Choice("the command line", place="b"))
    assert value == "open"
    assert "Hours" in refused[it.code]


@pytest.mark.parametrize(
    ("column", "opinions", "text", "reason"),
    [
        (HOURS, {"a": 7, "b": 8}, "many", "Hours"),
        (NOTE, {"a": "7", "b": 7}, "7", "Two of the values read"),
        (None, {"a": "Hours", "b": "Effort"}, "(empty)", "A header needs a word."),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(column, opinions, text, reason):
    it = conflict(**opinions)
    value, refused = settle(it, column, Choice("a", text=text))
    assert value == "open"
    assert reason in refused[it.code]


def test_choices_that_differ_are_never_guessed_from():
    it = conflict(a=7, b=8)
    value, refused = settle(it, HOURS, Choice("a", text="7"), Choice("b", text="8"))
    assert value == "open"
    assert refused[it.code] == "Different choices were made. a: 7. b: 8. Leave one of them."


def test_the_same_choice_made_twice_is_one():
    assert settle(conflict(a=7, b=8), HOURS, Choice("a", text="8"), Choice("b", text="8")) == (8, {})


def test_a_formula_in_the_way_is_told():
    it = conflict(a=7, b=8)
    settler = Settler({it.code: [Choice("a", text="7")]}, (), problem)
    assert not settler.settle(it, HOURS, lambda _: False)
    assert "formula" in settler.refused[it.code]
    assert settler.settled == []


CHOSEN = Settled(conflict(a=7, b=8), 7)


@pytest.mark.parametrize("place", ["a", AGREED])
def test_a_copy_that_could_not_be_written_yet_is_no_new_conflict(place):
    assert settle(conflict(b=8, **{place: 7}), HOURS, earlier=(CHOSEN,)) == (7, {})


@pytest.mark.parametrize(
    "opinions",
    [
        {"b": 9, AGREED: 7},  # a value that whoever chose has not seen
        {"b": 8, AGREED: 6},  # what was chosen counts no more
        {"c": 8, AGREED: 7},
    ],
)
def test_anything_else_about_a_cell_that_was_settled_is_a_new_conflict(opinions):
    assert settle(conflict(**opinions), HOURS, earlier=(CHOSEN,)) == ("open", {})


values = st.one_of(st.none(), st.text(min_size=1), st.integers(0, 99), st.dates(date(2001, 1, 1)))


@given(st.dictionaries(st.sampled_from("abcd"), values, min_size=2), st.data())
def test_picking_any_of_the_values_gives_that_value_or_a_reason(opinions, data):
    it = conflict(**opinions)
    place = data.draw(st.sampled_from(sorted(opinions)))
    text = show(opinions[place]).strip() or "(empty)"
    value, refused = settle(it, NOTE, Choice("a", text=text))
    assert value == opinions[place] or refused or show(value) == text or text == "(empty)"
