"""What must hold in a template beyond the types of its keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sheetsync.core.model import Block, Column, ColumnType, Line, Link, LinkField, Tab, TabKind, Template
from sheetsync.core.template_checks import faults, suggestion

NAME = Column("name", "Name")
STATUS = Tab("status", "Status", TabKind.STATUS, block=(Block("hours", "Hours", 3),))
TASKS = Template(
    "tasks",
    "Tasks",
    1,
    "",
    tab=(
        Tab(
            "list",
            "List",
            TabKind.TABLE,
            natural_key=("text",),
            column=(Column("text", "Text"), Column("state", "State"), Column("owner", "Owner")),
        ),
    ),
)


def template(*columns: Column, tabs: tuple[Tab, ...] = (), status: Tab = STATUS, **keys: Any) -> Template:
    """A template with one table of the given columns, more tabs, and a status tab."""
    table = Tab("list", "List", TabKind.TABLE, natural_key=("name",), column=(NAME, *columns))
    return replace(Template("books", "Books", 1, "", tab=(table, *tabs, status)), **keys)


def found(it: Template) -> dict[str, str]:
    """Place -> message of each fault; the template "tasks" is the only other one there is."""
    return {fault.place: fault.message for fault in faults(it, {"tasks": TASKS}.get, ["hours", "roles"])}


def test_a_sound_template_has_no_faults():
    assert found(template()) == {}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"key": "My Books"}, "key"),
        ({"title": " "}, "title"),
        ({"version": 0}, "version"),
        ({"accent": "blue"}, "accent"),
        ({"tab": ()}, "tab"),
    ],
)
def test_the_head_of_a_template_is_sound(keys: dict[str, Any], place: str):
    assert place in found(template(**keys))


def tables(count: int) -> tuple[Tab, ...]:
    return tuple(
        Tab(f"t{n}", f"T{n}", TabKind.TABLE, natural_key=("name",), column=(NAME,)) for n in range(count)
    )


def test_eight_tabs_are_the_most():
    assert found(template(tabs=tables(6))) == {}
    assert "at most 8" in found(template(tabs=tables(7)))["tab"]


def columns(count: int) -> tuple[Column, ...]:
    return tuple(Column(f"c{n}", f"C{n}") for n in range(count))


def test_sixteen_columns_are_the_most():
    assert found(template(*columns(15))) == {}
    assert "at most 16" in found(template(*columns(16)))['tab "list"']


def test_a_form_may_have_more_settings_than_a_table_has_columns():
    assert found(template(tabs=(Tab("form", "Form", TabKind.FORM, column=columns(20)),))) == {}


def test_the_status_tab_is_the_last():
    assert "the last tab" in found(template(status=tables(1)[0]))["tab"]


@pytest.mark.parametrize("title", ["", "x" * 32, "a/b", "a\\b", "a[b]", "a:b", "a*b", "a?b", "'a", "a'"])
def test_a_title_is_one_that_a_spreadsheet_takes(title: str):
    assert 'tab "more", title' in found(template(tabs=(replace(tables(1)[0], key="more", title=title),)))


@pytest.mark.parametrize("title", ["Checks", "conflicts", "Lists", "History"])
def test_a_title_is_not_one_that_is_taken(title: str):
    assert (
        "already taken"
        in found(template(tabs=(replace(tables(1)[0], key="more", title=title),)))['tab "more"']
    )


def test_keys_and_titles_of_tabs_stand_once():
    more = tables(1)[0]
    assert "stands 2 times" in found(template(tabs=(more, replace(more, title="Other"))))["tab"]
    assert "stands 2 times" in found(template(tabs=(more, replace(more, key="other", title="t0"))))["tab"]


def test_keys_labels_and_aliases_of_columns_stand_once():
    assert "stands 2 times" in found(template(Column("name", "Other")))['tab "list", column']
    assert "stands 2 times" in found(template(Column("other", "NAME")))['tab "list", column']
    assert (
        "stands 2 times" in found(template(Column("other", "Other", aliases=("Name",))))['tab "list", column']
    )


@pytest.mark.parametrize("key", ["Stage", "stage-since", "2nd", "", "stage since"])
def test_a_key_is_lower_case_with_underscores(key: str):
    assert f'tab "list", column "{key}", key' in found(template(Column(key, "Stage")))


def test_the_column_of_row_ids_is_not_for_templates():
    assert 'tab "list", column "id"' in found(template(Column("id", "Number")))
    assert 'tab "list", column "number"' in found(template(Column("number", "ID")))


@pytest.mark.parametrize(
    ("tab", "place", "message"),
    [
        (Tab("more", "More", TabKind.GUIDE), 'tab "more"', "at least one [[tab.line]]"),
        (Tab("more", "More", TabKind.FORM), 'tab "more"', "at least one [[tab.column]]"),
        (Tab("more", "More", TabKind.STATUS), 'tab "more"', "at least one [[tab.block]]"),
        (
            Tab("more", "More", TabKind.GUIDE, line=(Line("Hi"),), column=(NAME,)),
            'tab "more", column',
            "no columns",
        ),
        (Tab("more", "More", TabKind.TABLE, column=(NAME,)), 'tab "more", natural_key', "is empty"),
    ],
)
def test_each_kind_of_tab_has_its_own_content(tab: Tab, place: str, message: str):
    assert message in found(template(tabs=(tab,)))[place]


@pytest.mark.parametrize("name", ["natural_key", "label"])
def test_a_record_is_told_apart_and_named_by_columns_that_people_fill(name: str):
    table = Tab(
        "more", "More", TabKind.TABLE, natural_key=("name",), column=(NAME, Column("c", "C", computed=True))
    )
    missing = found(template(tabs=(replace(table, **{name: ("nmae",)}),)))[f'tab "more", {name}']
    assert 'no column "nmae". Did you mean "name"?' in missing
    assert "is computed" in found(template(tabs=(replace(table, **{name: ("c",)}),)))[f'tab "more", {name}']


@pytest.mark.parametrize(
    ("column", "place", "message"),
    [
        (Column("c", "C", ColumnType.CHOICE), "values", "needs the values"),
        (Column("c", "C", ColumnType.TEXT, ("a",)), "values", "has no values to pick"),
        (Column("c", "C", ColumnType.TEXT, extendable=True), "extendable", "only a choice"),
        (Column("c", "C", ColumnType.CHOICE, ("a, b",)), "values", "comma"),
        (Column("c", "C", ColumnType.CHOICE, ("a; b",)), "values", "semicolon"),
        (Column("c", "C", ColumnType.CHOICE, (" a",)), "values", "blank"),
        (Column("c", "C", ColumnType.CHOICE, ("",)), "values", "must not be empty"),
        (Column("c", "C", ColumnType.CHOICE, ("yes", "Yes")), "values", "stands 2 times"),
        (Column("c", "C", ColumnType.INTEGER, ("one",)), "values", "no whole number"),
        (
            Column("c", "C", ColumnType.CHOICE, ("open", "done"), default="opne"),
            "default",
            'Did you mean "open"?',
        ),
        (Column("c", "C", width=0), "width", "1 to 255"),
        (Column("c", "C", width=float("nan")), "width", "1 to 255"),
        (Column("c", "C", computed=True, required=True), "required", "filled by sheetsync"),
        (Column("c", "C", ColumnType.TEXT, target="list"), "target", "refers to nothing"),
        (Column("c", "C", ColumnType.REFERENCE), "target", "Expected one of: list."),
        (Column("c", "C", ColumnType.REFERENCES, target="lst"), "target", 'Did you mean "list"?'),
        (Column("c", "C", ColumnType.REFERENCE, target="status"), "target", "names no table"),
        (Column("c", "C", ColumnType.REFERENCE, target="tasks/lost"), "target", 'of the template "tasks"'),
    ],
)
def test_a_column_is_sound(column: Column, place: str, message: str):
    assert message in found(template(column))[f'tab "list", column "c", {place}']


@pytest.mark.parametrize(
    "column",
    [
        Column("c", "C", ColumnType.INTEGER, ("1", "2")),
        Column("c", "C", ColumnType.CHOICES, ("a", "b"), extendable=True, default="a"),
        Column("c", "C", ColumnType.REFERENCE, target="list"),
        Column("c", "C", ColumnType.REFERENCE, target="books/list"),
        Column("c", "C", ColumnType.REFERENCES, target="tasks/list"),
        Column("c", "C", ColumnType.REFERENCE, target="elsewhere/list"),
    ],
)
def test_a_sound_column_passes(column: Column):
    assert found(template(column)) == {}


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        (Line("Hi", style="headign"), "style", 'Did you mean "heading"?'),
        (Line("Hi", style="link"), "url", "needs the address"),
        (Line("Hi", style="link", url="javascript:alert(1)"), "url", "no web address"),
    ],
)
def test_a_line_is_sound(line: Line, place: str, message: str):
    guide = Tab("more", "More", TabKind.GUIDE, line=(Line("Hello"), line))
    assert message in found(template(tabs=(guide,)))[f'tab "more", line 2, {place}']


@pytest.mark.parametrize(
    ("block", "place"),
    [(Block("hours", "H", 0), "rows"), (Block("hours", "H", 51), "rows"), (Block("huors", "H", 3), "metric")],
)
def test_a_block_is_sound(block: Block, place: str):
    assert f'tab "status", block "{block.metric}", {place}' in found(
        template(status=replace(STATUS, block=(block,)))
    )


def test_a_metric_stands_once_on_a_tab():
    twice = replace(STATUS, block=STATUS.block * 2)
    assert "stands 2 times" in found(template(status=twice))['tab "status", block']


LINK = Link(
    "step",
    "list",
    "tasks/list",
    needs=("step", "by.owner"),
    fields=(LinkField("step", "text"), LinkField("done", "state"), LinkField("by.owner", "owner", True)),
    state="state",
    preset={"owner": "Maya"},
)


def linked(**changes: Any) -> dict[str, str]:
    """The faults of a template with a link, changed so."""
    by = Column("by", "By", ColumnType.REFERENCE, target="tasks/list")
    link = replace(LINK, **changes)
    return found(template(Column("step", "Step"), Column("done", "Done"), by, link=(link,)))


def test_a_sound_link_passes():
    assert linked() == {}


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"tab": "lst"}, "tab", 'Did you mean "list"?'),
        ({"target": "list"}, "target", "another template"),
        ({"target": "tasks/lst"}, "target", 'Did you mean "list"?'),
        ({"needs": ("setp",)}, "setp", 'Did you mean "step"?'),
        ({"needs": ("step.owner",)}, "step.owner", "no reference"),
        ({"needs": ("by.onwer",)}, "by.onwer", 'Did you mean "owner"?'),
        ({"state": "status"}, "state", "not the target of a field"),
        ({"preset": {"onwer": "Maya"}}, "field or preset", 'Did you mean "owner"?'),
    ],
)
def test_a_link_names_what_is_there(changes: dict[str, Any], place: str, message: str):
    assert message in linked(**changes)[f'link "step", {place}']


def test_a_link_into_a_template_that_is_not_there_is_left_alone():
    assert linked(target="elsewhere/list") == {}


def test_a_suggestion_is_the_nearest_word_or_nothing():
    assert suggestion("OPNE", ["Open", "Done"]) == ' Did you mean "Open"?'
    assert suggestion("zebra", ["Open", "Done"]) == ""
    assert suggestion("munday", ["sunday", "monday"]) == ' Did you mean "monday"?'
    assert suggestion("Luiz", ["Ana Ruiz", "Luis Herrera"]) == ' Did you mean "Luis Herrera"?'
    assert suggestion("open", []) == ""
