"""Wording: small helpers for text that people read in mails, milestones and tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

#: Joiners that scripts and emoji need, though they count as unprintable.
_JOINERS = "\u200c\u200d"
#: Control characters, line ends and tabs apart, and those that turn the direction of what follows.
ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str, limit: int = 300) -> str:
    """Text on one line, without control or direction characters, cut at `limit` characters."""
    clean = "".join(letter for letter in " ".join(text.split()) if letter.isprintable() or letter in _JOINERS)
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def harmless(text: str) -> str:
    """Text that only shows on a terminal: what would act there (escapes, direction) becomes a mark."""
    return ACTING.sub("\N{REPLACEMENT CHARACTER}", text)


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 decision", "3 decisions"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def how_long(seconds: float) -> str:
    """A time that something took: "0.4 s", "2 min 5 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Parts as a person lists them: "Data", "Data and Claims", "Data, Claims and Legal"."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def day(when: date) -> str:
    """A day in words, the same in every locale: "21 November 2026"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_day(when: date) -> str:
    """A day within the year, with its weekday: "Sat 21 Nov"."""
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1][:3]}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
