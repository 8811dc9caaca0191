"""Who is in the group, who carries the work, and the group's rhythm: G101 to G501."""

from datetime import timedelta

import pytest

from core.builders import TODAY, program
from core.rules.checking import findings, places


def ago(days):
    return TODAY - timedelta(days=days)


def group(*members, map_=None, **tabs):
    """A group with these members (named A, B, C ... in order) and other tabs."""
    named = [{"name": chr(ord("A") + number)} | row for number, row in enumerate(members)]
    return program(map_, {"members": named} | tabs)


GONE = {"state": "alumni"}


@pytest.mark.parametrize(
    ("members", "hosts", "lacking"),
    [
        ([{"unit": "data"}], "Data, Platform", ["Platform"]),
        ([{"unit": "Data"} | GONE], "Data", ["Data"]),
        ([{"unit": "Data"}], "Data", []),
        ([{"unit": "Data"}], None, []),
    ],
)
def test_each_host_unit_has_an_active_member(members, hosts, lacking):
    messages = [
        found.message for found in findings("G101", group(*members, map_={"program": {"host_units": hosts}}))
    ]
    assert messages == [f'The host unit "{unit}" has no active member.' for unit in lacking]


HR_EARLY = {"name": "Zoe", "team_type": "HR / people ops", "title": "Early careers manager"}
RAN_ONE = {
    "stakeholders": [{"name": "Zoe", "team_type": "HR / people ops"}],
    "approach": [{"stakeholder": "zoe", "similar_programme": "internship"}],
}


@pytest.mark.parametrize(
    ("member", "map_", "fires"),
    [
        ({}, {"stakeholders": [HR_EARLY]}, True),
        ({"early_career": "no"}, RAN_ONE, True),
        ({"early_career": "yes"}, RAN_ONE, False),
        ({}, {"stakeholders": [HR_EARLY | {"title": "Benefits manager"}]}, False),
        ({}, {"stakeholders": [HR_EARLY | {"team_type": "Marketing"}]}, False),
        ({}, None, False),
    ],
)
def test_an_early_career_team_that_exists_belongs_in_the_group(member, map_, fires):
    assert places("G102", group(member, map_=map_)) == ([("members", "", "early_career")] if fires else [])


@pytest.mark.parametrize(
    ("functions", "fires"),
    [
        (["Data", "data ", "Data", "Legal"], True),
        (["Data", "Data", "Data", "Legal", "HR"], False),
        (["Data", "Data", "Data"], False),
        (["Data", "Data", "Data", None], False),
    ],
)
def test_a_group_of_four_or_more_is_not_all_of_one_kind(functions, fires):
    view = group(*({"function": function} for function in functions))
    assert places("G103", view) == ([("members", "", "function")] if fires else [])


@pytest.mark.parametrize(
    ("sprint", "fires"),
    [
        ({"start": ago(3)}, True),
        ({}, True),
        ({"start": TODAY + timedelta(days=3)}, False),
        ({"start": ago(3), "voice_included_how": "Two review sessions"}, False),
    ],
)
def test_a_sprint_says_how_those_it_is_for_were_heard(sprint, fires):
    view = group(sprints=[{"name": "One"} | sprint])
    assert places("G104", view) == ([("sprints", "sprints1", "voice_included_how")] if fires else [])


ALL_ROLES = "Planning, Communications, External partners, Research, Connector"


def test_a_role_without_holder_or_backup_is_open():
    view = group(
        {"roles": "Planning, Communications, External partners, Connector"}, {"backup_for": ALL_ROLES}
    )
    assert [found.message for found in findings("G105", view)] == ['Nobody holds the role "Research".']
    view = group({"roles": ALL_ROLES}, {"backup_for": "planning, research, connector, communications"})
    assert [found.message for found in findings("G105", view)] == [
        'Nobody is backup for the role "External partners".'
    ]


@pytest.mark.parametrize("members", [[], [{"roles": ALL_ROLES, "backup_for": ALL_ROLES}]])
def test_roles_are_not_asked_of_nobody_nor_of_a_full_set(members):
    assert findings("G105", group(*members)) == []


@pytest.mark.parametrize(
    ("channel", "fires"), [(None, True), ("https://chat.acme.example/x", False), ("#pilot", False)]
)
def test_a_group_has_a_shared_channel(channel, fires):
    view = program({"program": {"channel_url": channel}})
    assert places("G106", view) == ([("program", "channel_url", "value")] if fires else [])


@pytest.mark.parametrize(
    ("members", "fires"), [([{}], True), ([{}, GONE], True), ([{}, {}], False), ([], False), ([GONE], False)]
)
def test_one_active_member_is_to_invite_one_more(members, fires):
    assert places("G107", group(*members)) == ([("members", "members1", "")] if fires else [])


def open_actions(*owners, **cells):
    return [
        {"kind": "action", "text": f"Do {number}", "owner": owner} | cells
        for number, owner in enumerate(owners)
    ]


@pytest.mark.parametrize(
    ("offered", "cells", "fires"),
    [
        (4, {"hours": 2.5}, True),
        (5, {"hours": 2.5}, False),
        (1, {}, True),
        (2, {}, False),
        (None, {"hours": 50}, False),
        (1, {"hours": 9, "state": "done"}, False),
        (1, {"hours": 9, "kind": "idea"}, False),
    ],
)
def test_open_hours_stay_within_the_hours_offered(offered, cells, fires):
    view = group({"hours_offered": offered}, log=open_actions("A", "a", **cells))
    assert places("G201", view) == ([("members", "members1", "hours_offered")] if fires else [])


@pytest.mark.parametrize(
    ("owners", "fires"),
    [("AAABC", True), ("AABCD", False), ("AAAB", False), ("AAABBBCCDD", False), ("", False)],
)
def test_no_owner_holds_over_two_fifths_of_five_open_actions(owners, fires):
    view = group({}, {}, {}, {}, log=open_actions(*owners))
    assert places("G202", view) == ([("members", "members1", "")] if fires else [])


@pytest.mark.parametrize(
    ("first", "owners", "fires"),
    [
        ({"function": "DEIB"}, "AAB", True),
        ({"unit": "Women in Tech ERG"}, "AAB", True),
        ({"function": "DEIB"}, "AB", False),
        ({"function": "DEIB"}, "A", False),
        ({"unit": "Energy"}, "AAB", False),
    ],
)
def test_deib_and_erg_members_do_not_carry_most_of_the_actions(first, owners, fires):
    found = findings("G203", group(first, {}, log=open_actions(*owners)))
    assert len(found) == fires
    assert all(each.row_id == "" and "workload" in each.message for each in found)


def sprint(**cells):
    return group(sprints=[{"name": "One"} | cells])


@pytest.mark.parametrize(
    ("cells", "fires"),
    [
        ({"end": ago(3)}, True),
        ({"end": ago(2)}, False),
        ({"end": ago(9), "retro_on": ago(1)}, False),
        ({"end": ago(9), "retro_minutes": 30}, False),
        ({}, False),
    ],
)
def test_a_sprint_that_ended_three_days_ago_had_a_retro(cells, fires):
    assert places("G301", sprint(**cells)) == ([("sprints", "sprints1", "retro_on")] if fires else [])


def test_a_missing_retro_says_how_long_the_sprint_is_over():
    assert findings("G301", sprint(end=ago(5)))[0].message == "The sprint ended 5 days ago without a retro."


@pytest.mark.parametrize(
    ("minutes", "fires"), [(19, True), (46, True), (20, False), (45, False), (None, False)]
)
def test_a_retro_takes_20_to_45_minutes(minutes, fires):
    assert places("G302", sprint(retro_minutes=minutes)) == (
        [("sprints", "sprints1", "retro_minutes")] if fires else []
    )


@pytest.mark.parametrize(
    ("days", "log", "fires"),
    [(1, [], True), (1, [{"sprint": "one"}], False), (1, [{"sprint": "Two"}], True), (0, [], False)],
)
def test_a_closed_sprint_left_something_in_the_log(days, log, fires):
    view = group(sprints=[{"name": "One", "end": ago(days)}], log=log)
    assert places("G303", view) == ([("sprints", "sprints1", "")] if fires else [])


@pytest.mark.parametrize(
    ("days", "form", "log", "fires"),
    [
        (1, "group", [], True),
        (1, "group", [{"meeting": f"{ago(1)} Kick-off"}], False),
        (1, "social", [], False),
        (0, "group", [], False),
    ],
)
def test_a_closed_meeting_left_something_in_the_log_unless_it_was_social(days, form, log, fires):
    view = group(meetings=[{"date": ago(days), "purpose": "Kick-off", "format": form}], log=log)
    assert places("G303", view) == ([("meetings", "meetings1", "")] if fires else [])


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"kind": "action"}, ["owner", "due"]),
        ({"kind": "action", "owner": "A"}, ["due"]),
        ({"kind": "action", "owner": "A", "due": TODAY}, []),
        ({"kind": "action", "state": "done"}, []),
        ({"kind": "idea"}, []),
    ],
)
def test_an_open_action_has_an_owner_and_a_day(row, columns):
    assert [found.column for found in findings("G304", group(log=[row]))] == columns


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        ({"date": ago(30)}, True),
        ({"date": ago(29)}, False),
        ({"date": ago(90), "state": "done"}, False),
        ({"date": ago(90), "kind": "idea"}, False),
        ({}, False),
    ],
)
def test_a_question_does_not_stay_open_for_30_days(row, fires):
    view = group(log=[{"kind": "question"} | row])
    assert places("G305", view) == ([("log", "log1", "state")] if fires else [])


@pytest.mark.parametrize(
    ("formats", "fires"),
    [
        (["social", "group", "group", "group", "group"], True),
        (["group", "group", "group", "social"], False),
        (["group", "group", "group"], False),
        ([None, None, None, None], False),
    ],
)
def test_four_meetings_in_a_row_vary_in_format(formats, fires):
    rows = [{"date": ago(40 - number), "format": form} for number, form in enumerate(formats)]
    view = group(meetings=[*rows, {"date": TODAY + timedelta(days=1), "format": "expert"}])
    assert [found.column for found in findings("G306", view)] == ["format"] * fires


@pytest.mark.parametrize(
    ("first", "second", "fires"),
    [
        ({}, {}, True),
        ({}, {"co_created_with": "Two apprentices"}, False),
        ({"type": "co-design"}, {}, False),
        ({}, {"start": TODAY + timedelta(days=9)}, False),
    ],
)
def test_two_sprints_in_a_row_do_not_go_without_co_creation(first, second, fires):
    rows = [{"name": "One", "start": ago(40)} | first, {"name": "Two", "start": ago(20)} | second]
    assert places("G307", group(sprints=rows)) == (
        [("sprints", "sprints2", "co_created_with")] if fires else []
    )


DONE = {"kind": "action", "text": "Did it", "owner": "A", "state": "done", "date": ago(10)}
WROTE = {"kind": "question", "text": "How?", "raised_by": "a", "date": ago(10)}


@pytest.mark.parametrize("row", [DONE, WROTE, DONE | {"date": ago(80), "due": ago(5)}])
def test_who_works_quietly_is_named_to_the_facilitator_alone(row):
    (found,) = findings("G401", group({}, {}, log=[row]))
    assert (found.private, found.row_id) == (True, "members1")


@pytest.mark.parametrize(
    "tabs",
    [
        {"log": []},
        {"log": [DONE | {"date": ago(60)}]},
        {"log": [DONE | {"state": "open"}]},
        {"log": [DONE, {"kind": "idea", "text": "What if", "raised_by": "A", "date": ago(44)}]},
        {"log": [DONE], "sprints": [{"name": "One", "lead": "A", "start": ago(30)}]},
        {"log": [DONE], "meetings": [{"date": ago(5), "format": "1:1", "attendees": "B, A"}]},
    ],
)
def test_who_is_heard_or_does_not_contribute_is_not_named(tabs):
    assert findings("G401", group({}, {}, **tabs)) == []


def test_attendance_of_meetings_is_no_sign_of_being_heard_nor_of_working():
    meetings = [{"date": ago(5), "format": "group", "attendees": "A, B"}]
    assert findings("G401", group({}, {}, meetings=meetings)) == []
    assert places("G401", group({}, {}, meetings=meetings, log=[DONE])) == [("members", "members1", "")]


def test_an_idea_of_long_ago_does_not_count_as_being_heard():
    idea = {"kind": "idea", "text": "What if", "raised_by": "A", "date": ago(45)}
    assert places("G401", group({}, log=[DONE, idea])) == [("members", "members1", "")]


OVER = [{"name": "One", "end": ago(1)}]


def test_after_one_sprint_the_manager_kpi_and_recognition_are_no_longer_blank():
    view = group({}, {"recognition": "asked"}, GONE, map_={"program": {}}, sprints=OVER)
    assert places("G501", view) == [("program", "manager_kpi", "value"), ("members", "", "recognition")]
    assert "1 member." in findings("G501", view)[1].message


def test_before_the_first_sprint_is_over_nothing_is_asked():
    view = group({}, map_={"program": {}}, sprints=[{"name": "One", "end": TODAY}])
    assert findings("G501", view) == []


def test_a_kpi_and_a_recognition_that_are_noted_are_enough():
    view = group({"recognition": "not started"}, map_={"program": {"manager_kpi": "One OKR"}}, sprints=OVER)
    assert findings("G501", view) == []
