"""What went wrong in other programs for Google Sheets does not go wrong here; each test names its origin."""

from __future__ import annotations

from datetime import date

import pytest

from google_emulator import Emulator
from google_emulator.a1 import Area
from google_emulator.human import Human
from google_emulator.model import Sheet
from scenarios.desk import NAMES, Desk, cell_of
from scenarios.google_desk import cell, row_of, table

BATCH = "batchUpdate"


def everywhere(desk: Desk, sheet: Human, who: str, header: str) -> set[object]:
    """What the copies say about one cell."""
    people = (desk.people("a.xlsx"), desk.people("b.xlsx"), table(sheet))
    return {found[who].get(header) for found in people}


def type_text(desk: Desk, who: str, header: str, text: str) -> None:
    """Put a text into a cell of a.xlsx that stays a text, whatever it looks like."""
    desk.type("a.xlsx", who, header, "")
    with desk.at("a.xlsx") as workbook:
        found = cell_of(workbook["People"], who, header)
        found.value, found.data_type = text, "s"


class TestTheWire:
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_reading_that_was_refused_is_no_empty_spreadsheet(
        self, desk: Desk, sheet: Human, google: Emulator, status: int
    ) -> None:
        """airbyte 35274: 429 gives partial data as success"""
        google.fail("status", code=status, match="GET /v4/", times=3)
        assert len(desk.run().troubles) == 1
        assert set(desk.people("a.xlsx")) == set(NAMES)
        assert desk.run().troubles == ()
        assert set(table(sheet)) == set(NAMES)

    def test_an_answer_that_breaks_off_is_no_shorter_spreadsheet(
        self, desk: Desk, sheet: Human, google: Emulator
    ) -> None:
        """airbyte 35274"""
        google.fail("truncate", match="GET /v4/", times=3)
        assert len(desk.run().troubles) == 1
        desk.settle()
        assert set(desk.people("a.xlsx")) == set(table(sheet)) == set(NAMES)

    @pytest.mark.parametrize("fault", ["reset", "reset_after", "truncate", "status"])
    def test_a_write_that_is_tried_again_adds_its_rows_once(
        self, desk: Desk, sheet: Human, google: Emulator, fault: str
    ) -> None:
        """google-sheet-cli 467: a retried POST duplicates rows"""
        desk.add("a.xlsx", Name="Ida")
        planned = google.fail(fault, match=BATCH)
        assert desk.run().troubles == ()
        assert planned.times == 0
        desk.settle()
        names = [row[1] for row in sheet.read("People!A3:G60") if row[1]]
        assert sorted(names) == sorted([*NAMES, "Ida"])


class TestRows:
    def test_the_row_that_is_meant_is_written_though_rows_move_at_that_moment(
        self, desk: Desk, sheet: Human, google: Emulator
    ) -> None:
        """n8n 1736: the wrong row is written"""
        desk.type("a.xlsx", "Dov", "Note", "for Dov")
        google.meanwhile(BATCH, lambda: sheet.insert_rows("People", 3, 2))
        desk.run()
        assert [name for name, row in table(sheet).items() if row.get("Note")] == ["Dov"]
        desk.settle()
        assert everywhere(desk, sheet, "Dov", "Note") == {"for Dov"}

    def test_a_new_row_lands_in_its_own_columns_though_those_were_moved(
        self, desk: Desk, sheet: Human
    ) -> None:
        """gspread 537, 603: an append is shifted"""
        sheet.insert_columns("People", 2, 2)
        sheet.type("People!B2", ["Mine", ""])
        sheet.type("People!B20", "a remark far below")
        desk.add("a.xlsx", Name="Ida", Email="ida@acme.example", Note="new")
        desk.settle()
        headers, *rows = sheet.read("People!A2:I40")
        (ida,) = [dict(zip(headers, row, strict=True)) for row in rows if "Ida" in row]
        assert (ida["Email"], ida["Note"], ida["Mine"]) == ("ida@acme.example", "new", "")
        assert "a remark far below" in [row[1] for row in rows]

    def test_a_blank_row_does_not_end_the_table(self, desk: Desk, sheet: Human) -> None:
        """airbyte 1668"""
        sheet.insert_rows("People", 5)
        desk.settle()
        assert set(desk.people("a.xlsx")) == set(table(sheet)) == set(NAMES)

    def test_blank_cells_at_the_end_of_a_row_shift_nothing(self, desk: Desk, sheet: Human) -> None:
        """gspread 453, 910: trailing blanks are trimmed"""
        sheet.type(f"People!D{row_of(sheet, 'Ana')}", ["", "", "", ""])
        desk.settle()
        assert desk.people("a.xlsx")["Ana"] == {"Name": "Ana", "Email": "ana@acme.example"}

    def test_twins_that_differ_by_a_trailing_space_are_kept_apart(self, desk: Desk, sheet: Human) -> None:
        """molgenis 2584"""
        desk.add("a.xlsx", Name="Ida ", Note="with a space")
        sheet.type(f"People!B{len(NAMES) + 3}", ["Ida", "", "", "", "", "without"])
        desk.settle()
        for people in (desk.people("a.xlsx"), table(sheet)):
            assert (people["Ida "]["Note"], people["Ida"]["Note"]) == ("with a space", "without")

    def test_a_row_that_was_copied_whole_is_a_second_record(self, desk: Desk, sheet: Human) -> None:
        """vdirsyncer 290: duplicate ids"""
        row = sheet.read("People!A3:G3")[0]
        sheet.type(f"People!A{len(NAMES) + 3}", row)
        desk.settle()
        ids = [row[0] for row in sheet.read("People!A3:G30") if row[0]]
        assert len(set(ids)) == len(ids) == len(NAMES) + 1


class TestColumns:
    def test_a_changed_header_shifts_no_column(self, desk: Desk, sheet: Human) -> None:
        """n8n 16915"""
        sheet.type("People!C2", "E-mail address")
        desk.type("a.xlsx", "Ana", "Email", "new@acme.example")
        desk.settle()
        assert table(sheet)["Ana"]["E-mail address"] == "new@acme.example"
        assert desk.people("b.xlsx")["Ana"]["E-mail address"] == "new@acme.example"

    def test_columns_of_peoples_own_are_left_alone(self, desk: Desk, sheet: Human) -> None:
        """owox 1191: user columns are wiped"""
        sheet.type("People!I2", ["Mine", "Sum"], ["kept", "=1+1"])
        desk.type("a.xlsx", "Ana", "Note", "x")
        desk.add("a.xlsx", Name="Ida")
        desk.settle()
        assert sheet.read("People!I3:J3", "FORMULA") == [["kept", "=1+1"]]

    def test_headers_that_are_blank_or_stand_twice_beside_the_table_hinder_nobody(
        self, desk: Desk, sheet: Human
    ) -> None:
        """gspread 986, 1007, 1352"""
        sheet.type("People!H2", ["Note", "", "Note"], ["theirs", "theirs", "theirs"])
        desk.type("a.xlsx", "Ana", "Note", "ours")
        assert desk.run().troubles == ()
        assert sheet.read("People!G3:J3") == [["ours", "theirs", "theirs", "theirs"]]

    @pytest.mark.parametrize("title", ["A1", "R1C1", "O'Brien's", "People!A1", "2026", "Leute & Co"])
    def test_a_tab_may_be_called_anything(self, desk: Desk, sheet: Human, title: str) -> None:
        """gspread 636, 822: titles that look like addresses"""
        sheet.rename_tab("People", title)
        desk.add("a.xlsx", Name="Ida")
        assert desk.run().troubles == ()
        (tab,) = [it for it in sheet.book.sheets if it.title == title]
        assert "Ida" in [cell["userEnteredValue"].get("stringValue") for _, _, cell in written(tab)]


def written(tab: Sheet) -> list:
    return [it for it in tab.filled(Area()) if it[2].get("userEnteredValue")]


class TestValues:
    @pytest.mark.parametrize("text", ["0003", "6.10", "1/2", "TRUE", "1,5", "=1+1", "+49 30", "'quoted"])
    def test_text_that_looks_like_something_else_stays_text(
        self, desk: Desk, sheet: Human, text: str
    ) -> None:
        """gspread 231, 568, 581, 683; gspread-pandas 26"""
        type_text(desk, "Ana", "Note", text)
        desk.settle()
        assert everywhere(desk, sheet, "Ana", "Note") == {text}

    def test_a_number_with_a_decimal_comma_is_that_number(self, desk: Desk, sheet: Human) -> None:
        """gspread 501: what a German spreadsheet shows as 12,5 is a number, and crosses as one"""
        german = {"properties": {"locale": "de_DE"}, "fields": "locale"}
        sheet.do({"updateSpreadsheetProperties": german})
        desk.type("a.xlsx", "Ana", "Hours", 12.5)
        desk.settle()
        assert everywhere(desk, sheet, "Ana", "Hours") == {12.5}

    def test_a_date_is_a_date_everywhere(self, desk: Desk, sheet: Human) -> None:
        """gspread 511, 1368"""
        desk.type("a.xlsx", "Ana", "Since", date(2026, 3, 4))
        sheet.type(cell(sheet, "Bo", "Since"), "2026-03-05")
        desk.settle()
        assert sheet.read(cell(sheet, "Ana", "Since"), "FORMATTED_VALUE") == "2026-03-04"
        assert [desk.people("b.xlsx")[who]["Since"].date() for who in ("Ana", "Bo")] == [
            date(2026, 3, 4),
            date(2026, 3, 5),
        ]

    def test_a_formula_that_is_still_loading_empties_nothing(self, desk: Desk, sheet: Human) -> None:
        """onyx 13354: a formula without a stored result"""
        sheet.type(cell(sheet, "Ana", "Hours"), '=IMPORTRANGE("1AbC", "A1")')
        report = desk.run()
        assert desk.people("a.xlsx")["Ana"]["Hours"] == len("Ana")
        assert report.conflicts == ()
        assert sheet.read(cell(sheet, "Ana", "Hours"), "FORMULA").startswith("=IMPORTRANGE")

    def test_a_text_too_long_for_excel_stays_where_it_was_typed_and_is_told(
        self, desk: Desk, sheet: Human
    ) -> None:
        """airbyte 59647: Google holds 50,000 characters in a cell, Excel 32,767"""
        long = "x" * 40_000
        sheet.type(cell(sheet, "Ana", "Note"), long)
        desk.type("a.xlsx", "Bo", "Note", "goes on")
        report = desk.run()
        assert report.troubles == ()
        assert [it.finding.code for it in report.findings] == ["D010"]
        assert table(sheet)["Ana"]["Note"] == long
        assert "Note" not in desk.people("a.xlsx")["Ana"]
        assert table(sheet)["Bo"]["Note"] == "goes on"
