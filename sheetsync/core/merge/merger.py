"""The merge of one tab: which records exist, what they hold, and where each stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sheetsync.core.merge.cells import Cell, Dispute, Outcome, is_no_value, merge_cell
from sheetsync.core.merge.headers import merge_headers
from sheetsync.core.merge.identity import Contents, Known, assign, twins
from sheetsync.core.merge.tabs import LABELS, Side, TabMerge, Terms, strip
from sheetsync.core.model import Tab, TabKind
from sheetsync.core.plan import Row
from sheetsync.core.records import Observation
from sheetsync.core.values import Value, show


def merge_tab(
    tab: Tab,
    workbook: str,
    agreed: Mapping[str, Contents],
    sides: Sequence[Side],
    ever: frozenset[str],
    mint: Callable[[], str],
    terms: Terms,
) -> TabMerge:
    """Merge one tab of all replicas that could be read.

    Args:
        tab: The tab as its template declares it.
        workbook: Name of the workbook, for the notes.
        agreed: The newest generation: contents by row id, in order.
        sides: The replicas; their order does not matter.
        ever: Every row id ever minted for this tab.
        mint: Makes a new row id.
        terms: What may not cross, what was held before, and who wins.
    """
    return _TabMerger(tab, workbook, agreed, sides, mint, terms).run(ever)


class _TabMerger:
    def __init__(
        self,
        tab: Tab,
        workbook: str,
        agreed: Mapping[str, Contents],
        sides: Sequence[Side],
        mint: Callable[[], str],
        terms: Terms,
    ) -> None:
        self.tab, self.workbook, self.mint, self.terms = tab, workbook, mint, terms
        self.keys = tuple(tab.columns) if tab.kind is TabKind.TABLE else ("value",)
        self.agreed = self._records(agreed)
        self.headers = {"": agreed, **{side.name: side.base for side in sides}}
        self.sides = [self._with_records(side, agreed) for side in sides]
        self.merge = TabMerge(tab)
        self.fresh: dict[str, list[Row]] = {}
        # Records that every copy shows as they are agreed, and has heard of: most of a large tab.
        self.at_rest = self.agreed.keys() - terms.disputes.keys() if tab.kind is TabKind.TABLE else set()

    def _records(self, contents: Mapping[str, Contents]) -> dict[str, Contents]:
        """Without the headers, and without cells of columns that the template has no more."""
        keys = frozenset(self.keys)
        return {
            row_id: it if it.keys() <= keys else {key: it[key] for key in it if key in keys}
            for row_id, it in contents.items()
            if row_id != LABELS
        }

    def _with_records(self, side: Side, agreed: Mapping[str, Contents]) -> Side:
        base = self.agreed if side.base is agreed else self._records(side.base)
        withdrawn = {key: it for key, it in self._records(side.withdrawn).items() if key not in base}
        return replace(side, base=base, withdrawn=withdrawn)

    def run(self, ever: frozenset[str]) -> TabMerge:
        for side in self.sides:
            self._place(side, ever - {LABELS})
        self.merge.rows.update(self.agreed)
        for row_id in (*(it for it in self.agreed if it not in self.at_rest), *self._new()):
            self._merge_row(row_id)
        self._merge_headers()
        return self.merge

    # which record each row is

    def _place(self, side: Side, ever: frozenset[str]) -> None:
        placed = self.merge.places.setdefault(side.name, {})
        self.merge.dead[side.name] = []
        if self.tab.kind is TabKind.FORM:
            placed.update((row.id, row) for row in reversed(side.tab.rows) if row.id in self.tab.columns)
            return
        blank = [row for row in side.tab.rows if not row.values]
        self.merge.dead[side.name] += [row for row in blank if row.id]
        filled = [row for row in side.tab.rows if row.values] if blank else side.tab.rows
        unseen = self.agreed.keys() - side.base.keys()
        elsewhere = {row_id: it for row_id, it in self.agreed.items() if row_id in unseen} if unseen else {}
        assigned = assign(self.tab, filled, Known(side.base, elsewhere, side.withdrawn, ever))
        fresh = self.fresh.setdefault(side.name, [])
        for row, row_id in zip(filled, assigned.ids, strict=True):
            if row_id:
                placed[row_id] = row
            else:
                fresh.append(row)
        if side.base is self.agreed:
            self.at_rest &= assigned.same
        else:
            self.at_rest &= {it for it in assigned.same if side.base.get(it) is self.agreed.get(it)}
        for it in assigned.repairs:
            where = f"{side.name}: {self.tab.title}, row {side.tab.first_row + it.row.position}"
            self.merge.notes.append(self._note("D006", f"{where}: {it.reason}; mended.", it.id))

    def _new(self) -> list[str]:
        """Records that are not in the newest generation, in order; new rows get their ids.

        Rows typed alike in several replicas become one record.
        """
        places = self.merge.places
        new: dict[str, Contents] = {}
        for placed in places.values():
            if placed.keys() - self.agreed.keys():
                new |= {row_id: row.values for row_id, row in placed.items() if row_id not in self.agreed}
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
            self.merge.rows.pop(row_id, None)
            return
        before = self._before(row_id, present)
        bases = [self._base(side, row_id, row) for side, row in present]
        others = [it for it in (*bases, *(row.values for _, row in present)) if it != before]
        disputes = self.terms.disputes.get(row_id, {})
        if not others and not disputes:
            self.merge.rows[row_id] = before
            return
        values = dict(before)
        if bases == [before] and not disputes:
            columns = self._take_over(row_id, *present[0], values)
        else:
            columns = [it for it in self.keys if it in disputes or _is_changed(it, before, others)]
        for column in columns:
            cells = [
                Cell(side.name, row.values.get(column), base.get(column), side.stamp, column in row.fixed)
                for (side, row), base in zip(present, bases, strict=True)
            ]
            self._merge_cell(row_id, column, values, cells, disputes.get(column))
        self.merge.rows[row_id] = strip(values)

    def _take_over(self, row_id: str, side: Side, row: Row, values: dict[str, Value]) -> list[str]:
        """Take what the only copy of a record says, where nothing stands against it: most of a first pass.

        Returns:
            The columns that are left.
        """
        left = []
        for column in self.keys:
            now = row.values.get(column)
            if now == values.get(column):
                continue
            if is_no_value(now) or self.terms.faulty(row_id, column, now):
                left.append(column)
            else:
                values[column] = now
                self.merge.sources.setdefault(row_id, {})[column] = (side.name,)
        return left

    def _before(self, row_id: str, present: Sequence[tuple[Side, Row]]) -> Contents:
        """What was agreed; of a record that was deleted and edited in the meantime, what it last held."""
        if row_id in self.agreed:
            return self.agreed[row_id]
        seen = [side for side, _ in present if row_id in side.base]
        return max(seen, key=lambda side: side.stamp).base[row_id] if seen else {}

    def _base(self, side: Side, row_id: str, row: Row) -> Contents:
        """What the replica's row descends from; of a row that was typed here, what was typed.

        An older state may be from before all of it was: what differs there was replaced by nobody.
        """
        if row_id not in self.agreed or row_id not in side.withdrawn:
            return side.base.get(row_id, {})
        typed = side.withdrawn[row_id]
        if not side.older:
            return typed
        return {column: value for column, value in typed.items() if row.values.get(column) == value}

    def _merge_cell(
        self, row_id: str, column: str, values: dict[str, Value], cells: list[Cell], dispute: Dispute | None
    ) -> None:
        before = values.get(column)
        winner = self.terms.winner(row_id if self.tab.kind is TabKind.FORM else column)
        outcome = merge_cell(
            before, cells, lambda value: self.terms.faulty(row_id, column, value), dispute, winner
        )
        values[column] = outcome.agreed
        if outcome.held:
            self.merge.hold(row_id, column, outcome)
        elif outcome.agreed != before:
            self.merge.sources.setdefault(row_id, {})[column] = outcome.sources
        if outcome.overruled:
            self.merge.overruled[row_id, column] = outcome.overruled

    def _is_deleted(self, row_id: str, present: Sequence[tuple[Side, Row]]) -> bool:
        agreed = self.agreed.get(row_id)
        if agreed is not None and len(present) == len(self.sides):
            return False
        here = {side.name for side, _ in present}
        # A record of which nothing could cross yet (all its values are faulty) is missing nowhere.
        gone = [it for it in self.sides if it.name not in here and row_id in it.base]
        gone = [side for side in gone if side.base[row_id] or not present]
        was_deleted = agreed is None and any(side.base.get(row_id) for side, _ in present)
        forgotten = agreed is None and row_id in self.terms.buried and self.terms.buried[row_id] is None
        if forgotten:
            self._goes_again(row_id, present)
        elif not gone and not was_deleted:
            return False
        elif self._is_edited(row_id, present, gone):
            self._came_back(row_id, [side.name for side in gone], [side.name for side, _ in present])
            return False
        for side, row in present:
            self.merge.dead[side.name].append(replace(row, id=row_id))
            del self.merge.places[side.name][row_id]
        if agreed is not None:
            self.merge.deleted.add(row_id)
        return True

    def _is_edited(self, row_id: str, present: Sequence[tuple[Side, Row]], gone: Sequence[Side]) -> bool:
        """Whether a record that is missing somewhere was edited by people who did not know it was deleted."""
        disputes = self.terms.disputes.get(row_id, {}).values()
        said_by = {place for dispute in disputes for place in dispute.said}
        if said_by - {side.name for side in gone}:
            return True
        agreed = self.agreed.get(row_id)
        known = self.terms.buried.get(row_id) if agreed is None else agreed
        if any(row.values not in (self._base(side, row_id, row), known) for side, row in present):
            return True
        # Whoever deleted what is agreed has seen it; a copy that is behind deleted something older.
        return agreed is not None and all(side.base[row_id] != agreed for side in gone)

    def _goes_again(self, row_id: str, present: Sequence[tuple[Side, Row]]) -> None:
        """Nobody who was forgotten, and no answer whose day is over, comes back with an old copy."""
        self.merge.forgotten.add(row_id)
        where = " and ".join(side.name for side, _ in present)
        said = f"{self.tab.title}: a row that was forgotten came back in {where}, and was deleted again."
        self.merge.notes.append(self._note("D006", said, row_id))

    def _came_back(self, row_id: str, gone: Sequence[str], there: Sequence[str]) -> None:
        where = f"in {' and '.join(gone)}" if gone else "elsewhere"
        row = self.merge.rows.get(row_id, {})
        name = " ".join(filter(None, (show(row.get(key)) for key in self.tab.naming))) or row_id
        holder = " and ".join(there) or "another copy"
        said = (
            f'{self.tab.title}: the row "{name}" was deleted {where}, but {holder} holds a change or a value '
            "to be mended in it, so it came back. If it shall go, delete it there, too."
        )
        self.merge.notes.append(self._note("D006", said, row_id))

    def _merge_headers(self) -> None:
        if self.tab.kind is not TabKind.TABLE:
            return
        headers = {place: contents.get(LABELS, {}) for place, contents in self.headers.items()}
        disputes = self.terms.disputes.get(LABELS, {})
        outcomes = merge_headers(self.tab, self.sides, headers[""], headers, disputes)
        row = {key: it for key, it in headers[""].items() if key not in outcomes}
        for column, outcome in outcomes.items():
            word = self.tab.columns[column].label
            if outcome.held:
                self.merge.hold(LABELS, column, outcome)
            if outcome.held and not outcome.conflict:
                self._no_header(word, outcome)
            if outcome.agreed != word:
                row[column] = outcome.agreed
        self.merge.rows[LABELS] = row

    def _no_header(self, word: str, outcome: Outcome) -> None:
        where = " and ".join(place for place, _ in outcome.opinions)
        said = (
            f'{where}: the header of the column "{word}" says "{show(outcome.opinions[0][1])}", as that of '
            "another column does, or as none can; it stays there alone."
        )
        do = "Give the column a header of its own."
        self.merge.notes.append(Observation("D007", self.workbook, self.tab.key, said, do))

    def _note(self, code: str, message: str, row_id: str) -> Observation:
        return Observation(code, self.workbook, self.tab.key, message, row_id=row_id)


def _is_changed(column: str, before: Contents, others: Iterable[Contents]) -> bool:
    return any(it.get(column) != before.get(column) for it in others)
