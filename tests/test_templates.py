"""The two workbooks that come with sheetsync: few tabs, much guidance, and nothing that may not be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.identity import looks_like_identity
from sheetsync.core.matching import match_headers
from sheetsync.core.model import ChartKind, Column, ColumnType, TabKind, Template
from sheetsync.core.records import fold
from sheetsync.core.status.registry import METRICS

TEMPLATES = [find_template(name, Path()) for name in builtin_templates()]
MAP, GROUP = TEMPLATES
COLUMNS = [(tab, column) for template in TEMPLATES for tab in template.tab for column in tab.column]
BRACKET = re.compile(r" \[([MWC0-9ab, -]+)\]$")

by_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda it: it.key)
by_column = pytest.mark.parametrize(
    "column", [column for _, column in COLUMNS], ids=[f"{tab.key}.{column.key}" for tab, column in COLUMNS]
)


def expanded(numbers: str) -> Iterator[str]:
    """The practice numbers that a note's bracket stands for: "M1, M10-M12" is four."""
    for part in numbers.split(", "):
        first, _, last = part.partition("-")
        span = range(int(first[1:]), int(last[1:]) + 1) if last else ()
        yield from (f"{first[0]}{number}" for number in span) if last else (first,)


def texts(template: Template) -> Iterator[str]:
    """Every text of a template that people read."""
    yield template.about
    for tab in template.tab:
        yield tab.about
        yield from (line.text for line in tab.line)
        yield from (text for block in tab.block for text in (block.title, block.note))
        yield from (text for column in tab.column for text in (column.label, column.note))


# ---------------------------------------------------------------------------------------------- the shape


def test_the_stakeholder_map_has_its_seven_tabs():
    assert [tab.title for tab in MAP.tab] == [
        "Start Here",
        "Program",
        "Stakeholders",
        "Approach",
        "Conversations",
        "Milestones",
        "Status",
    ]


def test_the_working_group_has_its_eight_tabs():
    assert [tab.title for tab in GROUP.tab] == [
        "Start Here",
        "Members",
        "Intake",
        "Sprints",
        "Log",
        "Meetings",
        "Milestones",
        "Status",
    ]


@by_template
def test_no_table_asks_for_more_than_sixteen_columns(template: Template):
    assert all(len(tab.column) <= 16 for tab in template.tab if tab.kind is TabKind.TABLE)


def test_both_workbooks_have_the_same_milestones():
    there = [
        [(column.key, column.type) for column in template.tabs["milestones"].column] for template in TEMPLATES
    ]
    assert there[0] == there[1]


def test_the_thirteen_team_types_can_be_extended():
    team_type = MAP.tabs["stakeholders"].columns["team_type"]
    assert len(team_type.values) == 13
    assert team_type.extendable


def test_next_steps_and_follow_ups_become_actions_of_the_working_group():
    assert {link.key: link.target for link in MAP.link} == {
        "next-step": "working-group/log",
        "follow-up": "working-group/log",
    }


# ------------------------------------------------------------------------------------------- the guidance


@by_column
def test_a_column_has_guidance_of_one_to_four_short_sentences(column: Column):
    text = BRACKET.sub("", column.note)
    assert 10 <= len(text) <= 230
    assert text[-1] in ".?!"


@by_column
def test_guidance_ends_with_the_numbers_of_the_practices_it_carries(column: Column):
    bracket = BRACKET.search(column.note)
    cited = tuple(expanded(bracket.group(1))) if bracket else ()
    assert cited == column.practices


@by_column
def test_a_computed_column_says_that_it_fills_itself(column: Column):
    assert column.note.startswith("Filled in for you") == column.computed


@by_column
def test_a_column_is_wide_enough_for_its_header_and_its_values(column: Column):
    button = 2
    assert min(len(column.label) + button, 18) <= column.width or column in MAP.tabs["program"].column
    if column.type is ColumnType.CHOICE:
        assert max(map(len, column.values)) <= column.width
    assert column.width <= 44


@by_column
def test_a_column_people_fill_is_found_under_other_headers_too(column: Column):
    assert bool(column.aliases) != column.computed
    assert fold(column.label) not in map(fold, column.aliases)


@pytest.mark.parametrize(
    ("tab", "header", "key"),
    [
        ("stakeholders", "Full name", "name"),
        ("stakeholders", "Department", "unit"),
        ("stakeholders", "E-mail address", "email"),
        ("stakeholders", "Power", "influence"),
        ("stakeholders", "Support level", "stance_now"),
        ("approach", "Stakeholder name", "stakeholder"),
        ("conversations", "Notes", "learned"),
    ],
)
def test_common_headers_of_registers_are_known(tab: str, header: str, key: str):
    assert header in MAP.tabs[tab].columns[key].aliases


@by_template
def test_every_tab_says_what_it_is_for(template: Template):
    assert all(tab.about.endswith(".") for tab in template.tab)
    assert template.about.endswith(".")


@by_template
def test_start_here_begins_with_a_title_and_takes_ten_minutes(template: Template):
    lines = template.tab[0].line
    assert [line.style for line in lines[:2]] == ["title", "lead"]
    assert any(line.text == "In ten minutes" for line in lines)
    assert 4 <= sum(line.style == "step" for line in lines) <= 7
    assert sum(len(line.text.split()) for line in lines) < 1_200


@by_template
def test_start_here_leads_to_further_reading_and_gives_credit(template: Template):
    lines = template.tab[0].line
    assert {line.style for line in lines if line.url} == {"link"}
    assert "thanks are theirs" in lines[-1].text


@by_template
def test_numbers_of_practices_stay_out_of_the_text_that_people_read(template: Template):
    reading = [line.text for tab in template.tab for line in tab.line]
    reading += [block.note for tab in template.tab for block in tab.block]
    assert not [text for text in reading if re.search(r"\b[MWC]\d+", text)]


# ---------------------------------------------------------------------------------------------- the Status


@by_template
def test_every_block_of_status_has_a_metric_a_title_and_a_sentence(template: Template):
    blocks = template.tabs["status"].block
    assert {block.metric for block in blocks} <= set(METRICS)
    assert all(block.title and block.note.endswith((".", "?")) for block in blocks)


def test_every_metric_has_a_place_on_a_status_tab():
    assert {block.metric for template in TEMPLATES for block in template.tabs["status"].block} == set(METRICS)


def test_stances_are_stacked_and_influence_by_stance_is_a_heat_map():
    charts = {block.metric: block.chart for block in MAP.tabs["status"].block}
    assert charts["stance_gap"] is ChartKind.STACKED
    assert charts["influence_stance"] is ChartKind.HEAT
    assert charts["green_lights_over_time"] is ChartKind.LINE


# ---------------------------------------------------------------------------------------------- the privacy


@by_column
def test_no_column_holds_identity_or_education(column: Column):
    names = (column.key.replace("_", " "), column.label, *column.aliases, *column.values)
    assert [name for name in names if looks_like_identity(name)] == []


def test_the_two_questions_about_learning_and_disparities_are_left_out_unless_switched_on():
    assert {column.key for _, column in COLUMNS if column.switch} == {"learning", "disparities"}
    assert not any(column.required for _, column in COLUMNS if column.switch)


def test_learning_may_always_be_left_unsaid():
    assert "prefer not to say" in GROUP.tabs["intake"].columns["learning"].values


def test_newcomers_rows_carry_the_day_they_are_deleted():
    assert GROUP.tabs["intake"].columns["delete_after"].type is ColumnType.DATE


def test_no_column_scores_a_member():
    numbers = {
        column.key
        for tab in GROUP.tab
        for column in tab.column
        if column.type in (ColumnType.NUMBER, ColumnType.INTEGER)
    }
    assert numbers == {"hours_offered", "hours_planned", "hours", "retro_minutes"}


@pytest.mark.parametrize("header", ["Hours per week", "Weekly hours", "Hours/week", "Hours", "Capacity"])
def test_a_roster_s_hours_are_found_whatever_they_are_called(header: str):
    _, match = match_headers(["Name", header], GROUP.tabs["members"])
    assert match.column == "hours_offered"


@by_template
def test_texts_speak_plainly(template: Template):
    assert not [
        text for text in texts(template) if re.search(r"leverage|utilize|synerg|  |TODO|\bTBD\b", text)
    ]
