"""`sheetsync undo`: take back what a run changed."""

from __future__ import annotations

from datetime import datetime

import click

from sheetsync.cli.options import dry_run_option, json_option, load_program, now_option, print_json
from sheetsync.cli.render import print_report
from sheetsync.verbs.undo import undo


@click.command("undo")
@click.argument("run", type=int)
@dry_run_option
@json_option
@now_option
@click.pass_context
def undo_command(ctx: click.Context, run: int, dry_run: bool, as_json: bool, now: datetime | None) -> None:
    """Take back what the run of this number changed, in every copy; deleted rows come back under their ids.

    What people changed since stays as it is, and is told. Numbers of runs: sheetsync log. An undo is a run of
    its own, and can be undone.
    """
    report = undo(load_program(ctx), now or datetime.now(), run, dry_run=dry_run)
    if as_json:
        print_json(report.to_json())
    else:
        print_report(report)
    ctx.exit(report.exit_code())
