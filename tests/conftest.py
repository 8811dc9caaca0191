"""Programs that were provisioned and filled once, copied for each test that changes them."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from google_world import google as google
from google_world import key as key
from scenarios.desk import Desk, copied, team_program
from sheetsync.verbs.demo import demo


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr != "live":
        sys.addaudithook(_loopback_alone)


def _loopback_alone(event: str, args: tuple[object, ...]) -> None:
    """No test but the live ones talks to another computer, whatever library it does it with."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = str(args[1][0])
        if host != "localhost" and not ip_address(host).is_loopback:
            raise PermissionError(f"a test wanted to connect to {host}")


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
