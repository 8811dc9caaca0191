"""Making Google spreadsheets for a program: one for each workbook that has none, listed in its file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sheetsync.core.places import GOOGLE
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program

_BLOCK = re.compile(r"^\[\[workbook\]\].*?(?=^\[|\Z)", re.M | re.S)
_REPLICAS = re.compile(r"^replicas\s*=\s*\[", re.M)


def create_google(title: str, people: tuple[str, ...] = ()) -> str:
    """Make an empty spreadsheet, and let people edit it.

    Returns:
        What it is called in sheetsync.toml.

    Raises:
        ReplicaError: Nobody is connected to Google, or it cannot be made.
    """
    # Imported late: Google's libraries take their time.
    from sheetsync.replicas.google import access, login

    google, account = login.connected()
    spreadsheet = access.create_spreadsheet(google, account, title)
    access.share(google, account, spreadsheet, [person for person in people if person != account])
    return GOOGLE + spreadsheet


def add_google(program: Program, only: str = "", *, share: bool = False) -> tuple[str, ...]:
    """Make a spreadsheet for each workbook that has none at Google, and list it in the program's file.

    Args:
        program: The program.
        only: Name of one workbook; "" for all.
        share: Let the program's operator and facilitator edit them, and nobody else.

    Returns:
        What was made, a sentence each.

    Raises:
        ReplicaError: It cannot be made.
        UsageError: The program's file is written in a way that is not changed for you.
    """
    done = []
    people = program_people(program) if share else ()
    chosen = [program.workbook(only)] if only else program.workbooks
    for workbook in chosen:
        if not any(name.startswith(GOOGLE) for name in workbook.replicas):
            replica = create_google(f"{program.name}: {workbook.template.title}", people)
            list_replica(program.folder / FILE_NAME, workbook.name, replica)
            done.append(f'{replica}: a Google spreadsheet for the workbook "{workbook.name}".')
    return tuple(done)


def program_people(program: Program) -> tuple[str, ...]:
    """Who runs a program."""
    return tuple(dict.fromkeys(filter(None, (program.mail.operator, program.mail.facilitator))))


def list_replica(path: Path, workbook: str, replica: str) -> None:
    """Add a replica to a workbook in a program's file; every other letter of it stays.

    Raises:
        UsageError: The file is written in a way that is not changed for you.
    """
    text = path.read_text(encoding="utf-8")
    for changed in _with_replica(text, workbook, replica):
        path.write_text(changed, encoding="utf-8")
        return
    raise UsageError(
        f'{path}: the replicas of the workbook "{workbook}" could not be changed.',
        f'Add "{replica}" to them.',
    )


def _with_replica(text: str, workbook: str, replica: str) -> Iterator[str]:
    """The text with the replica at the end of the workbook's list, where that can be told."""
    wanted = tomllib.loads(text)
    next(it for it in wanted["workbook"] if it["name"] == workbook)["replicas"].append(replica)
    for block in _BLOCK.finditer(text):
        for begin in _REPLICAS.finditer(text, block.start(), block.end()):
            for end in re.compile(r",?\s*\]").finditer(text, begin.end(), block.end()):
                changed = f"{text[: end.start()]}, {json.dumps(replica)}{text[end.end() - 1 :]}"
                if _parsed(changed) == wanted:
                    yield changed


def _parsed(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
