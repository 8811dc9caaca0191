"""A workbook in an Excel file and at Google, edited by different people between passes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from google_emulator import Emulator
from google_emulator.human import Human
from scenarios.desk import NAMES, Desk
from scenarios.google_desk import cell, long_ago, row_of, table
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.verbs import schedulers
from sheetsync.verbs.forget import forget


def shown(sheet: Human, tab: str) -> list[str]:
    """Every text on a tab."""
    return [str(value) for row in sheet.read(f"{tab}!A1:Z200") or [] for value in row]


def test_the_same_people_stand_in_excel_and_at_google(desk: Desk, sheet: Human) -> None:
    found = table(sheet)
    assert set(found) == set(NAMES)
    assert {name: row["id"] for name, row in found.items()} == desk.ids("a.xlsx")


def calls(google: Emulator) -> list[str]:
    """What a pass asks of Google, tokens aside: "sheets GET", "sheets POST" or "drive GET"."""
    split = [call.split(" ", 1) for call in google.calls]
    named = {"/v4/": "sheets", "/drive": "drive"}
    return [f"{named[start]} {verb}" for verb, path in split for start in named if path.startswith(start)]


def test_edits_cross_both_ways_in_one_reading_and_one_batch(
    desk: Desk, sheet: Human, google: Emulator
) -> None:
    desk.type("a.xlsx", "Ana", "Note", "typed in Excel")
    sheet.type(cell(sheet, "Bo", "Hours"), 12.5)

    assert desk.run().exit_code() == 0

    assert table(sheet)["Ana"]["Note"] == "typed in Excel"
    assert desk.people("a.xlsx")["Bo"]["Hours"] == 12.5
    assert desk.people("b.xlsx") == desk.people("a.xlsx")
    assert calls(google) == ["sheets GET", "sheets POST"]


def test_a_pass_in_which_nobody_edits_takes_one_reading_and_no_look_at_the_files(
    desk: Desk, sheet: Human, google: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet.type(cell(sheet, "Bo", "Hours"), "=3*4")
    desk.settle()
    desk.run()
    google.server.seen.clear()
    with monkeypatch.context() as closed:
        closed.setattr(ExcelReplica, "read", None)
        desk.run()
    assert calls(google) == ["sheets GET"]
    sheet.type(cell(sheet, "Bo", "Hours"), 12.5)
    desk.run()
    assert desk.people("a.xlsx")["Bo"]["Hours"] == 12.5


@pytest.mark.usefixtures("sheet")
def test_drive_is_asked_about_the_bin_a_few_times_a_day(desk: Desk, google: Emulator) -> None:
    long_ago(desk)
    google.server.seen.clear()
    desk.run()
    desk.run()
    assert calls(google).count("drive GET") == 1


def test_where_drive_may_not_be_asked_the_spreadsheet_is_read(
    desk: Desk, sheet: Human, google: Emulator
) -> None:
    long_ago(desk)
    google.service.disabled.add("drive")
    sheet.type(cell(sheet, "Bo", "Hours"), 12.5)
    assert desk.run().troubles == ()
    assert desk.people("a.xlsx")["Bo"]["Hours"] == 12.5


def test_rows_typed_everywhere_at_once_are_everywhere_after_one_pass(desk: Desk, sheet: Human) -> None:
    sheet.type(f"People!B{len(NAMES) + 3}", ["Ida", "ida@acme.example"])
    desk.add("a.xlsx", Name="Jo")
    desk.add("b.xlsx", Name="Kim")
    assert desk.run().troubles == ()
    assert set(table(sheet)) == set(desk.people("a.xlsx")) == {*NAMES, "Ida", "Jo", "Kim"}
    desk.settle()


def test_rows_typed_at_google_cross_and_get_an_id_there(desk: Desk, sheet: Human) -> None:
    row = len(NAMES) + 3
    sheet.type(f"People!B{row}", ["Ida", "ida@acme.example"])
    desk.run()
    desk.settle()
    assert desk.people("a.xlsx")["Ida"]["Email"] == "ida@acme.example"
    assert table(sheet)["Ida"]["id"] == desk.ids("b.xlsx")["Ida"]


def test_a_row_deleted_at_google_goes_everywhere(desk: Desk, sheet: Human) -> None:
    sheet.delete_rows("People", row_of(sheet, "Dov"))
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


def test_a_person_who_is_forgotten_leaves_google_too(desk: Desk, sheet: Human) -> None:
    sheet.type(cell(sheet, "Ana", "Note"), "asked Cleo")
    desk.run()
    assert forget(desk.program, desk.now, "cleo@acme.example").troubles == ()
    assert set(table(sheet)) == set(NAMES) - {"Cleo"}
    assert table(sheet)["Ana"]["Note"] == "asked (removed)"
    assert not [
        text for tab in ("Status", "Checks", "Conflicts") for text in shown(sheet, tab) if "leo" in text
    ]
    desk.settle()
    assert table(sheet).keys() == desk.people("a.xlsx").keys()


def test_an_old_version_restored_at_google_does_not_bring_a_forgotten_person_back(
    desk: Desk, sheet: Human
) -> None:
    row = sheet.read("People!A5:G5")[0]
    assert "Cleo" in row
    forget(desk.program, desk.now, "Cleo")
    sheet.type(f"People!A{len(NAMES) + 2}", row)
    desk.run()
    assert "Cleo" not in {*table(sheet), *desk.people("a.xlsx")}


def test_the_same_cell_typed_differently_is_held_in_both(desk: Desk, sheet: Human) -> None:
    desk.type("a.xlsx", "Ana", "Note", "one")
    sheet.type(cell(sheet, "Ana", "Note"), "two")
    report = desk.run()
    assert report.exit_code() == 1
    assert table(sheet)["Ana"]["Note"] == "two"
    assert desk.people("a.xlsx")["Ana"]["Note"] == "one"
    assert "two" in desk.texts("a.xlsx", "Conflicts")


def test_a_value_at_google_that_may_not_cross_is_shown_where_it_stands(desk: Desk, sheet: Human) -> None:
    place = cell(sheet, "Eli", "Hours")
    sheet.type(place, "many")
    desk.run()
    assert f"Google {place.removeprefix('People!')}" in desk.texts("a.xlsx", "Checks")
    assert place.removeprefix("People!") in shown(sheet, "Checks")


@pytest.mark.skipif(os.name != "posix", reason="GitHub's runners have a shell")
def test_a_runner_of_github_connects_with_the_key_in_its_secret(
    desk: Desk, sheet: Human, key: Path, tmp_path: Path
) -> None:
    (content,) = schedulers.github(desk.program).files.values()
    connect, run = yaml.safe_load(content)["jobs"]["run"]["steps"][-2:]
    assert connect["env"] == {"KEY": "${{ secrets.SHEETSYNC_GOOGLE_KEY }}"}
    (tmp_path / "runner").mkdir()
    runner = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "XDG_CONFIG_HOME": str(tmp_path / "runner" / "config"),
        "XDG_STATE_HOME": str(tmp_path / "runner" / "state"),
        "KEY": key.read_text(),
    }
    desk.type("a.xlsx", "Ana", "Note", "typed in Excel")
    for step in (connect, run):
        subprocess.run(["bash", "-ec", step["run"]], env=runner, cwd=desk.folder, check=True)
    assert table(sheet)["Ana"]["Note"] == "typed in Excel"
    assert (tmp_path / "runner" / "google.json").stat().st_mode & 0o077 == 0
