"""Any edit of any sheet gives what openpyxl holds that was told the same."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.values import canonical
from sheetsync.replicas.excel import edit_cells

Place = tuple[int, int]

PLACES = st.tuples(st.integers(1, 12), st.integers(1, 6))
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\ufffe\uffff", min_codepoint=32), max_size=12
)
VALUES = st.one_of(
    TEXTS.filter(lambda it: "_x" not in it),
    st.integers(-(10**14), 10**14),
    st.floats(-1e6, 1e6).map(lambda it: round(it, 3)),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda it: it.replace(microsecond=0)),
)
#: Formulas read the cells of the sheet, of the other one, or none.
FORMULAS = st.sampled_from(["=A1+1", "=SUM(A1:F12)", "=Other!B2", "=1+1", '="a"&B2'])
EDITS = st.dictionaries(PLACES, st.one_of(st.none(), VALUES), max_size=12)


@st.composite
def workbooks(draw: st.DrawFn) -> openpyxl.Workbook:
    """Values, formulas and looks anywhere on a sheet, and another sheet beside it."""
    book = openpyxl.Workbook()
    if draw(st.booleans()):
        book.epoch = CALENDAR_MAC_1904
    sheet, other = book.active, book.create_sheet("Other")
    for place, value in draw(st.dictionaries(PLACES, VALUES, max_size=20)).items():
        _put(sheet.cell(*place), value)
    for place, formula in draw(st.dictionaries(PLACES, FORMULAS, max_size=4)).items():
        sheet.cell(*place).value = formula
    other["A1"], other["B2"] = f"='{sheet.title}'!A1", draw(VALUES.filter(lambda it: not isinstance(it, str)))
    for row, column in draw(st.lists(PLACES, max_size=5)):
        sheet.cell(row, column).font = Font(bold=True, name="Arial")
        sheet.cell(row, column).number_format = "0.0%"
        sheet.row_dimensions[row].height = 30
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = 20
    for row in draw(st.sets(st.integers(1, 12), max_size=2)):
        sheet.row_dimensions[row].fill = PatternFill("solid", fgColor="FFFFEE00")
    return book


def _put(cell: Cell, value: object) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


@settings(deadline=None, max_examples=120)
@given(book=workbooks(), edits=EDITS)
def test_any_edit_of_any_sheet_gives_what_openpyxl_would_hold(
    book: openpyxl.Workbook, edits: Mapping[Place, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    book.save(folder / "source.xlsx")
    named = {book.active.cell(*place).coordinate: value for place, value in edits.items()}
    edit_cells(folder / "source.xlsx", folder / "target.xlsx", {None: named})
    wanted, found = (
        openpyxl.load_workbook(folder / "source.xlsx"),
        openpyxl.load_workbook(folder / "target.xlsx"),
    )
    looks = {place: _look(wanted.active, place) for place in _places(wanted.active) if place not in edits}
    for place, value in edits.items():
        _put(wanted.active.cell(*place), value)
    assert [_contents(sheet) for sheet in found] == [_contents(sheet) for sheet in wanted]
    assert {place: _look(found.active, place) for place in looks} == looks
    assert _sizes(found.active) == _sizes(wanted.active)


def _places(sheet: Worksheet) -> Iterator[Place]:
    return ((cell.row, cell.column) for row in sheet.iter_rows() for cell in row)


def _contents(sheet: Worksheet) -> dict[Place, object]:
    """What each cell holds: a formula as it stands, a value as it is meant."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.value not in (None, ""))
    return {
        (it.row, it.column): (it.data_type == "f", it.value if it.data_type == "f" else canonical(it.value))
        for it in cells
    }


def _look(sheet: Worksheet, place: Place) -> tuple[object, ...]:
    cell = sheet.cell(*place)
    return cell.number_format, cell.font.b, cell.font.name, cell.fill.fgColor.rgb


def _sizes(sheet: Worksheet) -> tuple[dict[object, object], dict[object, object]]:
    rows = {number: row.height for number, row in sheet.row_dimensions.items() if row.height}
    return rows, {letter: column.width for letter, column in sheet.column_dimensions.items()}


@settings(deadline=None, max_examples=60)
@given(
    styles=st.dictionaries(PLACES, st.sampled_from(["0.00", "yyyy-mm-dd", "h:mm", "@"]), max_size=8),
    edits=st.dictionaries(PLACES, st.one_of(VALUES, st.times().map(lambda it: it.replace(microsecond=0)))),
)
def test_a_day_shows_as_a_day_and_a_number_as_a_number_whatever_stood_there(
    styles: Mapping[Place, str], edits: Mapping[Place, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = openpyxl.Workbook()
    for place, code in styles.items():
        book.active.cell(*place).number_format = code
    folder = tmp_path_factory.mktemp("shown")
    book.save(folder / "source.xlsx")
    named = {book.active.cell(*place).coordinate: value for place, value in edits.items()}
    edit_cells(folder / "source.xlsx", folder / "target.xlsx", {None: named})
    sheet = openpyxl.load_workbook(folder / "target.xlsx").active
    for place, value in edits.items():
        shown = sheet.cell(*place).is_date
        assert shown == isinstance(value, date | time), (place, value)


def test_edits_can_be_made_one_after_another(tmp_path: Path) -> None:
    """Ten edits of one cell each leave what one edit of ten cells does."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=SUM(B1:B10)"
    target = io.BytesIO()
    book.save(target)
    at_once, after_another = tmp_path / "at-once.xlsx", tmp_path / "after-another.xlsx"
    for path in (at_once, after_another):
        path.write_bytes(target.getvalue())
    edits: dict[str, object] = {f"B{number}": number / 3 for number in range(1, 11)} | {
        "C1": date(2026, 1, 2)
    }
    edit_cells(at_once, at_once, {None: edits})
    for address, value in edits.items():
        edit_cells(after_another, after_another, {None: {address: value}})
    assert at_once.read_bytes() == after_another.read_bytes()
