"""Taking a person out of the ledger: every version of their records, and their name wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email import message_from_string
from email.policy import default as mail_policy
from typing import Any

from sqlalchemy import JSON, Column, Connection, select, update

from sheetsync.ledger.generations import Generations
from sheetsync.ledger.ledger import Ledger
from sheetsync.ledger.outbox import BASELINE, SENT, WITHDRAWN
from sheetsync.ledger.schema import metadata, outbox

#: Whether a text names the person; a text without them.
Names = Callable[[str], bool]
Without = Callable[[str], str]


def forget_records(connection: Connection, workbook: str, rows: Iterable[tuple[str, str]]) -> None:
    """Let go of what records (tab, row id) held in every version."""
    for tab, row_id in rows:
        Generations(connection, workbook).blank(tab, row_id)


def forget_mails(connection: Connection, names: Names) -> int:
    """Empty the mails that name a person; what has not left for sure never will, by nobody's hand.

    Returns:
        How many there were.
    """
    count = 0
    for mail in connection.execute(select(outbox)).all():
        texts = (mail.address, mail.subject, mail.remark, *mail_texts(mail.message))
        if any(map(names, texts)):
            state = mail.state if mail.state in (SENT, BASELINE) else WITHDRAWN
            values = {"message": "", "state": state}
            if names(mail.address):
                values["address"] = f"(removed {mail.id})"
            connection.execute(update(outbox).where(outbox.c.id == mail.id).values(values))
            count += 1
    return count


def mail_texts(source: str) -> tuple[str, ...]:
    """Everything that can be read in a mail: its headers and its parts, decoded."""
    message = message_from_string(source, policy=mail_policy)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return (source, *map(str, message.values()), *parts)


def forget_words(connection: Connection, names: Names, without: Without) -> int:
    """Take a person's words out of every other cell of every table.

    Returns:
        How many rows had them.
    """

    def clean(value: object) -> object:
        if isinstance(value, str):
            return without(value) if names(value) else value
        if isinstance(value, list):
            return [clean(it) for it in value]
        if isinstance(value, dict):
            return {key: clean(it) for key, it in value.items()}
        return value

    count = 0
    for table in metadata.sorted_tables:
        texts = [column for column in table.c if _holds_what_people_wrote(column)]
        keys = [column for column in table.c if column.primary_key]
        for row in connection.execute(select(table)).mappings().all() if texts else ():
            changed = {it.name: new for it in texts if (new := clean(row[it.name])) != row[it.name]}
            if changed:
                connection.execute(
                    update(table).where(*(key == row[key.name] for key in keys)).values(changed)
                )
                count += 1
    return count


def _holds_what_people_wrote(column: Column[Any]) -> bool:
    """Not: keys, and names of places, which are those of files."""
    return column.name in ("subject", "remark") or (
        isinstance(column.type, JSON) and column.name != "sources"
    )


def compact(ledger: Ledger) -> None:
    """Leave nothing of what was erased in the database's file, nor in the journal beside it."""
    if ledger.engine.dialect.name != "sqlite":
        return
    raw = ledger.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        raw.close()
