"""Developer metadata: on the spreadsheet, a sheet, a row or a column."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..addresses import matches
from ..errors import invalid
from ..model import Spreadsheet
from .registry import Batch, handles, mask

Json = dict[str, Any]
LIMIT = 30_000  # characters on a sheet, or on the spreadsheet itself


def located(book: Spreadsheet, location: Json) -> Json:
    """The location with its type; it must name one thing."""
    if location.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "sheetId" in location:
        book.sheet(location["sheetId"], "sheet")
        return {"locationType": "SHEET", "sheetId": location["sheetId"]}
    given = location.get("dimensionRange")
    if not given or "dimension" not in given:
        raise invalid("developerMetadata.location must specify a location.")
    sheet = book.sheet(given.get("sheetId", 0))
    start, end = given.get("startIndex", 0), given.get("endIndex", 0)
    if end - start != 1:
        raise invalid("developerMetadata.location.dimensionRange must span exactly one row or column.")
    if end > sheet.size(given["dimension"]):
        raise invalid("developerMetadata.location.dimensionRange is beyond the grid.")
    kind = "ROW" if given["dimension"] == "ROWS" else "COLUMN"
    return {"locationType": kind, "dimensionRange": dict(given) | {"startIndex": start}}


def keep(book: Spreadsheet, entry: Json) -> None:
    location = entry["location"]
    listed = book.metadata
    if location["locationType"] != "SPREADSHEET":
        sheet_id = location.get("sheetId", location.get("dimensionRange", {}).get("sheetId", 0))
        listed = book.sheet(sheet_id).lists["developerMetadata"]
    size = sum(len(known["metadataKey"]) + len(known.get("metadataValue", "")) for known in [*listed, entry])
    if size > LIMIT:
        raise invalid(f"Cannot exceed the developer metadata limit of {LIMIT} characters.")
    listed.append(entry)


@handles("createDeveloperMetadata")
def create_developer_metadata(batch: Batch, request: Json) -> Json:
    book, given = batch.book, copy.deepcopy(request.get("developerMetadata", {}))
    taken = {entry["metadataId"] for _, entry in book.all_metadata()}
    if given.get("metadataId") in taken:
        raise invalid(f"Developer metadata with id {given['metadataId']} already exists.")
    if not given.get("metadataKey"):
        raise invalid("developerMetadata.metadataKey must be specified.")
    if "visibility" not in given:
        raise invalid("developerMetadata.visibility must be specified.")
    given["location"] = located(book, given.get("location", {}))
    made = {"metadataId": given.get("metadataId") or book.new_id(taken)} | given
    keep(book, made)
    return {"developerMetadata": copy.deepcopy(made)}


def found(book: Spreadsheet, filters: list[Json]) -> list[tuple[list[Json], Json]]:
    if not filters:
        raise invalid("At least one data filter must be specified.")
    return [
        (listed, entry)
        for listed, entry in book.all_metadata()
        if any(matches(entry, one.get("developerMetadataLookup", {})) for one in filters)
    ]


@handles("updateDeveloperMetadata")
def update_developer_metadata(batch: Batch, request: Json) -> Json:
    book, given = batch.book, copy.deepcopy(request.get("developerMetadata", {}))
    tree = mask(request, "DeveloperMetadata", given, "metadataId")
    if "location" in tree:
        given["location"] = located(book, given.get("location", {}))
    changed = []
    for listed, entry in found(book, request.get("dataFilters", [])):
        new = masks.apply(entry, given, {name: {} for name in tree})
        listed.remove(entry)
        keep(book, new)
        changed.append(copy.deepcopy(new))
    return {"developerMetadata": changed} if changed else {}


@handles("deleteDeveloperMetadata")
def delete_developer_metadata(batch: Batch, request: Json) -> Json:
    one = request.get("dataFilter")
    gone = []
    for listed, entry in found(batch.book, [one] if one else []):
        listed.remove(entry)
        gone.append(entry)
    return {"deletedDeveloperMetadata": gone} if gone else {}


def search(book: Spreadsheet, filters: list[Json]) -> list[Json]:
    """The metadata that any filter matches, each with the filters that did."""
    if not filters:
        raise invalid("At least one data filter must be specified.")
    result = []
    for _, entry in book.all_metadata():
        hits = [one for one in filters if matches(entry, one.get("developerMetadataLookup", {}))]
        if hits:
            result.append({"developerMetadata": entry, "dataFilters": hits})
    return result
