"""What keeps cells, rows and tabs whole: D001 to D011."""

from datetime import date

import pytest

from core.builders import program
from core.rules.checking import findings, places
from sheetsync.core.records import Observation
from sheetsync.core.values import CellError

ANA, BEN = {"name": "Ana Ruiz"}, {"name": "Ben Li"}


@pytest.mark.parametrize(
    ("code", "cells", "column"),
    [
        ("D001", {"stance_now": "suportive"}, "stance_now"),
        ("D001", {"influence": 9}, "influence"),
        ("D002", {"last_reviewed": "yesterday"}, "last_reviewed"),
        ("D002", {"email": "ana at acme"}, "email"),
        ("D008", {"unit": CellError("#REF!")}, "unit"),
        ("D009", {"last_reviewed": date(1926, 3, 1)}, "last_reviewed"),
        ("D009", {"last_reviewed": date(2206, 3, 1)}, "last_reviewed"),
        ("D010", {"title": "x" * 40_000}, "title"),
    ],
)
def test_a_faulty_cell_is_found_by_the_rule_of_its_kind_alone(code, cells, column):
    view = program({"stakeholders": [ANA | cells]})
    fired = {each for each in ("D001", "D002", "D008", "D009", "D010") if findings(each, view)}
    assert fired == {code}
    assert places(code, view) == [("stakeholders", "stakeholders1", column)]


@pytest.mark.parametrize("code", ["D001", "D002", "D003", "D004", "D005", "D008", "D009", "D010"])
def test_sound_rows_are_left_alone(code):
    ana = {"name": "Ana Ruiz", "email": "ana@acme.example", "stance_now": "neutral", "influence": 4}
    view = program({"stakeholders": [ana | {"last_reviewed": date(2026, 2, 1)}, BEN]}, {"members": [ANA]})
    assert findings(code, view) == []


def test_the_nearest_allowed_value_is_offered():
    (found,) = findings("D001", program({"stakeholders": [ANA | {"stance_now": "suportive"}]}))
    assert '"supportive"' in found.do


def test_a_setting_of_a_form_is_checked_by_the_setting_s_own_type():
    view = program({"program": {"stage": "Bild", "stage_since": "spring"}})
    assert places("D001", view) == [("program", "stage", "value")]
    assert places("D002", view) == [("program", "stage_since", "value")]


def test_what_sheetsync_computes_is_not_checked():
    assert findings("D008", program({"stakeholders": [ANA | {"flags": CellError("#REF!")}]})) == []


@pytest.mark.parametrize(
    ("tab", "row", "column"),
    [
        ("sprints", {"name": "One", "start": date(2026, 3, 9), "end": date(2026, 2, 27)}, "end"),
        (
            "intake",
            {"name": "Ana", "date": date(2026, 3, 1), "delete_after": date(2026, 1, 1)},
            "delete_after",
        ),
    ],
)
def test_an_end_before_its_start_is_told(tab, row, column):
    assert places("D009", program(group={tab: [row]})) == [(tab, f"{tab}1", column)]


def test_a_sprint_of_one_day_is_fine():
    day = date(2026, 3, 1)
    assert findings("D009", program(group={"sprints": [{"name": "One", "start": day, "end": day}]})) == []


def test_a_required_cell_is_missed_only_in_a_row_with_other_content():
    view = program({"stakeholders": [{"unit": "Data"}, {}, {"flags": "M101"}, {"unit": " "}]})
    assert places("D003", view) == [("stakeholders", "stakeholders1", "name")]


@pytest.mark.parametrize("owner", ["Ana Ruiz", "ana  ruiz", None])
def test_a_reference_that_names_one_record_is_fine(owner):
    view = program({"stakeholders": [BEN | {"owner": owner}]}, {"members": [ANA]})
    assert findings("D004", view) == []


def test_a_reference_that_names_nobody_offers_the_nearest_name():
    (found,) = findings("D004", program({"stakeholders": [BEN | {"owner": "Ana Riuz"}]}, {"members": [ANA]}))
    assert found.column == "owner"
    assert found.message == 'Owner: "Ana Riuz" stands nowhere in the tab Members of group.'
    assert '"Ana Ruiz"' in found.do


def test_a_record_without_a_name_cannot_be_named():
    view = program({"stakeholders": [BEN]}, {"members": [ANA, {"email": "somebody@acme.example"}]})
    assert view.labels(view.books[0], "working-group/members") == ("Ana Ruiz",)


def test_a_reference_that_names_two_records_is_told():
    view = program(group={"members": [ANA, ANA], "sprints": [{"name": "One", "lead": "Ana Ruiz"}]})
    (found,) = findings("D004", view)
    assert "names 2 rows" in found.message


def test_each_part_of_several_references_is_checked():
    meeting = {"date": date(2026, 3, 1), "purpose": "Kick-off", "attendees": "Ana Ruiz, Zoe, Ben Li"}
    (found,) = findings("D004", program(group={"members": [ANA, BEN], "meetings": [meeting]}))
    assert '"Zoe"' in found.message


def test_a_reference_that_shows_an_error_value_is_told_as_that_alone():
    view = program({"stakeholders": [BEN | {"owner": CellError("#N/A")}]}, {"members": [ANA]})
    assert findings("D004", view) == []
    assert len(findings("D008", view)) == 1


def test_a_reference_into_a_workbook_the_program_lacks_is_not_checked():
    assert findings("D004", program({"stakeholders": [BEN | {"owner": "Anybody"}]})) == []


def test_a_name_that_differs_in_case_and_blanks_describes_the_same_person():
    view = program({"stakeholders": [ANA, BEN, {"name": "ana  RUIZ"}, {}, {}]})
    assert places("D005", view) == [("stakeholders", "stakeholders3", "")]


def test_the_whole_natural_key_counts():
    rows = [{"name": "Ana", "date": date(2026, 1, day)} for day in (1, 2)]
    assert findings("D005", program(group={"intake": rows})) == []


@pytest.mark.parametrize("code", ["D006", "D007", "D011"])
def test_what_reading_noticed_is_reported_where_it_was_seen(code):
    seen = [
        Observation(code, "map", "stakeholders", "Seen here.", "Do this.", "stakeholders1", "unit"),
        Observation(code, "map", "approach", "Seen there."),
        Observation(code, "other", "approach", "Seen in another workbook."),
        Observation("D000", "map", "approach", "Another kind."),
    ]
    first, second = findings(code, program({"stakeholders": [ANA]}, observations=seen))
    assert (first.row_id, first.column, first.message, first.do) == (
        "stakeholders1",
        "unit",
        "Seen here.",
        "Do this.",
    )
    assert (second.tab, second.row_id, second.message) == ("approach", "", "Seen there.")
    assert second.do


@pytest.mark.parametrize("code", ["D006", "D007", "D011"])
def test_nothing_noticed_is_nothing_to_report(code):
    assert findings(code, program({"stakeholders": [ANA]}, {"members": [ANA]})) == []
