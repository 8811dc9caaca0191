"""Scanning a sheet's XML for what python-calamine does not tell of its cells.

calamine gives values. It does not say which cells are formulas, which of those have no result yet, which
cells are errors, and which numbers are times of day rather than moments. Few cells are any of these, so
the XML is searched for their traces, block by block, and only those cells are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from openpyxl.utils import column_index_from_string

from sheetsync.replicas.excel.markup import holds_declaration
from sheetsync.replicas.grid import Area, Position, area_of

#: More cells than this between A1 and the last one are not laid out side by side in memory.
_MAX_CELLS = 1 << 25
_ROOT = re.compile(rb"<(\w+:)?worksheet[\s>]")
_END = re.compile(rb"sheetData\s*/?>.*</(?:\w+:)?worksheet\s*>", re.DOTALL)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"'<]*)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b([^<>]*)>")
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?(?:/>|>([^<]*)<)")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
#: Any reference but one in columns A to Z and rows up to 99,999: only a block that has one is read in full.
_FAR = re.compile(rb"r\s*+=\s*+[\"'](?![A-Za-z]?[0-9]{1,5}[\"'])")
_REFERENCES = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,10})[\"']")
_NEAR = (99_999, 26)


class Odd(Exception):
    """The file is not of the usual make; it takes the slow way of reading."""


@dataclass(frozen=True, slots=True)
class DateStyles:
    """Numbers of the cell styles whose format shows a number as a date or a time.

    Attributes:
        dates: All of them.
        times: Those that show a time of day alone.
    """

    dates: frozenset[bytes]
    times: frozenset[bytes]


@dataclass(slots=True)
class Marks:
    """What stands out among a sheet's cells.

    Attributes:
        formulas: Cells that hold a formula of their own.
        arrays: Ranges that array formulas and data tables fill.
        uncalculated: Formulas without a stored result.
        errors: The code of each error value.
        times: Cells formatted as a time of day.
    """

    formulas: set[Position] = field(default_factory=set)
    arrays: list[Area] = field(default_factory=list)
    uncalculated: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    times: set[Position] = field(default_factory=set)


class _Cell(NamedTuple):
    """A cell's element: its attributes, and what is between its tags."""

    attributes: dict[bytes, bytes]
    content: bytes

    @property
    def position(self) -> Position:
        found = _REFERENCE.fullmatch(self.attributes.get(b"r", b""))
        if found is None:
            raise Odd("a cell that matters does not say where it is")
        return _position(found[1], found[2])

    @property
    def type(self) -> bytes:
        return self.attributes.get(b"t", b"n")

    @property
    def style(self) -> bytes:
        return self.attributes.get(b"s", b"0")


def scan(pieces: Iterable[bytes], styles: DateStyles) -> Marks:
    """Go through a sheet's XML, which is read to its end.

    Raises:
        Odd: Something in it is written in a way that this search could misread.
    """
    stream = iter(pieces)
    first = next(stream, b"")
    root = _ROOT.search(first)
    if root is None:
        raise Odd("the sheet does not begin as sheets do")
    scanner = _Scanner(root[1] or b"", styles)
    for block in _blocks(first, stream, b"</" + scanner.prefix + b"row>"):
        scanner.block(block)
    return scanner.marks


def _blocks(first: bytes, stream: Iterator[bytes], row_end: bytes) -> Iterator[bytes]:
    """The XML up to the last row, cut between rows; what follows is only looked at for being there."""
    rest = first
    while True:
        cut = rest.rfind(row_end)
        if cut >= 0:
            yield rest[: cut + len(row_end)]
            rest = rest[cut + len(row_end) :]
        piece = next(stream, b"")
        if not piece:
            break
        rest += piece
    if not _END.search(rest):
        raise Odd("the sheet ends too early")


class _Scanner:
    """Searches blocks of whole rows for traces of the cells that matter."""

    def __init__(self, prefix: bytes, styles: DateStyles) -> None:
        self.prefix, self.styles = prefix, styles
        self.marks = Marks()
        self._extent = (0, 0)
        self._cell_end = b"</" + prefix + b"c>"
        self._traces = list(self._searches())

    def block(self, block: bytes) -> None:
        if holds_declaration(block):
            raise Odd("comments or raw text stand between the cells")
        self._measure(block)
        for pattern, note in self._traces:
            for hit in pattern.finditer(block):
                cell = self._cell_at(block, hit.start())
                if cell is not None:
                    note(cell)

    def _searches(self) -> Iterator[tuple[re.Pattern[bytes], Callable[[_Cell], None]]]:
        """What is searched for; each begins with letters that `re` finds fast."""
        yield re.compile(b"<" + self.prefix + rb"f[\s/>]"), self._note_formula
        yield re.compile(rb"t\s*+=\s*+[\"'][ed][\"']"), self._note_type
        if self.styles.times:
            numbers = b"|".join(sorted(self.styles.times))
            yield re.compile(rb"s\s*+=\s*+[\"'](?:" + numbers + rb")[\"']"), self._note_time
        if self.styles.dates:
            yield re.compile(b"<" + self.prefix + b"v>-"), self._refuse_date_before_all

    def _cell_at(self, block: bytes, at: int) -> _Cell | None:
        """The cell whose tag a trace is in, or follows; `None` where it is in anything else."""
        start = block.rfind(b"<", 0, at)
        tag = _CELL.match(block, start) if start >= 0 else None
        if tag is None:
            if block.startswith(b"<" + self.prefix + b"f", at):
                raise Odd("a formula does not begin its cell")
            return None
        attributes = dict(_ATTRIBUTE.findall(tag[1]))
        if tag[1].endswith(b"/"):
            return _Cell(attributes, b"")
        return _Cell(attributes, block[tag.end() : block.find(self._cell_end, tag.end())])

    def _note_formula(self, cell: _Cell) -> None:
        position, formula, result = cell.position, _FORMULA.search(cell.content), _RESULT.search(cell.content)
        self.marks.formulas.add(position)
        if formula is None:
            raise Odd("a formula cannot be read")
        if b"ref" in formula[1]:
            self._note_array(dict(_ATTRIBUTE.findall(formula[1])))
        if result is None or not (result[1] or cell.type == b"str"):
            self.marks.uncalculated.add(position)
        elif cell.style in self.styles.dates and result[1].startswith(b"-"):
            raise Odd("a date lies before all dates")

    def _note_array(self, attributes: dict[bytes, bytes]) -> None:
        """A shared formula names a range too, but each of its cells holds a formula of its own."""
        if attributes.get(b"t") in (b"array", b"dataTable"):
            self.marks.arrays.append(area_of(attributes.get(b"ref", b"").decode(errors="replace")))

    def _note_type(self, cell: _Cell) -> None:
        result = _RESULT.search(cell.content)
        text = result[1] if result and result[1] else b""
        if cell.type == b"e" and text:
            self.marks.errors[cell.position] = text.decode(errors="replace").strip()
        elif cell.type == b"d" and text.endswith(b"Z"):
            raise Odd("a moment is written with a time zone")

    def _note_time(self, cell: _Cell) -> None:
        if cell.style in self.styles.times:
            self.marks.times.add(cell.position)

    def _refuse_date_before_all(self, cell: _Cell) -> None:
        if cell.style in self.styles.dates:
            raise Odd("a date lies before all dates")

    def _measure(self, block: bytes) -> None:
        """Refuse a lone cell at the end of the world: calamine would lay out all cells up to it."""
        reach = [_NEAR, self._extent]
        if _FAR.search(block):
            reach = [self._extent, *{_position(*it) for it in _REFERENCES.findall(block)}]
        self._extent = max(row for row, _ in reach), max(column for _, column in reach)
        if self._extent[0] * self._extent[1] > _MAX_CELLS:
            raise Odd("the cells lie too far apart")


def _position(letters: bytes, digits: bytes) -> Position:
    return int(digits), _column(letters)


@cache
def _column(letters: bytes) -> int:
    """Number of a column; 0 for none, as in the reference of a row."""
    return column_index_from_string(letters.decode().upper()) if letters else 0
