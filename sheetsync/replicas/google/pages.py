"""From what Google tells of a spreadsheet to the grids of its tabs: values, formulas, formats that matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sheetsync.core.values import CellError, Unclear, Value, canonical, canonical_text
from sheetsync.replicas.google.api import Json
from sheetsync.replicas.grid import NO_RESULT, Area, Grid, Position, make_grid
from sheetsync.replicas.sheets import has_margin

#: Of what was entered formulas alone: of another value there is left an empty message, which tells it from
#: one that nobody entered, but that a formula beside it fills in.
_ENTERED = "userEnteredValue(formulaValue)"
_CELL = f"{_ENTERED},effectiveValue,effectiveFormat(numberFormat(type,pattern))"
_SHEET = (
    "properties(sheetId,title,hidden,gridProperties(rowCount,columnCount,frozenRowCount)),merges,"
    f"data(rowData(values({_CELL})))"
)
_FURNITURE = (
    "basicFilter,bandedRanges(bandedRangeId,range),conditionalFormats(ranges),charts(chartId,position)"
)
#: What one read asks for.
FIELDS = f"properties(title),namedRanges(namedRangeId,name),sheets({_SHEET})"
#: What provisioning asks for besides.
ALL_FIELDS = f"properties(title,locale),namedRanges(namedRangeId,name),sheets({_SHEET},{_FURNITURE})"
DATE, TIME, DATE_TIME = "DATE", "TIME", "DATE_TIME"

_EPOCH = datetime(1899, 12, 30)
_FENCE = re.compile(r"sheetsync_epoch_(\d+)")
_ERRORS = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "ERROR": "#ERROR!",
}


@dataclass(frozen=True)
class Page:
    """One sheet of a spreadsheet.

    Attributes:
        rows, columns: How large its grid is.
        frozen: How many rows are frozen at its top.
        grid: What stands in it, of a sheet that carries our margin; of others nothing.
        kinds: Cells that a number format shows as a date or a time -> which of them.
        furniture: Its filter, bands, formats and charts as Google tells them, where they were asked for.
    """

    id: int
    title: str
    rows: int
    columns: int
    frozen: int
    grid: Grid
    kinds: Mapping[Position, str]
    furniture: Json


@dataclass(frozen=True)
class Book:
    """A spreadsheet as it was read.

    Attributes:
        pages: Its sheets that hold cells, by title, in order.
        fences: Numbers of the fences that stand in it, by the id of their named range.
        locale: How it writes numbers and formulas, where it was asked for.
    """

    title: str
    pages: Mapping[str, Page]
    fences: Mapping[str, int]
    locale: str = ""

    @property
    def epoch(self) -> int:
        """The number of the fence; 0 where there is none."""
        return max(self.fences.values(), default=0)


def read_book(answer: Json) -> Book:
    """The spreadsheet in an answer to `FIELDS`."""
    pages = [_page(sheet) for sheet in answer.get("sheets", ()) if "gridProperties" in sheet["properties"]]
    fences = dict(_fences(answer))
    facts = answer.get("properties", {})
    by_title = {page.title: page for page in pages}
    return Book(facts.get("title", ""), by_title, fences, facts.get("locale", ""))


def longer(fields: str) -> str:
    """The same, with all that was entered, should Google leave out what a mask makes empty."""
    return fields.replace(_ENTERED, "userEnteredValue")


def leaves_out(answer: Json) -> bool:
    """Whether it does: then the stamps, which sheetsync enters, look as if nobody had."""
    cells = [cell for sheet in answer.get("sheets", ()) for row in _rows(sheet)[:1] for cell in row]
    return any("userEnteredValue" not in cell for cell in cells if has_margin([_shown(cell)]))


def _rows(sheet: Json) -> list[list[Json]]:
    return [row.get("values", []) for data in sheet.get("data", ()) for row in data.get("rowData", ())]


def _shown(cell: Json) -> Value:
    text: Value = cell.get("effectiveValue", {}).get("stringValue")
    return text


def _fences(answer: Json) -> Iterator[tuple[str, int]]:
    for named in answer.get("namedRanges", ()):
        if found := _FENCE.fullmatch(named.get("name", "")):
            yield named["namedRangeId"], int(found[1])


def _page(sheet: Json) -> Page:
    facts = sheet["properties"]
    size = facts["gridProperties"]
    rows = _rows(sheet)
    kinds: dict[Position, str] = {}
    state = "hidden" if facts.get("hidden") else "visible"
    grid = _grid(rows if _is_ours(rows) else [], sheet.get("merges", ()), state, kinds)
    return Page(
        facts.get("sheetId", 0),
        facts["title"],
        size.get("rowCount", 0),
        size.get("columnCount", 0),
        size.get("frozenRowCount", 0),
        grid,
        kinds,
        {key: found for key, found in sheet.items() if key != "data"},
    )


def _is_ours(rows: list[list[Json]]) -> bool:
    return bool(rows) and has_margin([_shown(cell) for cell in rows[0]])


def _grid(rows: list[list[Json]], merges: list[Json], state: str, kinds: dict[Position, str]) -> Grid:
    formulas: set[Position] = set()
    values = []
    for number, row in enumerate(rows, 1):
        line: list[Value] = []
        for column, cell in enumerate(row, 1):
            line.append(_value(cell, (number, column), formulas, kinds) if cell else None)
        values.append(line)
    return make_grid(values, formulas, [], [area(it) for it in merges], state)


def area(found: Mapping[str, int]) -> Area:
    """A range of Google's (from 0, its end left out) as one of ours."""
    return (
        found.get("startRowIndex", 0) + 1,
        found.get("startColumnIndex", 0) + 1,
        found["endRowIndex"],
        found["endColumnIndex"],
    )


def _value(cell: Json, place: Position, formulas: set[Position], kinds: dict[Position, str]) -> Value:
    kind = ""
    if looks := cell.get("effectiveFormat"):
        kind = _kind(looks)
        if kind:
            kinds[place] = kind
    worth, entered = cell.get("effectiveValue"), cell.get("userEnteredValue")
    if entered is None and worth is None:
        return None
    if entered is None or "formulaValue" in entered:
        formulas.add(place)
    if not worth:
        return None
    if "stringValue" in worth:
        return canonical_text(worth["stringValue"])
    if "numberValue" in worth:
        return _number(worth["numberValue"], kind)
    if "errorValue" in worth:
        return _error(worth["errorValue"].get("type", "ERROR"))
    return canonical(next(iter(worth.values())))


def _kind(looks: Json) -> str:
    """Whether a cell's format shows a date or a time; a duration is a number."""
    number_format = looks.get("numberFormat")
    if not number_format or number_format.get("type") not in (DATE, TIME, DATE_TIME):
        return ""
    return "" if "[" in number_format.get("pattern", "") else str(number_format["type"])


def _number(number: float, kind: str) -> Value:
    if not kind or not -1e6 < number < 3e6:
        return canonical(number)
    moment = _EPOCH + timedelta(days=number)
    if kind == TIME:
        return canonical(moment.time())
    return canonical(moment)


def _error(kind: str) -> Value:
    if kind == "LOADING":
        return NO_RESULT
    return CellError(_ERRORS[kind]) if kind in _ERRORS else Unclear(f"an error of the kind {kind}")
