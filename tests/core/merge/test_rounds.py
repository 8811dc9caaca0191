"""Whole rounds: people edit, sort, copy, delete, restore; passes run, miss copies, are cut short.

`make cases` plays a million of them.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.merge.copies import COLUMNS, Copy, World

EXAMPLES = int(os.environ.get("SHEETSYNC_EXAMPLES", "300"))
#: Hypothesis remembers every example of a run: of many, each part is a run of its own.
PARTS = 1 + EXAMPLES // 5000
thorough = settings(
    max_examples=EXAMPLES // PARTS, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

_INDEX = st.integers(0, 2)
_NUMBER = st.integers(0, 11)
_TYPING = ("type", "type", "type", "add", "add", "empty", "type badly")
_ORDERLY = (*_TYPING, "delete", "sort", "clear row")
_WILD = (*_ORDERLY, "sort without ids", "clear id", "add alike", "copy", "paste over", "restore")


@pytest.fixture(params=range(PARTS), scope="module", autouse=True)
def part(request: pytest.FixtureRequest) -> int:
    """Every test is run once for each part."""
    return int(request.param)


_TAMPERING = ("clear ids", "sort without ids")


def actions(*kinds: str) -> st.SearchStrategy[list[tuple[str, int, int, int]]]:
    """What happens: (what, in which copy, to which row, in which column or how far).

    Each is drawn as a whole: drawing its parts takes twice as long as carrying it out.
    """
    passes = ("pass", "pass", "pass without one", "pass cut short")
    every = product((*kinds, *passes), range(3), range(12), range(12))
    return st.lists(st.sampled_from(tuple(every)), max_size=25)


class People:
    """Carries actions out; every value typed is a token of its own."""

    def __init__(self, copies: int) -> None:
        self.world = World([Copy(name) for name in "ABC"[:copies]])
        self.typed = 0
        self.kept: set[object] = set()

    def do(self, what: str, who: int, at: int, far: int) -> None:
        copy = self.world.copies[who % len(self.world.copies)]
        if what == "pass":
            self.world.sync()
        elif what == "pass without one":
            self.world.sync({it for it in range(len(self.world.copies)) if it != who})
        elif what == "pass cut short":
            self.world.sync(writes=far % 3)
        else:
            before = Counter(copy.tokens())
            self._edit(copy, what, at, far)
            self.kept -= (before - Counter(copy.tokens())).keys()

    def token(self, mark: str = "") -> str:
        self.typed += 1
        self.kept.add(f"{mark}t{self.typed}")
        return f"{mark}t{self.typed}"

    def _edit(self, copy: Copy, what: str, at: int, far: int) -> None:
        if what == "add":
            copy.rows.append(("", {"name": self.token(), "note": self.token()}))
        elif what == "add alike":
            alike = {"name": self.token(), "note": self.token()}
            for each in self.world.copies:
                each.rows.append(("", dict(alike)))
        elif what == "restore":
            if copy.seen:
                copy.restore(far)
        elif copy.rows:
            at %= len(copy.rows)
            self._edit_row(copy.rows, what, at, far)

    def _edit_row(self, rows: list[tuple[str, dict[str, object]]], what: str, at: int, far: int) -> None:
        row_id, values = rows[at]
        column, other = COLUMNS[far % len(COLUMNS)], far % len(rows)
        if what == "type":
            rows[at] = (row_id, {**values, column: self.token()})
        elif what == "type badly":
            rows[at] = (row_id, {**values, column: self.token("!")})
        elif what == "empty":
            rows[at] = (row_id, {key: it for key, it in values.items() if key != column})
        elif what == "delete":
            del rows[at]
        elif what == "clear row":
            rows[at] = (row_id, {})
        elif what == "clear id":
            rows[at] = ("", values)
        elif what == "copy":
            rows.append((row_id, dict(values)))
        elif what == "paste over":
            rows[other] = (rows[other][0], dict(values))
        elif what == "sort":
            rows.sort(key=lambda it: str(it[1].get(column, "")))
        elif what == "sort without ids":
            contents = sorted((it for _, it in rows), key=lambda it: str(it.get(column, "")))
            rows[:] = [(it, content) for (it, _), content in zip(rows, contents, strict=True)]


def played(copies: int, script: list[tuple[str, int, int, int]]) -> People:
    """The world after all this happened and edits stopped."""
    people = People(copies)
    for action in script:
        people.do(*action)
    people.world.settle()
    return people


@thorough
@given(st.integers(2, 3), actions(*_WILD))
def test_no_value_is_lost_that_nobody_replaced(copies, script):
    people = played(copies, script)
    somewhere = {token for copy in people.world.copies for token in copy.tokens()}
    assert people.kept <= somewhere


@thorough
@given(st.integers(2, 3), actions(*_WILD))
def test_once_edits_stop_all_copies_are_equal_but_for_held_cells(copies, script):
    world = played(copies, script).world
    agreed = {row_id: it for row_id, it in world.generations[world.newest].items() if it}
    for copy in world.copies:
        records = copy.records()
        for row_id, values in agreed.items():
            for column in COLUMNS:
                if (row_id, column) not in world.held:
                    assert records[row_id].get(column) == values.get(column)
        assert all(
            row_id in agreed or all((row_id, it) in world.held for it in records[row_id])
            for row_id in records
        )


@thorough
@given(st.integers(2, 3), actions(*_WILD))
def test_every_row_has_one_id_of_its_own(copies, script):
    for copy in played(copies, script).world.copies:
        ids = [row_id for row_id, values in copy.rows if values]
        assert all(ids)
        assert len(ids) == len(set(ids))


@thorough
@given(st.integers(2, 3), actions(*_ORDERLY))
def test_no_pass_makes_two_rows_of_one(copies, script):
    for copy in played(copies, script).world.copies:
        tokens = copy.tokens()
        assert len(tokens) == len(set(tokens))


@thorough
@given(st.integers(2, 3), actions(*_ORDERLY), _INDEX, st.sampled_from(_TAMPERING))
def test_ids_that_were_cleared_or_left_behind_find_their_rows_again(copies, script, who, what):
    people = played(copies, script)
    world = people.world
    copy = world.copies[who % copies]
    if world.held:
        return
    for each in world.copies:
        each.rows = [it for it in each.rows if it[1]]
    if what == "clear ids":
        copy.rows = [("", it) for _, it in copy.rows]
    else:
        people.do(what, who, 0, 0)
    people.do("type", who + 1, 0, COLUMNS.index("note"))
    ids = {row_id for each in world.copies for row_id, _ in each.rows if row_id}
    world.settle()
    assert {row_id for each in world.copies for row_id, it in each.rows if it} <= ids
    assert people.kept <= {token for each in world.copies for token in each.tokens()}


@thorough
@given(st.integers(2, 3), actions(*_ORDERLY), _INDEX, _NUMBER)
def test_a_row_deleted_in_one_copy_and_untouched_elsewhere_is_gone_for_good(copies, script, who, at):
    world = played(copies, script).world
    copy = world.copies[who % copies]
    if not copy.rows:
        return
    row_id, values = copy.rows.pop(at % len(copy.rows))
    if any((row_id, column) in world.held for column in COLUMNS):
        return
    world.sync(present={who % copies})
    world.settle()
    left = {token for each in world.copies for token in each.tokens()}
    assert not left & set(values.values())
