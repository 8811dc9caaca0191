"""Programs that were provisioned and filled once, copied for each test that changes them."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from google_world import google as google
from google_world import key as key
from scenarios.desk import Desk, copied, team_program
from sheetsync.verbs.demo import demo


@pytest.fixture(scope="session")
def two_files_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return team_program(tmp_path_factory.mktemp("two") / "acme", "a.xlsx", "b.xlsx", other=True)


@pytest.fixture
def two_files(two_files_once: Desk, tmp_path: Path) -> Desk:
    """The team's workbook in a.xlsx and b.xlsx, in step, and another workbook in other.xlsx."""
    return copied(two_files_once, tmp_path / "acme")


@pytest.fixture(scope="session")
def demo_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("demo") / "acme"
    now = datetime(2026, 3, 4, 9, 0)
    demo(folder, now)
    return Desk(folder, now)


@pytest.fixture
def acme(demo_once: Desk, tmp_path: Path) -> Desk:
    """The sample program: a stakeholder map and a working group with four months of records."""
    return copied(demo_once, tmp_path / "acme")


@pytest.fixture
def soffice() -> str:
    """LibreOffice's command."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found
