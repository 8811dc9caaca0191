"""Sheets are read fast, and hold what openpyxl, cell by cell, would have read from them."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles.numbers import is_datetime
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from sheetsync.core.values import Boolean, CellError, Unclear, Value, canonical
from sheetsync.errors import ReplicaError, ReplicaUnreadable
from sheetsync.replicas.excel import grid_read
from sheetsync.replicas.excel.grid_read import read_grids
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.grid import NO_RESULT, Grid

HERE = Path("Register.xlsx")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
#: Number formats by the style that `book` gives them.
FORMATS = ["General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "h:mm", "[h]:mm", '0 "days"', "[Red]0;[Blue]-0"]
DAY, MOMENT, HOUR, DURATION, DAYS, RED = range(1, 7)


def grids(content: bytes) -> Mapping[str, Grid]:
    return read_grids(Parts(content, HERE), lambda _name, _first: True)


def saved(workbook: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def book(
    rows: str = "",
    *,
    sheet: str | bytes = "",
    shared: str = "<si><t>shared</t></si>",
    date1904: bool = False,
    tail: str = "",
) -> bytes:
    """A workbook of one tab, "Tab", with these rows of XML, or with this whole sheet of XML."""
    plain = openpyxl.Workbook()
    plain.active.title = "Tab"
    for number, code in enumerate(FORMATS[1:], start=1):
        plain.active.cell(2, number, 1).number_format = code
    if date1904:
        plain.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    parts = {
        "xl/worksheets/sheet1.xml": sheet
        or f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{tail}</worksheet>"
    }
    return replaced(saved(plain), parts | _shared_strings(shared))


def _shared_strings(items: str) -> dict[str, str]:
    """The parts that give a workbook shared strings: openpyxl writes texts into the cells themselves."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = [
        ("rId1", "worksheet", "worksheets/sheet1"),
        ("rId2", "styles", "styles"),
        ("rId3", "sharedStrings", "sharedStrings"),
    ]
    links = "".join(
        f'<Relationship Id="{id_}" Type="{kinds}/{kind}" Target="{part}.xml"/>' for id_, kind, part in related
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "xl/sharedStrings.xml": f"<sst {MAIN}>{items}</sst>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{links}</Relationships>',
    }


def replaced(content: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return target.getvalue()


def tab(rows="", **more) -> Grid:
    return grids(book(rows, **more))["Tab"]


def first_row(cells: str, **more) -> list[Value]:
    return list(tab(f'<row r="1">{cells}</row>', **more).rows[0])


@pytest.fixture(autouse=True)
def slowly(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[Path]:
    """The files that were read through openpyxl: none, unless a test asks for them."""
    met: list[Path] = []
    real = grid_read.read_slowly

    def note(content: bytes, path: Path) -> Mapping[str, Grid]:
        assert "slowly" in request.function.__code__.co_varnames, "read through openpyxl"
        met.append(path)
        return real(content, path)

    monkeypatch.setattr(grid_read, "read_slowly", note)
    return met


# an oracle: openpyxl, cell by cell


def oracle(content: bytes) -> dict[str, tuple[dict[tuple[int, int], Value], set[tuple[int, int]]]]:
    """Of each tab, its values that are not empty, and its formulas; no tabs where openpyxl fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            written = openpyxl.load_workbook(io.BytesIO(content))
            results = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, SyntaxError):
        return {}
    return {sheet.title: _oracle_tab(sheet, results[sheet.title]) for sheet in written.worksheets}


def _oracle_tab(sheet, results):
    values, formulas = {}, set()
    for position, cell in sheet._cells.items():
        if cell.data_type == "f":
            formulas.add(position)
            if isinstance(cell.value, ArrayFormula | DataTableFormula):
                for row in sheet[cell.value.ref] if ":" in cell.value.ref else ((cell,),):
                    formulas.update((it.row, it.column) for it in row)
            result = results._cells[position]
            value = NO_RESULT if result.value is None else _oracle_value(result)
        else:
            value = _oracle_value(cell)
        if value is not None:
            values[position] = value
    return values, formulas


def _oracle_value(cell):
    if cell.data_type == "e" and cell.value is not None:
        return CellError(str(cell.value))
    if isinstance(cell.value, datetime) and is_datetime(cell.number_format) == "time":
        return canonical(cell.value.time())
    return canonical(cell.value)


def filled(grid: Grid) -> dict[tuple[int, int], Value]:
    return {
        (row, column): value
        for row, values in enumerate(grid.rows, start=1)
        for column, value in enumerate(values, start=1)
        if value is not None
    }


# what cells hold


def test_each_kind_of_value_is_told() -> None:
    cells = (
        '<c r="A1"><v>5</v></c><c r="B1"><v>0.1</v></c><c r="C1" t="b"><v>1</v></c>'
        '<c r="D1" t="s"><v>0</v></c><c r="E1" t="inlineStr"><is><t>here</t></is></c>'
        f'<c r="F1" s="{DAY}"><v>45000</v></c><c r="G1" s="{MOMENT}"><v>45000.5</v></c>'
        f'<c r="H1" s="{HOUR}"><v>0.5</v></c><c r="I1" s="{DURATION}"><v>1.5</v></c>'
        '<c r="J1" t="e"><v>#REF!</v></c><c r="K1" t="d"><v>2024-01-02</v></c>'
    )
    assert first_row(cells) == [
        5,
        0.1,
        Boolean.TRUE,
        "shared",
        "here",
        date(2023, 3, 15),
        datetime(2023, 3, 15, 12),
        time(12),
        1.5,
        CellError("#REF!"),
        date(2024, 1, 2),
    ]


def test_a_number_is_rounded_to_fifteen_digits_and_whole_ones_are_whole() -> None:
    numbers = ["0.30000000000000004", "1e300", "-0", "12345678901234567", "3.0", "123456789012.345678", "nan"]
    assert first_row("".join(f"<c><v>{it}</v></c>" for it in numbers)) == [
        0.3,
        1e300,
        0,
        1.23456789012346e16,
        3,
        123456789012.346,
        CellError("#NUM!"),
    ]


@pytest.mark.parametrize(
    "text", ["00123", "TRUE", "1/2", "6.10", "=1+1", "#N/A", "+49 30", "@home", "2024-01-02"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert first_row(f'<c t="inlineStr"><is><t>{text}</t></is></c><c t="str"><v>{text}</v></c>') == [
        text,
        text,
    ]


def test_blanks_at_the_ends_of_text_are_kept_where_the_file_keeps_them() -> None:
    cell = '<c t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>'
    assert first_row(cell) == [" a "]


def test_blanks_that_the_file_does_not_keep_are_dropped_as_excel_does() -> None:
    assert first_row('<c t="inlineStr"><is><t> a </t></is></c>') == ["a"]


def test_rich_text_is_plain_text_without_its_reading_aid() -> None:
    shared = (
        '<si><r><t>To</t></r><r><rPr><b/></rPr><t>kyo</t></r><rPh sb="0" eb="1"><t>toukyou</t></rPh></si>'
        "<si><t>second</t></si>"
    )
    cells = (
        '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
        '<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>'
    )
    assert first_row(cells, shared=shared) == ["Tokyo", "second", "ab"]


def test_escaped_characters_are_meant_as_excel_means_them() -> None:
    cells = "".join(
        f'<c t="inlineStr"><is><t>{it}</t></is></c>'
        for it in ("a_x000D_\nb", "_x005F_x000D_", "_x0041_", "_x")
    )
    assert first_row(cells) == ["a\nb", "_x000D_", "A", "_x"]


def test_composed_and_decomposed_letters_are_one_text_and_line_ends_are_line_feeds() -> None:
    texts = ("cafe\u0301", "a&#13;&#10;b&#13;c")
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    assert first_row(cells) == ["caf\u00e9", "a\nb\nc"]


def test_numbers_of_1904_workbooks_mean_their_days() -> None:
    serials = {"A1": (DAY, 45000), "B1": (MOMENT, 45000.25), "C1": (HOUR, 0.25)}
    cells = "".join(f'<c r="{at}" s="{style}"><v>{it}</v></c>' for at, (style, it) in serials.items())
    assert first_row(cells, date1904=True) == [date(2027, 3, 16), datetime(2027, 3, 16, 6), time(6)]


def test_the_first_day_that_all_spreadsheets_count_alike_is_a_date() -> None:
    assert first_row(f'<c s="{DAY}"><v>61</v></c>') == [date(1900, 3, 1)]


@pytest.mark.parametrize("serial", ["1", "59", "60", "60.5"])
def test_days_that_excel_and_google_count_differently_are_unclear(serial: str) -> None:
    assert isinstance(first_row(f'<c s="{MOMENT}"><v>{serial}</v></c>')[0], Unclear)


def test_a_date_before_all_dates_is_unclear_and_never_midnight(slowly: list[Path]) -> None:
    cells = (
        f'<c r="A1" s="{DAY}"><v>-1</v></c><c r="B1" s="{DAY}"><f>A1</f><v>-1</v></c><c r="C1"><v>-1</v></c>'
    )
    assert [type(it) for it in first_row(cells)] == [Unclear, Unclear, int]
    assert slowly == [HERE]


def test_a_time_of_day_is_a_time_whatever_days_its_number_counts() -> None:
    cells = "".join(
        f'<c r="{c}1" s="{HOUR}"><v>{v}</v></c>'
        for c, v in zip("ABC", ("0.25", "1.25", "45000"), strict=True)
    )
    assert first_row(cells) == [time(6), time(6), time(0)]


def test_formats_with_letters_of_words_and_colors_show_numbers() -> None:
    assert first_row(f'<c s="{DAYS}"><v>45000</v></c><c s="{RED}"><v>45000</v></c>') == [45000, 45000]


@pytest.mark.parametrize(
    "code",
    [
        *("General", "0.00", "#,##0 [$kr-414]", "0.00E+00", "\\d0", "_d0", "@", "# ?/?", "0%", "0;@;yyyy"),
        *("[$-409]d mmm yyyy", "dd\\.mm\\.yyyy", '"due" d.m.', "yyyy", "[Green]hh:mm", "mm:ss.0", "AM/PM h"),
        *("[mm]:ss", "[s]", "[hh]:mm"),
    ],
)
def test_a_number_format_means_a_date_here_where_it_does_in_openpyxl(code: str) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = 45000.25
    workbook.active["A1"].number_format = code
    content = saved(workbook)
    assert filled(grids(content)["Sheet"]) == oracle(content)["Sheet"][0]


# errors and formulas


def test_an_error_is_told_however_its_attributes_are_written() -> None:
    assert first_row('<c\n r = "A1"\n t = "e" ><v>#N/A</v></c>') == [CellError("#N/A")]


def test_an_error_is_told_from_text_that_reads_like_one() -> None:
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="str"><v>#N/A</v></c>'
        '<c r="C1" t="inlineStr"><is><t>t="e"</t></is></c><c r="D1" t="e"/>'
    )
    assert first_row(cells) == [CellError("#N/A"), "#N/A", 't="e"']


def test_an_error_of_newer_excels_is_told_too(slowly: list[Path]) -> None:
    assert first_row('<c r="A1" t="e"><v>#SPILL!</v></c>') == [CellError("#SPILL!")]
    assert slowly == [HERE]


def test_a_formula_has_its_result_and_is_known_as_a_formula() -> None:
    grid = tab(
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v> a </v></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1" t="b"><f>TRUE</f><v>1</v></c>'
        '<c r="E1"><v>7</v></c></row>'
    )
    assert grid.rows[0] == [2, " a ", CellError("#DIV/0!"), Boolean.TRUE, 7]
    assert grid.formulas == {(1, 1), (1, 2), (1, 3), (1, 4)}


def test_a_formula_that_was_not_calculated_is_unknown_and_not_empty() -> None:
    cells = '<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v/></c><c r="C1"><f>1+1</f><v></v></c>'
    assert first_row(cells) == [NO_RESULT] * 3


def test_a_formula_that_came_to_an_empty_text_is_empty() -> None:
    grid = tab('<row r="1"><c r="A1" t="str"><f>IF(TRUE,"")</f><v></v></c><c r="B1"><v>1</v></c></row>')
    assert (grid.rows[0], grid.formulas) == ([None, 1], {(1, 1)})


def test_cells_that_an_array_formula_fills_are_formulas() -> None:
    grid = tab(
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">X</f><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c><c r="C2"><v>5</v></c></row>'
    )
    assert grid.rows == [[1, 2], [3, 4, 5]]
    assert grid.formulas == {(1, 1), (1, 2), (2, 1), (2, 2)}


def test_every_cell_of_a_shared_formula_is_a_formula() -> None:
    grid = tab(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">X</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    assert (grid.rows, grid.formulas) == ([[1], [2]], {(1, 1), (2, 1)})


# where cells stand


def test_rows_begin_at_the_first_cell_of_the_sheet_and_empty_ends_are_cut() -> None:
    grid = tab('<row r="2"><c r="B2"><v>1</v></c><c r="C2" s="1"/></row><row r="4"/>')
    assert grid.rows == [[], [None, 1]]
    assert (grid.value(2, 2), grid.value(2, 3), grid.value(9, 1), grid.width) == (1, None, None, 2)


def test_cells_without_a_reference_follow_one_another() -> None:
    rows = '<row><c><v>1</v></c><c r="C1"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>'
    assert tab(rows).rows == [[1, None, 2, 3], [4]]


def test_a_formula_without_a_reference_is_found_all_the_same(slowly: list[Path]) -> None:
    grid = tab('<row><c><v>1</v></c><c t="n"><f>1+1</f><v>2</v></c></row>')
    assert (grid.rows, grid.formulas, slowly) == ([[1, 2]], {(1, 2)}, [HERE])


def test_a_dimension_that_is_wrong_does_not_matter() -> None:
    data = '<sheetData><row r="3"><c r="C3"><v>1</v></c></row></sheetData>'
    sheet = f'<worksheet {MAIN}><dimension ref="A1"/>{data}</worksheet>'
    assert filled(tab(sheet=sheet)) == {(3, 3): 1}


def test_merged_cells_have_one_value_and_are_told() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
    grid = tab(rows, tail='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>')
    assert (grid.rows, grid.merged) == ([[1, None, 3]], ((1, 1, 1, 2),))


def test_a_lone_cell_at_the_end_of_the_sheet_does_not_fill_the_memory(slowly: list[Path]) -> None:
    grid = tab('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    assert (grid.value(1, 1), grid.value(1_048_576, 16_384), grid.rows[1], slowly) == (1, 2, [], [HERE])


def test_a_lone_cell_is_noticed_however_its_reference_is_written(slowly: list[Path]) -> None:
    grid = tab(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c\nr = "XFD1048576"><v>2</v></c></row>'
    )
    assert (grid.width, slowly) == (16_384, [HERE])


def test_a_cell_beyond_the_end_of_all_sheets_is_refused(slowly: list[Path]) -> None:
    with pytest.raises(ReplicaUnreadable, match='"Tab" has cells beyond the end'):
        tab('<row r="1"><c r="A99999999"><v>1</v></c></row>')
    assert slowly == [HERE]


# how the file is written


def test_elements_may_have_a_prefix_and_attributes_single_quotes() -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        "<x:row r='1'><x:c r='A1'><x:f>1+1</x:f></x:c><x:c r='B1' t='e'><x:v>#REF!</x:v></x:c>"
        f"<x:c r='C1' s='{HOUR}'><x:v>1.5</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    grid = tab(sheet=sheet)
    assert (grid.rows, grid.formulas) == ([[NO_RESULT, CellError("#REF!"), time(12)]], {(1, 1)})


@pytest.mark.parametrize(
    "cell", ["<c r=\"A1\"><!-- a note --><v>5</v></c>", "<c r=\"A1\"><v><![CDATA[5]]></v></c>"]
)  # fmt: skip
def test_comments_and_raw_text_between_cells_are_read_rightly(cell: str, slowly: list[Path]) -> None:
    assert (first_row(cell), slowly) == ([5], [HERE])


def test_a_sheet_in_utf_16_is_read(slowly: list[Path]) -> None:
    data = '<sheetData><row r="1"><c r="A1" t="str"><v>\u00e9</v></c></row></sheetData>'
    xml = f'<?xml version="1.0" encoding="UTF-16"?><worksheet {MAIN}>{data}</worksheet>'
    assert (tab(sheet=xml.encode("utf-16")).rows, slowly) == ([["\u00e9"]], [HERE])


def test_marks_are_found_wherever_the_pieces_of_a_large_sheet_are_cut() -> None:
    text = f"<is><t>{'word ' * 200}</t></is>"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr">{text}</c><c r="B{n}"><f>A{n}</f></c></row>'
        for n in range(1, 3001)
    )
    grid = tab(rows)
    assert grid.formulas == {(row, 2) for row in range(1, 3001)}
    assert {grid.value(row, 2) for row in range(1, 3001)} == {NO_RESULT}


# which sheets


def three_tabs() -> bytes:
    workbook = openpyxl.Workbook()
    for title, state in (("One", "visible"), ("Two", "hidden"), ("Three", "veryHidden")):
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = state
        sheet.append([f"margin of {title}", "key"])
        sheet.append(["value", 1])
    workbook.create_chartsheet("Chart")
    del workbook["Sheet"]
    return saved(workbook)


def test_the_sheets_wanted_are_told_by_name_and_first_row() -> None:
    met = {}

    def wanted(name, first):
        met[name] = list(first)
        return name != "Two"

    read = read_grids(Parts(three_tabs(), HERE), wanted)
    assert met == {name: [f"margin of {name}", "key"] for name in ("One", "Two", "Three")}
    assert {name: (grid.rows[1], grid.state) for name, grid in read.items()} == {
        "One": (["value", 1], "visible"),
        "Three": (["value", 1], "veryHidden"),
    }


def test_the_first_row_of_a_sheet_that_begins_lower_is_empty() -> None:
    met = []
    read_grids(
        Parts(book('<row r="3"><c r="A3"><v>1</v></c></row>'), HERE), lambda _, first: met.append(list(first))
    )
    assert met == [[]]


# what cannot be read


def test_calamines_panic_is_no_crash(monkeypatch: pytest.MonkeyPatch, slowly: list[Path]) -> None:
    class PanicException(BaseException):
        """As Rust raises it."""

    def panic(*_: object) -> None:
        raise PanicException("chunk size must be non-zero")

    monkeypatch.setattr(grid_read.CalamineWorkbook, "from_filelike", panic, raising=True)
    assert first_row("<c><v>5</v></c>") == [5]
    assert slowly == [HERE]


def test_an_interrupt_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grid_read, "_open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        first_row("<c><v>5</v></c>")


def test_a_sheet_that_is_no_xml_is_refused_in_a_sentence(slowly: list[Path]) -> None:
    with pytest.raises(ReplicaUnreadable, match=r"Register\.xlsx: is damaged"):
        tab(sheet="<worksheet>oh")
    assert slowly == [HERE]


def test_a_sheet_that_ends_in_the_middle_is_refused(slowly: list[Path]) -> None:
    whole = f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>5</v></c></row>'
    with pytest.raises(ReplicaUnreadable, match=r"Register\.xlsx: is damaged"):
        tab(sheet=whole)
    assert slowly == [HERE]


def test_a_sheet_whose_checksum_is_wrong_is_refused() -> None:
    content = bytearray(book('<row r="1"><c r="A1"><v>5</v></c></row>'))
    at = content.index(b"<v>5</v>")
    content[at + 3] = ord("6")
    with pytest.raises(ReplicaUnreadable, match="checksum"):
        grids(bytes(content))


def test_two_sheets_of_one_name_are_refused() -> None:
    content = three_tabs()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("xl/workbook.xml").replace(b'"Two"', b'"One"')
    with pytest.raises(ReplicaUnreadable, match="two sheets of one name"):
        grids(replaced(content, {"xl/workbook.xml": xml}))


# whatever is written is read

TEXTS = st.text(max_size=40).filter(
    lambda text: (
        not ILLEGAL_CHARACTERS_RE.search(text)
        and not any(0xD800 <= ord(it) <= 0xDFFF or it in "\ufffe\uffff" for it in text)
        and "_x" not in text
    )
)
MOMENTS = st.datetimes(datetime(1904, 1, 2), datetime(2199, 12, 31)).map(
    lambda it: it.replace(microsecond=it.microsecond // 1000 * 1000)
)
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(-9.99e307, 9.99e307).map(lambda it: float(f"{it:.15g}")),  # openpyxl writes 16 digits
    st.floats(-1000, 1000).map(lambda it: round(it, 2)),
    MOMENTS,
    MOMENTS.map(datetime.date),
    MOMENTS.map(datetime.time),
    st.timedeltas(timedelta(0), timedelta(days=400)).map(
        lambda it: timedelta(seconds=it // timedelta(seconds=1))
    ),
)


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.lists(VALUES, max_size=5), max_size=5), date1904=st.booleans())
def test_values_written_by_openpyxl_are_read_back(rows: list[list[object]], date1904: bool) -> None:
    workbook = openpyxl.Workbook()
    if date1904:
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    expected = {}
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            cell = workbook.active.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            if canonical(value) is not None:
                expected[row, column] = canonical(value)
    assert filled(grids(saved(workbook))["Sheet"]) == expected


# workbooks of others


def collected() -> list[Path]:
    folder = os.environ.get("SHEETSYNC_TEST_DATA")
    return sorted((Path(folder) / "workbooks").glob("*.xls[xm]")) if folder else []


def known_difference(ours: Value, theirs: Value) -> bool:
    """Where the two may differ.

    A formula that came to an empty text is empty here; openpyxl cannot tell it from one never calculated.
    A day before March 1900 is unclear in both, in other words.
    """
    return isinstance(theirs, Unclear) and (
        ours is None if theirs == NO_RESULT else isinstance(ours, Unclear)
    )


@pytest.mark.skipif(not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks")
@pytest.mark.parametrize("path", collected(), ids=lambda path: path.stem)
def test_collected_workbooks_hold_what_openpyxl_reads_in_them(path: Path, slowly: list[Path]) -> None:
    content = path.read_bytes()
    expected = oracle(content)
    try:
        read = read_grids(Parts(content, path), lambda _name, _first: True)
    except ReplicaError:
        assert expected == {}
        return
    for name, (values, formulas) in expected.items():
        ours = filled(read[name])
        differing = {
            at: (ours.get(at), values.get(at))
            for at in ours.keys() | values.keys()
            if ours.get(at) != values.get(at) and not known_difference(ours.get(at), values.get(at))
        }
        assert differing == {}
        assert read[name].formulas == formulas
    assert slowly in ([], [path])
