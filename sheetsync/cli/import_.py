"""`sheetsync import`: take over a register or roster."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sheetsync.cli.options import dry_run_option, load_program, now_option
from sheetsync.cli.render import console, print_troubles
from sheetsync.core.foreign import Remark
from sheetsync.core.values import show
from sheetsync.core.wording import counted, listed
from sheetsync.verbs.import_ import Proposal, TabImport, carry_out, propose_import


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", default="", metavar="WORKBOOK/TAB", help="Where it goes; the best fit by default.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar='"THEIRS=COLUMN"',
    help="What a header means; repeatable.",
)
@click.option("--sheet", "sheets", multiple=True, metavar="NAME", help="Only this sheet; repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal; a script is not asked.")
@dry_run_option
@now_option
@click.pass_context
def import_command(
    ctx: click.Context,
    file: Path,
    into: str,
    pairs: tuple[str, ...],
    sheets: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    now: datetime | None,
) -> None:
    """Take over an existing register or roster: FILE is .xlsx, .xlsm or .csv, with headers of its own.

    Headers are matched to the template's columns; what matches nothing becomes a column of your own.
    Nothing that is in the workbook is overwritten, and importing twice adds nothing.
    """
    program, moment, out = load_program(ctx), now or datetime.now(), console()
    proposal = propose_import(program, file, moment, into, _forced(pairs), sheets, dry_run=dry_run)
    _print(out, proposal)
    if dry_run:
        out.print("Dry run: nothing was written.", style="bold")
        return
    if not any(it.adds for it in proposal.tabs):
        out.print("Nothing to add: everything is there.")
        return
    if not yes and sys.stdin.isatty():
        click.confirm("Take this over?", default=True, abort=True)
    report = carry_out(program, proposal, moment)
    print_troubles(out, report.troubles)
    errors = proposal.brought(report)
    needs = f"{counted(errors, 'error')} to mend came with it" if errors else "What needs a look"
    out.print(Text(f"Taken over. {needs}: sheetsync validate", style="yellow" if errors else "green"))
    ctx.exit(report.exit_code() if errors or report.troubles else 0)


def _forced(pairs: tuple[str, ...]) -> dict[str, str]:
    forced = {}
    for pair in pairs:
        theirs, equals, column = pair.rpartition("=")
        if not equals:
            raise click.UsageError(f'--map "{pair}": expected "Their header=column".')
        forced[theirs.strip()] = column.strip()
    return forced


def _print(out: Console, proposal: Proposal) -> None:
    for it in proposal.tabs:
        out.print(
            Text.assemble(
                (f'{proposal.file.name} "{it.sheet}"', "bold"),
                " -> ",
                (f"{it.workbook.name} > {it.tab.title}", "bold"),
            )
        )
        out.print(_columns(it))
        _print_counts(out, it)
        for difference in it.plan.differing:
            label = it.tab.columns[difference.column].label
            out.print(
                Text(
                    f"  row {difference.row}, {label}: the file says {show(difference.theirs)!r}, "
                    f"the workbook {show(difference.ours)!r}; the workbook's stays"
                )
            )
        for remark in it.plan.remarks:
            out.print(Text(f"  {_where(remark)}{remark.message}", style="yellow"))
    for sheet in proposal.unfit:
        out.print(
            Text(
                f'"{sheet}" looks like no tab of this program and is left out (--into says where).',
                style="yellow",
            )
        )


def _columns(it: TabImport) -> Table:
    table = Table.grid(padding=(0, 2))
    for match in it.plan.columns:
        label = it.tab.columns[match.column].label if match.column else "-"
        table.add_row(Text(f"  {match.header}"), Text(label, style="bold"), Text(str(match.how), style="dim"))
    return table


def _print_counts(out: Console, it: TabImport) -> None:
    plan = it.plan
    differing = len({cell.row for cell in plan.differing})
    parts = [
        counted(len(plan.new), "new row"),
        f"{counted(len(plan.completed), 'row')} completed" if plan.completed else "",
        f"nothing new in {counted(len(plan.skipped), 'row')}" if plan.skipped else "",
        f"{counted(differing, 'row')} with cells that differ" if differing else "",
        f"{counted(len(plan.left_out), 'row')} left out" if plan.left_out else "",
    ]
    out.print(Text(f"  {listed([part for part in parts if part])}", style="bold"))


def _where(remark: Remark) -> str:
    rows = ", ".join(map(str, remark.rows[:8])) + (" ..." if len(remark.rows) > 8 else "")
    places = [f"row {rows}" if len(remark.rows) == 1 else f"rows {rows}" if rows else "", remark.header]
    where = ", ".join(filter(None, places))
    return f"{where}: " if where else ""
