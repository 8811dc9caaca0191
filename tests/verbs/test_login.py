"""A person logs in with the browser; what proves it is kept where nobody else can read it, told to nobody."""

from __future__ import annotations

import json
import logging
import os
import threading
import webbrowser
from pathlib import Path

import keyring
import pytest
import requests
from keyring.backends.fail import Keyring as NoKeyring

from google_emulator import Emulator
from keyrings import Ring
from scenarios.desk import Desk
from sheetsync.errors import ReplicaError
from sheetsync.replicas.google import access, login
from sheetsync.verbs.connect import Connected, connect_google
from sheetsync.verbs.google import add_google

PERSON = "person@example.com"


class Browser:
    """Goes where it is sent, consents to everything, and follows the way back."""

    def open(self, url: str, *_: object, **__: object) -> bool:
        threading.Thread(target=requests.get, args=(url,), daemon=True).start()
        return True


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch):
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    monkeypatch.setattr(webbrowser, "get", lambda *_: Browser())
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # Google on loopback has no certificate
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def client(google: Emulator, tmp_path: Path) -> Path:
    """An OAuth client's file."""
    path = tmp_path / "client.json"
    path.write_text(json.dumps(google.client_config()))
    return path


def refresh_token(google: Emulator) -> str:
    (token,) = google.service.tokens.refresh
    return token


def test_who_logged_in_is_connected_with_the_least_right(google: Emulator, client: Path) -> None:
    assert connect_google(client=client) == Connected(PERSON)
    assert login.Login.load() == login.Login(login.Kind.PERSON, PERSON, (login.OWN,))
    (caller,) = google.service.tokens.refresh.values()
    assert caller.scopes == {login.OWN}


def test_the_token_lies_in_the_keyring_alone(
    google: Emulator, client: Path, ring: Ring, tmp_path: Path
) -> None:
    connect_google(client=client)
    (kept,) = ring.kept.values()
    assert refresh_token(google) in kept
    client.unlink()
    assert refresh_token(google) not in everything(tmp_path)


def test_another_process_goes_on_with_what_was_kept(client: Path) -> None:
    connect_google(client=client)
    client.unlink()
    login.disconnect()
    calls, account = login.connected()
    assert access.account_of(calls) == account == PERSON


@pytest.mark.skipif(os.name != "posix", reason="rights are no part of a file's mode elsewhere")
def test_without_a_keyring_it_lies_in_a_file_of_ones_own(client: Path) -> None:
    keyring.set_keyring(NoKeyring())
    found = connect_google(client=client)
    assert found.token_file == str(login.token_file())
    assert login.token_file().stat().st_mode & 0o777 == 0o600
    login.disconnect()
    assert access.account_of(login.connected()[0]) == PERSON


def test_a_login_that_was_withdrawn_is_told(google: Emulator, client: Path) -> None:
    connect_google(client=client)
    google.service.tokens.refresh.clear()
    google.service.tokens.access.clear()
    login.disconnect()
    with pytest.raises(ReplicaError, match="expired or was withdrawn") as caught:
        access.account_of(login.connected()[0])
    assert "sheetsync connect google" in caught.value.do


def test_a_login_that_is_gone_from_the_keyring_is_told(client: Path, ring: Ring) -> None:
    connect_google(client=client)
    ring.kept.clear()
    login.disconnect()
    with pytest.raises(ReplicaError, match=f"the login of {PERSON} is gone"):
        login.connected()


def test_no_secret_gets_into_a_log_a_message_or_the_programs_folder(
    google: Emulator, client: Path, two_files: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    connect_google(client=client)
    client.unlink()
    with caplog.at_level(logging.DEBUG):
        add_google(two_files.program, "team")
        two_files.provision()
        two_files.settle()
        google.service.tokens.access.clear()
        google.service.tokens.refresh.clear()
        (trouble,) = two_files.run().troubles
    told = f"{trouble}{caplog.text}{everything(tmp_path)}"
    for secret in ("ya29.", "1//", '"client_secret"'):
        assert secret not in told


def everything(folder: Path) -> str:
    """All that stands in the files of a folder."""
    return "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())
