"""What a batch asks back, and whether that is what should stand there: then nobody was at work meanwhile.

Asked back are the hidden row and the header, which tell whether columns moved; the row ids; and, whole, every
row and every column that was written. Whoever sorts the visible columns alone moves something of these,
unless the rows are alike and it comes to the same. Where rows were deleted, all is asked back: those tell
nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from itertools import zip_longest

from openpyxl.utils import get_column_letter

from sheetsync.core.values import CellError, Unclear, Value, canonical
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.ranges import in_notation
from sheetsync.replicas.google.requests import entered
from sheetsync.replicas.google.sheet_edit import Written

#: What is told of each cell.
FIELDS = "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(effectiveValue))))"
#: Where so many stretches of rows are written, the whole sheet is asked back.
_MANY = 60
#: Serial numbers of the same moment differ by less: it is known to the millisecond.
_INSTANT = 1e-7

#: First row, first column, last row, last column, all inside; 0 for the last: to the end.
_Area = tuple[int, int, int, int]


def ranges(title: str, written: Written) -> list[str]:
    """What is asked back of a sheet, as the addresses of a call."""
    return [in_notation(title, _reference(area)) for area in _areas(written)]


def told(answer: Json) -> dict[int, list[Json]]:
    """What an answer holds of each sheet: its id -> what was asked back, in order."""
    return {
        sheet["properties"].get("sheetId", 0): sheet.get("data", []) for sheet in answer.get("sheets", ())
    }


def stands(written: Written, found: Sequence[Json]) -> bool:
    """Whether what was asked back of a sheet is what should stand there."""
    areas = _areas(written)
    starts = [(data.get("startRow", 0) + 1, data.get("startColumn", 0) + 1) for data in found]
    if starts != [area[:2] for area in areas]:
        return False
    expected = _expected(written)
    return all(_alike(expected, area, data) for area, data in zip(areas, found, strict=True))


def _areas(written: Written) -> list[_Area]:
    edit = written.edit
    places = [(row, column) for row, column in edit.cells if edit.header < row <= edit.last]
    rows = list(_stretches({edit.landed(row) for row, _ in places}))
    if edit.gone or len(rows) > _MANY:
        return [(1, 1, 0, 0)]
    columns = {edit.margin[1], *(column for _, column in places)}
    top = edit.header + 1
    return [
        (1, 1, edit.header, 0),
        *((top, column, 0, column) for column in sorted(columns)),
        *((first, 1, last, 0) for first, last in rows),
    ]


def _stretches(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rows below one another: the first and the last of each stretch."""
    first = last = 0
    for row in sorted(rows):
        if last and row > last + 1:
            yield first, last
            first = row
        first, last = first or row, row
    if last:
        yield first, last


def _reference(area: _Area) -> str:
    """The area as an address: "3:5", "B3:B"; of the whole sheet none."""
    top, left, bottom, right = area
    if right:
        letter = get_column_letter(left)
        return f"{letter}{top}:{letter}"
    return f"{top}:{bottom}" if bottom else ""


def _expected(written: Written) -> list[Sequence[Value]]:
    """The rows that should stand there; a cell of a formula is as unclear as what it comes to."""
    rows: list[Sequence[Value]] = list(written.rows)
    changes: dict[int, dict[int, Value]] = {}
    for row, column in written.formulas:
        changes.setdefault(row, {})[column] = _ANY
    for (row, column), value in written.edit.cells.items():
        changes.setdefault(row, {})[column] = value
    for row, cells in changes.items():
        rows += [()] * (row - len(rows))
        width = max(len(rows[row - 1]), *cells)
        rows[row - 1] = [
            cells[at] if at in cells else (rows[row - 1][at - 1] if at <= len(rows[row - 1]) else None)
            for at in range(1, width + 1)
        ]
    gone = set(written.edit.gone)
    return [cells for row, cells in enumerate(rows, 1) if row not in gone]


_ANY = Unclear("what a formula comes to")


def _alike(expected: Sequence[Sequence[Value]], area: _Area, data: Json) -> bool:
    top, left, bottom, right = area
    rows = [row.get("values", ()) for row in data.get("rowData", ())]
    meant = (cells[left - 1 : right or None] for cells in expected[top - 1 : bottom or None])
    return all(
        _same(value, cell)
        for cells, row in zip_longest(meant, rows, fillvalue=())
        for value, cell in zip_longest(cells, row)
    )


def _same(value: Value, cell: Json | None) -> bool:
    """Whether a cell that Google tells of holds a value."""
    worth = cell.get("effectiveValue") if cell else None
    if worth and worth.get("stringValue", 0) == value:  # most of them
        return True
    if isinstance(value, (Unclear, CellError)):
        return True
    if value is None or not worth:
        return value is None and not worth
    (raw,) = worth.values()
    if isinstance(value, (date, time)):
        return isinstance(raw, (int, float)) and abs(raw - entered(value)["numberValue"]) < _INSTANT
    return not isinstance(raw, dict) and canonical(raw) == value
