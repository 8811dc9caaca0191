"""Google on loopback for whole programs: an emulator, a service account's key, people at work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from google_emulator import Emulator
from google_emulator.human import Human
from sheetsync.replicas.google import login, quota


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Google on loopback; this computer's user is not connected yet."""
    with Emulator() as emulator:
        monkeypatch.setenv(login.ROOT, emulator.url)
        monkeypatch.setattr(login, "user_config_path", lambda _: tmp_path / "config")
        monkeypatch.setattr(login, "user_state_path", lambda _: tmp_path / "state")
        monkeypatch.setattr(quota, "PER_MINUTE", 10_000)
        stamina.set_testing(True, attempts=3)
        yield emulator
        stamina.set_testing(False)
        login.disconnect()


@pytest.fixture
def key(google: Emulator, tmp_path: Path) -> Path:
    """The key file of a service account."""
    path = tmp_path / "key.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(google.service_account()), encoding="utf-8")
    return path


def human(google: Emulator, replica: str) -> Human:
    """Somebody at work in a replica's spreadsheet."""
    return google.human(replica.removeprefix("google:"))
