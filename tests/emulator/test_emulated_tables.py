"""Formulas whose result is a table fill the cells beside and below them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("formula", "filled"),
    [
        ("=SEQUENCE(2,2)", [[1, 2], [3, 4]]),
        ("={1,2;3,4}", [[1, 2], [3, 4]]),
        ("=ARRAYFORMULA(A1:A3*2)", [[6], [2], [6]]),
        ('=ARRAYFORMULA(A1:A3&"!")', [["3!"], ["1!"], ["3!"]]),
        ("=UNIQUE(A1:A3)", [[3], [1]]),
        ("=SORT(A1:A3)", [[1], [3], [3]]),
        ("=FILTER(A1:A3,A1:A3>1)", [[3], [3]]),
        ("=TRANSPOSE(A1:A3)", [[3, 1, 3]]),
        ('=SPLIT("a,b",",")', [["a", "b"]]),
    ],
)
def test_a_table_fills_empty_cells(client, formula, filled):
    client.put("A1", [[3], [1], [3]])
    client.put("C1", [[formula]])
    assert client.values("C1:F9", valueRenderOption="UNFORMATTED_VALUE") == filled


def test_what_a_table_fills_was_entered_by_nobody(client):
    client.put("A1", [["=SEQUENCE(2)"]])
    fields = "sheets.data.rowData.values(userEnteredValue,effectiveValue,effectiveFormat.numberFormat)"
    rows = client.sheet(fields=fields)["data"][0]["rowData"]
    assert rows[1]["values"] == [{"effectiveValue": {"numberValue": 2}, "effectiveFormat": {}}]


def test_other_formulas_see_what_is_filled(client):
    client.put("A1", [["=SEQUENCE(3)", "=SUM(A1:A3)", "=A2*10"]])
    assert client.values("B1:C1", valueRenderOption="UNFORMATTED_VALUE") == [[6, 20]]


def test_a_table_that_would_cover_a_value_is_not_filled_in(client):
    client.put("A1", [["=SEQUENCE(3)"], [], ["mine"]])
    assert client.values("A1:A3") == [["#REF!"], [], ["mine"]]
    error = client.sheet(fields="sheets.data.rowData.values.effectiveValue")["data"][0]["rowData"][0][
        "values"
    ][0]
    assert "would overwrite data in A3" in error["effectiveValue"]["errorValue"]["message"]
