"""`sheetsync demo`: the whole main job on sample data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.panel import Panel

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


def _what_to_open(report: DemoReport) -> str:
    folder = escape(str(report.folder))
    lines = [
        f"[bold]{folder}/Stakeholder Map.xlsx[/bold]   start with the tabs Status and Checks",
        f"[bold]{folder}/Working Group.xlsx[/bold]     the Log has actions that came from the map",
        f"[bold]sheetsync -C {folder} preview[/bold]   the newest mails in your browser",
        f"[bold]sheetsync -C {folder} validate[/bold]  every finding with its cell",
        "[bold]sheetsync rules M104[/bold]            why a rule fires, and what to do",
        "",
        "Change anything in the two workbooks, save, close, and run the next pass:",
        f"[bold]sheetsync -C {folder} run[/bold]",
    ]
    return "\n".join(lines)
