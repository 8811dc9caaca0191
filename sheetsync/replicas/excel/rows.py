"""Editing a worksheet part as a stream: the rows concerned are rewritten, every other byte passes by.

The part is never parsed as a whole, so memory does not grow with the sheet. Of the rows that pass by only
the numbers are read: a row that stands twice would be edited in one place and read in the other.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string, get_column_letter

from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.heads import column_styles, extended, prefix_of
from sheetsync.replicas.excel.markup import attribute, decimal, hides_tags, is_utf8
from sheetsync.replicas.excel.markup import number as as_number

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

_PLACE, _STYLE, _HEIGHT, _SPANS = (attribute(name) for name in ("r", "s", "ht", "spans"))
_AREA = attribute("ref")
#: Of rows with a namespace prefix; group 1 is what a row says is its number.
_ROW_TAG = rb"""<%srow\b(?:[^<>]*?\sr\s*=\s*["']([^"']*)["'])?"""
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})(\d+)")
_SPECIAL_FORMULA = re.compile(
    rb"""<(?:[\w.-]+:)?f\b[^<>]*?\st\s*=\s*["'](shared|array|dataTable)["'][^<>]*>"""
)
_SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again."
_PUT_BACK = "Put back a backup of the file."
_HEAD_LIMIT = 16 * 2**20

#: Makes a cell's XML: (namespace prefix, row, column, style).
Writer = Callable[[bytes, int, int, int], bytes]
#: Changes what stands behind the rows: (its bytes, namespace prefix).
TailChange = Callable[[bytes, bytes], bytes]


class EditError(ReplicaError):
    """Something in the workbook stands in the way of an edit; the source is as it was."""


@dataclass
class SheetEdit:
    """What changes in the rows of one sheet.

    Attributes:
        cells: Row number -> columns that are written, in rows that may or may not be there yet.
        like: New row -> the row whose cell styles it takes.
        heights: Row -> the height in points that its text needs; rows never shrink.
        stale: Cells whose formula results no longer hold: (row, column).
    """

    cells: Mapping[int, frozenset[int]]
    like: Mapping[int, int] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    stale: frozenset[tuple[int, int]] = frozenset()

    def rows(self) -> set[int]:
        """The rows concerned."""
        return {*self.cells, *(row for row, _ in self.stale)}


def edit_rows(
    pieces: Iterable[bytes],
    edit: SheetEdit,
    write: Writer,
    change_tail: TailChange,
    where: str,
) -> Iterator[bytes]:
    """A worksheet part with some of its cells written.

    Args:
        pieces: The part's bytes.
        edit: Which cells are written.
        write: Makes a cell's XML; the style it gets is that of the cell that was there, else of the row
            it takes after, else of its row or column.
        change_tail: Changes the part's bytes behind the rows.
        where: What messages call the sheet.

    Raises:
        EditError: A cell cannot be written, or the part is not one that can be edited safely.
    """
    return _Stream(edit, write, change_tail, where).run(iter(pieces))


class _Stream:
    def __init__(self, edit: SheetEdit, write: Writer, change_tail: TailChange, where: str) -> None:
        self.edit, self.write, self.change_tail, self.where = edit, write, change_tail, where
        self.wanted = frozenset(edit.rows())
        self.models: dict[int, dict[int, int]] = {model: {} for model in edit.like.values()}
        self.queue = deque(sorted({*self.wanted, *self.models}))
        self.prefix = b""
        self.previous = 0
        self.column_styles: list[tuple[int, int, int]] = []

    def run(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        head, rest, closed = self._head(pieces)
        columns = {column for columns in self.edit.cells.values() for column in columns}
        yield extended(head, self.edit.cells, columns)
        if closed:  # <sheetData/>: there are no rows at all
            new = b"".join(self._missing_rows(None))
            name = b"%ssheetData" % self.prefix
            yield b"<%s>%s</%s>" % (name, new, name) if new else b"<%s/>" % name
        else:
            rest = yield from self._rows(rest, pieces)
        tail = rest + b"".join(pieces)
        if b"</%sworksheet" % self.prefix not in tail:
            raise self._error("is cut short behind its rows", _PUT_BACK)
        self._refuse_hidden_tags(tail)
        yield self.change_tail(tail, self.prefix)

    # the part before the rows

    def _head(self, pieces: Iterator[bytes]) -> tuple[bytes, bytes, bool]:
        """The bytes up to the first row, the rest of what was read, and whether there are no rows."""
        buffer = next(pieces, b"")
        if not is_utf8(buffer):
            raise self._error("is not stored in UTF-8", _SAVE_AGAIN)
        while True:
            self.prefix = prefix_of(buffer)
            at = buffer.find(b"<%ssheetData" % self.prefix)
            end = buffer.find(b">", at) + 1 if at >= 0 else 0
            if end:
                break
            piece = next(pieces, None)
            if piece is None or len(buffer) > _HEAD_LIMIT:
                raise self._error("holds no cells that can be found", _SAVE_AGAIN)
            buffer += piece
        self._refuse_hidden_tags(buffer[:at])
        self.column_styles = column_styles(buffer[:at])
        closed = buffer[end - 2 : end] == b"/>"
        return buffer[: at if closed else end], buffer[end:], closed

    # the rows

    def _rows(self, buffer: bytes, pieces: Iterator[bytes]) -> Generator[bytes, None, bytes]:
        """The rows; returns what was read behind them."""
        opening, closing = b"<%srow" % self.prefix, b"</%ssheetData" % self.prefix
        while True:
            end = buffer.find(closing)
            whole = end if end >= 0 else buffer.rfind(opening)
            if whole > 0:
                yield from self._region(buffer[:whole])
                buffer = buffer[whole:]
            if end >= 0:
                break
            piece = next(pieces, None)
            if piece is None:
                raise self._error("is cut short within its rows", _PUT_BACK)
            buffer += piece
        yield b"".join(self._missing_rows(None))
        return buffer

    def _region(self, region: bytes) -> Iterator[bytes]:
        """Whole rows: passed on, and the wanted ones among them rewritten."""
        self._refuse_hidden_tags(region)
        tag = re.compile(_ROW_TAG % re.escape(self.prefix))
        numbers = self._numbers(tag.findall(region))
        if not self.queue or self.queue[0] > self.previous:
            yield region
            return
        done = 0
        for number, found in zip(numbers, tag.finditer(region), strict=True):
            if not self.queue or number < self.queue[0]:
                continue
            at = found.start()
            yield region[done:at]
            done = at
            yield from self._missing_rows(number)
            if self.queue and self.queue[0] == number:
                row = region[at : self._row_end(region, at)]
                done += len(row)
                yield self._visited(self.queue.popleft(), row)
        yield region[done:]

    def _numbers(self, told: list[bytes]) -> list[int]:
        """The numbers of rows that come next, from what their tags tell; a row may not say its own."""
        numbers: list[int] = []
        last = self.previous
        for text in told:
            number = as_number(text) if text else last + 1
            if number is None or not last < number <= MAX_ROW:
                raise self._error(f"has rows twice or out of order (after row {last})", _SAVE_AGAIN)
            numbers.append(number)
            last = number
        self.previous = last
        return numbers

    def _tag_end(self, part: bytes, at: int) -> int:
        end = part.find(b">", at) + 1
        if not end:
            raise self._error("has a row that does not end", _SAVE_AGAIN)
        return end

    def _row_end(self, region: bytes, at: int) -> int:
        tag_end = self._tag_end(region, at)
        if region[tag_end - 2 : tag_end] == b"/>":
            return tag_end
        end = _end_of(region, b"</%srow" % self.prefix, tag_end)
        following = region.find(b"<%srow" % self.prefix, tag_end)
        if not end or 0 <= following < end:
            raise self._error("has a row that does not end", _SAVE_AGAIN)
        return end

    def _missing_rows(self, before: int | None) -> Iterator[bytes]:
        """Wanted rows that are not there, up to the row that comes next."""
        while self.queue and (before is None or self.queue[0] < before):
            number = self.queue.popleft()
            columns = sorted(self.edit.cells.get(number, ()))
            cells = b"".join(self._new_cell(number, column, None) for column in columns)
            if cells:
                name = b"%srow" % self.prefix
                yield self._fitted(number, b'<%s r="%d">' % (name, number)) + cells + b"</%s>" % name

    def _visited(self, number: int, row: bytes) -> bytes:
        """A row that is wanted for its looks, or to be rewritten."""
        if number in self.models:
            self.models[number] = {
                column: _style(cell) for column, cell, _ in self._cells(number, row) if _style(cell)
            }
        return self._rewritten(number, row) if number in self.wanted else row

    def _rewritten(self, number: int, row: bytes) -> bytes:
        tag_end = row.find(b">") + 1
        tag, closing = row[:tag_end], b"</%srow>" % self.prefix
        row_style = _style(tag) if _STYLE.search(tag) else None
        columns = sorted(self.edit.cells.get(number, ()))
        parts: list[bytes] = []
        at = tag_end
        for column, cell, start in self._cells(number, row):
            parts.append(row[at:start])
            while columns and columns[0] < column:
                parts.append(self._new_cell(number, columns.pop(0), row_style))
            at = start + len(cell)
            if columns and columns[0] == column:
                parts.append(self._replaced(number, columns.pop(0), cell))
            elif (number, column) in self.edit.stale:
                parts.append(self._without_result(cell))
            else:
                parts.append(cell)
        new = b"".join(self._new_cell(number, column, row_style) for column in columns)
        if tag.endswith(b"/>"):
            return tag if not new else self._fitted(number, tag[:-2].rstrip() + b">") + new + closing
        return self._fitted(number, tag) + b"".join(parts) + new + row[at:]

    def _fitted(self, number: int, tag: bytes) -> bytes:
        """The row's tag without its "spans", a hint that may be wrong by now, and as high as it needs."""
        tag = _SPANS.sub(b"", tag)
        needed, found = self.edit.heights.get(number, 0.0), _HEIGHT.search(tag)
        high = (decimal(found.group(1)) if found else None) or 0.0
        return tag if needed <= high else _HEIGHT.sub(b"", tag)[:-1] + b' ht="%g">' % needed

    def _cells(self, number: int, row: bytes) -> Iterator[tuple[int, bytes, int]]:
        """The cells of a row: (column, its XML, where it starts)."""
        opening, closing = b"<%sc" % self.prefix, b"</%sc" % self.prefix
        column, at = 0, row.find(b">") + 1
        while (at := row.find(opening, at)) >= 0:
            if row[at + len(opening) : at + len(opening) + 1] not in b" \t\r\n/>":
                at += len(opening)
                continue
            end = tag_end = self._tag_end(row, at)
            if row[tag_end - 2 : tag_end] != b"/>":
                end = _end_of(row, closing, tag_end)
            here = self._column(row[at:tag_end], number) or column + 1
            if not column < here <= MAX_COLUMN or end < tag_end:
                raise self._error(f"has cells of row {number} out of order", _SAVE_AGAIN)
            column = here
            yield column, row[at:end], at
            at = end

    def _column(self, tag: bytes, row: int) -> int | None:
        """The column that a cell's tag names; `None` where it names no place."""
        place = _PLACE.search(tag)
        if place is None:
            return None
        found = _REFERENCE.fullmatch(place.group(1))
        if found is None or as_number(found.group(2)) != row:
            raise self._error(f"has cells of row {row} out of order", _SAVE_AGAIN)
        return column_index_from_string(found.group(1).decode().upper())

    def _new_cell(self, number: int, column: int, row_style: int | None) -> bytes:
        model = self.models.get(self.edit.like.get(number, 0), {})
        inherited = self._column_style(column) if row_style is None else row_style
        return self.write(self.prefix, number, column, model.get(column, inherited))

    def _replaced(self, number: int, column: int, cell: bytes) -> bytes:
        address = f"{get_column_letter(column)}{number}"
        formula = _SPECIAL_FORMULA.search(cell)
        area = formula and _AREA.search(formula.group(0))
        if formula and (area or formula.group(1) != b"shared") and not _is_alone(area, address):
            raise self._error(
                f"has in {address} a formula that other cells share",
                "Write the value there by hand, or replace the shared formula first.",
            )
        # An empty cell stays: the ones behind it may have no place of their own but "the next".
        empty = f'c r="{address}"/>'.encode()
        written = self.write(self.prefix, number, column, _style(cell[: cell.find(b">")]))
        return written or b"<" + self.prefix + empty

    def _without_result(self, cell: bytes) -> bytes:
        name = self.prefix
        stripped = re.sub(rb"<%sv\b[^<>]*>.*?</%sv\s*>|<%sv\s*/>" % (name, name, name), b"", cell, flags=re.S)
        tag_end = stripped.find(b">")
        return re.sub(rb"""\st\s*=\s*["']\w+["']""", b"", stripped[:tag_end]) + stripped[tag_end:]

    def _column_style(self, column: int) -> int:
        return next((style for first, last, style in self.column_styles if first <= column <= last), 0)

    def _refuse_hidden_tags(self, part: bytes) -> None:
        if hides_tags(part):
            raise self._error("holds XML of a kind that workbooks do not use", _SAVE_AGAIN)

    def _error(self, what: str, do: str) -> EditError:
        return EditError(f"{self.where} {what}.", do)


def _end_of(part: bytes, closing: bytes, at: int) -> int:
    """Where the first end tag that begins with these bytes ends, 0 where there is none."""
    found = re.compile(re.escape(closing) + rb"\s*>").search(part, at)
    return found.end() if found else 0


def _is_alone(area: re.Match[bytes] | None, address: str) -> bool:
    """Whether a formula that may fill an area fills one cell only."""
    return area is not None and area.group(1).decode("ascii", "replace") in (address, f"{address}:{address}")


def _style(tag: bytes) -> int:
    """The style of a cell or a row."""
    found = _STYLE.search(tag, 0, tag.find(b">") + 1 or len(tag))
    return (found and as_number(found.group(1))) or 0
