"""Requests a minute: for a project and for a user, reads and writes counted apart."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

from .errors import ERROR_INFO, ApiError
from .world import Caller

MINUTE = 60.0


class Quota:
    """A sliding minute; `per_user` or `per_project` None means no limit."""

    def __init__(
        self, clock: Callable[[], float], per_user: int | None = None, per_project: int | None = None
    ) -> None:
        self.clock, self.per_user, self.per_project = clock, per_user, per_project
        self.seen: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def spend(self, caller: Caller, *, write: bool) -> None:
        """Count one request, or refuse it."""
        word = "Write" if write else "Read"
        user, project = (f"{word} user", caller.email), (f"{word} project", caller.project)
        limits = ((user, self.per_user, "PerUser"), (project, self.per_project, ""))
        for key, limit, kind in limits:
            if limit is not None and self.recent(key) >= limit:
                raise exceeded(word, limit, kind, caller)
        for key in (user, project):
            self.seen[key].append(self.clock())

    def recent(self, key: tuple[str, str]) -> int:
        times = self.seen[key]
        while times and times[0] <= self.clock() - MINUTE:
            times.popleft()
        return len(times)


def exceeded(word: str, limit: int, kind: str, caller: Caller) -> ApiError:
    metric = f"sheets.googleapis.com/{word.lower()}_requests"
    unit = "Per Minute Per User" if kind else "Per Minute"
    message = (
        f"Quota exceeded for quota metric '{word} requests' and limit '{word} requests {unit.lower()}' "
        f"of service 'sheets.googleapis.com' for consumer 'project_number:{caller.project}'."
    )
    info = {
        "@type": ERROR_INFO,
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "consumer": f"projects/{caller.project}",
            "quota_metric": metric,
            "quota_limit": f"{word}RequestsPerMinute{kind or 'PerProject'}",
            "quota_limit_value": str(limit),
            "quota_location": "global",
        },
    }
    return ApiError(429, message, details=[info], reason="rateLimitExceeded")
