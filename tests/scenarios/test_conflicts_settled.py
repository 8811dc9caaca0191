"""Conflicts are settled where people work, and a choice is written everywhere in the next pass."""

from __future__ import annotations

import shutil

import pytest

from scenarios.desk import Desk
from sheetsync.core.status.conflicts import CHOICE_COLUMN, CODE_COLUMN
from sheetsync.errors import UsageError
from sheetsync.verbs.conflicts import list_conflicts, named, place_of, resolve


@pytest.fixture
def torn(two_files: Desk) -> Desk:
    """a.xlsx says that Ana has 7 hours, b.xlsx says 8; both have seen it in their Conflicts tab."""
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    assert two_files.run().exit_code() == 1
    return two_files


def choose(desk: Desk, file: str, text: str) -> None:
    with desk.at(file) as workbook:
        workbook["Conflicts"].cell(6, CHOICE_COLUMN).value = text


def hours(desk: Desk) -> list[object]:
    return [desk.people(file)["Ana"]["Hours"] for file in ("a.xlsx", "b.xlsx")]


def test_a_conflict_shows_up_with_every_value_and_a_cell_to_choose_in(torn: Desk) -> None:
    for file in ("a.xlsx", "b.xlsx"):
        assert "Conflicts" in torn.shown(file)
        sheet = torn.sheet(file, "Conflicts")
        assert [sheet.cell(5, column).value for column in range(9, 12)] == ["Your choice", "a.xlsx", "b.xlsx"]
        assert [sheet.cell(6, column).value for column in range(3, 12)] == [
            "People",
            "Ana",
            "Hours",
            sheet.cell(6, 6).value,
            sheet.cell(6, 7).value,
            None,
            None,
            "7",
            "8",
        ]
        (offer,) = sheet.data_validations.dataValidation
        assert (offer.formula1, str(offer.sqref).split(":")[0]) == ("$J6:$Q6", "I6")
        assert not offer.showErrorMessage


@pytest.mark.parametrize(
    ("file", "text", "value"), [("a.xlsx", "7", 7), ("b.xlsx", "7", 7), ("a.xlsx", "7.5", 7.5)]
)
def test_a_choice_in_either_copy_counts_in_both_and_its_line_is_gone(
    torn: Desk, file: str, text: str, value: float
) -> None:
    choose(torn, file, text)
    report = torn.run()
    assert (report.exit_code(), report.conflicts) == (0, ())
    assert f'People, Ana, Hours: settled as "{value}", as chosen in {file}.' in report.notes
    assert hours(torn) == [value, value]
    assert "Conflicts" not in torn.shown("a.xlsx")
    assert torn.sheet("a.xlsx", "Conflicts").cell(6, CODE_COLUMN).value is None
    assert not any(it.tabs for it in torn.run().written), "nothing is left to write"


def test_a_conflict_that_people_end_by_typing_alike_is_told_once(torn: Desk) -> None:
    torn.type("b.xlsx", "Ana", "Hours", 7)
    assert 'People, Ana, Hours: settled as "7": the copies agree now.' in torn.run().notes
    assert not any("settled" in note for note in torn.run().notes)


def test_choices_that_differ_leave_all_as_it_is_and_say_so_in_both(torn: Desk) -> None:
    choose(torn, "a.xlsx", "7")
    choose(torn, "b.xlsx", "8")
    report = torn.run()
    assert hours(torn) == [7, 8]
    assert report.conflicts[0].remark == (
        "Different choices were made. a.xlsx: 7. b.xlsx: 8. Leave one of them."
    )
    for file, text in (("a.xlsx", "7"), ("b.xlsx", "8")):
        sheet = torn.sheet(file, "Conflicts")
        assert sheet.cell(6, CHOICE_COLUMN - 1).value == report.conflicts[0].remark
        assert sheet.cell(6, CHOICE_COLUMN).value == text
    assert not any(it.tabs for it in torn.run().written)
    choose(torn, "b.xlsx", "")
    torn.run()
    assert hours(torn) == [7, 7]


def test_a_choice_does_not_count_for_a_value_nobody_saw_when_it_was_made(torn: Desk) -> None:
    choose(torn, "a.xlsx", "7")
    torn.type("b.xlsx", "Ana", "Hours", 9)
    report = torn.run()
    assert hours(torn) == [7, 9]
    assert report.conflicts[0].opinions == {"a.xlsx": 7, "b.xlsx": 9}
    assert torn.sheet("a.xlsx", "Conflicts").cell(6, CHOICE_COLUMN).value is None


def test_an_older_file_in_the_place_of_a_copy_takes_back_nothing_that_copy_said(two_files: Desk) -> None:
    old = two_files.save_copy("a.xlsx")
    two_files.type("b.xlsx", "Bo", "Note", "so that a.xlsx is written")
    two_files.settle()
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    two_files.run()
    shutil.copyfile(old, two_files.path("a.xlsx"))
    two_files.run()
    (conflict,) = list_conflicts(two_files.program, two_files.now).conflicts
    assert set(conflict.opinions.values()) == {7, 8}
    resolve(two_files.program, two_files.now, conflict.code, text="7")
    two_files.settle()
    assert hours(two_files) == [7, 7]


def test_a_copy_that_is_open_gets_the_choice_when_it_is_closed(torn: Desk) -> None:
    choose(torn, "a.xlsx", "7")
    torn.path("~$b.xlsx").touch()
    torn.run()
    assert hours(torn) == [7, 8]
    torn.path("~$b.xlsx").unlink()
    assert torn.run().conflicts == ()
    assert hours(torn) == [7, 7]


def test_a_choice_binds_no_copy_once_people_agreed_on_something_else(torn: Desk) -> None:
    choose(torn, "a.xlsx", "7")
    torn.path("~$b.xlsx").touch()
    torn.run()
    torn.type("a.xlsx", "Ana", "Hours", 9)
    torn.run()
    torn.path("~$b.xlsx").unlink()
    (held,) = torn.run().conflicts
    assert sorted(map(str, held.opinions.values())) == ["8", "9"]
    assert hours(torn) == [9, 8], "whoever chose 7 said nothing about 9"


def test_the_same_disagreement_typed_again_later_is_a_new_one(torn: Desk) -> None:
    choose(torn, "a.xlsx", "7")
    torn.run()
    torn.type("b.xlsx", "Ana", "Hours", 5)
    torn.settle()
    torn.type("a.xlsx", "Ana", "Hours", 7)
    torn.type("b.xlsx", "Ana", "Hours", 8)
    (held,) = torn.run().conflicts
    assert held.opinions == {"a.xlsx": 7, "b.xlsx": 8}
    assert hours(torn) == [7, 8]


def test_a_header_and_a_setting_are_settled_alike(two_files: Desk) -> None:
    for file, word, goal in (("a.xlsx", "Effort", "Grow"), ("b.xlsx", "Time", "Shrink")):
        with two_files.at(file) as workbook:
            header = next(cell for cell in workbook["People"][2] if cell.value == "Hours")
            header.value = word
            workbook["Frame"].cell(3, 3).value = goal
    two_files.run()
    with two_files.at("a.xlsx") as workbook:
        workbook["Conflicts"].cell(6, CHOICE_COLUMN).value = "Shrink"
        workbook["Conflicts"].cell(7, CHOICE_COLUMN).value = "Hours"
    assert two_files.run().conflicts == ()
    for file in ("a.xlsx", "b.xlsx"):
        assert two_files.sheet(file, "Frame").cell(3, 3).value == "Shrink"
        assert "Hours" in [cell.value for cell in two_files.sheet(file)[2]]
    two_files.settle()


def test_a_header_that_says_in_all_copies_what_the_template_says_is_settled_as_that(two_files: Desk) -> None:
    def call(file: str, word: str) -> None:
        with two_files.at(file) as workbook:
            next(
                cell for cell in workbook["People"][2] if cell.value in ("Hours", "Time", "Effort")
            ).value = word

    call("a.xlsx", "Effort")
    call("b.xlsx", "Time")
    assert len(two_files.run().conflicts) == 1
    call("a.xlsx", "Hours")
    call("b.xlsx", "Hours")
    assert 'People, header, Hours: settled as "Hours": the copies agree now.' in two_files.run().notes


def test_a_header_cannot_be_settled_as_that_of_another_column(two_files: Desk) -> None:
    for file, word in (("a.xlsx", "Effort"), ("b.xlsx", "Time")):
        with two_files.at(file) as workbook:
            next(cell for cell in workbook["People"][2] if cell.value == "Hours").value = word
    (held,) = two_files.run().conflicts
    report = resolve(two_files.program, two_files.now, held.code, text="Email")
    assert report.conflicts[0].remark == "Another column is called so, or none can be: choose another word."
    assert [list(map(str, (it.value for it in two_files.sheet("a.xlsx")[2]))).count("Email")] == [1]


def test_while_a_copy_says_something_of_its_own_nothing_is_settled(torn: Desk) -> None:
    torn.type("a.xlsx", "Ana", "Hours", 3)
    torn.type("b.xlsx", "Ana", "Hours", "lots")
    assert not any("settled" in note for note in torn.run().notes)


def test_while_one_of_two_workbooks_that_disagree_is_away_their_conflict_goes_on(acme: Desk) -> None:
    step = linked_step(acme)
    change(acme, "Stakeholder Map.xlsx", "Approach", step, "said in the map")
    change(acme, "Working Group.xlsx", "Log", step, "said in the group")
    (held,) = acme.run().conflicts
    acme.path("~$Working Group.xlsx").touch()
    report = acme.run()
    assert [(it.code, it.since) for it in report.conflicts] == [(held.code, held.since)]
    assert not any("settled" in note for note in report.notes)
    acme.path("~$Working Group.xlsx").unlink()
    assert [(it.code, it.since) for it in acme.run().conflicts] == [(held.code, held.since)]


def linked_step(acme: Desk) -> object:
    """A next step of the map that is an action in the group's log."""
    sheet = acme.sheet("Working Group.xlsx", "Log")
    linked = {str(row[3].value) for row in sheet.iter_rows(min_row=3)}
    return next(
        it.value
        for row in acme.sheet("Stakeholder Map.xlsx", "Approach").iter_rows(min_row=3)
        for it in row
        if str(it.value) in linked and it.value
    )


def test_two_workbooks_that_disagree_are_settled_too(acme: Desk) -> None:
    step = linked_step(acme)
    change(acme, "Stakeholder Map.xlsx", "Approach", step, "said in the map")
    change(acme, "Working Group.xlsx", "Log", step, "said in the group")
    (held,) = acme.run().conflicts
    resolve(acme.program, acme.now, held.code, text="said by both")
    for file, tab in (("Stakeholder Map.xlsx", "Approach"), ("Working Group.xlsx", "Log")):
        assert "said by both" in acme.texts(file, tab)
    acme.settle()


def change(desk: Desk, file: str, tab: str, old: object, new: str) -> None:
    with desk.at(file) as workbook:
        next(it for row in workbook[tab].iter_rows(min_row=3) for it in row if it.value == old).value = new


def test_a_conflict_is_settled_by_its_code_and_a_part_of_the_place(torn: Desk) -> None:
    (held,) = list_conflicts(torn.program, torn.now).conflicts
    assert named(list_conflicts(torn.program, torn.now), held.code[:3]) == held
    resolve(torn.program, torn.now, held.code, place=place_of(held, "B."))
    assert hours(torn) == [8, 8]


def test_a_command_counts_whatever_was_chosen_in_the_tabs_before(torn: Desk) -> None:
    choose(torn, "a.xlsx", "lots")
    choose(torn, "b.xlsx", "8")
    (held,) = torn.run().conflicts
    assert held.remark
    assert resolve(torn.program, torn.now, held.code, place="a.xlsx").conflicts == ()
    assert hours(torn) == [7, 7]
    assert torn.run().conflicts == ()


def test_a_code_or_a_place_that_is_not_there_is_told_with_those_that_are(torn: Desk) -> None:
    found = list_conflicts(torn.program, torn.now)
    with pytest.raises(UsageError, match=f"Open conflicts: {found.conflicts[0].code}"):
        named(found, "nothing")
    with pytest.raises(UsageError, match=r"Name one of: a.xlsx, b.xlsx"):
        place_of(found.conflicts[0], "xlsx")
