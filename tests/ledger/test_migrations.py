"""A ledger that an older sheetsync made opens, and holds what it held."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, select, text

from sheetsync.core.conflicts import Conflict
from sheetsync.errors import LedgerError
from sheetsync.ledger import Ledger, schema
from sheetsync.ledger.generations import Generations
from sheetsync.ledger.journal import Journal
from sheetsync.ledger.migrations import migrations

NOW = datetime(2026, 3, 2, 9, 0)
FORMAT_1 = (Path(__file__).parent / "format_1.sql").read_text(encoding="utf-8")


def make_format_1(url: str) -> None:
    """The ledger of a program as the first sheetsync left it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    script = FORMAT_1
    if make_url(url).get_backend_name() == "postgresql":
        script = script.replace("DATETIME", "TIMESTAMP").replace("id INTEGER NOT NULL", "id SERIAL NOT NULL")
    with engine.begin() as connection:
        for statement in script.split(";\n"):
            connection.execute(text(statement.replace(":", r"\:")))
    engine.dispose()


def test_the_first_format_is_brought_to_todays(url):
    make_format_1(url)
    ledger = Ledger.open(url)
    assert ledger.id == "64df91a0b3c2"
    with ledger.transaction() as connection:
        assert Generations(connection, "team").agreed(2) == {"people": {"r2": {"name": "Bo", "hours": 3}}}
        assert Generations(connection, "team").agreed(1)["people"]["r1"] == {"name": "Ana"}
        assert Journal(connection).open_conflicts("team") == (
            Conflict("team", "people", "r2", "hours", {"a.xlsx": 4, "b.xlsx": 5}, NOW),
        )
    ledger.close()


def test_what_migrations_make_is_what_a_new_ledger_has(url):
    make_format_1(url)
    ledger = Ledger.open(url)
    options = {"version_table": schema.format_of.name}
    with ledger.transaction() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = [it for it in compare_metadata(context, schema.metadata) if not is_version_table(it)]
    ledger.close()
    assert found == []


def is_version_table(difference: object) -> bool:
    return isinstance(difference, tuple) and difference[1] is schema.format_of


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(url):
    make_format_1(url)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("alter table conflict add column choice text"))  # in the way
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(url)
    with engine.begin() as connection:
        assert connection.execute(text("select value from fact where key = 'format'")).scalar() == "1"
        assert connection.execute(text("select count(*) from row_version")).scalar() == 3
    engine.dispose()


def test_the_newest_migration_makes_todays_format():
    assert migrations().get_heads() == [schema.FORMAT]


def test_the_ledger_of_a_newer_sheetsync_is_refused(url):
    Ledger.open(url).close()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(schema.format_of.update().values(version_num="99"))
    with pytest.raises(LedgerError, match="newer sheetsync") as refused:
        Ledger.open(url)
    assert "pip install --upgrade sheetsync" in refused.value.do
    with engine.begin() as connection:
        assert connection.execute(select(schema.format_of.c.version_num)).scalar() == "99"
    engine.dispose()


def test_a_ledger_of_today_opens_without_loading_alembic(tmp_path):
    script = (
        "import sys\nfrom sheetsync.ledger import Ledger\n"
        f"for _ in range(2): Ledger.open('sqlite:///{(tmp_path / 'ledger.db').as_posix()}').close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"
