"""What columns are called: as people like, and no two of a tab the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.merge.copies import PEOPLE, WORDS, lacks, merged, rows, side
from sheetsync.core.merge.headers import is_taken
from sheetsync.core.merge.tabs import LABELS, Side, TabMerge

AGREED = {"r1": {"name": "Ana"}}


def copy(name: str, labels: dict[str, str] | None = None) -> Side:
    """A copy whose headers say something else than the template's."""
    made = side(name, rows(AGREED), AGREED)
    return replace(made, tab=replace(made.tab, labels={**WORDS, **(labels or {})}))


def headers(merge: TabMerge) -> dict[str, object]:
    return {**WORDS, **merge.rows[LABELS]}


def told(merge: TabMerge) -> list[str]:
    return [it.code for it in merge.notes]


def test_a_renamed_header_is_kept_and_goes_to_the_other_copies() -> None:
    a, b = copy("A", {"name": "Full name"}), copy("B")
    merge = merged(AGREED, a, b)
    assert merge.rows[LABELS] == {"name": "Full name"}
    assert lacks(b, merge, {}, 2).labels == {"name": "Full name"}
    assert not lacks(a, merge, {}, 2).labels


def test_a_header_renamed_twice_is_held() -> None:
    a, b = copy("A", {"name": "Who"}), copy("B", {"name": "Person"})
    merge = merged(AGREED, a, b)
    assert merge.conflicts() == {(LABELS, "name"): {"A": "Who", "B": "Person"}}
    assert not lacks(a, merge, {}, 2)
    assert told(merge) == []


def test_an_emptied_header_is_no_opinion() -> None:
    assert merged(AGREED, copy("A", {"name": ""}), copy("B")).rows[LABELS] == {}


@pytest.mark.parametrize(
    "renamed",
    [
        {"name": "Email", "email": "Name"},
        {"name": "Email", "email": "Note", "note": "Remark"},
        {"email": "Name", "name": "Person"},
        {"note": "NOTE"},
    ],
    ids=["two change names", "a chain", "one takes a word that goes", "its own in capitals"],
)
def test_headers_that_differ_in_the_end_are_taken_over(renamed: dict[str, str]) -> None:
    merge = merged(AGREED, copy("A", renamed), copy("B"))
    assert headers(merge) == {**WORDS, **renamed}
    assert told(merge) == []


@pytest.mark.parametrize("header", ["Name", "name", " NOTE ", "id", "ID", "  "])
def test_a_header_of_another_column_or_of_none_stays_where_it_was_typed(header: str) -> None:
    merge = merged(AGREED, copy("A", {"email": header}), copy("B"))
    assert headers(merge) == WORDS
    assert merge.held[LABELS, "email"] == {"A": header}
    assert told(merge) == ["D007"]


def test_of_headers_that_would_be_equal_those_that_are_new_stay_where_they_are() -> None:
    merge = merged(AGREED, copy("A", {"name": "Who", "email": "Name"}), copy("B", {"note": "who"}))
    assert headers(merge) == {**WORDS, "email": "Email"}
    assert set(merge.held) == {(LABELS, "name"), (LABELS, "note"), (LABELS, "email")}


def test_a_header_of_a_column_that_the_template_dropped_is_kept_and_stands_in_nobody_s_way() -> None:
    agreed = {**AGREED, LABELS: {"gone": "Remark"}}
    merge = merged(agreed, copy("A", {"note": "Remark"}), copy("B"))
    assert merge.rows[LABELS] == {"gone": "Remark", "note": "Remark"}
    assert told(merge) == []


def test_whether_a_word_is_taken() -> None:
    assert is_taken(PEOPLE, {}, "email", "name")
    assert is_taken(PEOPLE, {"name": "Person"}, "email", "PERSON")
    assert not is_taken(PEOPLE, {"name": "Person"}, "email", "Name")
    assert not is_taken(PEOPLE, {}, "email", "Email")
    assert is_taken(PEOPLE, {}, "email", None)
