"""What grows with a table: its own part, and the ranges and links behind the rows of its sheet."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table

from replicas.excel_raw import MAIN, worksheet
from sheetsync.replicas.excel.growth import area_of, changed_table, table_area
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.tails import grown, with_links

HEADERS = st.lists(
    st.text("abcäß &<>\"'", min_size=1, max_size=6), min_size=1, max_size=6, unique_by=str.lower
)


def table_part(headers: list[str], rows: int, totals: int = 0) -> bytes:
    """The part that openpyxl makes for a table at B3."""
    workbook = openpyxl.Workbook()
    for column, header in enumerate(headers, start=2):
        workbook.active.cell(3, column, header)
    ref = f"B3:{get_column_letter(len(headers) + 1)}{3 + rows + totals}"
    table = Table(displayName="Register", ref=ref, totalsRowCount=totals or None)
    workbook.active.add_table(table)
    target = io.BytesIO()
    workbook.save(target)
    return Package(target.getvalue()).read("xl/tables/table1.xml")


def facts(content: bytes) -> tuple[str | None, str | None, list[str | None], str | None]:
    """Range, range of the filter, headers, count of the columns."""
    table = etree.fromstring(content)
    columns = table.find("{*}tableColumns")
    filtered = table.find("{*}autoFilter")
    assert columns is not None
    ids = [it.get("id") for it in columns]
    assert len(set(ids)) == len(ids)
    names = [it.get("name") for it in columns]
    return (
        table.get("ref"),
        filtered.get("ref") if filtered is not None else None,
        names,
        columns.get("count"),
    )


@given(headers=HEADERS, more=HEADERS, rows=st.integers(1, 50), new=st.integers(1, 90))
def test_a_table_gets_the_range_and_the_headers_it_is_given(
    headers: list[str], more: list[str], rows: int, new: int
) -> None:
    wanted = headers + [f"{it}+" for it in more]
    area = (2, 3, len(wanted) + 1, 3 + new)
    changed = changed_table(table_part(headers, rows), area, wanted)
    assert changed is not None
    ref = f"B3:{get_column_letter(len(wanted) + 1)}{3 + new}"
    assert facts(changed)[2:] == (wanted, str(len(wanted)))
    assert facts(changed)[:2] in ((ref, ref), (ref, None))
    assert table_area(changed) == area == area_of(ref)


@given(headers=HEADERS, rows=st.integers(1, 50))
def test_a_table_that_stays_what_it_is_is_not_written(headers: list[str], rows: int) -> None:
    content = table_part(headers, rows)
    assert changed_table(content, table_area(content), headers) is None


def test_the_filter_of_a_table_leaves_out_its_totals() -> None:
    part = table_part(["One", "Two"], rows=4, totals=1)
    part = (
        part.replace(b"<tableColumns", b'<autoFilter ref="B3:C7"/><tableColumns', 1)
        if b"autoFilter" not in part
        else part
    )
    changed = changed_table(part, (2, 3, 3, 10), ["One", "Two"])
    assert changed is not None
    assert facts(changed)[:2] == ("B3:C10", "B3:C9")


def test_what_a_table_is_sorted_by_reaches_as_far_as_its_records() -> None:
    sort = b'<sortState ref="B4:C7"><sortCondition ref="C4:C7"/></sortState><tableColumns'
    part = table_part(["One", "Two"], rows=4, totals=1).replace(b"<tableColumns", sort, 1)
    changed = changed_table(part, (2, 3, 3, 7), ["One", "Two"])
    assert changed is not None
    assert b'sortState ref="B4:C6"' in changed
    assert b'sortCondition ref="C4:C6"' in changed


def test_a_renamed_header_keeps_its_column() -> None:
    part = table_part(["One", "Two"], rows=2)
    changed = changed_table(part, table_area(part), ["One", "Zwei"])
    assert changed is not None
    old, new = (etree.fromstring(it).find("{*}tableColumns") for it in (part, changed))
    assert [it.get("id") for it in new] == [it.get("id") for it in old]
    assert facts(changed)[2] == ["One", "Zwei"]


# ranges

RANGES = [
    ("C3:C10", "C3:C12"),
    ("$C$3:$C$10", "$C$3:$C$12"),
    ("A3:B10 D3:D10", "A3:B12 D3:D12"),
    ("C3:C9", "C3:C9"),
    ("C3:C110", "C3:C110"),
    ("C10:C20", "C10:C20"),
    ("C10", "C10"),
    ("C3:C9 C10", "C3:C9 C10:C12"),
    ("D3:D9 C10", "D3:D9 C10"),
    ("C3:C1048576", "C3:C1048576"),
    ("C:C", "C:C"),
]
PLACES = [
    '<dataValidation type="list" sqref="{}"><formula1>$X$3:$X$10</formula1></dataValidation>',
    '<conditionalFormatting sqref="{}"><cfRule><formula>A3:A10</formula></cfRule></conditionalFormatting>',
    '<x:conditionalFormatting pivot="0" sqref="{}"/>',
    "<extLst><ext><x14:dataValidation><xm:sqref>{}</xm:sqref></x14:dataValidation></ext></extLst>",
]


@pytest.mark.parametrize("place", PLACES, ids=["validation", "format", "prefixed", "extension"])
@pytest.mark.parametrize(("before", "after"), RANGES)
def test_what_ends_with_the_table_ends_with_it_again(place: str, before: str, after: str) -> None:
    other = '</sheetData><mergeCells count="1"><mergeCell ref="A10:B10"/></mergeCells>{}<drawing r:id="r1"/>'
    part = other.replace("{}", place)
    assert grown(part.replace("{}", before).encode(), 10, 12).decode() == part.replace("{}", after)


def test_a_single_cell_grows_where_it_is_all_the_records_there_are() -> None:
    tail = b'<dataValidation sqref="C3 $D$3 E4"/>'
    assert grown(tail, 3, 5, first=3) == b'<dataValidation sqref="C3:C5 $D$3:$D$5 E4"/>'


def test_sparklines_stay_in_their_cells() -> None:
    tail = (
        b"<x14:sparklineGroups><x14:sparkline><xm:sqref>F3</xm:sqref></x14:sparkline></x14:sparklineGroups>"
    )
    assert grown(tail, 3, 5, first=3) == tail


AREAS = st.tuples(st.integers(1, 40), st.integers(1, 40)).map(sorted)


@given(areas=st.lists(AREAS, min_size=1, max_size=5), old=st.integers(1, 40), more=st.integers(1, 40))
def test_every_range_grows_by_the_same_rule(areas: list[list[int]], old: int, more: int) -> None:
    def ranges(last: dict[int, int]) -> str:
        return " ".join(f"B{top}:C{last.get(bottom, bottom)}" for top, bottom in areas)

    tail = f'<dataValidation sqref="{ranges({})}"/>'.encode()
    assert grown(tail, old, old + more) == f'<dataValidation sqref="{ranges({old: old + more})}"/>'.encode()


# links

BEHIND = [
    "",
    "<pageMargins/>",
    '<drawing r:id="r1"/><tableParts/>',
    '<legacyDrawing r:id="r1"/>',
    "<extLst/>",
    '<mc:AlternateContent xmlns:mc="m"><mc:Choice/></mc:AlternateContent>',
]
LINKS = st.dictionaries(
    st.tuples(st.integers(1, 99), st.integers(1, 50)),
    st.text("abc '!<>&\"ä1", min_size=1, max_size=12),
    max_size=5,
)


@given(
    links=LINKS,
    old=st.sampled_from(["", "<hyperlinks/>", '<hyperlinks><hyperlink ref="A1" location="x"/></hyperlinks>']),
    behind=st.sampled_from(BEHIND),
)
def test_links_are_the_ones_given_and_stand_where_the_schema_wants_them(
    links: dict[tuple[int, int], str], old: str, behind: str
) -> None:
    tail = f"</sheetData><conditionalFormatting/>{old}{behind}</worksheet>"
    changed = with_links(tail.encode(), links, b"").decode()
    start = f'<worksheet xmlns="{MAIN}" xmlns:r="r"><sheetData>'
    root = etree.fromstring(start + changed)
    found = {str(it.get("ref")): it.get("location") for it in root.iter("{*}hyperlink")}
    assert found == {f"{get_column_letter(column)}{row}": place for (row, column), place in links.items()}
    names = [etree.QName(it).localname for it in root]
    rest = [
        etree.QName(it).localname for it in etree.fromstring(start + f"</sheetData>{behind}</worksheet>")
    ][1:]
    assert names == ["sheetData", "conditionalFormatting", *(["hyperlinks"] if links else []), *rest]


def test_links_keep_the_prefix_of_the_part() -> None:
    tail = worksheet().replace("</", "</x:").replace("<sheetData>", "").encode()
    changed = with_links(tail, {(1, 1): "Log!C7"}, b"x:")
    assert b'<x:hyperlinks><x:hyperlink ref="A1" location="Log!C7"/></x:hyperlinks></x:worksheet>' in changed
