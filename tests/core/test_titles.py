"""What titles, units and team types tell about a stakeholder's work."""

from __future__ import annotations

import pytest

from sheetsync.core.records import Record
from sheetsync.core.titles import is_cto, recruits_students, runs_technical_work


def stakeholder(title: str = "", unit: str = "", team_type: str = "") -> Record:
    return Record("s1", {"title": title, "unit": unit, "team_type": team_type})


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CTO", True),
        ("Chief Technology Officer, Europe", True),
        ("Assistant to the CTO", False),
        ("Director of Technology", False),
    ],
)
def test_the_cto_is_told_by_title(title, expected):
    assert is_cto(stakeholder(title)) is expected


@pytest.mark.parametrize(
    ("title", "unit", "team_type", "expected"),
    [
        ("Head of Campus Recruiting", "", "", True),
        ("Lead", "College programs", "Recruiting managers", True),
        ("Lead", "University partnerships", "Marketing", False),
        ("Recruiter", "Engineering", "Recruiting managers", False),
    ],
)
def test_college_recruiting_is_both_students_and_recruiting(title, unit, team_type, expected):
    assert recruits_students(stakeholder(title, unit, team_type)) is expected


@pytest.mark.parametrize(
    ("unit", "team_type", "expected"),
    [
        ("Claims", "Technical managers", True),
        ("Data Platform", "", True),
        ("Business Operations", "", True),
        ("People Operations", "HR / people ops", False),
        ("Finance", "C-suite", False),
    ],
)
def test_technical_work_is_engineering_data_and_operations_but_not_people_operations(
    unit, team_type, expected
):
    assert runs_technical_work(stakeholder("", unit, team_type)) is expected
