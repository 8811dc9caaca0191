"""The formulas of a package are found whatever way its sheets are written."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from replicas.formulas_making import saved
from sheetsync.replicas.excel.formulas_cells import FormulaCell, formula_cells
from sheetsync.replicas.excel.formulas_stale import CellPlace, dependents
from sheetsync.replicas.excel.opc import Package, PackageError

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package_of(parts: Mapping[str, bytes]) -> Package:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return Package(stream.getvalue())


def sheet_xml(cells: str, *, root: str = "", start: str = "") -> bytes:
    return f'{start}<worksheet xmlns="{NAMESPACE}"{root}><sheetData>{cells}</sheetData></worksheet>'.encode()


def found_in(content: bytes) -> list[tuple[int, int, str, str, str]]:
    cells = list(formula_cells(package_of({"s.xml": content}), {"S": "s.xml"}))
    assert all(cell.sheet == "S" for cell in cells)
    return [tuple(cell[1:]) for cell in cells]


def texts_in(content: bytes) -> dict[str, str]:
    return {f"{get_column_letter(column)}{row}": text for row, column, text, _, _ in found_in(content)}


def test_formulas_are_found_where_they_stand_with_text_kind_and_reference() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["B2"], sheet["AA10"] = 5, '=A1&" <here>"', "=SUM(A:A)"
    sheet["C3"] = ArrayFormula("C3:D4", "=A1:B2*2")
    sheet["F6"] = DataTableFormula(ref="F6:G9", dt2D=True, dtr=True, r1="A1", r2="B1")
    found = formula_cells(saved(workbook), {"Sheet": "xl/worksheets/sheet1.xml"})
    assert list(found) == [
        FormulaCell("Sheet", 2, 2, 'A1&" <here>"', "normal", ""),
        FormulaCell("Sheet", 3, 3, "A1:B2*2", "array", "C3:D4"),
        FormulaCell("Sheet", 6, 6, "A1,B1,E5,F5:G5,E6:E9", "dataTable", "F6:G9"),
        FormulaCell("Sheet", 10, 27, "SUM(A:A)", "normal", ""),
    ]


def test_sheets_are_told_apart() -> None:
    workbook = Workbook()
    workbook.active["A1"] = "=1"
    workbook.create_sheet("No formulas")["A1"] = "text"
    workbook.create_sheet("Two")["B1"] = "=Sheet!A1"
    parts = {name: f"xl/worksheets/sheet{at}.xml" for at, name in enumerate(workbook.sheetnames, 1)}
    assert [(it.sheet, it.text) for it in formula_cells(saved(workbook), parts)] == [
        ("Sheet", "1"),
        ("Two", "Sheet!A1"),
    ]


def test_a_cell_of_a_shared_formula_tells_the_formula_as_it_reads_there() -> None:
    content = sheet_xml(
        '<row r="2"><c r="C2"><f t="shared" ref="C2:D4" si="0">A2*$B$1+Other!A$1</f><v>1</v></c>'
        '<c r="D2"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="4"><c r="C4"><f t="shared" si="0"></f><v>1</v></c></row>'
    )
    assert found_in(content) == [
        (2, 3, "A2*$B$1+Other!A$1", "shared", "C2:D4"),
        (2, 4, "B2*$B$1+Other!B$1", "shared", ""),
        (4, 3, "A4*$B$1+Other!A$1", "shared", ""),
    ]


def test_a_shared_formula_without_its_master_reads_nothing() -> None:
    assert texts_in(sheet_xml('<row r="1"><c r="A1"><f t="shared" si="7"/></c></row>')) == {"A1": ""}


@pytest.mark.parametrize(
    ("attributes", "reads_"),
    [
        ('ref="B2:B4" dt2D="0" dtr="0" r1="F1"', "F1,B1:B1,A2:A4"),
        ('ref="B2:C4" dt2D="1" dtr="1" r1="F1" r2="F2"', "F1,F2,A1,B1:C1,A2:A4"),
        ('ref="A1:A4" r1="F1"', "F1"),
        ('r1="F1"', "F1"),
    ],
)
def test_a_data_table_reads_its_inputs_and_its_edges(attributes: str, reads_: str) -> None:
    content = sheet_xml(f'<row r="2"><c r="B2"><f t="dataTable" {attributes}/><v>1</v></c></row>')
    assert texts_in(content) == {"B2": reads_}


WAYS = {
    "prefix": f"""<x:worksheet xmlns:x="{NAMESPACE}"><x:sheetData><x:row r="1"><x:c r="B1" t="str">
        <x:f>A1&amp;"f"</x:f><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>""",
    "quotes and blanks": f"""<worksheet xmlns='{NAMESPACE}'><row r='1'><c s='1' r='B1' t='str'>
        <f >A1&#38;"f"</f></c></row></worksheet>""",
    "no places": f"""<worksheet xmlns="{NAMESPACE}"><row><c><v>1</v></c>
        <c t="str"><f>A1&amp;"f"</f></c></row></worksheet>""",
    "comments": f"""<worksheet xmlns="{NAMESPACE}"><!-- <c r="A9"><f>A1</f></c> --><row r="1">
        <c r="B1"><!-- ! -->
        <f>A1&amp;"f"</f></c></row></worksheet>""",
    "CDATA": f"""<worksheet xmlns="{NAMESPACE}"><row r="1"><c r="A1" t="inlineStr"><is><t>
        <![CDATA[<c r="A9"><f>1</f>]]></t></is></c>
        <c r="B1"><f><![CDATA[A1&"f"]]></f></c></row></worksheet>""",
}


@pytest.mark.parametrize("content", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_sheet_may_be_written_in_any_way_that_xml_allows(content: str, encoding: str) -> None:
    assert texts_in(content.encode(encoding)) == {"B1": 'A1&"f"'}


def test_a_sheet_may_name_another_encoding() -> None:
    content = sheet_xml(
        '<row r="1"><c r="A1"><f>"é"</f></c></row>', start='<?xml version="1.0" encoding="latin1"?>'
    )
    assert texts_in(content.decode().encode("latin-1")) == {"A1": '"é"'}


def test_cells_without_a_place_follow_the_cell_before_them() -> None:
    content = sheet_xml(
        '<row r="3"><c r="B3"/><c><f>1</f></c></row><row><c><f>2</f></c><c r="D4"/><c><f>3</f></c></row>'
    )
    assert texts_in(content) == {"C3": "1", "A4": "2", "E4": "3"}


def test_formulas_of_conditions_lists_and_broken_cells_are_none_of_a_cell() -> None:
    rules = "<conditionalFormatting><cfRule><formula>A1</formula></cfRule></conditionalFormatting><f>A1</f>"
    assert found_in(sheet_xml("") + rules.encode()) == []
    assert found_in(b"<!-- -->" + sheet_xml(rules)) == []


def test_a_part_that_is_no_sheet_of_cells_has_no_formulas() -> None:
    assert found_in(b'<chartsheet xmlns="x"><f>1</f></chartsheet>') == []
    assert found_in(b"") == []


def test_a_formula_that_two_pieces_of_a_large_sheet_share_is_found_whole() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row * 7919}</v></c><c r="B{row}"><f>A{row}&gt;row></f></c></row>'
        for row in range(1, 40_001)
    )
    content = sheet_xml(rows)
    assert len(content) > 2**21
    found = found_in(content)
    assert [it[:3] for it in found] == [(row, 2, f"A{row}>row>") for row in range(1, 40_001)]


def test_a_missing_part_is_told() -> None:
    with pytest.raises(PackageError, match=r"lacks the part t\.xml"):
        list(formula_cells(package_of({"s.xml": b""}), {"S": "t.xml"}))


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("<>/crf ='\"A1!-[]?&;", max_size=60).map(str.encode))
def test_no_content_of_a_sheet_stops_the_search(content: bytes) -> None:
    found_in(b"<worksheet>" + content)


# workbooks people made


def collected() -> list[Path]:
    folder = os.environ.get("SHEETSYNC_TEST_DATA")
    return sorted(Path(folder, "workbooks").iterdir()) if folder else []


#: What openpyxl raises at files that it cannot open.
UNOPENED = (AttributeError, KeyError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile)


def parts_of(content: bytes) -> dict[str, str]:
    reader = ExcelReader(io.BytesIO(content))
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    return {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}


def as_openpyxl_finds(content: bytes) -> dict[CellPlace, tuple[str, str]]:
    """Place -> kind and text (of a data table, its reference)."""
    found = {}
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            place = sheet.title, cell.row, cell.column
            if isinstance(cell.value, ArrayFormula):
                found[place] = "array", (cell.value.text or "").removeprefix("=")
            elif isinstance(cell.value, DataTableFormula):
                found[place] = "dataTable", cell.value.ref
            elif cell.data_type == "f":
                found[place] = "", cell.value.removeprefix("=")
    return found


@pytest.mark.skipif(not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", collected(), ids=lambda path: path.name)
def test_formulas_of_a_workbook_people_made_are_those_that_openpyxl_finds(path: Path) -> None:
    content = path.read_bytes()
    try:
        package, parts = Package(content), parts_of(content)
    except UNOPENED as error:
        pytest.skip(f"{type(error).__name__}: {error}")
    found = list(formula_cells(package, parts))
    assert dependents(found, [(sheet, 1, 1) for sheet in parts], {}, {}, list(parts)) is not None
    try:
        expected = as_openpyxl_finds(content)
    except UNOPENED as error:
        pytest.skip(f"{type(error).__name__}: {error}")
    kinds = {"normal": "", "shared": ""}
    told = [(it, it.ref if it.kind == "dataTable" else it.text) for it in found]
    assert {it[:3]: (kinds.get(it.kind, it.kind), text) for it, text in told} == expected
