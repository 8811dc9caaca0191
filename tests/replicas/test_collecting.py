"""The collector rests while a replica is read, and only then."""

from __future__ import annotations

import gc

import pytest

from sheetsync.replicas.collecting import without_collector


def test_the_collector_rests_meanwhile_and_works_again_whatever_happens() -> None:
    with pytest.raises(AssertionError, match="it rests"), without_collector():
        assert gc.isenabled(), "it rests"
    assert gc.isenabled()


def test_who_has_turned_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
