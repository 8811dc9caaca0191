"""The values calls: what is typed, what is stored, and what is shown."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("0042", 42, "42"),
        ("2,000,000.01", 2000000.01, "2,000,000.01"),
        ("$5.10", 5.1, "$5.10"),
        ("12.5%", 0.125, "12.50%"),
        ("-1e3", -1000, "-1.00E+03"),
        ("2020-01-31", 43861, "2020-01-31"),
        ("1/31/2020", 43861, "1/31/2020"),
        ("2020-01-31 18:30:00", 43861.770833333336, "2020-01-31 18:30:00"),
        ("6:30 PM", 0.7708333333333334, "6:30 PM"),
        ("true", True, "TRUE"),
        ("'007", "007", "007"),
        ("2020-13-45", "2020-13-45", "2020-13-45"),
        ("= 1 / 1024", 0.0009765625, "0.0009765625"),
        ("=1/3", 1 / 3, "0.3333333333"),
        ('=CONCAT("a", 1+1)', "a2", "a2"),
        ('=IF(2>1, "yes", 1/0)', "yes", "yes"),
        ("=1/0", "#DIV/0!", "#DIV/0!"),
        ("=NOSUCH(1)", "#NAME?", "#NAME?"),
        ("=A1", "#REF!", "#REF!"),
        ('=HYPERLINK("https://example.org","label")', "label", "label"),
        ("=MEDIAN(1,2,4)", 2, "2"),
        ("=LARGE({3,1,2},2)", 2, "2"),
        ("=SUMPRODUCT({1,2},{3,4})", 11, "11"),
        ("=GT(2,1)", True, "TRUE"),
        ("=STDEV(1)", "#DIV/0!", "#DIV/0!"),
        ("a text", "a text", "a text"),
    ],
)
def test_what_is_typed_is_read_as_google_reads_it(client, typed, value, shown):
    client.put("A1", [[typed]])
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
    assert client.values("A1") == [[shown]]


def test_raw_input_is_not_read(client):
    client.put("A1", [["=1+1", "0042", 7, True]], "RAW")
    assert client.values("A1:D1", valueRenderOption="UNFORMATTED_VALUE") == [["=1+1", "0042", 7, True]]


def test_cells_formatted_as_text_keep_what_is_typed(client):
    text = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    client.batch({"repeatCell": {"range": {"endRowIndex": 1}, "cell": text, "fields": "userEnteredFormat"}})
    client.put("A1", [["0042"]])
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [["0042"]]


def test_blanks_at_the_ends_are_left_out_and_those_within_stay(client):
    client.put("B2", [["x", "", "y", ""], ["", "", "", ""], ["z"], [""]])
    assert client.values("A1:F9") == [[], ["", "x", "", "y"], [], ["", "z"]]
    assert client.values("A1:F9", majorDimension="COLUMNS") == [[], ["", "x", "", "z"], [], ["", "y"]]


def test_null_leaves_a_cell_as_it_is(client):
    client.put("A1", [["a", "b"]])
    client.put("A1", [[None, "c"]])
    assert client.values("A1:B1") == [["a", "c"]]


def test_several_ranges_are_written_in_one_call_and_counted_once(client):
    """The example of Google's guide to writing several ranges."""
    data = [
        {
            "range": "Sheet1!A1:A4",
            "majorDimension": "COLUMNS",
            "values": [["Item", "Wheel", "Door", "Engine"]],
        },
        {"range": "Sheet1!B1:D2", "values": [["Cost", "Stocked", "Ship Date"], ["$20.50", "4", "3/1/2016"]]},
    ]
    path = f"/v4/spreadsheets/{client.id}/values:batchUpdate"
    answer = client.call("POST", path, {"valueInputOption": "USER_ENTERED", "data": data}).json()
    names = ("totalUpdatedRows", "totalUpdatedColumns", "totalUpdatedCells", "totalUpdatedSheets")
    assert [answer[name] for name in names] == [4, 4, 10, 1]


def test_dates_are_numbers_or_texts_as_asked(client):
    client.put("A1", [["2020-01-31"]])
    options = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert client.values("A1", **options) == [["2020-01-31"]]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("Nowhere!A1", "Unable to parse range: Nowhere!A1"),
        ("AA1", "Range (Sheet1!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("A1001:B", "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_a_range_that_is_none_is_refused_in_googles_words(client, where, message):
    assert client.error(client.put(where, [["x"]])) == (400, message)


def test_more_values_than_the_range_takes_are_refused(client):
    message = "Requested writing within range [A1:B1], but tried writing to row [2]"
    assert client.error(client.put("A1:B1", [["x"], ["y"]])) == (400, message)


def test_an_update_does_not_make_the_sheet_longer(client):
    message = "Requested writing within range [A999], but tried writing to row [1001]"
    assert client.error(client.put("A999", [[1], [2], [3]])) == (400, message)
    assert "exceeds grid limits" in client.error(client.put("A999:A1001", [[1], [2], [3]]))[1]
    assert client.put("A999:A1001", [[1], [2]]).status_code == 200


def test_appending_does(client):
    client.put("A1000", [["last"]])
    path = f"/v4/spreadsheets/{client.id}/values/Sheet1:append"
    client.call("POST", path, {"values": [["beyond"]]}, valueInputOption="RAW")
    assert client.sheet()["properties"]["gridProperties"]["rowCount"] == 1001


def test_a_cell_takes_fifty_thousand_characters(client):
    assert client.put("A1", [["x" * 50_000]]).status_code == 200
    message = "Your input contains more than the maximum of 50000 characters in a single cell."
    assert client.error(client.put("A1", [["x" * 50_001]])) == (400, message)


def test_a_spreadsheet_takes_ten_million_cells(client):
    grid = {"rowCount": 400_000, "columnCount": 26}
    answer = client.batch({"addSheet": {"properties": {"title": "large", "gridProperties": grid}}})
    assert "above the limit of 10000000 cells" in client.error(answer)[1]


@pytest.mark.parametrize(
    ("where", "table", "written"),
    [
        ("Sheet1", "Sheet1!B4:D6", "Sheet1!B7"),
        ("C5:D5", "Sheet1!B4:D6", "Sheet1!B7"),
        ("B2:D4", "Sheet1!B4:D6", "Sheet1!B7"),
        ("A1", "Sheet1!A1:C2", "Sheet1!A3"),
        ("E4", None, "Sheet1!E4"),
    ],
)
def test_appending_goes_below_the_table_that_the_range_meets(client, where, table, written):
    """The example of Google's guide to appending."""
    client.put("A1:C2", [["x", "y", "z"], ["x", "y", "z"]])
    client.put("B4:D6", [["x", "y", "z"], ["x", "y", "z"], ["x", "y", "z"]])
    path = f"/v4/spreadsheets/{client.id}/values/{where}:append"
    answer = client.call("POST", path, {"values": [["new"]]}, valueInputOption="RAW").json()
    assert answer.get("tableRange") == table
    assert answer["updates"]["updatedRange"] == written


def test_titles_that_look_like_cells_are_quoted(client):
    client.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "title": "D3"}, "fields": "title"}})
    answer = client.call("GET", f"/v4/spreadsheets/{client.id}/values/'D3'!A1:B2").json()
    assert answer["range"] == "'D3'!A1:B2"


def test_a_deleted_title_leaves_broken_formulas_and_a_new_one_is_followed(client):
    client.batch({"addSheet": {"properties": {"sheetId": 5, "title": "Other one"}}})
    client.put("A1", [["='Other one'!A1 + 1"]])
    properties = {"sheetId": 5, "title": "Another"}
    client.batch({"updateSheetProperties": {"properties": properties, "fields": "title"}})
    assert client.values("A1", valueRenderOption="FORMULA") == [["=Another!A1 + 1"]]
    client.batch({"deleteSheet": {"sheetId": 5}})
    assert client.values("A1") == [["#REF!"]]
