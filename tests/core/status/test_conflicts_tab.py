"""The Conflicts tab: a line a conflict, a column a place, and what people choose there."""

from __future__ import annotations

from datetime import date, datetime

from core.builders import program
from sheetsync.core.conflicts import Conflict
from sheetsync.core.plan import CellLink
from sheetsync.core.status.conflicts import CHOICE_COLUMN, CONFLICTS_HEADERS, choices_in, conflicts_cells

BOOK = program(
    {
        "program": {"stage": "Explore"},
        "stakeholders": [{"name": "Ana Ruiz", "last_reviewed": date(2026, 1, 2)}],
    }
).books[0]
REVIEWED = Conflict(
    "map",
    "stakeholders",
    "stakeholders1",
    "last_reviewed",
    {"Map.xlsx": date(2026, 1, 2), "google": None},
    datetime(2026, 11, 20, 18, 30),
)
STAGE = Conflict("map", "program", "stage", "value", {"Map.xlsx": "Build", "agreed earlier": "Explore"})


def line(cells: dict[tuple[int, int], object], row: int) -> list[object]:
    return [cells.get((row, column)) for column in range(2, 13)]


def test_a_conflict_is_a_line_with_its_code_and_a_column_for_each_place():
    cells = conflicts_cells([REVIEWED, STAGE, Conflict("group", "log", "x", "text", {"a": 1})], BOOK)
    assert cells[2, 2] == "Conflicts"
    assert cells[3, 2].startswith("2 open conflicts. ")
    assert line(cells, 5) == [*CONFLICTS_HEADERS, "Map.xlsx", "agreed earlier", "google"]
    link = CellLink("stakeholders", "stakeholders1", "last_reviewed")
    where = [REVIEWED.code, "Stakeholders", "Ana Ruiz", "Last reviewed", link, "20 November 2026, 18:30"]
    assert line(cells, 6) == [*where, None, None, "2026-01-02", None, "(empty)"]
    assert line(cells, 7)[1:4] == ["Program", "Stage", "Value"]
    assert line(cells, 7)[8:] == ["Build", "Explore", None]


def test_without_conflicts_there_is_nothing_to_do():
    assert conflicts_cells([], BOOK)[3, 2] == "Nothing to do."


def test_choices_are_read_wherever_people_sorted_their_lines_to():
    cells = dict(conflicts_cells([REVIEWED, STAGE], BOOK))
    cells[6, 2], cells[7, 2] = cells[7, 2], cells[6, 2]
    cells[6, CHOICE_COLUMN] = " Build "
    assert choices_in(cells) == {STAGE.code: "Build"}


def test_a_choice_that_does_not_count_stays_with_the_reason():
    cells = conflicts_cells([STAGE], BOOK, {STAGE.code: "Bulid"}, {STAGE.code: "Not an allowed value."})
    assert (cells[6, CHOICE_COLUMN - 1], cells[6, CHOICE_COLUMN]) == ("Not an allowed value.", "Bulid")


def test_the_code_is_another_one_as_soon_as_a_place_says_something_else():
    assert STAGE.code == Conflict("map", "program", "stage", "value", dict(STAGE.opinions)).code
    others = [{"Map.xlsx": "Run"}, {"Map.xlsx": None}, {"Plan.xlsx": "Build"}]
    codes = {Conflict("map", "program", "stage", "value", {**STAGE.opinions, **it}).code for it in others}
    assert len(codes | {STAGE.code}) == 4
