"""Agreed generations: what every record held, from which generation on, and what stamps mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from sys import intern
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table, and_, func, insert, select, update

from sheetsync.core.values import Value, from_json, to_json
from sheetsync.ledger.schema import conflict, generation, minted, own_cells, row_version, stamp
from sheetsync.ledger.statements import (
    AGREED,
    EVER,
    MARK,
    MEANING,
    MINTED,
    NUMBERS,
    RANKS,
    REPLACE,
    TYPED,
    UNBORN,
    UNLEARN,
)

Contents = Mapping[str, Value]
Tabs = dict[str, dict[str, dict[str, Value]]]

#: Where a record was typed that a pass makes by itself.
NOBODY = ""
#: A database takes so many values in one question.
_AT_ONCE = 500


@dataclass(frozen=True)
class Change:
    """A record that the next generation holds differently; `contents` is `None` where it is deleted."""

    tab: str
    row_id: str
    contents: Contents | None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Generations:
    """The generations of one workbook, over an open transaction."""

    def __init__(self, connection: Connection, workbook: str) -> None:
        self.connection, self.workbook = connection, workbook

    def newest(self) -> int:
        """Number of the newest agreed generation, 0 before the first."""
        return self._numbers().get("agreed", 0)

    def candidate(self) -> int | None:
        """Number of a generation that a crashed pass left neither agreed nor abandoned."""
        return self._numbers().get("candidate")

    def agreed(self, number: int) -> Tabs:
        """Every record as of a generation: tab -> row id -> contents, in order."""
        tabs: Tabs = {}
        for tab, row_id, contents in self._ask(AGREED, number=number):
            rows = tabs.setdefault(tab, {})
            if contents is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = _read(contents)
        return tabs

    def meaning(self, replica: str) -> dict[tuple[str, int], int]:
        """What stamps of a replica mean by now: (tab, stamp) -> generation."""
        return {(tab, number): meant for tab, number, meant in self._ask(MEANING, replica=replica)}

    def knows(self, number: int) -> bool:
        """Whether a generation of this number was ever begun; 0 always was."""
        return 0 <= number <= self._last()

    def ever(self) -> dict[str, frozenset[str]]:
        """Every row id ever minted or agreed, by tab."""
        found: dict[str, set[str]] = {}
        for tab, row_id in self._ask(EVER):
            found.setdefault(tab, set()).add(row_id)
        return {tab: frozenset(ids) for tab, ids in found.items()}

    def unborn(self) -> frozenset[tuple[str, str]]:
        """Records (tab, row id) that no person typed, and that never were part of an agreed generation."""
        return frozenset((tab, row_id) for tab, row_id in self._ask(UNBORN, replica=NOBODY))

    def typed(self, replica: str, since: int) -> tuple[Tabs, Tabs]:
        """What was typed in a replica by now, or before a crash, by the ids minted for it.

        Args:
            replica: Its name.
            since: The generation it last took part in: rows that were there by then are left out.

        Returns:
            Of records that stand, or were never agreed, and of records that were deleted since:
            tab -> row id -> contents.
        """
        tabs: tuple[Tabs, Tabs] = {}, {}
        for tab, row_id, contents, is_deleted in self._ask(TYPED, replica=replica, number=since):
            tabs[is_deleted].setdefault(tab, {})[row_id] = _read(contents)
        return tabs

    def last_held(self, tab: str, row_ids: Iterable[str]) -> dict[str, dict[str, Value] | None]:
        """What records of a tab held when they were last agreed, those that were deleted since too.

        `None` for a record that was agreed once, and that the ledger let go of.
        """
        version = row_version.c
        found: dict[str, dict[str, Value] | None] = {}
        ids = sorted(row_ids)
        for start in range(0, len(ids), _AT_ONCE):
            query = (
                select(version.row_id, version.contents)
                .where(version.workbook == self.workbook, version.tab == tab)
                .where(version.row_id.in_(ids[start : start + _AT_ONCE]))
                .order_by(version.contents.is_not(None), version.since)
            )
            for row_id, contents in self.connection.execute(query):
                found[row_id] = None if contents is None else _read(contents)
        return found

    def mint(self, run: int, ids: Iterable[tuple[str, str, str, Contents]]) -> None:
        """Remember new ids before they are written anywhere: (tab, row id, replica, contents).

        An id that a pass minted which was cut short keeps what was typed under it at first.
        """
        ids = list(ids)
        known = {(tab, row_id) for tab, row_id in self._ask(MINTED)} if ids else ()
        rows = [
            {
                "workbook": self.workbook,
                "tab": tab,
                "row_id": row_id,
                "replica": replica,
                "run": run,
                "contents": _write(contents),
            }
            for tab, row_id, replica, contents in ids
            if (tab, row_id) not in known
        ]
        if rows:
            self.connection.execute(insert(minted), rows)

    def propose(self, run: int, changes: Iterable[Change]) -> int:
        """Store a candidate generation, which is agreed by `agree` once it was really written."""
        number = self._last() + 1
        self.connection.execute(
            insert(generation),
            {"workbook": self.workbook, "number": number, "run": run, "state": "candidate"},
        )
        ranks = self._ranks()
        next_rank = count(max(ranks.values(), default=-1) + 1)
        rows = []
        for change in changes:
            key = (change.tab, change.row_id)
            if key not in ranks:
                ranks[key] = next(next_rank)
            rows.append(
                {
                    "workbook": self.workbook,
                    "tab": change.tab,
                    "row_id": change.row_id,
                    "rank": ranks[key],
                    "since": number,
                    "contents": None if change.contents is None else _write(change.contents),
                    "sources": {column: list(places) for column, places in change.sources.items()},
                }
            )
        if rows:
            self.connection.execute(insert(row_version), rows)
        return number

    def agree(self, number: int) -> None:
        """Make a candidate the newest generation."""
        self._ask(REPLACE, number=number)
        self._ask(MARK, which=number, mark="agreed")

    def abandon(self, number: int) -> None:
        """Give a candidate up.

        A replica that took its stamp all the same is merged against the generation before it: what was
        written there then counts as an opinion, and is not lost.
        """
        version = row_version.c
        self.connection.execute(
            row_version.delete().where(version.workbook == self.workbook, version.since == number)
        )
        self._ask(MARK, which=number, mark="abandoned")

    def begun(self, number: int) -> set[tuple[str, str]]:
        """Records (tab, row id) that were minted for a candidate, so that it holds them first."""
        version = row_version.c
        query = (
            select(version.tab, version.row_id)
            .join(
                minted,
                and_(
                    minted.c.workbook == version.workbook,
                    minted.c.tab == version.tab,
                    minted.c.row_id == version.row_id,
                ),
            )
            .where(version.workbook == self.workbook)
            .group_by(version.tab, version.row_id)
            .having(func.min(version.since) == number)
        )
        return {(tab, row_id) for tab, row_id in self.connection.execute(query)}

    def withdraw(self, number: int, rows: Iterable[tuple[str, str]]) -> None:
        """Take records (tab, row id) out of a candidate: they could not be written where they came from."""
        for tab, row_id in rows:
            version = row_version.c
            self.connection.execute(
                row_version.delete().where(
                    and_(version.workbook == self.workbook, version.since == number),
                    and_(version.tab == tab, version.row_id == row_id),
                )
            )

    def advance(self, replica: str, meanings: Mapping[tuple[str, int], int]) -> None:
        """Remember what stamps of a replica mean from now on: (tab, stamp) -> generation.

        A stamp it had before means what it says again: a file that brings it back is an older one.
        """
        if meanings:
            place = {"workbook": self.workbook, "replica": replica}
            before = [{"book": self.workbook, "of": replica, "at": tab} for tab, _ in meanings]
            now = [
                {**place, "tab": tab, "stamp": number, "generation": meant}
                for (tab, number), meant in meanings.items()
            ]
            self.connection.execute(UNLEARN, before)
            self.connection.execute(insert(stamp), now)

    def erase(self, tab: str, due: Callable[[Contents], bool]) -> list[tuple[str, str, Contents]]:
        """Let go of what deleted records of a tab held, in every version, where `due` says so of the last.

        Args:
            tab: Its key.
            due: Whether the day of a record with these contents has come.

        Returns:
            What it let go of: (tab, row id, contents), each version.
        """
        version = row_version.c
        mine = (version.workbook == self.workbook, version.tab == tab)
        gone = select(version.row_id).where(*mine, version.until.is_(None), version.contents.is_(None))
        held = select(version.row_id, version.contents).where(*mine, version.contents.is_not(None))
        query = held.where(version.row_id.in_(gone)).order_by(version.since)
        versions = [(row_id, _read(contents)) for row_id, contents in self.connection.execute(query)]
        erased = {row_id for row_id, contents in dict(versions).items() if due(contents)}
        for row_id in erased:
            self.blank(tab, row_id)
        return [(tab, row_id, contents) for row_id, contents in versions if row_id in erased]

    def blank(self, tab: str, row_id: str) -> None:
        """Let go of what a record held in every version, and of what anybody said about it."""
        self._blank(row_version, tab, row_id, contents=None, sources=None)
        self._blank(minted, tab, row_id, contents={})
        self._blank(own_cells, tab, row_id, contents={})
        self._blank(conflict, tab, row_id, opinions={}, choice=None)

    def _blank(self, table: Table, tab: str, row_id: str, **values: object) -> None:
        where = (table.c.workbook == self.workbook, table.c.tab == tab, table.c.row_id == row_id)
        self.connection.execute(update(table).where(*where).values(values))

    def forget_stamps(self, replica: str) -> None:
        """Let the stamps of a replica mean what they say again: it was made anew and never took part."""
        self.connection.execute(
            stamp.delete().where(stamp.c.workbook == self.workbook, stamp.c.replica == replica)
        )

    def _last(self) -> int:
        """Number of the last generation that was begun, 0 before the first."""
        return max(self._numbers().values(), default=0)

    def _numbers(self) -> dict[str, int]:
        """The last generation of each state."""
        return dict(self._ask(NUMBERS).all())

    def _ranks(self) -> dict[tuple[str, str], int]:
        return {(tab, row_id): rank for tab, row_id, rank in self._ask(RANKS)}

    def _ask(self, statement: Executable, **values: object) -> CursorResult[*tuple[Any, ...]]:
        return self.connection.execute(statement, {"book": self.workbook, **values})


def _write(contents: Contents) -> dict[str, object]:
    return {column: to_json(value) for column, value in contents.items()}


def _read(contents: Mapping[str, object]) -> dict[str, Value]:
    """Contents whose columns are the very strings that a sheet's are: so they are compared at a glance."""
    return {intern(column): from_json(value) for column, value in contents.items()}
