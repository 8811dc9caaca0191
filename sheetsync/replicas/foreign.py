"""Reads the tables of files that sheetsync did not make: .xlsx, .xlsm and .csv registers and rosters.

Whatever is wrong with such a file ends in one clear sentence, in bounded time and memory.
"""

from __future__ import annotations

import csv
import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Container, Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from sheetsync.core.foreign import ForeignTable, Grid, Merge, find_table
from sheetsync.core.values import CellError, Unclear, Value, canonical
from sheetsync.errors import ReplicaMissing, ReplicaUnreadable

#: Files are refused above these sizes, so that a small file cannot fill the memory.
MAX_BYTES = 200 * 2**20
MAX_CSV_BYTES = 50 * 2**20
_MAX_RATIO, _RATIO_FROM = 200, 20 * 2**20
_MAX_MERGED_ROWS = 1_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

_FORMULA, _RESULT = f"{{{SHEET_MAIN_NS}}}f", f"{{{SHEET_MAIN_NS}}}v"
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CSV_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_SAVE_AS = 'Open it in the application it comes from, save it as "Excel Workbook (.xlsx)" and import that.'

#: What openpyxl and zipfile let through when a file is not what it says.
_BROKEN = (
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    ArithmeticError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_tables(path: Path) -> tuple[ForeignTable, ...]:
    """Every table of a file: one a sheet that holds anything, in order.

    Raises:
        ReplicaMissing: There is no such file.
        ReplicaUnreadable: It is empty, encrypted, cut short, too large or of another format.
    """
    start = _first_bytes(path)
    if start.startswith(_ZIP):
        grids = _workbook_grids(path)
    elif start.startswith(_OLE):
        raise _old_or_encrypted(path)
    elif path.suffix.lower() in _CSV_SUFFIXES:
        grids = (_csv_grid(path),)
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


def _old_or_encrypted(path: Path) -> ReplicaUnreadable:
    if path.stat().st_size <= MAX_BYTES and _ENCRYPTED in path.read_bytes():
        return ReplicaUnreadable(
            f"{path} is protected by a password.", "Save a copy without a password and import that."
        )
    return ReplicaUnreadable(f"{path} is an Excel 97-2003 file (.xls), which cannot be read.", _SAVE_AS)


# --- Workbooks ---


def _workbook_grids(path: Path) -> tuple[Grid, ...]:
    try:
        _check_package(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what openpyxl would lose on saving; nothing is saved
            with path.open("rb") as file:
                grids = tuple(_grids(file))
    except _BROKEN as error:
        raise ReplicaUnreadable(
            f"{path} cannot be read as a workbook: it is damaged, cut short or made in an unusual way "
            f"({type(error).__name__}).",
            _SAVE_AS,
        ) from error
    if not grids:
        raise ReplicaUnreadable(
            f"{path} has no worksheet that can be read; it may be saved as Strict Open XML.", _SAVE_AS
        )
    return grids


def _check_package(path: Path) -> None:
    """Refuse what would not end well, from the list of contents alone."""
    with zipfile.ZipFile(path) as package:
        members = package.infolist()
        names = set(package.namelist())
    if "mimetype" in names or "content.xml" in names:
        raise ReplicaUnreadable(f"{path} is an OpenDocument file (.ods), not an Excel workbook.", _SAVE_AS)
    if any(name.endswith(".iwa") for name in names):
        raise ReplicaUnreadable(f"{path} is a Numbers file, not an Excel workbook.", _SAVE_AS)
    if "xl/workbook.bin" in names:
        raise ReplicaUnreadable(f"{path} is a binary workbook (.xlsb), which cannot be read.", _SAVE_AS)
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > MAX_BYTES or (size > _RATIO_FROM and size > _MAX_RATIO * packed):
        raise ReplicaUnreadable(
            f"{path} would unpack to {size // 2**20} MB, more than a register has.",
            "Copy the sheet you want into a new workbook and import that.",
        )


def _grids(file: IO[bytes]) -> Iterator[Grid]:
    # Read-only, and parsed row by row: openpyxl's ordinary way builds every cell of a merged range,
    # and a range as large as a sheet would never end. The stubs leave these attributes out, hence Any.
    book: Any = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            formats = (book._date_formats, book._timedelta_formats)
            with book._archive.open(sheet._worksheet_path) as source:
                reader = _SheetReader(source, sheet._shared_strings, True, book.epoch, *formats)
                yield _sheet_grid(reader, sheet.title, hidden=sheet.sheet_state != "visible")
    finally:
        book.close()


class _SheetReader(WorkSheetParser):
    """openpyxl's parser of one sheet; tells a formula whose result was never stored from an empty cell."""

    def __init__(
        self,
        source: IO[bytes],
        strings: Sequence[str],
        data_only: bool,
        epoch: datetime,
        dates: Container[int],
        durations: Container[int],
    ) -> None:
        super().__init__(source, strings, data_only, epoch, dates, durations)

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        stored = element.findtext(_RESULT) or element.get("t") == "str"  # "" is a result too
        if element.find(_FORMULA) is not None and not stored:
            cell["value"] = Unclear("a formula whose result was never stored")
        return cell


def _sheet_grid(reader: _SheetReader, title: str, *, hidden: bool) -> Grid:
    cells: dict[tuple[int, int], Value] = {}
    for _, row in reader.parse():
        for cell in row:
            place = (cell["row"], cell["column"])
            if cell["value"] is not None and place[0] <= _LAST_ROW and place[1] <= _LAST_COLUMN:
                cells[place] = _cell_value(cell["value"], cell["data_type"])
    last = max((row for row, _ in cells), default=0)
    hidden_rows = frozenset(
        int(number) for number, facts in reader.row_dimensions.items() if facts.get("hidden") in ("1", "true")
    )
    return Grid(title, cells, _merges(reader, last), hidden_rows, hidden)


def _cell_value(value: object, data_type: str) -> Value:
    if data_type == "e":
        return CellError(str(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # openpyxl has one type for both; midnight is how a spreadsheet keeps a day
    return canonical(value)


def _merges(reader: _SheetReader, last: int) -> tuple[Merge, ...]:
    """The merged ranges of a sheet, down to its last row with a value."""
    found = reader.merged_cells.mergeCell if reader.merged_cells else ()
    merges = tuple(Merge(r.min_row, r.min_col, min(r.max_row, last), r.max_col) for r in found)
    if sum(merge.bottom - merge.top for merge in merges) > _MAX_MERGED_ROWS:
        raise ValueError("merged ranges that lie over each other")
    return merges


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
