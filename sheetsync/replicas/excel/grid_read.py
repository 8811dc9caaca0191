"""Reading the sheets of an Excel file fast: python-calamine for the values, a scan of the XML for the rest.

What calamine cannot read, or would misread, is read through openpyxl instead.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_datetime, is_timedelta_format
from python_calamine import CalamineWorkbook

from sheetsync.core.values import FIRST_SAFE_DATE, CellError, Value, canonical
from sheetsync.replicas.excel.grid_marks import DateStyles, Marks, Odd, scan
from sheetsync.replicas.excel.grid_slow import read_slowly
from sheetsync.replicas.excel.opc import PackageError
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.grid import NO_RESULT, Grid, make_grid, put

#: Tells by a sheet's name and its first row whether the sheet is to be read.
Wanted = Callable[[str, Sequence[Value]], bool]

_ROW_END = re.compile(rb"</(\w+:)?row>")
#: Numbers below this that have at most two decimals are told by arithmetic, without printing them.
_PLAIN = 1e12


def read_grids(parts: Parts, wanted: Wanted) -> dict[str, Grid]:
    """The sheets that are wanted, by name, in the order of their tabs.

    Raises:
        ReplicaUnreadable: The file is damaged, or is no workbook that can be read.
    """
    sheets = [sheet for sheet in parts.sheets if sheet.kind == "worksheet"]
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise parts.unreadable("has two sheets of one name")
    try:
        return _read_fast(parts, sheets, wanted)
    except PackageError as error:
        raise parts.unreadable(str(error)) from None
    except Odd:
        _refuse_deep(parts, sheets)
        grids = read_slowly(parts.package.content, parts.path)
        return {name: grid for name, grid in grids.items() if wanted(name, grid.rows[0] if grid.rows else [])}


def _read_fast(parts: Parts, sheets: list[SheetPart], wanted: Wanted) -> dict[str, Grid]:
    styles = _date_styles(parts)
    first = _first_rows(parts, sheets, styles)
    chosen = [sheet for sheet in sheets if wanted(sheet.name, first[sheet.name])]
    marks = {sheet.name: scan(parts.package.stream(sheet.part), styles) for sheet in chosen}
    book = _open(parts.package.content)
    return {sheet.name: _grid(book, sheet, marks[sheet.name]) for sheet in chosen}


def _first_rows(parts: Parts, sheets: list[SheetPart], styles: DateStyles) -> dict[str, Sequence[Value]]:
    """The first row of each sheet, read from a copy of the file in which the sheets end behind it."""
    heads = {sheet.part: _head(parts.package.stream(sheet.part)) for sheet in sheets}
    target = io.BytesIO()
    parts.package.write(target, {part: [head] for part, head in heads.items()})
    book = _open(target.getvalue())
    grids = {sheet.name: _grid(book, sheet, scan([heads[sheet.part]], styles)) for sheet in sheets}
    return {name: grid.rows[0] if grid.rows else [] for name, grid in grids.items()}


def _head(pieces: Iterator[bytes]) -> bytes:
    """A sheet's XML, ended behind its first row."""
    head = b""
    for piece in pieces:
        head += piece
        if end := _ROW_END.search(head):
            prefix = end[1] or b""
            return head[: end.end()] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
    return head


def _refuse_deep(parts: Parts, sheets: list[SheetPart]) -> None:
    """Stop at elements nested as no sheet nests them: openpyxl keeps all of a cell that does not end.

    Raises:
        ReplicaUnreadable: A sheet is such, or is not well-formed.
    """
    for sheet in sheets:
        parser = etree.XMLPullParser(("end",), tag="{*}row", resolve_entities=False, no_network=True)
        try:
            for piece in parts.stream(sheet.part):
                parser.feed(piece)
                for _, row in parser.read_events():
                    if isinstance(row, etree._Element):  # always, says the kind of event
                        row.clear()
        except etree.XMLSyntaxError as error:
            raise parts.unreadable(f"{sheet.part} cannot be read ({error.msg})") from None


# calamine


@contextmanager
def _calamine_may_refuse() -> Iterator[None]:
    """Calamine refuses with errors of many kinds, and panics with one that is not an `Exception`."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Odd(f"calamine cannot read it: {error}") from error
        raise


def _open(content: bytes) -> CalamineWorkbook:
    with _calamine_may_refuse():
        return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _grid(book: CalamineWorkbook, sheet: SheetPart, marks: Marks) -> Grid:
    with _calamine_may_refuse():
        read = book.get_sheet_by_name(sheet.name)
        raw: list[list[Any]] = read.to_python(skip_empty_area=False)
        merged = [(r1 + 1, c1 + 1, r2 + 1, c2 + 1) for (r1, c1), (r2, c2) in read.merged_cell_ranges or ()]
    _keep_times(raw, marks)
    rows = [_values(row) for row in raw]
    for (row, column), code in marks.errors.items():
        put(rows, (row, column), CellError(code))
    for row, column in marks.uncalculated:
        put(rows, (row, column), NO_RESULT)
    return make_grid(rows, marks.formulas, marks.arrays, merged, sheet.state)


def _keep_times(raw: list[list[Any]], marks: Marks) -> None:
    """A time of day whose number counts days too is still a time: calamine takes it for a moment."""
    for row, column in marks.times:
        if row <= len(raw) and column <= len(raw[row - 1]):
            value = raw[row - 1][column - 1]
            if isinstance(value, date):
                raw[row - 1][column - 1] = value.time() if isinstance(value, datetime) else time()


def _values(row: Sequence[Any]) -> list[Value]:
    """The canonical values of a row.

    Nearly all values are canonical already, or whole numbers in the guise of a float; millions of them
    pass here, so they are told by the cheapest test there is instead of a call each.
    """
    values: list[Value] = []
    add = values.append
    for value in row:
        kind = value.__class__
        if kind is str:
            add(value if value and value.isascii() and "\r" not in value else canonical(value))
        elif kind is float and -_PLAIN < value < _PLAIN:
            if value.is_integer():
                add(int(value))
            else:
                add(value if round(value * 100) / 100 == value else canonical(value))
        elif kind is date and value >= FIRST_SAFE_DATE:
            add(value)
        else:
            add(canonical(value))
    return values


# styles


def _date_styles(parts: Parts) -> DateStyles:
    """Which cell styles show dates and times."""
    if parts.styles not in parts.package:
        return DateStyles(frozenset(), frozenset())
    root = parts.xml(parts.styles)
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    for custom in root.iterfind("{*}numFmts/{*}numFmt"):
        formats[str(custom.get("numFmtId"))] = str(custom.get("formatCode"))
    codes = [formats.get(str(style.get("numFmtId"))) for style in root.iterfind("{*}cellXfs/{*}xf")]
    moments = {
        str(number).encode(): code
        for number, code in enumerate(codes)
        if is_date_format(code) and not is_timedelta_format(code)
    }
    return DateStyles(
        dates=frozenset(moments),
        times=frozenset(index for index, code in moments.items() if is_datetime(code) == "time"),
    )
