"""The default transport: each mail becomes one .eml file in a folder, to open or to send from there."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from sheetsync.errors import MailServerError


class Folder:
    """The folder as a `Transport`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, message: EmailMessage, recipient: str, leaving: Callable[[], object]) -> str:  # noqa: ARG002
        return str(deliver(message, self.folder))


def deliver(message: EmailMessage, folder: Path) -> Path:
    """Write a mail as one file, readable by its owner alone; a mail that lies there already stays as it is.

    Returns:
        The file: "2026-11-21-acme-weekly-green-nothing-to-decide-1f3a5c7e.eml".

    Raises:
        MailServerError: The folder cannot be written to.
    """
    path = folder / file_name(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write(message.as_bytes(), path)
    except OSError as error:
        what = f"The mail cannot be written to {folder}: {error.strerror or error}."
        raise MailServerError(what, "Check that the folder exists, is yours and has room.") from error
    return path


def file_name(message: EmailMessage) -> str:
    """A name that is safe everywhere: the day, the subject in plain letters, and a part of the Message-ID."""
    when = parsedate_to_datetime(str(message["Date"])).date()
    plain = unicodedata.normalize("NFKD", str(message["Subject"])).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    unique = sha256(str(message["Message-ID"]).encode()).hexdigest()[:8]
    return "-".join(filter(None, (when.isoformat(), slug, unique))) + ".eml"


def _write(content: bytes, path: Path) -> None:
    """Write beside, then move into place: nobody ever sees half a mail."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".mail-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
