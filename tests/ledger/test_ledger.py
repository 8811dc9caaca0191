"""Opening a ledger: made where there is none, private, and refused where it cannot be trusted."""

from __future__ import annotations

import contextlib
import os
import sqlite3

import pytest

from sheetsync.errors import LedgerError, LockHeld
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Change, Generations


def test_a_ledger_is_made_and_keeps_its_id(url):
    first = Ledger.open(url)
    first.close()
    again = Ledger.open(url)
    again.close()
    assert first.id == again.id
    assert len(first.id) == 12


def test_the_folder_of_a_file_is_made(tmp_path):
    Ledger.open(f"sqlite:///{tmp_path / '.sheetsync' / 'ledger.db'}").close()
    assert (tmp_path / ".sheetsync" / "ledger.db").is_file()


def test_two_ledgers_have_two_ids():
    ledgers = [Ledger.open("sqlite://"), Ledger.open("sqlite://")]
    assert ledgers[0].id != ledgers[1].id
    for ledger in ledgers:
        ledger.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_only_its_owner_may_read_the_file(tmp_path):
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(f"sqlite:///{path}")
    with ledger.transaction():
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    ledger.close()
    assert set(modes.values()) == {0o600}


def test_a_trial_shows_what_would_come_of_it_and_keeps_nothing(url):
    with contextlib.closing(Ledger.open(url)) as ledger:
        with ledger.transaction(keep=False) as connection:
            Generations(connection, "map").propose(1, [Change("people", "r1", {"name": "Ana"})])
            assert Generations(connection, "map").candidate() is not None
        assert not ledger.changed
        with ledger.transaction() as connection:
            assert Generations(connection, "map").candidate() is None


def test_a_transaction_keeps_all_or_nothing(url):
    ledger = Ledger.open(url)
    with contextlib.suppress(ZeroDivisionError), ledger.transaction() as connection:
        Generations(connection, "map").propose(1, [Change("people", "r1", {"name": "Ana"})])
        raise ZeroDivisionError
    with ledger.transaction() as connection:
        generations = Generations(connection, "map")
        assert (generations.candidate(), generations.ever()) == (None, {})
    ledger.close()


@pytest.mark.parametrize(
    "content", [b"no database at all, only text " * 40, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_file_is_refused_and_left_as_it_was(tmp_path, content):
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="cannot be opened") as refused:
        Ledger.open(f"sqlite:///{path}")
    assert str(path) in refused.value.what
    assert "backup" in refused.value.do
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as raw:
        raw.execute("create table fact (something text)")
    raw.close()
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(f"sqlite:///{path}")


@pytest.mark.parametrize("lost", ["fact", "ledger_format"])
def test_a_ledger_that_lost_its_facts_is_refused(tmp_path, lost):
    path = tmp_path / "ledger.db"
    Ledger.open(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"delete from {lost}")
    raw.close()
    with pytest.raises(LedgerError, match="does not say its"):
        Ledger.open(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


def test_two_machines_never_work_with_one_postgresql_ledger_at_the_same_time(postgresql):
    mine, theirs = Ledger.open(postgresql), Ledger.open(postgresql)
    with mine.alone(), pytest.raises(LockHeld, match="Another machine"), theirs.alone():
        pass
    with theirs.alone():
        pass
    for ledger in (mine, theirs):
        ledger.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nonsense", "cannot be read"),
        ("oracle://host/name", "is not installed"),
        ("postgresql://ana:secret@127.0.0.1:1/name", "cannot be opened"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(address, told):
    with pytest.raises(LedgerError, match=told) as refused:
        Ledger.open(address)
    assert "secret" not in str(refused.value)
