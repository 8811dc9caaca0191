"""`sheetsync provision`: make what is missing, add what is new."""

from __future__ import annotations

import click
from rich.markup import escape

from sheetsync.cli.options import dry_run_option, load_program
from sheetsync.cli.render import console, print_troubles
from sheetsync.verbs.google import add_google
from sheetsync.verbs.provision import provision


@click.command("provision")
@click.argument("workbook", default="")
@click.option("--google", is_flag=True, help="Make a Google spreadsheet for each workbook that has none.")
@click.option("--share", is_flag=True, help="With --google: let the operator and the facilitator edit it.")
@dry_run_option
@click.pass_context
def provision_command(ctx: click.Context, workbook: str, google: bool, share: bool, dry_run: bool) -> None:
    """Make workbooks that are missing and add what a newer template has; never destroys anything.

    WORKBOOK limits it to one workbook of the program.
    """
    if google and dry_run:
        raise click.UsageError("--google makes spreadsheets and lists them in sheetsync.toml: no dry run.")
    out = console()
    for line in add_google(load_program(ctx), workbook, share=share) if google else ():
        out.print(escape(line))
    report = provision(load_program(ctx), workbook, dry_run=dry_run)
    if dry_run:
        out.print("Dry run: nothing was written.", style="bold")
    for line in report.done:
        out.print(escape(line))
    print_troubles(out, report.troubles)
    if not report.done and not report.troubles:
        out.print("Everything is there.")
    ctx.exit(report.exit_code())
