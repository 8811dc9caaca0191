"""`sheetsync init`: start a program."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from sheetsync.cli.render import console, print_troubles
from sheetsync.verbs.init import init


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="What the program is called in tabs and mails.")
@click.option("--operator", metavar="MAIL", help="Your mail address: all mail goes there until you go live.")
@click.option("--google", is_flag=True, help="Make the workbooks at Google instead of as Excel files.")
@click.option("--share", is_flag=True, help="With --google: let the operator edit them.")
@click.pass_context
def init_command(
    ctx: click.Context, folder: Path, name: str | None, operator: str | None, google: bool, share: bool
) -> None:
    """Start a program in FOLDER: its file, a stakeholder map and a working-group workbook.

    Asks for what no option says when a person runs it.
    """
    if sys.stdin.isatty():
        name = name or click.prompt("What is the program called?", default=folder.resolve().name)
        operator = operator or click.prompt("Your mail address")
    if not operator:
        raise click.UsageError("Say who runs this program: --operator maya@acme.example")
    started = init(folder, name or folder.resolve().name, operator, google=google, share=share)
    out = console()
    for line in started.provisioned.done:
        out.print(escape(line))
    print_troubles(out, started.provisioned.troubles)
    out.print(f"\nNext: open the workbooks, fill in a few rows, then [bold]sheetsync -C {folder} run[/bold].")
    out.print(f"Have a register already? [bold]sheetsync -C {folder} import FILE[/bold]")
    ctx.exit(started.provisioned.exit_code())
