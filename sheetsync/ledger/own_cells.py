"""What stood in people's own columns of rows that went: kept before it goes, given back with the row."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, insert, select

from sheetsync.core.history import Beside
from sheetsync.core.values import from_json, to_json
from sheetsync.ledger.schema import own_cells


class OwnCells:
    """What people had put beside the records of one workbook, over an open transaction."""

    def __init__(self, connection: Connection, workbook: str) -> None:
        self.connection, self.workbook = connection, workbook

    def keep(self, found: Collection[Beside]) -> None:
        """Remember what stands beside rows that are about to go, where it is not known already."""
        known = {it.place: it.contents for it in self.last({it.row_id for it in found})}
        rows = [
            {
                "workbook": self.workbook,
                "tab": it.tab,
                "row_id": it.row_id,
                "replica": it.replica,
                "run": it.run,
                "contents": {header: to_json(value) for header, value in it.contents.items()},
            }
            for it in found
            if it.contents != known.get(it.place, {})
        ]
        if rows:
            self.connection.execute(insert(own_cells), rows)

    def last(self, row_ids: Collection[str]) -> tuple[Beside, ...]:
        """What stood beside records when their rows went last."""
        kept = self.all() if row_ids else ()
        return tuple({it.place: it for it in kept if it.row_id in row_ids}.values())

    def all(self) -> Iterator[Beside]:
        """Everything that was ever kept, oldest first."""
        query = select(own_cells).where(own_cells.c.workbook == self.workbook).order_by(own_cells.c.id)
        for it in self.connection.execute(query):
            contents = {header: from_json(value) for header, value in it.contents.items()}
            yield Beside(it.run, it.tab, it.row_id, it.replica, contents)
