"""A spreadsheet as the server keeps it: sheets of sparse cells, and what else Google stores beside them.

Cells are CellData dicts that are never changed, only replaced; so a copy of the rows is a snapshot.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from .a1 import Area, quoted
from .errors import ApiError, invalid

Json = dict[str, Any]
CELL_LIMIT = 10_000_000
# What a sheet holds beside its cells, under the names of the answer.
LISTS = (
    "merges",
    "conditionalFormats",
    "filterViews",
    "protectedRanges",
    "charts",
    "bandedRanges",
    "rowGroups",
    "columnGroups",
    "slicers",
    "tables",
    "developerMetadata",
    "commentAnchors",
)


NOTHING: Json = {}


class Sheet:
    """One tab: `cells[row][column]` holds what a person or a call put there."""

    def __init__(self, sheet_id: int, title: str, rows: int = 1000, columns: int = 26) -> None:
        grid = {"rowCount": rows, "columnCount": columns}
        self.properties: Json = {
            "sheetId": sheet_id,
            "title": title,
            "index": 0,
            "sheetType": "GRID",
            "gridProperties": grid,
        }
        self.cells: dict[int, dict[int, Json]] = {}
        self.calculates = False  # whether a formula was ever put here
        self.meta: dict[str, dict[int, Json]] = {"ROWS": {}, "COLUMNS": {}}
        self.lists: dict[str, list[Json]] = {name: [] for name in LISTS}
        self.basic_filter: Json | None = None
        self.rendered: dict[str, dict[int, tuple[Json, Json]]] = {}  # by mask: cells with how they show

    @property
    def id(self) -> int:
        return self.properties["sheetId"]  # type: ignore[no-any-return]

    @property
    def title(self) -> str:
        return self.properties["title"]  # type: ignore[no-any-return]

    @property
    def rows(self) -> int:
        return self.properties.get("gridProperties", {}).get("rowCount", 0)  # type: ignore[no-any-return]

    @property
    def columns(self) -> int:
        return self.properties.get("gridProperties", {}).get("columnCount", 0)  # type: ignore[no-any-return]

    def size(self, dimension: str) -> int:
        return self.rows if dimension == "ROWS" else self.columns

    def set_size(self, dimension: str, size: int) -> None:
        self.properties["gridProperties"]["rowCount" if dimension == "ROWS" else "columnCount"] = size

    def cell(self, row: int, column: int) -> Json:
        cells = self.cells.get(row)
        return cells.get(column, NOTHING) if cells else NOTHING

    def put(self, row: int, column: int, cell: Json) -> None:
        """Replace one cell; an empty one takes no room."""
        if cell:
            self.cells.setdefault(row, {})[column] = cell
            self.calculates = self.calculates or "formulaValue" in cell.get("userEnteredValue", ())
        elif row in self.cells:
            self.cells[row].pop(column, None)
            if not self.cells[row]:
                del self.cells[row]

    def filled(self, area: Area) -> Iterator[tuple[int, int, Json]]:
        """The cells of an area that hold anything, in reading order."""
        start, end = area.row or 0, area.row_end
        few = end is not None and end - start < len(self.cells)
        for row in range(start, end or 0) if few else sorted(self.cells):
            if row in self.cells and Area.spans(row, area.row, end):
                cells = self.cells[row]
                for column in sorted(cells):
                    if Area.spans(column, area.column, area.column_end):
                        yield row, column, cells[column]

    def formulas(self) -> list[tuple[int, int, Json]]:
        """The cells that hold a formula."""
        if not self.calculates:
            return []
        return [
            (row, column, cell)
            for row, cells in self.cells.items()
            for column, cell in cells.items()
            if "formulaValue" in cell.get("userEnteredValue", ())
        ]

    def whole(self, area: Area) -> Area:
        return area.within(self.rows, self.columns)

    def range_text(self, area: Area) -> str:
        return f"{quoted(self.title)}!{area.text}" if area.text else quoted(self.title)

    def inside(self, area: Area) -> Area:
        """The area with open ends closed; one that starts beyond the grid is refused."""
        if (area.row or 0) >= self.rows or (area.column or 0) >= self.columns:
            raise self.beyond(area)
        return self.whole(area)

    def beyond(self, area: Area) -> ApiError:
        limits = f"Max rows: {self.rows}, max columns: {self.columns}"
        return invalid(f"Range ({self.range_text(area)}) exceeds grid limits. {limits}")

    def snapshot(self) -> Sheet:
        twin = copy.copy(self)
        twin.properties = copy.deepcopy(self.properties)
        twin.cells = {row: dict(cells) for row, cells in self.cells.items()}
        twin.meta = {dimension: dict(known) for dimension, known in self.meta.items()}
        twin.lists = {name: copy.deepcopy(listed) for name, listed in self.lists.items()}
        twin.basic_filter = copy.deepcopy(self.basic_filter)
        return twin


class Spreadsheet:
    """One file: its sheets in order, named ranges and metadata. `version` moves with every change."""

    KEPT = ("properties", "named_ranges", "metadata", "comments", "sources")  # beside the sheets

    def __init__(self, spreadsheet_id: str, properties: Json) -> None:
        self.id = spreadsheet_id
        self.properties = properties
        self.sheets: list[Sheet] = []
        self.named_ranges: list[Json] = []
        self.metadata: list[Json] = []
        self.comments: list[Json] = []
        self.sources: list[Json] = []
        self.version = 0
        self.random = random.Random(spreadsheet_id)
        self.worth: tuple[int, Any] = (-1, None)  # the values of formulas, with the version they are of

    def new_id(self, taken: set[Any] | None = None) -> int:
        while (made := self.random.randrange(1, 2**31 - 1)) in (taken or set()):
            pass
        return made

    def sheet(self, sheet_id: int, what: str = "grid") -> Sheet:
        found = next((sheet for sheet in self.sheets if sheet.id == sheet_id), None)
        if found is None:
            raise invalid(f"No {what} with id: {sheet_id}")
        return found

    def titled(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title.lower() == title.lower()), None)

    def add(self, sheet: Sheet, index: int | None = None) -> Sheet:
        self.sheets.insert(len(self.sheets) if index is None else index, sheet)
        self.number()
        return sheet

    def number(self) -> None:
        for index, sheet in enumerate(self.sheets):
            sheet.properties["index"] = index

    def check_size(self) -> None:
        size = sum(sheet.rows * sheet.columns for sheet in self.sheets)
        if size > CELL_LIMIT:
            raise invalid(
                "This action would increase the number of cells in the workbook "
                f"above the limit of {CELL_LIMIT} cells."
            )

    def all_metadata(self) -> Iterator[tuple[list[Json], Json]]:
        """Every developer metadata with the list it is in."""
        for listed in (self.metadata, *(sheet.lists["developerMetadata"] for sheet in self.sheets)):
            for entry in listed:
                yield listed, entry

    def snapshot(self) -> tuple[Any, ...]:
        sheets = [sheet.snapshot() for sheet in self.sheets]
        return sheets, *copy.deepcopy([getattr(self, name) for name in self.KEPT])

    def twin(self, spreadsheet_id: str, title: str) -> Spreadsheet:
        """A copy that is a file of its own."""
        made = Spreadsheet(spreadsheet_id, {})
        made.restore(self.snapshot())
        made.properties["title"] = title
        return made

    def restore(self, kept: tuple[Any, ...]) -> None:
        self.sheets = kept[0]
        for name, value in zip(self.KEPT, kept[1:], strict=True):
            setattr(self, name, value)
        self.version += 1
