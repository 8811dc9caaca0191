"""Two spreadsheets at Google are one workbook: what is done in the one stands in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from google_emulator import ROBOT, Emulator
from google_emulator.human import Human
from google_world import AtGoogle, human, key_file, loopback, spreadsheets
from scenarios.desk import NAMES, Desk
from scenarios.google_desk import cell, row_of, table
from sheetsync.verbs.google import list_replica


@pytest.fixture(scope="module")
def two_at_google_once(at_google_once: AtGoogle, tmp_path_factory: pytest.TempPathFactory) -> AtGoogle:
    folder = tmp_path_factory.mktemp("two_at_google")
    with loopback(folder) as google:
        desk = at_google_once.again(google, key_file(google, folder), folder / "acme")
        path = desk.folder / "sheetsync.toml"
        another = google.world.create("Another", ROBOT, file_id="1AnotherSpreadsheetOfTheTeam")
        list_replica(path, "team", f"google:{another.id}")
        desk.provision()
        desk.settle()
        path.write_text(path.read_text().replace('"a.xlsx", "b.xlsx", ', ""))
        desk.settle()
        return replace(at_google_once, desk=desk, files=[human(google, it).file for it in spreadsheets(desk)])


@pytest.fixture
def desk(two_at_google_once: AtGoogle, google: Emulator, key: Path, tmp_path: Path) -> Desk:
    """The team's workbook in two spreadsheets, in step."""
    return two_at_google_once.again(google, key, tmp_path / "acme")


@pytest.fixture
def sheets(desk: Desk, google: Emulator) -> Sequence[Human]:
    """People at work in either."""
    return [human(google, name) for name in spreadsheets(desk)]


def test_a_spreadsheet_that_joins_gets_every_record_with_its_id(sheets: Sequence[Human]) -> None:
    one, other = sheets
    assert one.book.id != other.book.id
    assert set(table(one)) == set(NAMES)
    assert table(one) == table(other)


def test_edits_new_rows_and_deletions_cross_both_ways_in_one_pass(
    desk: Desk, sheets: Sequence[Human]
) -> None:
    one, other = sheets
    one.type(cell(one, "Ana", "Note"), "from the one")
    other.type(cell(other, "Bo", "Hours"), 12.5)
    one.type(f"People!B{len(NAMES) + 3}", ["Ida", "ida@acme.example"])
    other.type(f"People!B{len(NAMES) + 3}", ["Jo"])
    one.delete_rows("People", row_of(one, "Cleo"))
    other.delete_rows("People", row_of(other, "Dov"))

    assert desk.run().troubles == ()

    assert set(table(one)) == {*NAMES, "Ida", "Jo"} - {"Cleo", "Dov"}
    assert table(one) == table(other)
    assert (table(other)["Ana"]["Note"], table(one)["Bo"]["Hours"]) == ("from the one", 12.5)
    desk.settle()


def test_the_same_cell_typed_differently_is_held_until_a_person_settles_it(
    desk: Desk, sheets: Sequence[Human]
) -> None:
    one, other = sheets
    one.type(cell(one, "Ana", "Note"), "this")
    other.type(cell(other, "Ana", "Note"), "that")
    assert desk.run().exit_code() == 1
    assert [table(it)["Ana"]["Note"] for it in sheets] == ["this", "that"]
    assert all("this" in str(it.read("Conflicts!A1:N12")) for it in sheets), "both show both"
    other.type(cell(other, "Ana", "Note"), "this")
    assert desk.run().exit_code() == 0
    assert table(one) == table(other)


def test_each_keeps_its_own_order_and_its_own_columns(desk: Desk, sheets: Sequence[Human]) -> None:
    one, other = sheets
    one.sort("People!A3:G10", 2, descending=True)
    other.type("People!H2", "Mine", "kept")
    one.type(cell(one, "Ana", "Note"), "crosses")
    desk.settle()
    assert list(table(one)) == sorted(NAMES, reverse=True)
    assert list(table(other)) == list(NAMES)
    assert other.read("People!H3") == "kept"
    assert table(other)["Ana"]["Note"] == "crosses"


def test_where_one_cannot_be_reached_the_other_waits_with_what_it_has(
    desk: Desk, sheets: Sequence[Human], google: Emulator
) -> None:
    one, other = sheets
    one.type(cell(one, "Ana", "Note"), "waits")
    google.fail("status", code=503, match=f"GET /v4/spreadsheets/{other.book.id}", times=3)
    assert len(desk.run().troubles) == 1
    assert table(one)["Ana"]["Note"] == "waits"
    desk.settle()
    assert table(other)["Ana"]["Note"] == "waits"
