"""What ails a program's connection to Google is told, each with the click or the command that mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from google_emulator import ROBOT, Emulator
from google_emulator.human import Human
from google_world import spreadsheets
from scenarios.desk import Desk
from sheetsync.replicas.google import login
from sheetsync.verbs.doctor import doctor
from sheetsync.verbs.probes.registry import Ailment


def ailments(desk: Desk) -> tuple[Ailment, ...]:
    (found,) = (it for it in doctor(desk.program, desk.now).examined if it.part == "Google")
    return found.ailments


def test_nothing_ails_a_program_at_work_and_nothing_is_changed(desk: Desk, sheet: Human) -> None:
    before = sheet.file.version
    assert doctor(desk.program, desk.now).exit_code() == 0
    assert sheet.file.version == before


def test_a_program_without_google_needs_no_connection(two_files: Desk) -> None:
    assert ailments(two_files) == ()


def test_nobody_connected_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config" / "google.json").unlink()
    (told,) = ailments(desk)
    assert "sheetsync connect google" in told.do


@pytest.mark.skipif(os.name != "posix", reason="rights are no part of a file's mode elsewhere")
def test_a_key_and_a_login_that_others_can_read_are_told(desk: Desk, key: Path) -> None:
    key.chmod(0o644)
    login.token_file().write_text("{}")
    login.token_file().chmod(0o640)
    login.disconnect()
    assert [it.do for it in ailments(desk)] == [f"chmod 600 {login.token_file()}", f"Run: chmod 600 {key}"]


@pytest.mark.parametrize("api", ["sheets", "drive"])
def test_an_api_that_is_switched_off_is_told_with_the_page_to_switch_it_on(
    desk: Desk, google: Emulator, api: str
) -> None:
    google.service.disabled.add(api)
    (told,) = ailments(desk)
    assert "switched off" in told.what
    assert f"{api}.googleapis.com/overview" in told.do


def test_a_spreadsheet_that_may_only_be_read_is_told(desk: Desk, sheet: Human) -> None:
    sheet.file.owner = "maya@acme.example"
    sheet.share(ROBOT, "reader")
    (told,) = ailments(desk)
    assert spreadsheets(desk)[0] in told.what
    assert f"make {ROBOT} an Editor" in told.do


def test_a_spreadsheet_in_the_bin_is_told_at_once(desk: Desk, sheet: Human) -> None:
    sheet.trash()
    (told,) = ailments(desk)
    assert f"{spreadsheets(desk)[0]}: lies in the bin" in told.what
    assert "Restore" in told.do


def test_without_a_network_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(login.ROOT, "http://127.0.0.1:9")
    (told,) = ailments(desk)
    assert "cannot be reached" in told.what
