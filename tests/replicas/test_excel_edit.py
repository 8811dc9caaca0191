"""Cells of an Excel file are edited in place: what each value becomes, and what stands in the way."""

from __future__ import annotations

import io
import os
import re
import stat
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from replicas.excel_raw import (
    BOOK,
    CHAIN,
    RELATIONSHIPS,
    SHEET,
    STRICT,
    STYLES,
    TYPES,
    changed_parts,
    part,
    parts_of,
    tree,
    values,
    worksheet,
    zipped,
)
from sheetsync.core.values import canonical
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells
from sheetsync.replicas.excel.opc import Package

DAY, MOMENT, HOUR = 1, 2, 3


def edited(content: bytes, cells: dict[str, object], folder: Path, sheet: str | None = None) -> bytes:
    source, target = folder / "source.xlsx", folder / "target.xlsx"
    source.write_bytes(content)
    edit_cells(source, target, {sheet: cells})
    assert source.read_bytes() == content
    return target.read_bytes()


def refusal(content: bytes, cells: dict[str, object], folder: Path, sheet: str | None = None) -> str:
    """What the error says; nothing was written."""
    source = folder / "source.xlsx"
    source.write_bytes(content)
    with pytest.raises(SheetsyncError) as caught:
        edit_cells(source, folder / "target.xlsx", {sheet: cells})
    assert source.read_bytes() == content
    assert list(folder.iterdir()) == [source]
    assert str(source) in caught.value.what
    assert caught.value.do
    return caught.value.what


def book(rows: str = "", **more: object) -> bytes:
    head, tail = str(more.pop("head", "")), str(more.pop("tail", ""))
    return zipped(parts_of(worksheet(rows, head=head, tail=tail), **more))  # type: ignore[arg-type]


def cell(content: bytes, address: str) -> dict[str, str]:
    """The attributes of a cell."""
    found = next(it for it in tree(content).iter("{*}c") if it.get("r") == address)
    return {str(name): str(value) for name, value in found.attrib.items()}


def seen(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


# values


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "=1+1",
        "#N/A",
        "  spaces  and\nlines\t",
        '<a href="x">&amp;</a>',
        "']]>",
        "日本語 😀 ä",
        "'quoted",
        "007",
        "x" * 32_767,
        0,
        -1.5,
        0.1,
        1e300,
        123456789012345,
        True,
        False,
        date(1900, 3, 1),
        date(9999, 12, 31),
        datetime(2026, 11, 21, 9, 30, 15),
        time(23, 59, 59),
    ],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.parametrize("date1904", [False, True], ids=["1900", "1904"])
def test_a_value_is_read_back_as_it_was_written(value: object, date1904: bool, tmp_path: Path) -> None:
    if date1904 and value == date(1900, 3, 1):
        return
    content = edited(book(date1904=date1904), {"B2": value}, tmp_path)
    assert canonical(values(content)["B2"]) == canonical(value)
    assert canonical(seen(content)[0][0]) == canonical(value)


def test_an_escape_of_excel_is_written_so_that_it_stays_text(tmp_path: Path) -> None:
    content = edited(book(), {"A1": "_x0041_ _x000D_ _x12_"}, tmp_path)
    assert "_x005F_x0041_ _x005F_x000D_ _x12_" in part(content)


def test_control_characters_are_escaped_as_excel_does(tmp_path: Path) -> None:
    assert "a_x0001_b_x001F_c_xFFFF_" in part(edited(book(), {"A1": "a\x01b\x1fc\uffff"}, tmp_path))


def test_carriage_returns_become_line_feeds(tmp_path: Path) -> None:
    assert values(edited(book(), {"A1": "one\r\ntwo\rthree"}, tmp_path)) == {"A1": "one\ntwo\nthree"}


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("x" * 32_768, "32768 characters"),
        ("😀" * 16_384, "32768 characters"),
        ("half \ud83d", "lone surrogate"),
        (float("nan"), "#NUM!"),
        (10**400, "#NUM!"),
        (date(1899, 12, 31), "the date 1899-12-31"),
        ([1], "cannot be set"),
    ],
    ids=["long", "long in UTF-16", "surrogate", "nan", "huge", "early", "list"],
)
def test_a_value_that_no_cell_holds_is_refused(value: object, what: str, tmp_path: Path) -> None:
    assert what in refusal(book(), {"A1": value}, tmp_path)


def test_a_day_before_1904_is_refused_where_days_count_from_there(tmp_path: Path) -> None:
    assert "begin in 1904" in refusal(book(date1904=True), {"A1": date(1903, 5, 1)}, tmp_path)


@pytest.mark.parametrize(
    "address", ["", "7", "B", "B0", "$B$7", "B7:C8", "ZZZZ7", "XFE1", "A1048577", "B-1", "é7"]
)
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    refusal(book(), {address: 1}, tmp_path)


def test_an_emptied_cell_keeps_its_looks(tmp_path: Path) -> None:
    content = edited(book('<row r="1"><c r="A1" s="1"><v>5</v></c></row>'), {"A1": None}, tmp_path)
    assert cell(content, "A1") == {"r": "A1", "s": "1"}
    assert values(content) == {}


# styles


@pytest.mark.parametrize(
    ("value", "style", "format_id"),
    [
        (date(2026, 1, 2), 0, "14"),
        (datetime(2026, 1, 2, 3, 4), 0, "22"),
        (time(3, 4), 0, "21"),
        (date(2026, 1, 2), HOUR, "14"),
        (time(3, 4), DAY, "21"),
        (5, DAY, "0"),
        (True, DAY, "0"),
        (1.5, HOUR, "0"),
    ],
)
def test_a_value_that_a_cell_would_show_as_something_else_gets_a_style_of_its_own(
    value: object, style: int, format_id: str, tmp_path: Path
) -> None:
    before = book(f'<row r="1"><c r="A1" s="{style}"/></row>')
    content = edited(before, {"A1": value}, tmp_path)
    old, new = (tree(it, STYLES).find("{*}cellXfs") for it in (before, content))
    assert cell(content, "A1")["s"] == "4"
    assert new[4].get("numFmtId") == format_id
    assert new.get("count") == "5"
    assert [dict(it.attrib) for it in new[:4]] == [dict(it.attrib) for it in old]


@pytest.mark.parametrize(
    ("value", "style"),
    [
        (date(2026, 1, 2), MOMENT),
        (datetime(2026, 1, 2, 3, 4), DAY),
        (time(3, 4), HOUR),
        ("text", DAY),
        (5, 0),
    ],
)
def test_a_style_that_shows_the_value_stays(value: object, style: int, tmp_path: Path) -> None:
    before = book(f'<row r="1"><c r="A1" s="{style}"/></row>')
    content = edited(before, {"A1": value}, tmp_path)
    assert cell(content, "A1").get("s", "0") == str(style)
    assert STYLES not in changed_parts(before, content)


def test_dates_of_one_kind_share_a_new_style(tmp_path: Path) -> None:
    content = edited(book(), {f"A{row}": date(2026, 1, row) for row in range(1, 9)}, tmp_path)
    assert {cell(content, f"A{row}")["s"] for row in range(1, 9)} == {"4"}


def test_a_new_cell_looks_like_its_row_else_like_its_column(tmp_path: Path) -> None:
    head = '<cols><col min="2" max="3" style="2"/></cols>'
    content = edited(
        book('<row r="5" s="3"/>', head=head), {"B5": "row", "C6": "column", "D6": "none"}, tmp_path
    )
    assert cell(content, "B5")["s"] == "3"
    assert cell(content, "C6")["s"] == "2"
    assert "s" not in cell(content, "D6")


def test_a_date_in_a_workbook_without_styles_is_refused(tmp_path: Path) -> None:
    bare = zipped(parts_of(worksheet(), more={STYLES: "<styleSheet/>"}))
    assert "no list of styles" in refusal(bare, {"A1": date(2026, 1, 2)}, tmp_path)
    assert values(edited(zipped(parts_of(worksheet())), {"A1": 5}, tmp_path)) == {"A1": 5}


# structures


@pytest.mark.parametrize("address", ["B3", "C2", "C3"])
def test_a_covered_cell_of_a_merged_range_is_refused(address: str, tmp_path: Path) -> None:
    merged = book(tail='<mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells>')
    assert "merges the cells B2:C3" in refusal(merged, {address: 1}, tmp_path)
    (tmp_path / "source.xlsx").unlink()
    assert values(edited(merged, {"B2": 1, "D4": 2}, tmp_path)) == {"B2": 1, "D4": 2}


SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
)


def test_the_formula_that_others_share_is_refused_and_one_that_shares_it_is_not(tmp_path: Path) -> None:
    assert "A1 a formula that other cells share" in refusal(book(SHARED), {"A1": 5}, tmp_path)
    content = edited(book(SHARED), {"A2": 5}, tmp_path)
    assert values(content) == {"A1": "=B1", "A2": 5}


@pytest.mark.parametrize("kind", ["array", "dataTable"])
@pytest.mark.parametrize("address", ["B2", "B3", "C3"])
def test_a_cell_that_one_formula_fills_with_others_is_refused(
    kind: str, address: str, tmp_path: Path
) -> None:
    rows = (
        f'<row r="2"><c r="B2"><f t="{kind}" ref="B2:C3">D2:E3</f><v>1</v></c><c r="C2"><v>1</v></c></row>'
        '<row r="3"><c r="B3"><v>1</v></c><c r="C3"><v>1</v></c></row>'
    )
    assert "formula" in refusal(book(rows), {address: 1}, tmp_path)
    (tmp_path / "source.xlsx").unlink()
    assert values(edited(book(rows), {"D3": 1}, tmp_path))["D3"] == 1


@pytest.mark.parametrize("kind", ["array", "dataTable", "shared"])
def test_a_formula_for_many_cells_that_fills_but_one_can_be_overwritten(kind: str, tmp_path: Path) -> None:
    rows = f'<row r="2"><c r="B2" cm="1"><f t="{kind}" ref="B2" si="0">D2</f><v>1</v></c></row>'
    assert values(edited(book(rows), {"B2": "new"}, tmp_path)) == {"B2": "new"}


def test_a_cell_of_a_pivot_table_is_refused(tmp_path: Path) -> None:
    sheet, pivot = "xl/worksheets/_rels/sheet1.xml.rels", "xl/pivotTables/pivotTable1.xml"
    links = parts_of(worksheet())[RELATIONSHIPS]
    link = re.sub("<Relationship .*/>", f'<Relationship Id="p" Type="/pivotTable" Target="/{pivot}"/>', links)
    shown = book(
        more={sheet: link, pivot: '<pivotTableDefinition><location ref="B2:D9"/></pivotTableDefinition>'}
    )
    assert "a pivot table in B2:D9" in refusal(shown, {"C3": 1}, tmp_path)
    (tmp_path / "source.xlsx").unlink()
    assert values(edited(shown, {"A3": 1}, tmp_path)) == {"A3": 1}


def test_what_belonged_to_the_old_value_goes_with_it(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="1" t="s" cm="1" vm="2" ph="1"><v>0</v></c></row>'
    assert cell(edited(book(rows), {"A1": "new"}, tmp_path), "A1") == {"r": "A1", "s": "1", "t": "inlineStr"}


def test_a_header_of_a_table_is_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in (["One", "Two"], [1, 2]):
        workbook.active.append(row)
    workbook.active.add_table(openpyxl.worksheet.table.Table(displayName="Table", ref="A1:B2"))
    target = io.BytesIO()
    workbook.save(target)
    assert "a header of a table" in refusal(target.getvalue(), {"B1": "Other"}, tmp_path)
    (tmp_path / "source.xlsx").unlink()
    assert values(edited(target.getvalue(), {"B2": 7}, tmp_path))["B2"] == 7


# formulas elsewhere

FORMULAS = '<row r="1"><c r="A1"><f>B1</f><v>1</v></c><c r="C1"><f>B1</f><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", '<calcPr fullCalcOnLoad="1"/>'),
        ('<calcPr calcId="191029"/>', '<calcPr fullCalcOnLoad="1" calcId="191029"/>'),
        ('<calcPr fullCalcOnLoad="0" calcId="1"/>', '<calcPr fullCalcOnLoad="1" calcId="1"/>'),
        ('<calcPr fullCalcOnLoad="1"/>', '<calcPr fullCalcOnLoad="1"/>'),
        (
            '<definedNames/><pivotCaches/><extLst><ext uri="x"/></extLst>',
            '<definedNames/><calcPr fullCalcOnLoad="1"/><pivotCaches/><extLst><ext uri="x"/></extLst>',
        ),
    ],
)
def test_a_workbook_with_formulas_is_calculated_when_it_is_opened(
    settings: str, expected: str, tmp_path: Path
) -> None:
    content = edited(book(FORMULAS, settings=settings), {"B1": 5}, tmp_path)
    assert f"</sheets>{expected}</workbook>" in part(content, BOOK)


def test_a_workbook_without_formulas_changes_in_its_sheet_alone(tmp_path: Path) -> None:
    before = book('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert changed_parts(before, edited(before, {"B1": 5}, tmp_path)) == {SHEET}


def test_an_overwritten_formula_leaves_the_order_of_calculation(tmp_path: Path) -> None:
    before = book(FORMULAS, chain='<c r="A1" i="7"/><c r="C1"/><c r="A1" i="8"/>')
    content = edited(before, {"A1": 5}, tmp_path)
    entries = [(it.get("i"), it.get("r")) for it in tree(content, CHAIN)]
    assert entries == [("7", "C1"), ("8", "A1")]
    assert values(content) == {"A1": 5, "C1": "=B1"}


def test_the_order_of_calculation_stays_when_values_are_edited(tmp_path: Path) -> None:
    before = book(FORMULAS, chain='<c r="A1" i="7"/><c r="C1"/>')
    assert changed_parts(before, edited(before, {"B1": 5}, tmp_path)) == {SHEET, BOOK}


def test_an_empty_order_of_calculation_goes_with_all_that_leads_to_it(tmp_path: Path) -> None:
    content = edited(book(FORMULAS, chain='<c r="A1" i="7"/><c r="C1"/>'), {"A1": 5, "C1": 6}, tmp_path)
    assert CHAIN not in Package(content)
    assert "calcChain" not in part(content, TYPES) + part(content, RELATIONSHIPS)
    assert values(content) == {"A1": 5, "C1": 6}


# whole workbooks that are not edited


@pytest.mark.parametrize("value", ["1", "true"])
def test_a_protected_sheet_is_refused(value: str, tmp_path: Path) -> None:
    protected = book(tail=f'<sheetProtection sheet="{value}" objects="1"/>')
    assert "protected by its owner" in refusal(protected, {"A1": 1}, tmp_path)


def test_an_unlocked_cell_of_a_protected_sheet_is_edited(tmp_path: Path) -> None:
    unlocked = '<xf numFmtId="0"><protection locked="0"/></xf></cellXfs>'
    styles = str(parts_of("")[STYLES]).replace("</cellXfs>", unlocked)
    rows = '<row r="1"><c r="A1" s="4"/><c r="B1"/></row>'
    protected = book(rows, tail='<sheetProtection sheet="1"/>', more={STYLES: styles})
    assert "a cell that is locked would be written" in refusal(protected, {"A1": 1, "B1": 1}, tmp_path)
    (tmp_path / "source.xlsx").unlink()
    assert values(edited(protected, {"A1": 1}, tmp_path)) == {"A1": 1}


def test_a_sheet_whose_protection_is_off_is_edited(tmp_path: Path) -> None:
    assert values(edited(book(tail='<sheetProtection objects="1"/>'), {"A1": 1}, tmp_path)) == {"A1": 1}


def with_relationship(name: str, kind: str, target: str) -> bytes:
    parts = parts_of(worksheet())
    link = f'<Relationship Id="x" Type="http://example.com/{kind}" Target="{target}"/></Relationships>'
    return zipped(parts | {name: str(parts[name]).replace("</Relationships>", link)})


def test_a_signed_workbook_is_refused(tmp_path: Path) -> None:
    signed = with_relationship("_rels/.rels", "digital-signature/origin", "_xmlsignatures/origin.sigs")
    assert "digitally signed" in refusal(signed, {"A1": 1}, tmp_path)


def test_a_workbook_shared_in_the_old_way_is_refused(tmp_path: Path) -> None:
    shared = with_relationship(RELATIONSHIPS, "revisionHeaders", "revisions/revisionHeaders.xml")
    assert "shared in the old way" in refusal(shared, {"A1": 1}, tmp_path)


def test_an_unknown_sheet_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    assert 'no worksheet "Tap"' in refusal(book(), {"A1": 1}, tmp_path, sheet="Tap")


def test_a_strict_workbook_is_edited(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    content = edited(zipped(parts_of(worksheet(rows, main=STRICT), main=STRICT)), {"B1": "new"}, tmp_path)
    assert seen(content) == [[1.0, "new"]]
    assert tree(content).tag == f"{{{STRICT}}}worksheet"


# files


def test_one_sheet_named_in_two_ways_gets_both_edits(tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(book())
    edit_cells(source, source, {None: {"A1": 1}, "Tab": {"B1": 2}})
    assert values(source.read_bytes()) == {"A1": 1, "B1": 2}


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(book())
    source.chmod(0o664)
    edit_cells(source, source, {None: {"A1": 1}})
    assert stat.S_IMODE(source.stat().st_mode) == 0o664


def test_a_target_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(book())
    with pytest.raises(SheetsyncError, match="cannot be written"):
        edit_cells(source, tmp_path / "nowhere" / "target.xlsx", {None: {"A1": 1}})


def test_no_edits_leave_every_byte_of_every_part(tmp_path: Path) -> None:
    before = book(FORMULAS, settings='<calcPr fullCalcOnLoad="1"/>')
    content = edited(before, {}, tmp_path)
    assert part(content) == part(before)
