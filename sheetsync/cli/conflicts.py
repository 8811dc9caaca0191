"""`sheetsync conflicts`: the cells people have to settle."""

from __future__ import annotations

from datetime import datetime

import click

from sheetsync.cli.options import json_option, load_program, print_json
from sheetsync.cli.render import console, print_conflicts
from sheetsync.verbs.pass_ import Options, Verb, run_pass


@click.command("conflicts")
@json_option
@click.pass_context
def conflicts_command(ctx: click.Context, as_json: bool) -> None:
    """List the cells about which the copies of a workbook disagree, with each copy's value."""
    report = run_pass(load_program(ctx), datetime.now(), Options(Verb.VALIDATE, dry_run=True))
    if as_json:
        print_json({"conflicts": report.to_json()["conflicts"]})
    elif report.conflicts:
        print_conflicts(console(), report.conflicts)
    else:
        console().print("No conflicts: all copies agree.", style="green")
    ctx.exit(1 if report.conflicts else 0)
