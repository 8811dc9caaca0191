"""From cells to the requests of one batch: typed values, room for new rows, rows that go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time

from sheetsync.core.values import Boolean, Value
from sheetsync.core.values import show as shown_as
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.pages import DATE, DATE_TIME, TIME, Page
from sheetsync.replicas.grid import Position

#: How dates are shown where the cell shows them as something else.
PATTERNS = {DATE: "yyyy-mm-dd", DATE_TIME: "yyyy-mm-dd hh:mm", TIME: "hh:mm"}
#: Google recommends at most 2 MB a request.
MAX_BYTES = 1_900_000
#: So many rows of new cells at most are one request, so that a batch can be split.
_ROWS_A_REQUEST = 200

_VALUE, _FORMAT, _LINK = (
    "userEnteredValue",
    "userEnteredFormat.numberFormat",
    "userEnteredFormat.textFormat.link",
)
_DAY_ZERO = datetime(1899, 12, 30)


def entered(value: Value) -> Json:
    """A value as it is entered: typed, so that nothing is coerced and no text runs as a formula."""
    match value:
        case None:
            return {}
        case Boolean():
            return {"boolValue": value is Boolean.TRUE}
        case int() | float():
            return {"numberValue": value}
        case date() | time():
            return {"numberValue": _serial(value)}
        case _:
            return {"stringValue": shown_as(value)}


def _serial(value: date | time) -> float:
    """Days since the end of 1899."""
    if isinstance(value, time):
        moment = datetime.combine(_DAY_ZERO, value)
    else:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    passed = moment - _DAY_ZERO
    return passed.days + (passed.seconds * 1_000_000 + passed.microseconds) / 86_400_000_000


def write_cells(
    page: Page,
    cells: Mapping[Position, Value],
    like: Mapping[int, int] | None = None,
    links: Mapping[Position, str] | None = None,
) -> Iterator[Json]:
    """The requests that write cells, few and small: one for each block of cells beside and below one another.

    Args:
        page: The sheet as it was read.
        cells: (row, column) -> value.
        like: New row -> the row whose formats it takes.
        links: Where cells lead to, as a link's address.
    """
    like, links = like or {}, links or {}
    written: dict[Position, tuple[str, Json]] = {}
    for (row, column), value in cells.items():
        kind = page.kinds.get((like.get(row, row), column), "")
        written[row, column] = _cell(value, kind, links.get((row, column), ""))
    yield from update_cells(page.id, written)


def update_cells(sheet_id: int, written: Mapping[Position, tuple[str, Json]]) -> Iterator[Json]:
    """The requests that write cells: (row, column) -> the fields that are written, and what they get."""
    for fields, (row, column), rows in _blocks(_runs(written)):
        start = {"sheetId": sheet_id, "rowIndex": row - 1, "columnIndex": column - 1}
        yield {"updateCells": {"start": start, "rows": [{"values": it} for it in rows], "fields": fields}}


def _cell(value: Value, kind: str, link: str) -> tuple[str, Json]:
    """The fields that are written of a cell, and what they get.

    A number in a cell that shows dates would be read as a date, and a date in another one as a number.
    """
    cell: Json = {_VALUE: entered(value)}
    if link:
        return f"{_VALUE},{_LINK}", cell | {"userEnteredFormat": {"textFormat": {"link": {"uri": link}}}}
    wanted = _kind(value)
    if wanted != kind and (wanted or isinstance(value, (int, float))):
        number_format = {"numberFormat": {"type": wanted, "pattern": PATTERNS[wanted]}} if wanted else {}
        return f"{_VALUE},{_FORMAT}", cell | {"userEnteredFormat": number_format}
    return _VALUE, cell


def _kind(value: Value) -> str:
    match value:
        case datetime():
            return DATE_TIME
        case date():
            return DATE
        case time():
            return TIME
        case _:
            return ""


#: Fields, first cell, and the cells of a run (of a block: of each of its rows).
_Run = tuple[str, Position, list[Json]]
_Block = tuple[str, Position, list[list[Json]]]


def _runs(written: Mapping[Position, tuple[str, Json]]) -> Iterator[_Run]:
    """Cells beside one another in one row, of which the same fields are written."""
    run: list[Json] = []
    begun, fields = (0, 0), ""
    for row, column in sorted(written):
        now, cell = written[row, column]
        if run and (row, column, now) != (begun[0], begun[1] + len(run), fields):
            yield fields, begun, run
            run = []
        if not run:
            begun, fields = (row, column), now
        run.append(cell)
    if run:
        yield fields, begun, run


def _blocks(runs: Iterable[_Run]) -> Iterator[_Block]:
    """Runs of one width below one another."""
    open_blocks: dict[tuple[str, int, int], _Block] = {}
    for fields, (row, column), run in runs:
        key = (fields, column, len(run))
        block = open_blocks.get(key)
        if block and block[1][0] + len(block[2]) == row and len(block[2]) < _ROWS_A_REQUEST:
            block[2].append(run)
            continue
        if block:
            yield block
        open_blocks[key] = (fields, (row, column), [run])
    yield from open_blocks.values()


def make_room(page: Page, rows: int, columns: int) -> Iterator[Json]:
    """The requests that make a sheet at least so large."""
    for dimension, lacking in (("ROWS", rows - page.rows), ("COLUMNS", columns - page.columns)):
        if lacking > 0:
            yield {
                "appendDimension": {"sheetId": page.id, "dimension": dimension, "length": lacking},
            }


def insert_rows(page: Page, first: int, count: int, *, like_above: bool) -> Json:
    """Put new rows above row `first`: whatever people type there at this moment moves down, unharmed."""
    place = {"sheetId": page.id, "dimension": "ROWS", "startIndex": first - 1, "endIndex": first - 1 + count}
    return {"insertDimension": {"range": place, "inheritFromBefore": like_above}}


def delete_rows(page: Page, rows: Iterable[int]) -> Iterator[Json]:
    """Take rows out, from the bottom up; those below move up."""
    pending = sorted(rows, reverse=True)
    while pending:
        last = first = pending.pop(0)
        while pending and pending[0] == first - 1:
            first = pending.pop(0)
        place = {"sheetId": page.id, "dimension": "ROWS", "startIndex": first - 1, "endIndex": last}
        yield {"deleteDimension": {"range": place}}


def show(page: Page, *, shown: bool) -> Iterator[Json]:
    """Show or hide a sheet, where it is not so already."""
    if shown != (page.grid.state == "visible"):
        facts = {"sheetId": page.id, "hidden": not shown}
        yield {"updateSheetProperties": {"properties": facts, "fields": "hidden"}}


def split(requests: Sequence[Json], limit: int = MAX_BYTES) -> Iterator[list[Json]]:
    """Requests in their order, in parts that Google takes well."""
    part: list[Json] = []
    size = 0
    for request in requests:
        length = len(json.dumps(request))
        if part and size + length > limit:
            yield part
            part, size = [], 0
        part.append(request)
        size += length
    if part:
        yield part
