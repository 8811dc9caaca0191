"""A table in somebody else's sheet: finds the header among titles, merges and blanks, and the rows below it.

Nothing here knows templates: which header means which column is for `matching` and `importing` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sheetsync.core.records import fold
from sheetsync.core.values import CellError, Unclear, Value, show

#: The header is looked for in so many rows with content, from the top.
_SEARCHED_ROWS = 30
#: A header fills this share of the widest row; a title does not.
_FULL, _HALF = 0.75, 0.5

#: Stands between a header and the group header above it.
UNDER = " \u203a "

_TOTAL = re.compile(r"(?:grand total|subtotal|totals?|sum|count|average)\s*(?:[:=]\s*(?:\d.*)?)?")
_FIGURE = re.compile(r"[-+]?\d[\d.,'\u2019\s]*%?")

_Rows = Mapping[int, Mapping[int, Value]]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns are 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """One sheet of a foreign file as it stands.

    Attributes:
        cells: Canonical values by (row, column), 1-based; empty cells are missing.
        hidden_rows: Rows that are hidden or filtered away.
        hidden: Whether the whole sheet is hidden.
    """

    sheet: str
    cells: Mapping[tuple[int, int], Value]
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know about a foreign table or its import.

    Attributes:
        header: The header concerned, "" for the table as a whole.
        rows: Row numbers of the sheet concerned, in order; empty for all of them.
    """

    message: str
    header: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """A header's text, unique in its table, and the letter of its column."""

    text: str
    letter: str


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """A row below the header: its number in the sheet and one value for each header."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class ForeignTable:
    """A table found in a foreign sheet; columns and rows without content are left out.

    Attributes:
        header_row: Row number of the header (of two header rows, the lower one).
        hidden: Whether the sheet is hidden.
    """

    sheet: str
    header_row: int
    headers: tuple[Header, ...]
    rows: tuple[ForeignRow, ...]
    hidden: bool = False
    remarks: tuple[Remark, ...] = ()


def blank(value: Value) -> bool:
    """Whether a cell holds nothing a person can see."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_total(row: ForeignRow) -> bool:
    """A row whose first cell says so ("Total", "Total: 12") and that holds figures only besides."""
    first, *rest = [value for value in row.values if not blank(value)] or [None]
    named = isinstance(first, str) and _TOTAL.fullmatch(fold(first)) is not None
    return named and all(map(_is_figure, rest))


def _is_figure(value: object) -> bool:
    """A number, also one in a file of text alone, or a formula that did not come to one."""
    return isinstance(value, (int, float, CellError, Unclear)) or (
        isinstance(value, str) and _FIGURE.fullmatch(value.strip()) is not None
    )


def find_table(grid: Grid) -> ForeignTable | None:
    """The table of a sheet, `None` where the sheet is empty."""
    rows, spread = _rows(grid)
    if not rows:
        return None
    header_row = _header_row(rows, grid.merges)
    columns = sorted({column for row, cells in rows.items() if row >= header_row for column in cells})
    groups = _groups(rows, header_row, columns, grid.merges)
    headers = _headers(rows[header_row], columns, groups)
    repeated = tuple(n for n in rows if n > header_row and _repeats(rows[n], rows[header_row]))
    body = tuple(
        ForeignRow(number, tuple(cells.get(column) for column in columns))
        for number, cells in rows.items()
        if number > header_row and number not in repeated
    )
    first = header_row - 1 if groups else header_row
    remarks = (
        *_place_remarks(rows, first, repeated),
        *_hidden_remarks(grid, body),
        *_merge_remarks(rows, spread, header_row),
    )
    return ForeignTable(grid.sheet, header_row, headers, body, grid.hidden, remarks)


def letter(column: int) -> str:
    """The letters of a column number: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _rows(grid: Grid) -> tuple[_Rows, list[Merge]]:
    """Rows with content from the top, and the merged cells that were copied down into rows they cover."""
    found: dict[int, dict[int, Value]] = {}
    for (row, column), value in sorted(grid.cells.items(), key=lambda cell: cell[0]):
        if not blank(value):
            found.setdefault(row, {})[column] = value
    return found, [merge for merge in grid.merges if _spread(found, merge)]


def _spread(rows: Mapping[int, dict[int, Value]], merge: Merge) -> bool:
    """Copy a merged cell down into the rows that hold something else; whether there were any."""
    value = rows.get(merge.top, {}).get(merge.left)
    covered = [row for row in range(merge.top + 1, merge.bottom + 1) if row in rows]
    if value is None or merge.right > merge.left:
        return False
    for row in covered:
        rows[row][merge.left] = value
    return bool(covered)


def _header_row(rows: _Rows, merges: Iterable[Merge]) -> int:
    """The first row that fills most of the table's width with text, or the best that comes near."""
    searched = list(rows.items())[:_SEARCHED_ROWS]
    width = max(len(cells) for _, cells in searched)
    worded = [(row, cells) for row, cells in searched if _mostly_text(cells.values())]
    for share in (_FULL, _HALF):
        for row, cells in worded or searched:
            if len(cells) >= share * width:
                return row + 1 if _goes_on_below(row, rows, merges) else row
    return searched[0][0]


def _mostly_text(values: Iterable[Value]) -> bool:
    texts = [isinstance(value, str) for value in values]
    return sum(texts) * 2 > len(texts)


def _goes_on_below(row: int, rows: _Rows, merges: Iterable[Merge]) -> bool:
    """Whether a header row is the upper of two: some cells merged across, others merged down."""
    here = [merge for merge in merges if merge.top == row]
    across = any(merge.right > merge.left and merge.bottom == row for merge in here)
    down = any(merge.bottom == row + 1 for merge in here)
    return across and down and _mostly_text(rows.get(row + 1, {}).values())


def _headers(
    below: Mapping[int, Value], columns: Iterable[int], above: Mapping[int, str]
) -> tuple[Header, ...]:
    headers: list[Header] = []
    taken: set[str] = set()
    for column in columns:
        text = _joined(above.get(column, ""), _text(below.get(column)))
        unique = _unique(text or f"Column {letter(column)}", taken)
        headers.append(Header(unique, letter(column)))
        taken.add(fold(unique))
    return tuple(headers)


def _text(value: Value) -> str:
    return "" if isinstance(value, (CellError, Unclear)) else " ".join(show(value).split())


def _joined(above: str, below: str) -> str:
    if fold(below).startswith(fold(above)):
        return below
    return f"{above}{UNDER}{below}" if below else above


def _unique(text: str, taken: set[str]) -> str:
    if fold(text) not in taken:
        return text
    number = 2
    while fold(f"{text} ({number})") in taken:
        number += 1
    return f"{text} ({number})"


def _groups(rows: _Rows, header_row: int, columns: list[int], merges: Iterable[Merge]) -> dict[int, str]:
    """The upper header by column ("Contact" over two columns), where the row above the header is one."""
    above = rows.get(header_row - 1, {})
    across = {m.left: m.right for m in merges if m.top == m.bottom == header_row - 1 and m.right > m.left}
    if len({_text(value) for value in above.values()}) < 2 or not _mostly_text(above.values()):
        return {}
    if across:
        ends = {column: across.get(column, column) for column in above}
    elif _looks_like_groups(above, len(rows[header_row]), columns):
        ends = dict(_up_to_the_next(above, columns[-1]))
    else:
        return {}
    return {
        covered: _text(above[column])
        for column, end in ends.items()
        for covered in range(column, min(end, columns[-1]) + 1)
    }


def _looks_like_groups(above: Mapping[int, Value], below: int, columns: list[int]) -> bool:
    """Group headers reach over the table; a line like "Owner: | Maya" stays at its left."""
    reaches = max(above) >= (columns[0] + columns[-1]) / 2
    labels = any(show(value).rstrip().endswith(":") for value in above.values())
    return len(above) < below and reaches and not labels


def _up_to_the_next(above: Mapping[int, Value], last: int) -> Iterator[tuple[int, int]]:
    starts = sorted(above)
    for start, following in zip(starts, [*starts[1:], last + 1], strict=True):
        yield start, following - 1


def _repeats(cells: Mapping[int, Value], header: Mapping[int, Value]) -> bool:
    return len(header) > 1 and cells == header


def _place_remarks(rows: _Rows, first: int, repeated: tuple[int, ...]) -> Iterator[Remark]:
    titles = tuple(row for row in rows if row < first)
    if titles:
        yield Remark(f"The header was found in row {first}; the rows above it were left out.", rows=titles)
    if repeated:
        yield Remark("The header stands here again; these rows were left out.", rows=repeated)


def _merge_remarks(rows: _Rows, spread: Iterable[Merge], header_row: int) -> Iterator[Remark]:
    for merge in spread:
        if merge.top > header_row:
            cell = f'{letter(merge.left)}{merge.top} ("{_text(rows[merge.top][merge.left])}")'
            yield Remark(
                f"The merged cell {cell} was read as the value of each row it covers.",
                rows=tuple(row for row in range(merge.top, merge.bottom + 1) if row in rows),
            )


def _hidden_remarks(grid: Grid, body: Iterable[ForeignRow]) -> Iterator[Remark]:
    if grid.hidden:
        yield Remark(f'The sheet "{grid.sheet}" is hidden.')
    hidden = tuple(row.number for row in body if row.number in grid.hidden_rows)
    if hidden:
        yield Remark("Hidden or filtered away in the file; taken like the other rows.", rows=hidden)
