"""Whether sheetsync is connected to Google, and may do there what a pass will do."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sheetsync.core.places import GOOGLE
from sheetsync.program import Program
from sheetsync.verbs.probes.registry import Ailment, probe


@probe("Google")
def google(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """Google lets sheetsync write to each spreadsheet that is listed, if any is."""
    if not program.at_google:
        return
    # Imported late: a program without Google does without its libraries.
    from sheetsync.replicas.google import access, login

    yield from _open_token(login.token_file())
    calls, account = login.connected()
    access.account_of(calls)
    access.check_sheets(calls, account)
    for name in program.at_google:
        if not access.may_edit(calls, name.removeprefix(GOOGLE), name, account):
            yield Ailment(
                f"{name}: {account} may read this spreadsheet, not write to it.",
                f"Open it, choose Share, and make {account} an Editor.",
            )


def _open_token(path: Path) -> Iterator[Ailment]:
    if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
        yield Ailment(
            f"{path}: others on this computer can read this login.", f"chmod 600 {shlex.quote(str(path))}"
        )
