"""Opening a ledger: made where there is none, private, and refused where it cannot be trusted."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from sheetsync.errors import LedgerError
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Change, Generations
from sheetsync.ledger.schema import FORMAT


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_ledger_is_made_with_its_folder_and_keeps_its_id(tmp_path):
    path = tmp_path / ".sheetsync" / "ledger.db"
    first = Ledger.open(url(path))
    first.close()
    again = Ledger.open(url(path))
    again.close()
    assert first.id == again.id
    assert len(first.id) == 12


def test_two_ledgers_have_two_ids():
    ledgers = [Ledger.open("sqlite://"), Ledger.open("sqlite://")]
    assert ledgers[0].id != ledgers[1].id
    for ledger in ledgers:
        ledger.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_only_its_owner_may_read_the_file(tmp_path):
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(url(path))
    with ledger.transaction():
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    ledger.close()
    assert set(modes.values()) == {0o600}


def test_a_transaction_keeps_all_or_nothing(tmp_path):
    ledger = Ledger.open(url(tmp_path / "ledger.db"))
    with contextlib.suppress(ZeroDivisionError), ledger.transaction() as connection:
        Generations(connection, "map").propose(1, [Change("people", "r1", {"name": "Ana"})])
        raise ZeroDivisionError
    with ledger.transaction() as connection:
        generations = Generations(connection, "map")
        assert (generations.candidate(), generations.ever()) == (None, {})
    ledger.close()


def test_the_ledger_of_a_newer_sheetsync_is_refused(tmp_path):
    path = tmp_path / "ledger.db"
    Ledger.open(url(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("update fact set value = ? where key = 'format'", (str(FORMAT + 1),))
    raw.close()
    with pytest.raises(LedgerError, match="newer sheetsync") as refused:
        Ledger.open(url(path))
    assert str(path) in refused.value.what
    assert "pip install --upgrade sheetsync" in refused.value.do


@pytest.mark.parametrize(
    "content", [b"no database at all, only text " * 40, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_file_is_refused_and_left_as_it_was(tmp_path, content):
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="cannot be opened") as refused:
        Ledger.open(url(path))
    assert str(path) in refused.value.what
    assert "backup" in refused.value.do
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as raw:
        raw.execute("create table fact (something text)")
    raw.close()
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(url(path))


def test_a_ledger_that_lost_its_facts_is_refused(tmp_path):
    path = tmp_path / "ledger.db"
    Ledger.open(url(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("delete from fact where key = 'format'")
    raw.close()
    with pytest.raises(LedgerError, match="does not say its format"):
        Ledger.open(url(path))


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(url(tmp_path / "file" / "ledger.db"))
