"""Runs that start by themselves: what each scheduler is told, and that it can be taken back."""

from __future__ import annotations

import os
import plistlib
import shlex
import sys
from pathlib import Path

import pytest
import yaml

from sheetsync.errors import SheetsyncError
from sheetsync.program import Program
from sheetsync.verbs.schedule import default_kind, install, is_installed, remove, show
from sheetsync.verbs.schedulers import KINDS
from verbs.outbox_desk import OutboxDesk

HOSTILE = "a b\"c%d$e';f"
SCHEDULE = '[schedule]\nat = "06:30"\ndays = ["monday", "sunday"]\n'
POSIX = pytest.mark.skipif(os.name == "nt", reason="stands in for commands with shell scripts")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    folder = OutboxDesk(tmp_path / HOSTILE).folder
    with (folder / "sheetsync.toml").open("a") as file:
        file.write(SCHEDULE)
    return Program.load(folder)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and commands of schedulers that only note down how they were called."""
    home, commands = tmp_path / "home", tmp_path / "commands"
    home.mkdir()
    commands.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
    script = f'#!/bin/sh\necho "$(basename "$0") $*" >> {home}/calls\n'
    table = f'case "$1" in -l) cat {home}/table 2>/dev/null;; -) cat > {home}/table;; esac\n'
    for name in ("systemctl", "launchctl", "crontab"):
        (commands / name).write_text(script + (table if name == "crontab" else ""))
        (commands / name).chmod(0o755)
    return home


def command(program: Program, *more: str) -> list[str]:
    return [sys.executable, "-m", "sheetsync", "-C", str(program.folder.resolve()), "run", "--quiet", *more]


@POSIX
def test_cron_starts_the_run_at_the_times_of_the_program_file(program: Program, home: Path) -> None:
    (home / "table").write_text("1 1 * * * other\n")
    install(program, "cron")
    install(program, "cron")
    other, line = (home / "table").read_text().splitlines()
    assert other == "1 1 * * * other"
    minute, hour, *_, days, rest = line.split(" ", 5)
    assert (minute, hour, days) == ("30", "6", "1,0")
    assert shlex.split(rest.replace(r"\%", "%"), comments=True) == command(program)
    remove(program, "cron")
    assert (home / "table").read_text() == "1 1 * * * other\n"


@POSIX
def test_systemd_gets_a_timer_that_makes_up_for_missed_runs(program: Program, home: Path) -> None:
    install(program, "systemd")
    service, timer = sorted((home / ".config/systemd/user").iterdir())
    assert "OnCalendar=Mon,Sun 06:30\nPersistent=true" in timer.read_text()
    (line,) = (it for it in service.read_text().splitlines() if it.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    assert words == command(program, "--log-format", "json")
    assert f"systemctl --user enable --now {timer.name}" in (home / "calls").read_text()
    remove(program, "systemd")
    assert not service.exists()
    assert not timer.exists()


@POSIX
def test_launchd_gets_an_agent(program: Program, home: Path) -> None:
    install(program, "launchd")
    (path,) = (home / "Library/LaunchAgents").iterdir()
    agent = plistlib.loads(path.read_bytes())
    assert agent["ProgramArguments"] == command(program, "--log-format", "json")
    assert [it["Weekday"] for it in agent["StartCalendarInterval"]] == [1, 0]
    remove(program, "launchd")
    assert not path.exists()


def test_windows_gets_a_task(program: Program) -> None:
    shown = show(program, "windows")
    assert shown.startswith("schtasks /Create /F /TN sheetsync-acme-")
    assert "/SC WEEKLY /D MON,SUN /ST 06:30" in shown


def test_github_gets_a_workflow(program: Program) -> None:
    install(program, "github")
    workflow = yaml.safe_load((program.folder / ".github/workflows/sheetsync.yml").read_text())
    assert workflow[True]["schedule"] == [{"cron": "30 6 * * 1,0"}]
    steps = workflow["jobs"]["run"]["steps"]
    assert steps[-1]["run"] == "sheetsync run --quiet --log-format json"
    assert steps[-1]["env"]["SHEETSYNC_SMTP_PASSWORD"] == "${{ secrets.SHEETSYNC_SMTP_PASSWORD }}"


@POSIX
@pytest.mark.parametrize("kind", ["cron", "systemd", "launchd", "github"])
def test_what_was_installed_is_known_and_removing_twice_does_no_harm(program: Program, kind: str) -> None:
    assert not is_installed(program, kind)
    install(program, kind)
    assert is_installed(program, kind)
    remove(program, kind)
    remove(program, kind)
    assert not is_installed(program, kind)


@POSIX
def test_a_scheduler_that_refuses_is_quoted_and_another_one_offered(program: Program, tmp_path: Path) -> None:
    (tmp_path / "commands" / "systemctl").write_text("#!/bin/sh\necho no bus >&2\nexit 1\n")
    with pytest.raises(SheetsyncError, match=r"daemon-reload failed: no bus") as caught:
        install(program, "systemd")
    assert "--kind cron" in caught.value.do


def test_the_default_is_a_kind_there_is() -> None:
    assert default_kind() in KINDS
