"""Every other word for an allowed value leads to a value that a built-in template really has."""

from pathlib import Path

import pytest

from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.columns import cell_problem
from sheetsync.core.converting import allowed, convert
from sheetsync.core.settings import Settings
from sheetsync.core.words import MEANINGS

COLUMNS = [
    column
    for name in builtin_templates()
    for tab in find_template(name, Path()).tab
    for column in tab.column
    if column.values
]


@pytest.mark.parametrize("word", MEANINGS)
def test_a_word_means_a_value_of_some_column(word):
    assert any(set(MEANINGS[word]) & set(column.values) for column in COLUMNS)


@pytest.mark.parametrize("word", MEANINGS)
def test_a_word_means_one_thing_in_any_one_column(word):
    assert all(len(set(MEANINGS[word]) & set(column.values)) <= 1 for column in COLUMNS)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_what_a_word_is_read_as_is_admissible(column):
    for word in (*MEANINGS, *column.values):
        if allowed(column, word):
            assert cell_problem(column, convert(column, word).value, Settings()) is None


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_an_allowed_value_is_read_as_itself(column):
    for value in column.values:
        assert str(convert(column, value).value) == value
        assert convert(column, value).remark == ""
