"""A table's own part, when its rows, columns or headers change."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

Area = tuple[int, int, int, int]


def area_of(ref: str) -> Area:
    """Left, top, right, bottom of a range, 1-based."""
    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(ref))
    return left, top, right, bottom


def table_area(content: bytes) -> Area:
    """The range of a table, its totals row included."""
    return area_of(str(etree.fromstring(content).get("ref")))


def is_ours(content: bytes, header_row: int, margin_column: int) -> bool:
    """Whether a table is that of one of our tabs: it begins with the header and takes in the ids."""
    left, top, right, _ = table_area(content)
    return top == header_row and left <= margin_column <= right


def calculated_columns(content: bytes) -> dict[int, str]:
    """The formulas that a table calculates columns with: sheet column -> formula, without "="."""
    left = table_area(content)[0]
    columns = enumerate(etree.fromstring(content).iterfind("{*}tableColumns/{*}tableColumn"), start=left)
    found = {number: column.find("{*}calculatedColumnFormula") for number, column in columns}
    return {
        number: (formula.text or "").removeprefix("=")
        for number, formula in found.items()
        if formula is not None and formula.text and formula.get("array") not in ("1", "true")
    }


def changed_table(content: bytes, area: Area, headers: Sequence[str]) -> bytes | None:
    """A table's part with another range and other headers, `None` where they are what they were.

    Args:
        content: The part.
        area: The range it covers from now on.
        headers: Header texts from left to right, as many as the range has columns.
    """
    table = etree.fromstring(content)
    ref = _ref(area)
    columns = table.find("{*}tableColumns")
    assert columns is not None
    names = [str(column.get("name")) for column in columns]
    if table.get("ref") == ref and names == list(headers):
        return None
    table.set("ref", ref)
    totals = int(table.get("totalsRowCount", "0"))
    for filtered in table.iterfind("{*}autoFilter"):
        filtered.set("ref", _ref((area[0], area[1], area[2], area[3] - totals)))
    for sorted_by in table.iter("{*}sortState", "{*}sortCondition"):
        left, top, right, _ = area_of(str(sorted_by.get("ref")))
        sorted_by.set("ref", _ref((left, top, right, area[3] - totals)))
    for column, header in zip(columns, headers, strict=False):
        column.set("name", header)
    highest = max((int(str(column.get("id"))) for column in columns), default=0)
    for header in headers[len(names) :]:
        highest += 1
        etree.SubElement(columns, columns[0].tag, id=str(highest), name=header)
    columns.set("count", str(len(headers)))
    return etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _ref(area: Area) -> str:
    left, top, right, bottom = area
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
