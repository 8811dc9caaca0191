"""Looking back: which passes there were, and what came of each."""

from __future__ import annotations

from sheetsync.ledger import Ledger
from sheetsync.ledger.journal import Journal, Run
from sheetsync.program import Program

__all__ = ["Run", "list_runs"]


def list_runs(program: Program, most: int) -> tuple[Run, ...]:
    """The newest passes that wrote, the newest first."""
    ledger = Ledger.open(program.ledger_url)
    try:
        with ledger.transaction() as connection:
            return Journal(connection).runs(most)
    finally:
        ledger.close()
