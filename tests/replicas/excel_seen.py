"""What an edit of a workbook did, as lxml, openpyxl and calamine see it, who know nothing of the editor."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import openpyxl
from lxml import etree
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from python_calamine import CalamineWorkbook

from replicas.excel_raw import CHAIN, RELATIONSHIPS, TYPES, changed_parts
from sheetsync.core.values import Value, canonical
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.stale import stale_results

NEW = ['=1+1 <is> "text" & stays _x0041_ä\n2', -12.25, date(2026, 11, 21), True, "  space  ", 10**14]
Edits = dict[str, object]


def edited(source: Path, target: Path) -> tuple[SheetPart, Edits]:
    """Edit the first worksheet where it can be: cells that are there too, else new ones only.

    Raises:
        SheetsyncError: It cannot be edited.
    """
    parts = Parts(source.read_bytes(), source)
    sheet = next(it for it in parts.sheets if it.kind == "worksheet")
    there = cells_of(parts.package, sheet)
    with contextlib.suppress(SheetsyncError):
        edits = plan(there, random.Random(source.name))
        edit_cells(source, target, {sheet.name: edits})
        return sheet, edits
    edits = plan({}, random.Random(source.name), below=max((row for row, _ in there), default=0))
    edit_cells(source, target, {None: edits})
    return sheet, edits


def plan(there: dict[tuple[int, int], str], chance: random.Random, below: int = 0) -> Edits:
    """Some cells that are there get new values and one is emptied; new cells come beside and below."""
    old = chance.sample(sorted(there), min(4, len(there)))
    below = below or max((row for row, _ in there), default=0)
    fresh = [(below + 2, 3), (below + 2, 27), (below + 900, 1), (min((*old, (1, 1)))[0], 200)]
    edits = dict(zip(map(address, [*old[1:], *fresh]), NEW, strict=False))
    return edits | {address(old[0]): None} if old else edits


def address(place: tuple[int, int]) -> str:
    return f"{get_column_letter(place[1])}{place[0]}"


def sheet_tree(package: Package, sheet: SheetPart) -> etree._Element:
    return etree.fromstring(package.read(sheet.part), etree.XMLParser(resolve_entities=False))


def rows_of(root: etree._Element) -> dict[int, tuple[dict[str, str], dict[int, str]]]:
    """Row number -> attributes of the row but "spans", and column -> canonical XML of the cell."""
    rows: dict[int, tuple[dict[str, str], dict[int, str]]] = {}
    number = 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        number = int(row.get("r", number + 1))
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterfind("{*}c"):
            named = cell.get("r")
            column = coordinate_to_tuple(named)[1] if named else column + 1
            cells[column] = etree.tostring(cell, method="c14n", with_tail=False).decode()
        kept = {str(name): str(value) for name, value in row.attrib.items() if name not in ("spans", "r")}
        rows[number] = (kept, cells)
    return rows


def cells_of(package: Package, sheet: SheetPart) -> dict[tuple[int, int], str]:
    rows = rows_of(sheet_tree(package, sheet))
    return {(row, column): xml for row, (_, cells) in rows.items() for column, xml in cells.items()}


def around_rows(package: Package, sheet: SheetPart) -> bytes:
    """The part's canonical XML without its rows and its dimension."""
    root = sheet_tree(package, sheet)
    for dimension in root.findall("{*}dimension"):
        dimension.attrib.pop("ref", None)
    for rows in root.findall("{*}sheetData"):
        for row in list(rows):
            rows.remove(row)
        rows.text = None
    return etree.tostring(root, method="c14n")


def opened(content: bytes) -> openpyxl.Workbook | None:
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content))
    return None


def seen_by_openpyxl(content: bytes, sheet: str, edits: Edits) -> dict[str, object] | None:
    """Address -> value; `None` where openpyxl cannot read the workbook or the sheet."""
    book = opened(content)
    if book is None or sheet not in book.sheetnames:
        return None
    return {it: _value(book[sheet][it]) for it in edits}


def _value(cell: Cell | MergedCell) -> Value:
    """An empty cell with a link has no value, though openpyxl shows the link's address as one."""
    link = cell.hyperlink
    if isinstance(cell.value, ArrayFormula | DataTableFormula):
        return f"a formula for {cell.value.ref}"
    return None if link and cell.value in (link.target, link.location) else canonical(cell.value)


def seen_by_calamine(content: bytes, sheet: str, edits: Edits) -> dict[str, object] | None:
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
        read = rows.to_python(skip_empty_area=False)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return None
        raise
    return {it: canonical(_at(read, *coordinate_to_tuple(it))) for it in edits}


def _at(rows: list[list[object]], row: int, column: int) -> object:
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else None


def expected(edits: Edits, text: str | None = None) -> dict[str, object]:
    """The values as they are read back; `text` is the first one as a reader has it that unescapes nothing."""
    return {it: canonical(text if text and value == NEW[0] else value) for it, value in edits.items()}


def assert_exact(before: bytes, after: bytes, name: str, edits: Edits) -> None:
    """The edits of a sheet are there, and nothing else of the workbook has changed."""
    old, new = Parts(before, Path("before.xlsx")), Package(after)
    sheet = next(it for it in old.sheets if it.name == name)
    own = {
        sheet.part,
        old.workbook,
        RELATIONSHIPS,
        TYPES,
        CHAIN,
        old.styles,
        *(it.part for it in stale_in(old, sheet, edits)),
    }
    assert set(map(part_key, changed_parts(before, after))) <= set(map(part_key, own))
    stale = stale_in(old, sheet, edits).get(sheet, set())
    assert_only_these_cells_differ(old.package, new, sheet, edits, stale)
    assert_readers_see(before, after, sheet.name, edits)


def part_key(name: str) -> str:
    return unquote(name).lower()


def stale_in(parts: Parts, sheet: SheetPart, edits: Edits) -> dict[SheetPart, set[tuple[int, int]]]:
    return stale_results(parts, {sheet: {coordinate_to_tuple(it) for it in edits}})


def assert_only_these_cells_differ(
    old: Package, new: Package, sheet: SheetPart, edits: Edits, stale: set[tuple[int, int]]
) -> None:
    asked = {coordinate_to_tuple(it) for it in edits} | stale
    left, right = cells_of(old, sheet), cells_of(new, sheet)
    assert {it: xml for it, xml in left.items() if it not in asked} == {
        it: xml for it, xml in right.items() if it not in asked
    }
    rows, rows_now = rows_of(sheet_tree(old, sheet)), rows_of(sheet_tree(new, sheet))
    assert all("</v>" not in right[it] for it in stale), "a stale result is gone"
    assert set(rows_now) - set(rows) <= {row for row, _ in asked}
    assert {number: row[0] for number, row in rows.items()} == {it: rows_now[it][0] for it in rows}
    assert around_rows(old, sheet) == around_rows(new, sheet)


def assert_readers_see(before: bytes, after: bytes, sheet: str, edits: Edits) -> None:
    escaped = str(NEW[0]).replace("_x0041_", "_x005F_x0041_")  # openpyxl does not unescape inline text
    if seen_by_openpyxl(before, sheet, edits) is not None:
        assert seen_by_openpyxl(after, sheet, edits) == expected(edits, escaped)
    if seen_by_calamine(before, sheet, edits) is not None:
        seen = seen_by_calamine(after, sheet, edits)
        assert seen in (expected(edits), expected(edits, escaped))
