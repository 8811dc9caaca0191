"""How far a pass is: a bar on a terminal, lines elsewhere where there are many workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import click
from rich.console import Console

from sheetsync.core.wording import harmless

#: A log gets lines from so many workbooks on: fewer are done before anybody looks.
_MANY = 10

Tell = Callable[[str], None]


@contextmanager
def progress(workbooks: int, *, shown: bool) -> Iterator[Tell]:
    """Show on standard error how far the block is: it tells two steps a workbook, and one for the mails.

    Args:
        workbooks: How many workbooks it goes through.
        shown: Whether somebody looks on.

    Yields:
        What is told of each step, such as "Reading map".
    """
    out, steps = Console(stderr=True), 2 * workbooks + 1
    if shown and out.is_terminal:
        with _bar(out, steps) as tell:
            yield tell
    else:
        yield _lines(steps) if shown and workbooks >= _MANY else lambda _: None


@contextmanager
def _bar(out: Console, steps: int) -> Iterator[Tell]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # only where somebody looks

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("Starting", total=steps)
        yield lambda what: bar.update(task, description=what, advance=1)


def _lines(steps: int) -> Tell:
    numbers = count(1)
    return lambda what: click.echo(f"{next(numbers)}/{steps} {harmless(what)}", err=True)
