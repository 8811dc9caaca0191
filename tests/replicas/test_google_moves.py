"""Which rows are which, where a write hit some of them: as many are known as can be."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.replicas.google.moves import _matched


@given(st.dictionaries(st.integers(0, 5), st.lists(st.integers(0, 5), unique=True, max_size=4), max_size=5))
def test_as_many_as_can_be_get_one_that_they_want(wanted):
    found = _matched(wanted)
    assert all(it in wanted[one] for one, it in found.items())
    ways = product(*([None, *them] for them in wanted.values()))
    given_away = ([it for it in way if it is not None] for way in ways)
    assert len(set(found.values())) == len(found)
    assert len(found) == max(len(way) for way in given_away if len(set(way)) == len(way))


def test_the_first_wanted_comes_first():
    assert _matched({1: [7, 8], 2: [8]}) == {1: 7, 2: 8}
    assert _matched({1: [8, 7], 2: [8]}) == {1: 7, 2: 8}
    assert _matched({1: [8], 2: [8]}) == {1: 8}
