"""The outbox: one decision a mail, at most one unattended send.

planned (decided in the same transaction as the generation) -> sending (durable before the mail leaves)
-> sent, or retry (refused for now), or failed (refused for good, or too often), or unknown (nobody can tell:
never sent again unattended), or withdrawn (its reader must not get it any more).
baseline: about the past when the ledger was made; never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from sheetsync.ledger.schema import outbox

PLANNED, SENDING, SENT, RETRY, FAILED, UNKNOWN, WITHDRAWN, BASELINE = (
    "planned",
    "sending",
    "sent",
    "retry",
    "failed",
    "unknown",
    "withdrawn",
    "baseline",
)

#: Remark of a mail that went to the operator because the program is not live yet.
REHEARSAL = "rehearsal"

_KEYS = select(outbox.c.key).distinct()
_LETTERS = select(outbox).order_by(outbox.c.id)
_IN_STATES = _LETTERS.where(outbox.c.state.in_(bindparam("states", expanding=True)))


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one recipient.

    Attributes:
        key: Workbook, record, event and occurrence; with the address, unique for ever.
        message: The whole mail as text (RFC 5322); "" once it was sent.
        number: What people call it by; 0 until it is planned.
        tries: How often it was refused.
        changed: When it came into its state.
    """

    key: str
    address: str
    kind: str
    subject: str
    message_id: str
    message: str
    state: str = PLANNED
    remark: str = ""
    planned: datetime | None = None
    number: int = 0
    tries: int = 0
    changed: datetime | None = None

    def to_json(self) -> dict[str, object]:
        """What scripts see of it; docs/json.md describes it."""
        return {
            "number": self.number,
            "subject": self.subject,
            "kind": self.kind,
            "address": self.address,
            "state": self.state,
            "planned": self.planned.isoformat() if self.planned else "",
            "remark": self.remark,
        }


class Outbox:
    """The mails of a program, over an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def keys(self) -> frozenset[str]:
        """Announcements that were decided on, whatever became of them."""
        return frozenset(self.connection.execute(_KEYS).scalars())

    def plan(self, letters: Iterable[Letter], run: int, now: datetime) -> None:
        """Decide on mails; call it in the transaction that makes the generation agreed."""
        rows = [
            {
                "key": letter.key,
                "address": letter.address,
                "state": letter.state,
                "run": run,
                "kind": letter.kind,
                "subject": letter.subject,
                "message_id": letter.message_id,
                "message": letter.message,
                "tries": 0,
                "planned": now,
                "changed": now,
                "remark": letter.remark,
            }
            for letter in letters
        ]
        if rows:
            self.connection.execute(insert(outbox), rows)

    def letters(self, *states: str) -> tuple[Letter, ...]:
        """The mails in one of these states (all, where none is named), oldest first."""
        query, values = (_IN_STATES, {"states": states}) if states else (_LETTERS, {})
        return tuple(
            Letter(
                row.key,
                row.address,
                row.kind,
                row.subject,
                row.message_id,
                row.message,
                row.state,
                row.remark,
                row.planned,
                row.id,
                row.tries,
                row.changed,
            )
            for row in self.connection.execute(query, values)
        )

    def sent_by(self, run: int) -> int:
        """How many mails that a run decided on have left."""
        query = select(func.count()).where(outbox.c.run == run, outbox.c.state.in_((SENT, SENDING, UNKNOWN)))
        return int(self.connection.execute(query).scalar() or 0)

    def mark(self, letter: Letter, state: str, now: datetime, remark: str = "") -> None:
        """Move a mail to another state; the text of a mail that leaves no more is not kept."""
        values: dict[str, object] = {"state": state, "changed": now, "remark": remark}
        if state in (SENT, WITHDRAWN):
            values["message"] = ""
        if state == RETRY:
            values["tries"] = outbox.c.tries + 1
        if state == PLANNED:
            values["tries"] = 0
        self.connection.execute(
            update(outbox)
            .where(outbox.c.key == letter.key, outbox.c.address == letter.address)
            .values(values)
        )
