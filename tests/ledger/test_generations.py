"""Every agreed generation can be read back; numbers and meanings of stamps survive crashes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from sheetsync.core.values import Boolean, CellError, Unclear, canonical
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Change, Generations


@pytest.fixture
def generations(connection: Connection) -> Generations:
    return Generations(connection, "map")


def agree(generations: Generations, **rows: dict[str, object] | None) -> int:
    """An agreed generation with these changes of the tab "people"."""
    number = generations.propose(1, [Change("people", row_id, it) for row_id, it in rows.items()])
    generations.agree(number)
    return number


def test_before_the_first_generation_there_is_nothing(generations):
    assert (generations.newest(), generations.candidate()) == (0, None)
    assert generations.agreed(0) == {}
    assert generations.knows(0)
    assert not generations.knows(1)


def test_every_generation_can_be_read_back(generations):
    agree(generations, r1={"name": "Ana"}, r2={"name": "Bo"})
    agree(generations, r1={"name": "Anna"})
    agree(generations, r2=None, r3={"name": "Cy"})
    agree(generations, r2={"name": "Bo again"})
    assert [generations.agreed(number)["people"] for number in range(1, 5)] == [
        {"r1": {"name": "Ana"}, "r2": {"name": "Bo"}},
        {"r1": {"name": "Anna"}, "r2": {"name": "Bo"}},
        {"r1": {"name": "Anna"}, "r3": {"name": "Cy"}},
        {"r1": {"name": "Anna"}, "r2": {"name": "Bo again"}, "r3": {"name": "Cy"}},
    ]
    assert generations.newest() == 4


def test_records_keep_their_order_whatever_changes(generations):
    agree(generations, b={"n": 1}, a={"n": 1}, c={"n": 1})
    agree(generations, a={"n": 2}, d={"n": 2})
    agree(generations, b={"n": 3})
    assert list(generations.agreed(3)["people"]) == ["b", "a", "c", "d"]


def test_new_records_come_last_even_after_others_were_withdrawn(generations):
    number = generations.propose(1, [Change("people", row_id, {}) for row_id in "abc"])
    generations.withdraw(number, [("people", "a")])
    generations.agree(number)
    agree(generations, d={}, e={})
    assert list(generations.agreed(2)["people"]) == ["b", "c", "d", "e"]


def test_a_candidate_is_not_agreed_until_it_was_written(generations):
    agree(generations, r1={"name": "Ana"})
    number = generations.propose(2, [Change("people", "r1", {"name": "Anna"})])
    assert (generations.newest(), generations.candidate()) == (1, number)
    assert generations.agreed(generations.newest()) == {"people": {"r1": {"name": "Ana"}}}
    generations.agree(number)
    assert (generations.newest(), generations.candidate()) == (number, None)


def test_a_copy_with_the_stamp_of_an_abandoned_generation_descends_from_the_one_before(generations):
    agree(generations, r1={"name": "Ana"})
    number = generations.propose(2, [Change("people", "r1", {"name": "Anna"}), Change("people", "r2", {})])
    generations.abandon(number)
    assert (generations.newest(), generations.candidate()) == (1, None)
    assert generations.knows(number)
    assert generations.agreed(number) == {"people": {"r1": {"name": "Ana"}}}


def test_numbers_are_never_used_again(generations):
    generations.abandon(generations.propose(1, []))
    assert agree(generations) == 2
    assert generations.newest() == 2


def test_a_record_that_could_not_be_written_is_taken_out_of_the_candidate(generations):
    agree(generations, r1={"name": "Ana"})
    number = generations.propose(2, [Change("people", "r1", {"name": "x"}), Change("people", "r2", {})])
    generations.withdraw(number, [("people", "r2")])
    generations.agree(number)
    assert generations.agreed(number) == {"people": {"r1": {"name": "x"}}}


def test_workbooks_have_generations_of_their_own(connection):
    agree(Generations(connection, "map"), r1={"name": "Ana"})
    other = Generations(connection, "group")
    assert (other.newest(), other.agreed(1), other.ever()) == (0, {}, {})
    assert agree(other) == 1


def test_a_stamp_means_what_was_last_said_of_it_for_that_replica_and_tab(generations):
    generations.advance("a.xlsx", {("people", 1): 2, ("log", 1): 2})
    generations.advance("a.xlsx", {("people", 1): 4})
    assert generations.meaning("a.xlsx") == {("people", 1): 4, ("log", 1): 2}
    assert generations.meaning("b.xlsx") == {}


class TestIds:
    TYPED = ("people", "r1", "a.xlsx", {"name": "Ana"})

    def test_an_id_that_was_minted_and_never_agreed_is_told_for_its_replica(self, generations):
        generations.mint(1, [self.TYPED])
        assert generations.typed("a.xlsx", 0) == ({"people": {"r1": {"name": "Ana"}}}, {})
        assert generations.typed("b.xlsx", 0) == ({}, {})
        assert generations.ever() == {"people": {"r1"}}

    def test_an_id_of_an_abandoned_generation_is_told_too(self, generations):
        generations.mint(1, [self.TYPED])
        generations.abandon(generations.propose(1, [Change("people", "r1", {"name": "Ana"})]))
        assert generations.typed("a.xlsx", 0) == ({"people": {"r1": {"name": "Ana"}}}, {})

    def test_an_id_agreed_since_is_told_to_a_copy_that_is_older_alone(self, generations):
        generations.mint(1, [self.TYPED])
        number = agree(generations, r1={"name": "Anna"})
        assert generations.typed("a.xlsx", number - 1) == ({"people": {"r1": {"name": "Ana"}}}, {})
        assert generations.typed("a.xlsx", number) == ({}, {})

    def test_a_record_that_was_deleted_since_is_told_apart(self, generations):
        generations.mint(1, [self.TYPED])
        agree(generations, r1={"name": "Ana"})
        number = agree(generations, r1=None)
        assert generations.typed("a.xlsx", 0) == ({}, {"people": {"r1": {"name": "Ana"}}})
        assert generations.typed("a.xlsx", number) == ({}, {})
        assert generations.ever() == {"people": {"r1"}}

    def test_minting_again_after_a_crash_keeps_what_was_typed_first(self, generations):
        generations.mint(1, [self.TYPED])
        generations.mint(2, [("people", "r1", "b.xlsx", {"name": "edited"})])
        assert generations.typed("a.xlsx", 0) == ({"people": {"r1": {"name": "Ana"}}}, {})


VALUES = st.one_of(
    st.none(),
    st.text().map(canonical),
    st.integers().map(lambda it: canonical(it % 10**18)),
    st.floats(allow_nan=False, allow_infinity=False).map(canonical),
    st.dates(date(1900, 3, 1)),
    st.times().map(canonical),
    st.sampled_from([*Boolean, CellError("#REF!"), Unclear("no result yet")]),
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "note", "größe"]), VALUES))
def test_every_value_comes_back_as_it_was(contents):
    ledger = Ledger.open("sqlite://")
    with ledger.transaction() as connection:
        generations = Generations(connection, "map")
        agree(generations, r1=contents)
        assert generations.agreed(1) == {"people": {"r1": contents}}
    ledger.close()
