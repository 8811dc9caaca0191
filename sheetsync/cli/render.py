"""Printing reports for people: what was done, what needs them, where it is."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sheetsync.cli.main import NAMED, as_typed, named_by
from sheetsync.core.columns import CELL_CODES
from sheetsync.core.rules.registry import Severity
from sheetsync.core.values import show
from sheetsync.core.wording import counted, harmless
from sheetsync.verbs.gather import Trouble
from sheetsync.verbs.report import Mail, PlacedConflict, PlacedFinding, Report, Written

_UNWRAPPED = 1000
#: What people read for the state of a mail, and in which style.
MAIL_STATES = {
    "unknown": ("may have been sent", "bold yellow"),
    "sending": ("may have been sent", "bold yellow"),
    "failed": ("failed", "bold red"),
    "retry": ("tried again later", "yellow"),
    "planned": ("waits for the next pass", ""),
    "withdrawn": ("withdrawn", ""),
}
_COLORS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


class _SafeConsole(Console):
    """A console on which text from a sheet is only ever shown: control characters in it become a mark.

    Commands that messages name are printed as they have to be typed here.
    """

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - rich's signature
        super().print(*map(_as_typed, objects), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(harmless(segment.text), segment.style)


def _as_typed(it: object) -> object:
    if isinstance(it, Text):
        places = [found.start() for found in NAMED.finditer(it.plain)]
        return Text(named_by()).join(it.divide(places)) if places else it
    return as_typed(it) if isinstance(it, str) else it


def console() -> Console:
    """Where reports are printed; colors only on a terminal, none with NO_COLOR.

    Lines are wrapped on a terminal alone: in a file or a pipe, paths and messages stay whole.
    """
    return _SafeConsole(highlight=False, width=None if sys.stdout.isatty() else _UNWRAPPED)


def print_report(report: Report, *, details: bool = False) -> None:
    """Print what a pass did.

    Args:
        report: The pass.
        details: Every finding, not only their number.
    """
    out = console()
    if report.dry_run:
        out.print("Dry run: nothing was written.", style="bold")
    if report.verb != "validate":
        _print_written(out, report.written)
    for note in report.notes:
        out.print(f"  {escape(note)}", style="dim")
    print_troubles(out, report.troubles)
    print_conflicts(out, report.conflicts)
    if details:
        _print_findings(out, report.findings)
    stopped = any(trouble.failed for trouble in report.troubles)
    out.print(_summary(report.findings, details=details, stopped=stopped))
    if report.milestones:
        out.print(f"[bold]{counted(len(report.milestones), 'new milestone')}[/bold]")
        for event in report.milestones:
            out.print(f"  {escape(event)}")
    print_mails(out, report.mails, dry_run=report.dry_run)


def print_troubles(out: Console, troubles: Iterable[Trouble]) -> None:
    """Print what stood in the way: what, and what to do; what is the same of several copies, once."""
    alike: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in troubles:
        # What is told of a copy begins with its name, or the path of its file.
        what = trouble.what.partition(": ")[2] if trouble.replica else trouble.what
        alike.setdefault((what, trouble.do), []).append(trouble)
    for trouble, *others in alike.values():
        alone = trouble.replica and not trouble.brake  # the other copies went on
        label = "Stopped" if trouble.failed and not alone else "Left out"
        color = "bold red" if trouble.failed else "yellow"
        out.print(Text(f"{label}: ", style=color) + Text(trouble.what, style="default"))
        if others and trouble.replica:
            out.print(Text(f"  The same: {', '.join(it.replica for it in others)}"))
        if trouble.do:
            out.print(Text(f"  {trouble.do}"))


def print_mails(out: Console, mails: Sequence[Mail], *, dry_run: bool = False) -> None:
    """Print which mails were decided on, or would be in a pass that is no dry run."""
    if not mails:
        return
    out.print(f"[bold]{counted(len(mails), 'mail')}[/bold] {'would go ' if dry_run else ''}to the outbox")
    for mail in mails:
        state, style = ("", "") if dry_run else MAIL_STATES.get(mail.state, ("", ""))
        reason = f": {mail.remark}" if state and mail.remark else ""
        out.print(Text.assemble(f"  {mail.subject}", f" ({state}{reason})" if state else "", style=style))


def _print_written(out: Console, written: Sequence[Written]) -> None:
    for it in written:
        parts = [
            counted(it.cells, "cell") if it.cells else "",
            counted(it.new, "new row") if it.new else "",
            counted(it.deleted, "deleted row") if it.deleted else "",
            f"ids for {counted(it.ids, 'row')}" if it.ids else "",
        ]
        done = ", ".join(filter(None, parts))
        tabs = f"[dim]({', '.join(it.tabs)})[/dim]" if it.tabs else ""
        state = (done or "status brought up to date") if it.tabs else "nothing to write"
        out.print(f"[bold]{escape(it.replica)}[/bold]: {state} {tabs}".rstrip())


def print_conflicts(out: Console, conflicts: Sequence[PlacedConflict]) -> None:
    """Print held cells with what each place says."""
    for it in conflicts:
        out.print(
            Text(f"Conflict {it.code}: ", style="bold red")
            + Text(f"{it.tab}, {it.row or 'header'}, {it.column}: the copies disagree")
        )
        for place, value in it.opinions.items():
            cell = f" {it.cells[place]}" if place in it.cells else ""
            out.print(Text(f"  {place}{cell}: {show(value) or '(empty)'}"))
        if it.remark:
            out.print(Text(f"  {it.remark}", style="yellow"))
    if conflicts:
        out.print(
            "  Settle it in the Conflicts tab, by typing the same value into each copy, or with: "
            f"sheetsync conflicts resolve {conflicts[0].code}",
            style="dim",
        )


def _print_findings(out: Console, findings: Sequence[PlacedFinding]) -> None:
    placed = sorted(findings, key=lambda it: (it.finding.workbook, it.tab))
    for (workbook, tab), group in groupby(placed, key=lambda it: (it.finding.workbook, it.tab)):
        lines = sorted(group, key=lambda it: (it.finding.severity.value, it.finding.code))
        copies = Counter(it.replica for it in lines if it.replica)
        usual = max(copies, key=copies.__getitem__) if copies.total() > 1 else ""
        cells = f"   [dim]cells of {escape(usual)}[/dim]" if usual else ""
        out.print(f"\n[bold]{escape(workbook)}[/bold] > [bold]{escape(tab)}[/bold]{cells}")
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for it in lines:
            found = it.finding
            named = not it.row or found.message.startswith(f"{it.row}: ")  # a setting names itself
            what = Text(found.message if named else f"{it.row}: {found.message}")
            if found.do:
                what.append(f"\n{found.do}", style="dim")
            label = Text(found.severity.label, style=_COLORS[found.severity])
            where = " ".join(filter(None, (it.replica if it.replica != usual else "", it.cell)))
            table.add_row(f"  {where or '-'}", label, found.code, what)
        with out.capture() as drawn:
            out.print(table)
        for line in drawn.get().splitlines():  # a table fills its lines with blanks up to the widest
            out.print(Text.from_ansi(line.rstrip()))
    if findings:
        out.print()


_STAYS = "\nA value that its column does not take stays in the copy where it was typed until it is right."


def _summary(findings: Sequence[PlacedFinding], *, details: bool, stopped: bool) -> Text:
    counts = dict.fromkeys(Severity, 0)
    for it in findings:
        counts[it.finding.severity] += 1
    left_out = ", without what was left out" if stopped else ""
    if not findings:
        return Text(f"No findings{left_out}.", style="" if stopped else "green")
    parts = [
        counted(counts[Severity.ERROR], "error"),
        counted(counts[Severity.WARNING], "warning"),
        f"{counted(counts[Severity.ADVICE], 'piece')} of advice",
    ]
    hint = "" if details else " (see the Checks tabs, or sheetsync validate)"
    stays = _STAYS if any(it.finding.code in CELL_CODES for it in findings) else ""
    return Text(f"Findings{left_out}: {', '.join(parts)}{hint}{stays}")
