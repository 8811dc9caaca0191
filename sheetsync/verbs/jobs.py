"""The jobs of sheetsync that this machine's schedulers have, whatever program they belong to."""

from __future__ import annotations

import plistlib
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sheetsync.errors import SheetsyncError
from sheetsync.verbs.schedule import crontab

_LINE = re.compile(r"(?P<command>.*) # (?P<name>sheetsync-[\w-]+)")


@dataclass(frozen=True)
class Job:
    """What a scheduler starts.

    Attributes:
        folder: Of the program that it runs.
        removal: How a person takes it away.
    """

    name: str
    folder: Path
    removal: str


def jobs() -> Iterator[Job]:
    """Those of cron, systemd and launchd; the one of Windows does not say where its tasks run."""
    with suppress(SheetsyncError):
        for found in filter(None, map(_LINE.fullmatch, crontab())):
            words = shlex.split(found["command"].replace(r"\%", "%"))
            yield from _job(
                found["name"], words, f'Delete the line that ends in "{found["name"]}": crontab -e'
            )
    for path in sorted((Path.home() / ".config/systemd/user").glob("sheetsync-*.service")):
        timer = path.with_suffix(".timer")
        removal = f"systemctl --user disable --now {timer.name} && rm {shlex.join([str(path), str(timer)])}"
        yield from _job(path.stem, _systemd_words(path.read_text(encoding="utf-8")), removal)
    for path in sorted((Path.home() / "Library/LaunchAgents").glob("sheetsync-*.plist")):
        removal = f"launchctl unload -w {shlex.quote(str(path))} && rm {shlex.quote(str(path))}"
        yield from _job(path.stem, plistlib.loads(path.read_bytes())["ProgramArguments"], removal)


def _job(name: str, words: Sequence[str], removal: str) -> Iterator[Job]:
    if "-C" in words:
        yield Job(name, Path(words[words.index("-C") + 1]), removal)


def _systemd_words(service: str) -> list[str]:
    line = next((it for it in service.splitlines() if it.startswith("ExecStart=")), "")
    return shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
