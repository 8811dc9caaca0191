"""`sheetsync demo`: the whole main job on sample data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.console import Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sheetsync.cli.options import now_option
from sheetsync.cli.render import console, print_report
from sheetsync.verbs.demo import DemoReport, demo


@click.command("demo")
@click.argument("folder", default="sheetsync-demo", type=click.Path(path_type=Path))
@now_option
def demo_command(folder: Path, now: datetime | None) -> None:
    """See the whole main job on sample data, in a new folder: no account, no mail server.

    FOLDER is where the sample program goes (sheetsync-demo where none is named).
    """
    out = console()
    report = demo(folder, now or datetime.now(), lambda step: out.print(f"[bold]-[/bold] {escape(step)}"))
    for edit in report.edits:
        out.print(f"    {escape(edit)}", style="dim")
    out.print()
    print_report(report.second)
    out.print()
    out.print(Panel(_what_to_open(report), title="What to open now", expand=False, padding=(1, 2)))


def _what_to_open(report: DemoReport) -> Group:
    folder = report.folder
    table = Table.grid(padding=(0, 3))
    for what, why in (
        (f"{folder}/Stakeholder Map.xlsx", "start with the tabs Status and Checks"),
        (f"{folder}/Working Group.xlsx", "the Log has actions that came from the map"),
        (f"sheetsync -C {folder} preview", "the weekly mail, in your browser"),
        (f"sheetsync -C {folder} validate", "every finding with its cell"),
        ("sheetsync rules M104", "why a rule fires, and what to do"),
    ):
        table.add_row(Text(what, style="bold"), Text(why))
    again = Text(f"sheetsync -C {folder} run", style="bold")
    return Group(table, "", "Change anything in the workbooks, save, close, and run the next pass:", again)
