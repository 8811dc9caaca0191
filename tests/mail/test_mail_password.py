"""Where the mail server's password comes from, and that it shows nowhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from keyrings import Ring
from sheetsync.core.settings import SmtpTable
from sheetsync.errors import MailServerError
from sheetsync.mail.password import ENVIRONMENT, smtp_password

TABLE = SmtpTable("smtp.acme.example", user="maya")


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def printing(*lines: str) -> SmtpTable:
    program = f"print({chr(10).join(lines)!r})"
    return SmtpTable("smtp.acme.example", user="maya", password_command=(sys.executable, "-c", program))


def test_it_comes_from_the_keyring() -> None:
    keyring.set_password("sheetsync:smtp.acme.example", "maya", "from the keyring")
    assert smtp_password(TABLE) == "from the keyring"


def test_the_environment_wins_over_the_keyring_and_a_command_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring.set_password("sheetsync:smtp.acme.example", "maya", "from the keyring")
    monkeypatch.setenv(ENVIRONMENT, "from the environment")
    assert smtp_password(TABLE) == "from the environment"
    assert smtp_password(printing("from a command", "a second line")) == "from a command"


@pytest.mark.parametrize("without", [Ring, NoKeyring])
def test_where_there_is_none_the_message_says_how_to_store_it(without: type[KeyringBackend]) -> None:
    keyring.set_keyring(without())
    with pytest.raises(MailServerError) as caught:
        smtp_password(TABLE)
    assert "keyring set sheetsync:smtp.acme.example maya" in caught.value.do
    assert ENVIRONMENT in caught.value.do


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "import sys; print('hunter2'); sys.stderr.write('hunter2'); sys.exit(1)"),
        (sys.executable, "-c", ""),
        ("no-such-program",),
    ],
)
def test_a_command_that_fails_is_named_and_what_it_printed_is_not(command: tuple[str, ...]) -> None:
    with pytest.raises(MailServerError, match="password_command") as caught:
        smtp_password(SmtpTable("smtp.acme.example", user="maya", password_command=command))
    assert command[0] in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
