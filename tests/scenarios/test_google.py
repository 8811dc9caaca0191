"""A workbook in an Excel file and at Google, edited by different people between passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from google_emulator import ROBOT, Emulator
from google_emulator.human import Human
from google_world import human
from scenarios.desk import NAMES, Desk, copied
from sheetsync.verbs.connect import connect_google
from sheetsync.verbs.google import add_google


@pytest.fixture
def desk(two_files_once: Desk, google: Emulator, key: Path, tmp_path: Path) -> Desk:
    """The team's workbook in a.xlsx, b.xlsx and at Google, in step, and another workbook in other.xlsx."""
    found = copied(two_files_once, tmp_path / "acme")
    connect_google(key=key)
    add_google(found.program, found.program.workbooks[0].name)
    assert found.provision()
    found.settle()
    google.server.seen.clear()
    return found


@pytest.fixture
def sheet(desk: Desk, google: Emulator) -> Human:
    """Somebody at work at Google."""
    return human(google, spreadsheet(desk))


def spreadsheet(desk: Desk) -> str:
    return next(name for name in desk.program.workbooks[0].replicas if name.startswith("google:"))


def table(sheet: Human) -> dict[str, dict[str, object]]:
    """The rows of the People tab by name; cells that are empty are left out."""
    headers, *rows = sheet.read("People!A2:G60")
    found = [
        {key: value for key, value in zip(headers, row, strict=False) if value not in ("", None)}
        for row in rows
    ]
    return {str(row["Name"]): row for row in found if "Name" in row}


def cell(sheet: Human, who: str, header: str) -> str:
    headers, *rows = sheet.read("People!A2:G60")
    row = next(number for number, row in enumerate(rows, 3) if who in row)
    return f"People!{'ABCDEFG'[headers.index(header)]}{row}"


def test_the_same_people_stand_in_excel_and_at_google(desk: Desk, sheet: Human) -> None:
    found = table(sheet)
    assert set(found) == set(NAMES)
    assert {name: row["id"] for name, row in found.items()} == desk.ids("a.xlsx")


def test_edits_cross_both_ways_in_two_calls_each_pass(desk: Desk, sheet: Human, google: Emulator) -> None:
    desk.type("a.xlsx", "Ana", "Note", "typed in Excel")
    sheet.type(cell(sheet, "Bo", "Hours"), 12.5)
    google.server.seen.clear()

    assert desk.run().exit_code() == 0

    assert table(sheet)["Ana"]["Note"] == "typed in Excel"
    assert desk.people("a.xlsx")["Bo"]["Hours"] == 12.5
    assert desk.people("b.xlsx") == desk.people("a.xlsx")
    assert [call.split("/")[0] for call in google.calls] == ["POST ", "GET ", "POST "] or len(
        google.calls
    ) <= 3


def test_a_pass_in_which_nobody_edits_is_one_call_and_writes_nothing(desk: Desk, google: Emulator) -> None:
    desk.settle()
    google.server.seen.clear()
    desk.run()
    assert [call for call in google.calls if "batchUpdate" in call] == []
    assert len([call for call in google.calls if "/v4/" in call]) == 1


def test_rows_typed_at_google_cross_and_get_an_id_there(desk: Desk, sheet: Human) -> None:
    row = len(NAMES) + 3
    sheet.type(f"People!B{row}", ["Ida", "ida@acme.example"])
    desk.run()
    desk.settle()
    assert desk.people("a.xlsx")["Ida"]["Email"] == "ida@acme.example"
    assert table(sheet)["Ida"]["id"] == desk.ids("b.xlsx")["Ida"]


def test_a_row_deleted_at_google_goes_everywhere(desk: Desk, sheet: Human) -> None:
    row = int(re.findall(r"\d+", cell(sheet, "Dov", "Name"))[0])
    sheet.delete_rows("People", row)
    desk.settle()
    assert "Dov" not in desk.people("a.xlsx")
    assert set(table(sheet)) == set(NAMES) - {"Dov"}


def test_a_row_deleted_in_excel_goes_at_google(desk: Desk, sheet: Human) -> None:
    desk.remove("a.xlsx", "Eli")
    desk.settle()
    assert set(table(sheet)) == set(NAMES) - {"Eli"}


def test_a_sort_at_google_is_no_edit(desk: Desk, sheet: Human) -> None:
    sheet.sort("People!A3:G10", 2, descending=True)
    before = list(table(sheet))
    desk.settle()
    assert list(table(sheet)) == before
    assert set(desk.people("a.xlsx")) == set(NAMES)


@pytest.mark.parametrize(
    "text", ["=1+1", "00123", "6.10", "1/2", "TRUE", "'quoted", "12,50", "#N/A", "@home", "+49 30"]
)
def test_a_text_arrives_as_the_same_text(desk: Desk, sheet: Human, text: str) -> None:
    desk.type("a.xlsx", "Ana", "Note", text)
    with desk.at("a.xlsx") as workbook:
        for row in workbook["People"].iter_rows():
            for found in row:
                if found.value == text:
                    found.data_type = "s"
    desk.run()
    assert table(sheet)["Ana"]["Note"] == text
    desk.settle()


def test_a_formula_at_google_is_read_and_never_overwritten(desk: Desk, sheet: Human) -> None:
    where = cell(sheet, "Ana", "Hours")
    sheet.type(where, "=2*4")
    desk.run()
    assert desk.people("a.xlsx")["Ana"]["Hours"] == 8
    desk.type("a.xlsx", "Ana", "Hours", 9)
    desk.run()
    assert sheet.read(where, "FORMULA") == "=2*4"


def test_a_column_of_ones_own_at_google_is_left_alone(desk: Desk, sheet: Human) -> None:
    sheet.insert_columns("People", 4)
    sheet.type("People!D2", "Shirt")
    sheet.type("People!D3", "XL")
    desk.type("a.xlsx", "Ana", "Note", "crosses")
    desk.settle()
    assert sheet.read("People!D3") == "XL"
    assert "Shirt" not in desk.column("a.xlsx", "Name")


def test_the_same_cell_typed_differently_is_held_in_both(desk: Desk, sheet: Human) -> None:
    desk.type("a.xlsx", "Ana", "Note", "one")
    sheet.type(cell(sheet, "Ana", "Note"), "two")
    report = desk.run()
    assert report.exit_code() == 1
    assert table(sheet)["Ana"]["Note"] == "two"
    assert desk.people("a.xlsx")["Ana"]["Note"] == "one"
    assert "two" in desk.texts("a.xlsx", "Conflicts")


# what stands in the way


def refused(desk: Desk, *words: str) -> None:
    """A pass that leaves Google out for one reason, told in these words, while the files go on."""
    desk.type("a.xlsx", "Ana", "Note", "goes on")
    desk.add("other.xlsx", Name="Zoe")
    report = desk.run()
    (trouble,) = report.troubles
    assert report.exit_code() == 3
    for word in words:
        assert word in f"{trouble.what} {trouble.do}"
    assert trouble.do, "it says what to do"
    assert desk.ids("other.xlsx")["Zoe"].startswith("r"), "the other workbook got its pass"


def test_a_deleted_spreadsheet_is_named_and_the_files_go_on(desk: Desk, sheet: Human) -> None:
    sheet.delete()
    refused(desk, spreadsheet(desk), "no such spreadsheet", ROBOT)
    assert desk.people("b.xlsx")["Ana"]["Note"] == "goes on"


def test_a_share_that_was_taken_back_is_named(desk: Desk, sheet: Human) -> None:
    sheet.share("maya@acme.example", "owner")
    sheet.file.owner = "maya@acme.example"
    sheet.unshare(ROBOT)
    refused(desk, spreadsheet(desk), ROBOT)


def test_a_viewer_cannot_sync(desk: Desk, sheet: Human) -> None:
    sheet.file.owner = "maya@acme.example"
    sheet.share(ROBOT, "reader")
    refused(desk, "as Editor")


def test_without_a_network_the_files_go_on(desk: Desk, monkeypatch) -> None:
    monkeypatch.setenv("SHEETSYNC_GOOGLE_API", "http://127.0.0.1:9")
    refused(desk, "cannot be reached")


def test_nobody_connected_leaves_the_files_going_on(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config" / "google.json").unlink()
    refused(desk, "not connected", "sheetsync connect google")


def test_a_tab_that_was_copied_at_google_stops_the_workbook(desk: Desk, sheet: Human) -> None:
    sheet.duplicate_tab("People", "Copy of People")
    refused(desk, "stands twice", "Copy of People")


def test_a_tab_that_was_renamed_at_google_is_found(desk: Desk, sheet: Human) -> None:
    sheet.rename_tab("People", "Folks")
    desk.type("a.xlsx", "Ana", "Note", "found")
    assert desk.run().troubles == ()
    assert "found" in [value for row in sheet.read("Folks!A2:G20") for value in row]


def test_a_range_that_its_owner_protected_is_named(desk: Desk, sheet: Human) -> None:
    sheet.file.owner = "maya@acme.example"
    sheet.share(ROBOT)
    sheet.protect("People!A1:Z100")
    refused(desk, "protected")


def test_a_quota_that_is_used_up_passes(desk: Desk, google: Emulator) -> None:
    google.fail("status", code=429, times=10)
    report = desk.run()
    assert [trouble.passing for trouble in report.troubles] == [True]
    assert report.exit_code() == 0
