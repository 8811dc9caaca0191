"""What each system's scheduler is given, so that it starts `sheetsync run`: texts, nothing is done here."""

from __future__ import annotations

import json
import plistlib
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from sheetsync.core.announcements import WEEKDAYS
from sheetsync.core.places import GOOGLE
from sheetsync.core.timetable import ScheduleTable
from sheetsync.core.wording import listed
from sheetsync.program import Program
from sheetsync.verbs.runs import IN_UTC


@dataclass(frozen=True)
class Setup:
    """How a scheduler is told of a program, and how it forgets it.

    Attributes:
        files: Path -> content, to write before `install` and to delete after `remove`.
        install, remove: Commands.
        crontab: A line of the user's table, "" where the scheduler has none.
        remarks: What a person has to know or do, a sentence or two each.
    """

    files: Mapping[Path, str] = field(default_factory=dict)
    install: tuple[tuple[str, ...], ...] = ()
    remove: tuple[tuple[str, ...], ...] = ()
    crontab: str = ""
    remarks: tuple[str, ...] = ()


def run_command(program: Program) -> tuple[str, ...]:
    """The command that a scheduler starts: this very Python, so that no PATH is needed."""
    return (sys.executable, "-m", "sheetsync", "-C", str(program.folder.resolve()), "run", "--quiet")


def job_name(program: Program) -> str:
    """A name that is safe everywhere and differs between folders: "sheetsync-acme-1f3a5c"."""
    slug = re.sub(r"[^a-z0-9]+", "-", program.name.lower()).strip("-")[:30].strip("-")
    unique = sha256(str(program.folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return "-".join(filter(None, ("sheetsync", slug, unique)))


def cron(program: Program) -> Setup:
    """A line of the user's crontab; cron mails what a run prints, which is nothing while all is well.

    What waits for a person is told once a day at most: of more runs, cron mails only why one could not start.
    """
    command = shlex.join(run_command(program)).replace("%", r"\%")
    report = " > /dev/null" if len(program.schedule.times) > 1 else ""
    return Setup(crontab=f"{_cron_moments(program.schedule)} {command}{report} # {job_name(program)}")


def systemd(program: Program) -> Setup:
    """A service and a timer of the user; a run that was missed while the machine slept is made up for."""
    name, when = job_name(program), program.schedule
    folder = Path.home() / ".config/systemd/user"
    days = ",".join(WEEKDAYS[day][:3].capitalize() for day in when.weekdays)
    hours, minutes = (",".join(f"{it:02}" for it in part) or "*" for part in (when.hours, when.minutes))
    command = " ".join(_systemd_word(word) for word in (*run_command(program), "--log-format", "json"))
    service = (
        f"[Unit]\nDescription=sheetsync: {_systemd_text(program.name)}\n\n"
        f"[Service]\nType=oneshot\nSuccessExitStatus=1\nExecStart={command}\n"
    )
    timer = (
        f"[Unit]\nDescription=sheetsync: {_systemd_text(program.name)}\n\n"
        f"[Timer]\nOnCalendar={days} {hours}:{minutes}\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    control = ("systemctl", "--user")
    return Setup(
        {folder / f"{name}.service": service, folder / f"{name}.timer": timer},
        ((*control, "daemon-reload"), (*control, "enable", "--now", f"{name}.timer")),
        ((*control, "disable", "--now", f"{name}.timer"),),
        remarks=("So that it runs while you are logged out too: loginctl enable-linger",),
    )


def launchd(program: Program) -> Setup:
    """An agent of the user on macOS; a run that was missed while the machine slept is made up for."""
    name, when = job_name(program), program.schedule
    path = Path.home() / "Library/LaunchAgents" / f"{name}.plist"
    log = str(program.state.resolve() / "run.log")
    content = {
        "Label": name,
        "ProgramArguments": [*run_command(program), "--log-format", "json"],
        "StartCalendarInterval": [
            {"Weekday": (day + 1) % 7, **hour, "Minute": minute}
            for day in when.weekdays
            for hour in [{"Hour": it} for it in when.hours] or [{}]
            for minute in when.minutes
        ],
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    return Setup(
        {path: plistlib.dumps(content).decode()},
        (("launchctl", "load", "-w", str(path)),),
        (("launchctl", "unload", "-w", str(path)),),
    )


def windows(program: Program) -> Setup:
    """A task of the Windows Task Scheduler."""
    name, when = job_name(program), program.schedule
    days = ",".join(WEEKDAYS[day][:3].upper() for day in when.weekdays)
    command = " ".join(f'"{word}"' if " " in word else word for word in run_command(program))
    moments = ("/SC", "WEEKLY", "/D", days, "/ST", f"{when.times[0]:%H:%M}")
    again = ("/RI", str(when.interval), "/DU", "0024:00") if len(when.times) > 1 else ()
    return Setup(
        install=(("schtasks", "/Create", "/F", "/TN", name, *moments, *again, "/TR", command),),
        remove=(("schtasks", "/Delete", "/F", "/TN", name),),
    )


def github(program: Program) -> Setup:
    """A workflow of GitHub Actions, where the copies lie in the cloud and the ledger in a database."""
    spreadsheet = next(iter(program.at_google), "")
    content = _WORKFLOW.format(
        moments=_cron_moments(program.schedule),
        connect=_CONNECT.format(spreadsheet=spreadsheet.removeprefix(GOOGLE)) if spreadsheet else "",
        minutes=program.schedule.timeout + _INSTALLING,
        package=_package() or "sheetsync[postgresql] @ ${{ vars.SHEETSYNC_URL }}",
    )
    file = program.folder / ".github/workflows/sheetsync.yml"
    return Setup({file: content}, remarks=tuple(_for_runners(program)))


def _package() -> str:
    """What pip installs this sheetsync from elsewhere; "" where it came from a folder of this machine."""
    here = distribution("sheetsync")
    origin = json.loads(here.read_text("direct_url.json") or "{}")
    if not origin:
        return f"sheetsync[postgresql]=={here.version}"
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return f"sheetsync[postgresql] @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    return "" if origin["url"].startswith("file:") else f"sheetsync[postgresql] @ {origin['url']}"


def _for_runners(program: Program) -> Iterator[str]:
    """What a runner of GitHub has to be given, which has nothing of this machine."""
    yield "Commit the file to the root of a repository. Times are UTC. Passwords belong into its secrets."
    if not _package():
        yield (
            "sheetsync was installed from a folder of this machine. Tell the repository where runners get it "
            "from, under Settings > Secrets and variables > Actions > Variables: SHEETSYNC_URL, such as "
            "git+https://HOST/OWNER/sheetsync"
        )
    if program.at_google:
        yield (
            "A runner calls Google as a service account: put the whole text of its key file into the secret "
            "SHEETSYNC_GOOGLE_KEY, and share each spreadsheet with its address, as Editor."
        )
    files = [name for it in program.workbooks for name in it.replicas if not name.startswith(GOOGLE)]
    if files:
        yield (
            f"A runner has no files of this machine ({listed(files)}). It is for workbooks at Google: "
            "sheetsync provision --google; for files, take a scheduler of this machine: --kind."
        )
    if program.ledger_url.startswith("sqlite"):
        yield (
            "A runner forgets what it wrote, so the ledger has to be a database that it can reach: "
            "[ledger] in sheetsync.toml."
        )


#: Minutes of a job of GitHub Actions before and after the run.
_INSTALLING = 10
_WORKFLOW = """\
name: sheetsync
on:
  schedule:
    - cron: "{moments}"
  workflow_dispatch: {{}}
permissions:
  contents: read
concurrency: sheetsync
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: {minutes}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install "{package}"
{connect}\
      - run: sheetsync run --quiet --log-format json || test $? -eq 1  # done, and a person is needed
        env:
          SHEETSYNC_SMTP_PASSWORD: ${{{{ secrets.SHEETSYNC_SMTP_PASSWORD }}}}
"""

_CONNECT = """\
      - run: |
          (umask 077 && printf '%s' "$KEY" > "$RUNNER_TEMP/google.json")
          sheetsync connect google --key "$RUNNER_TEMP/google.json" --sheet {spreadsheet}
        env:
          KEY: ${{{{ secrets.SHEETSYNC_GOOGLE_KEY }}}}
"""

#: Kind of scheduler -> what it is given.
KINDS: dict[str, Callable[[Program], Setup]] = {
    "cron": cron,
    "systemd": systemd,
    "launchd": launchd,
    "windows": windows,
    IN_UTC: github,
}


def _cron_moments(when: ScheduleTable) -> str:
    """The five fields of cron, whose week begins on Sunday, with 0."""
    days = [(day + 1) % 7 for day in when.weekdays]
    minutes, hours, weekdays = (",".join(map(str, it)) or "*" for it in (when.minutes, when.hours, days))
    return f"{minutes} {hours} * * {weekdays}"


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _systemd_text(text: str) -> str:
    return " ".join(text.split()).replace("%", "%%")
