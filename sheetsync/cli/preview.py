"""`sheetsync preview`: see a mail as its readers do."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from sheetsync.cli.options import load_program
from sheetsync.cli.render import console
from sheetsync.verbs.mails import preview


@click.command("preview")
@click.argument("mail", default="")
@click.option("--print", "print_only", is_flag=True, help="Print the page's path; do not open a browser.")
@click.pass_context
def preview_command(ctx: click.Context, mail: str, print_only: bool) -> None:
    """Open a mail of the outbox in the browser.

    MAIL is a file, or a part of its name or subject; the newest digest where none is named.
    """
    page: Path = preview(load_program(ctx), mail)
    console().print(Text(str(page)))
    if not print_only:
        click.launch(page.as_uri())
