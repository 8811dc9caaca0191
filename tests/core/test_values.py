"""One canonical form for every value: compared after canonicalizing, kept as JSON, never changed by it."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.values import (
    Boolean,
    CellError,
    Unclear,
    canonical,
    from_json,
    show,
    to_json,
    utf16_length,
)

RAW = st.one_of(
    st.none(),
    st.text(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.dates(),
    st.times(),
    st.datetimes(max_value=datetime(9999, 12, 31)),
    st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
    st.text(min_size=1).map(CellError),
    st.text(min_size=1).map(Unclear),
)


@pytest.mark.parametrize("raw", [None, ""])
def test_missing_and_empty_are_one_value(raw):
    assert canonical(raw) is None


@pytest.mark.parametrize("raw", ["00123", "TRUE", "1/2", "6.10", " twin ", "=1+1", "#REF!"])
def test_text_is_never_trimmed_nor_coerced(raw):
    assert canonical(raw) == raw


def test_text_is_compared_composed_and_with_line_feeds():
    assert canonical("Jose\u0301\r\nMaria\r") == "José\nMaria\n"


@pytest.mark.parametrize(
    ("raw", "value"),
    [(5.0, 5), (-0.0, 0), (0.1 + 0.2, 0.3), (1e15, 1e15), (1234567890123456, 1234567890123460)],
)
def test_numbers_have_the_fifteen_digits_that_spreadsheets_keep(raw, value):
    assert canonical(raw) == value


def test_whole_numbers_are_whole():
    assert isinstance(canonical(5.0), int)


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), float("-inf"), 1.7976931348623157e308])
def test_what_is_no_number_is_an_error_value(raw):
    assert canonical(raw) == CellError("#NUM!")


def test_a_boolean_is_no_number():
    assert canonical(True) is Boolean.TRUE
    assert canonical(True) != canonical(1)


def test_a_date_is_a_date_and_midnight_is_one_too():
    assert canonical(date(2026, 3, 2)) == date(2026, 3, 2)
    assert canonical(datetime(2026, 3, 2)) == date(2026, 3, 2)
    assert canonical(datetime(2026, 3, 2, 9, 30)) != date(2026, 3, 2)


def test_times_are_rounded_to_the_millisecond_and_have_no_zone():
    assert canonical(datetime(2026, 3, 2, 9, 29, 59, 999_999)) == datetime(2026, 3, 2, 9, 30)
    assert canonical(time(9, 29, 59, 999_999)) == time(9, 30)
    assert canonical(datetime(2026, 3, 2, 9, tzinfo=UTC)) == datetime(2026, 3, 2, 9)


@pytest.mark.parametrize("raw", [date(1900, 2, 28), datetime(1899, 12, 31, 8)])
def test_days_that_excel_and_google_read_differently_are_unclear(raw):
    assert isinstance(canonical(raw), Unclear)


def test_a_duration_is_a_number_of_days():
    assert canonical(timedelta(hours=36)) == 1.5


def test_what_no_cell_holds_is_refused():
    with pytest.raises(TypeError, match="no cell holds a list"):
        canonical([])


@given(RAW)
def test_the_canonical_value_is_canonical(raw):
    value = canonical(raw)
    assert canonical(value) == value


@given(RAW)
def test_every_value_comes_back_from_json_as_it_was(raw):
    value = canonical(raw)
    again = from_json(json.loads(json.dumps(to_json(value))))
    assert (again, type(again)) == (value, type(value))


@given(st.text())
def test_text_that_looks_the_same_is_the_same(text):
    assert canonical(unicodedata.normalize("NFD", text)) == canonical(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("raw", [{"date": "2026-03-02", "time": "09:00"}, {"colour": "red"}, [1], {}])
def test_what_is_no_value_is_refused(raw):
    with pytest.raises(ValueError, match="not a value"):
        from_json(raw)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ("text", "text"),
        (5, "5"),
        (0.3, "0.3"),
        (Boolean.TRUE, "TRUE"),
        (date(2026, 3, 2), "2026-03-02"),
        (time(9, 30), "09:30"),
        (datetime(2026, 3, 2, 9, 30), "2026-03-02 09:30"),
        (CellError("#REF!"), "#REF!"),
        (Unclear("no result yet"), "(no result yet)"),
    ],
)
def test_values_are_shown_as_people_write_them(value, shown):
    assert show(value) == shown


def test_characters_are_counted_as_spreadsheets_do():
    assert utf16_length("abc") == 3
    assert utf16_length("a😀") == 3
