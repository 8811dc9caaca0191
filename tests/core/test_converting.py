"""Values of a register are read as the column means them, or kept with a remark."""

from datetime import date, datetime

import pytest

from sheetsync.core.converting import convert
from sheetsync.core.figures import Habits, read_habits
from sheetsync.core.model import Column, ColumnType
from sheetsync.core.values import Boolean, CellError, Unclear

STANCE = Column(
    "stance_now",
    "Stance now",
    ColumnType.CHOICE,
    ("unaware", "resistant", "neutral", "supportive", "leading"),
)
INFLUENCE = Column("influence", "Influence", ColumnType.INTEGER, ("1", "2", "3", "4", "5"))
YES_NO = Column("celebrated", "Celebrated", ColumnType.CHOICE, ("yes", "no"))
TEAM = Column("team_type", "Team type", ColumnType.CHOICE, ("ERG", "HR / people ops", "C-suite"))
TEAMS = Column("teams", "Teams", ColumnType.CHOICES, ("ERG", "HR / people ops", "C-suite"))
STAGES = Column("stages", "Stages", ColumnType.CHOICES, ("Explore", "Partner", "Build"))
FORMAT = Column("format", "Format", ColumnType.CHOICE, ("1:1", "group"))
HOURS = Column("hours_offered", "Hours offered", ColumnType.NUMBER)
MINUTES = Column("retro_minutes", "Retro minutes", ColumnType.NUMBER)
SIZE = Column("size", "Size", ColumnType.NUMBER)
DUE = Column("due", "Due", ColumnType.DATE)
EMAIL = Column("email", "Email", ColumnType.EMAIL)
LINK = Column("link", "Notes link", ColumnType.URL)
PEOPLE = Column("attendees", "Attendees", ColumnType.REFERENCES)
OWNER = Column("owner", "Owner", ColumnType.REFERENCE)
TEXT = Column("notes", "Notes")


@pytest.mark.parametrize(
    ("column", "typed", "expected"),
    [
        (STANCE, " Supportive ", "supportive"),
        (STANCE, "Supporter", "supportive"),
        (STANCE, "Skeptic", "resistant"),
        (STANCE, "neutrl", "neutral"),
        (INFLUENCE, "High", 5),
        (INFLUENCE, "medium", 3),
        (INFLUENCE, "LOW", 1),
        (INFLUENCE, "4", 4),
        (INFLUENCE, "4 - high", 4),
        (YES_NO, "Y", "yes"),
        (YES_NO, "x", "yes"),
        (YES_NO, Boolean.TRUE, "yes"),
        (YES_NO, Boolean.FALSE, "no"),
        (TEAM, "HR/People Ops", "HR / people ops"),
        (TEAM, "hr", "HR / people ops"),
        (TEAMS, "HR / people ops", "HR / people ops"),
        (TEAMS, "ERG / HR", "ERG, HR / people ops"),
        (STAGES, "Explore; Build", "Explore, Build"),
        (STAGES, "explore and partner & build", "Explore, Partner, Build"),
        (STAGES, "Explore\nPartner\nExplore", "Explore, Partner"),
        (FORMAT, "one-on-one", "1:1"),
        (HOURS, "2,5 h", 2.5),
        (HOURS, "30 min", 0.5),
        (HOURS, "3 hours", 3),
        (MINUTES, "1 h", 60),
        (SIZE, "1,234.5", 1234.5),
        (SIZE, "1.234,5", 1234.5),
        (SIZE, "1 234 567", 1234567),
        (SIZE, "1'500", 1500),
        (SIZE, "-0.5", -0.5),
        (DUE, "2026-03-04", date(2026, 3, 4)),
        (DUE, "2026/3/4", date(2026, 3, 4)),
        (DUE, "3 Mar 2026", date(2026, 3, 3)),
        (DUE, "Tue, 3rd March 2026", date(2026, 3, 3)),
        (DUE, "March 3, 2026", date(2026, 3, 3)),
        (DUE, "Sept. 3, 2026", date(2026, 9, 3)),
        (DUE, "03.04.2026", date(2026, 4, 3)),
        (DUE, "25/3/2026", date(2026, 3, 25)),
        (DUE, "3/25/26", date(2026, 3, 25)),
        (DUE, "3/3/2026", date(2026, 3, 3)),
        (DUE, "3/25/2026 2:05:09 PM", datetime(2026, 3, 25, 14, 5, 9)),
        (DUE, "2026-03-04T10:30", datetime(2026, 3, 4, 10, 30)),
        (DUE, 46085, date(2026, 3, 4)),
        (DUE, 20260304, date(2026, 3, 4)),
        (EMAIL, "Ana Ruiz <ana@x.org>", "ana@x.org"),
        (EMAIL, "mailto:ana@x.org?subject=Hello", "ana@x.org"),
        (LINK, "www.example.org/notes", "https://www.example.org/notes"),
        (PEOPLE, "Ana Ruiz; Bo Lee and Cy Day", "Ana Ruiz, Bo Lee, Cy Day"),
        (OWNER, "Ruiz, Ana", "Ruiz, Ana"),
        (TEXT, " as it is ", " as it is "),
        (TEXT, 5, 5),
        (TEXT, "   ", None),
    ],
)
def test_a_value_is_read_as_its_column_holds_it(column, typed, expected):
    assert convert(column, typed).value == expected


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        (STANCE, "unsupportive"),
        (STANCE, "it depends"),
        (INFLUENCE, "8/10"),
        (INFLUENCE, "3 - 4"),
        (INFLUENCE, 7),
        (INFLUENCE, 2.5),
        (STAGES, "Whenever"),
        (HOURS, "2-3"),
        (HOURS, "3 h/week"),
        (HOURS, "5 6"),
        (SIZE, "1,500"),
        (SIZE, "30 min"),
        (SIZE, "1.2.3"),
        (DUE, "3/4/2026"),
        (DUE, "31.02.2026"),
        (DUE, "next week"),
        (DUE, "Mar 2026"),
        (DUE, 2026),
        (EMAIL, "ana at x.org"),
        (EMAIL, "ana@x.org, bo@x.org"),
        (PEOPLE, "Ruiz, Ana; Lee, Bo"),
    ],
)
def test_a_value_that_cannot_be_read_for_sure_is_kept_with_a_remark(column, odd):
    converted = convert(column, odd)
    assert converted.value == odd
    assert "kept as it is" in converted.remark


@pytest.mark.parametrize(("typed", "number"), [("9", 9), ("2,5", 2.5)])
def test_a_number_that_its_column_does_not_take_is_kept_as_a_number(typed, number):
    converted = convert(INFLUENCE, typed)
    assert converted.value == number
    assert f'"{typed}" was kept as it is' in converted.remark


def test_what_was_read_as_something_else_is_said():
    assert convert(STANCE, "Supporter").remark == '"Supporter" was read as "supportive".'
    assert convert(STANCE, "Supportive").remark == ""


def test_of_several_values_the_odd_one_stays_beside_the_others():
    converted = convert(STAGES, "Explore; Someday")
    assert converted.value == "Explore, Someday"
    assert converted.remark.startswith('"Someday" was kept')


@pytest.mark.parametrize("nothing", [CellError("#REF!"), Unclear("a formula whose result was never stored")])
def test_an_error_value_leaves_the_cell_empty_and_says_so(nothing):
    converted = convert(TEXT, nothing)
    assert converted.value is None
    assert "stays empty" in converted.remark


def test_one_date_above_twelve_tells_how_the_whole_column_is_meant():
    assert convert(DUE, "3/4/2026", read_habits(["3/4/2026", "25/3/2026"])).value == date(2026, 4, 3)
    assert convert(DUE, "3/4/2026", read_habits(["3/4/2026", "3/25/2026"])).value == date(2026, 3, 4)


def test_dates_at_odds_with_each_other_tell_nothing():
    assert read_habits(["25/3/2026", "3/25/2026"]) == Habits()


def test_one_clear_number_tells_how_the_whole_column_writes_decimals():
    assert convert(SIZE, "1,500", read_habits(["1,500", "2,5"])).value == 1.5
    assert convert(SIZE, "1,500", read_habits(["1,500", "2.5"])).value == 1500
    assert convert(SIZE, "1.500", read_habits(["1.500", "2,5"])).value == 1500


def test_a_decimal_mark_against_the_habit_of_its_column_is_not_guessed():
    assert convert(SIZE, "2.5", Habits(decimal_comma=True)).value == "2.5"
