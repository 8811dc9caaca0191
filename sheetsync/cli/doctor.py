"""`sheetsync doctor`: what is wrong with a program, and what mends it."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console
from rich.text import Text

from sheetsync.cli.options import json_option, load_program, now_option, print_json
from sheetsync.cli.render import console, print_report
from sheetsync.program import Program
from sheetsync.verbs.doctor import Diagnosis, doctor, rebuild


@click.command("doctor")
@json_option
@now_option
@click.option("--rebuild", "anew", is_flag=True, help="Make a lost or damaged ledger anew from the copies.")
@click.pass_context
def doctor_command(ctx: click.Context, as_json: bool, now: datetime | None, anew: bool) -> None:
    """Look the program over: its copies, rights, ledger, disk and backups. Changes nothing.

    Each thing that is wrong comes with the command or the click that mends it.

    With --rebuild, a ledger that is lost or damaged is made anew from the copies: rows keep their ids and
    values, the history is gone, and no mail is sent about the past.
    """
    program, moment = load_program(ctx), now or datetime.now()
    if anew:
        _rebuild(ctx, program, moment, as_json=as_json)
    diagnosis = doctor(program, moment)
    if as_json:
        print_json(diagnosis.to_json())
    else:
        _print(console(), diagnosis)
    ctx.exit(diagnosis.exit_code())


def _rebuild(ctx: click.Context, program: Program, now: datetime, *, as_json: bool) -> None:
    report = rebuild(program, now)
    if as_json:
        print_json(report.to_json())
    else:
        console().print("The ledger was made anew from the copies. What was before is unknown to it.")
        print_report(report)
    ctx.exit(report.exit_code())


def _print(out: Console, diagnosis: Diagnosis) -> None:
    for it in diagnosis.examined:
        if not it.ailments:
            out.print(Text("  well  ", style="green") + Text(f"{it.part}: {it.well}", style="default"))
        for ailment in it.ailments:
            label, style = ("  wait  ", "yellow") if ailment.passing else ("  mend  ", "bold red")
            out.print(Text(label, style=style) + Text(f"{it.part}: {ailment.what}", style="default"))
            out.print(Text(f"        {ailment.do}", style="dim"))
