"""What the commands share: finding the program, the time, and printing a report as JSON."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import click

from sheetsync.core.wording import ACTING
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME, Program

ENVIRONMENT = "SHEETSYNC_PROGRAM"


class Moment(click.ParamType[datetime]):
    """A local date and time in ISO form: 2026-11-21 or 2026-11-21T09:00."""

    name = "ISO"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f'"{value}" is not a date or time such as 2026-11-21T09:00.', param, ctx)
        if not 2000 <= moment.year <= 2100:
            self.fail(f'"{value}" lies out of any reason; expected a moment from 2000 to 2100.', param, ctx)
        return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
now_option = click.option("--now", type=Moment(), help="Act as if it were this moment.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")


def load_program(ctx: click.Context) -> Program:
    """The program this call is about."""
    named = ctx.find_root().obj
    return Program.load(find_program(Path(named) if named else None, Path.cwd()))


def print_json(data: dict[str, object]) -> None:
    """Print an object for scripts."""
    click.echo(as_json(data, indent=2))


def as_json(data: object, indent: int | None = None) -> str:
    """JSON in which every character that could act on a terminal is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def find_program(named: Path | None, start: Path) -> Path:
    """The program's folder: the one named (-C or SHEETSYNC_PROGRAM), else the nearest upwards.

    Raises:
        UsageError: There is none.
    """
    given = named or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if given is not None:
        return given
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise UsageError(
        f"There is no {FILE_NAME} in {start} or in a folder above it.",
        f"Go to the program's folder, or name it with -C DIR or {ENVIRONMENT}; `sheetsync init` makes one.",
    )
