"""What a pass over a large register costs: the first, one after edits, one where nothing has changed.

    python benchmarks/passes.py

Prints CPU seconds of passes within this process, and ratios.
"""

from __future__ import annotations

import random
import tempfile
from datetime import datetime
from itertools import count
from pathlib import Path

import register
from timing import line, medians, seconds

from sheetsync import Program
from sheetsync import program as programs
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Change, Generations
from sheetsync.replicas.excel import edit_cells

ROWS, RECORDS, GENERATIONS, TIMES = 100_000, 400, 1_000, 9
NUMBERS = count(1)
NOW = datetime(2026, 11, 21, 9)


def one_pass(program: Program) -> float:
    """Seconds of one pass."""
    return seconds(lambda: program.run(now=NOW))


def edit(folder: Path, number: int, cells: int = 10) -> None:
    """People change some cells, each time others."""
    rows = random.Random(number).sample(range(3, 400), cells)
    path = folder / register.FILE
    edit_cells(path, path, {"Items": {f"C{row}": f"edit {number}" for row in rows}})


def measure_large(folder: Path) -> None:
    """Passes over many records."""
    program = register.program(folder, ROWS)
    print(f"Passes over {ROWS:,} records of {register.COLUMNS} columns, CPU seconds")
    line("first pass, all rows new", one_pass(program))
    line("second pass, nothing edited", one_pass(program), "reads all; it is remembered from here on")
    line("pass, nothing changed", medians([lambda: one_pass(program)], TIMES)[0], "by hash, at most 0.3")
    edit(folder, 0)
    line("pass, 10 cells edited", one_pass(program))


def measure_history(folder: Path) -> None:
    """A pass after many generations against one after few."""
    program = register.program(folder, RECORDS)
    one_pass(program)
    few = medians([lambda: edited_pass(program, folder)], TIMES)[0]
    add_generations(program.loaded, GENERATIONS)
    one_pass(program)
    many = medians([lambda: edited_pass(program, folder)], TIMES)[0]
    print(f"A pass over {RECORDS:,} records, one cell edited, CPU seconds")
    line("after some ten generations", few)
    line(f"after {GENERATIONS:,} more", many, f"{many / few:.2f} x, at most 1.5")


def edited_pass(program: Program, folder: Path) -> float:
    """Seconds of a pass after one more edit."""
    edit(folder, next(NUMBERS), 1)
    return one_pass(program)


def add_generations(program: programs.Program, number: int) -> None:
    """As if so many passes had each found one record changed."""
    ledger = Ledger.open(program.ledger_url)
    with ledger.transaction() as connection:
        generations = Generations(connection, "register")
        records = list(generations.agreed(generations.newest())["items"].items())
        for step in range(number):
            row_id, contents = records[step % len(records)]
            change = Change("items", row_id, {**contents, "c1": f"generation {step}"})
            generations.agree(generations.propose(1, [change]))
    ledger.close()


def main() -> None:
    """Measure everything, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="sheetsync-bench-") as folder:
        measure_large(Path(folder, "large"))
        measure_history(Path(folder, "history"))


if __name__ == "__main__":
    main()
