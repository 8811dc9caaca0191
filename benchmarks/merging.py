"""What merging a large tab costs: two copies, one in a hundred records changed in each.

    python benchmarks/merging.py

Prints CPU seconds, how they grow with the records, and the peak memory of a fresh process (on Linux).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from functools import partial
from itertools import count

import register
from timing import line, peak, seconds

from sheetsync.core.columns import cell_problem
from sheetsync.core.merge.merger import merge_tab
from sheetsync.core.merge.tabs import Side, Terms
from sheetsync.core.model import Column, ColumnType, Tab, TabKind
from sheetsync.core.plan import Row, TabSnapshot
from sheetsync.core.settings import Settings
from sheetsync.core.values import Value
from sheetsync.replicas.collecting import without_collector

FEW, MANY, TIMES = 10_000, 100_000, 3
ROUNDS = 5  # in turns: how fast the machine is changes from one minute to the next
COLUMNS = tuple(
    Column(f"c{number}", f"Column {number}", ColumnType(register.TYPES[number % 4]))
    for number in range(register.COLUMNS)
)
TAB = Tab("items", "Items", TabKind.TABLE, natural_key=("c0",), column=COLUMNS)
LABELS = {column.key: column.label for column in COLUMNS}

Records = Mapping[str, Mapping[str, Value]]


def records(rows: int) -> Records:
    """Records by id, made anew: what is read from two files is equal, not the same."""
    return {f"r{number}": values for number, values in enumerate(register.records(rows))}


def side(name: str, rows: int, base: Records, changed: int) -> Side:
    """A copy in which every hundredth record was changed, from the one with this number on."""
    found = []
    for number, (row_id, values) in enumerate(records(rows).items()):
        edited = {**values, "c1": f"{name} {number}"} if number % 100 == changed else values
        found.append(Row(row_id, number, edited))
    return Side(name, TabSnapshot(TAB.key, 1, tuple(found), LABELS), base, 1)


def faulty(_row_id: str, column: str, value: Value) -> bool:
    """Whether a rule stands against a value, as in a pass."""
    return cell_problem(TAB.columns[column], value, Settings(), date(2026, 11, 21)) is not None


def merge(agreed: Records, sides: list[Side]) -> None:
    """One merge, as a pass does it."""
    ids = map("n{}".format, count())
    with without_collector():
        merged = merge_tab(
            TAB, "register", agreed, sides, frozenset(agreed), partial(next, ids), Terms(faulty)
        )
    assert len(merged.sources) == 2 * len(agreed) // 100


def measure(rows: int) -> tuple[float, float]:
    """Seconds, and peak memory in MiB, of a fresh process."""
    command = [sys.executable, __file__, str(rows)]
    spent, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(spent), float(memory)


def main() -> None:
    """Measure few and many records; with a number, so many within this process."""
    if len(sys.argv) > 1:
        rows = int(sys.argv[1])
        agreed = records(rows)
        sides = [side("a", rows, agreed, 0), side("b", rows, agreed, 50)]
        print(statistics.median(seconds(lambda: merge(agreed, sides)) for _ in range(TIMES)), peak())
        return
    print(f"Merging two copies of {register.COLUMNS} columns, 1 % changed in each, CPU seconds")
    rounds = [(*measure(FEW), *measure(MANY)) for _ in range(ROUNDS)]
    few, _, many, memory = map(statistics.median, zip(*rounds, strict=True))
    line(f"{FEW:,} records", few)
    line(f"{MANY:,} records", many, f"at most 3; {many / few:.1f} x, at most 12; {memory:,.0f} MiB")


if __name__ == "__main__":
    main()
