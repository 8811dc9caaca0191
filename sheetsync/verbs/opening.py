"""Opening a program's ledger for work: one pass at a time, on all machines that share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from sheetsync.errors import LedgerError, LockHeld
from sheetsync.ledger import Ledger
from sheetsync.program import Program


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
