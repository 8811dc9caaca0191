"""Which record each row is, whatever people did to the hidden ids."""

from __future__ import annotations

import pytest

from core.merge.copies import PEOPLE, row
from sheetsync.core.merge.identity import Known, assign, twins
from sheetsync.core.model import Column, Tab, TabKind

ANA, BO, CY = {"name": "Ana", "note": "a"}, {"name": "Bo", "note": "b"}, {"name": "Cy", "note": "c"}
SEEN = {"r1": ANA, "r2": BO, "r3": CY}


def ids(*rows, seen=None, elsewhere=None, withdrawn=None, ever=()):
    known = Known(SEEN if seen is None else seen, elsewhere or {}, withdrawn or {}, frozenset((*SEEN, *ever)))
    return assign(PEOPLE, rows, known).ids


def reasons(*rows):
    return [it.reason for it in assign(PEOPLE, rows, Known(SEEN, {}, {}, frozenset(SEEN))).repairs]


def test_rows_nobody_touched_keep_their_ids_in_any_order():
    assert ids(row("r3", **CY), row("r1", **ANA), row("r2", **BO)) == ["r3", "r1", "r2"]


def test_an_edited_row_keeps_its_id():
    assert ids(row("r1", name="Ana Ruiz", note="new"), row("r2", **BO)) == ["r1", "r2"]


def test_of_a_copied_row_the_one_that_was_not_changed_keeps_the_id():
    assert ids(row("r1", name="Ana", note="changed"), row("r1", **ANA)) == ["", "r1"]


def test_of_two_changed_copies_the_one_that_fits_better_keeps_the_id():
    assert ids(row("r1", name="Dee", note="d"), row("r1", name="Ana", note="d")) == ["", "r1"]


def test_of_equal_copies_the_first_keeps_the_id():
    assert ids(row("r1", **ANA), row("r1", **ANA)) == ["r1", ""]


def test_equal_rows_keep_their_ids_whatever_one_of_them_may_not_bring_into_the_ledger():
    """Else they would change places with every pass."""
    seen = {"r1": {"name": "Ana", "note": "a"}, "r4": {"name": "Ana", "email": "ana@acme.example"}}
    twins = (row(row_id, name="Ana", note="!", email="ana@acme.example") for row_id in ("r1", "r4"))
    assert ids(*twins, seen=seen) == ["r1", "r4"]


def test_a_cleared_id_is_found_by_the_same_contents():
    assert ids(row("", **BO), row("r1", **ANA)) == ["r2", "r1"]


def test_of_two_records_that_say_the_same_a_cleared_id_is_that_of_the_one_the_copy_had():
    assert ids(row("", **BO), elsewhere={"r4": BO}) == ["r2"]
    assert ids(row("", **BO), row("", **BO), elsewhere={"r4": BO}) == ["r2", "r4"]


def test_a_cleared_id_is_found_by_the_name_when_the_rest_was_edited():
    assert ids(row("", name=" bo ", note="edited")) == ["r2"]


def test_a_cleared_id_is_found_by_what_is_unique_when_the_name_was_edited():
    seen = {"r1": {"name": "Ana", "email": "ana@acme.example"}, "r2": BO}
    assert ids(row("junk", name="Anna", email="ANA@acme.example"), seen=seen) == ["r1"]


def test_after_a_sort_of_the_visible_columns_ids_follow_contents():
    assert ids(row("r1", **CY), row("r2", **ANA), row("r3", **BO)) == ["r3", "r1", "r2"]


def test_a_row_that_was_shifted_and_edited_is_found_by_its_name():
    shifted = (row("r1", **CY), row("r2", name="Ana", note="edited"), row("r3", **BO))
    assert ids(*shifted) == ["r3", "r1", "r2"]


def test_a_row_that_was_shifted_and_renamed_is_found_by_its_other_cells():
    shifted = (row("r1", **CY), row("r2", name="Anna", note="a"), row("r3", **BO))
    assert ids(*shifted) == ["r3", "r1", "r2"]


def test_a_block_pasted_over_other_rows_is_an_edit_of_those():
    pasted = (row("r1", **ANA), row("r2", **ANA), row("r3", **CY))
    assert ids(*pasted) == ["r1", "r2", "r3"]


def test_whole_rows_pasted_over_others_are_copies_and_the_rows_under_them_are_gone():
    pasted = (row("r1", **ANA), row("r1", **ANA), row("r3", **CY))
    assert ids(*pasted) == ["r1", "", "r3"]


@pytest.mark.parametrize("typed", ["x", "r1 ", "=A1", "r999"])
def test_a_malformed_or_unknown_id_counts_as_blank(typed):
    assert ids(row(typed, **BO), row(typed, name="Dee")) == ["r2", ""]


def test_an_id_that_was_made_once_is_believed():
    assert ids(row("r9", name="Dee"), ever=["r9"]) == ["r9"]


def test_an_id_that_a_crash_withheld_is_adopted_by_contents_or_name():
    assert ids(row("", name="Dee", note="d"), withdrawn={"r9": {"name": "Dee", "note": "d"}}) == ["r9"]
    assert ids(row("", name="Dee", note="d2"), withdrawn={"r9": {"name": "Dee", "note": "d"}}) == ["r9"]


def test_a_row_typed_here_and_elsewhere_is_one_record_if_all_cells_are_equal():
    new = {"name": "Dee", "note": "d"}
    assert ids(row("", **new), elsewhere={"r9": new}) == ["r9"]
    assert ids(row("", name="Dee", note="other"), elsewhere={"r9": new}) == [""]


def test_a_row_typed_here_and_elsewhere_is_one_record_if_a_unique_column_is_equal():
    new = {"name": "Dee", "email": "dee@acme.example"}
    assert ids(row("", name="D.", email="Dee@acme.example"), elsewhere={"r9": new}) == ["r9"]


def test_no_id_is_given_twice():
    elsewhere = {"r9": {"name": "Dee"}}
    assert ids(row("", name="Dee"), row("", name="Dee"), elsewhere=elsewhere) == ["r9", ""]


def test_new_rows_of_two_copies_pair_up_one_to_one():
    new = {"n1": {"name": "Dee"}, "n2": {"name": "Dee"}}
    assert twins(PEOPLE, [row("", name="Dee")] * 3, new) == ["n1", "n2", ""]


def test_every_repair_is_told_with_its_reason():
    assert reasons(row("r1", **ANA), row("r1", **ANA)) == ["the row was copied together with its hidden id"]
    assert reasons(row("zzz", name="Dee")) == ["its hidden id is not one that sheetsync made"]
    assert reasons(row("zzz", **ANA)) == ["its hidden id is not one that sheetsync made"]
    [first, second] = reasons(row("r2", **ANA), row("r1", **BO))
    assert first == second == "its contents belong to another row id (were the visible columns sorted alone?)"


def test_ids_in_their_place_and_blank_ids_of_new_rows_need_no_repair():
    assert reasons(row("r1", **ANA), row("", name="Dee")) == []


def test_a_tab_without_a_natural_key_matches_by_contents_alone():
    tab = Tab("log", "Log", TabKind.TABLE, column=(Column("text", "Text"),))
    known = Known({"r1": {"text": "one"}}, {}, {}, frozenset({"r1"}))
    assert assign(tab, [row("", text="one"), row("", text="two")], known).ids == ["r1", ""]
