"""Editing an Excel file in place: only what changes is changed, every other byte of the file stays."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from openpyxl.utils.cell import coordinate_to_tuple

from sheetsync.core.values import canonical
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.celldata import Content, Formula, cell_xml
from sheetsync.replicas.excel.gaps import with_room, without_rows
from sheetsync.replicas.excel.growth import Area, area_of
from sheetsync.replicas.excel.heads import prefix_of
from sheetsync.replicas.excel.package import read_bytes, write_beside
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.rows import MAX_COLUMN, MAX_ROW, EditError, SheetEdit, edit_rows
from sheetsync.replicas.excel.stale import stale_results
from sheetsync.replicas.excel.styles import Styles
from sheetsync.replicas.excel.tails import grown, with_links, with_moved_links
from sheetsync.replicas.excel.workbook_part import calculation

_MERGED = re.compile(rb"""<(?:[\w.-]+:)?mergeCell\b[^<>]*?\sref\s*=\s*["']([^"']+)["']""")
_PROTECTED = re.compile(rb"""<(?:[\w.-]+:)?sheetProtection\b[^<>]*?\ssheet\s*=\s*["'](?:1|true)["']""")


def _as_it_is(content: bytes, prefix: bytes) -> bytes:  # noqa: ARG001 - what a `Change` calls
    return content


@dataclass
class Change:
    """What changes in one sheet; rows and columns are 1-based, as they stand before the edit.

    Attributes:
        cells: (row, column) -> the value the cell gets.
        like: New row -> the row whose looks it takes.
        heights: Row -> the height in points that its text needs.
        deleted: Rows that are taken out; those below move up.
        room: Before this row so many rows come in, before anything else happens: rows and columns of all
            the others are meant as they stand then.
        links: Of a sheet that sheetsync owns: all its links, (row, column) -> place ("'Log'!C7").
        grown: Old and new last row of the table and its first record: what ended with it ends with it again.
        styles: Cells that get this style, whatever they had.
        head, tail: What the part's bytes before and behind the rows become, with its namespace prefix.
    """

    cells: dict[tuple[int, int], Content]
    like: dict[int, int] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    deleted: frozenset[int] = frozenset()
    room: tuple[int, int] = (0, 0)
    links: Mapping[tuple[int, int], str] | None = None
    grown: tuple[int, int, int] | None = None
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    head: Callable[[bytes, bytes], bytes] = _as_it_is
    tail: Callable[[bytes, bytes], bytes] = _as_it_is

    @property
    def moves(self) -> bool:
        """Whether rows come in or go."""
        return bool(self.deleted or all(self.room))

    def lowered(self, row: int) -> int:
        """Where a row stands once others have come in."""
        at, more = self.room
        return row + more if more and row >= at else row

    def row(self, number: int) -> int | None:
        """Where a row stands in the end, `None` for one that is taken out."""
        if number in self.deleted:
            return None
        return self.lowered(number) - sum(row < number for row in self.deleted)


def edit_cells(
    source: str | Path, target: str | Path, edits: Mapping[str | None, Mapping[str, object]]
) -> None:
    """Write a workbook with some cells changed; everything else stays byte for byte as it was.

    Args:
        source: An .xlsx or .xlsm file; never touched unless it is the target too.
        target: Where the changed workbook goes; replaced in one step where there is one.
        edits: Sheet name (`None`: the first worksheet) -> address ("B7") -> value: text, a number, a
            `bool`, a date, a time, or `None` to empty the cell. Text is written as text: "=1+1" too.

    Raises:
        SheetsyncError: Something stands in the way; the message says what. Nothing was written.
    """
    path = Path(source)
    parts = Parts(read_bytes(path), path)
    for obstacle in parts.obstacles():
        raise EditError(f"{path}: {obstacle}.", "Save a copy without it, and edit that.")
    changes: dict[SheetPart, Change] = {}
    for name, cells in edits.items():
        sheet = _sheet(parts, name)
        changes.setdefault(sheet, Change({})).cells.update(_cells(path, name, cells))
    for sheet, change in changes.items():
        _refuse_headers(parts, sheet, change.cells)
        _refuse_pivots(parts, sheet, change.cells)
    write_package(parts, change_parts(parts, changes), Path(target))


def change_parts(
    parts: Parts, changes: Mapping[SheetPart, Change], styles: Styles | None = None
) -> dict[str, Iterable[bytes]]:
    """The parts that an edit of sheets changes: part -> its new bytes, in pieces.

    Args:
        styles: Those of the workbook, where some were added already.

    Raises:
        EditError: A cell cannot be written. Told while the pieces are read.
    """
    styles = styles or styles_of(parts)
    written = {sheet: change.cells.keys() for sheet, change in changes.items()}
    stale = stale_results(parts, written)
    changed: dict[str, Iterable[bytes]] = {
        sheet.part: _changed_sheet(
            parts, sheet, changes.get(sheet, Change({})), frozenset(stale.get(sheet, ())), styles
        )
        for sheet in (*changes, *(sheet for sheet in stale if sheet not in changes))
    }
    if parts.styles:
        changed[parts.styles] = styles.changed()
    moved = any(change.moves for change in changes.values())
    return changed | calculation(parts, written, anew=moved)


def styles_of(parts: Parts) -> Styles:
    """The styles of a workbook."""
    return Styles(parts.read(parts.styles) if parts.styles else b"")


def _changed_sheet(
    parts: Parts, sheet: SheetPart, change: Change, stale: frozenset[tuple[int, int]], styles: Styles
) -> Iterator[bytes]:
    where = f'{parts.path}: sheet "{sheet.name}"'
    columns: dict[int, set[int]] = {}
    for row, column in change.cells:
        columns.setdefault(row, set()).add(column)
    cells = {row: frozenset(found) for row, found in columns.items()}
    lowered = frozenset((change.lowered(row), column) for row, column in stale)
    edit = SheetEdit(cells, change.like, change.heights, lowered)
    used: set[int] = set()

    def write(prefix: bytes, row: int, column: int, style: int) -> bytes:
        value = change.cells[row, column]
        used.add(style)
        try:
            style = change.styles.get((row, column), style)
            style = style if isinstance(value, Formula) else styles.for_value(style, value)
            return cell_xml(prefix, row, column, style, value, date1904=parts.date1904)
        except EditError as error:
            raise EditError(f"{where}: {error.what}", error.do) from None

    def change_tail(tail: bytes, prefix: bytes) -> bytes:
        if _PROTECTED.search(tail) and any(map(styles.locks, used)):
            raise EditError(
                f"{where} is protected by its owner, and a cell that is locked would be written.",
                "Take the protection off (Review > Unprotect Sheet).",
            )
        _refuse_merged(tail, change.cells, where)
        _refuse_arrays(parts, sheet, change.cells, where)
        tail = grown(tail, *change.grown) if change.grown else tail
        tail = with_moved_links(tail, change.row) if change.moves else tail
        tail = tail if change.links is None else with_links(tail, change.links, prefix)
        return change.tail(tail, prefix)

    pieces = parts.stream(sheet.part)
    pieces = with_room(pieces, *change.room) if all(change.room) else pieces
    pieces = edit_rows(pieces, edit, write, change_tail, where)
    head = next(pieces)  # all that stands before the rows
    pieces = chain([change.head(head, prefix_of(head))], pieces)
    return without_rows(pieces, change.deleted) if change.deleted else pieces


def _sheet(parts: Parts, name: str | None) -> SheetPart:
    worksheets = [sheet for sheet in parts.sheets if sheet.kind == "worksheet"]
    if not worksheets:
        raise EditError(f"{parts.path}: has no worksheet.", "Add one in Excel or LibreOffice.")
    if name is None:
        return worksheets[0]
    for sheet in worksheets:
        if sheet.name == name:
            return sheet
    known = ", ".join(f'"{sheet.name}"' for sheet in worksheets)
    raise EditError(f'{parts.path}: has no worksheet "{name}".', f"There are {known}.")


def _cells(path: Path, sheet: str | None, by_address: Mapping[str, object]) -> dict[tuple[int, int], Content]:
    cells: dict[tuple[int, int], Content] = {}
    for address, raw in by_address.items():
        try:
            row, column = coordinate_to_tuple(address or "A")
            value = canonical(raw)
        except (ValueError, TypeError, OverflowError) as error:
            where = f'sheet "{sheet}"' if sheet else "the first sheet"
            raise EditError(
                f"{path}: {where}: {address!r} cannot be set to {raw!r} ({error}).",
                'Name cells as "B7"; values are text, numbers, booleans, dates, times or None.',
            ) from None
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            raise EditError(f"{path}: {address} lies outside of any sheet.", "The last cell is XFD1048576.")
        cells[row, column] = value
    return cells


def _refuse_merged(tail: bytes, values: Collection[tuple[int, int]], where: str) -> None:
    for found in _MERGED.finditer(tail):
        ref = found.group(1).decode("ascii", "replace")
        left, top, *_ = area = _area(ref, where)
        if any(place != (top, left) for place in _within(area, values)):
            raise EditError(
                f"{where} merges the cells {ref}, and one of them would be written.",
                "Unmerge them (Home > Merge & Center).",
            )


def _refuse_arrays(parts: Parts, sheet: SheetPart, values: Collection[tuple[int, int]], where: str) -> None:
    filled = [it for it in parts.formulas if it.sheet == sheet.name and it.kind in ("array", "dataTable")]
    for ref in (it.ref for it in filled if it.ref):
        left, top, right, bottom = area = _area(ref, where)
        alone = (left, top) == (right, bottom)
        if not alone and _within(area, values):
            raise EditError(
                f"{where} holds one formula for all of {ref}, and a cell of it would be written.",
                "Write the value there by hand, or remove the formula first.",
            )


def _refuse_headers(parts: Parts, sheet: SheetPart, values: Collection[tuple[int, int]]) -> None:
    """Excel repairs a file whose header cells are not what the table's part says."""
    where = f'{parts.path}: sheet "{sheet.name}"'
    for table in parts.tables(sheet.part):
        left, top, right, _ = area_of(str(table.get("ref")))
        if table.get("headerRowCount") != "0" and _within((left, top, right, top), values):
            raise EditError(
                f"{where}: a header of a table would be written.",
                "Rename the column in Excel or LibreOffice.",
            )


def _refuse_pivots(parts: Parts, sheet: SheetPart, values: Collection[tuple[int, int]]) -> None:
    """What is written into a pivot table is gone when that is refreshed, in some programs at once."""
    for part in parts.related(sheet.part, "pivotTable"):
        for location in parts.xml(part).iter("{*}location"):
            ref, where = str(location.get("ref")), f'{parts.path}: sheet "{sheet.name}"'
            if _within(_area(ref, where), values):
                raise EditError(
                    f"{where} shows a pivot table in {ref}, and a cell of it would be written.",
                    "Write where its data come from, and refresh it.",
                )


def _area(ref: str, where: str) -> Area:
    try:
        return area_of(ref)
    except (ValueError, TypeError):
        raise EditError(
            f'{where} speaks of the cells "{ref}", which are none.', "Open it in Excel and save it again."
        ) from None


def _within(area: Area, values: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    left, top, right, bottom = area
    return [(row, column) for row, column in values if top <= row <= bottom and left <= column <= right]


def write_package(parts: Parts, changed: Mapping[str, Iterable[bytes]], target: Path) -> None:
    """Write the changed package beside its target, durably, and put it in the target's place.

    Raises:
        ReplicaError: It cannot be written; the target is as it was.
    """
    rights = target if target.exists() else parts.path
    try:
        temporary = write_beside(
            target, lambda file: parts.package.write(file, changed, last=[parts.styles]), rights
        )
        try:
            os.replace(temporary, target)  # noqa: PTH105 - named after the system call it must be
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ReplicaError(
            f"{target}: cannot be written ({error.strerror or error}).", "Check the folder and the disk."
        ) from error
