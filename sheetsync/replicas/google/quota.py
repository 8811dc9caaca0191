"""Keeps all processes of a machine within Google's quotas, so that nobody is turned away."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from pyrate_limiter import Duration, Rate, RateItem, SQLiteBucket

#: Requests a minute for one user; reads and writes are counted apart, a batch counts once.
PER_MINUTE = 60


class Quota:
    """Waits where a request would be one too many.

    Args:
        folder: Of the file in which processes see one another's requests.
        account: Whose quota it is.
        now: Seconds since 1970.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        folder: Path,
        account: str,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._folder = folder
        self._name = hashlib.sha256(account.encode()).hexdigest()[:16]
        self._buckets: dict[str, SQLiteBucket] = {}

    def take(self, kind: str) -> None:
        """Wait until one more request fits.

        Args:
            kind: "reads" or "writes".
        """
        bucket = self._buckets.get(kind) or self._open(kind)
        bucket.leak(self._milliseconds())
        while not bucket.put(item := RateItem(kind, self._milliseconds())):
            self._sleep(max(bucket.waiting(item), 1) / 1000)  # type: ignore[type-var,operator]

    def close(self) -> None:
        """Let go of the file."""
        for bucket in self._buckets.values():
            bucket.close()  # type: ignore[no-untyped-call]

    def _open(self, kind: str) -> SQLiteBucket:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"google-{kind}.sqlite"
        rates = [Rate(PER_MINUTE, Duration.MINUTE)]
        bucket = SQLiteBucket.init_from_file(rates, f"of_{self._name}", str(path), use_file_lock=True)
        self._buckets[kind] = bucket
        return bucket

    def _milliseconds(self) -> int:
        return int(self._now() * 1000)
