"""The ledger: there, whole, that of these copies, not in use for ever; and a clock that goes forward."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from sheetsync.core.wording import one_line
from sheetsync.errors import LedgerError, LockHeld, ReplicaError
from sheetsync.ledger import Ledger
from sheetsync.ledger.health import damage, file_of, is_blank
from sheetsync.ledger.journal import Journal
from sheetsync.ledger.ledger import REBUILD
from sheetsync.program import Program
from sheetsync.verbs.gather import open_replica
from sheetsync.verbs.opening import locked
from sheetsync.verbs.probes.registry import Ailment, probe


@probe("Lock")
def lock(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """No other pass is under way."""
    try:
        with locked(program):
            pass
    except (LockHeld, LedgerError) as error:
        yield Ailment(error.what, error.do, passing=isinstance(error, LockHeld))


@probe("Ledger")
def ledger(program: Program, now: datetime) -> Iterator[Ailment]:  # noqa: ARG001
    """The ledger is whole, and it is that of these copies."""
    file, theirs = file_of(program.ledger_url), margins(program)
    if file and not file.exists():
        if any(theirs.values()):
            yield Ailment(f"{file}: the ledger is missing, and the copies were synced before.", REBUILD)
        return
    try:
        found = Ledger.open(program.ledger_url)
    except LedgerError as error:
        yield Ailment(error.what, error.do)
        return
    try:
        yield from _ailments(found, theirs)
    finally:
        found.close()


def _ailments(found: Ledger, theirs: dict[tuple[str, str], int]) -> Iterator[Ailment]:
    broken = damage(found)
    if broken:
        yield Ailment(f"The ledger is damaged: {one_line(broken, 200)}.", REBUILD)
    foreign = [name for name, ledger_id in theirs if ledger_id != found.id]
    if foreign and is_blank(found):
        yield Ailment("The ledger is empty, and the copies were synced before.", REBUILD)
    elif foreign:
        yield Ailment(
            f"{', '.join(foreign)}: belongs to another ledger than this program's.",
            "Check the path in sheetsync.toml. If it is the right file, take it over: "
            "sheetsync run --lift ledger",
        )


def margins(program: Program) -> dict[tuple[str, str], int]:
    """What the copies that can be read say: (name, id of the ledger) -> the newest stamp."""
    found = {}
    for workbook in program.workbooks:
        for name in workbook.replicas:
            try:
                snapshot = open_replica(program, name).read(workbook.template)
            except ReplicaError:
                continue  # told by the probe of the copies
            found[name, snapshot.ledger] = max(tab.stamp for tab in snapshot.tabs.values())
    return found


@probe("Clock")
def clock(program: Program, now: datetime) -> Iterator[Ailment]:
    """The clock goes forward."""
    file = file_of(program.ledger_url)
    if file and not file.exists():
        return
    with closing(Ledger.open(program.ledger_url)) as opened, opened.transaction() as connection:
        last = Journal(connection).last()
    if last and last.started > now + timedelta(minutes=5):
        yield Ailment(
            f"The last run was at {last.started:%Y-%m-%d %H:%M}, and the clock says {now:%Y-%m-%d %H:%M}.",
            "Set the clock of this machine right; due dates and mails depend on it.",
        )
