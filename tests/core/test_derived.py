"""The computed columns: hours planned, units absent and flags."""

from __future__ import annotations

from datetime import date

import pytest

from core.builders import program
from sheetsync.core.derived import derive, hours_planned, units_absent
from sheetsync.core.records import View
from sheetsync.core.rules.registry import WARNING, Finding
from sheetsync.core.settings import Settings


def action(owner: str, **values: object) -> dict[str, object]:
    return {"kind": "action", "text": "Do it", "owner": owner, **values}


def planned(view: View) -> list[float]:
    (book,) = view.books
    return [hours_planned(view, book, member) for member in book.records("members")]


def test_hours_planned_add_up_the_open_actions_a_member_owns():
    log = [
        action("Ana", hours=2.5),
        action(" ana ", hours=1, state="open"),
        action("Ana", hours=8, state="done"),
        action("Ana", hours=8, state="dropped"),
        {"kind": "idea", "text": "More", "owner": "Ana", "hours": 8},
        action("Nobody", hours=8),
    ]
    view = program(group={"members": [{"name": "Ana"}, {"name": "Bo"}], "log": log})
    assert planned(view) == [3.5, 0]


def test_an_action_without_an_estimate_counts_the_program_s_hours():
    group = {"members": [{"name": "Ana"}], "log": [action("Ana"), action("Ana", hours=0)]}
    assert planned(program(group=group)) == [1]
    assert planned(program(group=group, settings=Settings(hours_when_blank=3))) == [3]


def test_hours_of_a_name_two_members_share_count_for_neither():
    group = {"members": [{"name": "Ana"}, {"name": "ana"}], "log": [action("Ana", hours=2)]}
    assert planned(program(group=group)) == [0, 0]


MEMBERS = [
    {"name": "Ana", "unit": "Data"},
    {"name": "Bo", "unit": "legal"},
    {"name": "Cy", "unit": "Sales", "state": "alumni"},
    {"name": "Di"},
]


@pytest.mark.parametrize(
    ("attendees", "absent"),
    [
        ("Ana", ("Claims", "Legal")),
        ("Ana, Bo", ("Claims",)),
        ("Di, Stranger", ("Claims", "Legal", "Data")),
        ("", ()),
    ],
)
def test_units_absent_are_host_units_and_active_members_units_nobody_came_from(attendees, absent):
    meeting = {"date": date(2026, 3, 1), "purpose": "Plan", "attendees": attendees}
    view = program({"program": {"host_units": "Claims; Legal"}}, {"members": MEMBERS, "meetings": [meeting]})
    group = view.books[1]
    assert units_absent(view, group, group.records("meetings")[0]) == absent


def flag(code: str, tab: str, row_id: str, *, private: bool = False) -> Finding:
    workbook = "map" if tab == "stakeholders" else "group"
    return Finding(code, WARNING, workbook, tab, row_id, "", "What", "Do", private)


def test_every_computed_cell_is_derived():
    view = program(
        {
            "stakeholders": [{"name": "Ana"}],
            "approach": [{"stakeholder": "Ana"}],
            "milestones": [{"event": "One"}],
        },
        {
            "members": [{"name": "Bo", "unit": "Data"}, {"name": "Cy"}],
            "log": [action("Bo", hours=0.1), action("Bo", hours=0.2)],
            "meetings": [{"purpose": "Plan", "attendees": "Cy"}],
        },
    )
    findings = [
        flag("M102", "stakeholders", "stakeholders1"),
        flag("D001", "stakeholders", "stakeholders1"),
        flag("M102", "stakeholders", "stakeholders1"),
        flag("G201", "members", "members1"),
        flag("G401", "members", "members2", private=True),
        flag("G103", "members", ""),
    ]
    assert derive(view, findings) == {
        ("map", "stakeholders", "stakeholders1"): {"flags": "D001, M102"},
        ("group", "members", "members1"): {"flags": "G201", "hours_planned": 0.3},
        ("group", "members", "members2"): {"flags": None, "hours_planned": 0},
        ("group", "meetings", "meetings1"): {"units_absent": "Data"},
    }
