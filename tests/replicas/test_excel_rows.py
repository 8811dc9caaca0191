"""A worksheet part is edited as a stream: rows and cells find their place, every other byte passes by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from replicas.excel_raw import MAIN, worksheet
from sheetsync.replicas.excel.gaps import without_rows
from sheetsync.replicas.excel.rows import EditError, SheetEdit, edit_rows

Cells = dict[tuple[int, int], str]
NEW = "new"


def run(part: str | bytes, edit: SheetEdit, *, size: int = 1 << 20, tail: bytes | None = None) -> str:
    """The edited part; written cells hold "new" and the style they were given."""

    def write(prefix: bytes, row: int, column: int, style: int) -> bytes:
        p, styled = prefix.decode(), f' s="{style}"' if style else ""
        return f'<{p}c r="{get_column_letter(column)}{row}"{styled}><{p}v>{NEW}</{p}v></{p}c>'.encode()

    content = part if isinstance(part, bytes) else part.encode()
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    changed = edit_rows(pieces, edit, write, lambda old, _: old if tail is None else tail, "Sheet")
    return b"".join(changed).decode()


def write_at(*addresses: str, **more: object) -> SheetEdit:
    cells: dict[int, frozenset[int]] = {}
    for row, column in map(coordinate_to_tuple, addresses):
        cells[row] = cells.get(row, frozenset()) | {column}
    return SheetEdit(cells, **more)  # type: ignore[arg-type]


def refused(part: str | bytes, *addresses: str) -> str:
    with pytest.raises(EditError) as caught:
        run(part, write_at(*addresses))
    assert caught.value.what.startswith("Sheet ")
    assert caught.value.do
    return caught.value.what


def cells_of(part: str) -> Cells:
    """(row, column) -> value, by the rules for rows and cells that name no place; in the order they stand."""
    cells: Cells = {}
    row = 0
    for each in etree.fromstring(part.encode()).iter("{*}row"):
        row, column = int(each.get("r", row + 1)), 0
        for cell in each.iter("{*}c"):
            column = coordinate_to_tuple(str(cell.get("r")))[1] if cell.get("r") else column + 1
            cells[row, column] = "".join(cell.itertext())
    return cells


def sheet_of(cells: Cells, *, bare: bool = False) -> str:
    rows: dict[int, list[str]] = {}
    for (row, column), value in sorted(cells.items()):
        place = "" if bare else f' r="{get_column_letter(column)}{row}"'
        rows.setdefault(row, []).append(f"<c{place}><v>{value}</v></c>")
    return worksheet("".join(f'<row r="{row}">{"".join(found)}</row>' for row, found in rows.items()))


PLACES = st.tuples(st.integers(1, 30), st.integers(1, 30))
SHEETS = st.dictionaries(PLACES, st.integers(0, 99).map(str), max_size=25)


@settings(deadline=None)
@given(sheet=SHEETS, written=st.sets(PLACES, max_size=15), size=st.integers(20, 400))
def test_cells_find_their_place_wherever_the_stream_is_cut(
    sheet: Cells, written: set[tuple[int, int]], size: int
) -> None:
    edit = write_at(*(f"{get_column_letter(column)}{row}" for row, column in written))
    found = cells_of(run(sheet_of(sheet), edit, size=size))
    assert found == sheet | dict.fromkeys(written, NEW)
    assert list(found) == sorted(found)


@given(sheet=SHEETS, size=st.integers(20, 400))
def test_an_edit_of_nothing_leaves_every_byte(sheet: Cells, size: int) -> None:
    part = sheet_of(sheet)
    assert run(part, SheetEdit({}), size=size) == part


@settings(deadline=None)
@given(widths=st.lists(st.integers(0, 5), max_size=6), written=st.sets(PLACES, max_size=8))
def test_rows_and_cells_that_name_no_place_are_counted(
    widths: list[int], written: set[tuple[int, int]]
) -> None:
    rows = ("<row>" + "<c><v>1</v></c>" * width + "</row>" for width in widths)
    there = {(row, column): "1" for row, width in enumerate(widths, 1) for column in range(1, width + 1)}
    edit = write_at(*(f"{get_column_letter(column)}{row}" for row, column in written))
    assert cells_of(run(worksheet("".join(rows)), edit)) == there | dict.fromkeys(written, NEW)


def test_an_emptied_cell_still_counts_for_the_cells_behind_it() -> None:
    part = worksheet("<row><c><v>1</v></c><c><v>2</v></c></row>")
    changed = edit_rows([part.encode()], write_at("A1"), lambda *_: b"", lambda tail, _: tail, "Sheet")
    assert cells_of(b"".join(changed).decode()) == {(1, 1): "", (1, 2): "2"}


@pytest.mark.parametrize("rows", ["<x:row r='2'><x:c r='B2'/></x:row>", ""])
def test_elements_keep_their_prefix(rows: str) -> None:
    part = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    changed = run(part, write_at("A2", "C9"))
    assert {it.tag for it in etree.fromstring(changed).iter()} <= {
        f"{{{MAIN}}}{name}" for name in ("worksheet", "sheetData", "row", "c", "v")
    }
    assert '<x:c r="C9">' in changed


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_a_sheet_without_rows_gets_some(empty: str) -> None:
    part = f'<worksheet xmlns="{MAIN}">{empty}<pageMargins/></worksheet>'
    changed = run(part, write_at("B2"))
    assert cells_of(changed) == {(2, 2): NEW}
    assert changed.endswith("</sheetData><pageMargins/></worksheet>")
    assert cells_of(run(part, SheetEdit({}))) == {}


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"/><row r="1"/>',
        '<row r="2"/><row r="1"/>',
        '<row r="9"/><row r="4"/><row r="12"/>',
        '<row r="0"/>',
        '<row r="x"/>',
        '<row r="1048577"/>',
        f'<row r="{"9" * 5000}"/>',
        '<row r="5"><c r="B5"/><c r="A5"/></row>',
        '<row r="5"><c r="B5"/><c r="B5"/></row>',
        '<row r="5"><c r="B6"/></row>',
        '<row r="5"><c r="$B$5"/></row>',
        '<row r="5"><c r="XFE5"/></row>',
        '<row r="5"><c r="B5"><v>1</v></row>',
    ],
)
@pytest.mark.parametrize("size", [7, 1 << 20])
def test_rows_and_cells_that_stand_twice_or_out_of_order_are_refused(rows: str, size: int) -> None:
    with pytest.raises(EditError, match=r"order|does not end"):
        run(worksheet(rows), write_at("A5", "A1000"), size=size)


@pytest.mark.parametrize(
    "part",
    [
        worksheet('<row r="1"><c r="A1"/></row>')[:-30],
        worksheet('<row r="1"><c r="A1"/></row>')[:-14],
        worksheet('<row r="1"><c r="A1"/>').replace("</sheetData>", ""),
        "",
        "<html/>",
        f'<worksheet xmlns="{MAIN}"/>',
    ],
)
def test_a_part_that_is_not_whole_is_refused(part: str) -> None:
    assert refused(part, "B7")


@pytest.mark.parametrize(
    "content",
    [
        worksheet().encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + worksheet().encode(),
        worksheet().encode("utf-16-le"),
    ],
)
def test_another_encoding_than_utf_8_is_refused(content: bytes) -> None:
    assert "UTF-8" in refused(content, "A1")


@pytest.mark.parametrize(
    "hidden", ["<!-- <row r='1'/> -->", "<![CDATA[<c r='A1'/>]]>", "<?x <row?>", "<!-- </sheetData> -->"]
)
def test_markup_that_hides_tags_is_refused(hidden: str) -> None:
    part = worksheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{hidden}<row r="2"/>')
    assert "XML of a kind" in refused(part, "A9")


@pytest.mark.parametrize("harmless", ["<!-- made by hand -->", "<?made by hand?>"])
def test_comments_that_hide_nothing_are_kept(harmless: str) -> None:
    part = worksheet(f'{harmless}<row r="1"><c r="A1"><v><![CDATA[1 & 2]]></v></c>{harmless}</row>')
    changed = run(part, write_at("B1"))
    assert cells_of(changed) == {(1, 1): "1 & 2", (1, 2): NEW}
    assert changed.count(harmless) == 2


def test_a_byte_order_mark_and_a_declaration_are_kept() -> None:
    part = '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + worksheet('<row r="1"/>')
    assert run(part, write_at("A1")).startswith(part[:60])


# around the cells


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A1", "A1:D9"),
        ("B2:E5", "B2:E9"),
        ("B2:E20", "B2:E20"),
        ("D10:E20", "D9:E20"),
        ("A:C", "A:C"),
        ("1:3", "1:3"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_the_dimension_covers_what_is_written(before: str, after: str) -> None:
    part = worksheet(head=f'<dimension ref="{before}"/>')
    assert f'<dimension ref="{after}"/>' in run(part, write_at("D9"))


def test_the_spans_of_a_rewritten_row_go_and_those_of_others_stay() -> None:
    part = worksheet('<row r="1" spans="1:2"/><row r="2" spans="1:2" ht="20"/><row r="3" spans="1:2"/>')
    changed = run(part, write_at("F2"))
    assert re.findall("<row[^>]*>", changed) == [
        '<row r="1" spans="1:2"/>',
        '<row r="2" ht="20">',
        '<row r="3" spans="1:2"/>',
    ]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('<row r="2"/>', '<row r="2" ht="30">'),
        ('<row r="2" ht="15.5"/>', '<row r="2" ht="30">'),
        ('<row r="2" ht="40"/>', '<row r="2" ht="40">'),
        ('<row r="2" ht="1.2.3"/>', '<row r="2" ht="30">'),
    ],
)
def test_a_row_grows_with_its_text_and_never_shrinks(tag: str, expected: str) -> None:
    changed = run(worksheet(tag), write_at("A2", heights={2: 30.0}))
    assert expected in changed


def test_a_new_row_looks_like_the_one_it_takes_after() -> None:
    part = worksheet('<row r="2"><c r="A2" s="5"/><c r="B2"/><c r="C2" s="7"/></row>')
    changed = run(part, write_at("A3", "B3", "C3", like={3: 2}))
    assert re.findall('<c r="([A-C]3)"(?: s="(\\d+)")?', changed) == [("A3", "5"), ("B3", ""), ("C3", "7")]
    assert '<row r="2"><c r="A2" s="5"/><c r="B2"/><c r="C2" s="7"/></row>' in changed


def test_a_stale_result_goes_and_its_formula_stays() -> None:
    part = worksheet('<row r="1"><c r="A1" s="1" t="str"><f>B1</f><v>old</v></c><c r="B1"><v>1</v></c></row>')
    changed = run(part, write_at("B1", stale=frozenset({(1, 1)})))
    assert '<c r="A1" s="1"><f>B1</f></c>' in changed


# rows that are taken out


@settings(deadline=None)
@given(sheet=SHEETS, deleted=st.sets(st.integers(1, 32)), bare=st.booleans())
def test_rows_that_are_taken_out_let_the_ones_below_move_up(
    sheet: Cells, deleted: set[int], bare: bool
) -> None:
    part = sheet_of(sheet, bare=bare)
    before = cells_of(part)

    def moved(row: int) -> int:
        return row - sum(1 for it in deleted if it < row)

    after = cells_of(b"".join(without_rows([part.encode()], deleted)).decode())
    assert after == {(moved(row), column): it for (row, column), it in before.items() if row not in deleted}


def test_a_row_behind_one_that_is_taken_out_gets_the_number_it_only_implied() -> None:
    part = worksheet(
        '<row r="1"/><row r="5"/><row><c><v>6</v></c></row><row r="9"><c r="A9"><v>9</v></c></row>'
    )
    after = b"".join(without_rows([part.encode()], {5})).decode()
    assert cells_of(after) == {(5, 1): "6", (8, 1): "9"}


@given(sheet=SHEETS)
def test_no_row_taken_out_leaves_every_byte(sheet: Cells) -> None:
    part = sheet_of(sheet)
    assert b"".join(without_rows([part.encode()], frozenset())).decode() == part
