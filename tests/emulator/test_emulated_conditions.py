"""Conditions: what filters hide, and what conditional formats lay over a cell."""

from __future__ import annotations

import pytest

COLUMN = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 9, "startColumnIndex": 0, "endColumnIndex": 1}


def condition(kind, *values):
    return {"type": kind, "values": [{"userEnteredValue": value} for value in values]}


def rule(wanted, **look):
    boolean = {"condition": wanted, "format": {"textFormat": look}}
    return {"addConditionalFormatRule": {"rule": {"ranges": [COLUMN], "booleanRule": boolean}, "index": 9}}


def texts(client):
    """The text formats that column A shows, row by row."""
    rows = client.sheet(fields="sheets.data.rowData.values.effectiveFormat.textFormat")["data"][0]["rowData"]
    return [row["values"][0]["effectiveFormat"]["textFormat"] for row in rows]


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        (condition("NUMBER_GREATER", "3"), [4, 5]),
        (condition("NUMBER_BETWEEN", "2", "4"), [3, 4]),
        (condition("TEXT_CONTAINS", "AN"), [0, 1]),
        (condition("TEXT_EQ", "ann"), [1]),
        (condition("BLANK"), [6, 7, 8]),
        (condition("ONE_OF_LIST", "Ann", "3"), [1, 3]),
        (condition("CUSTOM_FORMULA", '=LEFT(A1,1)="B"'), [2]),
        (condition("DATE_AFTER", "1/1/2020"), [5]),
        ({"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}, [3, 4, 5]),
        (condition("ONE_OF_RANGE", "=Sheet1!$A$2:$A$3"), [1, 2]),
    ],
)
def test_a_conditional_format_is_seen_where_its_condition_holds(client, wanted, hits):
    client.put("A1", [["Anna"], ["Ann"], ["Bo"], [3], [4], ["1/2/2020"]])
    wrapped = {"range": COLUMN, "cell": {"userEnteredFormat": {"wrapStrategy": "WRAP"}}}
    client.batch({"repeatCell": wrapped | {"fields": "userEnteredFormat"}})
    client.batch(rule(wanted, bold=True))
    shown = [text.get("bold") for text in texts(client)]
    assert [at for at, is_bold in enumerate(shown) if is_bold] == hits


def test_the_first_rule_that_holds_decides(client):
    client.put("A1", [[5]])
    client.batch(rule(condition("NOT_BLANK"), italic=True), rule(condition("NOT_BLANK"), bold=True))
    assert [(text["italic"], text["bold"]) for text in texts(client)] == [(True, False)]


def test_a_filter_hides_what_does_not_meet_its_condition(client):
    client.put("A1", [["head"], [1], [2], [3]])
    spec = {"columnIndex": 0, "filterCriteria": {"condition": condition("NUMBER_LESS", "3")}}
    area = COLUMN | {"endRowIndex": 4}
    client.batch({"setBasicFilter": {"filter": {"range": area, "filterSpecs": [spec]}}})
    rows = client.sheet(fields="sheets.data.rowMetadata.hiddenByFilter")["data"][0]["rowMetadata"]
    assert [at for at, row in enumerate(rows) if row.get("hiddenByFilter")] == [3]
