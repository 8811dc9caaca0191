"""No history of edits, crashes and failures loses an edit; `make simulate` plays as many as wanted."""

from __future__ import annotations

import os

import pytest

from simulator.fleet import play

#: Histories in a run of the tests.
HISTORIES = int(os.environ.get("SHEETSYNC_HISTORIES", "100"))
#: No divisor of what parts Excel's histories from the others: each part has some of these slow ones.
PARTS = 21


@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_loses_or_doubles_anything(part: int) -> None:
    broken = play(range(part, HISTORIES, PARTS))
    assert not broken, "\n".join(broken)
