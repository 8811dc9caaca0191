"""How far a pass is, on a terminal; elsewhere nothing, so that logs and pipes stay clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(steps: int, *, shown: bool) -> Iterator[Callable[[str], None]]:
    """A bar on standard error while the block runs.

    Args:
        steps: How often the block tells what it does next.
        shown: Whether somebody looks on.

    Yields:
        What is told, such as "Reading map".
    """
    from rich.console import Console  # loaded only where a pass runs
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    out = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disabled = not (shown and out.is_terminal)
    with Progress(*columns, console=out, transient=True, disable=disabled) as bar:
        task = bar.add_task("Starting", total=steps)

        def tell(what: str) -> None:
            bar.update(task, description=what, advance=1)

        yield tell
