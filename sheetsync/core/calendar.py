"""The dates that a digest brings along for people's calendars: sprint starts, retros, expert sessions.

Whoever got a date hears of its move and its end: which were given out, the ledger remembers by their keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sheetsync.core.records import Record, View, fold
from sheetsync.core.wording import one_line

AHEAD = timedelta(days=14)
_PREFIX = "date"
_SESSIONS = {"expert": "Expert session", "co-design": "Co-design session"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day in people's calendars.

    Attributes:
        workbook, row_id, kind: What it is about; always the same for the same event.
        cancelled: It was given out, and is no more.
    """

    workbook: str
    row_id: str
    kind: str
    day: date
    title: str
    cancelled: bool = False

    @property
    def place(self) -> tuple[str, str, str]:
        return self.workbook, self.row_id, self.kind

    @property
    def key(self) -> str:
        """What the ledger remembers it by."""
        return f"{_PREFIX}/{self.row_id}/{self.kind}/{self.day.isoformat()}"


def entries(certain: View, known: View, given: Iterable[tuple[str, str]]) -> tuple[Entry, ...]:
    """The dates of the next two weeks, and what became of those that were given out earlier.

    Args:
        certain: The records nobody disagrees about.
        known: Every record: one that people disagree about is not cancelled.
        given: Workbook and key of entries that were given out, among others.
    """
    now = {it.place: it for it in _all(certain)}
    earlier = {it.place: it for it in _given(given) if it.day >= certain.today}
    last = certain.today + AHEAD
    wanted = [
        it for place, it in now.items() if certain.today <= it.day and (it.day <= last or place in earlier)
    ]
    gone = [it for place, it in earlier.items() if place not in now and _is_gone(it, certain, known)]
    return (*wanted, *gone)


def _all(view: View) -> Iterator[Entry]:
    for book in view.books:
        for row in book.records("sprints"):
            name = one_line(row.text("name"), 160)
            yield from _entry(book.name, row, "start", "start", f"Sprint starts: {name}")
            yield from _entry(book.name, row, "retro", "retro_on", f"Retro: {name}")
        for row in book.records("meetings"):
            if title := _SESSIONS.get(fold(row.text("format"))):
                text = one_line(f"{title}: {row.text('purpose')}", 160)
                yield from _entry(book.name, row, "session", "date", text)


def _entry(workbook: str, row: Record, kind: str, column: str, title: str) -> Iterator[Entry]:
    if day := row.date(column):
        yield Entry(workbook, row.id, kind, day, title)


def _given(keys: Iterable[tuple[str, str]]) -> Iterator[Entry]:
    for workbook, key in keys:
        prefix, *rest = key.split("/")
        if prefix == _PREFIX:
            row_id, kind, day = rest
            title = {"start": "Sprint starts", "retro": "Retro"}.get(kind, "Session")
            yield Entry(workbook, row_id, kind, date.fromisoformat(day), title, cancelled=True)


def _is_gone(entry: Entry, certain: View, known: View) -> bool:
    """Whether its record is gone for sure, or is there and has no such date any more."""
    if entry.workbook not in {book.name for book in certain.books}:
        return False
    return _has(certain, entry) or not _has(known, entry)


def _has(view: View, entry: Entry) -> bool:
    books = (book for book in view.books if book.name == entry.workbook)
    return any(row.id == entry.row_id for book in books for rows in book.tabs.values() for row in rows)
