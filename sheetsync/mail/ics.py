"""Calendar entries as .ics files (RFC 5545): calendar programs take in, move and delete them by their UID."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sheetsync.core.calendar import Entry


def calendar_file(entries: Iterable[Entry], program: str, domain: str, now: datetime) -> bytes:
    """One file with all entries, of which all are cancelled or none.

    Args:
        entries: At least one.
        program: Its name, part of what makes a UID unique.
        domain: Of the sender, the end of every UID.
        now: Local time.
    """
    from icalendar import Calendar, Event  # loaded only where there are dates

    listed = tuple(entries)
    cancelled = listed[0].cancelled
    calendar = Calendar()
    calendar.add("prodid", "-//sheetsync//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    for entry in listed:
        event = Event()
        event.add("uid", f"{_fingerprint(program, entry)}@{domain}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("sequence", entry.sequence)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _fingerprint(program: str, entry: Entry) -> str:
    parts = (program, entry.workbook, entry.row_id, entry.kind)
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
