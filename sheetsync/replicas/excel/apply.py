"""Applying a pass's edit to an Excel file in place: from records to the cells of its sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from xml.sax.saxutils import escape

from openpyxl.utils import quote_sheetname

from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.core.status.checks import LIST_HEADER_ROW
from sheetsync.core.values import Value
from sheetsync.replicas.excel.edit import Change, change_parts
from sheetsync.replicas.excel.growth import changed_table, is_ours, table_area
from sheetsync.replicas.excel.heads import widths_in
from sheetsync.replicas.excel.look import LINE_HEIGHT, lines
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.read import machine_cells
from sheetsync.replicas.excel.rows import EditError
from sheetsync.replicas.excel.sheets import Sheet
from sheetsync.replicas.layout import KEY_ROW

_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\b[^>]*>")
_STATE = re.compile(rb"""\sstate\s*=\s*["']([^"']*)["']""")
_NAME = re.compile(rb"""\sname\s*=\s*["']([^"']*)["']""")
_ACTIVE = re.compile(rb"""(\sactiveTab\s*=\s*["'])(\d+)""")
_TIED = re.compile(rb"<(?:[\w.-]+:)?(?:mergeCell|hyperlink)\s")


def apply_in_place(parts: Parts, sheets: Mapping[str, Sheet], edit: Edit) -> dict[str, Iterable[bytes]]:
    """The parts of a package that an edit changes: part -> its new bytes, in pieces.

    Args:
        parts: The workbook.
        sheets: Our tabs in it, by key.
        edit: What is written.

    Raises:
        EditError: A cell cannot be written.
    """
    by_name = {sheet.name: sheet for sheet in parts.sheets}
    titles = {key: sheet.title for key, sheet in sheets.items()}
    changes: dict[SheetPart, Change] = {}
    changed: dict[str, Iterable[bytes]] = {}
    shown: dict[str, bool] = {}
    for key, tab_edit in edit.tabs.items():
        if tab_edit:
            place = by_name[titles[key]]
            tab = _TabChange(parts, sheets[key], place, tab_edit)
            changes[place] = tab.change()
            changed |= tab.table()
    for key, machine in edit.machine.items():
        if key in sheets:
            place = by_name[titles[key]]
            changes[place] = _machine(sheets[key], machine, titles, column_widths(parts, place))
            shown[titles[key]] = machine.shown
    if edit.owner:
        _write_owner(sheets, edit, changes, by_name)
    changed |= change_parts(parts, changes)
    book = b"".join(changed.get(parts.workbook) or [parts.read(parts.workbook)])
    if (stated := _with_states(book, shown)) != book:
        changed[parts.workbook] = [stated]
    return changed


class _TabChange:
    """What an edit of one tab that people fill means for its sheet and its table."""

    def __init__(self, parts: Parts, sheet: Sheet, place: SheetPart, edit: TabEdit) -> None:
        self.parts, self.sheet, self.place, self.edit = parts, sheet, place, edit
        self.last = last_row(sheet)
        self.tables = {
            part: content
            for part in parts.related(place.part, "table")
            if is_ours(content := parts.read(part), sheet.header_row, sheet.margin_column)
        }
        self.headers = {
            number: str(sheet.grid.value(sheet.header_row, number) or "")
            for number in range(sheet.margin_column, self._right() + 1)
        }
        self.gone = sorted(sheet.first_row + position for position in edit.gone)
        self.closes = bool(self.gone) and self._may_close_gaps()
        self.cells: dict[tuple[int, int], Value] = {}

    def change(self) -> Change:
        if self.sheet.totals and (self.edit.new or self.edit.gone):
            raise EditError(
                f'{self.parts.path}: tab "{self.sheet.title}": the table has a total row, so no rows can be '
                "added to it or deleted.",
                "Switch it off (Table Design > Total Row); the Status tab counts for you.",
            )
        self._write_margin()
        self._write_records()
        self._write_new()
        self._write_own_columns()
        if not self.closes:
            self.cells |= {(row, column): None for row in self.gone for column in self.headers}
        old, new = max(self.last, self.sheet.first_row), self._bottom() + len(self.gone) * self.closes
        return Change(
            self.cells,
            like={row: self.last for row in self._new_rows() if self.last >= self.sheet.first_row},
            heights=_heights(self.cells, column_widths(self.parts, self.place), self.sheet.header_row),
            deleted=frozenset(self.gone) if self.closes else frozenset(),
            grown=(old, new) if new > old else None,
        )

    def table(self) -> dict[str, list[bytes]]:
        """The table's part, where its range or a header changes."""
        changed = {}
        for part, content in self.tables.items():
            left, top, _, _ = table_area(content)
            headers = [self.headers[number] for number in sorted(self.headers) if number >= left]
            area = (left, top, left + len(headers) - 1, self._bottom())
            if new := changed_table(content, area, headers):
                changed[part] = [new]
        return changed

    def _new_rows(self) -> range:
        return range(self.last + 1, self.last + 1 + len(self.edit.new))

    def _bottom(self) -> int:
        """The table's last row once the edit is written."""
        if self.sheet.totals:
            return self.sheet.totals[-1]
        return max(self.last + len(self.edit.new) - len(self.gone) * self.closes, self.sheet.first_row)

    def _right(self) -> int:
        """The last column of the table, or of what has a header beside it."""
        right = max([self.sheet.margin_column, *self.sheet.columns.values()])
        right = max([right, *(table_area(content)[2] for content in self.tables.values())])
        while self.sheet.grid.value(self.sheet.header_row, right + 1) is not None:
            right += 1
        return right

    def _write_margin(self) -> None:
        margin = replace(self.sheet.margin, stamp=self.edit.stamp)
        self.cells[KEY_ROW, self.sheet.margin_column] = margin.text()
        for key, label in self.edit.labels.items():
            self.headers[self.sheet.columns[key]] = label
            self.cells[self.sheet.header_row, self.sheet.columns[key]] = label

    def _write_records(self) -> None:
        for position, values in self.edit.cells.items():
            self._write_row(self.sheet.first_row + position, values)
        for position, row_id in self.edit.ids.items():
            self.cells[self.sheet.first_row + position, self.sheet.margin_column] = row_id

    def _write_new(self) -> None:
        for row, (row_id, values) in zip(self._new_rows(), self.edit.new, strict=True):
            # The other cells are made too, so that they look like those above.
            self.cells |= {(row, column): None for column in self.headers}
            self.cells[row, self.sheet.margin_column] = row_id or None
            self._write_row(row, values)

    def _write_row(self, row: int, values: Mapping[str, Value]) -> None:
        for key, value in values.items():
            if key in self.sheet.columns:
                self.cells[row, self.sheet.columns[key]] = value

    def _write_own_columns(self) -> None:
        """The user columns of an import, on the right; only empty cells of one that is there are filled."""
        sheet = self.sheet
        rows = {
            sheet.grid.value(row, sheet.margin_column): row for row in range(sheet.first_row, self.last + 1)
        }
        rows |= {row_id: row for row, (row_id, _) in zip(self._new_rows(), self.edit.new, strict=True)}
        ours = set(sheet.columns.values())
        for header, values in self.edit.extras.items():
            found = [number for number, text in self.headers.items() if text == header and number not in ours]
            column = found[0] if found else max(self.headers) + 1
            self.headers[column] = header
            self.cells[sheet.header_row, column] = header
            for row_id, value in values.items():
                if sheet.grid.value(rows[row_id], column) is None:
                    self.cells[rows[row_id], column] = value

    def _may_close_gaps(self) -> bool:
        """Whether nothing refers to rows that would move up: no formula, note, link, merge or drawing."""
        kinds = {"drawing", "comments", "threadedComment", "vmlDrawing"}
        for relationship in self.parts.relationships(self.place.part):
            if relationship.type == "drawing" or (
                relationship.type in kinds
                and any(row > self.sheet.header_row for row in _rows_named(self.parts, relationship.target))
            ):
                return False
        if self.parts.formulas:
            return False
        return not _TIED.search(self.parts.read(self.place.part))


def last_row(sheet: Sheet) -> int:
    """The last row in which our columns hold anything; the header's where none does."""
    columns = [sheet.margin_column, *sheet.columns.values()]
    for number in range(len(sheet.grid.rows), sheet.header_row, -1):
        used = any(sheet.grid.value(number, column) is not None for column in columns)
        if used and number not in sheet.totals:
            return number
    return sheet.header_row


def _rows_named(parts: Parts, part: str) -> list[int]:
    """The rows a part of notes speaks of; one in another form speaks of none."""
    if part.endswith(".vml"):
        return []
    return [int(row) for row in re.findall(rb"""\sref\s*=\s*["'][A-Z]{1,3}(\d+)""", parts.read(part))]


def column_widths(parts: Parts, place: SheetPart) -> dict[int, float]:
    """Widths in characters of the columns of a sheet that are shown and have one of their own."""
    head = b""
    for piece in parts.stream(place.part):
        head += piece
        if b"sheetData" in head:
            break
    return widths_in(head)


def _heights(
    cells: Mapping[tuple[int, int], Value], widths: Mapping[int, float], header_row: int
) -> dict[int, float]:
    """The heights that texts below a header need: row -> points, of rows with a text that wraps."""
    heights: dict[int, float] = {}
    for (row, column), value in cells.items():
        if row > header_row and isinstance(value, str) and column in widths:
            needed = lines(value, widths[column])
            if needed > 1:
                heights[row] = max(heights.get(row, 0.0), needed * LINE_HEIGHT)
    return heights


def _machine(
    sheet: Sheet, machine: MachineTab, titles: Mapping[str, str], widths: Mapping[int, float]
) -> Change:
    """A tab that sheetsync owns holds just these values; looks, charts and people's formulas stay."""
    found = dict(machine_cells(sheet))
    cells: dict[tuple[int, int], Value] = dict.fromkeys(found.keys() - machine.cells.keys())
    cells |= {place: value for place, value in machine.cells.items() if found.get(place) != value}
    # Only a listing's texts wrap; every other tab of ours is laid out once for all.
    heights = _heights(machine.cells, widths, LIST_HEADER_ROW) if machine.links else {}
    links = {
        place: f"{quote_sheetname(titles[tab])}!{address}"
        for place, (tab, address) in machine.links.items()
        if tab in titles
    }
    return Change(cells, heights=heights, links=links)


def _write_owner(
    sheets: Mapping[str, Sheet],
    edit: Edit,
    changes: dict[SheetPart, Change],
    by_name: Mapping[str, SheetPart],
) -> None:
    """The margin of every tab, when a person had the workbook taken over by this ledger."""
    assert edit.owner is not None
    ledger, workbook = edit.owner
    for key, sheet in sheets.items():
        stamp = edit.tabs[key].stamp if key in edit.tabs else 0
        margin = replace(sheet.margin, ledger=ledger, workbook=workbook, stamp=stamp)
        change = changes.setdefault(by_name[sheet.title], Change({}))
        change.cells[KEY_ROW, sheet.margin_column] = margin.text()


def _with_states(book: bytes, shown: Mapping[str, bool]) -> bytes:
    """The workbook part with some sheets shown or hidden; one that is shown stays the active one."""
    names = {escape(title, {'"': "&quot;"}).encode(): visible for title, visible in shown.items()}
    hidden_at: list[int] = []
    numbers = count()

    def state(found: re.Match[bytes]) -> bytes:
        number, tag = next(numbers), found.group(0)
        name = _NAME.search(tag)
        visible = names.get(name.group(1)) if name else None
        hidden = _STATE.search(tag) is not None and b"visible" not in _STATE.findall(tag)
        if visible is None or visible != hidden:
            return tag
        tag = _STATE.sub(b"", tag)
        if visible:
            return tag
        hidden_at.append(number)
        return _NAME.sub(lambda it: it.group(0) + b' state="hidden"', tag, count=1)

    changed = _SHEET.sub(state, book)
    active = _ACTIVE.search(changed)
    if active and int(active.group(2)) in hidden_at:
        return changed[: active.start(2)] + b"0" + changed[active.end(2) :]
    return changed
