"""Connecting to Google: who it is, whether it works, and in plain words what to do where it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from google_emulator import ROBOT, Emulator
from sheetsync.errors import ReplicaError, UsageError
from sheetsync.replicas.google import login
from sheetsync.verbs.connect import connect_google, spreadsheet_id


def test_a_service_account_says_whom_to_share_with(key: Path) -> None:
    assert connect_google(key=key).account == ROBOT
    assert login.Login.load() == login.Login(login.Kind.KEY, ROBOT, (login.OWN,), str(key))


def test_what_is_remembered_holds_no_secret(key: Path, tmp_path: Path) -> None:
    connect_google(key=key)
    secret = json.loads(key.read_text())["private_key"]
    kept = "".join(path.read_text() for path in (tmp_path / "config").rglob("*.json"))
    assert secret.splitlines()[1] not in kept
    assert "PRIVATE KEY" not in kept


def test_a_spreadsheet_that_is_there_is_tried_and_needs_the_wider_right(google: Emulator, key: Path) -> None:
    spreadsheet = google.create("Ours", owner="maya@acme.example")
    google.human(spreadsheet).share(ROBOT)
    found = connect_google(key=key, sheet=f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit#gid=0")
    assert (found.sheet, found.replica) == ("Ours", f"google:{spreadsheet}")
    assert login.Login.load().scopes == (login.OWN, login.ALL, login.ABOUT)


def test_a_spreadsheet_in_the_bin_is_told(google: Emulator, key: Path) -> None:
    spreadsheet = google.create("Ours", owner="maya@acme.example")
    google.human(spreadsheet).share(ROBOT)
    google.human(spreadsheet).trash()
    with pytest.raises(ReplicaError, match="lies in the bin"):
        connect_google(key=key, sheet=spreadsheet)


def test_a_spreadsheet_that_is_not_shared_is_named_with_whom_to_share_it(google: Emulator, key: Path) -> None:
    spreadsheet = google.create("Theirs", owner="maya@acme.example")
    with pytest.raises(ReplicaError) as caught:
        connect_google(key=key, sheet=spreadsheet)
    assert spreadsheet in caught.value.what
    assert ROBOT in caught.value.do
    with pytest.raises(ReplicaError, match="not connected"):
        login.Login.load()


def test_a_spreadsheet_that_may_only_be_read_is_told(google: Emulator, key: Path) -> None:
    spreadsheet = google.create("Theirs", owner="maya@acme.example")
    google.human(spreadsheet).share(ROBOT, "reader")
    with pytest.raises(ReplicaError, match="as Editor"):
        connect_google(key=key, sheet=spreadsheet)


def test_a_key_that_others_can_read_is_refused(key: Path) -> None:
    key.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        connect_google(key=key)


def test_a_key_that_google_does_not_know_is_refused_without_a_word_of_it(google: Emulator, key: Path) -> None:
    google.service.tokens.keys.clear()
    with pytest.raises(ReplicaError, match="does not accept the login") as caught:
        connect_google(key=key)
    assert "PRIVATE" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"type": "authorized_user"}', '{"type": "service_account"}']
)
def test_a_file_that_is_no_key_is_named(key: Path, content: str) -> None:
    key.write_text(content)
    with pytest.raises(UsageError, match="is not the key of a service account"):
        connect_google(key=key)


def test_a_file_that_is_no_oauth_client_is_named(key: Path) -> None:
    with pytest.raises(UsageError, match="is not an OAuth client"):
        connect_google(client=key)


def test_without_a_network_it_says_so(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(login.ROOT, "http://127.0.0.1:9")
    with pytest.raises(ReplicaError, match="cannot be reached"):
        connect_google(key=key)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "https://docs.google.com/spreadsheets/d/1AbC_dEf-0123456789xyz/edit#gid=0",
            "1AbC_dEf-0123456789xyz",
        ),
        ("google:1AbC_dEf-0123456789xyz", "1AbC_dEf-0123456789xyz"),
        ("1AbC_dEf-0123456789xyz", "1AbC_dEf-0123456789xyz"),
    ],
)
def test_a_spreadsheet_is_named_by_its_address_or_its_id(text: str, found: str) -> None:
    assert spreadsheet_id(text) == found


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(UsageError, match="not the address of a Google spreadsheet"):
        spreadsheet_id("Stakeholders")
