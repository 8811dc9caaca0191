"""Who is on the stakeholder map and how they are approached: M101 to M205."""

from datetime import timedelta

import pytest

from core.builders import TODAY, program
from core.rules.checking import findings, places
from sheetsync.core.settings import Settings


def ago(days):
    return TODAY - timedelta(days=days)


def stakeholders(*rows, **tabs):
    """A map with these stakeholders (named A, B, C ... in order) and other tabs."""
    named = [{"name": chr(ord("A") + number)} | row for number, row in enumerate(rows)]
    return program({"stakeholders": named} | tabs)


TAB = ("stakeholders", "")


def test_each_team_type_that_the_stage_needs_and_lacks_is_named():
    view = stakeholders({"team_type": "c-suite"}, program={"stage": "Build"})
    messages = [found.message for found in findings("M101", view)]
    assert ['"Technical leadership"' in messages[0], '"Legal"' in messages[1], len(messages)] == [
        True,
        True,
        2,
    ]


def test_a_stage_is_covered_by_one_stakeholder_of_each_team_type():
    teams = ({"team_type": "Your manager"}, {"team_type": "Technical managers"})
    assert findings("M101", stakeholders(*teams, program={"stage": "Explore"})) == []
    assert findings("M101", stakeholders()) == []


def test_a_program_may_say_itself_what_a_stage_needs():
    needs = Settings(stage_needs={"Explore": ("Legal",)})
    (found,) = findings("M101", program({"program": {"stage": "explore"}}, settings=needs))
    assert '"Legal"' in found.message


@pytest.mark.parametrize(
    ("reviewed", "since", "expected"),
    [
        (None, None, "never reviewed"),
        ("last Tuesday", None, ""),
        (ago(61), None, "61 days ago"),
        (ago(60), None, ""),
        (ago(20), ago(10), "before the stage changed"),
        (ago(10), ago(10), ""),
        (ago(5), ago(10), ""),
        (ago(5), TODAY + timedelta(days=3), ""),
    ],
)
def test_a_review_is_stale_after_60_days_or_a_change_of_stage(reviewed, since, expected):
    view = stakeholders({"last_reviewed": reviewed}, program={"stage_since": since})
    messages = [found.message for found in findings("M102", view)]
    assert len(messages) == bool(expected)
    assert all(expected in message for message in messages)


@pytest.mark.parametrize(
    ("talks", "fires"),
    [
        ([], False),
        ([(89, None)], False),
        ([(90, None)], True),
        ([(120, "yes")], True),
        ([(120, "yes"), (10, "no")], True),
        ([(120, None), (89, "yes")], False),
    ],
)
def test_people_talked_with_for_90_days_are_re_aligned_once_within_them(talks, fires):
    rows = [{"date": ago(days), "stakeholder": "a", "realigned_with_why": yes} for days, yes in talks]
    view = stakeholders({}, {}, conversations=rows)
    assert places("M103", view) == ([("stakeholders", "stakeholders1", "")] if fires else [])


CTO, CFO = {"title": "CTO", "team_type": "C-suite"}, {"title": "CFO", "team_type": "C-suite"}


def talks(*names):
    return [{"date": ago(30 - number), "stakeholder": name} for number, name in enumerate(names)]


@pytest.mark.parametrize(
    ("people", "order", "fires"),
    [
        ([CTO], "", True),
        ([CTO, {"team_type": "Legal"}], "B", True),
        ([CTO, CFO], "", False),
        ([CTO, CFO], "AB", True),
        ([CTO, CFO], "BA", False),
        ([{"title": "Chief Technology Officer"}], "", True),
        ([{"title": "Chief of Staff to the CTO"}], "A", False),
        ([CFO], "A", False),
    ],
)
def test_the_cto_is_a_warning_only_as_the_first_or_the_only_executive(people, order, fires):
    view = stakeholders(*people, conversations=talks(*order))
    assert places("M104", view) == ([("stakeholders", "stakeholders1", "")] if fires else [])


HR = {"team_type": "HR / people ops"}
RECRUITING = {"team_type": "Recruiting managers"}
DEIB = {"team_type": "DEIB leadership"}
TECH = {"team_type": "Technical managers"}
FOR, LEAD = {"stance_now": "supportive"}, {"relationship": "champion"}


@pytest.mark.parametrize(
    ("people", "fires"),
    [
        ([HR | FOR, TECH], True),
        ([HR | FOR, RECRUITING | LEAD], True),
        ([HR | LEAD, TECH | FOR], True),
        ([HR | FOR, TECH | FOR], False),
        ([HR, TECH], False),
        ([], False),
    ],
)
def test_support_from_hr_and_recruiting_alone_is_told(people, fires):
    assert [found.column for found in findings("M105", stakeholders(*people))] == ["team_type"] * fires


@pytest.mark.parametrize(
    ("people", "lacking"),
    [
        ([TECH | FOR], "DEIB and HR"),
        ([HR | FOR, DEIB], "DEIB"),
        ([DEIB | FOR, HR], "HR"),
        ([DEIB | FOR, HR | {"relationship": "contact point"}], ""),
        ([DEIB | LEAD, HR | FOR], ""),
        ([], ""),
    ],
)
def test_allies_are_wanted_in_both_deib_and_hr(people, lacking):
    expected = [f"No ally in {lacking} yet."] if lacking else []
    assert [found.message for found in findings("M106", stakeholders(*people))] == expected


@pytest.mark.parametrize(
    ("people", "fires"),
    [
        ([LEAD | {"authority": "influences"}], True),
        ([LEAD | {"authority": "decides"}, LEAD | {"authority": "budget"}], True),
        ([{"authority": "decides, budget"}], True),
        ([LEAD | {"authority": "decides, budget"}], False),
        ([{"relationship": "sponsor", "authority": "budget, headcount, decides"}], False),
        ([], False),
    ],
)
def test_a_champion_who_decides_and_holds_budget_is_looked_for(people, fires):
    assert [found.column for found in findings("M107", stakeholders(*people))] == ["authority"] * fires


def test_without_such_a_champion_the_pair_with_most_influence_is_suggested():
    people = [{"authority": "influences", "influence": influence} for influence in (2, 5, 4)]
    (found,) = findings("M107", stakeholders(*people))
    assert "B and C" in found.do


@pytest.mark.parametrize("unit", ["Claims Operations", "Data"])
def test_without_a_pair_a_manager_of_technical_work_is_suggested_whatever_the_unit(unit):
    people = [{"authority": "influences"}, TECH | {"unit": unit}]
    (found,) = findings("M107", stakeholders(*people))
    assert "Start with B, whose team does the work" in found.do


CAMPUS = {"team_type": "Recruiting managers", "title": "Campus recruiting lead"}


@pytest.mark.parametrize(
    ("person", "fires"),
    [
        (CAMPUS | {"relationship": "champion"}, True),
        (CAMPUS | {"relationship": "sponsor"}, True),
        ({"title": "Recruiter", "unit": "College Recruiting", "relationship": "champion"}, True),
        (CAMPUS | {"relationship": "informant"}, False),
        (CAMPUS | {"title": "Technical recruiter", "relationship": "champion"}, False),
        ({"title": "Campus facilities lead", "relationship": "champion"}, False),
    ],
)
def test_campus_recruiting_informs_and_does_not_champion(person, fires):
    expected = [("stakeholders", "stakeholders1", "relationship")] if fires else []
    assert places("M108", stakeholders(person)) == expected


def approaches(*rows, **settings):
    return program({"approach": [{"stakeholder": "A"} | row for row in rows], "program": settings})


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        ({"message": "Hire faster"}, True),
        ({"message": "Hire faster", "equity_tie": "Fair paths"}, False),
        ({}, False),
    ],
)
def test_a_message_keeps_its_equity_tie(row, fires):
    assert places("M201", approaches(row)) == ([("approach", "approach1", "equity_tie")] if fires else [])


@pytest.mark.parametrize(
    ("messages", "fires"),
    [(["a", "b", "c", "d"], True), (["a", "b", "c", "A "], False), (["a", "", "", "b"], False)],
)
def test_more_than_three_distinct_messages_are_too_many(messages, fires):
    view = approaches(*({"message": message} for message in messages))
    assert places("M202", view) == ([("approach", "", "message")] if fires else [])


@pytest.mark.parametrize(
    ("north_star", "message", "fires"),
    [
        ("Equitable apprenticeships for all", "Cheaper contractors", True),
        ("Equitable apprenticeships for all", "Apprentices stay longer", False),
        ("Equitable apprenticeships for all", "A question of equity", False),
        ("Equitable apprenticeships for all", "", False),
        ("", "Cheaper contractors", False),
    ],
)
def test_a_message_keeps_a_word_of_the_north_star(north_star, message, fires):
    view = approaches({"message": message}, north_star=north_star)
    assert places("M202", view) == ([("approach", "approach1", "message")] if fires else [])


BUDGET = "budget and headcount"


@pytest.mark.parametrize(
    ("goal", "route", "evidence", "fires"),
    [
        (BUDGET, "new", "Everybody likes it", True),
        (BUDGET, None, "A returnship ran in 2024", True),
        (BUDGET, "reuse", None, False),
        (BUDGET, "new", "ROI of the agency budget: 3 to 1", False),
        (BUDGET, "new", "We could re-use the intern budget", False),
        ("early concept", "new", None, False),
        (None, None, None, False),
    ],
)
def test_who_asks_for_budget_shows_what_today_s_budget_can_do(goal, route, evidence, fires):
    view = approaches({"evidence": evidence}, buy_in_goal=goal, budget_route=route)
    assert places("M203", view) == ([("program", "budget_route", "value")] if fires else [])


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        ({"knowledge_gap": "How do contracts end?"}, True),
        ({"knowledge_gap": "How?", "expert_to_ask": "Legal"}, False),
        ({"knowledge_gap": "How?", "by": "Ana"}, False),
        ({}, False),
    ],
)
def test_a_gap_has_an_expert_or_an_owner(row, fires):
    view = program({"conversations": [row]})
    assert places("M204", view) == ([("conversations", "conversations1", "knowledge_gap")] if fires else [])


@pytest.mark.parametrize(
    ("influence", "green_light", "fires"),
    [
        (4, None, True),
        (5, None, True),
        (3, None, False),
        (None, None, False),
        (5, "Advocates", False),
        (9, None, False),
    ],
)
def test_high_influence_calls_for_a_defined_green_light(influence, green_light, fires):
    rows = [{"stakeholder": " a", "green_light": green_light}]
    view = stakeholders({"influence": influence}, approach=rows)
    assert places("M205", view) == ([("stakeholders", "stakeholders1", "influence")] if fires else [])
    assert all("in their row of Approach" in it.do for it in findings("M205", view))
    without = stakeholders({"influence": influence})
    assert all("Add a row in Approach" in it.do for it in findings("M205", without))


def test_no_finding_of_the_map_names_a_person_together_with_a_stance():
    view = stakeholders(
        {"name": "Ana Ruiz", "stance_now": "resistant", "team_type": "HR / people ops"} | LEAD
    )
    for code in ("M102", "M105", "M106", "M107"):
        for found in findings(code, view):
            assert "Ana Ruiz" not in found.message
            assert "resistant" not in found.message
