"""The dates that a digest brings along for people's calendars: sprint starts, retros, expert sessions.

Whoever got a date hears of its move and its end: which were given out, the ledger remembers by their keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
        sequence: How often it was moved or cancelled; calendar programs believe the higher of two.
    """

    workbook: str
    row_id: str
    kind: str
    day: date
    title: str
    cancelled: bool = False
    sequence: int = 0

    @property
    def place(self) -> tuple[str, str, str]:
        return self.workbook, self.row_id, self.kind

    @property
    def key(self) -> str:
        """What the ledger remembers it by."""
        end = "/cancelled" if self.cancelled else ""
        return f"{_PREFIX}/{self.row_id}/{self.kind}/{self.day.isoformat()}/{self.sequence}{end}"


def entries(certain: View, known: View, given: Iterable[tuple[str, str]]) -> tuple[Entry, ...]:
    """The dates of the next two weeks, and what became of those that were given out earlier.

    Args:
        certain: The records nobody disagrees about.
        known: Every record: one that people disagree about is not cancelled.
        given: Workbook and key of entries that were given out, among others.
    """
    now = {it.place: it for it in _all(certain)}
    given_out = {it.place: it for it in sorted(_given(given), key=lambda it: it.sequence)}
    stand = {place: it for place, it in given_out.items() if not it.cancelled and it.day >= certain.today}
    last = certain.today + AHEAD
    wanted = [
        replace(it, sequence=_sequence(it, given_out.get(place)))
        for place, it in now.items()
        if certain.today <= it.day and (it.day <= last or place in stand)
    ]
    gone = [
        replace(it, cancelled=True, sequence=it.sequence + 1, title=_title(certain, it))
        for place, it in stand.items()
        if place not in now and _is_gone(it, certain, known)
    ]
    return (*wanted, *gone)


def _sequence(entry: Entry, before: Entry | None) -> int:
    """One higher than before where the entry was moved, or had been cancelled."""
    if before is None:
        return 0
    return before.sequence + (before.cancelled or before.day != entry.day)


def _all(view: View) -> Iterator[Entry]:
    for book in view.books:
        for row in book.records("sprints"):
            yield from _entry(book.name, row, "start", "start", "Sprint starts")
            yield from _entry(book.name, row, "retro", "retro_on", "Retro")
        for row in book.records("meetings"):
            if title := _SESSIONS.get(fold(row.text("format"))):
                yield from _entry(book.name, row, "session", "date", title)


def _entry(workbook: str, row: Record, kind: str, column: str, title: str) -> Iterator[Entry]:
    if day := row.date(column):
        yield Entry(workbook, row.id, kind, day, _named(title, row))


def _named(title: str, row: Record) -> str:
    return one_line(": ".join(filter(None, (title, row.text("name") or row.text("purpose")))), 160)


def _title(view: View, entry: Entry) -> str:
    """What a cancelled entry is called: with the name of its record, as long as there is one."""
    row = _record(view, entry)
    return _named(entry.title, row) if row else entry.title


def _given(keys: Iterable[tuple[str, str]]) -> Iterator[Entry]:
    for workbook, key in keys:
        prefix, *rest = key.split("/")
        if prefix == _PREFIX:
            row_id, kind, day, *more = rest
            sequence, *cancelled = more or ["0"]  # older ledgers do not have it
            title = {"start": "Sprint starts", "retro": "Retro"}.get(kind, "Session")
            yield Entry(
                workbook, row_id, kind, date.fromisoformat(day), title, bool(cancelled), int(sequence)
            )


def _is_gone(entry: Entry, certain: View, known: View) -> bool:
    """Whether its record is gone for sure, or is there and has no such date any more."""
    if entry.workbook not in {book.name for book in certain.books}:
        return False
    return _record(certain, entry) is not None or _record(known, entry) is None


def _record(view: View, entry: Entry) -> Record | None:
    books = (book for book in view.books if book.name == entry.workbook)
    rows = (row for book in books for rows in book.tabs.values() for row in rows)
    return next((row for row in rows if row.id == entry.row_id), None)
