"""A ledger that is lost or damaged is made anew from the copies."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scenarios.desk import Desk
from sheetsync.errors import LedgerError, UsageError
from sheetsync.verbs.doctor import doctor, rebuild
from sheetsync.verbs.mails import list_mails


def lose(desk: Desk) -> None:
    for path in desk.program.state.glob("ledger.db*"):
        path.unlink()


def test_rows_keep_their_ids_and_values(two_files: Desk) -> None:
    ids, people = two_files.ids("a.xlsx"), two_files.people("a.xlsx")
    lose(two_files)
    report = rebuild(two_files.program, two_files.now)
    assert report.exit_code() == 0
    assert (two_files.ids("a.xlsx"), two_files.people("a.xlsx")) == (ids, people)
    assert (two_files.ids("b.xlsx"), two_files.people("b.xlsx")) == (ids, people)
    assert [it.ailments for it in doctor(two_files.program, two_files.now).examined if it.ailments] == []
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
    assert "Check that you may write there, and that there is room. Nothing is lost." in done.stderr
    assert ledger.read_bytes() == before


def test_copies_of_two_programs_are_not_mixed_up(two_files: Desk) -> None:
    lose(two_files)
    two_files.path("b.xlsx").unlink()
    two_files.provision()  # a new ledger, and b.xlsx made by it
    before = two_files.hashes()
    with pytest.raises(LedgerError, match="different ledgers"):
        rebuild(two_files.program, two_files.now)
    assert two_files.hashes() == before
