"""Which record each row of a replica is: ids follow contents, whatever people did to the hidden column.

People copy rows, sort the visible columns only, clear ids, paste blocks. The id in the margin is a
strong hint, and the contents last seen under that id decide when the two disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sheetsync.core.model import Tab
from sheetsync.core.plan import Row
from sheetsync.core.records import fold
from sheetsync.core.values import Value, show

Contents = Mapping[str, Value]
_Key = Callable[[Contents], object]


@dataclass(frozen=True)
class Known:
    """What is known about the ids of one tab, for one replica.

    Attributes:
        seen: Contents agreed in the generation the replica last took part in, by row id.
        elsewhere: Contents of records the replica does not have yet, by row id.
        withdrawn: Contents typed in this replica, by the id that was minted for them, where the replica did
            not keep that id (a crash, a stale save).
        ever: Every id that was ever minted for this tab.
    """

    seen: Mapping[str, Contents]
    elsewhere: Mapping[str, Contents]
    withdrawn: Mapping[str, Contents] = field(default_factory=dict)
    ever: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Repair:
    """An id that was not what stood in the margin (D006)."""

    row: Row
    id: str
    reason: str


@dataclass
class Assigned:
    """Row ids of one replica.

    Attributes:
        ids: By index of the row; "" where the row is new.
        repairs: The ids that stand otherwise in the margin.
        same: The ids whose row says just what was seen under them.
    """

    ids: list[str]
    repairs: list[Repair]
    same: frozenset[str]


def assign(tab: Tab, rows: Sequence[Row], known: Known) -> Assigned:
    """Find the record each row is.

    Args:
        tab: The tab, for its natural key and its unique columns.
        rows: The rows of one replica that hold a value.
        known: What is known about the ids.
    """
    work = _Work(tab, rows, known)
    work.keep_matching()
    same = frozenset(work.taken)
    work.follow_contents()
    work.follow_names()
    work.keep_claims()
    work.follow_cells()
    work.adopt(known.seen)
    work.adopt(known.withdrawn)
    work.adopt_twins(known.elsewhere)
    return Assigned(work.ids, work.repairs(), same)


def twins(tab: Tab, rows: Sequence[Row], contents: Mapping[str, Contents]) -> list[str]:
    """For each new row, the id of the new record elsewhere that it is too; "" where it stands alone."""
    work = _Work(tab, rows, Known({}, contents))
    work.adopt_twins(contents)
    return work.ids


class _Work:
    """The steps of `assign`, each taking the rows that the steps before left open."""

    def __init__(self, tab: Tab, rows: Sequence[Row], known: Known) -> None:
        self.tab, self.rows, self.known = tab, rows, known
        self.ids = [""] * len(rows)
        self.left: Sequence[int] = range(len(rows))
        self.taken: set[str] = set()
        # A row that a pass brought may stand here although the copy did not take part yet (a crash). What the
        # copy did have comes first: of two records that say the same, that is the one.
        self.seen = {**known.seen, **known.elsewhere} if known.elsewhere else known.seen
        self.rest = self.seen

    def open(self) -> Sequence[tuple[int, Row]]:
        self.left = [index for index in self.left if not self.ids[index]]
        return [(index, self.rows[index]) for index in self.left]

    def give(self, index: int, row_id: str) -> None:
        self.ids[index] = row_id
        self.taken.add(row_id)

    def is_known(self, row_id: str) -> bool:
        return row_id in self.known.ever or row_id in self.seen

    def loose(self, contents: Mapping[str, Contents]) -> Iterator[tuple[str, Contents]]:
        return ((row_id, values) for row_id, values in contents.items() if row_id not in self.taken)

    def keep_matching(self) -> None:
        """A row whose contents are those seen under its id; of copies, the first."""
        # `give` written out: every row of a large tab comes through here, and few are left over.
        ids, seen, taken, left = self.ids, self.seen, self.taken, []
        for index, row in enumerate(self.rows):
            row_id = row.id
            if row.values == seen.get(row_id) and row_id not in taken:
                ids[index] = row_id
                taken.add(row_id)
            else:
                left.append(index)
        self.left, self.rest = left, dict(self.loose(seen))

    def follow_contents(self) -> None:
        """A row with exactly the contents seen under an id that is left over (a sort without ids)."""
        self._adopt_by(self.rest, _exact)

    def follow_names(self) -> None:
        """A row that was shifted and edited: its name leads to another id that fits it better."""
        names, claims = _index(self.loose(self.rest), self._name), self._claims()
        for index, row in self.open():
            if row.id not in self.seen:
                continue
            for row_id in names.get(self._name(row.values), ()):
                if row_id not in self.taken and self._belongs(row, row_id, claims):
                    self.give(index, row_id)
                    break

    def keep_claims(self) -> None:
        """A row that was edited keeps its id; of copies, the one that fits best, then the first."""
        claims: dict[str, list[int]] = {}
        for index, row in self.open():
            if self.is_known(row.id) and row.id not in self.taken:
                claims.setdefault(row.id, []).append(index)
        for row_id, indexes in claims.items():
            self.give(max(indexes, key=lambda index: (self._fits(self.rows[index], row_id), -index)), row_id)

    def follow_cells(self) -> None:
        """A row that was shifted and edited, its name too: cells that one id alone held lead to it."""
        seen, claims = self.seen, self._claims()
        owners: dict[tuple[str, Value], list[str]] = {}
        for row_id, values in self.loose(self.rest):
            for cell in values.items():
                owners.setdefault(cell, []).append(row_id)
        for index, row in self.open():
            held = [owners.get(cell, ()) for cell in row.values.items()]
            likely = dict.fromkeys(row_id for ids in held if len(ids) == 1 for row_id in ids)
            fits = {row_id: self._fits(row, row_id) for row_id in likely if row_id not in self.taken}
            best = max(fits, key=fits.__getitem__, default="")
            if row.id not in seen or not best or fits[best] * 2 < len(seen[best]):
                continue
            if self._belongs(row, best, claims):
                self.give(index, best)

    def adopt(self, contents: Mapping[str, Contents]) -> None:
        """A row without an id takes one that is missing here: same contents, else same name, else unique."""
        self._adopt_by(contents, _exact)
        self._adopt_by(contents, self._name)
        self._adopt_by_unique(contents)

    def adopt_twins(self, contents: Mapping[str, Contents]) -> None:
        """A new row that was typed elsewhere too: same contents, else the same in a unique column."""
        self._adopt_by(contents, _exact)
        self._adopt_by_unique(contents)

    def _adopt_by_unique(self, contents: Mapping[str, Contents]) -> None:
        for column in (column.key for column in self.tab.column if column.unique):
            self._adopt_by(contents, partial(_folded, columns=(column,)))

    def repairs(self) -> list[Repair]:
        return [
            Repair(row, row_id, self._reason(row, row_id))
            for row, row_id in zip(self.rows, self.ids, strict=True)
            if row.id != row_id and row.id
        ]

    def _reason(self, row: Row, row_id: str) -> str:
        if not self.is_known(row.id):
            return "its hidden id is not one that sheetsync made"
        if row_id:
            return "its contents belong to another row id (were the visible columns sorted alone?)"
        return "the row was copied together with its hidden id"

    def _adopt_by(self, contents: Mapping[str, Contents], key: _Key) -> None:
        waiting = self.open()
        index = _index(self.loose(contents), key) if waiting else {}
        for at, row in waiting:
            for row_id in index.get(key(row.values), ()):
                if row_id not in self.taken:
                    self.give(at, row_id)
                    break

    def _name(self, values: Contents) -> object:
        return _folded(values, self.tab.natural_key)

    def _claims(self) -> dict[str, int]:
        """How well the rows fit that are still open, each the id in its margin: id -> the best of them."""
        claims: dict[str, int] = {}
        for _, row in self.open():
            if row.id in self.seen:
                claims[row.id] = max(self._fits(row, row.id), claims.get(row.id, 0))
        return claims

    def _belongs(self, row: Row, row_id: str, claims: Mapping[str, int]) -> bool:
        """Whether another id than its own fits a row better, and better than any row that claims it."""
        fit = self._fits(row, row_id)
        return fit > self._fits(row, row.id) and fit > claims.get(row_id, -1)

    def _fits(self, row: Row, row_id: str) -> int:
        seen = self.seen.get(row_id, {})
        return sum(1 for column, value in row.values.items() if seen.get(column) == value)


def _exact(values: Contents) -> object:
    return frozenset(values.items()) or None


def _folded(values: Contents, columns: tuple[str, ...]) -> object:
    name = tuple(fold(show(values.get(column))) for column in columns)
    return name if any(name) else None


def _index(contents: Iterable[tuple[str, Contents]], key: _Key) -> dict[object, list[str]]:
    index: dict[object, list[str]] = {}
    for row_id, values in contents:
        found = key(values)
        if found is not None:
            index.setdefault(found, []).append(row_id)
    return index
