"""The mail server's password: from a command, the environment or the system's keyring, never from a file."""

from __future__ import annotations

import os
import subprocess

from sheetsync.core.settings import SmtpTable
from sheetsync.errors import MailServerError

ENVIRONMENT = "SHEETSYNC_SMTP_PASSWORD"
_SECONDS = 60


def smtp_password(table: SmtpTable) -> str:
    """The password of the user that `[smtp]` names: from its command, else the environment, else the keyring.

    Raises:
        MailServerError: There is none, or the command failed.
    """
    if table.password_command:
        return _printed_by(table.password_command)
    found = os.environ.get(ENVIRONMENT) or _in_keyring(table)
    if not found:
        raise MailServerError(
            f"There is no password for {table.user} at {table.host}.",
            f"Store it once with: keyring set {_service(table)} {table.user}. "
            f"Or set {ENVIRONMENT}, or name a password_command under [smtp].",
        )
    return found


def _service(table: SmtpTable) -> str:
    return f"sheetsync:{table.host}"


def _in_keyring(table: SmtpTable) -> str:
    import keyring  # loaded only where a password is needed
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_service(table), table.user) or ""
    except KeyringError:
        return ""


def _printed_by(command: tuple[str, ...]) -> str:
    """The first line that a command prints; what else it says is not repeated, it may hold secrets."""
    try:
        done = subprocess.run(  # noqa: S603 - the program's own file names it
            command, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=True
        )
        password = done.stdout.partition("\n")[0].rstrip("\r")
    except (OSError, ValueError, subprocess.SubprocessError):
        password = ""
    if not password:
        what = f'The password_command "{command[0]}" failed or printed no password.'
        raise MailServerError(what, "Try it in a terminal; the mails wait for the next pass.")
    return password
