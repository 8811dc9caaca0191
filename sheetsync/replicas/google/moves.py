"""Where the rows and columns of a sheet went that people worked in between our reading and our writing.

Columns are known by their keys, else by their headers, else by what they hold; rows by their ids and what
they hold, and where these two speak of different rows, by what they hold: somebody sorted the visible columns
alone. The cells that were written tell nothing: they are what has to be put right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheetsync.core.values import Unclear, Value
from sheetsync.replicas.google.sheet_edit import Written
from sheetsync.replicas.grid import Grid, Position
from sheetsync.replicas.layout import KEY_ROW, Margin
from sheetsync.replicas.sheets import SEARCHED

_MARGIN = "the margin"
_Name = Callable[[int], Hashable]


@dataclass(frozen=True)
class Moves:
    """What stands where: the number of a row or column now -> its number in what was written."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]


def moves(written: Written, now: Grid) -> Moves:
    """Where everything is now.

    Args:
        written: The sheet as it was read, and what was written.
        now: The sheet as it stands after that.
    """
    hits = {place for place, value in written.places.items() if now.value(*place) == value}
    columns = _columns(written, now, hits)
    return Moves(_Rows(written, now, hits, columns).found(), columns)


class _Pairs:
    """Pairs what stands there with what stood there, each with at most one."""

    def __init__(self, now: Iterable[int], then: Iterable[int]) -> None:
        self.now, self.then = dict.fromkeys(now), dict.fromkeys(then)
        self.found: dict[int, int] = {}

    def pair(self, now: int, then: int) -> None:
        del self.now[now], self.then[then]
        self.found[now] = then

    def by(self, now: _Name, then: _Name, *, twins: bool = False) -> None:
        """Pair those of one name; an empty one is none.

        Args:
            now, then: Give the names.
            twins: Where several have one name, pair them in their order.
        """
        known, seen = _by_name(self.then, then), _by_name(self.now, now)
        for name, found in seen.items():
            if twins or len(found) == len(known.get(name, ())) == 1:
                for pair in zip(found, known.get(name, ()), strict=False):
                    self.pair(*pair)


def _by_name(numbers: Iterable[int], named: _Name) -> dict[Hashable, list[int]]:
    return _by_names(numbers, lambda number: [name] if (name := named(number)) else [])


def _by_names(
    numbers: Iterable[int], named: Callable[[int], Iterable[Hashable]]
) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for number in numbers:
        for name in named(number):
            found.setdefault(name, []).append(number)
    return found


def _columns(written: Written, now: Grid, hits: set[Position]) -> Mapping[int, int]:
    """Where each column of the sheet comes from."""
    header = written.edit.header
    names = set(written.rows[header - 1]) - {None}
    header_now = max(range(1, SEARCHED), key=lambda row: len(names & set(_row(now.rows, row))))

    def seen(row: int) -> _Name:
        return lambda at: None if (row, at) in hits else _name(now.value(row, at))

    def known(row: int) -> _Name:
        return lambda at: _name(written.stood(row, at))

    width = max(map(len, written.rows), default=0)
    pairs = _Pairs(range(1, now.width + 1), range(1, width + 1))
    pairs.by(seen(KEY_ROW), known(KEY_ROW))
    pairs.by(seen(header_now), known(header))
    _pair_by_values(pairs, written, now, hits)
    return pairs.found


def _name(value: Value) -> str:
    return _MARGIN if Margin.parse(value) else value if isinstance(value, str) else ""


def _pair_by_values(pairs: _Pairs, written: Written, now: Grid, hits: set[Position]) -> None:
    """Pair columns that have no name by how many values they share."""

    def there(at: int) -> Counter[Value]:
        rows = range(1, len(now.rows) + 1)
        return Counter(now.value(row, at) for row in rows if (row, at) not in hits)

    values = {at: there(at) for at in pairs.now}
    before = {at: Counter(_cell(row, at) for row in written.rows) for at in pairs.then}
    for found in (*values.values(), *before.values()):
        del found[None]
    shared = ((-(values[at] & before[was]).total(), at, was) for at in values for was in before)
    for score, at, was in sorted(shared):
        if score and at in pairs.now and was in pairs.then:
            pairs.pair(at, was)


def _row(rows: Sequence[Sequence[Value]], row: int) -> Sequence[Value]:
    return rows[row - 1] if row <= len(rows) else ()


def _cell(cells: Sequence[Value], column: int) -> Value:
    return cells[column - 1] if column <= len(cells) else None


class _Rows:
    """Finds where each row of a sheet comes from."""

    def __init__(self, written: Written, now: Grid, hits: set[Position], columns: Mapping[int, int]) -> None:
        self.written, self.now, self.hits = written, now, hits
        self.margin = written.edit.margin[1]
        self.margin_now = next((at for at, was in columns.items() if was == self.margin), 0)
        moving = {at for _, at in now.formulas}, {at for _, at in written.formulas}
        self.columns = [
            (at, was)
            for at, was in columns.items()
            if was != self.margin and at not in moving[0] and was not in moving[1]
        ]
        self.hit = {row for row, at in hits}
        self.pairs = _Pairs(range(1, len(now.rows) + 1), range(1, len(written.rows) + 1))

    def found(self) -> Mapping[int, int]:
        pairs = self.pairs
        self._new()
        pairs.by(self._all_seen, self._all_known, twins=True)
        pairs.by(self._seen_beside, self._known_beside, twins=True)
        self._hit_rows(same_id=True)
        self._hit_rows(same_id=False)
        self._left_over()
        pairs.by(self._id, self._known_id)
        pairs.by(self._id, lambda was: self.written.meant(was, self.margin))
        self._much_alike()
        return pairs.found

    def _new(self) -> None:
        """The new rows: they came in where they were meant to, whatever people had moved."""
        edit = self.written.edit
        for was in range(edit.last + 1, edit.last + 1 + edit.new):
            row = edit.landed(was)
            cells = [(row, at) for place, at in edit.cells if place == was]
            if row in self.pairs.now and 2 * len(self.hits.intersection(cells)) > len(cells):
                self.pairs.pair(row, was)

    def _hit_rows(self, *, same_id: bool) -> None:
        """Rows in which something was written: what else they hold tells which they are."""
        index = _by_names(self.pairs.then, lambda was: enumerate(self._known(was)))
        for row in [row for row in self.pairs.now if row in self.hit]:
            told = [it for it in enumerate(self._seen(row)) if it[1] not in (None, _HIT)]
            alike = min((index.get(it, []) for it in told), key=len, default=[])
            for was in sorted(alike, key=lambda was: self._elsewhere(row, was)):
                known = not same_id or self._id(row) == self._known_id(was)
                if was in self.pairs.then and known and self._fits(row, was):
                    self.pairs.pair(row, was)
                    break

    def _left_over(self) -> None:
        """Rows of which nothing is left but what was written, and blank ones: as many as can be.

        Each is the likeliest; a blank one can only be one that was blank, which leaves others the rest.
        """
        fitting = {
            row: sorted(
                (was for was in self.pairs.then if self._fits(row, was)),
                key=lambda was: self._elsewhere(row, was),
            )
            for row in self.pairs.now
            if row in self.hit or not any(it is not None for it in self._seen(row))
        }
        for row, was in _matched(fitting).items():
            self.pairs.pair(row, was)

    def _elsewhere(self, row: int, was: int) -> tuple[bool, bool, bool]:
        """Where nothing else tells rows apart: what has another id, other neighbors, another place."""
        another = (row, self.margin_now) not in self.hits and self._known_id(was) != self._id(row)
        return another, not self._neighbors(row, was), self.written.edit.landed(was) != row

    def _neighbors(self, row: int, was: int) -> bool:
        """Whether a row stands beside one that it stood beside."""
        return any(self.pairs.found.get(row + step) == was + step for step in (-1, 1))

    def _much_alike(self) -> None:
        """Rows in which people typed as well: most of what they hold is as it was.

        Of those where nothing was written, only rows that had no id are not known by it.
        """
        for row in list(self.pairs.now):
            hit = row in self.hit
            likely = (was for was in self.pairs.then if hit or self._id(row) is self._known_id(was) is None)
            alike, was = max(((self._alike(row, was), was) for was in likely), default=(0, 0))
            if alike >= (0.5 if hit else 1):  # neighbors are half a cell, and enough for a row that was hit
                self.pairs.pair(row, was)

    def _alike(self, row: int, was: int) -> float:
        """In how many more cells rows are equal than different; what was written and what is empty aside.

        As many are enough between the same neighbors; none is never enough.
        """
        pairs = zip(self._seen(row), self._known(was), strict=True)
        filled = [it for it in pairs if _HIT not in it and None not in it]
        equal = sum(seen == known for seen, known in filled)
        return 2 * equal - len(filled) + 0.5 * self._neighbors(row, was) if equal else 0

    def _fits(self, row: int, was: int) -> bool:
        pairs = zip(self._seen(row), self._known(was), strict=True)
        return all(seen in (_HIT, known) for seen, known in pairs)

    def _id(self, row: int) -> Value:
        place = row, self.margin_now
        return self.now.value(*place) if self.margin_now and place not in self.hits else None

    def _seen(self, row: int) -> tuple[Value, ...]:
        """What a row holds, but for its id and what formulas come to."""
        return tuple(_HIT if (row, at) in self.hits else self.now.value(row, at) for at, _ in self.columns)

    def _known_id(self, was: int) -> Value:
        return self.written.stood(was, self.margin)

    def _known(self, was: int) -> tuple[Value, ...]:
        return tuple(self.written.stood(was, at) for _, at in self.columns)

    # as names

    def _all_seen(self, row: int) -> tuple[Value, ...]:
        return () if row in self.hit else _filled(self._id(row), *self._seen(row))

    def _all_known(self, was: int) -> tuple[Value, ...]:
        return _filled(self._known_id(was), *self._known(was))

    def _seen_beside(self, row: int) -> tuple[Value, ...]:
        return () if row in self.hit else _filled(*self._seen(row))

    def _known_beside(self, was: int) -> tuple[Value, ...]:
        return _filled(*self._known(was))


def _matched(wanted: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Give as many as can be one of those they want, each of which there is once; the first wanted first.

    Where all that one wants are given away, others take their next if that frees one (augmenting paths).
    """
    owner: dict[int, int] = {}
    for one in wanted:
        asked: dict[int, int] = {}  # what could be freed -> who would get it
        queue = [one]
        for asking in queue:
            new = [it for it in wanted[asking] if it not in asked]
            asked |= dict.fromkeys(new, asking)
            if free := [it for it in new if it not in owner]:
                _hand_on(free[0], asked, owner)
                break
            queue += [owner[it] for it in new]
    return {one: it for it, one in owner.items()}


def _hand_on(free: int, asked: Mapping[int, int], owner: dict[int, int]) -> None:
    """Give what is free to the one that asks for it, what that one had to the next, and so on."""
    given = {one: it for it, one in owner.items()}
    while True:
        owner[free] = one = asked[free]
        if one not in given:
            return
        free = given[one]


#: What stands where something was written.
_HIT = Unclear("what was written")


def _filled(*cells: Value) -> tuple[Value, ...]:
    """Cells as a name; none where all are empty."""
    return cells if any(cell is not None for cell in cells) else ()
