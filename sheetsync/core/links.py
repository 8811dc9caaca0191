"""Links between workbooks: a next step in one is an action in another, and closing either closes both.

The linked record is merged with its source field by field, like two replicas of one record, against the
values both sides last agreed on. So a correction travels from wherever it was made, and a crash between
the two workbooks heals in the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.merge.cells import Cell, merge_cell
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import Column, ColumnType, Link, LinkField, Tab
from sheetsync.core.records import Book, Record, View
from sheetsync.core.values import Value

#: In a link's `preset`, for a date column: the day the record is made.
TODAY = "today"


@dataclass(frozen=True)
class Bond:
    """One record that stands for another.

    Attributes:
        key: The template's link.
        row_id: The source record, in `workbook`.
        agreed: What both sides last agreed on, by column of the target.
    """

    workbook: str
    key: str
    row_id: str
    target_workbook: str
    target_row_id: str
    agreed: Mapping[str, Value]


@dataclass
class Linked:
    """What linking came to.

    Attributes:
        made: Bonds to records made in this pass, or left behind by one. They are remembered before those
            records are written, so that a pass that is cut short leaves none without its bond.
        moved: Bonds both sides of which agreed on something else, remembered once it is written.
        conflicts: Fields people have to settle.
    """

    made: list[Bond] = field(default_factory=list)
    moved: list[Bond] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


Merges = Mapping[str, Mapping[str, TabMerge]]


#: Ends a disagreement between two workbooks, if a person chose: see `Settler.settle`.
Settle = Callable[[Conflict, Column | None, Callable[[Settled], bool]], bool]


def link_records(
    view: View, merges: Merges, bonds: Iterable[Bond], mint: Callable[[], str], settle: Settle
) -> Linked:
    """Bring linked records in line, in the merges of both workbooks.

    Args:
        view: The program as merged so far.
        merges: Workbook -> tab -> merge, of the workbooks that take part in this pass.
        bonds: All links made so far, oldest first.
        mint: Makes a new row id.
        settle: Ends a disagreement between two workbooks, if a person chose.
    """
    bonds = list(bonds)
    newest = {(bond.workbook, bond.key, bond.row_id): bond for bond in bonds}
    bound = {bond.target_row_id for bond in bonds}
    linked = Linked()
    for book in view.books:
        for link in book.template.link:
            found = view.resolve(book, link.target)
            if found and book.name in merges and found[0].name in merges:
                _Linker(view, merges, book, link, *found, mint, settle, linked).run(newest, bound)
    return linked


class _Linker:
    """One link of one workbook."""

    def __init__(
        self,
        view: View,
        merges: Merges,
        book: Book,
        link: Link,
        target_book: Book,
        target_tab: Tab,
        mint: Callable[[], str],
        settle: Settle,
        linked: Linked,
    ) -> None:
        self.view, self.book, self.link, self.mint, self.linked = view, book, link, mint, linked
        self.settle = settle
        self.target_book, self.target_tab = target_book, target_tab
        self.source = merges[book.name][link.tab]
        self.target = merges[target_book.name][target_tab.key]
        self.text = link.fields[0].target
        self.unbound: dict[Value, list[str]] = {}

    def run(self, bonds: Mapping[tuple[str, str, str], Bond], bound: Container[str]) -> None:
        self._find_unbound(bound)
        for row_id in [it for it in self.source.rows if it != LABELS]:
            bond = bonds.get((self.book.name, self.link.key, row_id))
            said = self._said(Record(row_id, self.source.rows[row_id]))
            if bond is None or self._is_over(bond, said):
                if self._wanted(row_id, said):
                    self._make(row_id, said)
            elif bond.target_row_id in self.target.rows:
                self._merge(bond, said)

    def _said(self, record: Record) -> dict[str, Value]:
        """What the source says, by column of the target."""
        said = {it.target: self._read(record, it.source) for it in self.link.fields}
        said[self.link.state] = said[self.link.state] or self.link.open
        return said

    def _read(self, record: Record, path: str) -> Value:
        column, _, further = path.partition(".")
        if not further:
            return record.value(column)
        reference = self.source.tab.columns[column]
        named = self.view.find(self.book, reference.target, record.text(column))
        return named[0].value(further) if len(named) == 1 else None

    def _is_over(self, bond: Bond, said: Mapping[str, Value]) -> bool:
        """Closed or deleted over there, and the source has gone on to something else.

        Both say the same where a pass was cut short that had taken it over.
        """
        there = self.target.rows.get(bond.target_row_id)
        ended = bond.agreed[self.link.state] != self.link.open or there is None
        text = said[self.text]
        alike = there is not None and text is not None and there.get(self.text) == text
        return ended and text != bond.agreed[self.text] and not alike

    def _wanted(self, row_id: str, said: Mapping[str, Value]) -> bool:
        record = Record(row_id, self.source.rows[row_id])
        filled = all(self._read(record, path) is not None for path in self.link.needs)
        held = any((row_id, it.source) in self.source.held for it in self.link.fields)
        return filled and not held and said[self.link.state] == self.link.open

    def _make(self, row_id: str, said: Mapping[str, Value]) -> None:
        target_id = self._left_behind(said) or self._add(said)
        there = self.target.rows[target_id]
        # What differs in a record that a crash left behind was agreed by nobody.
        agreed = {column: value if there.get(column) == value else None for column, value in said.items()}
        self.linked.made.append(
            Bond(self.book.name, self.link.key, row_id, self.target_book.name, target_id, agreed)
        )

    def _add(self, said: Mapping[str, Value]) -> str:
        preset: dict[str, Value] = {
            column: self.view.today if self._is_today(column, value) else value
            for column, value in self.link.preset.items()
        }
        target_id = self.mint()
        self.target.add(target_id, {**preset, **said}, self.book.name)
        return target_id

    def _find_unbound(self, bound: Container[str]) -> None:
        """Linked records whose bonds went with a ledger that was lost."""
        preset = {key: it for key, it in self.link.preset.items() if not self._is_today(key, it)}
        for row_id, values in self.target.rows.items():
            if row_id not in bound and all(values.get(column) == it for column, it in preset.items()):
                self.unbound.setdefault(values.get(self.text), []).append(row_id)

    def _left_behind(self, said: Mapping[str, Value]) -> str:
        waiting = self.unbound.get(said[self.text])
        return waiting.pop(0) if waiting else ""

    def _is_today(self, column: str, value: str) -> bool:
        return value == TODAY and self.target_tab.columns[column].type is ColumnType.DATE

    def _merge(self, bond: Bond, said: Mapping[str, Value]) -> None:
        there = self.target.rows[bond.target_row_id]
        agreed = dict(bond.agreed)
        for it in self.link.fields:
            found = there.get(it.target)
            if it.target == self.link.state:
                found = found or self.link.open
            merge = self._follow if it.one_way else self._agree
            merge(bond, it, agreed, said[it.target], found)
        if agreed != dict(bond.agreed):
            self.linked.moved.append(
                Bond(bond.workbook, bond.key, bond.row_id, bond.target_workbook, bond.target_row_id, agreed)
            )

    def _follow(self, bond: Bond, it: LinkField, agreed: dict[str, Value], here: Value, there: Value) -> None:
        """The target follows the source until somebody changes it over there (hands the action on)."""
        if here is None or here == agreed[it.target]:
            return
        if there != agreed[it.target] or self.target.set(bond.target_row_id, it.target, here, bond.workbook):
            agreed[it.target] = here

    def _agree(self, bond: Bond, it: LinkField, agreed: dict[str, Value], here: Value, there: Value) -> None:
        base = agreed[it.target]
        said = ((bond.workbook, here), (bond.target_workbook, there))
        # An emptied cell does not travel: it would empty what the other side still works with.
        sides = [Cell(place, value, base, 0) for place, value in said if value is not None]
        outcome = merge_cell(base, sides, lambda _: False)
        if outcome.conflict:
            self._settle(bond, it, agreed, dict(outcome.opinions))
        value = outcome.agreed
        if outcome.held or value == base:
            return
        set_here = here == value or self.source.set(bond.row_id, it.source, value, bond.target_workbook)
        set_there = there == value or self.target.set(bond.target_row_id, it.target, value, bond.workbook)
        if set_here and set_there:
            agreed[it.target] = value

    def _settle(self, bond: Bond, it: LinkField, agreed: dict[str, Value], said: Mapping[str, Value]) -> None:
        conflict = Conflict(bond.workbook, self.link.tab, bond.row_id, it.source, said, self.view.now)

        def set_both(chosen: Settled) -> bool:
            sides = ((self.source, bond.row_id, it.source), (self.target, bond.target_row_id, it.target))
            done = [merge.set(row_id, key, chosen.value, chosen.where) for merge, row_id, key in sides]
            if all(done):
                agreed[it.target] = chosen.value
            return all(done)

        if not self.settle(conflict, self.source.tab.columns[it.source], set_both):
            self.linked.conflicts.append(conflict)
