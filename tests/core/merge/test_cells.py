"""What one cell comes to: the table of opinions, and what holds whatever people typed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.merge.cells import AGREED, Cell, Dispute, Outcome, merge_cell
from sheetsync.core.values import CellError, Unclear, Value

X, Y, Z, W = "x", "y", "z", "w"


def good(_: Value) -> bool:
    return False


def cells(*stated: tuple[Value, Value] | tuple[Value, Value, int]) -> list[Cell]:
    """Copies A, B, C ... as (now, base) or (now, base, stamp)."""
    return [
        Cell(name, it[0], it[1], it[2] if len(it) == 3 else 2)
        for name, it in zip("ABCD", stated, strict=False)
    ]


@pytest.mark.parametrize(
    ("agreed", "copies", "becomes"),
    [
        pytest.param(X, [(X, X), (X, X)], X, id="no opinion: it stays"),
        pytest.param(X, [(X, X), (W, W, 1)], X, id="a stale copy without an opinion gets what is agreed"),
        pytest.param(X, [(Y, X), (X, X)], Y, id="one opinion goes everywhere"),
        pytest.param(X, [(Y, X), (Y, X)], Y, id="the same opinion twice is no conflict"),
        pytest.param(X, [(None, X), (X, X)], None, id="emptying a cell is an opinion"),
        pytest.param(None, [(X, None), (None, None)], X, id="filling a cell is an opinion"),
        pytest.param(Y, [(Y, X, 1), (Y, Y)], Y, id="a stale copy that already says what is agreed"),
        pytest.param(X, [(Y, X), (X, None, 1)], Y, id="who replaced a value has seen what a stale copy says"),
    ],
)
def test_one_opinion_or_none_is_agreed(agreed, copies, becomes):
    outcome = merge_cell(agreed, cells(*copies), good)
    assert (outcome.agreed, outcome.held, outcome.conflict) == (becomes, False, False)


@pytest.mark.parametrize(
    ("agreed", "copies", "keeps", "opinions"),
    [
        pytest.param(X, [(Y, X), (Z, X)], X, {"A": Y, "B": Z}, id="two opinions"),
        pytest.param(X, [(Y, X), (Z, X), (X, X)], X, {"A": Y, "B": Z}, id="two of three copies"),
        pytest.param(X, [(Y, X), (None, X)], X, {"A": Y, "B": None}, id="changed here, emptied there"),
        pytest.param(X, [(Y, W, 1), (X, X)], W, {"A": Y, "B": X}, id="a stale copy against what is agreed"),
        pytest.param(
            X,
            [(Y, W, 1)],
            W,
            {"A": Y, AGREED: X},
            id="a stale copy while those that have what is agreed are away",
        ),
        pytest.param(
            X,
            [(Y, W, 1), (Z, X)],
            W,
            {"A": Y, "B": Z},
            id="what is agreed counts no more once somebody who saw it replaced it; the oldest base is kept",
        ),
        pytest.param(X, [(Y, X), (Z, Y, 1)], X, {"A": Y, "B": Z}, id="an older base that a copy says again"),
    ],
)
def test_two_opinions_are_held_until_a_person_decides(agreed, copies, keeps, opinions):
    outcome = merge_cell(agreed, cells(*copies), good)
    assert (outcome.agreed, outcome.held, outcome.conflict) == (keeps, True, True)
    assert dict(outcome.opinions) == opinions


@pytest.mark.parametrize("value", [CellError("#REF!"), Unclear("a formula without a result"), "!"])
def test_a_faulty_value_stays_where_it_is_and_is_no_conflict(value):
    for copies in (cells((value, X), (X, X)), cells((value, X), (value, X))):
        outcome = merge_cell(X, copies, lambda it: it == "!")
        assert (outcome.agreed, outcome.held, outcome.conflict) == (X, True, False)


@pytest.mark.parametrize("others", [[("!", X)], [(Y, X), (Z, X)]])
def test_a_copy_that_is_behind_gets_what_is_agreed_and_wants_nothing_though_the_cell_is_held(others):
    copies = cells(*others, (W, W, 1))
    outcome = merge_cell(X, copies, lambda it: it == "!")
    assert outcome.behind == {copies[-1].place}
    again = merge_cell(outcome.agreed, after(outcome, copies), lambda it: it == "!")
    assert again.opinions == outcome.opinions


def test_a_formula_that_says_something_else_is_never_overwritten():
    formula = Cell("A", 5, 5, 2, fixed=True)
    outcome = merge_cell(5, [formula, Cell("B", 6, 5, 2)], good)
    assert outcome == Outcome(5, True, (("B", 6), ("A", 5)))


def test_the_result_of_a_formula_goes_to_the_other_copies():
    outcome = merge_cell(5, [Cell("A", 7, 5, 2, fixed=True), Cell("B", 5, 5, 2)], good)
    assert outcome == Outcome(7, sources=("A",))


def test_a_stale_formula_is_held_and_never_becomes_an_opinion_of_its_own():
    agreed, formula, other = 6, Cell("A", 5, 5, 1, fixed=True), Cell("B", 6, 6, 2)
    first = merge_cell(agreed, [formula, other], good)
    assert (first.held, dict(first.opinions)) == (True, {"A": 5, "B": 6})
    again = merge_cell(
        first.agreed, [Cell("A", 5, first.agreed, 3, fixed=True), Cell("B", 6, first.agreed, 3)], good
    )
    assert (again.held, dict(again.opinions)) == (True, {"A": 5, "B": 6})


def test_what_a_place_goes_on_saying_counts_though_the_pass_that_held_it_was_not_agreed_on():
    """Its conflict is known, and yet what is agreed is what one of the places says."""
    said = Dispute({"A": X, "B": Y})
    outcome = merge_cell(X, cells((X, X), (Y, W, 1)), good, said)
    assert (outcome.held, dict(outcome.opinions)) == (True, {"A": X, "B": Y})


_VALUES = st.sampled_from(
    [None, "x", "y", "z", 5, 5.5, "!", CellError("#N/A"), Unclear("a formula without a result")]
)
_SAID = st.tuples(_VALUES, _VALUES, st.integers(0, 1), st.booleans())


@st.composite
def standings(draw: st.DrawFn) -> tuple[Value, list[Cell]]:
    """What is agreed, and two to four copies; one that is at the newest generation has its base there."""
    agreed = draw(_VALUES)
    old = draw(_VALUES)
    copies = draw(st.lists(_SAID, min_size=2, max_size=4))
    return agreed, [
        Cell(name, now, agreed if newest else old, newest, fixed)
        for name, (now, _, newest, fixed) in zip("ABCD", copies, strict=False)
    ]


def faulty(value: Value) -> bool:
    return value == "!"


def after(outcome: Outcome, copies: Sequence[Cell]) -> list[Cell]:
    """The cells once the outcome was written everywhere."""
    return [
        Cell(
            it.place,
            it.now if outcome.held and it.place not in outcome.behind else outcome.agreed,
            outcome.agreed,
            9,
            it.fixed,
        )
        for it in copies
    ]


@given(standings())
def test_the_order_of_the_copies_does_not_matter(standing):
    agreed, copies = standing
    outcomes = [merge_cell(agreed, order, faulty) for order in permutations(copies)]
    assert len({(it.agreed, it.held, frozenset(it.opinions), frozenset(it.sources)) for it in outcomes}) == 1


@given(standings())
def test_the_names_of_the_copies_do_not_matter(standing):
    agreed, copies = standing
    renamed = [Cell(f"{it.place}.xlsx", it.now, it.base, it.stamp, it.fixed) for it in copies]
    one, other = merge_cell(agreed, copies, faulty), merge_cell(agreed, renamed, faulty)
    as_renamed = tuple((place if place == AGREED else f"{place}.xlsx", it) for place, it in one.opinions)
    assert (one.agreed, one.held, as_renamed) == (other.agreed, other.held, other.opinions)


@given(standings(), _VALUES)
def test_what_is_equal_everywhere_is_never_a_conflict(standing, value):
    _, copies = standing
    equal = [Cell(it.place, value, it.base, it.stamp, it.fixed) for it in copies]
    assert not merge_cell(value, equal, faulty).conflict


@given(standings())
def test_a_second_pass_finds_nothing_new(standing):
    agreed, copies = standing
    first = merge_cell(agreed, copies, faulty)
    if AGREED in dict(first.opinions):
        return  # what a copy that is away holds counts once; the next pass asks the copies that are there
    again = merge_cell(first.agreed, after(first, copies), faulty)
    assert again.agreed == first.agreed
    assert again.held or not again.opinions
    assert first.held or not again.held or any(it.fixed for it in copies)


@given(standings())
def test_no_opinion_is_overruled_by_another(standing):
    agreed, copies = standing
    outcome = merge_cell(agreed, copies, faulty)
    typed = {it.now for it in copies if it.now not in (it.base, agreed)}
    assert outcome.held or typed <= {outcome.agreed}


@given(standings())
def test_a_faulty_value_never_becomes_agreed(standing):
    agreed, copies = standing
    outcome = merge_cell(agreed, copies, faulty)
    before = {agreed, *(it.base for it in copies)}
    assert outcome.agreed in before or not (
        faulty(outcome.agreed) or isinstance(outcome.agreed, (CellError, Unclear))
    )


@given(standings())
def test_a_formula_is_written_over_in_no_case(standing):
    agreed, copies = standing
    outcome = merge_cell(agreed, copies, faulty)
    assert outcome.held or all(it.now == outcome.agreed for it in copies if it.fixed)
