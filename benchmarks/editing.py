"""What the claims about editing in place stand on: ten cells in a large and in a small sheet.

    python benchmarks/editing.py

Prints CPU seconds and ratios, all measured in one run and in turns; peak memory is that of a fresh process
each (on Linux).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from peers import PEERS, measured, missing, seconds_of
from timing import line, medians, seconds

from sheetsync.replicas.excel import deflate, edit_cells

COLUMNS, LARGE, SMALL, APPENDED = 20, 100_000, 2_000, 1_000
SHEET = "xl/worksheets/sheet1.xml"
_MEGABYTES = {
    "nothing but the import": "import sheetsync.replicas.excel\n",
    "an edit in place": "from sheetsync.replicas.excel import edit_cells\n"
    "edit_cells(sys.argv[1], sys.argv[2], {None: {f'C{row}': 'new' for row in range(10, 20)}})\n",
}


def make(path: Path, rows: int) -> Path:
    """A workbook of numbers and texts, its sheet written as XML."""
    book = openpyxl.Workbook()
    book.save(path)
    with zipfile.ZipFile(path) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    letters = [get_column_letter(column) for column in range(1, COLUMNS + 1)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for name, content in parts.items():
            target.writestr(name, content if name != SHEET else sheet(rows, letters))
    return path


def sheet(rows: int, letters: list[str]) -> str:
    """A worksheet part: half of the columns hold numbers, half of them text."""
    lines = (
        f'<row r="{row}">{"".join(cell(row, each) for each in letters)}</row>' for row in range(1, rows + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def cell(row: int, letter: str) -> str:
    """One cell of a made sheet."""
    number = row * 7919 * ord(letter[-1]) % 1_000_003
    if letter < "K":
        return f'<c r="{letter}{row}"><v>{number / 100}</v></c>'
    return f'<c r="{letter}{row}" t="inlineStr"><is><t>Item {number}</t></is></c>'


def repack(path: Path) -> None:
    """The floor: unpack the sheet's part and pack it again, with nothing done in between."""
    with zipfile.ZipFile(path) as package:
        content = package.read(SHEET)
    zlib.compress(content, 6)


def load_and_save(path: Path, target: Path) -> None:
    """The same edit with openpyxl."""
    book = openpyxl.load_workbook(path)
    for row in range(10, 20):
        book.worksheets[0].cell(row, 3).value = "new"
    book.save(target)


def with_library(library: object, work: Callable[[], object]) -> float:
    """Seconds of an edit that packs with this library."""
    used, deflate.library = deflate.library, library
    try:
        return seconds(work)
    finally:
        deflate.library = used


def measure(path: Path, rows: int, times: int, small: Path) -> None:
    """Ten cells, and a thousand appended rows, against the floor and against other libraries."""
    target = path.with_name("target.xlsx")
    cells: dict[str, object] = {f"C{row}": "new" for row in range(10, 20)}
    new: dict[str, object] = {
        f"{get_column_letter(column)}{rows + row}": row
        for row in range(1, APPENDED + 1)
        for column in range(1, COLUMNS + 1)
    }
    names = PEERS if not missing() else ()
    plain, edit, append, floor, *others = medians(
        [
            lambda: with_library(zlib, lambda: edit_cells(path, target, {None: cells})),
            lambda: seconds(lambda: edit_cells(path, target, {None: cells})),
            lambda: seconds(lambda: edit_cells(path, target, {None: new})),
            lambda: seconds(lambda: repack(path)),
            *(partial(seconds_of, peer, path, small) for peer in names),
        ],
        times,
    )
    slow = seconds(lambda: load_and_save(path, target))
    print(f"Editing {rows:,} x {COLUMNS} ({path.stat().st_size / 2**20:.1f} MiB), CPU seconds")
    line("10 cells, with zlib", plain, f"{plain / floor:.2f} x unpack and repack, at most 1.5")
    line(f"10 cells, with {deflate.library.__name__}", edit, f"{edit / floor:.2f} x unpack and repack")
    line("  unpack and repack, zlib 6", floor)
    line("  openpyxl load and save", slow, f"{slow / plain:.1f} x zlib, {slow / edit:.1f} x ours")
    for peer, theirs in zip(names, others, strict=True):
        line(f"  {peer}", theirs, f"{theirs / plain:.2f} x zlib, {theirs / edit:.2f} x ours")
    line(f"{APPENDED:,} rows appended", append, f"{append / edit:.2f} x the 10 cells")


def peak_of(work: str, path: Path) -> int:
    """Peak memory in MiB of a fresh process."""
    script = f"import sys\nfrom timing import peak\n{work}print(peak())"
    command = [sys.executable, "-c", script, str(path), str(path.with_name("target.xlsx"))]
    here = Path(__file__).parent
    return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=here).stdout)


def main() -> None:
    """Measure everything, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="sheetsync-bench-") as folder:
        large, small = make(Path(folder, "large.xlsx"), LARGE), make(Path(folder, "small.xlsx"), SMALL)
        measure(large, LARGE, 3, small)
        measure(small, SMALL, 9, small)
        if missing():
            print(f"  wolfxl and excelize are left out: {missing()}")
        print(f"Peak memory, {LARGE:,} x {COLUMNS}")
        for what, work in _MEGABYTES.items():
            print(f"  {what:<34}{peak_of(work, large):5} MiB")
        for peer in () if missing() else PEERS:
            print(f"  {peer:<34}{measured(peer, large, small)[1]:5.0f} MiB")


if __name__ == "__main__":
    main()
