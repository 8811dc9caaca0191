"""How far a pass is: shown on a terminal, silent elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scenarios.desk import Desk
from sheetsync.cli.progress import progress


def pass_on_a_terminal(desk: Desk, *options: str) -> str:
    """What a person sees on standard error."""
    import pty  # not there on Windows

    main, side = pty.openpty()
    command = [sys.executable, "-m", "sheetsync", "-C", str(desk.folder), "run", *options]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    subprocess.run(command, stdout=subprocess.PIPE, stderr=side, env=environment, check=True)
    os.close(side)
    shown = b""
    try:
        while part := os.read(main, 4096):
            shown += part
    except OSError:
        pass  # Linux's way of saying that all was read
    os.close(main)
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_person_on_a_terminal_sees_what_a_pass_does(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "hello")
    assert "Mailing" in pass_on_a_terminal(two_files)
    assert pass_on_a_terminal(two_files, "--quiet") == ""


def test_elsewhere_nothing_is_shown_of_few_workbooks(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "hello")
    command = [sys.executable, "-m", "sheetsync", "-C", str(two_files.folder), "run"]
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""


def test_elsewhere_many_workbooks_are_told_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10, shown=True) as tell:
        tell("Reading map")
        tell("Reading \x1b[2J")
    assert capsys.readouterr().err == "1/21 Reading map\n2/21 Reading \ufffd[2J\n"


def test_nothing_is_shown_where_nobody_wants_it(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10, shown=False) as tell:
        tell("Reading map")
    assert capsys.readouterr().err == ""
