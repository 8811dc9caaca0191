"""One tab, any number of replicas: which records exist, what they hold, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.merge.cells import Cell, merge_cell
from sheetsync.core.merge.identity import Contents, Known, assign, twins
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.plan import Row, TabSnapshot
from sheetsync.core.records import Observation
from sheetsync.core.values import Value, show

#: Row id under which the ledger keeps the headers: they are merged like any other record.
LABELS = "#labels"

#: Whether a value may not leave its replica: (row id, column, value).
Faulty = Callable[[str, str, Value], bool]


@dataclass(frozen=True)
class Side:
    """One replica's tab, and what was agreed when it last took part.

    Attributes:
        name: The replica.
        tab: What stands there now.
        base: Records agreed in generation `stamp`, by row id.
        withdrawn: Contents typed in this replica, by the id that was minted for them; the replica need not
            have got that id.
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
        origins: Per new record, the replicas it was typed in that do not have its id yet.
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
        """Held cells on which places disagree."""
        return {where: said for where, said in self.held.items() if len(set(said.values())) > 1}

    def faulty(self) -> dict[tuple[str, str], Value]:
        """Held cells on which nobody disagrees: the faulty value that stays where it was typed."""
        found = self.held.keys() - self.conflicts().keys()
        return {where: next(iter(self.held[where].values())) for where in self.held if where in found}

    def set(self, row_id: str, column: str, value: Value, source: str) -> bool:
        """Change one cell of the next generation; a held cell stays as it is, and so does a formula.

        Returns:
            Whether the cell has the value now.
        """
        if (row_id, column) in self.held or row_id not in self.rows:
            return False
        if any(row_id in rows and column in rows[row_id].fixed for rows in self.places.values()):
            return self.rows[row_id].get(column) == value
        if self.rows[row_id].get(column) != value:
            self.rows[row_id] = strip({**self.rows[row_id], column: value})
            self.sources.setdefault(row_id, {})[column] = (source,)
        return True

    def settle(self, row_id: str, column: str, value: Value, source: str) -> bool:
        """Give a cell the value that a person chose; it is no more held.

        Returns:
            False, and nothing is done, where a formula that cannot be overwritten says otherwise.
        """
        rows = [rows[row_id] for rows in self.places.values() if row_id in rows]
        if any(column in row.fixed and row.values.get(column) != value for row in rows):
            return False
        self.held.pop((row_id, column), None)
        template_word = row_id == LABELS and value == self.tab.columns[column].label
        self.rows[row_id] = strip({**self.rows[row_id], column: None if template_word else value})
        self.sources.setdefault(row_id, {})[column] = (source,)
        return True

    def delete(self, row_id: str) -> None:
        """Delete a record everywhere, whoever edited it."""
        del self.rows[row_id]
        self.held = {where: said for where, said in self.held.items() if where[0] != row_id}
        for name, placed in self.places.items():
            if row_id in placed:
                self.dead[name].append(placed.pop(row_id).position)
        if self.origins.pop(row_id, None) is None:
            self.deleted.add(row_id)

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
    faulty: Faulty,
) -> TabMerge:
    """Merge one tab of all replicas that could be read.

    Args:
        tab: The tab as its template declares it.
        workbook: Name of the workbook, for the notes.
        agreed: The newest generation: contents by row id, in order.
        sides: The replicas; their order does not matter.
        ever: Every row id ever minted for this tab.
        mint: Makes a new row id.
        faulty: Whether a value may not leave its replica.
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
        faulty: Faulty,
    ) -> None:
        self.tab, self.workbook, self.mint, self.faulty = tab, workbook, mint, faulty
        self.keys = tuple(tab.columns) if tab.kind is TabKind.TABLE else ("value",)
        self.agreed = self._records(agreed)
        self.headers = {"": agreed, **{side.name: side.base for side in sides}}
        self.sides = [self._with_records(side) for side in sides]
        self.merge = TabMerge(tab)
        self.fresh: dict[str, list[Row]] = {}

    def _records(self, contents: Mapping[str, Contents]) -> dict[str, Contents]:
        """Without the headers, and without cells of columns that the template has no more."""
        keys = frozenset(self.keys)
        return {
            row_id: it if it.keys() <= keys else {key: it[key] for key in it if key in keys}
            for row_id, it in contents.items()
            if row_id != LABELS
        }

    def _with_records(self, side: Side) -> Side:
        base = self._records(side.base)
        withdrawn = {key: it for key, it in self._records(side.withdrawn).items() if key not in base}
        return replace(side, base=base, withdrawn=withdrawn)

    def run(self, ever: frozenset[str]) -> TabMerge:
        for side in self.sides:
            self._place(side, ever - {LABELS})
        for row_id in (*self.agreed, *self._new()):
            self._merge_row(row_id)
        self._merge_labels()
        return self.merge

    # which record each row is

    def _place(self, side: Side, ever: frozenset[str]) -> None:
        placed = self.merge.places.setdefault(side.name, {})
        self.merge.dead[side.name] = []
        if self.tab.kind is TabKind.FORM:
            placed.update((row.id, row) for row in reversed(side.tab.rows) if row.id in self.tab.columns)
            return
        self.merge.dead[side.name] += [row.position for row in side.tab.rows if not row.values and row.id]
        filled = [row for row in side.tab.rows if row.values]
        elsewhere = {row_id: it for row_id, it in self.agreed.items() if row_id not in side.base}
        assigned = assign(self.tab, filled, Known(side.base, elsewhere, side.withdrawn, ever))
        placed.update((row_id, row) for row, row_id in zip(filled, assigned.ids, strict=True) if row_id)
        self.fresh[side.name] = [row for row, row_id in zip(filled, assigned.ids, strict=True) if not row_id]
        for it in assigned.repairs:
            where = f"{side.name}: row {side.tab.first_row + it.row.position}"
            self.merge.notes.append(self._note("D006", f"{where}: {it.reason}; mended.", it.id))

    def _new(self) -> list[str]:
        """Records that are not in the newest generation, in order; new rows get their ids.

        Rows typed alike in several replicas become one record.
        """
        places = self.merge.places
        new = {
            row_id: row.values
            for placed in places.values()
            for row_id, row in placed.items()
            if row_id not in self.agreed
        }
        for name, fresh in self.fresh.items():
            open_twins = {row_id: values for row_id, values in new.items() if row_id not in places[name]}
            for row, twin in zip(fresh, twins(self.tab, fresh, open_twins), strict=True):
                row_id = twin or self.mint()
                places[name][row_id] = row
                new.setdefault(row_id, row.values)
        return self._ordered(new)

    def _ordered(self, new: Iterable[str]) -> list[str]:
        """New records as they stand in the sheets, whatever the order of the replicas."""
        order = {}
        for row_id in new:
            here = {name: rows[row_id] for name, rows in self.merge.places.items() if row_id in rows}
            order[row_id] = min((row.position, sorted(map(str, row.values.items()))) for row in here.values())
            origins = frozenset(name for name, row in here.items() if row.id != row_id)
            if origins:
                self.merge.origins[row_id] = origins
        return sorted(order, key=order.__getitem__)

    # what each record comes to

    def _merge_row(self, row_id: str) -> None:
        present = [(side, row) for side in self.sides if (row := self.merge.places[side.name].get(row_id))]
        if self.tab.kind is TabKind.TABLE and self._is_deleted(row_id, present):
            return
        before = self._before(row_id, present)
        if all(row.values == before == side.base.get(row_id) for side, row in present):
            self.merge.rows[row_id] = dict(before)
            return
        values: dict[str, Value] = dict(before)
        bases = {side.name: self._base(side, row_id) for side, _ in present}
        for column in self._columns(present, bases, before):
            cells = [
                Cell(
                    side.name,
                    row.values.get(column),
                    bases[side.name].get(column),
                    side.stamp,
                    column in row.fixed,
                )
                for side, row in present
            ]
            self._merge_cell(row_id, column, values, cells)
        self.merge.rows[row_id] = strip(values)

    def _before(self, row_id: str, present: Sequence[tuple[Side, Row]]) -> Contents:
        """What was agreed; of a record that was deleted and edited in the meantime, what it last held."""
        if row_id in self.agreed:
            return self.agreed[row_id]
        seen = [side for side, _ in present if row_id in side.base]
        return max(seen, key=lambda side: side.stamp).base[row_id] if seen else {}

    def _base(self, side: Side, row_id: str) -> Contents:
        """What the replica's row descends from; of a row that was typed here, what was typed."""
        if row_id in self.agreed and row_id in side.withdrawn:
            return side.withdrawn[row_id]
        return side.base.get(row_id, {})

    def _merge_cell(self, row_id: str, column: str, values: dict[str, Value], cells: list[Cell]) -> None:
        before = values.get(column)
        outcome = merge_cell(before, cells, lambda value: self.faulty(row_id, column, value))
        values[column] = outcome.agreed
        if outcome.held:
            self.merge.held[row_id, column] = dict(outcome.opinions)
        elif outcome.agreed != before:
            self.merge.sources.setdefault(row_id, {})[column] = outcome.sources

    def _is_deleted(self, row_id: str, present: Sequence[tuple[Side, Row]]) -> bool:
        agreed = self.agreed.get(row_id)
        here = {side.name for side, _ in present}
        # A record of which nothing could cross yet (all its values are faulty) is missing nowhere.
        gone = [it for it in self.sides if it.name not in here and row_id in it.base]
        gone = [side for side in gone if side.base[row_id] or not present]
        was_deleted = agreed is None and any(side.base.get(row_id) for side, _ in present)
        if not gone and not was_deleted:
            return False
        edited = any(row.values != self._base(side, row_id) for side, row in present) or any(
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
        row = self.merge.rows.get(row_id) or self.agreed.get(row_id, {})
        name = " ".join(filter(None, (show(row.get(key)) for key in self.tab.naming))) or row_id
        said = (
            f'{self.tab.title}: the row "{name}" was deleted {where}, but another copy holds a change or '
            "a value to be mended in it, so it came back."
        )
        self.merge.notes.append(self._note("D006", said, row_id))

    def _columns(
        self, present: Sequence[tuple[Side, Row]], bases: Mapping[str, Contents], before: Contents
    ) -> list[str]:
        touched = set(before).union(*bases.values(), *(row.values for _, row in present))
        return [column for column in self.keys if column in touched]

    def _merge_labels(self) -> None:
        """Headers: the same merge, with the template's words as what everybody started from."""
        if self.tab.kind is not TabKind.TABLE:
            return
        words = {column.key: column.label for column in self.tab.column}
        said = {place: {**words, **them.get(LABELS, {})} for place, them in self.headers.items()}
        values: dict[str, Value] = {**said[""]}
        for column in words:
            cells = [
                Cell(side.name, side.tab.labels[column], said[side.name][column], side.stamp)
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
