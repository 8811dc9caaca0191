"""Which results are stale once cells changed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import DataTableFormula

from replicas.formulas_making import SHEETS, at, cells, saved, stale
from sheetsync.replicas.excel.formulas_cells import FormulaCell, Kind, formula_cells
from sheetsync.replicas.excel.formulas_stale import CellPlace, dependents


def test_staleness_goes_on_through_formulas_and_sheets() -> None:
    formulas = [
        at("Plan!B1", "A1*10"),
        at("Data!C1", "Plan!B1+1"),
        at("Plan!D1", "SUM(Data!C:C)"),
        at("Plan!E1", "F1"),
    ]
    assert stale(formulas, "A1") == cells("Plan!B1", "Data!C1", "Plan!D1")


def test_formulas_without_a_changed_cell_stay_fresh() -> None:
    assert stale([at("B1", "A1"), at("B2", "TODAY()"), at("B3", "CUBEVALUE(A9)")], "A2") == set()


def test_nothing_changed_makes_nothing_stale() -> None:
    assert stale([at("B1", "A1")]) == set()


def test_a_changed_cell_is_fresh_itself_though_a_formula_stood_there() -> None:
    assert stale([at("B1", "A1"), at("C1", "B1")], "A1", "B1") == cells("C1")


def test_formulas_in_a_circle_are_all_stale() -> None:
    assert stale([at("B1", "C1+A1"), at("C1", "B1"), at("D1", "D1")], "A1") == cells("B1", "C1")


def test_all_cells_that_an_array_fills_are_stale_and_so_are_their_readers() -> None:
    formulas = [at("C1", "A1:A3*2", "array", "C1:D3"), at("F1", "D3"), at("F2", "E3")]
    assert stale(formulas, "A2") == cells("C1:D3", "F1")


def test_a_data_table_is_stale_with_its_inputs_and_with_what_its_formula_reads() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet["B1"] = "=F1*F3"
    sheet["B2"] = DataTableFormula(ref="B2:B4", r1="F1")
    sheet["C9"] = "=B3"
    formulas = list(formula_cells(saved(workbook), {"Sheet": "xl/worksheets/sheet1.xml"}))
    table = cells("Sheet!B2:B4", "Sheet!C9")
    assert dependents(formulas, cells("Sheet!F3"), {}, {}) == table | cells("Sheet!B1")
    assert dependents(formulas, cells("Sheet!A3"), {}, {}) == table


def test_the_answer_names_sheets_as_the_formulas_do() -> None:
    assert stale([at("data!B1", "DATA!A1")], "Data!A1") == {("data", 1, 2)}


def test_without_the_order_of_sheets_a_reference_through_them_means_all() -> None:
    formulas = [at("Plan!B1", "SUM(Plan:Data!A1)")]
    assert dependents(formulas, cells("Elsewhere!A1"), {}, {}) == cells("Plan!B1")


def test_an_array_that_claims_the_whole_sheet_ends() -> None:
    found = stale([at("B1", "A1", "array", "B1:XFD1048576"), at("Data!A1", "Plan!Z9")], "A1")
    assert cells("B1:C9", "Data!A1") <= found


PLACES = st.tuples(*[st.integers(1, 6)] * 4)


def as_place(found: tuple[int, int, int, int], dollar: str) -> tuple[str, set[tuple[int, int]]]:
    top, bottom = sorted(found[:2])
    left, right = sorted(found[2:])
    text = f"{dollar}{get_column_letter(left)}{top}:{get_column_letter(right)}{dollar}{bottom}"
    inside = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return (text.split(":")[0] if len(inside) == 1 else text), inside


@st.composite
def references(draw: st.DrawFn) -> tuple[str, set[CellPlace]]:
    """A reference as it is written, and the cells that it means."""
    sheet = draw(st.sampled_from(SHEETS))
    text, inside = as_place(draw(PLACES), draw(st.sampled_from(["", "$"])))
    return f"'{sheet}'!{text}", {(sheet, *cell) for cell in inside}


@st.composite
def formulas_with_reads(draw: st.DrawFn) -> tuple[FormulaCell, set[CellPlace], set[CellPlace]]:
    """A formula, the cells it reads and the cells it fills."""
    read = draw(st.lists(references(), max_size=3))
    sheet = draw(st.sampled_from(SHEETS))
    ref, inside = as_place(draw(PLACES), "")
    row, column = min(inside)
    kind: Kind = draw(st.sampled_from(["normal", "array"]))
    cell = FormulaCell(sheet, row, column, f"SUM({','.join(it for it, _ in read)})", kind, ref)
    filled = {(sheet, *place) for place in inside} if kind == "array" else {(sheet, row, column)}
    return cell, set().union(*(it for _, it in read)), filled


@settings(deadline=None)
@given(
    st.lists(formulas_with_reads(), max_size=40),
    st.sets(st.tuples(st.sampled_from(SHEETS), st.integers(1, 6), st.integers(1, 6)), max_size=3),
)
def test_stale_is_what_trying_every_cell_of_every_formula_finds(
    drawn: list[tuple[FormulaCell, set[CellPlace], set[CellPlace]]], changed: set[CellPlace]
) -> None:
    touched, before = set(changed), set()
    while touched != before:
        before = set(touched)
        for _, read, filled in drawn:
            if read & touched:
                touched |= filled
    expected = set().union(*(filled for _, read, filled in drawn if read & touched)) - changed
    assert dependents([cell for cell, _, _ in drawn], changed, {}, {}, SHEETS) == expected


@pytest.mark.parametrize("text", ["A{0}*B{0}", "SUM(A$1:A{0})", "SUM(C$1:C{1})+A{0}", "C{1}+SUM(A{0}:B{0})"])
def test_effort_grows_with_the_formulas_not_with_their_square(text: str) -> None:
    rows = range(2, 30_001)
    formulas = [FormulaCell("Plan", row, 3, text.format(row, row - 1), "normal", "") for row in rows]
    start = time.process_time()
    found = stale([*formulas, at("C1", "A1")], "A1", "A2")
    assert time.process_time() - start < 20  # about one; trying every pair would take minutes
    assert cells("C1", "C2") <= found
