"""Opening the ledger, and its parts: generations, runs and conflicts, links and occasions, the outbox."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

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
        try:
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _prepare_sqlite)
                _make_private(engine.url.database)
            with engine.begin() as connection:
                schema.metadata.create_all(connection)
                return cls(engine, _identify(connection))
        except LedgerError:
            engine.dispose()
            raise
        except (DatabaseError, OSError) as error:
            engine.dispose()
            reason = error.orig if isinstance(error, DatabaseError) else error
            raise _unusable(engine, f"cannot be opened ({reason})") from error
        except KeyError as error:
            engine.dispose()
            raise _unusable(engine, f"cannot be opened (it does not say its {error.args[0]})") from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _unusable(engine: Engine, what: str) -> LedgerError:
    return LedgerError(
        f"The ledger {engine.url.render_as_string()} {what}.",
        "If it is damaged, put back a backup of it; if not, check that you may write there.",
    )


def _identify(connection: Connection) -> str:
    facts = {row.key: row.value for row in connection.execute(select(schema.fact))}
    if not facts:
        facts = {"id": secrets.token_hex(6), "format": str(schema.FORMAT)}
        connection.execute(insert(schema.fact), [{"key": key, "value": it} for key, it in facts.items()])
    if int(facts["format"]) > schema.FORMAT:
        raise LedgerError(
            f"The ledger {connection.engine.url.render_as_string()} was made by a newer sheetsync "
            f"(format {facts['format']}).",
            "Install the newest sheetsync: pip install --upgrade sheetsync",
        )
    return str(facts["id"])


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    cursor = connection.cursor()
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
    for pragma in (*pragmas, "secure_delete=ON"):  # what is erased leaves the file too
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _make_private(database: str | None) -> None:
    """The file holds personal data: only its owner may read it."""
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
