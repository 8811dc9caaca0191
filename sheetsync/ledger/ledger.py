"""Opening the ledger, and its parts: generations, runs and conflicts, links and occasions, the outbox."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError

from sheetsync.errors import LedgerError
from sheetsync.ledger import schema


class Ledger:
    """One program's ledger.

    Attributes:
        id: Written into every workbook's margin, so that a workbook of another program is noticed.
    """

    def __init__(self, engine: Engine, ledger_id: str) -> None:
        self.engine = engine
        self.id = ledger_id

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open a ledger, made where there is none.

        Args:
            url: SQLAlchemy URL; of a file, `sqlite:///path`.

        Raises:
            LedgerError: It is not a ledger, or a newer sheetsync made it.
        """
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            _make_private(engine.url.database)
        try:
            with engine.begin() as connection:
                schema.metadata.create_all(connection)
                return cls(engine, _identify(connection, url))
        except DatabaseError as error:
            raise LedgerError(
                f"The ledger {engine.url.render_as_string()} cannot be opened ({error.orig}).",
                "If it is damaged, put back a backup of it; if not, check that you may write there.",
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _identify(connection: Connection, url: str) -> str:
    facts = {row.key: row.value for row in connection.execute(select(schema.fact))}
    if not facts:
        facts = {"id": secrets.token_hex(6), "format": str(schema.FORMAT)}
        connection.execute(insert(schema.fact), [{"key": key, "value": it} for key, it in facts.items()])
    if int(facts["format"]) > schema.FORMAT:
        raise LedgerError(
            f"The ledger {url} was made by a newer sheetsync (format {facts['format']}).",
            "Install the newest sheetsync: pip install --upgrade sheetsync",
        )
    return str(facts["id"])


def _prepare_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _make_private(database: str | None) -> None:
    """The file holds personal data: only its owner may read it."""
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
