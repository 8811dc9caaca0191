"""A workbook in Excel files and at Google, in step; made once, and each test goes on with its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from google_emulator import Emulator
from google_emulator.human import Human
from google_world import AtGoogle, human, spreadsheets
from scenarios.desk import Desk


@pytest.fixture(scope="session")
def at_google_once(two_files_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> AtGoogle:
    return AtGoogle.make(two_files_once, tmp_path_factory.mktemp("at_google"))


@pytest.fixture
def desk(at_google_once: AtGoogle, google: Emulator, key: Path, tmp_path: Path) -> Desk:
    """The team's workbook in a.xlsx, b.xlsx and at Google, in step, and another workbook in other.xlsx."""
    return at_google_once.again(google, key, tmp_path / "acme")


@pytest.fixture
def sheet(desk: Desk, google: Emulator) -> Human:
    """Somebody at work at Google."""
    return human(google, spreadsheets(desk)[0])
