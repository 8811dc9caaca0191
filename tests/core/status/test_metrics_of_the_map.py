"""What each block of the map's Status tab shows, with figures counted by hand."""

from __future__ import annotations

from datetime import date

from core.builders import program
from sheetsync.core.settings import Settings
from sheetsync.core.status.registry import METRICS, Figures, Measure

TODAY = date(2026, 11, 21)


def shown(key: str, *, settings: Settings | None = None, **tabs: object) -> Figures:
    view = program(tabs, today=TODAY, settings=settings)
    return METRICS[key].compute(Measure(view, view.books[0], ()))


def person(name: str, **values: object) -> dict[str, object]:
    return {"name": name, **values}


def test_stage_coverage_counts_needed_team_types_with_and_without_a_stakeholder():
    figures = shown(
        "stage_coverage",
        program={"stage": "Partner"},
        stakeholders=[
            person("Ana", team_type="Your manager"),
            person("Bo", team_type="erg"),
            person("Cy", team_type="ERG"),
            person("Di", team_type="HR / people ops"),
        ],
    )
    assert figures.rows == (
        ("Explore", 1, 1),
        ("Partner", 2, 2),
        ("Build", 0, 3),
        ("Register", 0, 0),
        ("Launch", 0, 3),
    )
    assert figures.remark == "Partner is under way and still needs: DEIB leadership, Recruiting leadership."


def test_stage_coverage_asks_for_the_stage_where_none_is_chosen():
    assert shown("stage_coverage").remark == "Choose the stage on the Program tab to see whom you need now."


def test_stage_coverage_is_silent_where_the_stage_lacks_nobody():
    people = [person("Ana", team_type="Your manager"), person("Bo", team_type="Technical managers")]
    assert shown("stage_coverage", program={"stage": "explore"}, stakeholders=people).remark == ""


def test_stance_gap_shows_now_and_wanted_and_how_many_are_short_of_it():
    figures = shown(
        "stance_gap",
        stakeholders=[
            person("Ana", stance_now="neutral", stance_wanted="supportive"),
            person("Bo", stance_now="leading", stance_wanted="leading"),
            person("Cy", stance_wanted="supportive"),
            person("Di", stance_now="furious", stance_wanted="neutral"),
        ],
    )
    assert figures.header == ("", "unaware", "resistant", "neutral", "supportive", "leading")
    assert figures.rows == (("Now", 0, 0, 1, 0, 1), ("Wanted", 0, 0, 1, 2, 1))
    assert figures.remark == "Not yet where you want them: 1 of 2 stakeholders."


def test_recruiting_and_hr_need_only_be_neutral_unless_the_map_wants_more():
    figures = shown(
        "stance_gap",
        stakeholders=[
            person("Ana", team_type="HR / people ops", stance_now="neutral"),
            person("Bo", team_type="Recruiting managers", stance_now="neutral", stance_wanted="supportive"),
            person("Cy", team_type="Legal", stance_now="neutral"),
        ],
    )
    assert figures.rows[1] == ("Wanted", 0, 0, 1, 1, 0)
    assert figures.remark == "Not yet where you want them: 1 of 2 stakeholders."


def test_influence_and_stance_make_a_grid_with_the_most_influential_on_top():
    figures = shown(
        "influence_stance",
        stakeholders=[
            person("Ana", influence=5, stance_now="supportive"),
            person("Bo", influence=5, stance_now="supportive"),
            person("Cy", influence="1", stance_now="unaware"),
            person("Di", influence=3),
        ],
    )
    assert figures.rows == (
        (5, 0, 0, 0, 2, 0),
        (4, 0, 0, 0, 0, 0),
        (3, 0, 0, 0, 0, 0),
        (2, 0, 0, 0, 0, 0),
        (1, 1, 0, 0, 0, 0),
    )
    assert figures.remark == "1 stakeholder not shown: influence or stance is missing."


GREEN = [
    {"stakeholder": "Ana", "green_light": "Attends a pitch", "green_light_on": date(2024, 5, 1)},
    {"stakeholder": "Bo", "green_light": "Advocates, Attends a pitch", "green_light_on": date(2026, 10, 31)},
    {"stakeholder": "Cy", "green_light_on": date(2026, 11, 1)},
    {"stakeholder": "Di", "green_light": "Advocates"},
    {"stakeholder": "Ed", "green_light": "Advocates", "green_light_on": date(2026, 11, 22)},
]


def test_green_lights_add_up_over_the_last_twelve_months_earlier_ones_included():
    rows = shown("green_lights_over_time", approach=GREEN).rows
    assert len(rows) == 12
    assert rows[0] == ("Dec 2025", 1)
    assert rows[-3:] == (("Sep 2026", 1), ("Oct 2026", 3), ("Nov 2026", 4))


def test_green_lights_by_kind_count_what_is_reached_not_what_is_planned():
    figures = shown("green_lights_by_kind", approach=GREEN)
    assert figures.rows == (
        ("Attends a pitch", 2),
        ("Secures resources", 0),
        ("Provides support", 0),
        ("Pilots a practice", 0),
        ("Advocates", 1),
        ("New appetite for equity", 0),
    )
    assert figures.remark == "1 reached without one of these kinds; see the Approach tab."


def test_units_with_a_supporter_lists_impacted_units_first_even_without_stakeholders():
    figures = shown(
        "units_with_supporter",
        program={"impacted_units": "Claims, Data"},
        stakeholders=[
            person("Ana", unit="Legal", stance_now="leading"),
            person("Bo", unit="data", stance_now="supportive"),
            person("Cy", unit="Data", stance_now="neutral"),
            person("Di", stance_now="leading"),
        ],
    )
    assert figures.rows == (("Claims", 0, 0), ("Data", 2, 1), ("Legal", 1, 1))
    assert figures.remark == "Nobody on board yet in: Claims."


def test_champions_with_authority_counts_champions_and_sponsors_alone():
    figures = shown(
        "champions_authority",
        stakeholders=[
            person("Ana", relationship="champion", authority="decides, budget"),
            person("Bo", relationship="champion", authority="decides"),
            person("Cy", relationship="champion"),
            person("Di", relationship="target", authority="decides, budget"),
            person("Ed", relationship="sponsor", authority="budget"),
        ],
    )
    assert [row[1] for row in figures.rows] == [4, 2, 2, 1]
    assert figures.remark == ""


def test_without_a_champion_with_authority_the_remark_offers_another_start():
    assert "an influencer with a partner, or a technical manager" in shown("champions_authority").remark


def test_overdue_and_stale_count_open_steps_past_due_and_people_not_looked_at():
    figures = shown(
        "overdue_stale",
        program={"stage_since": date(2026, 10, 1)},
        stakeholders=[
            person("Ana", last_reviewed=date(2026, 11, 1)),
            person("Bo", last_reviewed=date(2026, 9, 30)),  # within 60 days, but before the stage
            person("Cy"),
            person("Di", last_reviewed="last week"),
        ],
        approach=[
            {"stakeholder": "Ana", "next_step": "Pitch", "due": date(2026, 11, 20)},
            {"stakeholder": "Bo", "next_step": "Pitch", "due": date(2026, 11, 21)},
            {"stakeholder": "Cy", "next_step": "Pitch", "due": date(2026, 1, 1), "next_step_state": "done"},
            {"stakeholder": "Cy", "due": date(2026, 1, 1)},
        ],
        conversations=[
            {
                "date": date(2026, 8, 23),
                "stakeholder": "ana",
                "realigned_with_why": "yes",
                "follow_up": "Send figures",
                "due": date(2026, 9, 1),
            },
            {"date": date(2026, 8, 22), "stakeholder": "Bo", "realigned_with_why": "yes"},
            {"date": date(2026, 11, 1), "stakeholder": "Cy", "realigned_with_why": "no"},
        ],
    )
    assert figures.rows == (
        ("Next steps overdue", 1),
        ("Follow-ups overdue", 1),
        ("Reviews stale", 2),
        ("Not re-aligned in 90 days", 3),
        ("Re-aligned in 90 days", 1),
    )
    assert figures.remark == "In the last 90 days 25% of stakeholders came back to the north star."


def test_starting_points_take_turns_between_the_top_and_the_teams_that_do_the_work():
    figures = shown(
        "starting_points",
        stakeholders=[
            person("Top One", unit="Finance", team_type="C-suite", authority="decides, budget", influence=5),
            person("Top Two", unit="Legal", influence=4),
            person("Ops One", unit="Data Engineering", authority="budget"),
            person("Ops Two", unit="Claims", team_type="Technical managers", authority="headcount"),
            person("Quiet", unit="Claims", influence=3),
        ],
    )
    assert figures.rows == (
        ("Top One", "Finance", "Start high: decides, holds budget, influence 5"),
        ("Ops One", "Data Engineering", "Close to the work: holds budget"),
        ("Top Two", "Legal", "Start high: influence 4"),
        ("Ops Two", "Claims", "Close to the work: holds headcount"),
    )


def test_starting_points_leave_out_whoever_is_won_and_college_recruiting():
    figures = shown(
        "starting_points",
        stakeholders=[
            person("Ana", authority="decides", stance_now="supportive"),
            person("Bo", authority="decides", relationship="champion"),
            person("Cy", authority="budget", title="Head of Campus Recruiting"),
            person("Di", authority="budget", team_type="Recruiting managers", unit="College programs"),
        ],
    )
    assert figures.rows == ()
    assert figures.remark == ""


def test_the_cto_is_suggested_last_and_never_alone():
    cto = person("Cleo", title="CTO", team_type="C-suite", authority="decides, budget", influence=5)
    manager = person("Mo", unit="Data", authority="budget")
    assert shown("starting_points", stakeholders=[cto]).rows == ()
    assert [row[0] for row in shown("starting_points", stakeholders=[cto, manager]).rows] == ["Mo", "Cleo"]


def test_starting_points_never_tell_a_stance():
    rows = shown(
        "starting_points", stakeholders=[person("Ana", authority="decides", stance_now="resistant")]
    ).rows
    assert rows == (("Ana", "", "Start high: decides"),)


def test_who_is_missing_lists_every_team_type_and_asks_by_the_name_of_the_month():
    settings = Settings(stage_needs={"Explore": ("Your manager",), "Build": ("Legal", "Your manager")})
    people = [person("Ana", team_type="Legal"), person("Bo", team_type="Legal")]
    figures = shown("whos_missing", settings=settings, stakeholders=people)
    assert len(figures.rows) == 13
    assert ("Your manager", "Explore, Build", 0) in figures.rows
    assert ("Legal", "Build", 2) in figures.rows
    assert figures.remark == (
        "November: is anyone missing? Ask it together. Nobody yet from: Technical leadership, "
        "Technical managers, Technical mentors, Recruiting leadership, Recruiting managers and 7 more."
    )
