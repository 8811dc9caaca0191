"""Having `sheetsync run` started by the system's own scheduler, and no longer."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sheetsync.errors import LedgerError, SheetsyncError
from sheetsync.ledger import Ledger
from sheetsync.ledger.journal import Journal
from sheetsync.program import Program
from sheetsync.verbs.runs import IN_UTC
from sheetsync.verbs.schedulers import KINDS, Setup, job_name

_SECONDS = 60
#: What the kinds of cron say of a user who has no table yet.
_NO_TABLE = re.compile(r"no crontab|can't open", re.IGNORECASE)


def default_kind() -> str:
    """The scheduler that fits this machine."""
    if sys.platform in ("darwin", "win32"):
        return "launchd" if sys.platform == "darwin" else "windows"
    return "systemd" if os.environ.get("XDG_RUNTIME_DIR") and shutil.which("systemctl") else "cron"


def show(program: Program, kind: str) -> str:
    """What `install` would do, as text to read or to paste."""
    quoted = subprocess.list2cmdline if kind == "windows" else shlex.join
    return "\n\n".join(_parts(KINDS[kind](program), quoted))


def _parts(setup: Setup, quoted: Callable[[Sequence[str]], str]) -> Iterator[str]:
    for path, content in setup.files.items():
        yield f"# {path}\n{content.rstrip()}"
    if setup.crontab:
        yield setup.crontab
    if setup.install:
        yield "\n".join(quoted(command) for command in setup.install)
    if setup.remarks:
        yield "\n".join(f"# {remark}" for remark in setup.remarks)


def install(program: Program, kind: str) -> tuple[str, ...]:
    """Have the scheduler start a run as `[schedule]` says; installing again replaces what was there.

    Where the scheduler refuses, its files are as they were: a file alone starts nothing.

    Returns:
        What a person has to know, "" where nothing.

    Raises:
        SheetsyncError: The scheduler is not there, or refused.
    """
    setup = KINDS[kind](program)
    with _journal(program) as journal:  # a ledger that cannot be opened is told before anything is set up
        _set_up(program, setup)
        journal.record_scheduler(kind if reaches(program, kind) else "")
    return setup.remarks


def _set_up(program: Program, setup: Setup) -> None:
    before = {path: path.read_bytes() if path.exists() else None for path in setup.files}
    for path, content in setup.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    try:
        if setup.crontab:
            _write_crontab([*_other_lines(program), setup.crontab])
        for command in setup.install:
            _call(command)
    except SheetsyncError:
        for path, old in before.items():
            path.unlink() if old is None else path.write_bytes(old)
        raise


def reaches(program: Program, kind: str) -> bool:
    """Whether a scheduler's runs find anything to do: GitHub's have no files of this machine."""
    return kind != IN_UTC or bool(program.at_google)


def scheduler_of(program: Program) -> str:
    """The scheduler that starts runs of a program; "" where none does, or nobody can tell."""
    try:
        with _journal(program) as journal:
            return journal.scheduler()
    except LedgerError:
        return ""


def remove(program: Program, kind: str) -> None:
    """Have the scheduler start no more runs; where it never did, nothing happens.

    Raises:
        SheetsyncError: The scheduler is not there, or refused; its files are gone all the same.
    """
    setup = KINDS[kind](program)
    if not is_installed(program, kind):
        return
    if setup.crontab:
        _write_crontab(_other_lines(program))
    try:
        for command in setup.remove:
            _call(command)
    finally:
        for path in setup.files:
            path.unlink(missing_ok=True)
            _remove_empty(path.parent, program.folder)
    with suppress(LedgerError), _journal(program) as journal:
        if journal.scheduler() == kind:
            journal.record_scheduler("")


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove the folders that a file leaves empty, inside the program's."""
    while folder.is_relative_to(top) and folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@contextmanager
def _journal(program: Program) -> Iterator[Journal]:
    """The ledger's, which tells the status tabs of every copy whether runs start by themselves."""
    program.state.mkdir(parents=True, exist_ok=True)
    with closing(Ledger.open(program.ledger_url)) as ledger, ledger.transaction() as connection:
        yield Journal(connection)


def is_installed(program: Program, kind: str) -> bool:
    """Whether the scheduler knows the program."""
    setup = KINDS[kind](program)
    if setup.crontab:
        return len(_other_lines(program)) < len(crontab())
    if setup.files:
        return any(path.exists() for path in setup.files)
    return _asks("schtasks", "/Query", "/TN", job_name(program)).returncode == 0


def crontab() -> list[str]:
    """The lines of the user's table; a user who has none yet has an empty one.

    Raises:
        SheetsyncError: cron is not there, or refused.
    """
    command = ("crontab", "-l")
    done = _asks(*command)
    if done.returncode and not _NO_TABLE.search(done.stderr):
        raise _failed(command, done)  # a table that cannot be read must not be taken for an empty one
    return done.stdout.splitlines()


def _other_lines(program: Program) -> list[str]:
    mark = f"# {job_name(program)}"
    return [line for line in crontab() if not line.endswith(mark)]


def _write_crontab(lines: Sequence[str]) -> None:
    _call(("crontab", "-"), "".join(f"{line}\n" for line in lines))


def _call(command: Sequence[str], text: str = "") -> None:
    done = _asks(*command, text=text)
    if done.returncode:
        raise _failed(command, done)


def _failed(command: Sequence[str], done: subprocess.CompletedProcess[str]) -> SheetsyncError:
    said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
    return SheetsyncError(f"{shlex.join(command)} failed: {said}", _OTHERWISE)


def _asks(*command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the commands are ours
            command, input=text, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "there is none" if isinstance(error, FileNotFoundError) else str(error)
        raise SheetsyncError(
            f'The scheduler\'s command "{command[0]}" cannot be used ({why}).', _OTHERWISE
        ) from None


_OTHERWISE = "Other schedulers: --kind cron, systemd, launchd, windows or github."
