"""Starting a program: a folder with its file, and workbooks made from the templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sheetsync.core.columns import is_email
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program
from sheetsync.verbs.provision import ProvisionReport, provision

#: What a new program holds: workbook name, template, file.
STARTERS = (
    ("map", "stakeholder-map", "Stakeholder Map.xlsx"),
    ("group", "working-group", "Working Group.xlsx"),
)

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


def init(folder: Path, name: str, operator: str) -> Started:
    """Make a program folder with both workbooks.

    Args:
        folder: Made where there is none; what lies in it stays.
        name: What the program is called in tabs and mails.
        operator: Mail address of whoever runs sheetsync.

    Raises:
        UsageError: There is a program already, or a value is not usable.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise UsageError(f"{path} is there already.", "To make what is missing: sheetsync provision")
    if not name.strip():
        raise UsageError("The program needs a name.", 'Say --name "Acme Apprenticeships".')
    if not is_email(operator):
        raise UsageError(f'"{operator}" is not a mail address.', "Say --operator maya@acme.example.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(name.strip(), operator), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}).", "Choose another folder."
        ) from error
    return Started(folder, provision(Program.load(folder)))


def _text(name: str, operator: str) -> str:
    # A JSON string is a TOML basic string: quotes and backslashes are escaped alike.
    head = _FILE.format(name=json.dumps(name, ensure_ascii=False), operator=json.dumps(operator))
    return head + "".join(
        _WORKBOOK.format(name=name, template=template, file=file) for name, template, file in STARTERS
    )
