"""Spreadsheets that stand in the way: said in words that help, left as they are, no hindrance to others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from google_emulator import ROBOT, Emulator
from google_emulator.human import Human
from google_world import spreadsheets
from scenarios.desk import NAMES, Desk
from scenarios.google_desk import cell, long_ago, row_of, table
from sheetsync.verbs.gather import Trouble

OWNER = "maya@acme.example"
CELLS = 10_000_000


def refused(desk: Desk, sheet: Human, *words: str, code: int = 3) -> Trouble:
    """A pass that leaves the spreadsheet alone for one reason, told in these words; the others go on.

    Returns:
        The reason.
    """
    desk.type("a.xlsx", "Ana", "Note", "typed meanwhile")
    desk.add("other.xlsx", Name="Zoe")
    before = sheet.file.version

    report = desk.run()

    (trouble,) = report.troubles
    assert report.exit_code() == code
    assert trouble.replica in (spreadsheets(desk)[0], "")
    for word in words:
        assert word in f"{trouble.what} {trouble.do}"
    assert trouble.do, "it says what to do"
    assert sheet.file.version == before, "nothing was written"
    assert desk.ids("other.xlsx")["Zoe"].startswith("r"), "the other workbook got its pass"
    return trouble


def goes_on(desk: Desk, sheet: Human) -> None:
    """Once it is put right, what was typed meanwhile stands in every copy."""
    desk.settle()
    assert table(sheet)["Ana"]["Note"] == "typed meanwhile"
    assert desk.people("b.xlsx")["Ana"]["Note"] == "typed meanwhile"


def handed_over(sheet: Human, role: str) -> None:
    """The spreadsheet belongs to somebody else, and sheetsync has a part in it."""
    sheet.file.owner = OWNER
    sheet.share(OWNER, "owner")
    sheet.share(ROBOT, role)


# out of reach


def test_without_a_network_the_files_go_on(
    desk: Desk, sheet: Human, google: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETSYNC_GOOGLE_API", "http://127.0.0.1:9")
    refused(desk, sheet, "cannot be reached", "Check the network")
    assert desk.people("b.xlsx")["Ana"]["Note"] == "typed meanwhile"
    monkeypatch.setenv("SHEETSYNC_GOOGLE_API", google.url)
    goes_on(desk, sheet)


def test_nobody_connected_leaves_the_files_going_on(desk: Desk, sheet: Human, tmp_path: Path) -> None:
    (tmp_path / "config" / "google.json").unlink()
    refused(desk, sheet, "not connected", "sheetsync connect google")


def test_a_quota_that_is_used_up_passes(desk: Desk, sheet: Human, google: Emulator) -> None:
    fault = google.fail("status", code=429, match="/v4/", times=3)
    assert refused(desk, sheet, "quota", "next pass", code=0).passing
    assert fault.times == 0
    goes_on(desk, sheet)


def test_a_fault_of_google_is_told_as_such(desk: Desk, sheet: Human, google: Emulator) -> None:
    google.fail("status", code=500, match="/v4/", times=3)
    refused(desk, sheet, "Google has a fault (500)", "next pass")
    goes_on(desk, sheet)


# not there, or not ours


def test_a_deleted_spreadsheet_is_named_and_the_files_go_on(desk: Desk, sheet: Human) -> None:
    sheet.delete()
    refused(desk, sheet, "no such spreadsheet", ROBOT)
    assert desk.people("b.xlsx")["Ana"]["Note"] == "typed meanwhile"


def test_a_spreadsheet_in_the_bin_is_not_written_until_it_is_taken_out(desk: Desk, sheet: Human) -> None:
    sheet.type(cell(sheet, "Bo", "Note"), "typed before the bin")
    sheet.trash()
    long_ago(desk)
    refused(desk, sheet, "in the bin", "Restore")
    sheet.trash(False)
    goes_on(desk, sheet)
    assert desk.people("a.xlsx")["Bo"]["Note"] == "typed before the bin"


def test_a_spreadsheet_that_goes_into_the_bin_is_noticed_though_nobody_edits(
    desk: Desk, sheet: Human
) -> None:
    desk.settle()
    desk.run()
    sheet.trash()
    long_ago(desk)
    for _ in range(2):
        (trouble,) = desk.run().troubles
        assert "in the bin" in trouble.what


def test_a_share_that_was_taken_back_is_named(desk: Desk, sheet: Human) -> None:
    handed_over(sheet, "writer")
    sheet.unshare(ROBOT)
    refused(desk, sheet, ROBOT)
    sheet.share(ROBOT)
    goes_on(desk, sheet)


def test_a_viewer_cannot_sync(desk: Desk, sheet: Human) -> None:
    handed_over(sheet, "reader")
    refused(desk, sheet, "as Editor")
    sheet.share(ROBOT)
    goes_on(desk, sheet)


def test_a_spreadsheet_of_another_ledger_is_stopped_and_can_be_taken_over(desk: Desk, sheet: Human) -> None:
    ids = {name: row["id"] for name, row in table(sheet).items()}
    shutil.rmtree(desk.folder / ".sheetsync")
    before = sheet.file.version
    report = desk.run()
    assert report.exit_code() == 3
    (trouble,) = [it for it in report.troubles if it.replica == spreadsheets(desk)[0]]
    assert (trouble.brake, sheet.file.version) == ("ledger", before)
    assert "--lift ledger" in trouble.do

    assert desk.run(lift="ledger").exit_code() == 0
    desk.settle()
    assert {name: row["id"] for name, row in table(sheet).items()} == ids, "nothing is doubled"


def test_a_spreadsheet_that_sheetsync_did_not_make_is_not_touched(desk: Desk, google: Emulator) -> None:
    theirs = google.create("Theirs")
    path = desk.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace(spreadsheets(desk)[0], f"google:{theirs}"))
    refused(desk, google.human(theirs), "is not a workbook that sheetsync made", "sheetsync provision")


# tabs


def test_a_tab_that_was_copied_stops_the_workbook(desk: Desk, sheet: Human) -> None:
    sheet.duplicate_tab("People", "Copy of People")
    assert refused(desk, sheet, "stands twice", '"Copy of People"', "A1").brake == "layout"
    sheet.delete_tab("Copy of People")
    goes_on(desk, sheet)


def test_a_tab_that_was_renamed_is_found(desk: Desk, sheet: Human) -> None:
    sheet.rename_tab("People", "Folks")
    desk.type("a.xlsx", "Ana", "Note", "found")
    assert desk.run().troubles == ()
    assert "found" in [value for row in sheet.read("Folks!A2:G20") for value in row]


def test_a_tab_that_was_deleted_is_named_and_deletes_nothing(desk: Desk, sheet: Human) -> None:
    sheet.delete_tab("People")
    refused(desk, sheet, 'tab "People" is missing', "version history")
    assert set(desk.people("b.xlsx")) == set(NAMES)


def test_a_column_that_is_gone_is_named(desk: Desk, sheet: Human) -> None:
    sheet.delete_columns("People", 3)
    assert refused(desk, sheet, '"People"', '"Email"', "Put it back").brake == "layout"


def test_an_emptied_tab_empties_no_other_copy(desk: Desk, sheet: Human) -> None:
    sheet.delete_rows("People", 3, len(NAMES))
    assert refused(desk, sheet, "People", "is empty", "--lift empty-tab").brake == "empty-tab"


# cells


def test_rows_for_which_google_has_no_room_wait_until_there_is_some(desk: Desk, sheet: Human) -> None:
    full = sheet.tab("Lists")
    free = CELLS - sum(it.rows * it.columns for it in sheet.book.sheets)
    full.set_size("ROWS", full.rows + free // full.columns)
    desk.add("b.xlsx", Name="Ida")
    refused(desk, sheet, "no room for more cells", "10,000,000", "Delete empty rows")
    sheet.delete_rows("Lists", 2000, 1000)
    goes_on(desk, sheet)
    assert "Ida" in table(sheet)


def test_a_range_that_its_owner_protected_is_named(desk: Desk, sheet: Human) -> None:
    handed_over(sheet, "writer")
    sheet.protect("People!A1:Z100")
    refused(desk, sheet, "protected", "Protect sheets and ranges")


def test_what_the_owner_types_over_a_cell_that_sheetsync_fills_is_put_right_and_no_opinion(
    desk: Desk, sheet: Human
) -> None:
    desk.run()
    before = sheet.read("Status!A4:H12")
    sheet.type("Status!C6", "all is well")
    sheet.type("Status!B2", "My status")
    report = desk.run()
    assert (report.troubles, report.conflicts) == ((), ())
    assert sheet.read("Status!A4:H12") == before
    assert "all is well" not in desk.texts("a.xlsx", "Status")


@pytest.mark.parametrize("formula", ["=A3", "=ROW()", '="r"&1', "=1/0", "=NOW()"])
def test_a_formula_in_the_hidden_column_is_put_right_and_no_row_is_taken_for_another(
    desk: Desk, sheet: Human, formula: str
) -> None:
    ids = {name: row["id"] for name, row in table(sheet).items()}
    sheet.type(f"People!A{row_of(sheet, 'Bo')}", formula)
    sheet.type(cell(sheet, "Bo", "Note"), "Bo's note")
    desk.settle()
    assert {name: row["id"] for name, row in table(sheet).items()} == ids
    assert sheet.read(f"People!A{row_of(sheet, 'Bo')}", "FORMULA") == ids["Bo"], "a plain text again"
    assert desk.people("a.xlsx")["Bo"]["Note"] == "Bo's note"
    assert set(desk.people("a.xlsx")) == set(NAMES)


def test_a_formula_that_fills_the_hidden_column_is_put_right(desk: Desk, sheet: Human) -> None:
    """An ARRAYFORMULA spills over cells that nobody typed in."""
    ids = {name: row["id"] for name, row in table(sheet).items()}
    sheet.type("People!A3", *[""] * len(NAMES))
    sheet.type("People!A3", "=ARRAYFORMULA(B3:B10)")
    desk.settle()
    assert {name: row["id"] for name, row in table(sheet).items()} == ids
