"""What the claims about speed stand on: prints ratios and seconds, all measured in one run.

    make bench

Each figure is a median, and what is compared runs in turns, so that a busy moment meets both alike. Here the
start and the demo's program, by the clock; then what the other files of this folder measure.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import editing
import google_sheets
import merging
import openpyxl
import passes
import reading

from sheetsync import Program
from sheetsync.verbs.demo import demo

STARTS, PASSES = 11, 5
NOW = datetime(2026, 11, 21, 9)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def process(*arguments: str) -> Callable[[], object]:
    """A whole Python process."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def edit(folder: Path) -> None:
    """A person changes the last text of the Log."""
    group = openpyxl.load_workbook(folder / "Working Group.xlsx")
    log = group["Log"]
    texts = next(cell.column for cell in log[1] if cell.value == "text")
    row = next(row for row in range(log.max_row, 2, -1) if log.cell(row, texts).value)
    log.cell(row, texts).value = f"{log.cell(row, texts).value}, as agreed"
    group.save(folder / "Working Group.xlsx")


def measure_start() -> None:
    """`sheetsync --help` against a process that only imports Click."""
    help_text, click = process("-m", "sheetsync", "--help"), process("-c", "import click")
    rounds = [(seconds(help_text), seconds(click)) for _ in range(STARTS)]
    ours, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    line(
        "sheetsync --help", ours, f"{ours / bare:.2f} x python -c 'import click' ({bare:.3f} s), at most 2.5"
    )


def measure_passes(folder: Path) -> None:
    """Passes over the demo's program against reading both workbooks with openpyxl."""
    program = Program.load(folder)
    books = sorted(folder.glob("*.xlsx"))

    def load() -> None:
        for book in books:
            openpyxl.load_workbook(book)

    def run() -> None:
        program.run(now=NOW)

    def edited_run() -> float:
        edit(folder)
        return seconds(run)

    rounds = [(seconds(load), seconds(run), seconds(run), edited_run()) for _ in range(PASSES)]
    bare, looking, quiet, busy = (statistics.median(column) for column in zip(*rounds, strict=True))
    line("pass, nothing edited", looking, f"{looking / bare:.2f} x loading both workbooks ({bare:.3f} s)")
    line("pass, nothing changed", quiet, f"{quiet / bare:.2f} x loading both workbooks")
    line("pass, one cell edited", busy, f"{busy / bare:.2f} x loading both workbooks")


def line(what: str, value: float, remark: str) -> None:
    """Print one figure."""
    print(f"{what:<24}{value:8.3f} s   {remark}")


def main() -> None:
    """Measure everything, in a folder that goes away."""
    scratch = Path(tempfile.mkdtemp(prefix="sheetsync-bench-"))
    try:
        measure_start()
        line("the whole demo", seconds(lambda: demo(scratch / "demo", NOW)), "two workbooks, two passes")
        measure_passes(scratch / "demo")
    finally:
        shutil.rmtree(scratch)
    for each in (reading, merging, passes, editing, google_sheets):
        each.main()


if __name__ == "__main__":
    main()
