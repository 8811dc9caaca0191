"""The register as a whole: every rule is there, explained, and never fails on odd data."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.builders import program, template
from sheetsync.core.model import TabKind
from sheetsync.core.records import Book, Observation, Record
from sheetsync.core.rules import all_rules
from sheetsync.core.rules.registry import ADVICE, ERROR, RULES, WARNING, check_all
from sheetsync.core.values import Boolean, CellError, Unclear

SEVERITIES = {
    ERROR: "D001 D002 D003 D004 D007 D008 D009 D010 P001 E001",
    WARNING: "D005 D006 D011 E102 M101 M102 M104 M108 M201 M205 G101 G102 G106 G201 G202 G203 G301 G303 G304",
    ADVICE: "P002 M103 M105 M106 M107 M202 M203 M204 G103 G104 G105 G107 G302 G305 G306 G307 G401 G501",
}


def test_every_rule_is_there_with_its_severity():
    expected = {code: severity for severity, codes in SEVERITIES.items() for code in codes.split()}
    assert {each.code: each.severity for each in all_rules()} == expected


def test_rules_are_sorted_by_code():
    codes = [each.code for each in all_rules()]
    assert codes == sorted(codes)


def test_only_integrity_privacy_and_mail_are_errors():
    assert {each.code[0] for each in all_rules() if each.severity is ERROR} == {"D", "P", "E"}


def test_only_the_quiet_contributor_is_private():
    assert [each.code for each in all_rules() if each.private] == ["G401"]


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_explains_itself(code):
    each = RULES[code]
    assert each.summary.endswith(".")
    assert all(each.part(name).endswith(".") for name in ("Why", "Do", "Fires"))
    assert each.practices or code.startswith("D")


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_looks_at_a_tab_that_a_template_has(code):
    tabs = {tab.key for key in ("stakeholder-map", "working-group") for tab in template(key).tab}
    assert RULES[code].tab in {"", *tabs}


def test_an_empty_program_has_nothing_wrong_with_it_but_a_missing_channel():
    assert {found.code for found in check_all(program({}, {}), all_rules())} == {"G106"}


def test_a_rule_that_is_switched_off_finds_nothing():
    assert check_all(program({}, {}), all_rules(), off=["G106"]) == ()


WORDS = (
    "Ana Ruiz",
    "ana ruiz",
    "action",
    "done",
    "1:1",
    "CTO",
    "champion",
    "Explore, Build",
    "a@b.example",
    " ",
    "=1",
)
VALUES = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(Boolean),
    st.dates(),
    st.dates(date(2025, 11, 1), date(2026, 6, 1)),
    st.times(),
    st.datetimes(),
    st.just(CellError("#REF!")),
    st.just(Unclear("a formula without a result")),
)


SEEN = tuple(Observation(code, "map", "stakeholders", "Seen.") for code in ("D006", "D007", "D011"))


def rows(key):
    """Arbitrary values in arbitrary cells of every tab of a template."""
    content = {}
    for tab in template(key).synced():
        cells = st.dictionaries(st.sampled_from(sorted(tab.columns)), VALUES, max_size=8)
        content[tab.key] = cells if tab.kind is TabKind.FORM else st.lists(cells, max_size=4)
    return st.fixed_dictionaries(content)


@settings(max_examples=150, deadline=None)
@given(rows("stakeholder-map"), rows("working-group"), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_no_rule_fails_on_arbitrary_values_in_arbitrary_cells(map_, group, today):
    view = program(map_, group, today=today, observations=SEEN)
    tabs = {(each.name, tab.key): tab for each in view.books for tab in each.template.tab}
    for found in check_all(view, all_rules()):
        assert found.message
        assert found.do
        assert found.column in {"", "value", *tabs[found.workbook, found.tab].columns}


def test_a_workbook_without_the_other_is_checked_by_itself():
    findings = check_all(program(group={"members": [{"name": "Ana Ruiz"}]}), all_rules())
    assert {found.code for found in findings} == {"G105", "G107"}


@pytest.mark.parametrize("key", ["stakeholder-map", "working-group"])
def test_a_template_of_one_s_own_may_have_fewer_columns(key):
    own = replace(template(key), tab=tuple(replace(tab, column=()) for tab in template(key).tab))
    rows = {tab.key: (Record("r1", {}),) for tab in own.synced()}
    view = replace(program(), books=(Book("own", own, rows),))
    assert "G106" not in {found.code for found in check_all(view, all_rules())}
