"""Tabs and the spreadsheet itself: add, delete, copy, change."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..errors import invalid
from ..formulas.moving import retitled
from ..model import Sheet, Spreadsheet
from .registry import Batch, both_colors, changed, handles, mask

Json = dict[str, Any]


def next_title(book: Spreadsheet, stem: str = "Sheet") -> str:
    number = len(book.sheets) + 1
    while book.titled(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def check_title(book: Spreadsheet, title: str, own: Sheet | None = None) -> None:
    if not title:
        raise invalid("The sheet name cannot be empty.")
    if len(title) > 100:
        raise invalid("A sheet name cannot be longer than 100 characters.")
    if book.titled(title) not in (None, own):
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def made(book: Spreadsheet, given: Json) -> Sheet:
    """A new sheet with the properties that were asked for."""
    title = given.get("title") or next_title(book)
    check_title(book, title)
    taken = {sheet.id for sheet in book.sheets}
    if given.get("sheetId") in taken:
        raise invalid(f"A sheet with the id {given['sheetId']} already exists.")
    if given.get("sheetId", 0) < 0:
        raise invalid("Sheet id must be non-negative.")
    sheet = Sheet(given["sheetId"] if "sheetId" in given else book.new_id(taken), title)
    known = {name: value for name, value in given.items() if name not in ("sheetId", "title", "index")}
    grid = sheet.properties["gridProperties"] | known.pop("gridProperties", {})
    sheet.properties |= both_colors(copy.deepcopy(known)) | {"gridProperties": grid}
    if sheet.properties["sheetType"] != "GRID":
        del sheet.properties["gridProperties"]
    else:
        check_grid(sheet)
    return sheet


@handles("addSheet")
def add_sheet(batch: Batch, request: Json) -> Json:
    given = request.get("properties", {})
    sheet = batch.book.add(made(batch.book, given), given.get("index"))
    batch.book.check_size()
    return {"properties": copy.deepcopy(sheet.properties)}


@handles("deleteSheet")
def delete_sheet(batch: Batch, request: Json) -> None:
    book = batch.book
    sheet = book.sheet(request.get("sheetId", 0), "sheet")
    if not [other for other in book.sheets if other is not sheet and not other.properties.get("hidden")]:
        raise invalid(
            "You can't remove all the visible sheets in a document." if len(book.sheets) > 1 else ALL_SHEETS
        )
    drop(book, sheet)


def drop(book: Spreadsheet, sheet: Sheet) -> None:
    """A sheet goes, and the names of its ranges with it."""
    book.sheets.remove(sheet)
    book.named_ranges = [named for named in book.named_ranges if named["range"].get("sheetId", 0) != sheet.id]
    book.number()


ALL_SHEETS = "You can't remove all the sheets in a document."


@handles("duplicateSheet")
def duplicate_sheet(batch: Batch, request: Json) -> Json:
    book = batch.book
    source = book.sheet(request.get("sourceSheetId", 0), "sheet")
    title = request.get("newSheetName") or copy_title(book, source.title)
    check_title(book, title)
    twin = duplicate(book, source, title, request.get("newSheetId"))
    book.add(twin, request.get("insertSheetIndex", 0))
    book.check_size()
    return {"properties": copy.deepcopy(twin.properties)}


def copy_title(book: Spreadsheet, title: str) -> str:
    name, number = f"Copy of {title}", 1
    while book.titled(name):
        number += 1
        name = f"Copy of {title} {number}"
    return name


LEFT_BEHIND = ("developerMetadata", "protectedRanges", "tables", "commentAnchors")


def duplicate(book: Spreadsheet, source: Sheet, title: str, sheet_id: int | None = None) -> Sheet:
    """A copy of a sheet for a spreadsheet, its ranges turned to itself and its ids new."""
    taken = {sheet.id for sheet in book.sheets}
    if sheet_id in taken:
        raise invalid(f"A sheet with the id {sheet_id} already exists.")
    twin = source.snapshot()
    new_id = book.new_id(taken) if sheet_id is None else sheet_id
    twin.lists = {
        name: turned(listed, source.id, new_id)
        for name, listed in twin.lists.items()
        if name not in LEFT_BEHIND
    } | {name: [] for name in LEFT_BEHIND}
    twin.basic_filter = turned(twin.basic_filter, source.id, new_id)
    for name, key in (
        ("bandedRanges", "bandedRangeId"),
        ("charts", "chartId"),
        ("filterViews", "filterViewId"),
        ("slicers", "slicerId"),
    ):
        for entry in twin.lists[name]:
            entry[key] = book.new_id()
    twin.properties |= {"sheetId": new_id, "title": title}
    return twin


def turned(value: Any, old: int, new: int) -> Any:
    """Ranges of the one sheet as ranges of the other."""
    if isinstance(value, list):
        return [turned(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: turned(item, old, new) for name, item in value.items()}
    ranged = any(
        name in value
        for name in ("startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex", "startIndex")
    )
    return result | {"sheetId": new} if ranged and value.get("sheetId", 0) == old else result


@handles("updateSheetProperties")
def update_sheet_properties(batch: Batch, request: Json) -> None:
    book, given = batch.book, request.get("properties", {})
    sheet = book.sheet(given.get("sheetId", 0), "sheet")
    tree = mask(request, "SheetProperties", given, "sheetId", "sheetType")
    if "title" in tree:
        retitle(book, sheet, given.get("title", ""))
    if "index" in tree:
        move(book, sheet, given.get("index", len(book.sheets)))
    rest = {name: below for name, below in tree.items() if name not in ("title", "index")}
    if rest:
        before = sheet.rows, sheet.columns
        sheet.properties = changed(sheet.properties, given, rest)
        drop_zeros(sheet.properties)
        check_visible(book)
        if "gridProperties" in rest:
            check_grid(sheet)
            shrink(sheet, before)
            book.check_size()


def drop_zeros(properties: Json) -> None:
    """Fields that were set to nothing are not kept."""
    for holder, names in ((properties, SWITCHES), (properties["gridProperties"], GRID_SWITCHES)):
        for name in names:
            if not holder.get(name, True):
                del holder[name]


SWITCHES = ("hidden", "rightToLeft", "tabColor", "tabColorStyle")
GRID_SWITCHES = ("frozenRowCount", "frozenColumnCount", "hideGridlines")


def retitle(book: Spreadsheet, sheet: Sheet, title: str) -> None:
    check_title(book, title, sheet)
    for owner in book.sheets:
        for row, column, cell in owner.formulas():
            formula = cell["userEnteredValue"]["formulaValue"]
            if (new := retitled(formula, sheet.title, title)) != formula:
                owner.put(row, column, cell | {"userEnteredValue": {"formulaValue": new}})
    sheet.properties["title"] = title


def move(book: Spreadsheet, sheet: Sheet, index: int) -> None:
    """To before the sheet that stands at `index` now."""
    here = book.sheets.index(sheet)
    if index > len(book.sheets) or index < 0:
        raise invalid(f"Sheet index [{index}] is out of range.")
    book.sheets.insert(index, sheet)
    del book.sheets[here if index > here else here + 1]
    book.number()


def check_visible(book: Spreadsheet) -> None:
    if all(sheet.properties.get("hidden") for sheet in book.sheets):
        raise invalid("You can't hide all the sheets in a document.")


def check_grid(sheet: Sheet) -> None:
    grid = sheet.properties["gridProperties"]
    for name, word in (("row", "rows"), ("column", "columns")):
        size, frozen = grid.get(f"{name}Count", 0), grid.get(f"frozen{name.title()}Count", 0)
        if size < 1:
            raise invalid(f"gridProperties.{name}Count must be greater than zero.")
        if frozen and frozen >= size:
            raise invalid(f"You can't freeze all visible {word} on the sheet.")


def shrink(sheet: Sheet, before: tuple[int, int]) -> None:
    """What lay beyond the new edges is gone."""
    if sheet.rows >= before[0] and sheet.columns >= before[1]:
        return
    sheet.cells = {
        row: kept
        for row, cells in sheet.cells.items()
        if row < sheet.rows
        and (kept := {column: cell for column, cell in cells.items() if column < sheet.columns})
    }
    edges = {"ROWS": sheet.rows, "COLUMNS": sheet.columns}
    for dimension, known in sheet.meta.items():
        sheet.meta[dimension] = {at: value for at, value in known.items() if at < edges[dimension]}


@handles("updateSpreadsheetProperties")
def update_spreadsheet_properties(batch: Batch, request: Json) -> None:
    given = request.get("properties", {})
    tree = mask(request, "SpreadsheetProperties", given)
    if "title" in tree and not given.get("title"):
        raise invalid("Title must not be empty.")
    before = batch.book.properties
    batch.book.properties = copy.deepcopy(masks.apply(before, given, tree)) | {
        "title": given.get("title", before["title"])
    }
