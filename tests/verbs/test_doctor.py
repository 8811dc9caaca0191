"""What ails a program is told, each with the command or the click that mends it."""

from __future__ import annotations

import os
import sqlite3
from datetime import timedelta

import pytest

from scenarios.desk import Desk
from sheetsync.verbs.doctor import doctor
from sheetsync.verbs.opening import locked
from sheetsync.verbs.probes.copies import is_double
from sheetsync.verbs.probes.registry import Ailment
from sheetsync.verbs.schedule import install

pytestmark = pytest.mark.usefixtures("home")
posix = pytest.mark.skipif(os.name != "posix", reason="rights are no part of a file's mode elsewhere")


def ailments(desk: Desk, part: str) -> tuple[Ailment, ...]:
    (found,) = (it for it in doctor(desk.program, desk.now).examined if it.part == part)
    return found.ailments


def test_nothing_ails_a_program_at_work_and_nothing_is_changed(two_files: Desk) -> None:
    install(two_files.program, "github")
    before = two_files.hashes(kept=True)
    diagnosis = doctor(two_files.program, two_files.now)
    assert [it for it in diagnosis.examined if it.ailments] == []
    assert diagnosis.exit_code() == 0
    assert two_files.hashes(kept=True) == before


def test_a_copy_that_is_missing_and_one_that_is_damaged_are_both_told(two_files: Desk) -> None:
    two_files.path("a.xlsx").unlink()
    two_files.path("b.xlsx").write_bytes(b"PK, and then nothing")
    missing, damaged = ailments(two_files, "Copies")
    assert "a.xlsx: there is no such file" in missing.what
    assert "sheetsync provision" in missing.do
    assert "b.xlsx: is damaged" in damaged.what
    assert doctor(two_files.program, two_files.now).exit_code() == 1


def test_a_copy_that_is_open_somewhere_heals_by_itself(two_files: Desk) -> None:
    two_files.path("~$a.xlsx").touch()
    assert [it.passing for it in ailments(two_files, "Copies")] == [True]
    assert doctor(two_files.program, two_files.now).exit_code() == 0


@posix
def test_a_copy_that_cannot_be_written_is_told(two_files: Desk) -> None:
    two_files.path("a.xlsx").chmod(0o444)
    (told,) = ailments(two_files, "Rights to write")
    assert "a.xlsx: is read-only" in told.what


@pytest.mark.parametrize(
    ("name", "double"),
    [
        ("Map (conflicted copy 2026-03-04)", True),
        ("Map_conflict-20260304-090000", True),
        ("Map-DESKTOP-4F7", True),
        ("Map (1)", True),
        ("Map", False),
        ("Map of the office", False),
        ("Mapping", False),
        ("Other (1)", False),
    ],
)
def test_a_second_version_is_known_by_its_name(name: str, double: bool) -> None:
    assert is_double(name, "Map") is double


def test_a_second_version_that_a_cloud_client_left_is_told(two_files: Desk) -> None:
    two_files.path("a (conflicted copy).xlsx").write_bytes(two_files.path("a.xlsx").read_bytes())
    (told,) = ailments(two_files, "Doubles")
    assert "a (conflicted copy).xlsx: looks like a second version of a.xlsx" in told.what


@posix
def test_files_that_others_may_read_are_told_with_the_command_that_closes_them(two_files: Desk) -> None:
    (two_files.program.state / "ledger.db").chmod(0o644)
    (told,) = ailments(two_files, "Privacy")
    assert "1 file can be read by others (ledger.db)" in told.what
    assert told.do == f"chmod -R go-rwx {two_files.program.state}"


@posix
def test_a_password_that_others_may_read_is_told_and_not_shown(two_files: Desk) -> None:
    path = two_files.folder / "sheetsync.toml"
    path.write_text(path.read_text() + '[ledger]\nurl = "postgresql://ana:secret@127.0.0.1:1/acme"\n')
    path.chmod(0o646)
    changed, read = ailments(two_files, "Program file")
    assert "anybody may change it" in changed.what
    assert "password" in read.what
    assert "secret" not in str(doctor(two_files.program, two_files.now))


def test_a_pass_under_way_is_no_ailment_that_somebody_must_mend(two_files: Desk) -> None:
    with locked(two_files.program):
        assert [it.passing for it in ailments(two_files, "Lock")] == [True]


def test_a_ledger_that_is_lost_is_told(two_files: Desk) -> None:
    (two_files.program.state / "ledger.db").unlink()
    (told,) = ailments(two_files, "Ledger")
    assert "the ledger is missing" in told.what
    assert "sheetsync doctor --rebuild" in told.do
    assert not (two_files.program.state / "ledger.db").exists(), "looking makes none"


def test_a_ledger_that_is_damaged_is_told(two_files: Desk) -> None:
    (two_files.program.state / "ledger.db").write_bytes(b"no database at all " * 500)
    (told,) = ailments(two_files, "Ledger")
    assert "cannot be opened" in told.what
    assert "sheetsync doctor --rebuild" in told.do


def test_a_ledger_whose_pages_were_overwritten_is_told(two_files: Desk) -> None:
    path = two_files.program.state / "ledger.db"
    with sqlite3.connect(path) as raw:
        (root,) = raw.execute("select rootpage from sqlite_master where name = 'row_version'").fetchone()
        (size,) = raw.execute("pragma page_size").fetchone()
    raw.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(data)
    (told,) = ailments(two_files, "Ledger")
    assert "damaged" in told.what
    assert "sheetsync doctor --rebuild" in told.do


def test_a_copy_of_another_program_is_told(two_files: Desk) -> None:
    (two_files.program.state / "ledger.db").unlink()
    two_files.provision()
    (told,) = ailments(two_files, "Ledger")
    assert "The ledger is empty" in told.what


def test_a_clock_that_went_back_is_told(two_files: Desk) -> None:
    two_files.now -= timedelta(days=400)
    (told,) = ailments(two_files, "Clock")
    assert "The last run was at 2026-03-04" in told.what
    assert "the clock says 2025-01-28" in told.what


def test_a_damaged_backup_is_told(two_files: Desk) -> None:
    backup = next((two_files.program.state / "backups").rglob("0*.xlsx"))
    backup.write_bytes(b"half a file")
    (told,) = ailments(two_files, "Backups")
    assert f"{backup}: this backup is damaged" in told.what
