"""Wording: what text from a sheet looks like once people read it in a mail."""

from datetime import date

import pytest

from sheetsync.core.wording import counted, day, listed, one_line, short_day


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nb\tc", "a b c"),
        ("a\x00b\u202ec\ud800", "abc"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("abcdef" * 10, "abcdefabc…"),
    ],
)
def test_text_becomes_one_printable_line(text, line):
    assert one_line(text, 10) == line


def test_counts_lists_and_days_are_said_as_people_say_them():
    assert [counted(1, "reply", "replies"), counted(2, "reply", "replies")] == ["1 reply", "2 replies"]
    assert [listed([]), listed(["A"]), listed(["A", "B", "C"])] == ["", "A", "A, B and C"]
    assert (day(date(2026, 11, 21)), short_day(date(2026, 11, 21))) == ("21 November 2026", "Sat 21 Nov")
