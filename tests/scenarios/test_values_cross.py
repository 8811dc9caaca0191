"""What stands in a cell crosses between two files as what it is, and passing twice changes nothing."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from scenarios.desk import NAMES, Desk, cell_of, headers, last_row, row_of

LOOKALIKES = [
    "=1+1",
    "+A1",
    "-A1",
    "@SUM(A1)",
    "00123",
    "6.10",
    "1/2",
    "2026-03-04",
    "TRUE",
    "#N/A",
    "#REF!",
    "'quoted",
    " blanks around ",
    "two\nlines",
    "tab\there",
    "grin \U0001f600 and \u00e9",
    unicodedata.normalize("NFD", "Zo\u00eb M\u00fcller"),
    "x000D_ and <b>&amp;</b>",
    "x" * 32_767,
]


def type_text(desk: Desk, file: str, who: str, header: str, text: str) -> None:
    with desk.at(file) as workbook:
        cell = cell_of(workbook["People"], who, header)
        cell.value = text
        cell.data_type = "s"


def note(desk: Desk, file: str, row: int) -> tuple[object, str]:
    cell = desk.sheet(file).cell(row, 7)
    return cell.value, cell.data_type


def test_text_that_looks_like_something_else_stays_text_there_and_back(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        for number, text in enumerate(LOOKALIKES, last_row(workbook["People"]) + 1):
            workbook["People"].cell(number, 2).value = f"row {number}"
            cell = workbook["People"].cell(number, 7)
            cell.value = text
            cell.data_type = "s"
    first = 3 + len(NAMES)

    two_files.settle()

    for number, text in enumerate(LOOKALIKES, first):
        value, kind = note(two_files, "b.xlsx", number)
        assert (value, kind) == (unicodedata.normalize("NFC", text), "s")
        assert note(two_files, "a.xlsx", number) == (text, "s"), "what was typed is not rewritten"

    with two_files.at("b.xlsx") as workbook:
        workbook["People"].cell(first, 7).value = "=2+2"
        workbook["People"].cell(first, 7).data_type = "s"
    two_files.settle()
    assert note(two_files, "a.xlsx", first) == ("=2+2", "s")


def test_dates_times_and_booleans_keep_their_kind(two_files: Desk) -> None:
    values = [
        date(2026, 2, 28),
        datetime(2026, 2, 28, 9, 30),
        time(9, 30),
        True,
        False,
        0,
        -0.1,
        1e-7,
        12345678901234,
    ]
    with two_files.at("a.xlsx") as workbook:
        for number, value in enumerate(values, 3):
            workbook["People"].cell(number, 7).value = value
        workbook["People"].cell(3, 6).value = date(2026, 1, 31)
    two_files.settle()
    copy = two_files.sheet("b.xlsx")
    found = [copy.cell(number, 7).value for number in range(3, 3 + len(NAMES))]
    assert found == [datetime(2026, 2, 28), *values[1 : len(NAMES)]]
    assert [type(it) for it in found[3:5]] == [bool, bool]
    assert copy.cell(3, 6).value == datetime(2026, 1, 31)
    assert copy.cell(3, 6).is_date


def test_a_workbook_that_counts_days_from_1904_gives_the_same_days(two_files: Desk) -> None:
    workbook = openpyxl.load_workbook(two_files.path("a.xlsx"))
    workbook.epoch = CALENDAR_MAC_1904
    workbook["People"]["F3"] = date(2026, 2, 28)
    workbook.save(two_files.path("a.xlsx"))
    two_files.run()
    assert two_files.people("b.xlsx")["Ana"]["Since"] == datetime(2026, 2, 28)

    two_files.type("b.xlsx", "Bo", "Since", date(2026, 3, 1))
    two_files.run()
    assert two_files.people("a.xlsx")["Bo"]["Since"] == datetime(2026, 3, 1)
    assert openpyxl.load_workbook(two_files.path("a.xlsx")).epoch == CALENDAR_MAC_1904


def test_an_error_value_is_reported_and_never_crosses(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        cell = cell_of(workbook["People"], "Ana", "Note")
        cell.value = "#REF!"
        cell.data_type = "e"
    report = two_files.run()
    assert report.exit_code() == 1
    assert [(it.finding.code, it.cell) for it in report.findings] == [("D008", "G3")]
    assert "Note" not in two_files.people("b.xlsx")["Ana"]
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "#REF!"


# formulas


def calculate(path: Path, results: dict[str, str]) -> None:
    """Put results beside the formulas of the People tab, as a spreadsheet program does when it saves."""
    packed = BytesIO()
    with ZipFile(path) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = (
                source.read(member).decode() if member.filename.endswith(".xml") else source.read(member)
            )
            if member.filename == "xl/worksheets/sheet3.xml":
                for formula, result in results.items():
                    assert f"<f>{formula}</f><v></v>" in content or f"<f>{formula}</f><v />" in content
                    content = content.replace(f"<f>{formula}</f><v></v>", f"<f>{formula}</f><v>{result}</v>")
                    content = content.replace(f"<f>{formula}</f><v />", f"<f>{formula}</f><v>{result}</v>")
            target.writestr(member, content)
    path.write_bytes(packed.getvalue())


@pytest.fixture
def with_formula(two_files: Desk) -> Desk:
    """Ana's hours in a.xlsx are a formula that comes to 6; Eli's speak of the cell beside them."""
    with two_files.at("a.xlsx") as workbook:
        sheet = workbook["People"]
        cell_of(sheet, "Ana", "Hours").value = "=3*2"
        eli = row_of(sheet, "Eli")
        sheet.cell(eli, 5).value = f"=LEN(B{eli})"
    calculate(two_files.path("a.xlsx"), {"3*2": "6", "LEN(B7)": "3"})
    return two_files


def results(desk: Desk) -> dict[object, object]:
    sheet = openpyxl.load_workbook(desk.path("a.xlsx"), data_only=True)["People"]
    column = headers(sheet)["Hours"]
    return {sheet.cell(row, 2).value: sheet.cell(row, column).value for row in range(3, last_row(sheet) + 1)}


def test_what_a_formula_comes_to_is_the_opinion_and_the_formula_stays(with_formula: Desk) -> None:
    with_formula.type("b.xlsx", "Bo", "Note", "makes a.xlsx be written")
    with_formula.settle()
    assert with_formula.people("b.xlsx")["Ana"]["Hours"] == 6
    assert with_formula.people("a.xlsx")["Ana"]["Hours"] == "=3*2"
    assert with_formula.people("a.xlsx")["Bo"]["Note"] == "makes a.xlsx be written"
    assert results(with_formula)["Ana"] == 6, "the result is there still"
    assert with_formula.run().findings == ()


def test_an_edit_elsewhere_of_a_cell_with_a_formula_is_held(with_formula: Desk) -> None:
    with_formula.settle()
    with_formula.type("b.xlsx", "Ana", "Hours", 99)
    report = with_formula.run()
    assert report.exit_code() == 1
    assert [(it.row, it.column) for it in report.conflicts] == [("Ana", "Hours")]
    assert with_formula.people("a.xlsx")["Ana"]["Hours"] == "=3*2"
    assert with_formula.people("b.xlsx")["Ana"]["Hours"] == 99


def test_formulas_go_on_speaking_of_their_row_when_a_row_above_is_deleted(with_formula: Desk) -> None:
    with_formula.settle()
    with_formula.remove("b.xlsx", "Bo")
    with_formula.settle()
    sheet = with_formula.sheet("a.xlsx")
    row = row_of(sheet, "Eli")
    assert cell_of(sheet, "Eli", "Hours").value == f"=LEN(B{row})"
    assert results(with_formula)["Eli"] == 3


def test_a_formula_without_a_result_empties_nothing(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", "=3*2")
    report = two_files.run()
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 3
    assert two_files.people("a.xlsx")["Ana"]["Hours"] == "=3*2"
    assert [(it.finding.code, it.cell) for it in report.findings] == [("D002", "E3")]


def test_a_value_that_may_not_cross_is_shown_where_it_stands(two_files: Desk) -> None:
    """The other copy says nothing wrong: to mend that cell would make a conflict."""
    two_files.type("b.xlsx", "Eli", "Hours", "many")
    report = two_files.run()
    (told,) = (it for it in report.findings if it.finding.row_id == two_files.ids("b.xlsx")["Eli"])
    place = cell_of(two_files.sheet("b.xlsx"), "Eli", "Hours").coordinate
    assert (told.replica, told.cell) == ("b.xlsx", place)
    assert f"b.xlsx {place}" in two_files.texts("a.xlsx", "Checks")
    assert place in two_files.texts("b.xlsx", "Checks")
    two_files.type("b.xlsx", "Eli", "Hours", 3)
    assert two_files.run().findings == ()
    assert two_files.people("a.xlsx")["Eli"]["Hours"] == 3


def test_a_row_without_a_name_is_not_told_by_its_id(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Name", None)
    (told,) = two_files.run().findings
    assert (told.finding.code, told.row, told.cell, told.replica) == ("D003", "", "B3", "")


def test_where_copies_have_a_row_in_different_places_a_finding_names_the_copy(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Name", None)
    two_files.run()
    with two_files.at("b.xlsx") as workbook:
        workbook["People"].insert_rows(3)
    (told,) = two_files.run().findings
    assert (told.cell, told.replica) == ("B3", "a.xlsx")
