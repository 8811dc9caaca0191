"""A program with one large register, for the benchmarks of merging and of passes."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from sys import intern

from openpyxl.utils import get_column_letter

from sheetsync import Program
from sheetsync.core.values import Value
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.layout import FIRST_ROW

COLUMNS = 16
KEYS = [intern(f"c{column}") for column in range(COLUMNS)]  # as in what is read from a sheet or a ledger
LETTERS = [get_column_letter(column + 2) for column in range(COLUMNS)]
FILE = "Register.xlsx"
WORDS = ("decision", "open question", "Working group", "idea from the caf\u00e9", "action for the sponsor")
_PROGRAM = f"""
[program]
name = "Register"
operator = "maya@acme.example"
[[workbook]]
name = "register"
template = "register"
replicas = ["{FILE}"]
"""
_TEMPLATE = """
key = "register"
title = "Register"
version = 1
about = "Many records."
[[tab]]
key = "start"
title = "Start Here"
kind = "guide"
[[tab.line]]
text = "The register"
style = "title"
[[tab]]
key = "items"
title = "Items"
kind = "table"
noun = "item"
natural_key = ["c0"]
"""
_STATUS = """
[[tab]]
key = "status"
title = "Status"
kind = "status"
[[tab.block]]
metric = "formats_used"
title = "Formats used"
rows = 3
"""
TYPES = ("text", "text", "number", "date")


def template() -> str:
    """A template with one table: texts, numbers and dates."""
    columns = (
        f'[[tab.column]]\nkey = "c{number}"\nlabel = "Column {number}"\ntype = "{TYPES[number % 4]}"\n'
        for number in range(COLUMNS)
    )
    return _TEMPLATE + "".join(columns) + _STATUS


def program(folder: Path, rows: int) -> Program:
    """A program whose workbook people filled with so many rows; no pass has seen them."""
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/register.toml").write_text(template())
    (folder / "sheetsync.toml").write_text(_PROGRAM)
    loaded = Program.load(folder)
    loaded.provision()
    _fill(folder / FILE, rows)
    return loaded


def records(rows: int) -> Iterator[dict[str, Value]]:
    """The records, the same each time."""
    chance = random.Random(1)
    for row in range(rows):
        yield {key: _value(row, column, chance) for column, key in enumerate(KEYS)}


def _value(row: int, column: int, chance: random.Random) -> Value:
    match column % 4:
        case 0 | 1:
            return f"{chance.choice(WORDS)} {row * (column + 1)}"
        case 2:
            return row * column + 0.25
        case _:
            return date(2024, 1, 1) + timedelta(days=(row + column) % 900)


def _fill(path: Path, rows: int) -> None:
    """Rows below the header, as people might have pasted them: no ids."""
    package = Package(path.read_bytes())
    part = next(name for name in package.names() if b"<t>c0</t>" in package.read(name))
    head, _, rest = package.read(part).partition(b'<row r="3"')
    tail = rest[rest.index(b"</sheetData>") :]
    lines = (_row(number, values) for number, values in enumerate(records(rows), start=FIRST_ROW))
    filled = io.BytesIO()
    package.write(filled, {part: chain([head], lines, [tail])})
    path.write_bytes(filled.getvalue())


def _row(number: int, values: Mapping[str, Value]) -> bytes:
    placed = zip(LETTERS, values.values(), strict=True)
    cells = "".join(_cell(f"{letter}{number}", value) for letter, value in placed)
    return f'<row r="{number}">{cells}</row>'.encode()


def _cell(address: str, value: Value) -> str:
    match value:
        case date():
            return f'<c r="{address}" s="6"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        case str():
            return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'
        case _:
            return f'<c r="{address}"><v>{value}</v></c>'
