"""`sheetsync conflicts`: the cells people have to settle, and settling them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click
from rich.text import Text

from sheetsync.cli.main import as_typed
from sheetsync.cli.options import json_option, load_program, now_option, print_json
from sheetsync.cli.render import console, print_conflicts, print_report
from sheetsync.core.settling import EMPTY
from sheetsync.core.values import show
from sheetsync.verbs.conflicts import list_conflicts, named, place_of, resolve
from sheetsync.verbs.report import PlacedConflict, Report


@click.group("conflicts", invoke_without_command=True)
@json_option
@click.pass_context
def conflicts_command(ctx: click.Context, as_json: bool) -> None:
    """List the cells about which the copies of a workbook disagree, with each copy's value."""
    if ctx.invoked_subcommand:
        return
    report = list_conflicts(load_program(ctx), datetime.now())
    if as_json:
        print_json({"conflicts": report.to_json()["conflicts"]})
    elif report.conflicts:
        print_conflicts(console(), report.conflicts)
    else:
        console().print("No conflicts: all copies agree.", style="green")
    ctx.exit(1 if report.conflicts else 0)


@conflicts_command.command("resolve")
@click.argument("code", default="")
@click.option("--take", metavar="PLACE", help="The copy whose value counts; a part of its name does.")
@click.option(
    "--value", metavar="TEXT", help='The value that counts, as you would type it; "" empties the cell.'
)
@json_option
@now_option
@click.pass_context
def resolve_command(
    ctx: click.Context, code: str, take: str | None, value: str | None, as_json: bool, now: datetime | None
) -> None:
    """Settle the conflict CODE: the value that you choose is written into every copy at once.

    The beginning of a code will do. Asks for what is not said when a person runs it: without CODE, about one
    conflict after the other.
    """
    if take is not None and value is not None:
        raise click.UsageError("Say --take or --value, not both.")
    program, moment = load_program(ctx), now or datetime.now()
    found = list_conflicts(program, moment)
    asked = [named(found, code)] if code else _all_of(found)
    report = found
    for it in asked:
        place, text = _said(it, take, value)
        if place or text is not None:
            report = resolve(program, moment, it.code, place=place, text=text or "")
            _tell(report, as_json=as_json)
    ctx.exit(report.exit_code())


def _all_of(found: Report) -> Sequence[PlacedConflict]:
    if not sys.stdin.isatty():
        raise click.UsageError(as_typed("Say which conflict: sheetsync conflicts lists their codes."))
    return found.conflicts


def _said(it: PlacedConflict, take: str | None, value: str | None) -> tuple[str, str | None]:
    """What was chosen: a place, or a text; neither to leave the conflict open."""
    if take is not None:
        return place_of(it, take), None
    if value is not None:
        return "", value
    if not sys.stdin.isatty():
        raise click.UsageError("Say what counts: --take PLACE or --value TEXT.")
    return _ask(it)


def _ask(it: PlacedConflict) -> tuple[str, str | None]:
    out, places = console(), list(it.opinions)
    out.print(Text(f"{it.tab}, {it.row or 'header'}, {it.column}", style="bold"))
    for number, place in enumerate(places, 1):
        out.print(Text(f"  {number}  {show(it.opinions[place]) or EMPTY}  ({place})"))
    out.print(Text(f"  {len(places) + 1}  another value"))
    number = click.prompt("Which counts? (0 leaves it open)", type=click.IntRange(0, len(places) + 1))
    if number > len(places):
        return "", click.prompt("The value", default="", show_default=False)
    return (places[number - 1], None) if number else ("", None)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        print_json(report.to_json())
    else:
        print_report(report)
