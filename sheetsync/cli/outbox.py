"""`sheetsync outbox`: the mails that were decided on."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from sheetsync.cli.options import json_option, load_program, print_json
from sheetsync.cli.render import console
from sheetsync.verbs.mails import list_mails


@click.command("outbox")
@json_option
@click.pass_context
def outbox_command(ctx: click.Context, as_json: bool) -> None:
    """List the mails that were decided on, oldest first, and what became of each."""
    mails = list_mails(load_program(ctx))
    if as_json:
        print_json(
            {
                "mails": [
                    {"subject": it.subject, "kind": it.kind, "address": it.address, "state": it.state}
                    | {"planned": it.planned.isoformat() if it.planned else "", "remark": it.remark}
                    for it in mails
                ]
            }
        )
        return
    table = Table.grid(padding=(0, 2))
    for it in mails:
        planned = it.planned.strftime("%Y-%m-%d %H:%M") if it.planned else ""
        table.add_row(planned, it.state, Text(it.address), Text(it.subject), Text(it.remark, style="dim"))
    console().print(table if mails else "The outbox is empty.")
