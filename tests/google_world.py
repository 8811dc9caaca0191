"""Google on loopback for whole programs: an emulator, a service account's key, people at work."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import stamina

from google_emulator import Emulator
from google_emulator.human import Human
from google_emulator.world import File
from scenarios.desk import Desk, copied
from sheetsync.replicas.google import login, quota
from sheetsync.verbs.connect import connect_google
from sheetsync.verbs.google import add_google


@contextmanager
def loopback(folder: Path) -> Iterator[Emulator]:
    """Google on loopback, for a user of this computer who is not connected yet."""
    with Emulator() as emulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv(login.ROOT, emulator.url)
        patch.setattr(login, "user_config_path", lambda _: folder / "config")
        patch.setattr(login, "user_state_path", lambda _: folder / "state")
        patch.setattr(quota, "PER_MINUTE", 10_000)
        stamina.set_testing(True, attempts=3)
        yield emulator
        stamina.set_testing(False)
        login.disconnect()


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Emulator]:
    """Google on loopback; this computer's user is not connected yet."""
    with loopback(tmp_path) as emulator:
        yield emulator


@pytest.fixture
def key(google: Emulator, tmp_path: Path) -> Path:
    """The key file of a service account."""
    return key_file(google, tmp_path)


def key_file(google: Emulator, folder: Path) -> Path:
    path = folder / "key.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(google.service_account()), encoding="utf-8")
    return path


def human(google: Emulator, replica: str) -> Human:
    """Somebody at work in a replica's spreadsheet."""
    return google.human(replica.removeprefix("google:"))


def spreadsheets(desk: Desk) -> list[str]:
    """What the copies at Google of the desk's first workbook are called."""
    return [name for name in desk.program.workbooks[0].replicas if name.startswith("google:")]


@dataclass(frozen=True)
class AtGoogle:
    """A program with copies at Google that was made and filled once; each test goes on with its own."""

    desk: Desk
    files: Sequence[File]

    @classmethod
    def make(cls, start: Desk, folder: Path) -> AtGoogle:
        """Give the first workbook of a program a copy at Google."""
        with loopback(folder) as google:
            desk = copied(start, folder / "acme")
            connect_google(key=key_file(google, folder))
            add_google(desk.program, desk.program.workbooks[0].name)
            assert desk.provision()
            desk.settle()
            return cls(desk, [human(google, name).file for name in spreadsheets(desk)])

    def again(self, google: Emulator, key: Path, folder: Path) -> Desk:
        """The same at another Google, in a folder of its own."""
        google.world.files |= {file.id: copy.deepcopy(file) for file in self.files}
        connect_google(key=key)
        google.server.seen.clear()
        return copied(self.desk, folder)
