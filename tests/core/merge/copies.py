"""Copies of one tab as people keep them, and passes over them, all in memory, for the tests of the merge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType

from sheetsync.core.merge.cells import AGREED, Dispute
from sheetsync.core.merge.edits import edit_for
from sheetsync.core.merge.merger import merge_tab
from sheetsync.core.merge.tabs import LABELS, Side, TabMerge, Terms
from sheetsync.core.model import Column, Tab, TabKind
from sheetsync.core.plan import Row, TabEdit, TabSnapshot
from sheetsync.core.values import Value

PEOPLE = Tab(
    "people",
    "People",
    TabKind.TABLE,
    natural_key=("name",),
    column=(
        Column("name", "Name"),
        Column("email", "Email", unique=True),
        Column("note", "Note"),
        Column("flags", "Flags", computed=True),
    ),
)
COLUMNS = ("name", "email", "note")
WORDS = {column.key: column.label for column in PEOPLE.column}

Records = Mapping[str, Mapping[str, Value]]


def row(row_id: str, position: int = 0, *, fixed: Iterable[str] = (), **values: Value) -> Row:
    """A row of the tab; empty cells are left out."""
    filled = {key: value for key, value in values.items() if value is not None}
    return Row(row_id, position, filled, frozenset(fixed))


def rows(records: Records) -> tuple[Row, ...]:
    """Rows as they stand where nobody touched the records."""
    return tuple(
        Row(row_id, at, dict(it)) for at, (row_id, it) in enumerate(records.items()) if row_id != LABELS
    )


def side(
    name: str,
    content: Iterable[Row],
    base: Records,
    stamp: int = 1,
    withdrawn: Records = MappingProxyType({}),
    *,
    older: bool = False,
) -> Side:
    """A copy whose rows stand in the order given."""
    placed = tuple(replace(it, position=at) for at, it in enumerate(content))
    return Side(name, TabSnapshot(PEOPLE.key, stamp, placed, dict(WORDS)), base, stamp, withdrawn, older)


def minter(start: int = 1) -> Callable[[], str]:
    """Makes new row ids: new1, new2 ..."""
    numbers = count(start)
    return lambda: f"new{next(numbers)}"


def broken(_row_id: str, _column: str, value: Value) -> bool:
    """A value that may not cross to other copies: text that begins with "!"."""
    return isinstance(value, str) and value.startswith("!")


def merged(
    agreed: Records,
    *sides: Side,
    tab: Tab = PEOPLE,
    ever: Iterable[str] = (),
    terms: Terms = Terms(broken),  # noqa: B008 - frozen
) -> TabMerge:
    """The merge of these copies."""
    known = frozenset((*agreed, *ever, *(row_id for it in sides for row_id in it.base)))
    return merge_tab(tab, "map", agreed, sides, known, minter(), terms)


def contents(merge: TabMerge) -> dict[str, dict[str, Value]]:
    """The next generation without the headers."""
    return {row_id: it for row_id, it in merge.rows.items() if row_id != LABELS}


def lacks(it: Side, merge: TabMerge, derived: Records, stamp: int, waiting: Collection[str] = ()) -> TabEdit:
    """What this copy lacks after the merge."""
    return edit_for(it.name, it.tab, merge, derived, stamp, waiting)


@dataclass
class Copy:
    """One copy; people change `rows` at will.

    Attributes:
        rows: [row id, contents] from the top.
        stamp: The generation it last took part in.
        seen: What it looked like each time a pass read it, for whoever saves that again.
    """

    name: str
    rows: list[tuple[str, dict[str, Value]]] = field(default_factory=list)
    stamp: int = 0
    seen: list[tuple[int, list[tuple[str, dict[str, Value]]]]] = field(default_factory=list)

    def tab(self) -> TabSnapshot:
        filled = [(at, it) for at, it in enumerate(self.rows) if it[0] or it[1]]
        placed = tuple(Row(row_id, at, dict(values)) for at, (row_id, values) in filled)
        return TabSnapshot(PEOPLE.key, self.stamp, placed, dict(WORDS))

    def remember(self) -> None:
        self.seen.append((self.stamp, [(row_id, dict(it)) for row_id, it in self.rows]))

    def restore(self, which: int) -> None:
        self.stamp, content = self.seen[which % len(self.seen)]
        self.rows = [(row_id, dict(it)) for row_id, it in content]

    def apply(self, edit: TabEdit) -> None:
        kept = []
        for at, (row_id, values) in enumerate(self.rows):
            if at not in edit.gone:
                changed = {**values, **edit.cells.get(at, {})}
                filled = {key: value for key, value in changed.items() if value is not None}
                kept.append((edit.ids.get(at, row_id), filled))
        kept += [(row_id, dict(values)) for row_id, values in edit.new]
        self.rows, self.stamp = kept, edit.stamp

    def records(self) -> dict[str, dict[str, Value]]:
        return {row_id: it for row_id, it in self.rows if it}

    def tokens(self) -> list[Value]:
        return [value for _, values in self.rows for value in values.values()]


class Cut(Exception):
    """A pass was cut short."""


@dataclass
class World:
    """Copies and a ledger; each call of `sync` is a pass over the copies named.

    Attributes:
        generations: Records by generation; an abandoned one is what was agreed before it.
        held: Cells that were held in the last pass.
        touched: Copies that were written in the last pass.
    """

    copies: list[Copy]
    generations: dict[int, Records] = field(default_factory=lambda: {0: {}})
    newest: int = 0
    candidate: tuple[int, Records] | None = None
    minted: dict[str, tuple[str, Records]] = field(default_factory=dict)
    meanings: dict[tuple[str, int], int] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    mint: Callable[[], str] = field(default_factory=minter)

    def sync(self, present: Collection[int] | None = None, writes: int = 99) -> None:
        """One pass; it is cut short after so many writes."""
        here = [it for at, it in enumerate(self.copies) if present is None or at in present]
        self._recover(here)
        for copy in here:
            copy.remember()
        sides = [self._side(copy) for copy in here]
        agreed = self.generations[self.newest]
        ever = frozenset(row_id for it in self.generations.values() for row_id in it) | self.minted.keys()
        terms = Terms(broken, self._disputes(here))
        merge = merge_tab(PEOPLE, "map", agreed, sides, frozenset(ever), self.mint, terms)
        self.held, self.touched = merge.held, set()
        for row_id, origins in merge.origins.items():
            if row_id in merge.rows:
                self.minted.setdefault(row_id, (min(origins), merge.rows[row_id]))
        number = self.newest
        if merge.rows != agreed and contents(merge) != agreed:
            number = max(self.generations) + 1
            self.candidate = (number, contents(merge))
            self.generations[number] = agreed
        if self._write(here, sides, merge, number, writes):
            self._agree()

    def _write(self, here: list[Copy], sides: list[Side], merge: TabMerge, number: int, writes: int) -> bool:
        durable: set[str] = set()
        behind = []
        order = sorted(
            range(len(here)), key=lambda at: -sum(here[at].name in it for it in merge.origins.values())
        )
        for at in order:
            copy = here[at]
            waiting = {
                it for it, homes in merge.origins.items() if it not in durable and copy.name not in homes
            }
            edit = edit_for(copy.name, sides[at].tab, merge, {}, copy.stamp if waiting else number, waiting)
            if edit:
                if not writes:
                    return False
                writes -= 1
                copy.apply(edit)
                self.touched.add(copy.name)
            elif not waiting:
                self.meanings[copy.name, copy.stamp] = number
            durable |= {it for it, homes in merge.origins.items() if copy.name in homes}
            behind += [copy] if waiting else []
        for copy in behind:
            if not writes:
                return False
            writes -= 1
            self._catch_up(copy, merge, number)
        return True

    def _catch_up(self, copy: Copy, merge: TabMerge, number: int) -> None:
        """The rows that had to wait until they were durable where they were typed."""
        tab = copy.tab()
        merge.places[copy.name], merge.dead[copy.name] = {it.id: it for it in tab.rows}, []
        copy.apply(edit_for(copy.name, tab, merge, {}, number))

    def _side(self, copy: Copy) -> Side:
        stamp = self.meanings.get((copy.name, copy.stamp), copy.stamp)
        held_once = {row_id for number, it in self.generations.items() if number <= stamp for row_id in it}
        dead = {row_id for it in self.generations.values() for row_id in it} - set(
            self.generations[self.newest]
        )
        typed = {
            row_id: it
            for row_id, (name, it) in self.minted.items()
            if name == copy.name and row_id not in held_once | dead
        }
        return Side(copy.name, copy.tab(), self.generations[stamp], stamp, typed, self._is_older(copy))

    def _disputes(self, here: list[Copy]) -> dict[str, dict[str, Dispute]]:
        """The cells held in the last pass; what an older state of a copy forgot, nobody took back."""
        away = frozenset({copy.name for copy in self.copies} - {copy.name for copy in here})
        heard = {copy.name: AGREED if self._is_older(copy) else copy.name for copy in here}
        found: dict[str, dict[str, Dispute]] = {}
        for (row_id, column), said in self.held.items():
            if len(set(said.values())) > 1:
                told = {heard.get(place, place): value for place, value in said.items()}
                found.setdefault(row_id, {})[column] = Dispute(told, away)
        return found

    def _is_older(self, copy: Copy) -> bool:
        return copy.stamp < max((stamp for name, stamp in self.meanings if name == copy.name), default=0)

    def _recover(self, here: list[Copy]) -> None:
        if self.candidate and any(copy.stamp == self.candidate[0] for copy in here):
            self._agree()
        self.candidate = None

    def _agree(self) -> None:
        if self.candidate:
            self.newest, self.generations[self.candidate[0]] = self.candidate
            self.candidate = None

    def settle(self) -> None:
        """Passes over all copies until one writes nothing; at most four."""
        for _ in range(4):
            before = self.newest
            self.sync()
            if not self.touched and before == self.newest:
                return
        raise AssertionError(f"the passes do not come to rest: {self.copies} {self.held}")
