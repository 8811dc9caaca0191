"""The ledger: the database that remembers every agreed generation, and all that was promised to people."""

from sheetsync.ledger.ledger import Ledger

__all__ = ["Ledger"]
