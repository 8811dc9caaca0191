"""Which values may stand in which column, and what people are told about the others."""

from datetime import date, datetime, time
from timeit import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.columns import CellProblem, cell_problem, is_email, nearest, quote
from sheetsync.core.model import Column, ColumnType
from sheetsync.core.settings import Settings
from sheetsync.core.values import Boolean, CellError, Unclear, Value

TODAY = date(2026, 3, 2)
COLUMNS = {
    "text": Column("t", "Learned"),
    "choice": Column("c", "Stance now", ColumnType.CHOICE, ("unaware", "neutral", "supportive")),
    "yes": Column("y", "Early-career", ColumnType.CHOICE, ("yes", "no")),
    "choices": Column("m", "Stages", ColumnType.CHOICES, ("Explore", "Partner", "Build")),
    "open": Column("o", "Anything", ColumnType.CHOICE),
    "reference": Column("r", "Owner", ColumnType.REFERENCE, target="members"),
    "date": Column("d", "Due", ColumnType.DATE),
    "number": Column("n", "Hours", ColumnType.NUMBER),
    "integer": Column("i", "Count", ColumnType.INTEGER),
    "influence": Column("f", "Influence", ColumnType.INTEGER, ("1", "2", "3", "4", "5")),
    "email": Column("e", "Email", ColumnType.EMAIL),
    "url": Column("u", "Link", ColumnType.URL),
}


def problem(column: str, value: Value) -> CellProblem | None:
    return cell_problem(COLUMNS[column], value, Settings(), TODAY)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *[(column, None) for column in COLUMNS],
        *[(column, " \n") for column in COLUMNS],
        ("text", "anything, with a tab\tand a\nnew line"),
        ("text", 5),
        ("text", Boolean.TRUE),
        ("text", "x" * 32_767),
        ("choice", "supportive"),
        ("choice", " Supportive "),
        ("choices", "Explore, Build"),
        ("choices", "build;explore\nPARTNER"),
        ("open", "whatever"),
        ("reference", "nobody at all"),
        ("date", date(2000, 1, 1)),
        ("date", datetime(2026, 3, 2, 9)),
        ("date", date(2036, 3, 2)),
        ("number", 2.5),
        ("number", -1),
        ("integer", 4),
        ("influence", 5),
        ("email", "ana.ruiz+map@mail.acme.example"),
        ("email", " ana@acme.example "),
        ("url", "https://acme.example/a?b=c#d"),
        ("url", "http://wiki:8080/page"),
    ],
)
def test_an_admissible_value_is_no_problem(column, value):
    assert problem(column, value) is None


@pytest.mark.parametrize(
    ("typed", "is_no_day"),
    [
        ("31.02.2026", True),
        ("2026-02-30", True),
        ("2/30/2026", True),
        ("31.04.26", False),
        ("31.01.2026 10", False),
        ("28.02.2026", False),
        ("45.02.2026", False),
    ],
)
def test_a_day_that_its_month_does_not_have_is_told(typed, is_no_day):
    found = cell_problem(Column("due", "Due", ColumnType.DATE), typed, Settings())
    assert found.do.startswith("There is no such day.") == is_no_day


@pytest.mark.parametrize(
    ("column", "value", "code", "suggestion"),
    [
        ("choice", "suportive", "D001", "supportive"),
        ("choice", "xyz", "D001", ""),
        ("choice", 7, "D001", ""),
        ("yes", Boolean.TRUE, "D001", "yes"),
        ("yes", Boolean.FALSE, "D001", "no"),
        ("choices", "Explore, Bild", "D001", "Build"),
        ("influence", 7, "D001", ""),
        ("influence", 4.5, "D002", "4"),
        ("integer", "5", "D002", "5"),
        ("date", "3/4/2026", "D002", ""),
        ("date", "March 4, 2026", "D002", ""),
        ("date", "soon", "D002", ""),
        ("date", 46000, "D002", "2025-12-09"),
        ("date", Boolean.TRUE, "D002", ""),
        ("date", time(9), "D002", ""),
        ("date", date(1999, 12, 31), "D009", ""),
        ("date", date(2036, 3, 3), "D009", ""),
        ("date", datetime(2206, 1, 1), "D009", ""),
        ("number", "5 hours", "D002", "5"),
        ("number", "2,5", "D002", "2.5"),
        ("number", "1,500", "D002", "1500"),
        ("number", "lots", "D002", ""),
        ("number", date(2026, 1, 1), "D002", ""),
        ("number", Boolean.TRUE, "D002", ""),
        ("email", "Ana Ruiz <ana@acme.example>", "D002", "ana@acme.example"),
        ("email", "ana@acme.example, ben@acme.example", "D002", ""),
        ("email", "ana@acme", "D002", ""),
        ("email", "ana@acme.example\nBcc: x@y.example", "D002", ""),
        ("email", 5, "D002", ""),
        ("url", "www.acme.example/notes", "D002", "https://www.acme.example/notes"),
        ("url", "javascript:alert(1)", "D002", ""),
        ("url", "file:///etc/passwd", "D002", ""),
        ("url", 'https://acme.example/"onclick=', "D002", ""),
        ("text", CellError("#REF!"), "D008", ""),
        ("date", CellError("#N/A"), "D008", ""),
        ("text", Unclear("a formula without a result"), "D002", ""),
        ("text", "x" * 32_768, "D010", ""),
        ("text", "😀" * 16_384, "D010", ""),
        ("choice", "bell\x07", "D010", ""),
        ("text", "half \ud83d", "D010", ""),
    ],
)
def test_a_faulty_value_is_told_by_code_with_what_was_probably_meant(column, value, code, suggestion):
    found = problem(column, value)
    assert found
    assert (found.code, found.suggestion) == (code, suggestion)
    assert found.do.endswith(".")


def test_a_message_says_the_column_what_is_wrong_what_was_expected_and_what_to_type():
    found = problem("choice", "suportive")
    assert found
    assert found.message == (
        'Stance now: "suportive" is not an allowed value; expected unaware, neutral, supportive.'
    )
    assert found.do == 'Choose "supportive" if that was meant, or another value of the list.'


def test_text_that_looks_like_a_date_gets_a_hint_how_to_type_it():
    found, vague = problem("date", "31.3.2026"), problem("date", "soon")
    assert found
    assert vague
    assert "stands as text" in found.do
    assert "2026-03-31" in vague.do
    assert "stands as text" not in vague.do


def test_a_number_with_words_is_told_to_stand_alone():
    found = problem("number", "5 hours")
    assert found
    assert found.do == "Type 5 if that was meant: the number alone, without words or units."


def test_without_a_day_no_date_is_too_far_ahead():
    assert cell_problem(COLUMNS["date"], date(2206, 1, 1), Settings()) is None


def test_the_last_admissible_day_counts_from_a_leap_day_too():
    on_leap_day = date(2028, 2, 29)
    assert cell_problem(COLUMNS["date"], date(2038, 2, 28), Settings(), on_leap_day) is None
    assert cell_problem(COLUMNS["date"], date(2038, 3, 1), Settings(), on_leap_day)


def test_nearest_ignores_case_and_gives_the_word_as_the_list_has_it():
    assert nearest("legl", ["Legal", "Marketing"]) == "Legal"
    assert nearest("zzz", ["Legal", "Marketing"]) == ""


def test_among_very_many_words_the_nearest_is_found_by_its_first_letter():
    many = [f"Name {number}" for number in range(2_000)]
    assert nearest("legl", [*many, "Legal"]) == "Legal"


def test_a_quoted_value_is_one_line_and_short():
    assert quote("a\nb\x07c") == '"a b c"'
    assert len(quote("x" * 500)) == 62


@pytest.mark.parametrize(
    "text", ["", "@", "a@b.c", ".a@b.example", "a..b@c.example", "a@-b.example", "a b@c.example"]
)
def test_what_is_not_one_plain_address_is_no_email(text):
    assert not is_email(text)


VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(Boolean),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.builds(CellError, st.text()),
    st.builds(Unclear, st.text()),
)


@given(st.sampled_from(sorted(COLUMNS)), VALUES, st.dates())
def test_any_value_in_any_column_gets_an_answer(column, value, today):
    found = cell_problem(COLUMNS[column], value, Settings(), today)
    assert found is None or (found.code in {"D001", "D002", "D008", "D009", "D010"} and found.message)


@pytest.mark.parametrize("column", ["email", "url", "date", "number"])
@pytest.mark.parametrize("piece", ["a", "1 ", "jan ", "a@", "1.", "a.", "-"])
def test_a_long_hostile_text_is_answered_at_once(column, piece):
    text = (piece * 32_767)[:32_767]
    assert timeit(lambda: problem(column, text), number=1) < 0.5
