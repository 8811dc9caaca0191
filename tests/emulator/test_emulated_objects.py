"""Tables, formats, filters and what else sits on cells, as the live service was seen to treat it."""

from __future__ import annotations

import pytest

AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
BEYOND = (
    "Cannot delete a row that doesn't exist. Tried to delete row index 1000 but there are only 1000 rows."
)
LIST = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Open"}]}}


def table(client, *columns, name="A table"):
    given = {"name": name, "range": AREA, "columnProperties": list(columns)}
    return client.batch({"addTable": {"table": given}})


def test_a_table_names_its_columns_by_their_headers(client):
    client.put("A1", [["Name", "State"]])
    answer = table(
        client,
        {"columnIndex": 1, "columnName": "State", "columnType": "DROPDOWN", "dataValidationRule": LIST},
    )
    made = answer.json()["replies"][0]["addTable"]["table"]["columnProperties"]
    assert [column["columnName"] for column in made] == ["Name", "State"]
    client.put("A1", [["Who", "=1+1"]])
    assert [column["columnName"] for column in client.sheet()["tables"][0]["columnProperties"]] == [
        "Who",
        "Column 2",
    ]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"columnType": "DROPDOWN"}, "Condition must be set for dropdown column type."),
        (
            {"columnType": "DOUBLE", "dataValidationRule": LIST},
            "Cannot set condition for non-dropdown column type.",
        ),
    ],
)
def test_a_list_goes_with_dropdown_columns_only(client, column, message):
    assert client.error(table(client, column)) == (400, f"Invalid requests[0].addTable: {message}")


def test_tables_do_not_overlap_each_other_or_banding(client):
    table(client)
    assert table(client, name="Another").status_code == 400
    rows = {"rowProperties": {"firstBandColor": {"red": 1}}}
    banding = {"bandedRange": {"range": AREA | {"startColumnIndex": 4, "endColumnIndex": 6}, **rows}}
    assert client.batch({"addBanding": banding}).status_code == 200
    assert "alternating background colors" in client.error(client.batch({"addBanding": banding}))[1]


def test_a_named_range_is_added_once(client):
    named = {"addNamedRange": {"namedRange": {"name": "epoch_1", "range": AREA}}}
    client.batch(named)
    message = "Cannot add named range with name epoch_1, a named range with that name already exists."
    assert client.error(client.batch(named)) == (400, f"Invalid requests[0].addNamedRange: {message}")


def test_colors_come_in_both_spellings_and_eight_bits(client):
    cell = {"userEnteredFormat": {"backgroundColor": {"red": 1, "blue": 0.5}}}
    client.batch({"repeatCell": {"range": AREA, "cell": cell, "fields": "userEnteredFormat.backgroundColor"}})
    fields = "sheets.data.rowData.values.userEnteredFormat"
    color = {"red": 1, "blue": 0.49803922}
    found = client.sheet(fields=fields)["data"][0]["rowData"][0]["values"][0]["userEnteredFormat"]
    assert found == {"backgroundColor": color, "backgroundColorStyle": {"rgbColor": color}}


def test_new_rows_look_and_ask_like_their_neighbor(client):
    client.batch({"setDataValidation": {"range": AREA | {"endRowIndex": 1}, "rule": LIST}})
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
    client.batch({"insertDimension": {"range": rows, "inheritFromBefore": True}})
    found = client.sheet(fields="sheets.data.rowData.values.dataValidation")["data"][0]["rowData"]
    assert [len(row["values"]) for row in found] == [2, 2, 2]


def test_an_overlapping_merge_replaces_the_old_one(client):
    client.batch({"mergeCells": {"range": AREA}})
    client.batch({"mergeCells": {"range": AREA | {"startRowIndex": 2, "endRowIndex": 5}}})
    assert [merge["endRowIndex"] for merge in client.sheet()["merges"]] == [5]


def test_a_filter_comes_back_in_both_spellings(client):
    given = {"range": AREA, "filterSpecs": [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["x"]}}]}
    client.put("A1", [["head"], ["x"], ["y"]])
    client.batch({"setBasicFilter": {"filter": given}})
    sheet = client.sheet(fields="sheets(basicFilter,data/rowMetadata/hiddenByFilter)")
    assert sheet["basicFilter"]["criteria"] == {"0": {"hiddenValues": ["x"]}}
    assert sheet["data"][0]["rowMetadata"][:3] == [{}, {"hiddenByFilter": True}, {}]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"deleteSheet": {"sheetId": 0}}, "You can't remove all the sheets in a document."),
        ({"mergeCells": {"range": AREA | {"sheetId": 9}}}, "No grid with id: 9"),
        (
            {"addSheet": {"properties": {"title": "sheet1"}}},
            'A sheet with the name "sheet1" already exists. Please enter another name.',
        ),
        (
            {"updateCells": {"start": {"columnIndex": 25}, "rows": [{"values": [{}, {}]}], "fields": "note"}},
            "Attempting to write column: 26, beyond the last requested column of: 25",
        ),
        (
            {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 1000, "endIndex": 1001}}},
            BEYOND,
        ),
        (
            {"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 1000, "endIndex": 1001}}},
            "range.startIndex[1000] must be less than the grid size[1000] if inheritFromBefore is false.",
        ),
    ],
)
def test_refusals_have_googles_words(client, request_, message):
    kind = next(iter(request_))
    assert client.error(client.batch(request_)) == (400, f"Invalid requests[0].{kind}: {message}")
