"""How fast an Excel file of 100,000 rows of 20 columns is read: prints the ratio to python-calamine alone.

    python benchmarks/reading.py

Ours reads canonical values, keyed by column, and knows formulas, errors and times; calamine's own
`to_python` gives raw lists. Both run in turns in one process, and each figure is a median.
"""

from __future__ import annotations

import io
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook
from timing import line, medians, seconds

from sheetsync.core.values import Value
from sheetsync.replicas.excel.grid_read import read_grids
from sheetsync.replicas.excel.parts import Parts

ROWS, COLUMNS, ROUNDS = 100_000, 20, 5
WORDS = ("decision", "open question", "Working group", "idea from the caf\u00e9", "action for the sponsor")


def make(path: Path) -> None:
    """A workbook of texts, whole numbers, amounts and dates, the same each time."""
    chance = random.Random(1)
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Register")
    sheet.append([f"column {number}" for number in range(COLUMNS)])
    for row in range(ROWS):
        sheet.append([_value(row, column, chance) for column in range(COLUMNS)])
    workbook.save(path)


def _value(row: int, column: int, chance: random.Random) -> str | int | float | date:
    match column % 5:
        case 0 | 1:
            return f"{chance.choice(WORDS)} {row % 5000}"
        case 2:
            return row * column
        case 3:
            return round(chance.random() * 1000, 2)
        case _:
            return date(2024, 1, 1) + timedelta(days=row % 900)


def ours(content: bytes) -> list[dict[Value, Value]]:
    """Rows of canonical values, keyed by the header."""
    grid = read_grids(Parts(content, Path("register.xlsx")), lambda _name, _first: True)["Register"]
    header, *rows = grid.rows
    return [dict(zip(header, row, strict=False)) for row in rows]


def calamine(content: bytes) -> list[list[object]]:
    """Rows as calamine gives them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def main() -> None:
    """Make the file in a folder that goes away, and measure."""
    with tempfile.TemporaryDirectory(prefix="sheetsync-bench-") as folder:
        path = Path(folder) / "register.xlsx"
        make(path)
        content = path.read_bytes()
    works = [lambda: seconds(lambda: ours(content)), lambda: seconds(lambda: calamine(content))]
    us, bare = medians(works, ROUNDS)
    print(f"Reading {ROWS:,} x {COLUMNS}, CPU seconds")
    line("records", us, f"{us / bare:.2f} x calamine alone ({bare:.2f} s), at most 2")


if __name__ == "__main__":
    main()
