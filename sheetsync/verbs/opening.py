"""Opening a program's ledger for work: one pass at a time, on all machines that share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from sheetsync.core.places import GOOGLE
from sheetsync.errors import LedgerError, LockHeld, NotProvisioned
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Generations
from sheetsync.program import Program, Workbook


@contextmanager
def opened(program: Program) -> Iterator[Ledger]:
    """The program's ledger, locked against every other pass and closed in the end.

    Raises:
        LockHeld: Another pass is under way.
        LedgerError: The ledger cannot be opened.
    """
    with locked(program):
        ledger = Ledger.open(program.ledger_url)
        try:
            with ledger.alone():
                yield ledger
        finally:
            ledger.close()


@contextmanager
def provisioned(program: Program) -> Iterator[Ledger]:
    """The ledger as `opened` gives it, of a program that has a copy to read or had one in an earlier pass.

    Raises:
        NotProvisioned: No workbook is made yet.
    """
    with opened(program) as ledger:
        names = [name for it in program.workbooks for name in it.replicas]
        if not any(name.startswith(GOOGLE) or (program.folder / name).exists() for name in names):
            with ledger.transaction() as connection:
                known = any(_is_known(connection, it) for it in program.workbooks)
            if not known:
                what = f"{program.name} is not provisioned yet (no {', no '.join(names)})."
                raise NotProvisioned(what, "Make what is missing: sheetsync provision")
        yield ledger


def _is_known(connection: Connection, workbook: Workbook) -> bool:
    """Whether a workbook took part in a pass, or a copy of it was made."""
    generations = Generations(connection, workbook.name)
    return bool(generations.newest() or any(map(generations.meaning, workbook.replicas)))


def locked(program: Program) -> FileLock:
    """The program's lock, held; let go of by leaving its `with` block.

    Raises:
        LockHeld: Another pass has it.
        LedgerError: The folder it lies in cannot be written.
    """
    lock = FileLock(program.state / "lock", timeout=0)
    try:
        program.state.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise LockHeld(
            f"Another sheetsync is at work on {program.name} ({program.state / 'lock'} is held).",
            "Wait until it is done; a pass takes seconds. The lock goes with the process that holds it.",
        ) from None
    except OSError as error:
        raise LedgerError(
            f"{program.state}: cannot be written ({error.strerror or error}).",
            "Check that you may write to this folder: the ledger, the lock and the backups are in it.",
        ) from error
    return lock
