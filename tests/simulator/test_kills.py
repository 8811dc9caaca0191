"""A pass killed at any durable step loses and doubles nothing; `make kills` does it 5,000 times."""

from __future__ import annotations

import os

import pytest

from simulator.fleet import started
from simulator.kills import kill_everywhere

#: Seeds whose pass is killed at each of its steps.
SEEDS = int(os.environ.get("SHEETSYNC_KILLED", "1"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_pass_killed_at_any_durable_step_loses_and_doubles_nothing(seed: int) -> None:
    with started() as start:
        assert kill_everywhere(start, seed) > 10, "a pass that writes has so many, also while a copy is away"
