"""Whether a spreadsheet lies in the bin. Sheets goes on reading and writing it there; only Drive tells."""

from __future__ import annotations

import time
from pathlib import Path

from sheetsync.replicas.google.access import check_bin
from sheetsync.replicas.google.api import Google

#: The bin keeps a spreadsheet for 30 days, so Drive is asked a few times a day, not at each reading.
EVERY = 6 * 3600


class Bin:
    """Asks Drive about one spreadsheet, now and then.

    Args:
        mark: A file that is as old as the last time when all was well.
    """

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def look(self, google: Google, spreadsheet: str, where: str) -> None:
        """Ask, where the last time is long ago.

        Raises:
            ReplicaMissing: The spreadsheet lies in the bin; asked again each time until it does not.
        """
        if self._is_fresh():
            return
        check_bin(google, spreadsheet, where)
        self.mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.mark.touch(mode=0o600)

    def _is_fresh(self) -> bool:
        try:
            return 0 <= time.time() - self.mark.stat().st_mtime < EVERY
        except FileNotFoundError:
            return False
