"""What an edit of one tab that people fill means for its sheet, its table, and the rows of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from sheetsync.core.plan import TabEdit
from sheetsync.core.values import Value
from sheetsync.replicas.excel.attached import is_free
from sheetsync.replicas.excel.celldata import Content, Formula
from sheetsync.replicas.excel.edit import Change
from sheetsync.replicas.excel.formulas_text import shifted
from sheetsync.replicas.excel.growth import calculated_columns, changed_table, is_ours, table_area
from sheetsync.replicas.excel.heads import widths_in
from sheetsync.replicas.excel.look import LINE_HEIGHT, lines
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.rows import EditError
from sheetsync.replicas.excel.sheets import Sheet
from sheetsync.replicas.excel.shift import Followers, Shift
from sheetsync.replicas.layout import KEY_ROW

_REPEATED = ("normal", "shared")  # kinds of formulas


class TabChange:
    """What an edit of one tab that people fill means for its sheet and its table."""

    def __init__(
        self, parts: Parts, sheet: Sheet, place: SheetPart, edit: TabEdit, followers: Followers
    ) -> None:
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
        self.shift = self._shift(followers)
        self.closes = bool(self.shift.gone)
        self.cells: dict[tuple[int, int], Content] = {}

    def change(self) -> Change:
        self._write_margin()
        self._write_records()
        self._write_new()
        self._write_own_columns()
        if not self.closes:
            self.cells |= {(row, column): None for row in self.gone for column in self.headers}
        old, new = max(self.last, self.sheet.first_row), self.shift.bottom + len(self.shift.gone)
        return Change(
            self.cells,
            like={row: self.last for row in self._new_rows() if self.last >= self.sheet.first_row},
            heights=heights(self.cells, column_widths(self.parts, self.place), self.sheet.header_row),
            deleted=self.shift.gone,
            room=(self.shift.at, self.shift.more),
            grown=(old, new, self.sheet.first_row) if new > old else None,
        )

    def table(self) -> dict[str, list[bytes]]:
        """The table's part, where its range or a header changes."""
        changed = {}
        for part, content in self.tables.items():
            left, top, _, _ = table_area(content)
            headers = [self.headers[number] for number in sorted(self.headers) if number >= left]
            bottom = self.shift.bottom + len(self.sheet.totals)
            area = (left, top, left + len(headers) - 1, bottom)
            if new := changed_table(content, area, headers):
                changed[part] = [new]
        return changed

    def _new_rows(self) -> range:
        return range(self.last + 1, self.last + 1 + len(self.edit.new))

    def _shift(self, followers: Followers) -> Shift:
        """How the rows of the sheet change: deleted ones are taken out where all that is there can follow."""
        table, gone = next(iter(self.tables), ""), frozenset(self.gone)
        if not (self.edit.new or gone):
            return self._with(gone)
        for shift in (self._with(gone), self._with(frozenset())):
            if is_free(self.parts, self.place.part, shift, table) and followers.follow(shift):
                return shift
        raise EditError(
            f'{self.parts.path}: tab "{self.sheet.title}": the table\'s total row cannot move down for new '
            "rows, since something below it hangs on the rows it stands in.",
            "Switch the total row off (Table Design > Total Row), or move what stands below to another tab.",
        )

    def _with(self, gone: frozenset[int]) -> Shift:
        areas = [table_area(content) for content in self.tables.values()]
        header, totals = self.sheet.header_row, self.sheet.totals
        left, _, right, bottom = (
            areas[0] if areas else (min(self.headers), header, max(self.headers), self.last)
        )
        at = totals[0] if totals and self.last < totals[0] else 0
        end = self.last + len(self.edit.new)
        more = max(0, end + 1 - at) if at else 0
        end = totals[0] + more - 1 if totals else end
        return Shift(
            self.sheet.title,
            (left, header, right, bottom - len(totals)),
            max(end - sum(row <= end for row in gone), self.sheet.first_row),
            gone,
            at,
            more,
        )

    def _right(self) -> int:
        """The last column of the table, or of what has a header beside it."""
        right = max([self.sheet.margin_column, *self.sheet.columns.values()])
        right = max([right, *(table_area(content)[2] for content in self.tables.values())])
        header, others = self.sheet.header_row, set(self.parts.related(self.place.part, "table"))
        areas = [table_area(self.parts.read(part)) for part in others - set(self.tables)]
        taken = {left for left, top, _, bottom in areas if top <= header <= bottom}
        while self.sheet.grid.value(header, right + 1) is not None and right + 1 not in taken:
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
            self.cells |= {(row, column): self._calculated(row, column) for column in self.headers}
            self.cells[row, self.sheet.margin_column] = row_id or None
            self._write_row(row, values)

    def _calculated(self, row: int, column: int) -> Formula | None:
        """The formula of a cell in a column that the table calculates, as in the last record."""
        if column in self._rules:
            return Formula(self._rules[column])
        above = max(self.last, self.sheet.first_row)
        model = self._models.get(column)
        return Formula(shifted(model, row - above, 0)) if model else None

    @cached_property
    def _models(self) -> dict[int, str]:
        """The formulas of the last record, in columns that people added: column -> formula."""
        above = max(self.last, self.sheet.first_row)
        ours = {self.sheet.margin_column, *self.sheet.columns.values()}
        formulas = [it for it in self.parts.formulas if (it.sheet, it.row) == (self.sheet.title, above)]
        return {it.column: it.text for it in formulas if it.column not in ours and it.kind in _REPEATED}

    @cached_property
    def _rules(self) -> dict[int, str]:
        """The formulas of the table that read alike in every row, in columns that people added."""
        rules = (rule for content in self.tables.values() for rule in calculated_columns(content).items())
        ours = self.sheet.columns.values()
        return {column: text for column, text in rules if column not in ours and shifted(text, 1, 0) == text}

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


def last_row(sheet: Sheet) -> int:
    """The last row in which our columns hold anything; the header's where none does."""
    columns = [sheet.margin_column, *sheet.columns.values()]
    for number in range(len(sheet.grid.rows), sheet.header_row, -1):
        used = any(sheet.grid.value(number, column) is not None for column in columns)
        if used and number not in sheet.totals:
            return number
    return sheet.header_row


def column_widths(parts: Parts, place: SheetPart) -> dict[int, float]:
    """Widths in characters of the columns of a sheet that are shown and have one of their own."""
    head = b""
    for piece in parts.stream(place.part):
        head += piece
        if b"sheetData" in head:
            break
    return widths_in(head)


def heights(
    cells: Mapping[tuple[int, int], Content], widths: Mapping[int, float], header_row: int
) -> dict[int, float]:
    """The heights that texts below a header need: row -> points, of rows with a text that wraps."""
    heights: dict[int, float] = {}
    for (row, column), value in cells.items():
        if row > header_row and isinstance(value, str) and column in widths:
            needed = lines(value, widths[column])
            if needed > 1:
                heights[row] = max(heights.get(row, 0.0), needed * LINE_HEIGHT)
    return heights
