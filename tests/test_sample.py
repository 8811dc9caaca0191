"""The sample program: believable, kind, mostly right, and wrong only where it is meant to be."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files

import pytest
from pydantic import TypeAdapter

from sheetsync.core.columns import cell_problem
from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.core.records import Book, Record, View, columns_of_type
from sheetsync.core.rules import all_rules
from sheetsync.core.rules.registry import check_all
from sheetsync.core.settings import MailSettings, Settings
from sheetsync.core.values import Value, show
from sheetsync.sample import SAMPLE_WORKBOOKS, Sample, SampleEdit, sample, working_day

TODAY = date(2026, 11, 19)  # a Thursday
WEEK = [TODAY + timedelta(days=days) for days in range(7)]

#: Every cell that is wrong on purpose: (tab, column, value).
WRONG_CELLS = {
    ("stakeholders", "stance_now", "suportive"),
    ("stakeholders", "last_reviewed", "last Tuesday"),
}
BROKEN_REFERENCES = {("conversations", "stakeholder", "Priya Ramanthan")}
EMPTY_REQUIRED = {("log", "text")}
DUPLICATES = {("stakeholders", "Leila Farahani")}

PERSONAL_TRAITS = re.compile(
    r"\b(degree|college|university|graduated|ph\.?d|bachelor|diploma|gender|male|female|women|men|black|white|"
    r"asian|latin[oax]|hispanic|race|ethnic\w*|religio\w*|muslim|christian|jewish|gay|lesbian|queer|trans|"
    r"disab\w*|veteran|immigrant|years old|aged)\b",
    re.I,
)


def template(key: str) -> Template:
    """The built-in template as its file has it."""
    text = files("sheetsync.templates").joinpath(f"{key}.toml").read_text(encoding="utf-8")
    return TypeAdapter(Template).validate_python(tomllib.loads(text))


TEMPLATES = {name: template(key) for name, key in SAMPLE_WORKBOOKS.items()}


def records(program: Sample, name: str, tab: Tab) -> tuple[Record, ...]:
    """The records a pass would see."""
    book = program.books[name]
    if tab.kind is TabKind.FORM:
        return tuple(Record(key, {"value": value}) for key, value in book.forms[tab.key].items())
    rows = book.tables.get(tab.key, ())
    return tuple(Record(f"{tab.key}-{place}", row) for place, row in enumerate(rows))


def view(program: Sample) -> View:
    books = tuple(
        Book(name, template, {tab.key: records(program, name, tab) for tab in template.tab})
        for name, template in TEMPLATES.items()
    )
    mail = MailSettings(operator="maya@acme.example", org=("all@acme.example",))
    return View(program.name, books, now=datetime.combine(TODAY, time(9)), mail=mail)


def cells(program: Sample) -> Iterator[tuple[Tab, Column, Value]]:
    """Every filled cell of the sample, with its tab and column."""
    for name, book in program.books.items():
        tabs = TEMPLATES[name].tabs
        for key, settings in book.forms.items():
            yield from ((tabs[key], tabs[key].columns[each], value) for each, value in settings.items())
        for key, rows in book.tables.items():
            for row in rows:
                yield from ((tabs[key], tabs[key].columns[each], value) for each, value in row.items())


def matches(program: Sample, edit: SampleEdit) -> int:
    rows = program.books[edit.workbook].tables[edit.tab]
    return sum(all(row.get(key) == value for key, value in (edit.find or {}).items()) for row in rows)


def codes(program: Sample) -> set[str]:
    """Codes of everything that the rules find in a sample."""
    return {finding.code for finding in check_all(view(program), all_rules())}


def edited(program: Sample) -> Sample:
    """The sample after all edits."""
    books = dict(program.books)
    for edit in program.edits:
        book = books[edit.workbook]
        rows = list(book.tables[edit.tab])
        if edit.find is None:
            rows.append(edit.set)
        else:
            wanted = edit.find.items()
            rows = [{**row, **edit.set} if wanted <= row.items() else row for row in rows]
        books[edit.workbook] = replace(book, tables={**book.tables, edit.tab: tuple(rows)})
    return replace(program, books=books)


@pytest.fixture(scope="module")
def acme() -> Sample:
    return sample(TODAY)


def test_it_is_the_size_of_a_real_program(acme: Sample):
    counts = {
        (name, tab): len(rows) for name, book in acme.books.items() for tab, rows in book.tables.items()
    }
    assert acme.name == "Acme Apprenticeships"
    assert counts == {
        ("map", "stakeholders"): 40,
        ("map", "approach"): 22,
        ("map", "conversations"): 30,
        ("map", "milestones"): 5,
        ("group", "members"): 14,
        ("group", "intake"): 6,
        ("group", "sprints"): 6,
        ("group", "log"): 60,
        ("group", "meetings"): 14,
        ("group", "milestones"): 6,
    }


def test_every_table_and_form_of_the_templates_is_filled(acme: Sample):
    for name, book in acme.books.items():
        assert {*book.forms, *book.tables} == {tab.key for tab in TEMPLATES[name].synced()}


def test_every_setting_of_the_program_form_is_filled(acme: Sample):
    assert list(acme.books["map"].forms["program"]) == list(TEMPLATES["map"].tabs["program"].columns)


def test_no_computed_column_is_typed_and_no_empty_cell_is_stored(acme: Sample):
    assert all(not column.computed and value is not None for _, column, value in cells(acme))


def test_every_value_is_admissible_but_for_the_deliberate_mistakes(acme: Sample):
    wrong = {
        (tab.key, column.key, value)
        for tab, column, value in cells(acme)
        if cell_problem(column, value, Settings(), TODAY)
    }
    assert wrong == WRONG_CELLS


def test_required_cells_are_filled_but_for_the_deliberate_gap(acme: Sample):
    gaps = [
        (key, column.key)
        for name, book in acme.books.items()
        for key, rows in book.tables.items()
        for column in TEMPLATES[name].tabs[key].column
        for row in rows
        if column.required and column.key not in row
    ]
    assert gaps == sorted(EMPTY_REQUIRED)


def test_references_name_exactly_one_record_but_for_the_deliberate_slip(acme: Sample):
    seen = view(acme)
    broken = {
        (tab.key, column.key, name)
        for book in seen.books
        for tab in book.template.tab
        for column in columns_of_type(tab, ColumnType.REFERENCE, ColumnType.REFERENCES)
        for record in book.records(tab.key)
        for name in (record.many(column.key) if column.many else filter(None, [record.text(column.key)]))
        if len(seen.find(book, column.target, name)) != 1
    }
    assert broken == BROKEN_REFERENCES


@pytest.mark.parametrize("today", WEEK, ids=lambda day: f"{day:%A}")
def test_on_any_weekday_only_the_deliberate_duplicate_stands_twice(today: date):
    seen = view(sample(today))
    twice = {
        (tab.key, name)
        for book in seen.books
        for tab in book.template.tab
        if tab.kind is TabKind.TABLE
        for name, count in Counter(
            " ".join(record.text(key) for key in tab.natural_key) for record in book.records(tab.key)
        ).items()
        if count > 1 and name.strip()
    }
    assert twice == DUPLICATES


@pytest.mark.parametrize("today", WEEK, ids=lambda day: f"{day:%A}")
def test_nothing_happens_on_a_weekend(today: date):
    assert all(value.weekday() < 5 for _, _, value in cells(sample(today)) if isinstance(value, date))


def test_a_weekend_day_moves_to_the_friday_before():
    friday = date(2026, 11, 20)
    assert [working_day(TODAY, offset) for offset in (0, 1, 2, 3, 4)] == [
        TODAY,
        friday,
        friday,
        friday,
        date(2026, 11, 23),
    ]


def test_all_dates_move_with_the_day_of_the_demo(acme: Sample):
    later = sample(TODAY + timedelta(weeks=60))
    for (_, _, before), (_, _, after) in zip(cells(acme), cells(later), strict=True):
        if isinstance(before, date):
            assert after == before + timedelta(weeks=60)


def test_what_happened_lies_in_the_last_four_months_and_before_today(acme: Sample):
    happened = {"conversations": "date", "log": "date", "approach": "green_light_on", "milestones": "reached"}
    days = [
        value
        for tab, column, value in cells(acme)
        if happened.get(tab.key) == column.key and value is not None
    ]
    assert all(TODAY - timedelta(days=125) <= day <= TODAY for day in days)
    assert len({(day.year, day.month) for day in days}) >= 4


def test_a_meeting_is_referred_to_by_its_date_and_purpose(acme: Sample):
    kickoff = acme.books["group"].tables["meetings"][0]
    assert acme.books["group"].tables["log"][0]["meeting"] == f"{show(kickoff['date'])} {kickoff['purpose']}"


def test_people_are_described_without_traits_or_education(acme: Sample):
    texts = [show(value) for _, _, value in cells(acme)]
    texts += [show(value) for edit in acme.edits for value in edit.set.values()] + [
        e.says for e in acme.edits
    ]
    assert [text for text in texts if PERSONAL_TRAITS.search(text)] == []


def test_the_optional_columns_about_learning_and_disparities_stay_empty(acme: Sample):
    assert not [column for _, column, _ in cells(acme) if column.switch]


def test_every_address_is_of_the_example_domain(acme: Sample):
    addresses = [value for _, column, value in cells(acme) if column.type is ColumnType.EMAIL]
    assert addresses
    assert all(address.endswith("@acme.example") for address in addresses)
    links = [value for _, column, value in cells(acme) if column.type is ColumnType.URL]
    assert links
    assert all(".acme.example/" in link for link in links)


def test_every_intake_row_says_when_it_is_deleted(acme: Sample):
    assert all(row["delete_after"] > TODAY for row in acme.books["group"].tables["intake"])


def test_every_edit_finds_exactly_one_row_or_adds_one(acme: Sample):
    assert [edit.says for edit in acme.edits if edit.find is not None and matches(acme, edit) != 1] == []
    assert [edit.tab for edit in acme.edits if edit.find is None] == ["stakeholders", "log", "members"]


def test_edits_change_something_and_type_only_right_values(acme: Sample):
    for edit in acme.edits:
        columns = TEMPLATES[edit.workbook].tabs[edit.tab].columns
        assert edit.set != edit.find
        for key, value in edit.set.items():
            assert not columns[key].computed
            assert cell_problem(columns[key], value, Settings(), TODAY) is None, (edit.says, key)


def test_each_edit_is_told_in_one_sentence_without_naming_a_stance(acme: Sample):
    stances = TEMPLATES["map"].tabs["stakeholders"].columns["stance_now"].values
    for edit in acme.edits:
        assert edit.says.endswith(".")
        assert edit.says.count(".") == 1
        assert not any(stance in edit.says for stance in stances)


def test_findings_of_every_family_show(acme: Sample):
    assert codes(acme) >= {
        *("D001", "D002", "D003", "D004", "D005", "D009", "E102", "P002"),
        *("M101", "M102", "M103", "M104", "M107", "M108", "M201", "M202", "M204", "M205"),
        *("G101", "G104", "G105", "G201", "G301", "G302", "G303", "G304", "G305", "G401"),
    }


def test_the_program_is_healthy_where_it_is_meant_to_be(acme: Sample):
    assert codes(acme).isdisjoint(
        {"E001", "G102", "G103", "G106", "G107", "G202", "G203", "M105", "M106", "P001"}
    )


def test_the_edits_settle_findings_and_bring_no_new_kind(acme: Sample):
    before, after = codes(acme), codes(edited(acme))
    assert before - after >= {"D001", "D009", "E102", "G101", "G105", "G301", "G305", "M104", "M107"}
    assert after <= before
