"""Templates are found by name, read from TOML, and refused with every problem in plain words."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from sheetsync.catalog import builtin_templates, find_template, load_template
from sheetsync.core.model import Block, Column, ColumnType, Line, Link, LinkField, Tab, TabKind, Template
from sheetsync.core.status import registry
from sheetsync.errors import ConfigError
from sheetsync.toml_file import MAX_BYTES

SMALL = """
key = "books"
title = "Books"
version = 1
about = "What we read."

[[tab]]
key = "list"
title = "List"
kind = "table"
natural_key = ["name"]

[[tab.column]]
key = "name"
label = "Name"

[[tab.column]]
key = "state"
label = "State"
type = "choice"
values = ["open", "done"]

[[tab]]
key = "status"
title = "Status"
kind = "status"

[[tab.block]]
metric = "hours"
title = "Hours"
rows = 3
"""


def write(folder: Path, text: str, name: str = "books") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> dict[str, str]:
    """Key -> message of every problem that loading a file reports."""
    with pytest.raises(ConfigError) as caught:
        load_template(path)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return {problem.key: problem.message for problem in caught.value.problems}


def changed(tmp_path: Path, old: str, new: str) -> dict[str, str]:
    """What is wrong once `old` in the small template has become `new`."""
    assert old in SMALL
    return problems(write(tmp_path, SMALL.replace(old, new)))


# ----------------------------------------------------------------------------------------------- finding


def test_both_templates_are_built_in():
    assert builtin_templates() == ("stakeholder-map", "working-group")


@pytest.mark.parametrize("name", builtin_templates())
def test_a_built_in_template_is_found_from_any_folder(name: str, tmp_path: Path):
    assert find_template(name, tmp_path).key == name


def test_a_template_of_the_program_is_found_by_its_file_name(tmp_path: Path):
    write(tmp_path / "templates", SMALL)
    assert find_template("books", tmp_path).title == "Books"


def test_a_template_of_the_program_wins_over_the_built_in_of_that_name(tmp_path: Path):
    own = SMALL.replace('key = "books"', 'key = "working-group"')
    write(tmp_path / "templates", own, "working-group")
    assert find_template("working-group", tmp_path).title == "Books"


def test_an_unknown_name_is_answered_with_the_nearest_and_all_there_are(tmp_path: Path):
    write(tmp_path / "templates", SMALL)
    with pytest.raises(ConfigError) as caught:
        find_template("stakeholders-map", tmp_path)
    text = str(caught.value)
    assert 'Did you mean "stakeholder-map"?' in text
    assert "books, stakeholder-map, working-group" in text


@pytest.mark.parametrize("name", ["", "..", "../books", "/etc/passwd", "__init__", "BOOKS "])
def test_a_name_never_leads_out_of_the_folder_of_templates(name: str, tmp_path: Path):
    write(tmp_path, SMALL)
    with pytest.raises(ConfigError, match="there is no template"):
        find_template(name, tmp_path)


# ----------------------------------------------------------------------------------------------- reading


def test_a_template_is_read_into_the_words_of_the_model(tmp_path: Path):
    template = load_template(write(tmp_path, SMALL))
    assert isinstance(template, Template)
    assert list(template.tabs) == ["list", "status"]
    assert template.tabs["list"].kind is TabKind.TABLE
    assert template.tabs["list"].columns["state"].type is ColumnType.CHOICE
    assert template.tabs["list"].columns["state"].values == ("open", "done")
    assert template.tabs["status"].block == (Block("hours", "Hours", 3),)


def test_a_file_with_the_byte_order_mark_and_line_ends_of_windows_is_read(tmp_path: Path):
    path = tmp_path / "books.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_template(path).title == "Books"


def test_the_key_must_be_the_name_of_the_file(tmp_path: Path):
    assert 'expected "novels"' in problems(write(tmp_path, SMALL, "novels"))["key"]


# -------------------------------------------------------------------------------------- what cannot be read


def test_a_missing_file_is_named(tmp_path: Path):
    assert "not there" in problems(tmp_path / "books.toml")[""]


def test_a_folder_is_no_template(tmp_path: Path):
    (tmp_path / "books.toml").mkdir()
    assert "a folder" in problems(tmp_path / "books.toml")[""]


def test_a_file_larger_than_any_template_is_refused_unread(tmp_path: Path):
    assert "256 KiB" in problems(write(tmp_path, "#" * (MAX_BYTES + 1)))[""]


def test_text_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path):
    path = tmp_path / "books.toml"
    path.write_bytes(b'key = "books"\ntitle = "B\xfccher"\n')
    assert problems(path)[""].startswith("line 2 is not UTF-8")


def test_a_slip_in_the_toml_is_named_with_its_line(tmp_path: Path):
    found = problems(write(tmp_path, 'key = "books"\ntitle = Books\n'))
    assert found["line 2"].startswith("'title = Books' is not valid TOML: Invalid value")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tab = 5",
        "tab = [5]",
        "tab = [[5]]",
        'key = "books"\nversion = nan',
        "a = " + "[" * 300 + "]" * 300,
        "a = " + "[" * 20_000 + "]" * 20_000,
        "version = 1" + "0" * 5_000,
        "\x00",
        "[tab]\nkey = 1979-05-27",
        "[[tab]]\n[[tab.column]]\n[[tab.column]]\nkey = 5",
        "[[link]]\nfields = [{ source = 1 }]",
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_nonsense_is_a_configuration_error_and_nothing_else(text: str, tmp_path: Path):
    assert problems(write(tmp_path, text))


# ------------------------------------------------------------------------------ wrong keys and wrong types


def test_every_wrong_key_and_type_is_reported_at_once(tmp_path: Path):
    text = (
        SMALL.replace("version = 1", 'version = "1"\ncolour = "red"')
        .replace('type = "choice"', 'type = "chioce"\nhidden = "yes"')
        .replace('title = "List"\n', "")
        .replace('natural_key = ["name"]', 'natural_key = "name"')
        .replace("rows = 3", "rows = 3.5")
    )
    assert set(problems(write(tmp_path, text))) == {
        "version",
        "colour",
        'tab "list", title',
        'tab "list", natural_key',
        'tab "list", column "state", type',
        'tab "list", column "state", hidden',
        'tab "status", block "hours", rows',
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("about =", "abuot =", "abuot", 'Did you mean "about"?'),
        ("about =", "abuot =", "about", "this key is missing"),
        (
            "version = 1",
            'version = "1"',
            "version",
            'expected a whole number, without quotation marks, found "1"',
        ),
        (
            'kind = "table"',
            'kind = "tables"',
            'tab "list", kind',
            'Did you mean "table"? Expected one of: guide,',
        ),
        (
            'label = "Name"',
            "label = 5",
            'tab "list", column "name", label',
            "expected text in quotation marks",
        ),
        ('["open", "done"]', '["open", 5]', 'tab "list", column "state", values 2', "found 5"),
        ('["open", "done"]', '"open"', 'tab "list", column "state", values', "a list in square brackets"),
        ('key = "name"', 'kee = "name"', 'tab "list", column 1, key', "this key is missing"),
        ('key = "name"', 'kee = "name"', 'tab "list", column 1, kee', 'Did you mean "key"?'),
    ],
)
def test_a_wrong_key_or_type_says_where_and_what_was_expected(
    old: str, new: str, key: str, message: str, tmp_path: Path
):
    assert message in changed(tmp_path, old, new)[key]


# ---------------------------------------------------------------------------- what the whole must agree on


def test_all_that_does_not_fit_together_is_reported_at_once(tmp_path: Path):
    text = SMALL.replace('natural_key = ["name"]', 'natural_key = ["nmae"]').replace("rows = 3", "rows = 0")
    found = problems(write(tmp_path, text.replace('"open", "done"', '"open, done"')))
    assert set(found) == {
        'tab "list", natural_key',
        'tab "list", column "state", values',
        'tab "status", block "hours", rows',
    }
    assert 'Did you mean "name"?' in found['tab "list", natural_key']


def test_a_block_names_a_metric_there_is(tmp_path: Path):
    message = changed(tmp_path, 'metric = "hours"', 'metric = "huors"')['tab "status", block "huors", metric']
    assert 'Did you mean "hours"?' in message


def test_a_metric_that_was_registered_just_now_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    metric = dataclasses.replace(registry.METRICS["hours"], key="pages_read")
    monkeypatch.setitem(registry.METRICS, "pages_read", metric)
    text = SMALL.replace('metric = "hours"', 'metric = "pages_read"')
    assert load_template(write(tmp_path, text)).tabs["status"].block[0].metric == "pages_read"


def reference(target: str) -> str:
    return f'label = "Name"\ntype = "reference"\ntarget = "{target}"'


def test_a_reference_into_a_built_in_template_is_checked(tmp_path: Path):
    found = changed(tmp_path, 'label = "Name"', reference("working-group/member"))
    assert 'Did you mean "members"?' in found['tab "list", column "name", target']


def test_a_reference_into_a_template_beside_it_is_checked(tmp_path: Path):
    write(tmp_path, SMALL.replace('key = "books"', 'key = "shelves"'), "shelves")
    assert load_template(write(tmp_path, SMALL.replace('label = "Name"', reference("shelves/list"))))
    found = changed(tmp_path, 'label = "Name"', reference("shelves/lst"))
    assert 'Did you mean "list"?' in found['tab "list", column "name", target']


def test_a_reference_into_a_template_nobody_has_is_left_alone(tmp_path: Path):
    template = load_template(write(tmp_path, SMALL.replace('label = "Name"', reference("shelves/list"))))
    assert template.tabs["list"].columns["name"].target == "shelves/list"


def test_two_templates_may_refer_to_each_other(tmp_path: Path):
    shelves = SMALL.replace('key = "books"', 'key = "shelves"').replace(
        'label = "Name"', reference("books/list")
    )
    write(tmp_path, shelves, "shelves")
    assert load_template(write(tmp_path, SMALL.replace('label = "Name"', reference("shelves/list"))))


# --------------------------------------------------------------------------------------- the documentation

DOCS = Path(__file__).parents[1] / "docs" / "templates.md"


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("### The template", Template),
        ("### `[[tab]]`", Tab),
        ("### `[[tab.column]]`", Column),
        ("### `[[tab.line]]`", Line),
        ("### `[[tab.block]]`", Block),
        ("### `[[link]]`", Link),
        ("Each of the `fields`:", LinkField),
    ],
)
def test_the_documentation_has_a_row_for_every_key_and_no_other(heading: str, part: type):
    section = DOCS.read_text(encoding="utf-8").split(f"\n{heading}\n")[1]
    table = re.search(r"^\| key \|.*\n\|---.*\n((?:\|.*\n)+)", section, re.M)
    assert table
    rows = re.findall(r"^\| `(\w+)` \|", table[1], re.M)
    assert rows == [field.name for field in dataclasses.fields(part)]


def test_the_documentation_names_every_type():
    section = DOCS.read_text(encoding="utf-8").split("#### Types")[1]
    assert re.findall(r"^\| `(\w+)` \|", section.split("\n### ")[0], re.M) == list(ColumnType)


def test_the_example_of_the_documentation_is_a_sound_template(tmp_path: Path):
    example = re.search(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    assert example
    assert load_template(write(tmp_path, example[1], "reading-list")).title == "Reading list"
