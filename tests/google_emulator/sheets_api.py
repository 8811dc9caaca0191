"""The Sheets v4 methods, each a function of the spreadsheet, the path, the options and the body."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from . import masks, spreadsheet_json, values
from .a1 import Area
from .addresses import locate, of_filter
from .defaults import properties
from .discovery import SHEETS
from .errors import ApiError, invalid
from .formulas.evaluate import Calculation, calculation
from .http import SHEETS_METHODS, Answer, Call, options, parsed, shape
from .model import Sheet, Spreadsheet
from .requests import Batch, run
from .requests.metadata import search
from .requests.sheets import copy_title, duplicate, made
from .world import Caller, File, World

Json = dict[str, Any]


class Request:
    """One call to one method, with all that its function may ask for."""

    def __init__(self, world: World, caller: Caller, call: Call, name: str, places: dict[str, str]) -> None:
        self.world, self.caller, self.call = world, caller, call
        self.method = SHEETS_METHODS[name]
        self.places = {key: unquote(value) for key, value in places.items()}
        self.options = options(call, self.method)
        schema = self.method.get("request", {}).get("$ref")
        path = "data" if schema == "ValueRange" else ""
        self.body: Json = parsed(call, schema, path=path) if schema else {}
        self.writes = name.rpartition(".")[2] in WRITES
        self.file: File | None = None
        if "spreadsheetId" in self.places:
            self.file, self.book = world.spreadsheet(self.places["spreadsheetId"], caller, write=self.writes)

    book: Spreadsheet

    @property
    def calculation(self) -> Calculation:
        return calculation(self.book, self.world.now)

    @property
    def batch(self) -> Batch:
        owner = self.file is None or self.file.owner == self.caller.email
        return Batch(self.book, self.caller.email, owner, self.world.now)

    def tree(self, schema: str) -> masks.Tree:
        text = self.call.option("fields")
        return masks.for_answer(text, schema) if text else {}


Method = Callable[[Request], Json]
METHODS: dict[str, Method] = {}
WRITES = {
    "batchUpdate",
    "update",
    "append",
    "clear",
    "batchClear",
    "batchClearByDataFilter",
    "batchUpdateByDataFilter",
}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[f"sheets.spreadsheets.{name}"] = function
        return function

    return register


def answer(world: World, caller: Caller, call: Call) -> Answer:
    """Run the method, choose what the mask wants, and see that it is one of Google's messages."""
    name, places = found(call)
    request = Request(world, caller, call, name, places)
    schema = request.method["response"]["$ref"]
    tree = request.tree(schema)
    result = masks.choose(METHODS[name](request), tree)
    if request.writes and request.file is not None:
        world.touch(request.file)
    checked: list[tuple[str, str]] = []
    message = SHEETS.parser(schema)(result, "", checked)
    if checked:
        raise AssertionError(f"not an answer of {name}: {checked}")
    return Answer.of(message, pretty=call.pretty)


SHAPES = sorted(
    ((shape(known["path"]), known["httpMethod"], name) for name, known in SHEETS_METHODS.items()),
    key=lambda entry: -len(entry[0].pattern.replace(".+", "")),
)


def found(call: Call) -> tuple[str, dict[str, str]]:
    path = re.sub("/(?=:|$)", "", call.path)  # a slash too many is forgiven: clients for Node send one
    for pattern, verb, name in SHAPES:
        match = pattern.fullmatch(path)
        if match and verb == call.method and name in METHODS:
            return name, match.groupdict()
    raise ApiError(404, "Requested entity was not found.")


@method("create")
def create(request: Request) -> Json:
    world, given = request.world, request.body
    title = given.get("properties", {}).get("title", "Untitled spreadsheet")
    file = world.create(title, request.caller.email)
    book = request.book = file.spreadsheet or Spreadsheet(file.id, {})
    book.properties = properties(title, given.get("properties"))
    if given.get("sheets"):
        book.sheets = []
        for sheet in given["sheets"]:
            fill(request, made(book, sheet.get("properties", {})), sheet)
    book.named_ranges = given.get("namedRanges", [])
    return spreadsheet_json.spreadsheet(request.calculation, book, {}, None, False)


def fill(request: Request, sheet: Sheet, given: Json) -> None:
    """A sheet of a new spreadsheet with the cells and what else it is created with."""
    request.book.add(sheet)
    for part in given.get("data", []):
        start = {
            "sheetId": sheet.id,
            "rowIndex": part.get("startRow", 0),
            "columnIndex": part.get("startColumn", 0),
        }
        if part.get("rowData"):
            run(request.batch, [{"updateCells": {"start": start, "rows": part["rowData"], "fields": "*"}}])
        for name, dimension in (("rowMetadata", "ROWS"), ("columnMetadata", "COLUMNS")):
            sheet.meta[dimension] |= dict(enumerate(part.get(name, [])))
    for name in sheet.lists:
        sheet.lists[name] = given.get(name, [])


@method("get")
def get(request: Request) -> Json:
    areas = spreadsheet_json.asked_areas(request.book, request.options.get("ranges", []))
    return shown(request, areas, request.options)


@method("getByDataFilter")
def get_by_data_filter(request: Request) -> Json:
    return shown(request, filtered(request) or None, request.body)


def shown(request: Request, areas: list[tuple[Sheet, Area]] | None, asked: Json) -> Json:
    """The spreadsheet, as far as the mask and what else was asked for go."""
    tree, book = request.tree("Spreadsheet"), request.book
    data = spreadsheet_json.wants_data(tree, asked.get("includeGridData", False))
    made = spreadsheet_json.spreadsheet(request.calculation, book, tree, areas, data)
    return spreadsheet_json.with_comments(made, book, asked.get("commentsViewMode"))


def filtered(request: Request) -> list[tuple[Sheet, Area]]:
    """The areas that the filters name; one beyond the grid is refused."""
    places = [place for one in request.body.get("dataFilters", []) for place in of_filter(request.book, one)]
    for sheet, area in places:
        sheet.inside(area)
    return places


@method("batchUpdate")
def batch_update(request: Request) -> Json:
    asked = request.body.get("requests", [])
    result: Json = {"spreadsheetId": request.book.id, "replies": run(request.batch, asked)}
    if request.body.get("includeSpreadsheetInResponse"):
        result["updatedSpreadsheet"] = updated(request)
    if any("Comment" in kind for one in asked for kind in one):
        result["commentUpdateState"] = "ALL_SAVED"
    assert request.file is not None
    request.file.name = request.book.properties["title"]
    return result


def updated(request: Request) -> Json:
    """The spreadsheet as it is after a batch."""
    tree, book = request.tree("BatchUpdateSpreadsheetResponse").get("updatedSpreadsheet", {}), request.book
    areas = spreadsheet_json.asked_areas(book, request.body.get("responseRanges", []))
    data = request.body.get("responseIncludeGridData", False)
    made = spreadsheet_json.spreadsheet(request.calculation, book, tree, areas, data)
    return spreadsheet_json.with_comments(made, book, request.body.get("commentsViewMode"))


@method("sheets.copyTo")
def copy_to(request: Request) -> Json:
    source = request.book.sheet(int(request.places["sheetId"]), "sheet")
    target_id = request.body.get("destinationSpreadsheetId", "")
    file, book = request.world.spreadsheet(target_id, request.caller, write=True)
    twin = book.add(duplicate(book, source, copy_title(book, source.title)))
    book.version += 1
    request.world.touch(file)
    return twin.properties


@method("developerMetadata.get")
def developer_metadata_get(request: Request) -> Json:
    wanted = int(request.places["metadataId"])
    for _, entry in request.book.all_metadata():
        if entry["metadataId"] == wanted:
            return entry
    raise invalid(f"No developer metadata with id: {wanted}")


@method("developerMetadata.search")
def developer_metadata_search(request: Request) -> Json:
    return {"matchedDeveloperMetadata": search(request.book, request.body.get("dataFilters", []))}


@method("values.get")
def values_get(request: Request) -> Json:
    return values.get(request.calculation, request.book, request.places["range"], request.options)


@method("values.batchGet")
def values_batch_get(request: Request) -> Json:
    asked = request.options.get("ranges", [])
    found = [values.get(request.calculation, request.book, text, request.options) for text in asked]
    return {"spreadsheetId": request.book.id, "valueRanges": found}


@method("values.batchGetByDataFilter")
def values_batch_get_by_data_filter(request: Request) -> Json:
    found = [
        {
            "valueRange": values.value_range(request.calculation, sheet, area, request.body),
            "dataFilters": [one],
        }
        for one in request.body.get("dataFilters", [])
        for sheet, area in of_filter(request.book, one)
    ]
    return {"spreadsheetId": request.book.id, "valueRanges": found}


def written(request: Request, text: str, body: Json, given: Json) -> tuple[Json, Sheet, Area]:
    today = request.world.now.date()
    guard(request, text)
    result, sheet, area = values.update(request.book, text, body, given, today)
    return values.with_data(result, request.calculation, sheet, area, given), sheet, area


def guard(request: Request, text: str) -> None:
    sheet, area = locate(request.book, text)
    request.batch.guard(sheet, area)


@method("values.update")
def values_update(request: Request) -> Json:
    return written(request, request.places["range"], request.body, request.options)[0]


@method("values.append")
def values_append(request: Request) -> Json:
    today = request.world.now.date()
    text = request.places["range"]
    result, sheet, area = values.append(request.book, text, request.body, request.options, today)
    result["updates"] = values.with_data(result["updates"], request.calculation, sheet, area, request.options)
    return result


@method("values.batchUpdate")
def values_batch_update(request: Request) -> Json:
    values.check_option(request.body)
    kept, results = request.book.snapshot(), []
    for place, part in enumerate(request.body.get("data", [])):
        try:
            results.append(written(request, part.get("range", ""), part, request.body))
        except ApiError as error:
            request.book.restore(kept)
            raise ApiError(error.code, f"Invalid data[{place}]: {error.message}") from error
    return values.total(request.book, results)


@method("values.batchUpdateByDataFilter")
def values_batch_update_by_data_filter(request: Request) -> Json:
    values.check_option(request.body)
    results = []
    for part in request.body.get("data", []):
        for sheet, area in of_filter(request.book, part.get("dataFilter", {})):
            body = {name: part[name] for name in ("values", "majorDimension") if name in part}
            result, *place = written(request, sheet.range_text(area), body, request.body)
            del result["spreadsheetId"]
            results.append((result | {"dataFilter": part["dataFilter"]}, *place))
    return values.total(request.book, results)


@method("values.clear")
def values_clear(request: Request) -> Json:
    sheet, area = locate(request.book, request.places["range"])
    request.batch.guard(sheet, area)
    return {"spreadsheetId": request.book.id, "clearedRange": values.clear(request.book, sheet, area)}


def cleared_area(request: Request, place: int, text: str) -> tuple[Sheet, Area]:
    try:
        sheet, area = locate(request.book, text)
        return sheet, sheet.inside(area)
    except ApiError as error:
        raise ApiError(error.code, f"Invalid range[{place}]: {error.message}") from error


@method("values.batchClear")
def values_batch_clear(request: Request) -> Json:
    places = [cleared_area(request, place, text) for place, text in enumerate(request.body.get("ranges", []))]
    cleared = [values.clear(request.book, sheet, area) for sheet, area in places]
    return {"spreadsheetId": request.book.id, "clearedRanges": cleared}


@method("values.batchClearByDataFilter")
def values_batch_clear_by_data_filter(request: Request) -> Json:
    cleared = [values.clear(request.book, sheet, area) for sheet, area in filtered(request)]
    return {"spreadsheetId": request.book.id, "clearedRanges": cleared}
