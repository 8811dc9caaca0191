"""What is known to go wrong when Excel files are edited in place, and the test that holds each."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent

#: Trap -> the file and the beginning of the test's name.
TRAPS = {
    "cells without places": "rows rows_and_cells_that_name_no_place",
    "wrong spans": "rows the_spans_of_a_rewritten_row",
    "wrong dimension": "grid a_dimension_that_is_wrong",
    "dimension to extend": "rows the_dimension_covers",
    "rows doubled or out of order": "rows rows_and_cells_that_stand_twice",
    "empty sheetData": "rows a_sheet_without_rows",
    "prefixed elements": "rows elements_keep_their_prefix",
    "strict namespaces": "edit a_strict_workbook",
    "backslashes, case and escapes in names": "opc a_part_is_found_whatever",
    "other encodings, zip64, CDATA, blanks in tags": "edit_variants a_workbook_in_another_form",
    "two members of one name": "opc two_members_of_one_name",
    "overlapping members": "opc members_that_overlap",
    "data descriptors": "opc members_that_end_with_a_descriptor",
    "encrypted members": "opc an_encrypted_member",
    "wrong checksums": "opc damaged_bytes_of_a_part",
    "a cell in a merged range": "edit a_covered_cell_of_a_merged_range",
    "the master of a shared formula": "edit the_formula_that_others_share",
    "arrays and data tables": "edit a_cell_that_one_formula_fills",
    "attributes of the old value": "edit what_belonged_to_the_old_value",
    "stale results": "rows a_stale_result_goes",
    "whose results are stale": "formulas_stale ",
    "calculation when opened": "edit a_workbook_with_formulas_is_calculated",
    "calculation chain": "edit an_overwritten_formula_leaves",
    "style of a new cell": "edit a_new_cell_looks_like",
    "style of a day": "edit a_value_that_a_cell_would_show",
    "styles never renumbered": "edit dates_of_one_kind_share",
    "escapes in text": "edit an_escape_of_excel",
    "control characters": "edit control_characters",
    "too long or impossible values": "edit a_value_that_no_cell_holds",
    "table that grows": "growth a_table_gets_the_range",
    "total row": "growth the_filter_of_a_table",
    "validations and formats that grow": "growth what_ends_with_the_table",
    "rows taken out": "rows rows_that_are_taken_out",
    "references to rows below": "write formulas_elsewhere_go_on",
    "machine tabs keep their charts": "write a_machine_tab_shows",
    "signature": "edit a_signed_workbook",
    "legacy sharing": "edit a_workbook_shared_in_the_old_way",
    "password": "opc a_protected_workbook_is_told",
    "sheet protection": "edit a_protected_sheet",
    "1904": "edit a_day_before_1904",
    "calamine's panics": "grid calamines_panic",
    "schemas": "schema real_workbooks_are_as_valid",
    "other members untouched": "edit_corpus a_real_workbook_is_edited_exactly",
    "bombs": "hostile a_hostile_file",
    "damage": "edit_fuzz a_damaged_workbook",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_has_its_test(trap: str) -> None:
    file, name = TRAPS[trap].split(" ", 1)
    assert f"def test_{name}" in (FOLDER / f"test_excel_{file}.py").read_text(encoding="utf-8")
