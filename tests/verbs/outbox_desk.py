"""What the tests of sending share: a program with an outbox, and what its ledger knows of each mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from core.builders import program as a_view
from scenarios.desk import TEAM
from sheetsync.core.records import View
from sheetsync.ledger import Ledger
from sheetsync.ledger.outbox import Letter, Outbox
from sheetsync.program import Program
from sheetsync.verbs.sending import Delivery, deliver_planned

NOW = datetime(2026, 3, 2, 9, 0)
OPERATOR = "maya@acme.example"
MEMBERS = ("ana@acme.example", "bo@acme.example")
_FILE = """
[program]
name = "Acme"
operator = "maya@acme.example"
live = true

[[workbook]]
name = "team"
template = "team"
replicas = ["team.xlsx"]
"""
_SMTP = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


class OutboxDesk:
    """A program whose mails leave through a server on this machine, or into a folder without a port."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.now = folder, NOW
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "templates" / "team.toml").write_text(TEAM)
        smtp = _SMTP.format(port=port) if port else ""
        (folder / "sheetsync.toml").write_text(_FILE + smtp)
        self.program = Program.load(folder)

    def plan(self, *addresses: str, key: str = "digest/1") -> None:
        letters = [_letter(key, address) for address in addresses]
        ledger = Ledger.open(self.program.ledger_url)
        with ledger.transaction() as connection:
            Outbox(connection).plan(letters, 1, self.now)
        ledger.close()

    def view(self, *members: dict[str, str], **mail: object) -> View:
        rows = members or tuple({"name": it.split("@")[0], "email": it} for it in MEMBERS)
        return a_view(group={"members": rows}, mail=replace(self.program.mail, **mail))

    def deliver(self, view: View | None = None, *, minutes: int = 1) -> Delivery:
        """What a pass does at its end, so many minutes after the one before."""
        self.now += timedelta(minutes=minutes)
        ledger = Ledger.open(self.program.ledger_url)
        try:
            return deliver_planned(ledger, self.program, view or self.view(), self.now)
        finally:
            ledger.close()

    def letters(self) -> tuple[Letter, ...]:
        ledger = Ledger.open(self.program.ledger_url)
        try:
            with ledger.transaction() as connection:
                return Outbox(connection).letters()
        finally:
            ledger.close()

    def states(self) -> list[str]:
        return [it.state for it in self.letters()]


def _letter(key: str, address: str) -> Letter:
    message_id = f"<{key.replace('/', '-')}-{address}>"
    lines: Iterable[str] = (
        "From: Acme <maya@acme.example>",
        f"To: {address}",
        "Subject: Weekly",
        "Date: Mon, 02 Mar 2026 09:00:00 +0000",
        f"Message-ID: {message_id}",
        "",
        "Good news",
        "",
    )
    return Letter(key, address, "digest", "Weekly", message_id, "\n".join(lines))
