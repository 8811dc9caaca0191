"""The probes of the real Google, run against the emulated one: they work, and it does as they expect."""

from __future__ import annotations

import pytest

from live import test_live_google as probes
from live.test_live_google import (
    spreadsheet,
    test_a_batch_behind_a_fence_that_is_gone_is_refused_as_a_whole,
    test_a_cell_that_a_formula_beside_it_fills_has_a_value_that_nobody_entered,
    test_a_table_takes_the_hidden_id_column,
    test_a_workbook_is_made_read_written_and_read_back,
    test_two_readings_of_what_has_not_changed_are_equal_to_the_byte,
    test_what_a_mask_leaves_of_what_is_not_there,
    test_what_a_sort_does_to_developer_metadata,
)
from replicas.google_making import ROBOT, google

__all__ = [
    "spreadsheet",
    "test_a_batch_behind_a_fence_that_is_gone_is_refused_as_a_whole",
    "test_a_cell_that_a_formula_beside_it_fills_has_a_value_that_nobody_entered",
    "test_a_table_takes_the_hidden_id_column",
    "test_a_workbook_is_made_read_written_and_read_back",
    "test_two_readings_of_what_has_not_changed_are_equal_to_the_byte",
    "test_what_a_mask_leaves_of_what_is_not_there",
    "test_what_a_sort_does_to_developer_metadata",
]


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    return google(tmp_path_factory.mktemp("probes")), ROBOT


def test_a_probe_without_a_login_is_left_out_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr("sheetsync.replicas.google.login.user_config_path", lambda _: tmp_path)
    with pytest.raises(pytest.skip.Exception, match="sheetsync connect google"):
        probes.account.__wrapped__()
