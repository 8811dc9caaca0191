"""One tab, any number of replicas: which records exist, what they hold, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.merge.cells import Cell, merge_cell
from sheetsync.core.merge.identity import Contents, Known, assign
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.plan import Row, TabSnapshot
from sheetsync.core.records import Observation, fold
from sheetsync.core.values import Value, show

#: Row id under which the ledger keeps the headers: they are merged like any other record.
LABELS = "#labels"


@dataclass(frozen=True)
class Side:
    """One replica's tab, and what was agreed when it last took part.

    Attributes:
        name: The replica.
        tab: What stands there now.
        base: Records agreed in generation `stamp`, by row id.
        withdrawn: Contents of ids minted for this replica that were never agreed.
    """

    name: str
    tab: TabSnapshot
    base: Mapping[str, Contents]
    stamp: int
    withdrawn: Mapping[str, Contents] = field(default_factory=dict)


@dataclass
class TabMerge:
    """What one tab comes to. Later steps of the pass (links, milestones) may still change `rows`.

    Attributes:
        rows: The next generation: contents by row id, in order; `LABELS` among them.
        sources: Where a changed cell came from: row id -> column -> places.
        held: Opinions on cells that no replica is touched at: (row id, column) -> place -> value.
        places: Per replica, the row each record stands in: row id -> `Row`.
        dead: Per replica, positions of rows to delete.
        origins: Per new record, the replicas it was typed in.
        deleted: Ids that were agreed and are no more.
        notes: What people should know (D006, rows that came back).
    """

    tab: Tab
    rows: dict[str, dict[str, Value]] = field(default_factory=dict)
    sources: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)
    places: dict[str, dict[str, Row]] = field(default_factory=dict)
    dead: dict[str, list[int]] = field(default_factory=dict)
    origins: dict[str, frozenset[str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    notes: list[Observation] = field(default_factory=list)

    def conflicts(self) -> dict[tuple[str, str], dict[str, Value]]:
        """Held cells on which places disagree; the others hold a faulty value only."""
        return {where: said for where, said in self.held.items() if len(said) > 1}

    def set(self, row_id: str, column: str, value: Value, source: str) -> bool:
        """Change one cell of the next generation; a held cell stays as it is.

        Returns:
            Whether the cell has the value now.
        """
        if (row_id, column) in self.held or row_id not in self.rows:
            return False
        if self.rows[row_id].get(column) != value:
            self.rows[row_id] = strip({**self.rows[row_id], column: value})
            self.sources.setdefault(row_id, {})[column] = (source,)
        return True

    def add(self, row_id: str, values: Mapping[str, Value], source: str) -> None:
        """Add a record that no person typed in this tab."""
        self.rows[row_id] = strip(values)
        self.sources[row_id] = dict.fromkeys(self.rows[row_id], (source,))


def strip(values: Mapping[str, Value]) -> dict[str, Value]:
    """Contents without empty cells, so that equal contents are equal mappings."""
    return {column: value for column, value in values.items() if value is not None}


def merge_tab(
    tab: Tab,
    workbook: str,
    agreed: Mapping[str, Contents],
    sides: Sequence[Side],
    ever: frozenset[str],
    mint: Callable[[], str],
    faulty: Callable[[str, Value], bool],
) -> TabMerge:
    """Merge one tab of all replicas that could be read.

    Args:
        agreed: The newest generation: contents by row id, in order.
        ever: Every row id ever minted for this tab.
        mint: Makes a new row id.
        faulty: Whether a value may not leave its replica: (column, value).
    """
    return _TabMerger(tab, workbook, agreed, sides, mint, faulty).run(ever)


class _TabMerger:
    def __init__(
        self,
        tab: Tab,
        workbook: str,
        agreed: Mapping[str, Contents],
        sides: Sequence[Side],
        mint: Callable[[], str],
        faulty: Callable[[str, Value], bool],
    ) -> None:
        self.tab, self.workbook, self.agreed, self.sides = tab, workbook, agreed, sides
        self.mint, self.faulty = mint, faulty
        self.merge = TabMerge(tab)
        self.fresh: dict[str, list[Row]] = {}

    def run(self, ever: frozenset[str]) -> TabMerge:
        for side in self.sides:
            self._place(side, ever)
        new = self._mint_new()
        for row_id in self._all_ids(new):
            self._merge_row(row_id)
        self._merge_labels()
        return self.merge

    # which record each row is

    def _place(self, side: Side, ever: frozenset[str]) -> None:
        filled = [row for row in side.tab.rows if row.values]
        placed = self.merge.places.setdefault(side.name, {})
        self.merge.dead[side.name] = [row.position for row in side.tab.rows if not row.values and row.id]
        self.fresh[side.name] = []
        if self.tab.kind is TabKind.FORM:
            placed.update({row.id: row for row in side.tab.rows})
            self.merge.dead[side.name] = []
            return
        elsewhere = {row_id: it for row_id, it in self.agreed.items() if row_id not in side.base}
        assigned = assign(self.tab, filled, Known(side.base, elsewhere, side.withdrawn, ever))
        for row, row_id in zip(filled, assigned.ids, strict=True):
            if row_id:
                placed[row_id] = row
            else:
                self.fresh[side.name].append(row)
        self.merge.notes += [
            self._note("D006", f"{side.name}: row {it.row.position + 3}: {it.reason}; mended.", it.id)
            for it in assigned.repairs
        ]

    def _mint_new(self) -> list[str]:
        """Give new rows their ids; rows typed alike in two replicas become one record."""
        new: list[tuple[str, Row]] = []
        for side in self.sides:
            open_twins = [(row_id, row) for row_id, row in new if row_id not in self.merge.places[side.name]]
            for row in self.fresh[side.name]:
                twin = next((it for it in open_twins if self._same(it[1], row)), None)
                if twin:
                    open_twins.remove(twin)
                row_id = twin[0] if twin else self.mint()
                if not twin:
                    new.append((row_id, row))
                self.merge.places[side.name][row_id] = row
                self.merge.origins[row_id] = self.merge.origins.get(row_id, frozenset()) | {side.name}
        new.sort(key=lambda it: (it[1].position, sorted((key, show(v)) for key, v in it[1].values.items())))
        return [row_id for row_id, _ in new]

    def _same(self, one: Row, other: Row) -> bool:
        if one.values == other.values:
            return True
        return any(
            fold(show(one.values.get(column.key))) == fold(show(other.values.get(column.key))) != ""
            for column in self.tab.column
            if column.unique
        )

    def _all_ids(self, new: Iterable[str]) -> list[str]:
        back = (row_id for side in self.sides for row_id in self.merge.places[side.name])
        known = dict.fromkeys((*self.agreed, *back))
        for row_id in (LABELS, *(fresh := list(new))):
            known.pop(row_id, None)
        return [*known, *fresh]

    # what each record comes to

    def _merge_row(self, row_id: str) -> None:
        agreed = self.agreed.get(row_id)
        present = [(side, row) for side in self.sides if (row := self.merge.places[side.name].get(row_id))]
        if self.tab.kind is TabKind.TABLE and self._is_deleted(row_id, agreed, present):
            return
        before = agreed or {}
        if all(row.values == before == side.base.get(row_id) for side, row in present):
            self.merge.rows[row_id] = dict(before)
            return
        values: dict[str, Value] = dict(before)
        for column in self._columns(present, before):
            cells = [
                Cell(
                    side.name,
                    row.values.get(column),
                    side.base.get(row_id, {}).get(column),
                    side.stamp,
                    column in row.fixed,
                )
                for side, row in present
            ]
            self._merge_cell(row_id, column, values, cells)
        self.merge.rows[row_id] = strip(values)

    def _merge_cell(self, row_id: str, column: str, values: dict[str, Value], cells: list[Cell]) -> None:
        before = values.get(column)
        outcome = merge_cell(before, cells, lambda value: self.faulty(column, value))
        values[column] = outcome.agreed
        if outcome.held:
            self.merge.held[row_id, column] = dict(outcome.opinions)
        elif outcome.agreed != before:
            self.merge.sources.setdefault(row_id, {})[column] = outcome.sources

    def _is_deleted(self, row_id: str, agreed: Contents | None, present: Sequence[tuple[Side, Row]]) -> bool:
        here = {side.name for side, _ in present}
        gone = [side for side in self.sides if side.name not in here and row_id in side.base]
        was_deleted = agreed is None and any(row_id in side.base for side, _ in present)
        if not gone and not was_deleted:
            return False
        edited = any(row.values != side.base.get(row_id) for side, row in present) or any(
            agreed is not None and side.base[row_id] != agreed for side in gone
        )
        if edited:
            self._came_back(row_id, [side.name for side in gone])
            return False
        for side, row in present:
            self.merge.dead[side.name].append(row.position)
            del self.merge.places[side.name][row_id]
        if agreed is not None:
            self.merge.deleted.add(row_id)
        return True

    def _came_back(self, row_id: str, gone: Sequence[str]) -> None:
        where = f"in {' and '.join(gone)}" if gone else "elsewhere"
        said = f"A row deleted {where} was edited in the meantime, so it came back."
        self.merge.notes.append(self._note("D006", said, row_id))

    def _columns(self, present: Sequence[tuple[Side, Row]], before: Contents) -> list[str]:
        keys = self.tab.columns if self.tab.kind is TabKind.TABLE else ("value",)
        touched = set(before).union(*(row.values for _, row in present))
        return [column for column in keys if column in touched]

    def _merge_labels(self) -> None:
        """Headers: the same merge, with the template's words as what everybody started from."""
        if self.tab.kind is not TabKind.TABLE:
            return
        words = {column.key: column.label for column in self.tab.column}
        values = {**words, **self.agreed.get(LABELS, {})}
        for column in words:
            cells = [
                Cell(
                    side.name,
                    side.tab.labels[column],
                    side.base.get(LABELS, {}).get(column, words[column]),
                    side.stamp,
                )
                for side in self.sides
                if side.tab.labels.get(column)
            ]
            outcome = merge_cell(values[column], cells, lambda value: value is None)
            if outcome.held:
                self.merge.held[LABELS, column] = dict(outcome.opinions)
            values[column] = outcome.agreed
        self.merge.rows[LABELS] = {key: it for key, it in values.items() if it != words.get(key)}

    def _note(self, code: str, message: str, row_id: str) -> Observation:
        return Observation(code, self.workbook, self.tab.key, message, row_id=row_id)
