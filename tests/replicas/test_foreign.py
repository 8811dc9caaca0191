"""Files of other people's making give their tables, or one clear sentence about why not."""

import os
import random
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from sheetsync.core.values import Boolean, CellError
from sheetsync.errors import ReplicaMissing, ReplicaUnreadable
from sheetsync.replicas.foreign import read_tables
from sheetsync.replicas.grid import NO_RESULT

SHEET = "xl/worksheets/sheet1.xml"


def texts(table):
    return [header.text for header in table.headers]


def saved(path, *rows, **more):
    """A workbook whose first sheet holds `rows`; `more` are further sheets by title."""
    book = openpyxl.Workbook()
    book.active.title = "Register"
    for title, content in {"Register": rows, **more}.items():
        sheet = book["Register"] if title == "Register" else book.create_sheet(title)
        for row in content:
            sheet.append(row)
    book.save(path)
    return path


def with_sheet(path, change):
    """The workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[SHEET] = change(parts[SHEET].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def text_file(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def tables_or_advice(path):
    """The tables of a file, or what its one allowed error tells the person to do; both are never empty."""
    try:
        tables = read_tables(path)
    except ReplicaUnreadable as error:
        return error.do
    return tables if all(len(row.values) == len(t.headers) for t in tables for row in t.rows) else ()


# --- Workbooks ---


def test_each_sheet_with_content_is_a_table(tmp_path):
    path = saved(tmp_path / "r.xlsx", ["Name", "Unit"], ["Ana", "Data"], Empty=[], Roster=[["Who"], ["Bo"]])
    register, roster = read_tables(path)
    assert (register.sheet, texts(register), register.rows[0].values) == (
        "Register",
        ["Name", "Unit"],
        ("Ana", "Data"),
    )
    assert (roster.sheet, texts(roster)) == ("Roster", ["Who"])


def test_every_kind_of_value_is_read_in_its_canonical_form(tmp_path):
    kinds = ["00123", 5.0, True, datetime(2026, 3, 4), datetime(2026, 3, 4, 9, 30), time(9, 30), "#N/A"]
    path = saved(tmp_path / "r.xlsx", [f"h{n}" for n in range(7)], kinds)
    assert read_tables(path)[0].rows[0].values == (
        "00123",
        5,
        Boolean.TRUE,
        date(2026, 3, 4),
        datetime(2026, 3, 4, 9, 30),
        time(9, 30),
        CellError("#N/A"),
    )


def test_a_formula_without_a_stored_result_is_not_taken_for_an_empty_cell(tmp_path):
    path = saved(tmp_path / "r.xlsx", ["Name", "Score"], ["Ana", "=1+1"])
    assert read_tables(path)[0].rows[0].values == ("Ana", NO_RESULT)


def test_merged_hidden_and_filtered_cells_are_seen(tmp_path):
    path = saved(tmp_path / "r.xlsx", ["Unit", "Name"], ["Data", "Ana"], [None, "Bo"])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("Front")
    book.active.sheet_state = "hidden"
    book.active = 1
    book.save(path)
    (table,) = read_tables(path)
    assert [row.values for row in table.rows] == [("Data", "Ana"), ("Data", "Bo")]
    assert table.hidden
    assert len(table.remarks) == 3


def test_a_wrong_dimension_and_a_range_as_large_as_a_sheet_do_no_harm(tmp_path):
    def change(xml):
        merges = '<mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>'
        return xml.replace('ref="A1:B2"', 'ref="A1:XFD1048576"').replace(
            "</sheetData>", f"</sheetData>{merges}"
        )

    path = with_sheet(saved(tmp_path / "r.xlsx", ["Name", "Unit"], ["Ana", "Data"]), change)
    assert read_tables(path)[0].rows[0].values == ("Ana", None)  # nobody sees what the range covers


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Name", "far away"
    book.save(tmp_path / "r.xlsx")
    assert texts(read_tables(tmp_path / "r.xlsx")[0]) == ["Name", "Column XFD"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.xlsx", b"", "is empty"),
        ("r.xlsx", b"hello, world", "neither an Excel workbook nor a .csv"),
        ("r.xlsx", b"PK\x03\x04 cut short", "damaged or cut short"),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", r"Excel 97-2003 file \(.xls\)"),
        (
            "r.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password.*remove the password",
        ),
        ("r.csv", b"a,b\n\0\0", "is not a text file"),
        ("r.csv", b"a,b\n\x81,\xff", "is not a text file"),
        ("r.csv", b'a,b\n1,"never closed\n2,3\n', "line 3.*quotation mark"),
        ("r.csv", b"\n\n", "holds no values at all"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReplicaUnreadable, match=message) as caught:
        read_tables(path)
    assert str(path) in str(caught.value)
    assert caught.value.do


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("content.xml", "OpenDocument"),
        ("Index/Document.iwa", "Numbers"),
        ("xl/workbook.bin", ".xlsb"),
        ("anything.txt", "not an Excel workbook"),
    ],
)
def test_packages_of_other_applications_are_named(tmp_path, member, message):
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as package:
        package.writestr(member, "x")
    with pytest.raises(ReplicaUnreadable, match=message):
        read_tables(tmp_path / "r.xlsx")


def test_a_small_file_that_would_fill_the_memory_is_refused_unopened(tmp_path):
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(SHEET, b" " * 30 * 2**20)
    with pytest.raises(ReplicaUnreadable, match="would unpack to 30 MiB"):
        read_tables(tmp_path / "r.xlsx")


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(ReplicaMissing, match="no file"):
        read_tables(tmp_path / "r.xlsx")


def test_a_folder_is_no_register(tmp_path):
    with pytest.raises(ReplicaUnreadable, match=r"folder|cannot be opened"):
        read_tables(tmp_path)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_workbook_gives_tables_or_a_clear_error_and_nothing_else(tmp_path, seed):
    path = saved(tmp_path / "r.xlsx", ["Name", "Unit"], ["Ana", "Data"], ["Bo", 5])
    chance = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(1 + seed % 5):
        content[chance.randrange(2, len(content))] = chance.randrange(256)
    path.write_bytes(content[: chance.randrange(2, len(content))] if seed % 3 == 0 else content)
    assert tables_or_advice(path)


@pytest.mark.parametrize("seed", range(60))
def test_a_sheet_with_odd_xml_gives_tables_or_a_clear_error_and_nothing_else(tmp_path, seed):
    chance = random.Random(seed)

    def change(xml):
        places = [n for n, character in enumerate(xml) if character in '"<>/=123']
        for place in chance.sample(places, 2):
            xml = xml[:place] + chance.choice(['"', "<", "9999999", "-1", "A", ""]) + xml[place + 1 :]
        return xml

    path = with_sheet(saved(tmp_path / "r.xlsx", ["Name", "Unit"], ["Ana", 5]), change)
    assert tables_or_advice(path)


def collected():
    folder = os.environ.get("SHEETSYNC_TEST_DATA")
    return sorted((Path(folder) / "workbooks").iterdir()) if folder else []


@pytest.mark.skipif(not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks")
@pytest.mark.parametrize("path", collected(), ids=lambda path: path.name)
def test_a_workbook_from_the_wild_gives_tables_or_a_clear_error(path):
    assert tables_or_advice(path)


# --- Text files ---


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_of_a_text_file_is_found(tmp_path, delimiter):
    lines = [["Name", "Hours"], ["Ana", '"2,5"'], ["Bo", "3"]]
    path = text_file(tmp_path / "r.csv", "\n".join(delimiter.join(line) for line in lines))
    (table,) = read_tables(path)
    assert texts(table) == ["Name", "Hours"]
    assert [row.values for row in table.rows] == [("Ana", "2,5"), ("Bo", "3")]


def test_decimal_commas_do_not_pass_for_separators(tmp_path):
    (table,) = read_tables(text_file(tmp_path / "r.csv", "Name;Hours\nAna;2,5\nBo;3,5\n"))
    assert [row.values for row in table.rows] == [("Ana", "2,5"), ("Bo", "3,5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_text_file_is_found(tmp_path, encoding):
    (table,) = read_tables(text_file(tmp_path / "r.csv", "Name,Unit\nZoë,Café\n", encoding))
    assert texts(table) == ["Name", "Unit"]
    assert table.rows[0].values == ("Zoë", "Café")


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(tmp_path):
    text = 'Name,Note\r\n"Ruiz, Ana","first\r\nsecond ""line"""\r\n'
    (table,) = read_tables(text_file(tmp_path / "r.csv", text))
    assert table.rows[0].values == ("Ruiz, Ana", 'first\nsecond "line"')


def test_text_in_a_text_file_stays_text(tmp_path):
    (table,) = read_tables(text_file(tmp_path / "r.csv", "Code,When\n00123,3/4/2026\n"))
    assert table.rows[0].values == ("00123", "3/4/2026")


def test_a_line_that_names_the_separator_is_obeyed(tmp_path):
    (table,) = read_tables(text_file(tmp_path / "r.csv", "sep=;\nName;Unit, team\nAna;Data\n"))
    assert (table.header_row, texts(table)) == (2, ["Name", "Unit, team"])


def test_a_workbook_named_as_text_is_read_as_what_it_is(tmp_path):
    path = saved(tmp_path / "r.xlsx", ["Name", "Unit"], ["Ana", "Data"]).rename(tmp_path / "r.csv")
    assert texts(read_tables(path)[0]) == ["Name", "Unit"]
