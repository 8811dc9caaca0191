"""An undo takes back what a run changed, in every copy, and leaves alone what people changed since."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from scenarios.desk import Desk, headers, last_row
from sheetsync.errors import UsageError
from sheetsync.verbs.conflicts import list_conflicts, resolve
from sheetsync.verbs.forget import forget
from sheetsync.verbs.log import Wanted, read_log
from sheetsync.verbs.runs import list_runs
from sheetsync.verbs.undo import undo

_LINKED = (("Stakeholder Map.xlsx", "Approach"), ("Working Group.xlsx", "Log"))
_STEP = {"Stakeholder": "Marcus Bell", "Next step": "Call the works council", "Due": datetime(2026, 3, 20)}


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


def test_a_row_with_a_value_that_may_not_cross_stays_and_the_reason_is_told(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ines", Hours="lukewarm")
    number = two_files.run().run
    told = undo(two_files.program, two_files.now, number).notes
    assert "People, Ines: has a value that is not agreed on, and stays as it is." in told


def test_a_header_and_a_setting_are_taken_back_too(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        next(cell for cell in workbook["People"][2] if cell.value == "Hours").value = "Effort"
        workbook["Frame"].cell(3, 3).value = "Grow"
    number = two_files.run().run
    take_back(two_files, number)
    for file in ("a.xlsx", "b.xlsx"):
        assert "Hours" in [cell.value for cell in two_files.sheet(file)[2]]
        assert two_files.sheet(file, "Frame").cell(3, 3).value is None


def test_settings_that_the_first_run_found_are_emptied_and_their_rows_stay(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["Frame"].cell(3, 3).value = "Grow"
    two_files.run()
    before = two_files.sheet("a.xlsx", "Frame").cell(3, 2).value
    first = undo(two_files.program, two_files.now, 1)
    assert "Frame" not in " ".join(first.notes), "the first run found the settings empty"
    assert two_files.people("a.xlsx") == {}
    assert two_files.sheet("a.xlsx", "Frame").cell(3, 2).value == before
    assert two_files.sheet("b.xlsx", "Frame").cell(3, 3).value == "Grow"
    undo(two_files.program, two_files.now, first.run)
    assert len(two_files.people("b.xlsx")) == 8


def test_an_undo_twice_says_that_nothing_is_left(two_files: Desk) -> None:
    two_files.remove("a.xlsx", "Bo")
    number = two_files.run().run
    take_back(two_files, number)
    assert take_back(two_files, number) == (f"Run {number}: nothing of it is left to take back.",)


def test_an_undo_of_a_settlement_leaves_the_cell_as_it_was_before_anybody_disagreed(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    (held,) = two_files.run().conflicts
    number = resolve(two_files.program, two_files.now, held.code, place="b.xlsx").run
    take_back(two_files, number)
    assert two_files.people("a.xlsx")["Ana"]["Hours"] == 3
    assert list_conflicts(two_files.program, two_files.now).conflicts == ()
    told = {it.new for it in read_log(two_files.program, Wanted(record="Ana", column="Hours"))}
    assert {7, 8} <= told


def test_a_copy_that_is_open_is_taken_back_when_it_is_closed(two_files: Desk) -> None:
    two_files.add("b.xlsx", Name="Ida")
    number = two_files.run().run
    two_files.path("~$b.xlsx").touch()
    undo(two_files.program, two_files.now, number)
    assert ("Ida" in two_files.people("a.xlsx"), "Ida" in two_files.people("b.xlsx")) == (False, True)
    two_files.path("~$b.xlsx").unlink()
    two_files.settle()
    assert "Ida" not in two_files.people("b.xlsx")


def test_an_edit_that_no_run_has_seen_yet_is_not_lost_to_an_undo(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "one")
    number = two_files.run().run
    two_files.type("b.xlsx", "Ana", "Note", "two")
    notes = take_back(two_files, number)
    assert "People, Ana, Note: was changed since, and stays as it is." in notes
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "two"


def test_a_run_that_made_actions_of_next_steps_is_taken_back_in_both_workbooks(acme: Desk) -> None:
    acme.settle(passes=4)
    before = {file: acme.texts(file, tab)[1:] for file, tab in _LINKED}
    with acme.at("Stakeholder Map.xlsx") as workbook:
        sheet = workbook["Approach"]
        columns, row = headers(sheet), last_row(sheet) + 1
        for header, value in _STEP.items():
            sheet.cell(row, columns[header]).value = value
    number = acme.run().run
    assert "Call the works council" in acme.texts("Working Group.xlsx", "Log")
    second = undo(acme.program, acme.now, number).run
    acme.settle(passes=4)
    assert {file: acme.texts(file, tab)[1:] for file, tab in _LINKED} == before
    undo(acme.program, acme.now, second)
    for file, tab in _LINKED:
        assert "Call the works council" in acme.texts(file, tab)


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
    assert report.notes == (
        "People, Ana, Hours (a.xlsx E3): 40 -> 3",
        f"Run {number}: 1 change would be taken back.",
    )
    assert [it.cells for it in report.written if it.workbook == "team"] == [1, 1]
    assert two_files.hashes() == before


def test_a_dry_run_names_the_rows_that_would_go_and_come_back_and_what_stays(two_files: Desk) -> None:
    two_files.remove("a.xlsx", "Bo")
    two_files.add("a.xlsx", Name="Ida")
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    number = two_files.run().run
    two_files.type("b.xlsx", "Ana", "Hours", 41)
    notes = undo(two_files.program, two_files.now, number, dry_run=True).notes
    stays = "People, Ana, Hours: was changed since, and stays as it is."
    assert {"People, Bo: comes back", "People, Ida: goes", stays} <= set(notes)


def test_a_dry_run_of_the_first_run_names_settings_too(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["Frame"].cell(3, 3).value = "Grow"
    number = two_files.run().run
    for run, wanted in ((number, "Frame, Goal (a.xlsx C3): Grow -> (empty)"), (1, "People, Ana: goes")):
        assert wanted in undo(two_files.program, two_files.now, run, dry_run=True).notes


def test_each_run_of_the_sample_program_can_be_looked_at(acme: Desk) -> None:
    for run in (1, 2):
        notes = undo(acme.program, acme.now, run, dry_run=True).notes
        named = [it for it in notes if re.search(r" -> |: (goes|comes back)$", it)]
        assert f"Run {run}: {len(named)} changes would be taken back." in notes


def test_a_run_that_forgot_somebody_cannot_be_taken_back_and_is_not_offered(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo")
    number = two_files.run().run
    forget(two_files.program, two_files.now, "Cleo")
    with pytest.raises(UsageError, match=f"Run {number + 1} forgot somebody") as refused:
        undo(two_files.program, two_files.now, number + 1)
    assert refused.value.exit_code == 2
    assert f"{number} (" in refused.value.do
    assert f"{number + 1} (" not in refused.value.do
    assert "forget" in {it.verb for it in list_runs(two_files.program, 1)}


def test_what_people_typed_since_stays_though_it_is_what_the_run_had_made_of_it(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    two_files.add("a.xlsx", Name="Ida", Hours=1)
    number = two_files.run().run
    for hours, ida in ((41, 2), (40, 1)):
        two_files.type("b.xlsx", "Ana", "Hours", hours)
        two_files.type("b.xlsx", "Ida", "Hours", ida)
        two_files.run()
    notes = take_back(two_files, number)
    people = two_files.people("a.xlsx")
    assert (people["Ana"]["Hours"], people["Ida"]["Hours"]) == (40, 1)
    assert "People, Ana, Hours: was changed since, and stays as it is." in notes
    assert "People, Ida: was changed since, and stays as it is." in notes


def test_what_a_later_undo_brought_back_can_be_taken_back(two_files: Desk) -> None:
    before = two_files.people("a.xlsx")["Ana"].get("Hours")
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    first = two_files.run().run
    two_files.type("a.xlsx", "Ana", "Hours", 41)
    second = two_files.run().run
    take_back(two_files, second)
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 40
    take_back(two_files, first)
    assert two_files.people("b.xlsx")["Ana"].get("Hours") == before


def test_what_was_forgotten_since_is_not_written_by_the_undo_of_another_run(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "Cleo")
    two_files.type("a.xlsx", "Bo", "Note", "Dov")
    two_files.type("a.xlsx", "Eli", "Note", "ask Cleo")
    two_files.run()
    two_files.type("a.xlsx", "Ana", "Note", "Dov")
    two_files.type("a.xlsx", "Bo", "Note", "Cleo")
    two_files.type("a.xlsx", "Eli", "Note", "ask nobody")
    number = two_files.run().run
    forget(two_files.program, two_files.now, "Cleo")
    notes = take_back(two_files, number)
    people = two_files.people("a.xlsx")
    assert {who: people[who].get("Note") for who in ("Ana", "Bo", "Eli")} == {
        "Ana": "Dov",
        "Bo": "Dov",
        "Eli": "ask (removed)",
    }
    assert "People, Ana, Note: what stood there was forgotten; it stays as it is." in notes


def test_a_run_that_changed_nothing_or_never_was_is_answered_with_those_that_did(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 40)
    number = two_files.run().run
    quiet = two_files.run().run
    for asked, why in ((quiet, "changed nothing"), (99, "There is no run 99")):
        with pytest.raises(UsageError, match=why) as refused:
            undo(two_files.program, two_files.now, asked)
        assert f"{number} (2026-03-04" in refused.value.do


def test_mails_that_left_are_told(acme: Desk) -> None:
    assert "had left already" in " ".join(undo(acme.program, acme.now, 2, dry_run=True).notes)
