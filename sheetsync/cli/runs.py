"""`sheetsync runs`: which passes there were, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping

import click
from rich.table import Column, Table
from rich.text import Text

from sheetsync.cli.options import json_option, load_program, print_json
from sheetsync.cli.render import console
from sheetsync.core.wording import counted, how_long
from sheetsync.verbs.runs import Run, list_runs

_NOUNS = {
    "cells": "cell",
    "new": "new row",
    "deleted": "deleted row",
    "conflicts": "conflict",
    "mails": "mail",
}


@click.command("runs")
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), help="How many to list.")
@json_option
@click.pass_context
def runs_command(ctx: click.Context, last: int, as_json: bool) -> None:
    """List the newest passes: when each began, how long it took, and what came of it."""
    runs = list_runs(load_program(ctx), last)
    if as_json:
        print_json({"runs": [it.to_json() for it in runs]})
        return
    columns = (Column(), Column(), Column(justify="right"), Column(), Column())
    table = Table.grid(*columns, padding=(0, 2))
    for it in runs:
        came = _what_came(it.result, it.outcome)
        table.add_row(str(it.number), f"{it.started:%Y-%m-%d %H:%M}", _took(it), it.verb, came)
    console().print(table if runs else "No pass yet.")


def _took(run: Run) -> str:
    seconds = run.outcome.get("seconds")
    return how_long(seconds) if isinstance(seconds, int | float) and seconds else ""


def _what_came(result: str, outcome: Mapping[str, object]) -> Text:
    style = {"done": "green", "needs a person": "yellow"}.get(result, "bold red")
    parts = [counted(int(str(outcome[key])), noun) for key, noun in _NOUNS.items() if outcome.get(key)]
    failed = outcome.get("failed")
    said = [", ".join(parts), *(map(str, failed) if isinstance(failed, list) else ())]
    came = "; ".join(filter(None, said))
    return Text.assemble((result, style), f": {came}" if came else "")
