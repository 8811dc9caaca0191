"""`sheetsync forget`: take a person out of everything sheetsync keeps."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import datetime
from itertools import groupby

import click
from rich.console import Console
from rich.text import Text

from sheetsync.cli.options import dry_run_option, json_option, load_program, now_option, print_json
from sheetsync.cli.render import console, print_troubles
from sheetsync.core.wording import counted, listed
from sheetsync.errors import UsageError
from sheetsync.program import FILE_NAME
from sheetsync.verbs.forget import Forgotten, forget

#: So many places are named where nobody is called so.
_SOME = 5


@click.command("forget")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@dry_run_option
@json_option
@now_option
@click.pass_context
def forget_command(
    ctx: click.Context, person: str, yes: bool, dry_run: bool, as_json: bool, now: datetime | None
) -> None:
    """Forget PERSON (a name in full, a mail address or a row id) in copies, ledger, backups and mails.

    Records about the person are deleted; elsewhere their name and address are taken out. It cannot be undone,
    so it shows first what goes, and asks.
    """
    program, moment, out = load_program(ctx), now or datetime.now(), console()
    planned = forget(program, moment, person, dry_run=True)
    if not planned and not planned.troubles:
        raise _nobody(person, planned)
    if not as_json and (dry_run or not yes or planned.troubles):
        _print(out, planned, "Would go")
    if not dry_run and not planned.troubles:
        _confirm(yes=yes)
        planned = forget(program, moment, person)
        if not as_json:
            _print(out, planned, "Gone")
    if as_json:
        print_json(asdict(planned))
    ctx.exit(planned.exit_code())


def _nobody(person: str, it: Forgotten) -> UsageError:
    some = "; ".join(it.remains[:_SOME]) + ("; ..." if len(it.remains) > _SOME else "")
    word = f" The word stands here: {some}." if some else ""
    near = f" Did you mean {listed(it.near[:_SOME], 'or')}?" if it.near else ""
    return UsageError(
        f'Nobody is called "{person}" in the copies, the ledger and the mails.{near}',
        f"Give the name in full, their mail address, or the id of their row.{word}",
    )


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("This cannot be undone. If it is meant, say --yes.")
    click.confirm("This cannot be undone. Go on?", abort=True)


def _print(out: Console, it: Forgotten, head: str) -> None:
    print_troubles(out, it.troubles)
    out.print(Text(f"{head}: {', '.join(it.words)}", style="bold"))
    for row in it.rows:
        out.print(Text(f"  {row}: the whole row"))
    for cell in it.cells:
        out.print(Text(f"  {cell}"))
    entries, mails = counted(it.entries, "entry", "entries"), counted(it.mails, "mail")
    out.print(f"  {entries} of the ledger, {mails} in the outbox")
    if it.edited:
        go = "goes" if len(it.edited) == 1 else "go"
        out.print(f"  {counted(len(it.edited), 'backup')} {go} on without them")
    for folder, files in groupby(sorted(it.files), key=os.path.dirname):
        first, *more = files
        what = f"{folder}: {len(more) + 1} files" if more else first
        out.print(Text(f"  {what} deleted"))
    for place in it.remains:
        out.print(Text(f"Look at {place}: it names them where sheetsync does not write.", style="yellow"))
    if any(FILE_NAME in place for place in it.remains):
        out.print(Text(f"{FILE_NAME} says who gets mail: put somebody else there.", style="yellow"))
