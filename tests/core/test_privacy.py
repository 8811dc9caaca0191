"""Numbers about people never point at somebody, not even by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.privacy import OTHERS, safe_breakdown


def test_groups_large_enough_are_shown_as_they_are():
    found = safe_breakdown({"Data": 6, "Legal": 5, "HR": 0}, 5)
    assert found.shown == {"Data": 6, "Legal": 5}
    assert not found.hidden


def test_small_groups_are_counted_together_once_they_are_large_enough():
    found = safe_breakdown({"Data": 9, "Legal": 3, "HR": 2}, 5)
    assert found.shown == {"Data": 9, OTHERS: 5}
    assert found.hidden


def test_the_smallest_group_joins_a_remainder_that_would_point_at_somebody():
    found = safe_breakdown({"Data": 9, "Sales": 6, "Legal": 1}, 5)
    assert found.shown == {"Data": 9, OTHERS: 7}
    assert found.hidden


@pytest.mark.parametrize("counts", [{"Data": 4}, {"Data": 6, "Legal": 1}, {"A": 3, "B": 3}])
def test_nothing_is_shown_where_only_the_remainder_is_left(counts):
    found = safe_breakdown(counts, 5)
    assert found.shown == {}
    assert found.hidden


def test_nobody_is_no_group():
    found = safe_breakdown({}, 5)
    assert found.shown == {}
    assert not found.hidden


@given(
    st.dictionaries(st.text(max_size=3) | st.just(OTHERS), st.integers(0, 12), max_size=8), st.integers(1, 8)
)
def test_no_number_shown_is_below_the_minimum_and_none_can_be_worked_out(counts, minimum):
    found = safe_breakdown(counts, minimum)
    total = sum(counts.values())
    assert all(count >= minimum for count in found.shown.values())
    assert not found.shown or sum(found.shown.values()) == total
    assert found.hidden == any(name not in found.shown for name, count in counts.items() if count)
