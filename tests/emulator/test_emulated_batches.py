"""A batch is checked against Google's own descriptions, runs in order, and as a whole or not at all."""

from __future__ import annotations

import pytest

MERGE_TYPE = "type.googleapis.com/google.apps.sheets.v4.MergeCellsRequest.MergeType"
WHOLE = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}


def test_an_unknown_field_is_refused_in_googles_words(client):
    text = (
        "Invalid JSON payload received. Unknown name \"foo\" at 'requests[0].merge_cells': Cannot find field."
    )
    assert client.error(client.batch({"mergeCells": {"foo": 1}})) == (400, text)


def test_types_and_names_of_values_are_checked(client):
    _, message = client.error(client.batch({"mergeCells": {"range": {"sheetId": 2**31}, "mergeType": "ALL"}}))
    assert message.splitlines() == [
        "Invalid value at 'requests[0].merge_cells.range.sheet_id' (TYPE_INT32), 2147483648",
        f"Invalid value at 'requests[0].merge_cells.merge_type' ({MERGE_TYPE}), \"ALL\"",
    ]


def test_a_request_is_of_exactly_one_kind(client):
    assert client.batch({"mergeCells": {"range": WHOLE}, "unmergeCells": {"range": WHOLE}}).status_code == 400
    assert client.batch({}).status_code == 400
    assert client.batch().status_code == 400


def test_nothing_of_a_failed_batch_stays(client):
    client.put("A1", [["before"]])
    cells = {
        "start": {},
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "after"}}]}],
        "fields": "*",
    }
    answer = client.batch({"updateCells": cells}, {"addSheet": {}}, {"deleteSheet": {"sheetId": 77}})
    assert client.error(answer) == (400, "Invalid requests[2].deleteSheet: No sheet with id: 77")
    assert client.values("A1") == [["before"]]
    assert len(client.call("GET", f"/v4/spreadsheets/{client.id}").json()["sheets"]) == 1


def test_typed_cells_are_taken_as_they_are(client):
    values = [{"stringValue": "=x"}, {"stringValue": "007"}, {"numberValue": 7}, {"formulaValue": "=C1*2"}]
    rows = [{"values": [{"userEnteredValue": value} for value in values]}]
    client.batch({"updateCells": {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue"}})
    assert client.values("A1:D1", valueRenderOption="UNFORMATTED_VALUE") == [["=x", "007", 7, 14]]
    assert client.values("A1:D1", valueRenderOption="FORMULA") == [["=x", "007", 7, "=C1*2"]]


def test_the_spreadsheet_comes_back_with_the_same_call(client):
    cells = {"start": {}, "rows": [{"values": [{"userEnteredValue": {"numberValue": 1}}]}], "fields": "*"}
    more = {
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["A1:A9"],
        "responseIncludeGridData": True,
    }
    answer = client.batch({"updateCells": cells}, **more).json()
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert [row["values"][0]["effectiveValue"] for row in data["rowData"]] == [{"numberValue": 1}]


def test_an_update_without_a_mask_is_refused(client):
    answer = client.batch({"updateSheetProperties": {"properties": {"title": "x"}}})
    assert "At least one field must be listed in 'fields'" in client.error(answer)[1]


def test_everything_that_points_at_rows_moves_with_them(client):
    client.put("A1", [["head"], [1], [2], ["=SUM(A2:A3)"]])
    named = {"name": "numbers", "range": WHOLE | {"startRowIndex": 1, "endRowIndex": 3}}
    location = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}}
    metadata = {"metadataKey": "k", "visibility": "DOCUMENT", "location": location}
    client.batch(
        {"addNamedRange": {"namedRange": named}},
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
    )
    assert client.values("A5", valueRenderOption="FORMULA") == [["=SUM(A3:A4)"]]
    book = client.call(
        "GET", f"/v4/spreadsheets/{client.id}", fields="namedRanges,sheets.data.rowMetadata"
    ).json()
    assert (
        book["namedRanges"][0]["range"] | {"startRowIndex": 2, "endRowIndex": 4}
        == book["namedRanges"][0]["range"]
    )
    assert "developerMetadata" in book["sheets"][0]["data"][0]["rowMetadata"][3]


def test_what_a_deleted_row_carried_goes_with_it(client):
    location = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    metadata = {"metadataKey": "k", "visibility": "DOCUMENT", "location": location}
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    client.put("A1", [[1], [2], ["=A2"]])
    client.batch(
        {"createDeveloperMetadata": {"developerMetadata": metadata}}, {"deleteDimension": {"range": rows}}
    )
    search = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]}
    path = f"/v4/spreadsheets/{client.id}/developerMetadata:search"
    assert client.call("POST", path, search).json() == {}
    assert client.values("A2") == [["#REF!"]]


@pytest.mark.parametrize("where", [{"a1Range": "A1001:B1002"}, {"gridRange": {"startRowIndex": 1000}}])
def test_a_filter_for_cells_beyond_the_grid_is_refused(client, where):
    path = f"/v4/spreadsheets/{client.id}:getByDataFilter"
    code, message = client.error(client.call("POST", path, {"dataFilters": [where]}))
    assert (code, "exceeds grid limits" in message) == (400, True)
