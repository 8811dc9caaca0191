"""The emulator answers what Google answered, word for word, where a recording starts from nothing."""

from __future__ import annotations

import pytest

from emulator.recordings import Replay, recorded

NEEDS_AN_OLD_ACCOUNT = {"ClientTest.test_openall"}
RECORDINGS = [path for path in recorded() if path.stem not in NEEDS_AN_OLD_ACCOUNT]


@pytest.mark.skipif(not RECORDINGS, reason="SHEETSYNC_TEST_DATA names no folder with google-recordings")
def test_every_recorded_answer_is_given_again():
    replays = {path.stem: Replay(path) for path in RECORDINGS}
    differences = {name: list(replay.differences()) for name, replay in replays.items()}
    assert {name: found for name, found in differences.items() if found} == {}
    assert sum(len(replay.interactions) for replay in replays.values()) >= 1100
