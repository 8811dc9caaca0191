"""Opening the ledger, and its parts: generations, runs and conflicts, links and occasions, the outbox."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    UpdateBase,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, ProgrammingError

from sheetsync.errors import LedgerDamaged, LedgerError, LedgerNewer, LockHeld
from sheetsync.ledger import quiet, schema

#: Numbers of the locks that machines with one PostgreSQL ledger hold against each other; any numbers do.
_OPEN_LOCK, _PASS_LOCK = 731_001, 731_002


#: What SQLite says of a file that is no database, of one with holes, and of one that lacks a table.
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR")
REBUILD = "Put back a backup of it, or make it anew from the copies: sheetsync doctor --rebuild"

#: How long another program that has the file open is waited for, in milliseconds.
_PATIENCE = 10_000

#: A pass depends on neither of these: that passes were run, and what they came to.
_NO_CHANGE = (schema.run, schema.quiet_pass)
#: Where a connection keeps what a transaction changed.
_CHANGES = "changes"

_ID = select(schema.fact.c.value).where(schema.fact.c.key == "id")
_FORMAT = select(schema.format_of.c.version_num)


class Ledger:
    """One program's ledger.

    Attributes:
        id: Written into every workbook's margin, so that a workbook of another program is noticed.
        changed: Whether anything was changed since it was opened, the list of runs aside.
    """

    def __init__(self, engine: Engine, ledger_id: str) -> None:
        self.engine, self.connection = engine, engine.connect()
        self.id = ledger_id
        self.changed = False

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open a ledger: made where there is none, brought to today's format where it is older.

        Args:
            url: SQLAlchemy URL; of a file, `sqlite:///path`.

        Raises:
            LedgerError: It is not a ledger.
            LedgerNewer: A newer sheetsync made it.
        """
        engine = _engine(url)
        event.listen(engine, "before_execute", _note_change)
        try:
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _prepare_sqlite)
                event.listen(engine, "begin", _begin_sqlite)
                _make_private(engine.url.database)
            with engine.begin() as connection:
                ledger_id = _ready(connection)
            return cls(engine, ledger_id)
        except LedgerError:
            engine.dispose()
            raise
        except (DatabaseError, OSError) as error:
            engine.dispose()
            reason = error.orig if isinstance(error, DatabaseError) else error
            raise _unusable(engine, f"cannot be opened ({reason})", reason) from error

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing.

        Args:
            keep: Whether it is kept at all; else it only shows what would come of it.

        Raises:
            LedgerError: The disk is full, the database damaged or out of reach; nothing was kept.
        """
        try:
            with self.connection.begin():
                changes = self.connection.info[_CHANGES] = set[str]()
                yield self.connection
                if not keep:
                    self.connection.rollback()
                elif changes:  # what a pass before came to no longer holds
                    quiet.forget(self.connection)
                    self.changed = True
        except DatabaseError as error:
            if isinstance(error, (IntegrityError, ProgrammingError)):
                raise  # a fault of ours
            raise _unusable(self.engine, f"cannot be used ({error.orig})", error.orig) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other machine works with this ledger until the block is left; a file is this machine's anyway.

        Raises:
            LockHeld: Another machine does.
        """
        if self.engine.dialect.name != "postgresql":
            yield
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # PostgreSQL lets go of it when the connection ends, however it ends.
            key = (_PASS_LOCK, func.hashtext(self.id))
            if not connection.execute(select(func.pg_try_advisory_lock(*key))).scalar():
                raise LockHeld(
                    f"Another machine is at work with the ledger {self.engine.url.render_as_string()}.",
                    "Wait until it is done; a pass takes seconds. The lock goes with its process.",
                )
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(*key)))

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()


def _note_change(connection: Connection, statement: object, *_: object) -> None:
    """Note which table is changed, where a pass depends on it."""
    if isinstance(statement, UpdateBase) and statement.table not in _NO_CHANGE:
        connection.info.setdefault(_CHANGES, set()).add(str(statement.table))


def _engine(url: str) -> Engine:
    """What talks to the database.

    Raises:
        LedgerError: There is no such kind of database, or its driver is missing.
    """
    try:
        found = make_url(url)
        if found.drivername == "postgresql":
            found = found.set(drivername="postgresql+psycopg")
        return create_engine(found)
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"The ledger needs {error.name}, which is not installed.",
            'For PostgreSQL: pip install "sheetsync[postgresql]"',
        ) from error
    except ArgumentError as error:
        raise LedgerError(
            "The ledger's URL cannot be read.",
            'Expected, under [ledger] in sheetsync.toml, such as url = "postgresql://user@host/name".',
        ) from error


def _unusable(engine: Engine, what: str, reason: BaseException | None) -> LedgerError:
    """A full disk is no damage: whoever made the ledger anew because of it would lose a whole one."""
    said = f"The ledger {engine.url.render_as_string()} {what}."
    in_its_place = isinstance(reason, IsADirectoryError)
    if in_its_place or getattr(reason, "sqlite_errorname", "").startswith(_DAMAGED):
        return LedgerDamaged(said, REBUILD)
    return LedgerError(
        said,
        "Check that you may write there, that there is room, and that no other program has it open. "
        "Nothing is lost.",
    )


def _ready(connection: Connection) -> str:
    """Make the tables, or bring them to today's format.

    Returns:
        The ledger's id.
    """
    if connection.dialect.name == "postgresql":  # two machines may open it at the same time
        connection.execute(select(func.pg_advisory_xact_lock(_OPEN_LOCK)))
    found = _format(connection)
    if found is None:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.format_of), {"version_num": schema.FORMAT})
        connection.execute(insert(schema.fact), {"key": "id", "value": secrets.token_hex(6)})
    elif found != schema.FORMAT:
        _migrate(connection, found)
    return _told(connection, _ID)


def _format(connection: Connection) -> str | None:
    """The format of the tables, `None` where there are none."""
    tables = inspect(connection).get_table_names()
    if schema.format_of.name in tables:
        return _told(connection, _FORMAT)
    if schema.fact.name not in tables:
        return None
    found = _told(connection, select(schema.fact.c.value).where(schema.fact.c.key == "format"))
    schema.format_of.create(connection)
    connection.execute(insert(schema.format_of), {"version_num": found})
    return found


def _told(connection: Connection, query: Select[tuple[str]]) -> str:
    """What the ledger says of itself."""
    found = connection.execute(query).scalar()
    if found is None:
        url = connection.engine.url.render_as_string()
        raise LedgerDamaged(f"The ledger {url} does not say its id or its format.", REBUILD)
    return str(found)


def _migrate(connection: Connection, found: str) -> None:
    # Imported here: Alembic is large, and few openings need it.
    from sheetsync.ledger import migrations

    if not migrations.knows(found):
        raise LedgerNewer(
            f"The ledger {connection.engine.url.render_as_string()} was made by a newer sheetsync "
            f"(format {found}).",
            "Install the newest sheetsync: pip install --upgrade sheetsync",
        )
    migrations.upgrade(connection)


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver would leave CREATE and ALTER out of transactions
    cursor = connection.cursor()
    pragmas = (f"busy_timeout={_PATIENCE}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    for pragma in (*pragmas, "secure_delete=ON"):  # what is erased leaves the file too
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.connection.cursor().execute("BEGIN")


def _make_private(database: str | None) -> None:
    """The file holds personal data: only its owner may read it."""
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
