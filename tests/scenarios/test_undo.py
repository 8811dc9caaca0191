"""An undo takes back what a run changed, in every copy, and leaves alone what people changed since."""

from __future__ import annotations

import pytest

from scenarios.desk import Desk
from sheetsync.errors import UsageError
from sheetsync.verbs.undo import undo


def take_back(desk: Desk, number: int) -> tuple[str, ...]:
    report = undo(desk.program, desk.now, number)
    desk.settle()
    assert desk.people("a.xlsx") == desk.people("b.xlsx")
    return report.notes


def test_cells_become_what_they_were_in_every_copy(two_files: Desk) -> None:
    before = two_files.people("a.xlsx")
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    two_files.type("b.xlsx", "Bo", "State", "paused")
    number = two_files.run().run
    assert take_back(two_files, number) == (f"Run {number}: 2 changes taken back.",)
    assert two_files.people("a.xlsx") == before


def test_deleted_rows_come_back_under_their_ids_and_new_ones_go(two_files: Desk) -> None:
    before, ids = two_files.people("a.xlsx"), two_files.ids("a.xlsx")
    two_files.remove("a.xlsx", "Ana", "Cleo")
    two_files.add("b.xlsx", Name="Ida")
    number = two_files.run().run
    take_back(two_files, number)
    assert two_files.people("b.xlsx") == before
    assert two_files.ids("b.xlsx") == ids == two_files.ids("a.xlsx")


def test_what_people_changed_since_stays_and_is_told(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    two_files.type("a.xlsx", "Ana", "Note", "much")
    two_files.add("a.xlsx", Name="Ida", Hours=1)
    number = two_files.run().run
    two_files.type("b.xlsx", "Ana", "Hours", 41)
    two_files.type("b.xlsx", "Ida", "Hours", 2)
    notes = take_back(two_files, number)
    ana = two_files.people("a.xlsx")["Ana"]
    assert (ana["Hours"], "Note" in ana) == (41, False)
    assert two_files.people("a.xlsx")["Ida"]["Hours"] == 2
    assert "People, Ana, Hours: was changed since, and stays as it is." in notes
    assert "People, Ida: was changed since, and stays as it is." in notes


def test_a_header_and_a_setting_are_taken_back_too(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        next(cell for cell in workbook["People"][2] if cell.value == "Hours").value = "Effort"
        workbook["Frame"].cell(3, 3).value = "Grow"
    number = two_files.run().run
    take_back(two_files, number)
    for file in ("a.xlsx", "b.xlsx"):
        assert "Hours" in [cell.value for cell in two_files.sheet(file)[2]]
        assert two_files.sheet(file, "Frame").cell(3, 3).value is None


def test_an_undo_is_a_run_of_its_own_and_can_be_undone(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    first = two_files.run()
    second = undo(two_files.program, two_files.now, first.run)
    assert (second.verb, second.run) == (f"undo of run {first.run}", first.run + 1)
    undo(two_files.program, two_files.now, second.run)
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 40


def test_a_dry_run_tells_and_writes_nothing(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    number = two_files.run().run
    before = two_files.hashes()
    report = undo(two_files.program, two_files.now, number, dry_run=True)
    assert report.notes == (f"Run {number}: 1 change taken back.",)
    assert [it.cells for it in report.written if it.workbook == "team"] == [1, 1]
    assert two_files.hashes() == before


def test_a_run_that_changed_nothing_is_answered_with_those_that_did(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    number = two_files.run().run
    with pytest.raises(UsageError, match="changed nothing") as refused:
        undo(two_files.program, two_files.now, 99)
    assert f"{number} (2026-03-04" in refused.value.do


def test_mails_that_left_are_told(acme: Desk) -> None:
    assert "had left already" in " ".join(undo(acme.program, acme.now, 2, dry_run=True).notes)
