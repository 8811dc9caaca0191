"""Every kind of request does its work on a sheet with something of everything; none makes it stumble."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from google_emulator import ROBOT
from google_emulator.discovery import SHEETS
from google_emulator.http import Call
from google_emulator.service import Service
from google_emulator.world import Caller, World

AREA = {"endRowIndex": 4, "endColumnIndex": 3}
ROWS = {"dimension": "ROWS", "startIndex": 1, "endIndex": 3}
NOT_BLANK = {"type": "NOT_BLANK"}
RULE = {"ranges": [AREA], "booleanRule": {"condition": NOT_BLANK, "format": {"textFormat": {"bold": True}}}}
BANDS = {"rowProperties": {"firstBandColor": {"red": 1}}}
OVERLAY = {"overlayPosition": {"anchorCell": {"rowIndex": 1}}}
LOOKUP = {"developerMetadataLookup": {"metadataKey": "k"}}
LOCATION = {"dimensionRange": {"dimension": "ROWS", "startIndex": 2, "endIndex": 3}}
METADATA = {"metadataKey": "k", "visibility": "DOCUMENT", "location": LOCATION}
SETTING = [
    {
        "updateSheetProperties": {
            "properties": {"gridProperties": {"rowCount": 12, "columnCount": 8}},
            "fields": "gridProperties(rowCount,columnCount)",
        }
    },
    {"addSheet": {"properties": {"sheetId": 5, "title": "Other"}}},
    {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "named", "range": AREA}}},
    {"addTable": {"table": {"tableId": "t", "name": "T", "range": AREA | {"sheetId": 5}}}},
    {"addFilterView": {"filter": {"filterViewId": 5, "range": AREA}}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 5, "range": AREA}}},
    {"addChart": {"chart": {"chartId": 5, "spec": {"title": "A chart"}, "position": OVERLAY}}},
    {"addSlicer": {"slicer": {"slicerId": 6, "spec": {"title": "A slicer"}, "position": OVERLAY}}},
    {"addConditionalFormatRule": {"rule": RULE}},
    {"addBanding": {"bandedRange": {"bandedRangeId": 5, "range": AREA, **BANDS}}},
    {"addDimensionGroup": {"range": ROWS}},
    {"createDeveloperMetadata": {"developerMetadata": METADATA}},
    {"mergeCells": {"range": {"startRowIndex": 8, "endRowIndex": 10, "endColumnIndex": 2}}},
]
EACH = [
    {"appendCells": {"rows": [{"values": [{"note": "n"}]}], "fields": "*"}},
    {"appendDimension": {"dimension": "COLUMNS", "length": 2}},
    {"autoFill": {"range": {"endRowIndex": 8, "endColumnIndex": 1}}},
    {"autoResizeDimensions": {"dimensions": {"dimension": "COLUMNS"}}},
    {"clearBasicFilter": {}},
    {"copyPaste": {"source": AREA, "destination": {"startRowIndex": 5}}},
    {"cutPaste": {"source": AREA, "destination": {"rowIndex": 5}}},
    {"deleteBanding": {"bandedRangeId": 5}},
    {"deleteConditionalFormatRule": {}},
    {"deleteDeveloperMetadata": {"dataFilter": LOOKUP}},
    {"deleteDimension": {"range": ROWS}},
    {"deleteDimensionGroup": {"range": ROWS}},
    {"deleteDuplicates": {"range": AREA}},
    {"deleteEmbeddedObject": {"objectId": 5}},
    {"deleteFilterView": {"filterId": 5}},
    {"deleteNamedRange": {"namedRangeId": "n"}},
    {"deleteProtectedRange": {"protectedRangeId": 5}},
    {"deleteRange": {"range": AREA, "shiftDimension": "ROWS"}},
    {"deleteSheet": {"sheetId": 5}},
    {"deleteTable": {"tableId": "t"}},
    {"duplicateFilterView": {"filterId": 5}},
    {"duplicateSheet": {}},
    {"findReplace": {"find": "a", "replacement": "b", "allSheets": True, "includeFormulas": True}},
    {"insertDimension": {"range": ROWS}},
    {"insertRange": {"range": AREA, "shiftDimension": "COLUMNS"}},
    {"mergeCells": {"range": AREA, "mergeType": "MERGE_ROWS"}},
    {"moveDimension": {"source": ROWS, "destinationIndex": 6}},
    {"pasteData": {"coordinate": {"rowIndex": 5}, "data": "1,2\n3,4", "delimiter": ","}},
    {"randomizeRange": {"range": AREA}},
    {"repeatCell": {"range": AREA, "cell": {"userEnteredValue": {"formulaValue": "=D1+1"}}, "fields": "*"}},
    {"setBasicFilter": {"filter": {"range": AREA, "sortSpecs": [{"dimensionIndex": 1}]}}},
    {"setDataValidation": {"range": AREA, "rule": {"condition": NOT_BLANK}}},
    {"sortRange": {"range": AREA, "sortSpecs": [{"dimensionIndex": 2, "sortOrder": "DESCENDING"}]}},
    {"textToColumns": {"source": {"endRowIndex": 4, "endColumnIndex": 1}, "delimiterType": "SPACE"}},
    {"trimWhitespace": {"range": AREA}},
    {"unmergeCells": {"range": {}}},
    {"updateBanding": {"bandedRange": {"bandedRangeId": 5, **BANDS}, "fields": "rowProperties"}},
    {"updateBorders": {"range": AREA, "top": {"style": "SOLID"}, "innerVertical": {"style": "DOTTED"}}},
    {"updateCells": {"range": AREA, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}},
    {"updateChartSpec": {"chartId": 5, "spec": {"title": "Another"}}},
    {"updateConditionalFormatRule": {"rule": RULE}},
    {
        "updateDeveloperMetadata": {
            "dataFilters": [LOOKUP],
            "developerMetadata": {"metadataValue": "v"},
            "fields": "metadataValue",
        }
    },
    {
        "updateDimensionGroup": {
            "dimensionGroup": {"range": ROWS, "depth": 1, "collapsed": True},
            "fields": "collapsed",
        }
    },
    {"updateDimensionProperties": {"range": ROWS, "properties": {"pixelSize": 40}, "fields": "pixelSize"}},
    {"updateEmbeddedObjectBorder": {"objectId": 5, "border": {"color": {"red": 1}}, "fields": "*"}},
    {"updateEmbeddedObjectPosition": {"objectId": 5, "newPosition": OVERLAY, "fields": "*"}},
    {"updateFilterView": {"filter": {"filterViewId": 5, "title": "Another"}, "fields": "title"}},
    {"updateNamedRange": {"namedRange": {"namedRangeId": "n", "name": "other"}, "fields": "name"}},
    {
        "updateProtectedRange": {
            "protectedRange": {"protectedRangeId": 5, "warningOnly": True},
            "fields": "warningOnly",
        }
    },
    {"updateSlicerSpec": {"slicerId": 6, "spec": {"title": "Another"}, "fields": "title"}},
    {"updateSpreadsheetProperties": {"properties": {"timeZone": "Europe/Berlin"}, "fields": "timeZone"}},
    {"updateTable": {"table": {"tableId": "t", "name": "Another"}, "fields": "name"}},
]
LACKING = {kind for kind in SHEETS.fields("Request") if "omment" in kind or "DataSource" in kind}


class Desk:
    """A spreadsheet with something of everything, without sockets."""

    def __init__(self) -> None:
        self.service = Service(World())
        self.service.tokens.accept("token", Caller(ROBOT))
        self.path = f"/v4/spreadsheets/{self.service.world.create('Everything', ROBOT).id}"
        values = [
            ["h", "i", 1],
            ["=C1+1", "2020-01-01", "TRUE"],
            ["a b", "5%", '=A2&"x"'],
            ["a b", "  z ", 3],
        ]
        assert self.batch(*SETTING)[0] == 200
        self.call("PUT", f"{self.path}/values/A1?valueInputOption=USER_ENTERED", {"values": values})

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.service.answer(Call(method, path, {"authorization": "Bearer token"}, content))
        return answer.code, answer.body.decode()

    def batch(self, *requests: Any) -> tuple[int, str]:
        body = {
            "requests": list(requests),
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
        }
        return self.call("POST", f"{self.path}:batchUpdate", body)


@pytest.mark.parametrize("request_", EACH, ids=lambda request_: next(iter(request_)))
def test_each_kind_does_its_work(request_):
    desk = Desk()
    code, text = desk.batch(request_)
    assert code == 200, text


def test_no_kind_is_left_out():
    seen = {next(iter(request_)) for request_ in SETTING + EACH}
    assert seen | LACKING == set(SHEETS.fields("Request"))


def anything(kind: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that fit a kind of field in Google's description, small ones."""
    if "$ref" in kind:
        return message(kind["$ref"], depth + 1)
    if kind["type"] == "array":
        return st.lists(anything(kind["items"], depth + 1), max_size=2)
    if kind["type"] == "object":
        return st.just({})
    if "enum" in kind:
        return st.sampled_from(kind["enum"])
    words = st.sampled_from(["", "*", "note", "title", "A1", "=A1+1", "n", "t", "Other", "2020-01-01", "1"])
    scalars = {
        "boolean": st.booleans(),
        "integer": st.sampled_from([0, 1, 2, 5, 9, -1, 1000]),
        "number": st.floats(-2, 9),
    }
    return scalars.get(kind["type"], words)


def message(name: str, depth: int = 0) -> st.SearchStrategy[Any]:
    fields = SHEETS.fields(name) if depth < 5 else {}
    return st.fixed_dictionaries(
        {}, optional={field: anything(kind, depth) for field, kind in fields.items()}
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_request_makes_it_stumble(data):
    desk = Desk()
    kinds = SHEETS.fields("Request")
    for _ in range(4):
        kind = data.draw(st.sampled_from(sorted(kinds)))
        _, text = desk.batch({kind: data.draw(message(kinds[kind]["$ref"], 1))})
        assert "The emulator failed" not in text
    assert desk.call("GET", f"{desk.path}?includeGridData=true")[0] == 200
