"""Reading an Excel file: what stands in the template's tabs, wherever people have moved it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from replicas.excel_making import make, small_template
from sheetsync.core.plan import Snapshot, TabSnapshot
from sheetsync.core.values import Boolean, CellError, Unclear
from sheetsync.errors import ReplicaMismatch, ReplicaUnreadable
from sheetsync.replicas.excel.package import load
from sheetsync.replicas.excel.read import read_snapshot

TEMPLATE = small_template()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make(TEMPLATE, tmp_path)


@contextmanager
def edited(path: Path) -> Iterator[Workbook]:
    workbook = openpyxl.load_workbook(path)
    yield workbook
    workbook.save(path)


def read(path: Path) -> Snapshot:
    return read_snapshot(path.read_bytes(), path, TEMPLATE)


def people(path: Path) -> TabSnapshot:
    return read(path).tabs["people"]


def test_blank_rows_do_not_end_the_table_and_count_as_positions(path: Path) -> None:
    with edited(path) as workbook:
        workbook["People"]["B3"] = "Ana"
        workbook["People"]["B7"] = "Bo"
    assert [(row.position, row.id, dict(row.values)) for row in people(path).rows] == [
        (0, "", {"name": "Ana"}),
        (4, "", {"name": "Bo"}),
    ]


def test_ids_are_read_as_they_stand_blank_doubled_or_strange(path: Path) -> None:
    with edited(path) as workbook:
        for row, row_id in enumerate(("r1", "r1", 17, None, " r2 "), 3):
            workbook["People"].cell(row, 1).value = row_id
            workbook["People"].cell(row, 2).value = f"row {row}"
    assert [row.id for row in people(path).rows] == ["r1", "r1", "17", "", "r2"]


def test_columns_are_found_by_their_hidden_key_wherever_they_were_moved(path: Path) -> None:
    with edited(path) as workbook:
        sheet = workbook["People"]
        sheet.move_range("B1:B2", cols=6)
        sheet["H3"] = "Ana"
        sheet["H2"] = "Who"
        sheet["B2"] = "A column of their own"
        sheet["B3"] = "is not read"
    tab = people(path)
    assert dict(tab.rows[0].values) == {"name": "Ana"}
    assert (tab.letters["name"], tab.labels["name"]) == ("H", "Who")


def test_a_row_put_above_the_header_moves_the_records_along(path: Path) -> None:
    with edited(path) as workbook:
        workbook["People"].insert_rows(2)
        workbook["People"]["B2"] = "Our people, as of March"
        workbook["People"]["B4"] = "Ana"
    tab = people(path)
    assert (tab.first_row, tab.labels["name"]) == (4, "Name")
    assert dict(tab.rows[0].values) == {"name": "Ana"}


def test_each_kind_of_value_is_read_as_what_it_is(path: Path) -> None:
    values = [5, 5.0, 0.1 + 0.2, True, datetime(2026, 3, 4), datetime(2026, 3, 4, 9, 30), "00123", ""]
    with edited(path) as workbook:
        sheet = workbook["People"]
        for row, value in enumerate(values, 3):
            sheet.cell(row, 1).value = f"r{row}"
            sheet.cell(row, 2).value = value
        sheet["A20"] = "r20"
        sheet["B20"] = "#N/A"
        sheet["B20"].data_type = "e"
        sheet["A21"] = "r21"
        sheet["B21"] = time(9, 30)
    found = [row.values.get("name") for row in people(path).rows]
    day = datetime(2026, 3, 4)
    assert found == [
        *(5, 5, 0.3, Boolean.TRUE, day.date(), day.replace(hour=9, minute=30), "00123", None),
        *(CellError("#N/A"), time(9, 30)),
    ]


def test_a_formula_without_a_result_is_unclear_and_cannot_be_overwritten(path: Path) -> None:
    with edited(path) as workbook:
        workbook["People"]["B3"] = "=1+1"
    (row,) = people(path).rows
    assert row.fixed == {"name"}
    assert row.values["name"] == Unclear("a formula that has not been calculated yet")


def test_a_column_that_looks_like_identity_data_is_noticed_by_its_header_and_not_read(path: Path) -> None:
    with edited(path) as workbook:
        workbook["People"]["G2"] = "Ethnicity"
        workbook["People"]["G3"] = "nobody's business"
        workbook["People"]["B3"] = "Ana"
    snapshot = read(path)
    assert [(it.code, it.tab) for it in snapshot.faults] == [("P001", "people")]
    assert "nobody's business" not in repr(snapshot)


def test_a_merged_title_above_the_table_is_no_hindrance(path: Path) -> None:
    with edited(path) as workbook:
        workbook["People"].insert_rows(2)
        workbook["People"].merge_cells("B2:D2")
    assert people(path).first_row == 4


def test_a_workbook_of_an_older_template_asks_for_provision(path: Path) -> None:
    with edited(path) as workbook:
        margin = workbook["People"]["A1"].value
        workbook["People"]["A1"] = margin.replace("small@1", "small@0")
        workbook["People"].delete_cols(4)
    with pytest.raises(ReplicaMismatch, match='lacks "Lead", which a newer template has') as caught:
        read(path)
    assert "sheetsync provision" in caught.value.do


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/worksheets/sheet1.xml", bytes(64 * 2**20))
    with pytest.raises(ReplicaUnreadable, match="would unpack to 64 MiB"):
        load(path.read_bytes(), path)
