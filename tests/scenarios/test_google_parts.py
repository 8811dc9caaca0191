"""A write too large for one request goes in parts: a stop between any two of them harms nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from itertools import count

import pytest

from google_emulator import Emulator
from google_emulator.human import Human
from scenarios.desk import NAMES, Desk
from scenarios.google_desk import table
from sheetsync.replicas.google import replica, requests
from sheetsync.replicas.google.replica import GoogleReplica

BATCH = "batchUpdate"


class Killed(BaseException):
    """The process died."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "split", partial(requests.split, limit=250))


@pytest.fixture
def edited(desk: Desk) -> Desk:
    """Somebody worked in a.xlsx: cells, new rows of texts, numbers and dates, rows that go."""
    for who in ("Bo", "Dov", "Gus"):
        desk.type("a.xlsx", who, "Note", f"about {who}")
        desk.type("a.xlsx", who, "Since", date(2026, 3, 4))
    for n in range(4):
        desk.add("a.xlsx", Name=f"New {n}", Hours=n + 0.5, Since=date(2026, 3, n + 1), Note=f"new {n}")
    desk.remove("a.xlsx", "Cleo", "Fay")
    return desk


def parts(google: Emulator) -> int:
    return sum(BATCH in call for call in google.calls)


def in_step(desk: Desk, sheet: Human) -> None:
    """Every copy has what was typed, once."""
    desk.settle()
    wanted = {*NAMES, *(f"New {n}" for n in range(4))} - {"Cleo", "Fay"}
    assert set(desk.people("b.xlsx")) == set(table(sheet)) == wanted
    names = [row[1] for row in sheet.read("People!A3:G60") if row[1]]
    assert len(names) == len(wanted), "no row stands twice"
    for who, row in desk.people("a.xlsx").items():
        assert desk.people("b.xlsx")[who] == row
        assert {key: it for key, it in table(sheet)[who].items() if key not in ("id", "Since")} == {
            key: it for key, it in row.items() if key != "Since"
        }
    assert desk.run(dry_run=True).conflicts == ()


def test_it_goes_in_parts_and_all_of_it_arrives(edited: Desk, sheet: Human, google: Emulator) -> None:
    edited.run()
    assert parts(google) > 4
    in_step(edited, sheet)


@pytest.mark.parametrize("part", range(9))
def test_a_process_that_dies_between_two_parts_loses_and_doubles_nothing(
    edited: Desk, sheet: Human, google: Emulator, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(GoogleReplica, "_batch_update", dying(part))
        edited.run()
    assert parts(google) == part
    in_step(edited, sheet)


@pytest.mark.parametrize("part", [1, 4, 7])
def test_a_part_that_google_refuses_leaves_the_rest_to_the_next_pass(
    edited: Desk, sheet: Human, google: Emulator, part: int
) -> None:
    google.fail("status", code=403, match=BATCH, skip=part)
    assert len(edited.run().troubles) == 1
    in_step(edited, sheet)


def dying(part: int):
    """The call in which the process dies after so many parts."""
    real, sent = GoogleReplica._batch_update, count()

    def batch_update(self: GoogleReplica, *given: object) -> object:
        if next(sent) == part:
            raise Killed
        return real(self, *given)

    return batch_update
