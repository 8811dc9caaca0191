"""The last pass of each verb that changed nothing: what it depended on, and what it reported."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from sheetsync.ledger.schema import quiet_pass

_FORGET = delete(quiet_pass)


def recall(connection: Connection, verb: str, depends_on: str) -> Mapping[str, object] | None:
    """What the verb's last pass reported, where that depended on just this and nothing was changed since."""
    query = select(quiet_pass.c.report).where(
        quiet_pass.c.verb == verb, quiet_pass.c.depends_on == depends_on
    )
    found: Mapping[str, object] | None = connection.execute(query).scalar()
    return found


def remember(connection: Connection, verb: str, depends_on: str, report: Mapping[str, object]) -> None:
    """Keep what a pass reported until anything in the ledger changes."""
    connection.execute(delete(quiet_pass).where(quiet_pass.c.verb == verb))
    connection.execute(insert(quiet_pass), {"verb": verb, "depends_on": depends_on, "report": report})


def forget(connection: Connection) -> None:
    """Let go of all of them."""
    connection.execute(_FORGET)
