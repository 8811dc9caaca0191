"""A home of its own, so that no test meets the jobs and tables of whoever runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and commands of schedulers that only note down how they were called."""
    home, commands = tmp_path / "home", tmp_path / "commands"
    home.mkdir()
    commands.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
    script = f'#!/bin/sh\necho "$(basename "$0") $*" >> {home}/calls\n'
    table = (
        f'case "$1" in -) exec cat > {home}/table;; esac\n'
        f"test -e {home}/table || {{ echo no crontab for maya >&2; exit 1; }}\n"
        f"cat {home}/table\n"
    )
    for name in ("systemctl", "launchctl", "crontab"):
        (commands / name).write_text(script + (table if name == "crontab" else ""))
        (commands / name).chmod(0o755)
    return home
