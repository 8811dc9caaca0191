"""Puts right what a write hit by mistake: people moved rows or columns between our reading and our writing.

A write goes by place. What stood in a cell that was hit by mistake is given back, and the cell that was meant
gets what is written. What people typed since stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sheetsync.core.values import Value
from sheetsync.replicas.google.moves import moves
from sheetsync.replicas.google.sheet_edit import SheetEdit, Written
from sheetsync.replicas.grid import Grid, Position
from sheetsync.replicas.layout import KEY_ROW


def repair(written: Written, now: Grid) -> SheetEdit:
    """The edit that puts a sheet right; nothing where all is well.

    Args:
        written: The sheet as it was read, and what was written to it.
        now: The sheet as it stands after that.
    """
    return _Repair(written, now).edit()


class _Repair:
    def __init__(self, written: Written, now: Grid) -> None:
        self.written, self.meant, self.now = written, written.edit, now
        self.came_from = moves(written, now)
        self.rows = {was: row for row, was in self.came_from.rows.items()}
        self.columns = {was: at for at, was in self.came_from.columns.items()}

    def edit(self) -> SheetEdit:
        missed, hidden = dict(self._missed()), dict(self._given_back()) | dict(self._strayed())
        cells = hidden | missed | dict(self._emptied())
        lost, last = list(self._lost()), self._last()
        for row, values in enumerate(lost, start=last + 1):
            cells |= {(row, at): value for at, value in values.items()}
        return SheetEdit(
            self.rows.get(self.meant.header, self.meant.header),
            last,
            (KEY_ROW, self.columns.get(self.meant.margin[1], 0)),
            cells,
            len(lost),
            tuple(sorted(self._still_there(cells))),
            frozenset(self._unseen(missed, hidden)),
        )

    def _given_back(self) -> Iterator[tuple[Position, Value]]:
        """Cells that were hit: what should stand there."""
        for (row, at), value in self.written.places.items():
            was_row, was_at = self.came_from.rows.get(row), self.came_from.columns.get(at)
            right = self.written.meant(was_row, was_at) if was_row and was_at else None
            if self.now.value(row, at) == value != right:
                yield (row, at), right

    def _strayed(self) -> Iterator[tuple[Position, Value]]:
        """Cells that were hit and then moved once more, before the sheet was read again.

        Of each value that was written as many cells may be such as are not found where they should be.
        """
        places = set(self.written.places.items())
        places |= {
            ((self.rows.get(row, 0), self.columns.get(at, 0)), it)
            for (row, at), it in self.meant.cells.items()
        }
        found = {
            place: value for place, value in places if 0 not in place and self.now.value(*place) == value
        }
        astray = Counter(self.meant.cells.values()) - Counter(found.values())
        for row, was_row in self.came_from.rows.items() if astray else ():
            for at, was_at in self.came_from.columns.items():
                value, right = self.now.value(row, at), self.written.meant(was_row, was_at)
                changed = value not in (right, self.written.stood(was_row, was_at))
                if astray[value] and changed and (row, at) not in found:
                    astray[value] -= 1
                    yield (row, at), right

    def _missed(self) -> Iterator[tuple[Position, Value]]:
        """Cells that were meant and still hold what they held."""
        for (was_row, was_at), value in self.meant.cells.items():
            row, at = self.rows.get(was_row), self.columns.get(was_at)
            if row and at and self.now.value(row, at) == self.written.stood(was_row, was_at) != value:
                yield (row, at), value

    def _emptied(self) -> Iterator[tuple[Position, Value]]:
        """Rows with nothing left but an id, where rows were deleted: a sort may have moved what they held."""
        for row, was in self.came_from.rows.items() if self.meant.gone else ():
            held = [(at, self.written.meant(was, was_at)) for was_at, at in self.columns.items()]
            beside = [(at, value) for at, value in held if at != self.columns.get(self.meant.margin[1])]
            ours = self.meant.header < was <= self.meant.last and was not in self.meant.gone
            if ours and all(self.now.value(row, at) is None for at, _ in beside):
                yield from (((row, at), value) for at, value in beside if value is not None)

    def _lost(self) -> Iterator[Mapping[int, Value]]:
        """Rows that come back: deleted by mistake, or by somebody who did not see the edit that came."""
        for was in range(self.meant.header + 1, self.meant.last + 1):
            asked = was in self.meant.gone or not (self.meant.gone or was in self.meant.edited)
            if was not in self.rows and not asked:
                cells = {at: self.written.meant(was, was_at) for was_at, at in self.columns.items()}
                if any(value is not None for value in cells.values()):
                    yield cells

    def _still_there(self, cells: Mapping[Position, Value]) -> Iterator[int]:
        """Rows that were meant to go, and have not been edited since."""
        for was in self.meant.gone:
            row = self.rows.get(was)
            same = row and all(
                cells.get((row, at), self.now.value(row, at)) == self.written.stood(was, was_at)
                for was_at, at in self.columns.items()
                if was_at != self.meant.margin[1]
            )
            if row and same:
                yield row

    def _unseen(self, missed: Mapping[Position, Value], hidden: Mapping[Position, Value]) -> Iterator[int]:
        """Rows with something that whoever deletes one now has not seen: an edit to come, a value hidden."""
        yield from (row for row, _ in missed if self.came_from.rows[row] in self.meant.edited)
        margin = self.columns.get(self.meant.margin[1])
        yield from (row for (row, at), value in hidden.items() if at != margin and value is not None)

    def _last(self) -> int:
        """The last row of the table."""
        keys = self.written.rows[KEY_ROW - 1]
        ours = [at for was, at in self.columns.items() if was <= len(keys) and keys[was - 1] is not None]
        filled = (
            row
            for row in range(len(self.now.rows), 0, -1)
            if any(self.now.value(row, at) is not None for at in ours)
        )
        return max(next(filled, 0), self.meant.header)
