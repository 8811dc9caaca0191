"""Calendar files: what a calendar program finds in them, and that a later one wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

from icalendar import Calendar

from mail.test_mail_render import ANA, a_program, announced
from sheetsync.core.calendar import Entry
from sheetsync.mail.ics import calendar_file
from sheetsync.mail.render import render

NOW = datetime(2026, 3, 2, 9, 0)
RETRO = Entry("group", "r1", "retro", date(2026, 3, 9), "Retro: Spring\r\nATTENDEE:mailto:x@x.example")


def parsed(entry: Entry, now: datetime = NOW) -> Calendar:
    return Calendar.from_ical(calendar_file([entry], "Acme", "acme.example", now))


def event(calendar: Calendar):
    (found,) = calendar.walk("VEVENT")
    return found


def test_an_entry_is_a_whole_day_with_its_title() -> None:
    calendar = parsed(RETRO)
    assert calendar["METHOD"] == "PUBLISH"
    assert event(calendar)["DTSTART"].dt == date(2026, 3, 9)
    assert event(calendar)["DTEND"].dt == date(2026, 3, 10)
    assert str(event(calendar)["SUMMARY"]).startswith("Retro: Spring")
    assert "ATTENDEE" not in event(calendar), "text is no line of its own"


def test_a_moved_entry_has_the_same_uid_and_its_own_sequence() -> None:
    before = event(parsed(RETRO))
    after = event(parsed(replace(RETRO, day=date(2026, 3, 16), sequence=1), NOW + timedelta(days=7)))
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert event(parsed(RETRO, NOW + timedelta(days=7)))["SEQUENCE"] == 0, "what stays the same is no news"
    assert event(parsed(replace(RETRO, row_id="r2")))["UID"] != before["UID"]


def test_a_cancelled_entry_says_so() -> None:
    calendar = parsed(replace(RETRO, cancelled=True))
    assert (calendar["METHOD"], event(calendar)["STATUS"]) == ("CANCEL", "CANCELLED")


def test_a_digest_brings_new_and_cancelled_dates_as_two_files() -> None:
    view = a_program()
    told = replace(announced(view, "digest"), dates=(RETRO, replace(RETRO, row_id="r2", cancelled=True)))
    message = message_from_bytes(render(told, ANA, view).as_bytes(), policy=default)
    assert [part.get_filename() for part in message.iter_attachments()] == ["dates.ics", "cancelled.ics"]
    assert {part.get_content_type() for part in message.iter_attachments()} == {"text/calendar"}
    for part in ("plain", "html"):
        text = message.get_body(preferencelist=(part,)).get_content()
        assert "Called off" in text
        assert "Mon 9 Mar" in text
    assert render(told, ANA, view).as_bytes() == render(told, ANA, view).as_bytes()
