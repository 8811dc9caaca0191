"""`sheetsync outbox`: the mails that were decided on."""

from __future__ import annotations

import click
from rich.text import Text

from sheetsync.cli.options import json_option, load_program, print_json
from sheetsync.cli.render import console
from sheetsync.verbs.mails import list_mails

#: Mails leave as files in a folder, from where a person sends them.
_STATES = {"sent": "written"}


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
    out = console()
    for it in mails:
        planned = it.planned.strftime("%Y-%m-%d %H:%M") if it.planned else ""
        out.print(Text(f"{planned}  {_STATES.get(it.state, it.state)}  {it.subject}"), soft_wrap=True)
        to = f"    to {it.address}" + (f" ({it.remark})" if it.remark else "")
        out.print(Text(to, style="dim"), soft_wrap=True)
    if not mails:
        out.print("The outbox is empty.")
