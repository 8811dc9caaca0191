"""Occasions: what the records show to be worth celebrating, and what each becomes in the Milestones tab."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.builders import TODAY, program
from sheetsync.core.milestones import OCCASIONS, Occasion, occasions
from sheetsync.core.records import View

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def found(view: View, kind: str) -> list[Occasion]:
    return [each for each in occasions(view) if each.key.split("/")[0] == kind]


def green(light: str, on: date | None = YESTERDAY, **stakeholder: str) -> View:
    who = {"name": "Dana Smith", "unit": "Data", **stakeholder}
    approach = {"stakeholder": "Dana Smith", "green_light": light, "green_light_on": on}
    return program({"stakeholders": [who], "approach": [approach]})


def test_a_green_light_names_its_kind_and_the_unit_and_keeps_the_person_in_the_workbook():
    assert found(green("Secures resources"), "green_light") == [
        Occasion(
            "green_light/approach1/Secures resources",
            "map",
            "Green light in Data: Secures resources",
            YESTERDAY,
            person="Dana Smith",
        )
    ]


def test_each_green_light_of_a_row_is_an_occasion_of_its_own():
    keys = [each.key for each in found(green("Attends a pitch, advocates"), "green_light")]
    assert keys == ["green_light/approach1/Attends a pitch", "green_light/approach1/Advocates"]


@pytest.mark.parametrize("names", [(), ("Dana Smith", "dana  smith")], ids=["nobody", "two people"])
def test_a_green_light_waits_while_nobody_can_tell_whose_it_is(names):
    approach = {"stakeholder": "Dana Smith", "green_light": "Advocates", "green_light_on": YESTERDAY}
    view = program({"stakeholders": [{"name": name} for name in names], "approach": [approach]})
    assert found(view, "green_light") == []


def test_where_no_unit_is_known_the_team_type_stands_in():
    (light,) = found(green("Advocates", unit="", team_type="Legal"), "green_light")
    assert light.event == "Green light in Legal: Advocates"


def test_a_new_appetite_for_equity_is_told_without_name_and_unit():
    (light,) = found(green("New appetite for equity"), "green_light")
    assert (light.event, light.person, light.evidence) == ("Green light: New appetite for equity", "", "")
    assert light.share_with == "group"


@pytest.mark.parametrize("on", [None, TOMORROW])
def test_a_green_light_without_a_day_or_with_a_day_to_come_is_not_reached(on):
    assert found(green("Advocates", on), "green_light") == []


def test_a_value_that_is_not_allowed_is_no_green_light():
    assert found(green("Advocatess"), "green_light") == []


def test_a_stage_change_is_reached_on_the_day_that_the_program_tab_tells():
    view = program({"program": {"stage": "Partner", "stage_since": YESTERDAY}})
    (stage,) = found(view, "stage")
    assert (stage.key, stage.event, stage.reached) == ("stage/map/Partner", "New stage: Partner", YESTERDAY)


def test_the_first_stage_is_where_every_program_begins():
    assert found(program({"program": {"stage": "Explore"}}), "stage") == []


def test_a_second_active_member_makes_a_group():
    alone = program(group={"members": [{"name": "Ana"}, {"name": "Ben", "state": "paused"}]})
    two = program(group={"members": [{"name": "Ana"}, {"name": "Ben"}]})
    assert found(alone, "first_colleague") == []
    assert [each.key for each in found(two, "first_colleague")] == ["first_colleague/group"]


def test_the_first_champion_and_the_first_with_authority_are_two_occasions():
    champion = {"name": "Dana", "relationship": "champion"}
    influencer = program({"stakeholders": [{**champion, "authority": "decides"}]})
    decider = program({"stakeholders": [{**champion, "authority": "Budget, decides"}]})
    assert found(influencer, "first_champion")[0].person == "Dana"
    assert found(influencer, "first_authority") == []
    assert len(found(decider, "first_authority")) == 1


def test_allies_are_needed_in_both_hr_and_deib():
    hr = {"name": "A", "team_type": "HR / people ops", "stance_now": "supportive"}
    deib = {"name": "B", "team_type": "DEIB leadership", "stance_now": "leading"}
    assert found(program({"stakeholders": [hr]}), "allies") == []
    assert found(program({"stakeholders": [hr, {**deib, "stance_now": "neutral"}]}), "allies") == []
    assert len(found(program({"stakeholders": [hr, deib]}), "allies")) == 1


def test_all_host_units_are_represented_once_each_has_an_active_member():
    map_ = {"program": {"host_units": "Data, Claims"}}
    some = program(map_, {"members": [{"name": "A", "unit": "data"}]})
    every = program(map_, {"members": [{"name": "A", "unit": "data"}, {"name": "B", "unit": "Claims"}]})
    assert found(some, "host_units") == []
    assert [each.evidence for each in found(every, "host_units")] == ["Data and Claims"]


def test_all_roles_are_held_when_each_has_an_active_holder():
    most = "Planning, Communications, External partners, Research"
    assert found(program(group={"members": [{"name": "A", "roles": most}]}), "roles") == []
    every = program(group={"members": [{"name": "A", "roles": most}, {"name": "B", "roles": "Connector"}]})
    assert len(found(every, "roles")) == 1


def test_agreed_recognition_is_told_without_a_name():
    view = program(group={"members": [{"name": "Ana Ruiz", "recognition": "agreed"}]})
    (recognition,) = found(view, "recognition")
    assert recognition.key == "recognition/members1"
    assert recognition.person == ""
    assert "Ana" not in recognition.event


def sprint(**cells: object) -> View:
    return program(
        group={"sprints": [{"name": "Pitch", "goal": "A pitch", "outcome": "Tried twice", **cells}]}
    )


def test_a_sprint_starts_on_its_first_day_and_ends_after_its_last():
    view = sprint(start=TODAY, end=TODAY)
    assert [each.event for each in found(view, "sprint_start")] == ["Sprint started: Pitch"]
    assert found(view, "sprint_end") == []
    (ended,) = found(sprint(start=YESTERDAY, end=YESTERDAY), "sprint_end")
    assert (ended.event, ended.evidence) == ("Sprint ended: Pitch", "Tried twice")


def test_a_sprint_that_ends_before_it_starts_tells_nothing():
    view = sprint(start=YESTERDAY, end=YESTERDAY - timedelta(days=3), retro_on=YESTERDAY)
    assert occasions(view) == ()


def test_a_retro_shares_what_was_refined_and_never_its_notes():
    view = sprint(retro_on=YESTERDAY, retro_notes="We were tired", focus_change="Fewer slides")
    (retro,) = found(view, "retro")
    assert (retro.key, retro.event, retro.evidence) == ("retro/sprints1", "Retro held: Pitch", "Fewer slides")


@pytest.mark.parametrize(("form", "event"), [("expert", "Expert session: Mentoring"), ("group", None)])
def test_expert_and_co_design_sessions_are_occasions_other_meetings_are_not(form, event):
    meeting = {"date": YESTERDAY, "format": form, "purpose": "Mentoring"}
    events = [each.event for each in found(program(group={"meetings": [meeting]}), "session")]
    assert events == ([event] if event else [])


def test_a_meeting_is_held_when_its_day_is_over():
    meeting = {"date": TODAY, "format": "co-design", "purpose": "Mentoring"}
    assert found(program(group={"meetings": [meeting]}), "session") == []


def test_a_conversation_with_an_expert_keeps_what_was_said_in_the_map():
    talk = {"date": YESTERDAY, "stakeholder": "Dana", "format": "expert", "learned": "Secret"}
    (expert,) = found(program({"conversations": [talk]}), "expert")
    assert "Dana" not in expert.event
    assert "Secret" not in expert.event + expert.evidence


def test_what_was_reached_long_ago_is_history_and_not_shared_by_itself():
    shared = {
        on: found(green("Advocates", on), "green_light")[0].share_with for on in (YESTERDAY, date(2025, 1, 1))
    }
    assert shared == {YESTERDAY: "group", date(2025, 1, 1): "none"}


def test_keys_are_unique_and_texts_do_not_change_with_the_day_of_the_pass():
    map_ = {
        "program": {"stage": "Build", "host_units": "Data"},
        "stakeholders": [{"name": "Dana", "relationship": "champion", "authority": "decides, budget"}],
        "approach": [{"stakeholder": "Dana", "green_light": "Advocates", "green_light_on": YESTERDAY}],
    }
    group = {"members": [{"name": "A", "unit": "Data", "recognition": "agreed"}, {"name": "B"}]}
    today, later = (occasions(program(map_, group, today=day)) for day in (TODAY, TODAY + timedelta(days=90)))
    assert len({each.key for each in today}) == len(today) == 7
    assert [(it.key, it.event, it.evidence) for it in today] == [
        (it.key, it.event, it.evidence) for it in later
    ]


def test_every_kind_says_what_has_come_true_and_the_practices_it_stands_on():
    assert all(kind.summary and kind.practices for kind in OCCASIONS.values())
    green_light = OCCASIONS["green_light"].practices
    assert {"M39", "M40", "M41", "M42", "M43", "M44", "M45"} <= set(green_light)


CELLS = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=False), st.dates())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_odd_cells_never_break_the_search(data):
    def rows(*columns: str) -> list[dict[str, object]]:
        return [{column: data.draw(CELLS) for column in columns}]

    view = program(
        {
            "program": {
                "stage": data.draw(CELLS),
                "stage_since": data.draw(CELLS),
                "host_units": data.draw(CELLS),
            },
            "approach": [*rows("stakeholder", "green_light_on"), {"green_light": "Advocates"}],
            "stakeholders": rows("name", "relationship", "authority", "team_type", "stance_now"),
        },
        {
            "members": rows("name", "roles", "recognition", "unit"),
            "sprints": rows("name", "start", "end", "retro_on"),
        },
    )
    assert all("\n" not in each.event for each in occasions(view))
