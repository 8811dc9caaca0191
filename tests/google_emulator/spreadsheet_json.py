"""The Spreadsheet resource: as much of it as is asked for."""

from __future__ import annotations

from typing import Any

from .a1 import Area
from .addresses import locate
from .cell_data import Renderer
from .discovery import Canonical
from .formulas.evaluate import Calculation
from .masks import Tree
from .model import LISTS, Sheet, Spreadsheet

Json = dict[str, Any]
URL = "https://docs.google.com/spreadsheets/d/{}/edit"
ROW_PIXELS, COLUMN_PIXELS = 21, 100
CHECKED = 2_000  # so many cells of an area are checked on their way out; more are all made alike


def spreadsheet(
    calculation: Calculation,
    book: Spreadsheet,
    tree: Tree,
    areas: list[tuple[Sheet, Area]] | None,
    data: bool,
) -> Json:
    """The resource; `areas` narrows it to their sheets, `data` brings the cells."""
    result: Json = {"spreadsheetId": book.id, "properties": book.properties}
    result["sheets"] = sheets(calculation, book, tree.get("sheets", {}), areas, data)
    if book.named_ranges:
        result["namedRanges"] = book.named_ranges
    for name, listed in (("developerMetadata", book.metadata), ("dataSources", book.sources)):
        if listed:
            result[name] = listed
    return result | {"spreadsheetUrl": URL.format(book.id)}


INCLUDED = ("COMMENTS_VIEW_MODE_INCLUDED", "COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS")


def with_comments(shown: Json, book: Spreadsheet, mode: str | None) -> Json:
    """The resource with the threads and their anchors, where the view mode asks for them."""
    if mode not in INCLUDED:
        return shown
    for sheet in shown["sheets"]:
        anchors = book.sheet(sheet["properties"]["sheetId"]).lists["commentAnchors"]
        sheet |= {"commentAnchors": anchors} if anchors else {}
    threads = {"comments": book.comments} if book.comments else {}
    return shown | threads | {"commentsViewMode": INCLUDED[0]}


def sheets(
    calculation: Calculation,
    book: Spreadsheet,
    tree: Tree,
    areas: list[tuple[Sheet, Area]] | None,
    data: bool,
) -> list[Json]:
    made = []
    for sheet in book.sheets:
        wanted = [area for owner, area in areas if owner is sheet] if areas is not None else [Area()]
        if wanted:
            made.append(one_sheet(calculation, sheet, tree, wanted if data else []))
    return made


def one_sheet(calculation: Calculation, sheet: Sheet, tree: Tree, areas: list[Area]) -> Json:
    result: Json = {"properties": sheet.properties}
    if areas:
        result["data"] = [grid_data(calculation, sheet, area, tree.get("data", {})) for area in areas]
    for name in LISTS:
        listed = sheet.lists[name] if name != "commentAnchors" else []
        if name == "developerMetadata":
            listed = [entry for entry in listed if "sheetId" in entry["location"]]
        if listed:
            result[name] = listed
    if sheet.basic_filter is not None:
        result["basicFilter"] = sheet.basic_filter
    return result


def grid_data(calculation: Calculation, sheet: Sheet, area: Area, tree: Tree) -> Json:
    """GridData of one area: rows and cells up to the last that hold anything."""
    whole = sheet.whole(area)
    start = {"startRow": whole.row, "startColumn": whole.column}
    result: Json = {name: place for name, place in start.items() if place}
    rows = row_data(calculation, sheet, whole, tree.get("rowData", {}).get("values", {}))
    if rows and (not tree or "rowData" in tree):
        result["rowData"] = rows
    if not tree or "rowMetadata" in tree:
        result["rowMetadata"] = metadata(sheet, "ROWS", whole.row or 0, whole.row_end or 0)
    if not tree or "columnMetadata" in tree:
        result["columnMetadata"] = metadata(sheet, "COLUMNS", whole.column or 0, whole.column_end or 0)
    return result


def row_data(calculation: Calculation, sheet: Sheet, area: Area, tree: Tree) -> list[Json]:
    first_row, first_column = area.row or 0, area.column or 0
    shown = Renderer(calculation, sheet, tree).cell
    rows: list[Json] = []
    values: list[Json] = []
    count = 0
    for row, column, cell in calculation.cells(sheet, area):
        if len(rows) <= row - first_row:
            rows += ({} for _ in range(row - first_row - len(rows)))
            values = []
            rows.append({"values": values})
        if column - first_column > len(values):
            values += ({} for _ in range(column - first_column - len(values)))
        values.append(shown(row, column, cell))
        count += 1
    return rows if count <= CHECKED else Canonical(rows)


def metadata(sheet: Sheet, dimension: str, start: int, end: int) -> list[Json]:
    """DimensionProperties of rows or columns, with the developer metadata that is on them."""
    base = {"pixelSize": ROW_PIXELS if dimension == "ROWS" else COLUMN_PIXELS}
    known, attached = sheet.meta[dimension], attachments(sheet, dimension)
    found = [base | known[at] if at in known else base for at in range(start, end)]
    for at, entries in attached.items():
        if start <= at < end:
            found[at - start] = found[at - start] | {"developerMetadata": entries}
    return found


def attachments(sheet: Sheet, dimension: str) -> dict[int, list[Json]]:
    found: dict[int, list[Json]] = {}
    for entry in sheet.lists["developerMetadata"]:
        place = entry["location"].get("dimensionRange", {})
        if place.get("dimension") == dimension:
            found.setdefault(place["startIndex"], []).append(entry)
    return found


def asked_areas(book: Spreadsheet, ranges: list[str]) -> list[tuple[Sheet, Area]] | None:
    """The areas of the `ranges` parameter; None when it was not given."""
    found = [locate(book, text) for text in ranges]
    for sheet, area in found:
        sheet.inside(area)
    return found or None


def wants_data(tree: Tree, asked: bool) -> bool:
    """Whether cells are wanted: by the mask if there is one, else by the parameter."""
    if not tree:
        return asked
    return "sheets" in tree and (not tree["sheets"] or "data" in tree["sheets"])
