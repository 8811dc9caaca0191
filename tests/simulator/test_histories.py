"""No history of edits, crashes and failures loses an edit; `make simulate` plays as many as wanted."""

from __future__ import annotations

import os

import pytest

from simulator.fleet import play, started
from simulator.history import History
from simulator.world import MEMORY, NAMES

#: Histories in a run of the tests.
HISTORIES = int(os.environ.get("SHEETSYNC_HISTORIES", "100"))
#: No divisor of what parts Excel's histories from the others: each part has some of these slow ones.
PARTS = 21


@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_loses_or_doubles_anything(part: int) -> None:
    broken = play(range(part, HISTORIES, PARTS))
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("part", range(5))
def test_names_and_order_of_the_copies_do_not_matter(part: int) -> None:
    with started() as start:
        for seed in range(part, HISTORIES // 10, 5):
            outcomes = []
            for names in (NAMES, NAMES[::-1]):
                history = History(start, seed, kinds=MEMORY * 3, names=names)
                history.play(calm=True)
                outcomes.append(history.outcome)
            assert outcomes[0] == outcomes[1], f"seed {seed}\n" + "\n".join(history.script)
