"""Whether a ledger is whole, looked at without changing it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.exc import DatabaseError

from sheetsync.ledger.ledger import Ledger
from sheetsync.ledger.schema import generation


def file_of(url: str) -> Path | None:
    """The file of a ledger that is one."""
    found = make_url(url)
    return Path(found.database) if found.get_backend_name() == "sqlite" and found.database else None


def damage(ledger: Ledger) -> str:
    """What is broken in the database, "" where nothing is."""
    if ledger.engine.dialect.name != "sqlite":
        return ""  # PostgreSQL looks after itself
    try:
        with ledger.engine.begin() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    except DatabaseError as error:
        return str(error.orig)
    return "" if found == ["ok"] else "; ".join(map(str, found[:3]))


def is_blank(ledger: Ledger) -> bool:
    """Whether it never agreed on anything."""
    with ledger.transaction() as connection:
        return connection.execute(select(generation.c.number).limit(1)).first() is None
