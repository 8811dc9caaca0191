"""Whatever the ledger remembers of people's values, `sheetsync log` tells: also what lost to a winner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sheetsync.core.values import Value
from sheetsync.verbs.log import Wanted, read_log
from simulator.fleet import started
from simulator.history import History
from simulator.world import MEMORY, NAMES, Start, Weather

#: Histories for each of them.
HISTORIES = 10


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    with started() as found:
        yield found


def told(history: History) -> set[Value]:
    """Every value in the log, before and after."""
    lines = read_log(history.world.program, Wanted())
    assert all(it.when for it in lines)
    return {value for it in lines for value in (it.old, it.new)}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_log_tells_every_value_that_the_ledger_ever_saw(start: Start, seed: int) -> None:
    history = History(start, seed, kinds=MEMORY * 3)
    history.play()
    assert history.world.remembered() <= told(history)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_log_tells_every_value_that_lost_to_a_winner(start: Start, seed: int) -> None:
    workbooks = tuple(replace(it, winners={"": NAMES[1]}) for it in start.program.workbooks)
    history = History(
        replace(start, program=replace(start.program, workbooks=workbooks)), seed, kinds=MEMORY * 3
    )
    history.work(edits=12)
    history.world.run(Weather())
    standing = {value for copy in history.world.copies for value in copy.page().tokens()}
    assert history.oracle.alive - history.oracle.touched <= standing | told(history)
