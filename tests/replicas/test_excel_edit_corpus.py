"""Real workbooks, edited in place: the edit is there, and nothing else has changed."""

from __future__ import annotations

import contextlib
import io
import random
import subprocess
import warnings
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineWorkbook

from replicas.excel_raw import BOOK, CHAIN, RELATIONSHIPS, TYPES, changed_parts, collected
from sheetsync.core.values import Value, canonical
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.stale import stale_results

pytestmark = pytest.mark.skipif(
    not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks"
)
BOOKS = collected()
NEW = ['=1+1 <is> "text" & stays _x0041_ä\n2', -12.25, date(2026, 11, 21), True, "  space  ", 10**14]
EDITED_AT_LEAST = 0.8
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


@pytest.mark.parametrize("source", BOOKS, ids=lambda path: path.name)
def test_a_real_workbook_is_edited_exactly_or_refused_clearly(source: Path, tmp_path: Path) -> None:
    before, target = source.read_bytes(), tmp_path / "edited.xlsx"
    try:
        sheet, edits = edited(source, target)
    except SheetsyncError as error:
        refused, done = (str(source) in error.what, bool(error.do)), list(tmp_path.iterdir())
        assert (refused, done) == ((True, True), [])
        return
    assert source.read_bytes() == before
    old, after = Package(before), target.read_bytes()
    new = Package(after)
    own = {sheet.part, BOOK, RELATIONSHIPS, TYPES, CHAIN, Parts(before, source).styles}
    assert {it.lower() for it in changed_parts(before, after)} <= {it.lower() for it in own}
    asked = {coordinate_to_tuple(it) for it in edits}
    parts = Parts(before, source)
    stale = stale_results(parts, {sheet: asked}).get(sheet, set())
    assert_only_these_cells_differ(old, new, sheet, edits, stale)
    assert_readers_see(before, after, sheet.name, edits)


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


def test_most_real_workbooks_can_be_edited(tmp_path: Path) -> None:
    done = 0
    for source in BOOKS:
        with contextlib.suppress(SheetsyncError):
            edited(source, tmp_path / "edited.xlsx")
            done += 1
    assert done >= EDITED_AT_LEAST * len(BOOKS)


@pytest.mark.office
def test_libreoffice_shows_the_edits(soffice: str, tmp_path: Path) -> None:
    chosen: dict[str, tuple[SheetPart, Edits]] = {}
    for source in random.Random(8).sample(BOOKS, len(BOOKS)):
        target = tmp_path / f"{source.stem}.xlsx"
        with contextlib.suppress(SheetsyncError):
            chosen[target.name] = edited(source, target)
        if len(chosen) == 8:
            break
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    files = [str(tmp_path / name) for name in chosen]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=240)
    for name, (sheet, edits) in chosen.items():
        seen = seen_by_calamine((tmp_path / "saved" / name).read_bytes(), sheet.name, edits)
        assert seen == expected(edits), name
