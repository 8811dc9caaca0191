"""Runs that start by themselves: what each scheduler is told, and that it can be taken back."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from importlib import metadata
from itertools import pairwise, takewhile
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.desk import team_program
from sheetsync.core.announcements import WEEKDAYS
from sheetsync.core.timetable import EVERY, ScheduleTable
from sheetsync.errors import LedgerError, SheetsyncError
from sheetsync.program import Program
from sheetsync.verbs import schedulers
from sheetsync.verbs.pass_ import look
from sheetsync.verbs.runs import next_run
from sheetsync.verbs.schedule import default_kind, install, is_installed, remove, scheduler_of, show
from sheetsync.verbs.schedulers import KINDS
from verbs.outbox_desk import OutboxDesk

WEEK_BEGINS, WEEK_ENDS = datetime(2026, 3, 1, 23, 59), datetime(2026, 3, 9)
HOSTILE = "a b\"c%d$e';f"
SCHEDULE = '[schedule]\nat = "06:30"\ndays = ["monday", "sunday"]\n'
pytestmark = pytest.mark.usefixtures("home")
POSIX = pytest.mark.skipif(os.name == "nt", reason="stands in for commands with shell scripts")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    folder = OutboxDesk(tmp_path / HOSTILE).folder
    with (folder / "sheetsync.toml").open("a") as file:
        file.write(SCHEDULE)
    return Program.load(folder)


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


def test_cron_mails_what_waits_for_a_person_once_a_day_at_most(program: Program) -> None:
    often = replace(program, schedule=ScheduleTable(every="30min"))
    assert " > /dev/null # sheetsync-acme-" in schedulers.cron(often).crontab
    assert ">" not in schedulers.cron(program).crontab


@POSIX
def test_a_table_of_cron_that_cannot_be_read_stays_as_it_is(program: Program, home: Path) -> None:
    (home / "table").write_text("1 1 * * * other\n")
    script = f'#!/bin/sh\ntest "$1" = - && cat > {home}/table\necho you are not allowed >&2\nexit 1\n'
    (home.parent / "commands" / "crontab").write_text(script)
    with pytest.raises(SheetsyncError, match="crontab -l failed: you are not allowed"):
        install(program, "cron")
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
    assert ' /TR "' in shown, "the shell of Windows knows no single quotes"
    assert shown.endswith(' run --quiet"')


def test_github_gets_a_workflow(program: Program) -> None:
    install(program, "github")
    workflow = yaml.safe_load((program.folder / ".github/workflows/sheetsync.yml").read_text())
    assert workflow[True]["schedule"] == [{"cron": "30 6 * * 1,0"}]
    steps = workflow["jobs"]["run"]["steps"]
    assert steps[-1]["run"] == "sheetsync run --quiet --log-format json || test $? -eq 1"
    assert workflow["jobs"]["run"]["timeout-minutes"] == 70, (
        "a run that takes too long has time for last words"
    )
    assert steps[-1]["env"]["SHEETSYNC_SMTP_PASSWORD"] == "${{ secrets.SHEETSYNC_SMTP_PASSWORD }}"


COMMIT = "06d4c03d4b7e3bb1d3b1d7f7d0c2a5a1e7a6f111"


@pytest.mark.parametrize(
    ("origin", "package"),
    [
        (None, f"sheetsync[postgresql]=={metadata.version('sheetsync')}"),
        (
            {"url": "https://git.example/sheetsync", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"sheetsync[postgresql] @ git+https://git.example/sheetsync@{COMMIT}",
        ),
        (
            {"url": "https://files.example/sheetsync.whl", "archive_info": {}},
            "sheetsync[postgresql] @ https://files.example/sheetsync.whl",
        ),
        (
            {"url": "file:///home/maya/sheetsync", "dir_info": {"editable": True}},
            "sheetsync[postgresql] @ ${{ vars.SHEETSYNC_URL }}",
        ),
    ],
)
def test_github_installs_sheetsync_from_where_it_came_or_asks_where(
    program: Program, monkeypatch: pytest.MonkeyPatch, origin: object, package: str
) -> None:
    text = None if origin is None else json.dumps(origin)
    installed = SimpleNamespace(version=metadata.version("sheetsync"), read_text=lambda _: text)
    monkeypatch.setattr(schedulers, "distribution", lambda _: installed)
    setup = schedulers.github(program)
    (content,) = setup.files.values()
    steps = yaml.safe_load(content)["jobs"]["run"]["steps"]
    assert steps[-2]["run"] == f'pip install "{package}"'
    assert any("SHEETSYNC_URL" in it for it in setup.remarks) == ("vars." in package)


def test_github_s_runners_have_no_files_of_this_machine(program: Program) -> None:
    shown = show(program, "github")
    assert "# A runner has no files of this machine (team.xlsx)" in shown
    assert "the ledger has to be a database" in shown


@POSIX
def test_the_next_run_is_told_in_the_time_zone_in_which_the_scheduler_counts(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 3, 2, 6, 0)
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        told = {kind: f"{next_run(program, kind, now):%d %H:%M %Z}" for kind in ("cron", "github")}
    time.tzset()
    assert told == {"cron": "02 06:30 JST", "github": "02 06:30 UTC"}


@POSIX
def test_the_status_tabs_tell_of_a_next_run_only_where_one_starts_by_itself(tmp_path: Path) -> None:
    desk = team_program(tmp_path / "team", "team.xlsx")

    def next_start() -> datetime | None:
        return look(desk.program, desk.now).next_run

    assert next_start() is None
    install(desk.program, "cron")
    assert next_start() == datetime(2026, 3, 5, 7, 0)
    remove(desk.program, "systemd")
    assert next_start() == datetime(2026, 3, 5, 7, 0), "that one started none"
    remove(desk.program, "cron")
    assert next_start() is None
    install(desk.program, "github")
    assert next_start() is None, "a runner has no files of this machine"
    remove(desk.program, "github")
    assert not (desk.folder / ".github").exists()
    (at_google,) = (replace(it, replicas=("google:1a2b",)) for it in desk.program.workbooks)
    install(replace(desk.program, workbooks=(at_google,)), "github")
    assert scheduler_of(desk.program) == "github"


@POSIX
def test_a_ledger_that_cannot_be_opened_is_told_before_anything_is_set_up(tmp_path: Path, home: Path) -> None:
    desk = team_program(tmp_path / "team", "team.xlsx")
    install(desk.program, "cron")
    (desk.program.state / "ledger.db").write_bytes(b"no database at all " * 500)
    with pytest.raises(LedgerError):
        install(desk.program, "systemd")
    assert not (home / ".config/systemd/user").exists()
    assert scheduler_of(desk.program) == ""
    remove(desk.program, "cron")
    assert (home / "table").read_text() == ""


Moment = tuple[int, int, int]  # weekday (Sunday is 0), hour, minute


def by_cron(program: Program) -> set[Moment]:
    minutes, hours, _, _, days, *_ = schedulers.cron(program).crontab.split()
    return {(d, h, m) for d in numbers(days, 7) for h in numbers(hours, 24) for m in numbers(minutes, 60)}


def by_github(program: Program) -> set[Moment]:
    (content,) = schedulers.github(program).files.values()
    assert yaml.safe_load(content)[True]["schedule"][0]["cron"] in schedulers.cron(program).crontab
    return by_cron(program)


def by_systemd(program: Program) -> set[Moment]:
    found = re.search(r"OnCalendar=(\S+) (\S+):(\S+)", "".join(schedulers.systemd(program).files.values()))
    assert found
    days, hours, minutes = found.groups()
    named = [("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat").index(day) for day in days.split(",")]
    return {(d, h, m) for d in named for h in numbers(hours, 24) for m in numbers(minutes, 60)}


def by_launchd(program: Program) -> set[Moment]:
    (content,) = schedulers.launchd(program).files.values()
    told = plistlib.loads(content.encode())["StartCalendarInterval"]
    hours = [[it["Hour"]] if "Hour" in it else range(24) for it in told]
    return {(it["Weekday"], h, it["Minute"]) for it, known in zip(told, hours, strict=True) for h in known}


def by_windows(program: Program) -> set[Moment]:
    (create,) = schedulers.windows(program).install
    said = dict(pairwise(create))
    named = [("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT").index(day) for day in said["/D"].split(",")]
    hour, minute = map(int, said["/ST"].split(":"))
    times = range(hour * 60 + minute, 24 * 60, int(said.get("/RI", 24 * 60)))
    return {(day, *divmod(it, 60)) for day in named for it in times}


def numbers(field: str, count: int) -> Iterable[int]:
    return range(count) if field == "*" else map(int, field.split(","))


@pytest.mark.parametrize("read_back", [by_cron, by_github, by_systemd, by_launchd, by_windows])
@given(
    at=st.times().map(lambda it: f"{it:%H:%M}"),
    every=st.sampled_from(sorted(EVERY)),
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_scheduler_starts_runs_at_the_very_moments_that_sheetsync_names(
    program: Program, read_back: Callable[[Program], set[Moment]], at: str, every: str, days: tuple[str, ...]
) -> None:
    program = replace(program, schedule=ScheduleTable(at, every, days))
    named = takewhile(lambda it: it < WEEK_ENDS, program.schedule.runs_after(WEEK_BEGINS))
    assert read_back(program) == {(it.isoweekday() % 7, it.hour, it.minute) for it in named}


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


@POSIX
def test_a_scheduler_that_refuses_leaves_no_file_that_looks_like_a_schedule(
    program: Program, home: Path, tmp_path: Path
) -> None:
    systemctl = tmp_path / "commands" / "systemctl"
    working = systemctl.read_text()
    refusing = "#!/bin/sh\necho no bus >&2; exit 1\n"
    systemctl.write_text(refusing)
    with pytest.raises(SheetsyncError, match="no bus"):
        install(program, "systemd")
    assert not is_installed(program, "systemd")
    systemctl.write_text(working)
    install(program, "systemd")
    before = {path: path.read_bytes() for path in home.rglob("sheetsync-*.*")}
    systemctl.write_text(refusing)
    with pytest.raises(SheetsyncError, match="no bus"):
        install(program, "systemd")
    assert {path: path.read_bytes() for path in home.rglob("sheetsync-*.*")} == before != {}
    with pytest.raises(SheetsyncError, match="no bus"):
        remove(program, "systemd")
    assert not is_installed(program, "systemd")


def test_the_default_is_a_kind_there_is() -> None:
    assert default_kind() in KINDS
