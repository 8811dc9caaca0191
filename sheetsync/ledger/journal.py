"""Runs, held conflicts, links between workbooks, and the occasions that were seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from sheetsync.core.conflicts import Conflict, Settled
from sheetsync.core.links import Bond
from sheetsync.core.values import from_json, to_json
from sheetsync.ledger.schema import conflict, fact, link, occasion, run

# What every pass asks is put together once.
_SCHEDULED = "scheduler"
_SCHEDULER = select(fact.c.value).where(fact.c.key == _SCHEDULED)
_LAST_NUMBER = select(func.max(run.c.number))
_LAST_ENDED = select(run).where(run.c.ended.is_not(None)).order_by(run.c.number.desc()).limit(1)
_END = (
    update(run)
    .where(run.c.number == bindparam("which"))
    .values(ended=bindparam("at"), outcome=bindparam("told"))
)
_CONFLICTS = select(conflict).where(conflict.c.workbook == bindparam("book")).order_by(conflict.c.id)
_OPEN = _CONFLICTS.where(conflict.c.settled.is_(None))
_CHOSEN = _CONFLICTS.where(conflict.c.choice.is_not(None))
_BONDS = select(link).order_by(link.c.id)
_OCCASIONS = select(occasion.c.workbook, occasion.c.key)


@dataclass(frozen=True, slots=True)
class Run:
    """One pass that was begun; `ended` is `None` where it was cut short."""

    number: int
    verb: str
    started: datetime
    ended: datetime | None
    outcome: Mapping[str, object]

    @property
    def result(self) -> str:
        """What came of it in a word or two."""
        if self.outcome.get("failed"):
            return "failed"
        if self.ended is None:
            return "cut short"
        return "needs a person" if self.outcome.get("exit") == 1 else "done"

    def to_json(self) -> dict[str, object]:
        """What scripts see of it; docs/json.md describes it."""
        return {
            "number": self.number,
            "verb": self.verb,
            "started": self.started.isoformat(),
            "result": self.result,
            **self.outcome,
        }


class Journal:
    """What happened, over an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def begin(self, verb: str, now: datetime) -> int:
        """Note that a pass begins.

        Returns:
            Its number.
        """
        number = (self.connection.execute(_LAST_NUMBER).scalar() or 0) + 1
        self.connection.execute(insert(run), {"number": number, "verb": verb, "started": now})
        return number

    def end(self, number: int, now: datetime, outcome: Mapping[str, object]) -> None:
        """Note how a pass ended."""
        self.connection.execute(_END, {"which": number, "at": now, "told": dict(outcome)})

    def note(self, number: int, outcome: Mapping[str, object]) -> None:
        """Note what came of a pass, whether it came to its end or not."""
        self.connection.execute(update(run).where(run.c.number == number).values(outcome=dict(outcome)))

    def runs(self, most: int) -> tuple[Run, ...]:
        """The newest passes, the newest first."""
        query = select(run).order_by(run.c.number.desc()).limit(most)
        return tuple(map(_run, self.connection.execute(query)))

    def last(self) -> Run | None:
        """The newest pass that came to its end."""
        row = self.connection.execute(_LAST_ENDED).first()
        return _run(row) if row else None

    def scheduler(self) -> str:
        """Which scheduler was told to start runs, "" where none was."""
        return self.connection.execute(_SCHEDULER).scalar() or ""

    def record_scheduler(self, kind: str) -> None:
        """Remember which scheduler was told to start runs; "" where none does any more."""
        self.connection.execute(delete(fact).where(fact.c.key == _SCHEDULED))
        if kind:
            self.connection.execute(insert(fact), {"key": _SCHEDULED, "value": kind})

    # conflicts

    def open_conflicts(self, workbook: str) -> tuple[Conflict, ...]:
        """Held cells nobody settled yet, oldest first."""
        return tuple(map(conflict_of, self.connection.execute(_OPEN, {"book": workbook})))

    def choices(self, workbook: str) -> tuple[Settled, ...]:
        """What people chose about conflicts, oldest first."""
        chosen = self.connection.execute(_CHOSEN, {"book": workbook})
        return tuple(Settled(conflict_of(row), from_json(row.choice[0])) for row in chosen)

    def record_choices(self, settled: Iterable[Settled], number: int) -> None:
        """Remember what people chose; before anything is written, so that no crash undoes a choice."""
        for it in settled:
            row = _conflict_row(it.conflict, number)
            self.connection.execute(
                insert(conflict), row | {"settled": number, "choice": [to_json(it.value)]}
            )

    def open_conflicts_of(self, workbook: str, held: Iterable[Conflict], number: int) -> None:
        """Open the conflicts of a workbook that are new, before anything is written; none is closed yet."""
        known = self.open_conflicts(workbook)
        self._change(known, (*known, *held), number)

    def record_unheard(self, workbook: str, unheard: Collection[Conflict], number: int) -> None:
        """Keep the values that did not count, each once: of a faulty one there may be no other trace."""
        known = {conflict_of(row).code for row in self._all(workbook)} if unheard else set()
        rows = [{**_conflict_row(it, number), "settled": number} for it in unheard if it.code not in known]
        if rows:
            self.connection.execute(insert(conflict), rows)

    def record_conflicts(self, workbook: str, held: Iterable[Conflict], number: int) -> None:
        """Bring the open conflicts of a workbook up to date: new ones opened, settled ones closed."""
        self._change(self.open_conflicts(workbook), held, number)

    def _change(self, before: Iterable[Conflict], after: Iterable[Conflict], number: int) -> None:
        known, now_held = {it.cell: it for it in before}, {it.cell: it for it in after}
        for where, it in known.items():
            if where not in now_held or now_held[where].opinions != it.opinions:
                here = (conflict.c.workbook, conflict.c.tab, conflict.c.row_id, conflict.c.column)
                self.connection.execute(
                    update(conflict)
                    .where(conflict.c.settled.is_(None), tuple_(*here) == where)
                    .values(settled=number)
                )
        for where, it in now_held.items():
            if where not in known or known[where].opinions != it.opinions:
                self.connection.execute(insert(conflict), _conflict_row(it, number))

    def _all(self, workbook: str) -> Iterable[Row[Any]]:
        return self.connection.execute(_CONFLICTS, {"book": workbook})

    # links and occasions

    def bonds(self) -> tuple[Bond, ...]:
        """Every link between two records that was ever made, oldest first."""
        return tuple(
            Bond(
                row.workbook,
                row.key,
                row.row_id,
                row.target_workbook,
                row.target_row_id,
                {column: from_json(value) for column, value in row.agreed.items()},
            )
            for row in self.connection.execute(_BONDS)
        )

    def record_bonds(self, bonds: Iterable[Bond]) -> None:
        """Store links, each under its linked record."""
        for bond in bonds:
            key = (link.c.target_workbook == bond.target_workbook, link.c.target_row_id == bond.target_row_id)
            self.connection.execute(link.delete().where(*key))
            self.connection.execute(
                insert(link),
                {
                    "workbook": bond.workbook,
                    "key": bond.key,
                    "row_id": bond.row_id,
                    "target_workbook": bond.target_workbook,
                    "target_row_id": bond.target_row_id,
                    "agreed": {column: to_json(value) for column, value in bond.agreed.items()},
                },
            )

    def occasions(self) -> frozenset[tuple[str, str]]:
        """Occasions seen so far: (workbook, key)."""
        return frozenset((workbook, key) for workbook, key in self.connection.execute(_OCCASIONS))

    def record_occasions(self, seen: Iterable[tuple[str, str]], number: int) -> None:
        """Remember occasions: (workbook, key)."""
        rows = [{"workbook": workbook, "key": key, "run": number} for workbook, key in seen]
        if rows:
            self.connection.execute(insert(occasion), rows)


def conflict_of(row: Row[tuple[Any, ...]]) -> Conflict:
    """A conflict as its row tells it."""
    opinions = {place: from_json(value) for place, value in row.opinions.items()}
    return Conflict(row.workbook, row.tab, row.row_id, row.column, opinions, row.since)


def _run(row: Row[Any]) -> Run:
    return Run(row.number, row.verb, row.started, row.ended, row.outcome or {})


def _conflict_row(it: Conflict, number: int) -> dict[str, object]:
    return {
        "workbook": it.workbook,
        "tab": it.tab,
        "row_id": it.row_id,
        "column": it.column,
        "opinions": {place: to_json(value) for place, value in it.opinions.items()},
        "since": it.since,
        "opened": number,
    }
