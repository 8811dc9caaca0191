"""When runs start: the program file's `[schedule]` table, and the moments it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from sheetsync.core.announcements import WEEKDAYS

_HOUR, _DAY = 60, 24 * 60
#: What `every` may say, in minutes: only what divides a day falls on the same times every day.
EVERY = {f"{minutes}min": minutes for minutes in (5, 10, 15, 20, 30)} | {
    f"{hours}h": hours * _HOUR for hours in (1, 2, 3, 4, 6, 8, 12, 24)
}


@dataclass(frozen=True)
class ScheduleTable:
    """`[schedule]`: when runs start, how long one may take, and who hears of each.

    Attributes:
        at: Time of the day at which a run starts.
        every: How long after it the next one starts, day and night.
        days: Weekdays on which runs start.
        timeout: Minutes after which a run is ended; what it left is finished by the next.
        ping: Web address of a health check, asked after each run; "/fail" is added where it failed.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    at: str = "07:00"
    every: str = "24h"
    days: tuple[str, ...] = WEEKDAYS[:5]
    timeout: int = 60
    ping: str = ""

    @property
    def interval(self) -> int:
        """Minutes between two runs of a day."""
        return EVERY[self.every]

    @property
    def times(self) -> tuple[time, ...]:
        """The times of a day at which runs start: in each of some hours the same minutes."""
        at = time.fromisoformat(self.at)
        first = (at.hour * _HOUR + at.minute) % self.interval
        return tuple(time(*divmod(minute, _HOUR)) for minute in range(first, _DAY, self.interval))

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours in which runs start; none is named where it is every hour."""
        return () if self.interval <= _HOUR else tuple(at.hour for at in self.times)

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of each of these hours at which they start."""
        return tuple(sorted({at.minute for at in self.times}))

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Numbers of the days, Monday is 0."""
        return tuple(sorted({WEEKDAYS.index(day) for day in self.days}))

    def next_run(self, now: datetime) -> datetime:
        """When the next run starts."""
        return next(self.runs_after(now))

    def runs_after(self, now: datetime) -> Iterator[datetime]:
        """When runs start in the week that comes, in order."""
        for day in (now.date() + timedelta(days=ahead) for ahead in range(8)):
            if day.weekday() in self.weekdays:
                moments = (datetime.combine(day, at) for at in self.times)
                yield from (moment for moment in moments if moment > now)


def schedule_faults(table: ScheduleTable) -> Iterator[tuple[str, str]]:
    """What is wrong with a table whose values are of the right type: (key, message)."""
    if not _is_local_time(table.at):
        yield "at", f'"{table.at}" is not a time; expected one such as "07:00".'
    if table.every not in EVERY:
        yield "every", f'"{table.every}" is not known. Expected one of: {", ".join(EVERY)}.'
    if not table.days:
        yield "days", f"expected at least one of: {', '.join(WEEKDAYS)}."
    if table.timeout < 1:
        yield "timeout", f"{table.timeout} is no time; expected minutes, at least 1."
    if table.ping and not table.ping.startswith(("https://", "http://")):
        yield "ping", f'"{table.ping}" is no web address; expected one with https://.'


def _is_local_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).tzinfo is None
    except ValueError:
        return False
