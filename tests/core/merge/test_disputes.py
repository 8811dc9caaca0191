"""A cell that was held: what places said counts on, also while they are away, until people settle it."""

from __future__ import annotations

import pytest

from core.merge.copies import broken, contents, merged, row, rows, side
from sheetsync.core.merge.cells import AGREED, Cell, Dispute, merge_cell
from sheetsync.core.merge.tabs import Terms
from sheetsync.core.values import Value

OLD, STALE, NEW, OTHER = "old", "stale edit", "agreed later", "typed since"


def settle(
    *cells: tuple[str, Value, Value], said: dict[str, Value], away: str = "", agreed: Value = OLD
) -> tuple[Value, dict[str, Value]]:
    """What a held cell comes to: its value, and what is still said of it."""
    copies = [Cell(place, now, base, 2) for place, now, base in cells]
    outcome = merge_cell(agreed, copies, lambda _: False, Dispute(said, frozenset(away)))
    return outcome.agreed, dict(outcome.opinions)


def test_a_stale_edit_does_not_win_while_the_only_holder_of_the_agreed_value_is_away() -> None:
    first = merge_cell(NEW, [Cell("A", STALE, OLD, 1)], lambda _: False)
    assert dict(first.opinions) == {"A": STALE, AGREED: NEW}
    again = settle(("A", STALE, first.agreed), said=dict(first.opinions), away="B", agreed=first.agreed)
    assert again == (OLD, {"A": STALE, AGREED: NEW})


@pytest.mark.parametrize("base", [NEW, OLD])
def test_a_holder_that_comes_back_says_the_agreed_value_itself(base: Value) -> None:
    said: dict[str, Value] = {"A": STALE, AGREED: NEW}
    assert settle(("A", STALE, OLD), ("B", NEW, base), said=said)[1] == {"A": STALE, "B": NEW}


def test_who_typed_over_the_agreed_value_speaks_in_its_place() -> None:
    said: dict[str, Value] = {"A": STALE, AGREED: NEW}
    assert settle(("A", STALE, OLD), ("B", OTHER, NEW), said=said)[1] == {"A": STALE, "B": OTHER}


def test_an_opinion_of_a_copy_that_is_away_counts_on() -> None:
    said: dict[str, Value] = {"A": STALE, "B": NEW}
    assert settle(("A", STALE, OLD), said=said, away="B") == (OLD, {"A": STALE, "B": NEW})
    assert settle(("A", NEW, OLD), said=said, away="B") == (NEW, {})


def test_who_takes_an_opinion_back_leaves_it_to_the_others() -> None:
    assert settle(("A", OLD, OLD), ("B", NEW, OLD), said={"A": STALE, "B": NEW}) == (NEW, {})
    assert settle(("A", OLD, OLD), said={"A": STALE, AGREED: NEW}, away="B") == (NEW, {})


def test_people_settle_it_by_making_all_copies_equal() -> None:
    said: dict[str, Value] = {"A": STALE, AGREED: NEW}
    assert settle(("A", OTHER, OLD), ("B", OTHER, OLD), said=said) == (OTHER, {})
    assert settle(("A", STALE, OLD), ("B", STALE, OLD), said=said) == (STALE, {})


def test_one_copy_alone_settles_nothing_for_those_that_are_away() -> None:
    said: dict[str, Value] = {"A": STALE, AGREED: NEW}
    assert settle(("A", OTHER, OLD), said=said, away="B")[1] == {"A": OTHER, AGREED: NEW}


def test_only_the_winner_overrules_and_what_lost_is_told() -> None:
    cells = [Cell("A", STALE, OLD, 1), Cell("B", NEW, OLD, 1)]
    outcome = merge_cell(OLD, cells, lambda _: False, winner="B")
    assert (outcome.agreed, outcome.held, outcome.sources) == (NEW, False, ("B",))
    assert outcome.overruled == {"A": STALE, "B": NEW}
    assert merge_cell(OLD, cells, lambda _: False, winner="C").held


def test_a_row_deleted_beside_an_opinion_that_is_away_comes_back_with_it() -> None:
    base = {"r1": {"name": "Ana", "note": OLD}, "r2": {"name": "Bo"}}
    dispute = {"r1": {"note": Dispute({"A": STALE, AGREED: NEW}, frozenset("B"))}}
    a = side("A", [row("r2", name="Bo")], base)
    merge = merged(base, a, terms=Terms(broken, dispute))
    assert contents(merge)["r1"] == {"name": "Ana", "note": NEW}


def test_a_row_that_everybody_with_an_opinion_deleted_is_gone() -> None:
    base = {"r1": {"name": "Ana", "note": OLD}, "r2": {"name": "Bo"}}
    dispute = {"r1": {"note": Dispute({"A": STALE, "B": NEW})}}
    gone = [side(name, [row("r2", name="Bo")], base) for name in "AB"]
    assert contents(merged(base, *gone, terms=Terms(broken, dispute))) == {"r2": {"name": "Bo"}}


def test_a_row_of_an_old_file_that_was_deleted_since_stays_deleted() -> None:
    typed = {"r1": {"name": "Ana"}}
    old = side("A", [row("", name="Ana")], typed, 0)
    merge = merged({"r2": {"name": "Bo"}}, old, ever=["r1"])
    assert contents(merge) == {"r2": {"name": "Bo"}}
    assert [row.position for row in merge.dead["A"]] == [0]


def test_a_copy_that_lagged_behind_does_not_bring_back_what_it_only_knew_before_others() -> None:
    old, last = {"r1": {"name": "Ana"}}, {"r1": {"name": "Ana Ruiz"}}
    lagging = side("A", rows(last), old, 1)
    assert contents(merged({}, lagging, ever=["r1"], terms=Terms(broken, buried=last))) == {}
    assert contents(merged({}, lagging, ever=["r1"])) == last


def test_who_deletes_a_row_as_it_is_agreed_is_heard_though_another_copy_deleted_an_older_one() -> None:
    old, agreed = {"r1": {"name": "Ana"}}, {"r1": {"name": "Ana Ruiz"}}
    behind = side("C", [], old, 1)
    there = side("B", rows(agreed), agreed, 2)
    assert contents(merged(agreed, side("A", [], agreed, 2), there, behind)) == {}
    assert contents(merged(agreed, side("A", rows(agreed), agreed, 2), there, behind)) == agreed


def test_an_older_state_of_a_row_typed_there_takes_nothing_back() -> None:
    agreed = {"r1": {"name": "Ana", "email": "ana@acme.example", "note": NEW}}
    there = side("B", rows(agreed), agreed, 1)

    def back(**values: Value) -> dict[tuple[str, str], dict[str, Value]]:
        older = side("A", [row("", **values)], {}, 0, withdrawn=agreed, older=True)
        merge = merged(agreed, older, there)
        assert contents(merge)["r1"]["name"] == "Ana"
        assert contents(merge)["r1"]["email"] == "ana@acme.example"
        return merge.held

    assert back(name="Ana", email="ana@acme.example") == {}
    assert back(name="Ana", note=OLD) == {("r1", "note"): {"A": OLD, "B": NEW}}
    crashed = side("A", [row("", name="Ana")], {}, 0, withdrawn=agreed)
    assert contents(merged(agreed, crashed, there)) == {"r1": {"name": "Ana"}}, (
        "what was deleted after a crash"
    )
