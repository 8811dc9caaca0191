"""`sheetsync log`: who changed what, where and when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import click
from rich.console import Console
from rich.text import Text

from sheetsync.cli.options import json_option, load_program, print_json
from sheetsync.cli.render import console
from sheetsync.core.history import ADDED, BESIDE, CHANGED, CHOSEN, DELETED, HELD, TYPED
from sheetsync.core.settling import EMPTY
from sheetsync.core.values import show
from sheetsync.verbs.log import LogLine, Wanted, read_log, why_nothing

_WHAT = {
    ADDED: "added {new}",
    CHANGED: "{old} -> {new}",
    DELETED: "deleted",
    HELD: "disagreement, {new}",
    CHOSEN: "chosen {new}",
    TYPED: "typed {new}, never agreed on",
    BESIDE: "{old} went with its row",
}


@click.command("log")
@click.option("--record", default="", metavar="NAME", help="Only records of this name (a part) or row id.")
@click.option("--column", default="", metavar="HEADER", help="Only this column.")
@click.option("--place", default="", metavar="COPY", help="Only what came from this copy (a part).")
@click.option("--run", "number", default=0, metavar="NUMBER", help="Only this run.")
@click.option(
    "--limit",
    default=200,
    show_default=True,
    type=click.IntRange(0),
    help="So many lines at most, the newest; 0 for all.",
)
@json_option
@click.pass_context
def log_command(
    ctx: click.Context, record: str, column: str, place: str, number: int, limit: int, as_json: bool
) -> None:
    """Every change of every cell, the newest run first: from what to what, when, and in which copy.

    Values that lost a conflict, values that were typed and never agreed on, and what stood in columns
    of people's own beside a row that was deleted, are in it too.
    """
    program, wanted = load_program(ctx), Wanted(record, column, place, number, limit)
    lines = read_log(program, wanted)
    if as_json:
        print_json({"log": [line.to_json() for line in lines]})
    elif lines:
        _print(console(), lines)
    else:
        console().print(Text(f"Nothing in the log. {why_nothing(program, wanted)}".strip()))


def _print(out: Console, lines: Sequence[LogLine]) -> None:
    newest_first = sorted(lines, key=lambda line: -line.run)
    for number, group in groupby(newest_first, key=lambda line: line.run):
        of_run = list(group)
        when = f"  {of_run[0].when:%Y-%m-%d %H:%M}" if of_run[0].when else ""
        out.print(Text(f"Run {number}{when}  {of_run[0].verb}".rstrip(), style="bold"))
        for line in of_run:
            places = f"  ({', '.join(line.places)})" if line.places else ""
            where = " > ".join(filter(None, (line.workbook, line.tab, line.row, line.column)))
            what = _WHAT[line.kind].format(old=show(line.old) or EMPTY, new=show(line.new) or EMPTY)
            out.print(Text(f"  {where}: {what}") + Text(places, style="dim"))
