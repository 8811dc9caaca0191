"""A ledger that is lost or damaged is made anew from the copies."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from scenarios.desk import Desk
from sheetsync.errors import LedgerError, UsageError
from sheetsync.ledger import ledger
from sheetsync.verbs.doctor import doctor, rebuild
from sheetsync.verbs.mails import list_mails


def lose(desk: Desk) -> None:
    for path in desk.program.state.glob("ledger.db*"):
        path.unlink()


def test_rows_keep_their_ids_and_values(two_files: Desk) -> None:
    ids, people = two_files.ids("a.xlsx"), two_files.people("a.xlsx")
    lose(two_files)
    report = rebuild(two_files.program, two_files.now)
    assert (report.verb, report.exit_code()) == ("rebuild", 0)
    assert (two_files.ids("a.xlsx"), two_files.people("a.xlsx")) == (ids, people)
    assert (two_files.ids("b.xlsx"), two_files.people("b.xlsx")) == (ids, people)
    assert doctor(two_files.program, two_files.now).exit_code() == 0
    two_files.settle()
    two_files.type("a.xlsx", "Ana", "State", "paused")
    two_files.settle()
    assert two_files.people("b.xlsx")["Ana"]["State"] == "paused"


def test_where_the_copies_differ_a_person_decides(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    lose(two_files)
    report = rebuild(two_files.program, two_files.now)
    (held,) = report.conflicts
    assert held.opinions == {"a.xlsx": 7, "b.xlsx": 8}
    assert (two_files.people("a.xlsx")["Ana"]["Hours"], two_files.people("b.xlsx")["Ana"]["Hours"]) == (7, 8)


def test_no_mail_is_sent_about_the_past(acme: Desk) -> None:
    lose(acme)
    report = rebuild(acme.program, acme.now)
    assert (report.mails, report.milestones) == ((), ())
    assert list_mails(acme.program) == ()
    assert [it for it in acme.run().mails if it.kind == "milestone"] == []


def test_a_damaged_ledger_is_moved_aside(two_files: Desk) -> None:
    lose(two_files)
    damaged = b"no database at all " * 500
    (two_files.program.state / "ledger.db").write_bytes(damaged)
    rebuild(two_files.program, two_files.now)
    (aside,) = two_files.program.state.glob("ledger.db.damaged-*")
    assert aside.read_bytes() == damaged
    two_files.settle()


@pytest.mark.parametrize("kept", [0, 100, 0.5])
def test_a_ledger_that_was_cut_short_is_made_anew(two_files: Desk, kept: float) -> None:
    path = two_files.program.state / "ledger.db"
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    ids = two_files.ids("a.xlsx")
    rebuild(two_files.program, two_files.now)
    two_files.settle()
    assert two_files.ids("b.xlsx") == ids


def test_a_folder_in_its_place_is_moved_aside_with_all_that_is_in_it(two_files: Desk) -> None:
    lose(two_files)
    folder = two_files.program.state / "ledger.db"
    folder.mkdir()
    (folder / "note.txt").write_text("mine")
    rebuild(two_files.program, two_files.now)
    (aside,) = two_files.program.state.glob("ledger.db.damaged-*")
    assert (aside / "note.txt").read_text() == "mine"
    two_files.settle()


def test_a_journal_of_something_else_beside_it_does_no_harm(two_files: Desk) -> None:
    (two_files.program.state / "ledger.db-wal").write_bytes(b"junk" * 1000)
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.settle()
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 7


def test_a_ledger_that_another_program_has_open_is_not_taken_for_a_damaged_one(
    two_files: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_PATIENCE", 0)
    path = two_files.program.state / "ledger.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        with pytest.raises(LedgerError, match="locked") as refused:
            rebuild(two_files.program, two_files.now)
        assert "no other program has it open" in refused.value.do
        assert "--rebuild" not in str(doctor(two_files.program, two_files.now))
    assert list(two_files.program.state.glob("*damaged*")) == []
    two_files.settle()


def test_a_ledger_that_is_whole_is_left_alone(two_files: Desk) -> None:
    before = two_files.hashes(kept=True)
    with pytest.raises(UsageError, match="nothing to rebuild"):
        rebuild(two_files.program, two_files.now)
    assert two_files.hashes(kept=True) == before


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files as POSIX does")
def test_a_ledger_that_a_full_disk_keeps_from_opening_is_no_damaged_one(two_files: Desk) -> None:
    ledger = two_files.path(".sheetsync/ledger.db")
    before = ledger.read_bytes()
    limited = "ulimit -f 1; trap '' XFSZ; exec \"$@\""
    command = [sys.executable, "-m", "sheetsync", "-C", str(two_files.folder), "doctor", "--rebuild"]
    done = subprocess.run(["bash", "-c", limited, "", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "that there is room" in done.stderr
    assert ledger.read_bytes() == before


def test_copies_of_two_programs_are_not_mixed_up(two_files: Desk) -> None:
    lose(two_files)
    two_files.path("b.xlsx").unlink()
    two_files.provision()  # a new ledger, and b.xlsx made by it
    before = two_files.hashes()
    with pytest.raises(LedgerError, match="different ledgers"):
        rebuild(two_files.program, two_files.now)
    assert two_files.hashes() == before
