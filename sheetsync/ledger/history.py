"""Reading back what the ledger saw: versions of records, conflicts, what was typed, and the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from sheetsync.core.history import Beside, Disagreement, Typed, Version
from sheetsync.core.values import Value, from_json
from sheetsync.ledger.generations import Generations, Tabs
from sheetsync.ledger.journal import Run, conflict_of
from sheetsync.ledger.own_cells import OwnCells
from sheetsync.ledger.schema import conflict, generation, minted, row_version, run


class History:
    """The past of one workbook, over an open transaction."""

    def __init__(self, connection: Connection, workbook: str) -> None:
        self.connection, self.workbook = connection, workbook

    def versions(self) -> tuple[Version, ...]:
        """Every version of every record, oldest first."""
        version = row_version.c
        query = (
            select(generation.c.run, version.tab, version.row_id, version.contents, version.sources)
            .join(
                generation,
                (generation.c.workbook == version.workbook) & (generation.c.number == version.since),
            )
            .where(version.workbook == self.workbook, generation.c.state == "agreed")
            .order_by(version.since, version.rank)
        )
        return tuple(
            Version(number, tab, row_id, None if contents is None else _read(contents), sources or {})
            for number, tab, row_id, contents, sources in self.connection.execute(query)
        )

    def typed(self) -> tuple[Typed, ...]:
        """What stood in new rows when they got their ids."""
        query = select(minted).where(minted.c.workbook == self.workbook).order_by(minted.c.run)
        return tuple(
            Typed(it.run, it.tab, it.row_id, it.replica, _read(it.contents))
            for it in self.connection.execute(query)
        )

    def beside(self) -> tuple[Beside, ...]:
        """What stood in people's own columns of rows that passes deleted, oldest first."""
        return tuple(OwnCells(self.connection, self.workbook).all())

    def contents(self) -> Iterator[tuple[str, str, Mapping[str, Value]]]:
        """Everything any record ever held: (tab, row id, contents)."""
        for version in self.versions():
            yield version.tab, version.row_id, version.contents or {}
        for typed in self.typed():
            yield typed.tab, typed.row_id, typed.contents

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Every conflict there ever was, oldest first."""
        query = select(conflict).where(conflict.c.workbook == self.workbook).order_by(conflict.c.id)
        return tuple(
            Disagreement(conflict_of(it), it.opened, it.settled, tuple(map(from_json, it.choice or ())))
            for it in self.connection.execute(query)
        )

    def around(self, number: int) -> tuple[Tabs, Tabs] | None:
        """All records before and after a run; `None` where it changed nothing here."""
        query = select(generation.c.number).where(
            generation.c.workbook == self.workbook,
            generation.c.run == number,
            generation.c.state == "agreed",
        )
        found = self.connection.execute(query).scalar()
        if found is None:
            return None
        generations = Generations(self.connection, self.workbook)
        return generations.agreed(found - 1), generations.agreed(found)

    def changed_since(self, number: int) -> dict[tuple[str, str, str], tuple[int, tuple[str, ...]]]:
        """Cells that later runs changed: (tab, row id, column) -> the last of them, and its sources."""
        found: dict[tuple[str, str, str], tuple[int, tuple[str, ...]]] = {}
        held: dict[tuple[str, str], Mapping[str, Value]] = {}
        for it in self.versions():
            before, now = held.get((it.tab, it.row_id), {}), it.contents or {}
            held[it.tab, it.row_id] = now
            for column in {**before, **now} if it.run > number else ():
                if before.get(column) != now.get(column):
                    found[it.tab, it.row_id, column] = it.run, tuple(it.sources.get(column, ()))
        return found


def runs(connection: Connection) -> dict[int, Run]:
    """Every run by its number."""
    return {
        it.number: Run(it.number, it.verb, it.started, it.ended, it.outcome or {})
        for it in connection.execute(select(run).order_by(run.c.number))
    }


def _read(contents: Mapping[str, object]) -> dict[str, Value]:
    return {column: from_json(value) for column, value in contents.items()}
