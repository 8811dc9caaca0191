"""Rows and columns: insert, delete, append, move, size, group; and cells that shift."""

from __future__ import annotations

from typing import Any

from .. import dimensions, masks
from ..a1 import Area
from ..addresses import closed
from ..errors import invalid
from ..model import Sheet
from .registry import Batch, handles

Json = dict[str, Any]
WORDS = {"ROWS": "row", "COLUMNS": "column"}
INHERITED = ("userEnteredFormat", "dataValidation")


@handles("insertDimension")
def insert_dimension(batch: Batch, request: Json) -> None:
    given = request.get("range", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = given.get("dimension"), given.get("startIndex", 0), given.get("endIndex", 0)
    if dimension is None:
        raise invalid("range.dimension must be specified.")
    if end <= start:
        raise invalid(f"range.endIndex[{end}] must be greater than range.startIndex[{start}]")
    size = sheet.size(dimension)
    before = request.get("inheritFromBefore", False)
    if start > size or (start == size and not before):
        limit = f"must be less than the grid size[{size}] if inheritFromBefore is false."
        raise invalid(f"range.startIndex[{start}] {limit}")
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true when inserting at the start of the sheet.")
    batch.guard(sheet, Area(start, end) if dimension == "ROWS" else Area(None, None, start, end))
    dimensions.insert(batch.book, sheet, dimension, start, end - start)
    inherit(sheet, dimension, start, end, start - 1 if before else end)


def inherit(sheet: Sheet, dimension: str, start: int, end: int, source: int) -> None:
    """New rows and columns look like their neighbor, and ask for the same values."""
    if source in sheet.meta[dimension]:
        kept = {name: value for name, value in sheet.meta[dimension][source].items() if name == "pixelSize"}
        sheet.meta[dimension] |= dict.fromkeys(range(start, end), kept)
    line = Area(source, source + 1) if dimension == "ROWS" else Area(None, None, source, source + 1)
    for row, column, cell in list(sheet.filled(line)):
        look = {name: cell[name] for name in INHERITED if name in cell}
        for at in range(start, end):
            place = (at, column) if dimension == "ROWS" else (row, at)
            sheet.put(*place, look)


@handles("deleteDimension")
def delete_dimension(batch: Batch, request: Json) -> None:
    given = request.get("range", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    size, word = sheet.size(dimension), WORDS[dimension]
    if start >= size:
        raise invalid(
            f"Cannot delete a {word} that doesn't exist. Tried to delete {word} index {start} "
            f"but there are only {size} {word}s."
        )
    end = min(end, size)
    frozen = sheet.properties["gridProperties"].get(f"frozen{word.title()}Count", 0)
    if start == 0 and end == size:
        raise invalid(f"You can't delete all the {word}s on the sheet.")
    if frozen and start <= frozen and end == size:
        raise invalid(f"Sorry, it is not possible to delete all non-frozen {word}s.")
    batch.guard(sheet, Area(start, end) if dimension == "ROWS" else Area(None, None, start, end))
    dimensions.delete(batch.book, sheet, dimension, start, end)


@handles("appendDimension")
def append_dimension(batch: Batch, request: Json) -> None:
    sheet = batch.book.sheet(request.get("sheetId", 0))
    if "dimension" not in request:
        raise invalid("dimension must be specified.")
    if request.get("length", 0) < 1:
        raise invalid(f"length[{request.get('length', 0)}] must be greater than zero.")
    sheet.set_size(request["dimension"], sheet.size(request["dimension"]) + request["length"])
    batch.book.check_size()


@handles("moveDimension")
def move_dimension(batch: Batch, request: Json) -> None:
    given = request.get("source", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    to = request.get("destinationIndex", 0)
    if to > sheet.size(dimension) or start >= sheet.size(dimension):
        raise invalid(f"destinationIndex[{to}] is out of bounds.")
    dimensions.move(batch.book, sheet, dimension, start, min(end, sheet.size(dimension)), to)


@handles("updateDimensionProperties")
def update_dimension_properties(batch: Batch, request: Json) -> None:
    given = request.get("range", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    tree = masks.for_update(request.get("fields"), "DimensionProperties")
    known = sheet.meta[dimension]
    for at in range(start, min(end, sheet.size(dimension))):
        known[at] = masks.apply(known.get(at, {}), request.get("properties", {}), tree)
        if not known[at]:
            del known[at]


@handles("autoResizeDimensions")
def auto_resize_dimensions(batch: Batch, request: Json) -> None:
    given = request.get("dimensions", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    for at in range(start, min(end, sheet.size(dimension))):
        known = {
            name: value for name, value in sheet.meta[dimension].get(at, {}).items() if name != "pixelSize"
        }
        width = longest(batch, sheet, at) if dimension == "COLUMNS" else 0
        if width:
            known["pixelSize"] = width
        sheet.meta[dimension] = {**sheet.meta[dimension], at: known}


def longest(batch: Batch, sheet: Sheet, column: int) -> int:
    """The width of a column's longest text: about as wide as Google's own measure of Arial 10."""
    from ..cells import formatted_value

    texts = [
        formatted_value(batch.calculation, sheet, row, at, cell)
        for row, at, cell in sheet.filled(Area(None, None, column, column + 1))
    ]
    wide = max((sum(8.484 if letter.isupper() else 6.5 for letter in text) for text in texts), default=0)
    return round(wide) + 3 if wide else 0


@handles("addDimensionGroup")
def add_dimension_group(batch: Batch, request: Json) -> Json:
    given = request.get("range", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    name = groups_of(dimension)
    deep = [
        group
        for group in sheet.lists[name]
        if group["range"]["startIndex"] < end and start < group["range"]["endIndex"]
    ]
    depth = 1 + max((group["depth"] for group in deep), default=0)
    sheet.lists[name].append({"range": ranged(sheet, dimension, start, end), "depth": depth})
    sheet.lists[name].sort(key=lambda group: (group["depth"], group["range"]["startIndex"]))
    control = "rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"
    sheet.properties["gridProperties"].setdefault(control, True)
    return {"dimensionGroups": [dict(group) for group in sheet.lists[name]]}


def groups_of(dimension: str) -> str:
    return "rowGroups" if dimension == "ROWS" else "columnGroups"


def ranged(sheet: Sheet, dimension: str, start: int, end: int) -> Json:
    owner = {"sheetId": sheet.id} if sheet.id else {}
    return owner | {"dimension": dimension, "startIndex": start, "endIndex": end}


@handles("deleteDimensionGroup")
def delete_dimension_group(batch: Batch, request: Json) -> Json:
    given = request.get("range", {})
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given)
    name = groups_of(dimension)
    hit = [
        group
        for group in sheet.lists[name]
        if group["range"]["startIndex"] < end and start < group["range"]["endIndex"]
    ]
    if not hit:
        raise invalid("There is no group at the specified range.")
    deepest = max(hit, key=lambda group: group["depth"])
    sheet.lists[name].remove(deepest)
    left = deepest["range"]["startIndex"], start
    right = end, deepest["range"]["endIndex"]
    for first, last in (left, right):
        if first < last:
            sheet.lists[name].append(deepest | {"range": ranged(sheet, dimension, first, last)})
    return {"dimensionGroups": sheet.lists[name]} if sheet.lists[name] else {}


@handles("updateDimensionGroup")
def update_dimension_group(batch: Batch, request: Json) -> None:
    given = request.get("dimensionGroup", {})
    sheet = batch.book.sheet(given.get("range", {}).get("sheetId", 0))
    dimension, start, end = dimensions.closed(sheet, given.get("range", {}))
    for group in sheet.lists[groups_of(dimension)]:
        same = (group["range"]["startIndex"], group["range"]["endIndex"]) == (start, end)
        if same and group["depth"] == given.get("depth", 1):
            group["collapsed"] = given.get("collapsed", False)
            for at in range(start, end):
                sheet.meta[dimension][at] = sheet.meta[dimension].get(at, {}) | {
                    "hiddenByUser": group["collapsed"]
                }
            return
    raise invalid("There is no group at the specified range and depth.")


@handles("insertRange")
def insert_range(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    batch.guard(sheet, area)
    shift(sheet, area, shift_dimension(request), 1)


@handles("deleteRange")
def delete_range(batch: Batch, request: Json) -> None:
    sheet, area = closed(batch.book, request.get("range", {}))
    batch.guard(sheet, area)
    dimension = shift_dimension(request)
    for row, column, _ in list(sheet.filled(area)):
        sheet.put(row, column, {})
    shift(sheet, area, dimension, -1)


def shift_dimension(request: Json) -> str:
    if "shiftDimension" not in request:
        raise invalid("shiftDimension must be specified.")
    return str(request["shiftDimension"])


def shift(sheet: Sheet, area: Area, dimension: str, way: int) -> None:
    """The cells below (or right of) the area's start make room, or close up."""
    rows, columns = (area.row_end or 0) - (area.row or 0), (area.column_end or 0) - (area.column or 0)
    down, over = (way * rows, 0) if dimension == "ROWS" else (0, way * columns)
    if dimension == "ROWS":
        band = Area(area.row, sheet.rows, area.column, area.column_end)
        sheet.set_size("ROWS", sheet.rows + (rows if way > 0 else 0))
    else:
        band = Area(area.row, area.row_end, area.column, sheet.columns)
        sheet.set_size("COLUMNS", sheet.columns + (columns if way > 0 else 0))
    taken = list(sheet.filled(band))
    for row, column, _ in taken:
        sheet.put(row, column, {})
    for row, column, cell in taken:
        sheet.put(row + down, column + over, cell)
