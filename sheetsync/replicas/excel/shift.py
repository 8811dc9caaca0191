"""Rows of a table that come in or go, and what that means for all that speaks of its sheet's rows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from xml.sax.saxutils import escape

from sheetsync.replicas.excel.celldata import Formula
from sheetsync.replicas.excel.formulas_reads import Scope
from sheetsync.replicas.excel.formulas_text import OPERAND, Rectangle, rectangle
from sheetsync.replicas.excel.growth import Area
from sheetsync.replicas.excel.markup import attribute, is_utf8
from sheetsync.replicas.excel.parts import Parts

_ENDS = re.compile(r"(\$?)(\d+)")
_NAME = re.compile(rb"(<(?:[\w.-]+:)?definedName\b[^>]*>)([^<]*)(?=<)")
_SERIES = re.compile(rb"(<(?:[\w.-]+:)?f\b[^>/]*>)([^<]*)(?=<)")
_SOURCE = re.compile(rb"<(?:[\w.-]+:)?worksheetSource\b[^>]*>")
_REF, _SHEET = attribute("ref"), attribute("sheet")
_CHART, _PIVOT = re.compile(r"/charts/[^/]*\.xml$", re.I), re.compile(r"/pivotCacheDefinition\d*\.xml$", re.I)

_SHEETS = Scope({}, {}, ())

#: What a text about cells becomes; `None` where it cannot go on meaning what it means.
Rewrite = Callable[[str], str | None]


@dataclass(frozen=True)
class Shift:
    """How the rows of a table's sheet change their numbers.

    Attributes:
        sheet: The sheet's title.
        table: The table's header and records, as they lie.
        bottom: The last row of its records afterwards.
        gone: Rows that are taken out; those below move up.
        at, more: So many rows come in before row `at`; it and those below move down.
    """

    sheet: str
    table: Area
    bottom: int
    gone: frozenset[int] = frozenset()
    at: int = 0
    more: int = 0

    @property
    def first(self) -> int:
        """The first row that does not stay where it is; 0 where all stay."""
        return self._sorted[0] if self.gone else self.at if self.more else 0

    def moves(self, row: int) -> bool:
        return 0 < self.first <= row

    def row(self, number: int) -> int | None:
        """Where a row stands afterwards, `None` for one that is gone."""
        if number in self.gone:
            return None
        lower = self.more if self.more and number >= self.at else 0
        return number - bisect_left(self._sorted, number) + lower

    @cached_property
    def _sorted(self) -> list[int]:
        return sorted(self.gone)

    def text(self, text: str, home: str = "", *, follow: bool = True) -> str | None:
        """A formula that goes on meaning the same cells, `None` where it cannot.

        Args:
            text: The formula.
            home: Title of the sheet it stands on, which is meant where it names none.
            follow: Whether ranges that cover a column of the table go on doing so when it grows.
        """
        broken = False

        def moved(operand: re.Match[str]) -> str:
            nonlocal broken
            place, sheets = rectangle(operand["place"] or ""), operand["sheets"]
            if place is None or not self._means(sheets, home):
                return operand[0]
            ends = self._ends(place, follow=follow)
            broken = broken or ends is None
            if ends is None or ends == (place.top, place.bottom):
                return operand[0]
            rows = iter(ends)
            moved = _ENDS.sub(lambda it: f"{it[1]}{next(rows)}", operand["place"])
            return (sheets or "") + moved

        changed = OPERAND.sub(moved, text)
        return None if broken else changed

    def _means(self, prefix: str | None, home: str) -> bool:
        meant = _SHEETS.sheets(prefix) if prefix else [home.casefold()]
        return self.sheet.casefold() in meant

    def _ends(self, place: Rectangle, *, follow: bool) -> tuple[int, int] | None:
        left, header, right, last = self.table
        rows = [row for row in (self.row(it) for it in self._kept(place)) if row is not None]
        if not rows:
            return None
        top, bottom = rows[0], rows[-1]
        in_table = left <= place.left and place.right <= right
        if follow and in_table and place.bottom == last and place.top in (header, header + 1):
            bottom = max(self.bottom, top)
        return top, bottom

    def _kept(self, place: Rectangle) -> list[int]:
        """The first and the last row of a place that stay, if any does."""
        top, bottom = place.top, place.bottom
        while top in self.gone and top <= bottom:
            top += 1
        while bottom in self.gone and bottom > top:
            bottom -= 1
        return [top, bottom] if top <= bottom else []


class Followers:
    """What speaks of a workbook's rows, as it becomes while the rows of one tab after the other change.

    Args:
        parts: The workbook.
        ours: Title of each of our tabs -> the rows in which its table sums up.

    Attributes:
        formulas: Those that are written anew: by sheet, row and column as they stand before.
        parts_changed: Charts and pivot tables that change: part -> its new bytes.
    """

    def __init__(self, parts: Parts, ours: Mapping[str, range]) -> None:
        self.parts, self.ours = parts, ours
        self._shifts: list[Shift] = []
        self.formulas: dict[tuple[str, int, int], Formula] = {}
        self.parts_changed: dict[str, bytes] = {}

    def follow(self, shift: Shift) -> bool:
        """Let everything follow a shift of rows; where something cannot, nothing changes, and it says so."""
        try:
            formulas = dict(self._formulas(shift))
            followed = dict(self._charts_and_pivots(shift.text))
            _rewritten(self.named(self.parts.read(self.parts.workbook)), shift.text, _NAME)
        except _Broken:
            return False
        self.formulas |= formulas
        self.parts_changed |= followed
        self._shifts.append(shift)
        return True

    def named(self, book: bytes) -> bytes:
        """The workbook's part with names that go on meaning what they mean."""
        for shift in self._shifts:
            book = _rewritten(book, shift.text, _NAME)
        return book

    def _formulas(self, shift: Shift) -> Iterator[tuple[tuple[str, int, int], Formula]]:
        for it in self.parts.formulas if shift.first else ():
            place = it.sheet, it.row, it.column
            here, plain = it.sheet == shift.sheet, it.kind == "normal"
            sums_up = it.row in self.ours.get(it.sheet, ())
            if here and it.row in shift.gone and plain:
                continue
            old = self.formulas.get(place, Formula(it.text)).text
            text = shift.text(old, it.sheet, follow=here and sums_up)
            moves = here and shift.moves(it.row)
            if text == old and not (moves and (shift.more or not plain)):
                continue
            # What a formula in a record comes to is what the person says there: it may not become unknown.
            if text is None or not plain or (it.sheet in self.ours and not sums_up):
                raise _Broken
            yield place, Formula(text)

    def _charts_and_pivots(self, rewrite: Rewrite) -> Iterator[tuple[str, bytes]]:
        for name in self.parts.package.names():
            change = _series if _CHART.search(name) else _sourced if _PIVOT.search(name) else None
            old = self.parts_changed.get(name) or (self.parts.read(name) if change else b"")
            if change and is_utf8(old) and (new := change(old, rewrite)) != old:
                yield name, new


class _Broken(Exception):
    """Something speaks of nothing but rows that go."""


def _series(content: bytes, rewrite: Rewrite) -> bytes:
    """A chart's part."""
    return _rewritten(content, rewrite, _SERIES)


def _rewritten(content: bytes, rewrite: Rewrite, pattern: re.Pattern[bytes]) -> bytes:
    def change(found: re.Match[bytes]) -> bytes:
        old = unescape(found.group(2).decode())
        new = rewrite(old)
        if new is None:
            raise _Broken
        return found.group(0) if new == old else found.group(1) + escape(new).encode()

    return pattern.sub(change, content)


def _sourced(content: bytes, rewrite: Rewrite) -> bytes:
    """A pivot table's part; range and sheet of its source are attributes of their own."""
    tag = _SOURCE.search(content)
    ref, sheet = (pattern.search(tag.group(0)) if tag else None for pattern in (_REF, _SHEET))
    if tag is None or ref is None or sheet is None:
        return content
    title = unescape(sheet.group(1).decode()).replace("'", "''")
    new = rewrite(f"'{title}'!{ref.group(1).decode()}")
    if new is None:
        raise _Broken
    start = tag.start() + ref.start(1)
    return content[:start] + new.rpartition("!")[2].encode() + content[start + len(ref.group(1)) :]
