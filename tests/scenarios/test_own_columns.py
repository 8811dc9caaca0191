"""What people keep in columns of their own stays in its copy; if its row is deleted elsewhere, it is kept."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from google_emulator.human import Human
from scenarios.desk import Desk, cell_of, headers, last_row
from scenarios.google_desk import row_of
from sheetsync.errors import ReplicaBusy
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.verbs.forget import forget
from sheetsync.verbs.log import Wanted, read_log
from sheetsync.verbs.undo import undo


def add_column(desk: Desk, file: str, header: str, **values: object) -> None:
    """Somebody adds a column on the right, and fills it for some people."""
    with desk.at(file) as workbook:
        sheet = workbook["People"]
        column = sheet.max_column + 1
        sheet.cell(2, column).value = header
        for who, value in values.items():
            cell_of(sheet, who, header).value = value


def undone(desk: Desk, number: int) -> None:
    undo(desk.program, desk.now, number)
    desk.settle()


def test_it_is_kept_told_and_comes_back_with_its_row(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12", Bo="B 7")
    add_column(two_files, "b.xlsx", "Met on", Ana=date(2026, 2, 3))
    two_files.remove("a.xlsx", "Ana")
    report = two_files.run()
    assert (
        "People: with 1 row went what stood in columns that only b.xlsx has (Room, Met on). "
        "It is kept: sheetsync log shows it, and it comes back with the row."
    ) in report.notes
    assert "Ana" not in two_files.people("b.xlsx")
    undone(two_files, report.run)
    ana, bo = (two_files.people("b.xlsx")[who] for who in ("Ana", "Bo"))
    assert (ana["Room"], ana["Met on"], bo["Room"]) == ("A 12", datetime(2026, 2, 3), "B 7")
    assert "Room" not in headers(two_files.sheet("a.xlsx"))


def test_the_log_finds_it(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    two_files.remove("a.xlsx", "Ana")
    number = two_files.run().run
    (line,) = read_log(two_files.program, Wanted(column="room"))
    assert (line.run, line.row, line.kind, line.old, line.places) == (
        number,
        "Ana",
        "beside",
        "A 12",
        ("b.xlsx",),
    )


def test_a_row_of_which_people_cleared_all_but_their_own_cells_leaves_those_in_the_log(
    two_files: Desk,
) -> None:
    add_column(two_files, "a.xlsx", "Room", Ana="A 12")
    with two_files.at("a.xlsx") as workbook:
        for header in ("Name", "Email", "State", "Hours"):
            cell_of(workbook["People"], "A 12", header).value = None
    number = two_files.run().run
    assert [it.old for it in read_log(two_files.program, Wanted(column="Room"))] == ["A 12"]
    undone(two_files, number)
    assert two_files.people("a.xlsx")["Ana"]["Room"] == "A 12"


def test_what_people_emptied_after_it_had_come_back_stays_empty(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    two_files.remove("a.xlsx", "Ana")
    undone(two_files, two_files.run().run)
    two_files.type("b.xlsx", "Ana", "Room", None)
    two_files.remove("a.xlsx", "Ana")
    undone(two_files, two_files.run().run)
    assert "Room" not in two_files.people("b.xlsx")["Ana"]


def test_a_copy_that_was_away_when_its_row_was_deleted_gets_it_back_as_well(
    two_files: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    two_files.remove("a.xlsx", "Ana")
    with monkeypatch.context() as patched:
        real = ExcelReplica.read

        def read(self: ExcelReplica, template: object) -> object:
            if self.name == "b.xlsx":
                raise ReplicaBusy("b.xlsx: is open elsewhere.")
            return real(self, template)  # type: ignore[arg-type]

        patched.setattr(ExcelReplica, "read", read)
        number = two_files.run().run
    two_files.run()
    assert "Ana" not in two_files.people("b.xlsx")
    undone(two_files, number)
    assert two_files.people("b.xlsx")["Ana"]["Room"] == "A 12"


def test_where_its_column_is_gone_it_gets_one_of_its_name(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12", Bo="B 7")
    two_files.remove("a.xlsx", "Ana")
    number = two_files.run().run
    with two_files.at("b.xlsx") as workbook:
        workbook["People"].delete_cols(headers(workbook["People"])["Room"])
    undone(two_files, number)
    assert two_files.people("b.xlsx")["Ana"]["Room"] == "A 12"


def test_it_comes_back_where_it_stood_whatever_gaps_there_are(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        number, right = cell_of(sheet, "Ana", "Room").row, sheet.max_column
        sheet.cell(2, right + 2).value = "My notes"
        sheet.cell(number, right + 2).value = "tea"
        sheet.cell(number + 1, right + 2).value = "coffee"
        sheet.cell(2, right + 4).value = "Other"
        sheet.cell(number, right + 5).value = "no header"
        sheet.cell(number + 1, right + 5).value = "nor here"
    before = two_files.sheet("b.xlsx")
    stood = [[before.cell(row, right + at).value for at in range(7)] for row in (2, number, number + 1)]
    two_files.remove("a.xlsx", "Ana")
    undone(two_files, two_files.run().run)
    sheet = two_files.sheet("b.xlsx")
    back = {sheet.cell(row, 2).value: row for row in range(3, sheet.max_row + 1)}
    found = [[sheet.cell(row, right + at).value for at in range(7)] for row in (2, back["Ana"], back["Bo"])]
    assert found == stood


def test_a_column_that_is_new_takes_no_place_where_something_stands(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    two_files.remove("a.xlsx", "Ana")
    number = two_files.run().run
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        room = headers(sheet)["Room"]
        sheet.delete_cols(room)
        for at in range(3):
            sheet.cell(5, room + at).value = f"no header {at}"
        sheet.cell(2, room + 3).value = "Later"
    undone(two_files, number)
    sheet = two_files.sheet("b.xlsx")
    assert [sheet.cell(2, room + at).value for at in range(5)] == [None, None, None, "Later", "Room"]
    row = next(it for it in range(3, 12) if sheet.cell(it, room).value)
    assert [sheet.cell(row, room + at).value for at in range(3)] == [f"no header {at}" for at in range(3)]
    assert two_files.people("b.xlsx")["Ana"]["Room"] == "A 12"


def test_columns_without_a_header_and_of_one_header_are_told_apart(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        number, right = cell_of(sheet, "Ana", "Room").row, sheet.max_column
        sheet.cell(2, right + 1).value = "Room"
        sheet.cell(number, right + 1).value = "second"
        sheet.cell(number, right + 3).value = "no header"
    two_files.remove("a.xlsx", "Ana")
    two_files.run()
    told = {it.column: it.old for it in read_log(two_files.program, Wanted()) if it.kind == "beside"}
    assert told == {"Room": "A 12", "Room (I)": "second", "Column K": "no header"}


def test_new_rows_come_below_what_somebody_typed_beside_no_row_yet(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        below, room = last_row(sheet) + 1, headers(sheet)["Room"]
        sheet.cell(below, room).value = "for the next one"
    two_files.add("a.xlsx", Name="Ida")
    two_files.settle()
    sheet = two_files.sheet("b.xlsx")
    assert [sheet.cell(below, at).value for at in (2, room)] == [None, "for the next one"]
    assert [sheet.cell(below + 1, at).value for at in (2, room)] == ["Ida", None]


def test_what_is_filled_down_for_rows_to_come_keeps_no_row_away_and_stays(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    add_column(two_files, "b.xlsx", "Met", Ana=True)
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        below, room = last_row(sheet) + 1, headers(sheet)["Room"]
        for number in range(below, below + 20):
            sheet.cell(number, room).value = f'=B{number}&"!"'
            sheet.cell(number, room + 1).value = False
    two_files.add("a.xlsx", Name="Ida")
    two_files.settle()
    sheet = two_files.sheet("b.xlsx")
    assert sheet.cell(below, 2).value == "Ida"
    assert sheet.cell(below, room).value == f'=B{below}&"!"'
    assert sheet.cell(below, room + 1).value is False


def test_what_looks_like_identity_data_is_not_kept(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Gender", Ana="woman")
    two_files.remove("a.xlsx", "Ana")
    two_files.run()
    assert not [it for it in read_log(two_files.program, Wanted()) if it.kind == "beside"]


def test_it_is_forgotten_with_its_person(two_files: Desk) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12", Bo="beside Ana")
    two_files.remove("a.xlsx", "Bo")
    two_files.run()
    forget(two_files.program, two_files.now, "Ana")
    told = {it.row: it.old for it in read_log(two_files.program, Wanted()) if it.kind == "beside"}
    assert told == {"Bo": "beside (removed)"}


def test_it_is_kept_before_its_row_goes(two_files: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add_column(two_files, "b.xlsx", "Room", Ana="A 12")
    two_files.remove("a.xlsx", "Ana")
    real, known = ExcelReplica.write, []

    def write(self: ExcelReplica, *args: object) -> str:
        known.append([it.old for it in read_log(two_files.program, Wanted(column="Room"))])
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(ExcelReplica, "write", write)
    two_files.run()
    assert known
    assert all(it == ["A 12"] for it in known)


def test_at_google_it_is_kept_and_comes_back_too(desk: Desk, sheet: Human) -> None:
    number = row_of(sheet, "Ana")
    sheet.type("People!H2", "Room")
    sheet.type(f"People!H{number}", "A 12")
    desk.remove("a.xlsx", "Ana")
    report = desk.run()
    assert [it.old for it in read_log(desk.program, Wanted(column="Room"))] == ["A 12"]
    undone(desk, report.run)
    assert sheet.read(f"People!H{row_of(sheet, 'Ana')}") == "A 12"


def test_a_remark_beside_what_sheetsync_fills_stays(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["Status"]["R4"] = "ask Maya about this"
        workbook["Checks"]["K3"] = "mine"
    two_files.type("b.xlsx", "Ana", "State", "retired")
    two_files.settle()
    assert "'retired'" in " ".join(two_files.texts("a.xlsx", "Checks")).replace('"', "'")
    assert two_files.sheet("a.xlsx", "Status")["R4"].value == "ask Maya about this"
    assert two_files.sheet("a.xlsx", "Checks")["K3"].value == "mine"


def test_a_column_of_identity_data_is_told_with_its_copy_and_cell(two_files: Desk) -> None:
    with two_files.at("b.xlsx") as workbook:
        workbook["People"]["J2"] = "Ethnicity"
    (told,) = (it.finding for it in two_files.run().findings if it.finding.code == "P001")
    assert 'The column "Ethnicity" in b.xlsx J2 looks like identity data' in told.message
