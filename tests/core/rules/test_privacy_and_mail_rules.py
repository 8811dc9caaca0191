"""What protects people and what may be mailed: P001, P002, E001, E102."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.builders import TODAY, program
from core.rules.checking import findings, places
from sheetsync.core.model import Column
from sheetsync.core.records import Observation
from sheetsync.core.settings import MailSettings

MAIL = MailSettings(
    operator="maya@acme.example", org=("all@acme.example",), external=("news@partner.example",)
)
REACHED = {"event": "First pilot", "reached": TODAY}


def test_a_column_that_looks_like_identity_data_is_an_error():
    view = program(group={})
    tabs = tuple(
        replace(tab, column=(*tab.column, Column("extra", "Ethnicity"))) if tab.key == "members" else tab
        for tab in view.books[0].template.tab
    )
    book = replace(view.books[0], template=replace(view.books[0].template, tab=tabs))
    (found,) = findings("P001", replace(view, books=(book,)))
    assert (found.tab, found.column) == ("members", "extra")
    assert "ethnicity" in found.message


def test_a_column_that_people_added_themselves_is_an_error_too():
    seen = Observation("P001", "group", "members", "Age group", place="b.xlsx W2")
    (found,) = findings("P001", program(group={}, observations=[seen]))
    assert found.tab == "members"
    assert found.message == 'The column "Age group" in b.xlsx W2 looks like identity data (age).'


def test_the_templates_as_they_are_hold_no_identity_data():
    assert findings("P001", program({}, {})) == []


def members(**functions: int) -> list[dict[str, str]]:
    names = [name for name, count in functions.items() for _ in range(count)]
    return [{"name": f"Member {number}", "function": name} for number, name in enumerate(names)]


def test_a_breakdown_with_a_small_group_is_hidden():
    assert places("P002", program(group={"members": members(Data=8, Legal=2)})) == [
        ("members", "", "function")
    ]


def test_the_finding_names_neither_the_group_nor_its_size():
    (found,) = findings("P002", program(group={"members": members(Data=8, Legal=2)}))
    assert "Legal" not in found.message
    assert "2" not in found.message


@pytest.mark.parametrize("rows", [members(Data=8, Legal=5), [], [{"name": "Ana"}]])
def test_a_breakdown_of_large_groups_or_of_nothing_hides_nothing(rows):
    assert findings("P002", program(group={"members": rows})) == []


def test_members_who_left_are_not_counted():
    rows = [*members(Data=6), {"name": "Zoe", "function": "Legal", "state": "alumni"}]
    assert findings("P002", program(group={"members": rows})) == []


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"share_with": "org"}, ["approved_by"]),
        ({"share_with": "external"}, ["approved_by"]),
        ({"share_with": "org", "approved_by": "Maya"}, []),
        ({"share_with": "group"}, []),
        ({"share_with": "org", "reached": TODAY + timedelta(days=1)}, []),
        ({"share_with": "org", "reached": None}, []),
        ({"share_with": "org", "sent": TODAY}, []),
        ({}, []),
    ],
)
def test_a_reached_milestone_goes_beyond_the_group_only_with_approval(row, columns):
    view = program({"milestones": [REACHED | row]}, mail=MAIL)
    assert [found.column for found in findings("E001", view)] == columns


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"org": ()}, "no addresses are listed"),
        ({"org": ("all at acme",)}, "is not an e-mail address"),
        ({"allowed_domains": ("partner.example",)}, "outside the domains"),
    ],
)
def test_an_audience_that_cannot_be_mailed_is_told(change, expected):
    row = REACHED | {"share_with": "org", "approved_by": "Maya"}
    (found,) = findings("E001", program({"milestones": [row]}, mail=replace(MAIL, **change)))
    assert expected in found.message
    assert found.column == "share_with"


def test_an_audience_with_somebody_who_opted_out_is_told():
    row = REACHED | {"share_with": "org", "approved_by": "Maya"}
    ana = {"name": "Ana", "email": "ALL@acme.example", "mail": "none"}
    (found,) = findings("E001", program(group={"milestones": [row], "members": [ana]}, mail=MAIL))
    assert "opted out" in found.message


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        ({"mail": "instant"}, True),
        ({"mail": "weekly"}, True),
        ({"mail": "none"}, False),
        ({}, False),
        ({"mail": "weekly", "state": "alumni"}, False),
        ({"mail": "weekly", "email": "ana@acme.example"}, False),
        ({"mail": "weekly", "email": "ana at acme"}, False),  # D002 tells of it
        ({"mail": "weekly", "email": "ana@elsewhere.example"}, True),
        ({"mail": "none", "email": "ana@elsewhere.example"}, False),
    ],
)
def test_a_member_who_wants_mail_needs_an_address_that_may_get_it(row, fires):
    mail = replace(MAIL, allowed_domains=("acme.example",))
    view = program(group={"members": [{"name": "Ana"} | row]}, mail=mail)
    assert places("E001", view) == ([("members", "members1", "email")] if fires else [])


@pytest.mark.parametrize(
    ("days", "row", "fires"),
    [
        (14, {}, True),
        (14, {"share_with": "none"}, True),
        (13, {}, False),
        (14, {"share_with": "group"}, False),
        (14, {"sent": date(2026, 2, 20)}, False),
    ],
)
def test_an_unshared_milestone_is_noticed_after_two_weeks(days, row, fires):
    milestone = {"event": "First pilot", "reached": TODAY - timedelta(days=days)} | row
    assert places("E102", program(group={"milestones": [milestone]})) == (
        [("milestones", "milestones1", "share_with")] if fires else []
    )


def test_a_milestone_without_a_day_is_not_due_for_sharing():
    assert findings("E102", program({"milestones": [{"event": "Some day"}]})) == []
