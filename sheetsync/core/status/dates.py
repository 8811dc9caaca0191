"""Months and moments as status tabs name them, the same on every machine whatever its language."""

from __future__ import annotations

from datetime import date, datetime

from sheetsync.core.wording import MONTHS, day


def month_name(when: date) -> str:
    """The month a day lies in: "November"."""
    return MONTHS[when.month - 1]


def month_label(when: date) -> str:
    """A month as a chart's axis has room for: "Nov 2026"."""
    return f"{month_name(when)[:3]} {when.year}"


def moment(at: datetime) -> str:
    """Day and time in words: "21 November 2026, 09:00"."""
    return f"{day(at)}, {at:%H:%M}"


def month_of(when: date) -> date:
    """The first day of a day's month: months compare and count by it."""
    return when.replace(day=1)


def last_months(today: date, count: int = 12) -> tuple[date, ...]:
    """The first days of the last `count` months, this month last."""
    this = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(this - count + 1, this + 1))
