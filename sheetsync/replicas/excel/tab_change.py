"""What an edit of one tab that people fill means for its sheet, its table, and the rows of both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sheetsync.core.plan import TabEdit
from sheetsync.replicas.edits import edited_cells, last_row
from sheetsync.replicas.excel.attached import is_free
from sheetsync.replicas.excel.celldata import Content, Formula
from sheetsync.replicas.excel.edit import Change
from sheetsync.replicas.excel.formulas_text import shifted
from sheetsync.replicas.excel.growth import calculated_columns, changed_table, is_ours, table_area
from sheetsync.replicas.excel.heads import widths_in
from sheetsync.replicas.excel.look import LINE_HEIGHT, lines
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.rows import EditError
from sheetsync.replicas.excel.shift import Followers, Shift
from sheetsync.replicas.sheets import Sheet

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
        # The other cells of a new row are made too, so that they look like those above.
        grid = self.sheet.grid
        places = [
            (row, column)
            for row in self._new_rows()
            for column in self.headers
            if grid.value(row, column) is None and (row, column) not in grid.formulas
        ]
        self.cells = {(row, column): self._calculated(row, column) for row, column in places}
        self.cells |= edited_cells(self.sheet, self.edit, self.headers)
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
