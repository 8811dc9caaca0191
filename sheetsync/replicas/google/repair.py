"""Puts right what a write hit by mistake: people moved rows between our reading and our writing.

A write goes by place. Where the ids that stand there afterwards are not those that should, the record hit by
mistake gets back what was read a moment ago, and the record that was meant gets what is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.plan import Row, TabEdit, TabSnapshot
from sheetsync.core.values import Value, show
from sheetsync.replicas.edits import last_row
from sheetsync.replicas.grid import Grid
from sheetsync.replicas.sheets import Sheet

_Cells = Mapping[str, Value]


def expected_ids(sheet: Sheet, edit: TabEdit) -> list[str]:
    """The row ids from the first row on, once an edit is written and nobody moved anything."""
    ids = ids_in(sheet, sheet.grid)
    ids += [""] * (last_row(sheet) - sheet.header_row - len(ids))
    for position, row_id in edit.ids.items():
        ids[position] = row_id
    gone = set(edit.gone)
    kept = [row_id for position, row_id in enumerate(ids) if position not in gone]
    return without_blank_end([*kept, *(row_id for row_id, _ in edit.new)])


def ids_in(sheet: Sheet, grid: Grid) -> list[str]:
    """The row ids of a tab, blank ones included, where its grid is this one by now."""
    rows = range(sheet.first_row, len(grid.rows) + 1)
    return without_blank_end([show(grid.value(row, sheet.margin_column)).strip() for row in rows])


def without_blank_end(ids: Sequence[str]) -> list[str]:
    """Ids up to the last that is not blank."""
    end = max((number for number, row_id in enumerate(ids, 1) if row_id), default=0)
    return list(ids[:end])


def repair(was: TabSnapshot, edit: TabEdit, found: Sequence[str], now: TabSnapshot) -> TabEdit:
    """The edit that puts a tab right.

    Args:
        was: The tab as it was read before the write.
        edit: What was meant to be written.
        found: The ids that stood in its rows right after the write.
        now: The tab as it stands.
    """
    return _Repair(was, edit, found, now).edit()


@dataclass
class _Repair:
    was: TabSnapshot
    meant: TabEdit
    found: Sequence[str]
    now: TabSnapshot
    cells: dict[int, dict[str, Value]] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    back: dict[str, _Cells] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = {row.position: row for row in self.was.rows}
        self.before = {row.id: row for row in self.was.rows if row.id}
        self.here = {row.id: row for row in self.now.rows if row.id}

    def edit(self) -> TabEdit:
        for position, row_id in self.meant.ids.items():
            self._mend_id(position, row_id)
        for position, values in self.meant.cells.items():
            self._mend_cells(position, values)
        cells = {position: values for position, values in self.cells.items() if values}
        back = self._lost() | self.back
        edit = TabEdit(self.meant.stamp, cells, self.ids, tuple(back.items()), self._still_there())
        return edit.with_extras(self._beside(back))

    def _beside(self, back: Collection[str]) -> dict[str, dict[str, Value]]:
        """What stood in people's own columns of the rows that come back."""
        extras: dict[str, dict[str, Value]] = {}
        for row_id in back:
            for header, value in self.before[row_id].own.items():
                extras.setdefault(header, {})[row_id] = value
        return extras

    def _mend_cells(self, position: int, values: _Cells) -> None:
        """Give back what stood in a row that was hit by mistake, and write to the row that was meant."""
        meant = self.meant.ids.get(position, self.rows[position].id)
        hit = self._hit(position)
        if hit == meant:
            return
        victim = self.here.get(hit) if hit else self._nameless(values)
        if victim is not None:
            self._restore(victim, values)
        target = self.here.get(meant)
        if target is not None:
            self._write(target, self.rows[position], values)
        elif old := self.before.get(meant):
            self._bring_back(old, values)

    def _bring_back(self, old: Row, values: _Cells) -> None:
        """A row that a person deleted without seeing what was about to be written to it: the edit wins."""
        if values.keys() - old.computed.keys():
            self.back[old.id] = {**old.values, **old.computed, **values}

    def _hit(self, position: int) -> str:
        """The id in the row that was written instead of the one at `position`."""
        place = position - sum(gone < position for gone in self.meant.gone)
        return self.found[place] if place < len(self.found) else ""

    def _nameless(self, values: _Cells) -> Row | None:
        """The row without an id that has just these values by now."""
        return next(
            (
                row
                for row in self.now.rows
                if not row.id
                and values
                and all(row.values.get(key) == value for key, value in values.items())
            ),
            None,
        )

    def _restore(self, victim: Row, written: _Cells) -> None:
        """What is still as we left it becomes what it was; what people typed since stays."""
        old = self.before.get(victim.id)
        stood = {**old.values, **old.computed} if old else {}
        there = {**victim.values, **victim.computed}
        for key, value in written.items():
            if there.get(key) == value and stood.get(key) != value:
                self.cells.setdefault(victim.position, {})[key] = stood.get(key)

    def _write(self, target: Row, old: Row, values: _Cells) -> None:
        stood, there = {**old.values, **old.computed}, {**target.values, **target.computed}
        for key, value in values.items():
            if there.get(key) == stood.get(key) != value:
                self.cells.setdefault(target.position, {})[key] = value

    def _mend_id(self, position: int, row_id: str) -> None:
        """An id that was written beside another record than the one it was minted for."""
        row, meant = self.here.get(row_id), self.rows[position]
        if row is None or self._is(row, meant, position):
            return
        owner = next((old for old in self._missing() if self._is(row, old, position)), None)
        self.ids[row.position] = owner.id if owner else ""
        if owner:
            self.here[owner.id] = row
            self._restore(replace(row, id=owner.id), self.meant.cells.get(position, {}))
        target = next((it for it in self.now.rows if it.id == meant.id and it.values == meant.values), None)
        if target is not None:
            self.ids[target.position] = row_id
            self.here[row_id] = target
            self._write(target, meant, self.meant.cells.get(position, {}))

    def _is(self, row: Row, old: Row, position: int) -> bool:
        """Whether a row holds what another one held, cells that we wrote aside."""
        written = self.meant.cells.get(position, {})
        keys = (row.values.keys() | old.values.keys()) - written.keys()
        return all(row.values.get(key) == old.values.get(key) for key in keys)

    def _missing(self) -> list[Row]:
        meant = {self.rows[position].id for position in self.meant.gone}
        renamed = {self.rows[position].id for position in self.meant.ids}
        return [row for key, row in self.before.items() if key not in self.here.keys() | meant | renamed]

    def _lost(self) -> dict[str, _Cells]:
        """Records whose rows were deleted by mistake, by id."""
        if not self.meant.gone:
            return {}
        return {row.id: {**row.values, **row.computed} for row in self._missing()}

    def _still_there(self) -> tuple[int, ...]:
        """Records that were meant to be deleted, and have not been edited since."""
        rows = [self.rows[position] for position in self.meant.gone if position in self.rows]
        found = [(self.here.get(row.id), row) for row in rows if row.id]
        return tuple(sorted(now.position for now, old in found if now and now.values == old.values))
