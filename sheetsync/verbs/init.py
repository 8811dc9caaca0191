"""Starting a program: a folder with its file, and workbooks made from the templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetsync.core.columns import is_email
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program
from sheetsync.verbs.google import create_google
from sheetsync.verbs.provision import ProvisionReport, provision

#: What a new program holds: workbook name, template, file.
STARTERS = (
    ("map", "stakeholder-map", "Stakeholder Map.xlsx"),
    ("group", "working-group", "Working Group.xlsx"),
)

_FILES = {name: file for name, _, file in STARTERS}

_FILE = """\
# The program file of sheetsync. Every key is explained in docs/configuration.md.

[program]
name = {name}
operator = {operator}   # gets every mail until the program is live
live = false   # set it to true when mails may go to the members

[schedule]
at = "07:00"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
"""

_WORKBOOK = """
[[workbook]]
name = "{name}"
template = "{template}"
replicas = ["{file}"]   # add more copies of this workbook here: they are kept in sync
"""


@dataclass(frozen=True)
class Started:
    """A program that was made."""

    folder: Path
    provisioned: ProvisionReport


def init(folder: Path, name: str, operator: str, *, google: bool = False, share: bool = False) -> Started:
    """Make a program folder with both workbooks.

    Args:
        folder: Made where there is none; what lies in it stays.
        name: What the program is called in tabs and mails.
        operator: Mail address of whoever runs sheetsync.
        google: Whether the workbooks are Google spreadsheets instead of Excel files.
        share: Whether the operator may edit those.

    Raises:
        UsageError: There is a program already, or a value is not usable.
        ReplicaError: A Google spreadsheet cannot be made.
    """
    path = folder / FILE_NAME
    if path.exists():
        do = f'To make what is missing: sheetsync -C "{folder}" provision'
        raise UsageError(f"{path} is there already.", do)
    if not name.strip():
        raise UsageError("The program needs a name.", 'Say --name "Acme Apprenticeships".')
    if not is_email(operator):
        raise UsageError(f'"{operator}" is not a mail address.', "Say --operator maya@acme.example.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = _google_places(name.strip(), (operator,) if share else ()) if google else _FILES
        path.write_text(_text(name.strip(), operator, places), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}).", "Choose another folder."
        ) from error
    return Started(folder, provision(Program.load(folder)))


def _google_places(program: str, people: tuple[str, ...]) -> dict[str, str]:
    titles = {name: file.removesuffix(".xlsx") for name, file in _FILES.items()}
    return {name: create_google(f"{program}: {title}", people) for name, title in titles.items()}


def _text(name: str, operator: str, places: Mapping[str, str]) -> str:
    # A JSON string is a TOML basic string: quotes and backslashes are escaped alike.
    head = _FILE.format(name=json.dumps(name, ensure_ascii=False), operator=json.dumps(operator))
    return head + "".join(
        _WORKBOOK.format(name=name, template=template, file=places[name]) for name, template, _ in STARTERS
    )
