"""The outbox in a person's hands: its mails, settling those that are stuck, and one of them as a page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path

from sheetsync.core.records import fold
from sheetsync.errors import UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.outbox import BASELINE, FAILED, PLANNED, RETRY, SENDING, SENT, UNKNOWN, Letter, Outbox
from sheetsync.mail.render import preview_html
from sheetsync.program import Program
from sheetsync.verbs.opening import opened

#: States that a person may settle: the mail did not arrive for sure.
_OPEN = (SENDING, UNKNOWN, FAILED, RETRY)


def list_mails(program: Program) -> tuple[Letter, ...]:
    """Every mail that was decided on, oldest first; not those about the past of a first pass."""
    ledger = Ledger.open(program.ledger_url)
    try:
        with ledger.transaction() as connection:
            return tuple(it for it in Outbox(connection).letters() if it.state != BASELINE)
    finally:
        ledger.close()


def resend(program: Program, numbers: Collection[int], now: datetime) -> tuple[Letter, ...]:
    """Let mails leave (again) with the next pass, under the Message-ID they had.

    Raises:
        UsageError: A number is no mail's that could be sent again; nothing was changed.
        LockHeld: A pass is under way.
    """
    return _settle(program, numbers, PLANNED, now)


def mark_sent(program: Program, numbers: Collection[int], now: datetime) -> tuple[Letter, ...]:
    """Note that mails arrived, so that they never leave again; raises as `resend` does."""
    return _settle(program, numbers, SENT, now)


def _settle(program: Program, numbers: Collection[int], state: str, now: datetime) -> tuple[Letter, ...]:
    with opened(program) as ledger, ledger.transaction() as connection:
        outbox = Outbox(connection)
        letters = {it.number: it for it in outbox.letters(*_OPEN)}
        if unknown := sorted(set(numbers) - letters.keys()):
            raise _not_open(unknown, letters)
        chosen = tuple(letters[number] for number in sorted(set(numbers)))
        for letter in chosen:
            outbox.mark(letter, state, now, "settled by a person")
        return chosen


def _not_open(numbers: Collection[int], letters: Collection[int]) -> UsageError:
    listed = ", ".join(map(str, numbers))
    there = f"There are: {', '.join(map(str, letters))}." if letters else "There is none at present."
    return UsageError(f"No mail that could be settled has the number {listed}.", there)


def preview(program: Program, wanted: str = "") -> Path:
    """Write a mail's HTML part as a page.

    Args:
        program: The program.
        wanted: A file, or a part of a mail's file name or subject; the newest digest (else the newest
            mail) where it is empty.

    Returns:
        The page.

    Raises:
        UsageError: No mail is meant by `wanted`.
    """
    path, message = _find(program, wanted)
    page = program.state / "preview" / f"{path.stem}.html"
    page.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    page.touch(mode=0o600)
    page.write_text(preview_html(message), encoding="utf-8")
    return page.resolve()


def _find(program: Program, wanted: str) -> tuple[Path, EmailMessage]:
    if wanted and Path(wanted).is_file():
        return Path(wanted), _read(Path(wanted))
    mails = sorted(program.outbox.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not mails:
        raise UsageError(f"There is no mail in {program.outbox} yet.", "Mails come with sheetsync run.")
    found = [(path, _read(path)) for path in reversed(mails)]
    words = fold(wanted) if wanted else "weekly"
    meant = [it for it in found if words in fold(it[0].name) or words in fold(str(it[1]["Subject"]))]
    if not meant and wanted:
        raise UsageError(f'No mail in {program.outbox} has "{wanted}" in its name or subject.')
    return (meant or found)[0]


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=default_policy)
    assert isinstance(message, EmailMessage)
    return message
