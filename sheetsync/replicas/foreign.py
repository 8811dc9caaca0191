"""Reads the tables of files that sheetsync did not make: .xlsx, .xlsm and .csv registers and rosters.

Whatever is wrong with such a file ends in one clear sentence, in bounded time and memory.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sheetsync.core.foreign import ForeignTable, Grid, Merge, find_table
from sheetsync.core.values import canonical
from sheetsync.errors import ReplicaMissing, ReplicaUnreadable
from sheetsync.replicas import grid
from sheetsync.replicas.excel.grid_read import read_grids
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.read import open_parts
from sheetsync.replicas.layout import HEADER_ROW, ID_HEADER, KEY_ROW, Margin

#: A larger text file is no register, and would fill the memory.
MAX_CSV_BYTES = 50 * 2**20
#: Merged ranges may cover so many rows in all: they are gone through row by row.
_MAX_MERGED_ROWS = 1_000_000

_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,7})[\"']")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_PACKED, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_CSV_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_SAVE_AS = 'Open it in the application it comes from, save it as "Excel Workbook (.xlsx)" and import that.'


def read_tables(path: Path) -> tuple[ForeignTable, ...]:
    """Every table of a file: one a sheet that holds anything, in order.

    Raises:
        ReplicaMissing: There is no such file.
        ReplicaUnreadable: It is empty, encrypted, cut short, too large or of another format.
    """
    start = _first_bytes(path)
    if start.startswith((_PACKED, _OLE)):
        grids = tuple(_workbook_grids(path))
    elif path.suffix.lower() in _CSV_SUFFIXES:
        grids = tuple(_as_people_see_it(_csv_grid(path)))
    else:
        raise ReplicaUnreadable(f"{path} is neither an Excel workbook nor a .csv file.", _SAVE_AS)
    tables = tuple(table for table in map(find_table, grids) if table)
    if not tables:
        raise ReplicaUnreadable(f"{path} holds no values at all.", "Check that this is the right file.")
    return tables


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except FileNotFoundError:
        raise ReplicaMissing(f"There is no file {path}.", "Check the name and the folder.") from None
    except IsADirectoryError:
        raise ReplicaUnreadable(f"{path} is a folder.", "Name the file in it that you want.") from None
    except OSError as error:
        raise ReplicaUnreadable(
            f"{path} cannot be opened: {error.strerror}.", "Close it elsewhere, or check who may read it."
        ) from None
    if not start:
        raise ReplicaUnreadable(f"{path} is empty (0 bytes).", "Check that it was saved or downloaded whole.")
    return start


# --- Workbooks ---


def _workbook_grids(path: Path) -> Iterator[Grid]:
    parts = open_parts(path.read_bytes(), path)
    read = read_grids(parts, lambda *_: True)
    for sheet in parts.sheets:
        if sheet.name in read:
            found = _sheet_grid(sheet.name, read[sheet.name], _hidden_rows(parts, sheet.part), path)
            yield from _as_people_see_it(found)


def _as_people_see_it(found: Grid) -> Iterator[Grid]:
    """A sheet; of a workbook that sheetsync made, a table without its margin, and no other sheet."""
    margin = next((at for at, value in found.cells.items() if at[0] == KEY_ROW and Margin.parse(value)), None)
    if margin is None:
        yield found
    elif found.cells.get((HEADER_ROW, margin[1])) == ID_HEADER:
        cells = {at: it for at, it in found.cells.items() if at[0] != KEY_ROW and at[1] != margin[1]}
        yield replace(found, cells=cells)


def _sheet_grid(title: str, sheet: grid.Grid, hidden_rows: frozenset[int], path: Path) -> Grid:
    cells = {
        (row, column): value
        for row, values in enumerate(sheet.rows, start=1)
        for column, value in enumerate(values, start=1)
        if value is not None
    }
    last = len(sheet.rows)
    merges = tuple(Merge(top, left, min(bottom, last), right) for top, left, bottom, right in sheet.merged)
    if sum(merge.bottom - merge.top for merge in merges) > _MAX_MERGED_ROWS:
        raise ReplicaUnreadable(f'{path}: tab "{title}" has merged ranges over one another.', _SAVE_AS)
    return Grid(title, cells, merges, hidden_rows, sheet.state != "visible")


def _hidden_rows(parts: Parts, part: str) -> frozenset[int]:
    """Numbers of the rows that are hidden or filtered away."""
    rows = (tag for tag in _ROW.findall(parts.read(part)) if _HIDDEN.search(tag))
    return frozenset(int(number[1]) for tag in rows if (number := _NUMBER.search(tag)))


# --- Text files ---


def _csv_grid(path: Path) -> Grid:
    size = path.stat().st_size
    if size > MAX_CSV_BYTES:
        raise ReplicaUnreadable(f"{path} has {size // 2**20} MB, more than a register has.", "Split it.")
    text = _decoded(path)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        lines = [[], *_csv_rows(path, rest, first.strip()[-1])]
    else:
        lines = _csv_rows(path, text, _delimiter(text))
    cells = {
        (row, column): canonical(cell)
        for row, line in enumerate(lines, start=1)
        for column, cell in enumerate(line, start=1)
        if cell
    }
    return Grid(path.stem, cells)


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in raw:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReplicaUnreadable(
        f"{path} is not a text file in UTF-8, UTF-16 or Windows-1252.", 'Save it again as "CSV UTF-8".'
    )


def _delimiter(text: str) -> str:
    """The separator that cuts the most lines into the same number of cells."""
    sample = text[:65_536].splitlines(keepends=True)[:100]

    def fitness(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        several = [width for width in widths if width > 1]
        usual = max(several, key=several.count, default=0)
        return several.count(usual), usual

    return max(_DELIMITERS, key=fitness)


def _csv_rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise ReplicaUnreadable(
            f"{path}, line {reader.line_num}: a cell cannot be read ({error}); a quotation mark left open?",
            "Mend that line, or open the file in a spreadsheet and save it as .xlsx.",
        ) from None
