"""What the text of a formula refers to: places, names, tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replicas.formulas_making import SHEETS, at, cells, stale
from sheetsync.replicas.excel.formulas_stale import dependents
from sheetsync.replicas.excel.formulas_text import Rectangle, rectangle, shifted


def reads(text: str, changed: str, *, place: str = "H4") -> bool:
    """Whether a formula's result is stale once a cell changed."""
    return bool(stale([at(place, text)], changed))


@pytest.mark.parametrize(
    ("text", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("SUM(A:B,3:4,$A:B,3:$4)", 1, 1, "SUM(B:C,4:5,$A:C,4:$4)"),
        ("'A1 B2'!A1+A1!A1", 1, 0, "'A1 B2'!A2+A1!A2"),
        ('"A1"&LOG10(A1)&Team[A1]&A1.x&1E5', 1, 0, '"A1"&LOG10(A2)&Team[A1]&A1.x&1E5'),
        ("A1+XFD1048576", 1, 1, "B2+A1"),
        ("B2", -2, -2, "XFD1048576"),
    ],
)
def test_a_formula_moves_as_spreadsheets_move_it(text: str, rows: int, columns: int, expected: str) -> None:
    assert shifted(text, rows, columns) == expected


def test_places_are_rectangles() -> None:
    assert rectangle("$B$3:A1") == Rectangle(1, 1, 3, 2)
    assert rectangle("C:B") == Rectangle(1, 2, 1_048_576, 3)
    assert rectangle("4:4") == Rectangle(4, 1, 4, 16_384)
    assert [rectangle(it) for it in ("XFE1", "A1048577", "A0", "Total", "")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("A1", "A1"),
        ("$A$1", "A1"),
        ("a1", "A1"),
        ("=A1", "A1"),
        ("-A1%", "A1"),
        ("SUM(B2:D9)", "C5"),
        ("SUM(D9:B2)", "B2"),
        ("SUM(A:A)", "A1048576"),
        ("SUM($A:C)", "B7"),
        ("SUM(3:5)", "XFD4"),
        ("'My Sheet'!A1", "My Sheet!A1"),
        ("'my sheet'!A1:B2", "My Sheet!B2"),
        ("Data!A:A", "Data!A3"),
        ("SUM(Data!A1:Data!B2)", "Data!A2"),
        ("SUM(Plan:Data!A1)", "My Sheet!A1"),
        ("SUM('My Sheet:Data'!A1:B2)", "Data!B2"),
        ("SUM(Data:Plan!A1)", "Plan!A1"),
        ("SUM((A1:A3,C1:C3))", "C2"),
        ("A1:C3 B2:D9", "D9"),
        ("SUM(A1:INDEX(B:B,3))", "B9"),
        ("INDIRECT(A1)", "A1"),
        ("OFFSET(A1,1,1)", "A1"),
        ("NOBODY.KNOWS(1,A1)", "A1"),
        ("_xlfn.ANCHORARRAY(A1)", "A1"),
        ("A1#", "A1"),
        ("@A1", "A1"),
        ("IF(TRUE,\t\n A1)", "A1"),
        ('"it\'s"&A1', "A1"),
        ('"say ""A2"" "&A1', "A1"),
        ("IFERROR(A1,#SPILL!)", "A1"),
        ("IFERROR(#N/A,A1)", "A1"),
        ("1E5+A1", "A1"),
        ("SUM({1,2;3,4}*A1)", "A1"),
        ("TAX2024*2", "TAX2024"),
    ],
)
def test_a_reference_counts_however_it_is_written(text: str, changed: str) -> None:
    assert reads(text, changed)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("A1", "A2"),
        ("A1", "Data!A1"),
        ("Data!A1", "A1"),
        ("SUM(B2:D9)", "E5"),
        ("SUM(A:A)", "B1"),
        ("SUM(3:5)", "A6"),
        ("SUM(Plan:'My Sheet'!A1)", "Data!A1"),
        ("SUM('Plan:My Sheet'!A1)", "Data!A1"),
        ('"A1"', "A1"),
        ("LOG10(5)", "LOG10"),
        ("1E5", "E5"),
        ("A1.x", "A1"),
        ("[1]Plan!A1", "A1"),
        ("'[1]Plan'!A1", "A1"),
        ("'C:\\[Book.xlsx]Plan'!A1", "A1"),
        ("#REF!A1", "A1"),
        ("Plan!#REF!", "A1"),
        ("Nowhere!A1", "A1"),
        ("Team[A1]", "A1"),
    ],
)
def test_what_is_no_reference_to_a_cell_does_not_count(text: str, changed: str) -> None:
    assert not reads(text, changed)


@pytest.mark.parametrize("text", ["", "=", '"A1', "A1+'x", "Team[[Hours]+A1", "SUM(A1)]['", "A1+[", '"A1"""'])
def test_a_formula_with_an_open_end_reads_nothing(text: str) -> None:
    assert not reads(text, "A1")


@pytest.mark.parametrize(
    ("text", "changed", "expected"),
    [
        ("Rate*2", "Data!Z1", True),
        ("rATE", "Data!Z1", True),
        ("Rate*2", "Z1", False),
        ("SUM(Rates)", "Data!Z1", True),
        ("SUM(Rates)", "Data!Y2", True),
        ("Loop", "Data!X1", True),
        ("Local", "K1", True),
        ("Local", "Data!K1", False),
        ("Data!Local", "Data!K1", True),
        ("'Plan'!Local", "K1", True),
        ("[0]!Rate", "Data!Z1", True),
        ("[1]!Rate", "Data!Z1", False),
        ("Rate:Ratio", "Data!Z5", True),
        ("Wide Data!B:B", "Data!B20", True),
        ("XFE1", "Data!X9", True),
        ("Staff", "Data!C4", True),
        ("Twice(3)", "Data!T1", True),
        ("Unknown", "A1", False),
    ],
)
def test_a_name_counts_as_what_it_stands_for(text: str, changed: str, expected: bool) -> None:
    assert reads(text, changed) is expected


def test_a_name_without_dollars_is_meant_from_where_it_is_used() -> None:
    assert reads("Left", "C5", place="C5") is False  # itself, and never in the answer
    assert reads("Left+1", "D6", place="C5") is False
    assert stale([at("C5", "Left")], "A1") == set()
    above = dependents([at("C5", "Above")], cells("C4"), {"Above": "Plan!A1048576"}, {}, SHEETS)
    assert above == cells("C5")


def test_names_that_lead_to_names_without_end_are_left() -> None:
    names = {f"N{at}x": f"N{at + 1}x+N{at + 1}x" for at in range(2000)}
    assert dependents([at("A1", "N0x")], cells("B1"), names, {}, SHEETS) == set()


@pytest.mark.parametrize(
    ("text", "changed", "expected"),
    [
        ("SUM(Team[Hours])", "Data!C4", True),
        ("SUM(team[hours])", "Data!C4", True),
        ("SUM(Team[Hours])", "Data!B4", False),
        ("SUM(Team[[#All],[Hours]])", "Data!C2", True),
        ("Team[[#Headers],[Hours]]", "Data!C2", True),
        ("Team[[#Headers],[Hours]]", "Data!C3", False),
        ("Team[[#Totals],[Hours]]", "Data!C6", True),
        ("Team[[#Totals],[Hours]]", "Data!C5", False),
        ("SUM(Team[[Name]:[Hours]])", "Data!B3", True),
        ("SUM(Team[[Name]:[Hours]])", "Data!D3", False),
        ("Team[A'#'[odd'] one]", "Data!D3", True),
        ("Team[A'#'[odd'] one]", "Data!C3", False),
        ("ROWS(Team)", "Data!D6", True),
        ("ROWS(Team[])", "Data!D6", True),
        ("ROWS(Team[#Data])", "Data!D5", True),
        ("Team[[#This Row],[Hours]]", "Data!C4", True),
        ("Team[[#This Row],[Hours]]", "Data!C5", False),
        ("Team[@Hours]", "Data!C4", True),
        ("Team[@[Name]:[Hours]]", "Data!B4", True),
        ("Team[@]", "Data!D4", True),
        ("Team[@]", "Data!D5", False),
        ("Team[No such column]", "Data!D5", True),
        ("Nobody[Hours]", "Data!C4", False),
    ],
)
def test_a_table_counts_by_its_columns_and_rows(text: str, changed: str, expected: bool) -> None:
    assert reads(text, changed, place="H4") is expected


def test_brackets_alone_mean_the_table_that_the_cell_belongs_to() -> None:
    assert reads("[@Name]", "Data!B4", place="Data!C4")
    assert not reads("[@Name]", "Data!B5", place="Data!C4")
    assert not reads("[@Name]", "Data!B4", place="Data!H4")


def test_this_row_means_nothing_beside_no_row_of_the_table() -> None:
    assert not reads("Team[@Hours]", "Data!C4", place="H40")


@settings(deadline=None)
@given(st.text("A1$:!'\"[]#@(){},;+*. \nTeamRx", max_size=30))
def test_no_text_of_a_formula_stops_the_search(text: str) -> None:
    assert stale([at("B9", text)], "A1") <= cells("B9")
