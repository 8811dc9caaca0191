"""`sheetsync schedule`: runs that start by themselves."""

from __future__ import annotations

from datetime import datetime

import click
from rich.text import Text

from sheetsync.cli.options import load_program
from sheetsync.cli.render import console
from sheetsync.verbs.runs import next_run
from sheetsync.verbs.schedule import default_kind, install, is_installed, remove, scheduler_of, show
from sheetsync.verbs.schedulers import KINDS


@click.command("schedule")
@click.argument("action", type=click.Choice(["show", "install", "remove"]), default="show")
@click.option("--kind", type=click.Choice(list(KINDS)), help="The scheduler; else what fits the machine.")
@click.pass_context
def schedule_command(ctx: click.Context, action: str, kind: str | None) -> None:
    """Have runs started by the system's own scheduler, at the times under [schedule].

    "show" prints what would be set up, "install" sets it up (again, after [schedule] was changed), "remove"
    takes it back.
    """
    program, out = load_program(ctx), console()
    kind = kind or (scheduler_of(program) if action == "remove" else "") or default_kind()
    if action == "show":
        click.echo(show(program, kind))
    elif action == "install":
        remarks = install(program, kind)
        following = ""
        if scheduler_of(program):
            following = f" Next run: {next_run(program, kind, datetime.now()):%Y-%m-%d %H:%M %Z}"
        out.print(Text(f"Installed with {kind}.{following}", style="green"))
        for remark in remarks:
            out.print(Text(remark))
    elif is_installed(program, kind):
        remove(program, kind)
        out.print(f"Removed from {kind}.")
    else:
        out.print(f"{kind} has no runs of this program.")
