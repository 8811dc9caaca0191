"""The metric that suggests where to start: two parallel tracks, by authority and by work, never a trait."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, zip_longest

from sheetsync.core.records import Record
from sheetsync.core.status.registry import Figures, Measure, metric
from sheetsync.core.status.stakeholders import CHAMPIONS, SUPPORTING
from sheetsync.core.titles import is_cto, recruits_students, runs_technical_work

_INFLUENTIAL = 4
_REMARK = "Two tracks side by side: as high as possible, and the teams that do the work."


@metric("starting_points", practices="M9 M24 M25 M26 C8 C10 C21 C25 C26")
def starting_points(measure: Measure) -> Figures:
    """Whom to approach next: people who decide, hold budget or headcount, or have influence 4 or 5.

    Left out: supporters, champions and sponsors (they are won) and college recruiting (its mandate is
    narrow). The tracks take turns: those with the most authority, and those in engineering, data and
    operations teams. The CTO comes last, and never alone.
    """
    people = [row for row in measure.book.records("stakeholders") if _open_door(row)]
    ctos = [row for row in people if is_cto(row)]
    ranked = _by_authority(row for row in people if not is_cto(row))
    high = [row for row in ranked if not runs_technical_work(row)]
    work = [row for row in ranked if runs_technical_work(row)]
    order = (*_alternate(high, work), *ctos) if ranked else ()
    rows = tuple((row.text("name") or row.id, row.text("unit"), _why(row)) for row in order)
    return Figures(("Who", "Unit", "Why"), rows, _REMARK if rows else "")


def _open_door(row: Record) -> bool:
    weight = row.is_any("authority", "decides", "budget", "headcount") or _influence(row) >= _INFLUENTIAL
    won = row.is_any("stance_now", *SUPPORTING) or row.is_any("relationship", *CHAMPIONS)
    return weight and not won and not recruits_students(row)


def _influence(row: Record) -> float:
    return row.number("influence") or 0


def _by_authority(rows: Iterable[Record]) -> list[Record]:
    return sorted(rows, key=lambda row: (-len(_powers(row)), -_influence(row)))


def _alternate(first: Iterable[Record], second: Iterable[Record]) -> list[Record]:
    return [row for row in chain.from_iterable(zip_longest(first, second)) if row is not None]


def _powers(row: Record) -> list[str]:
    words = {"decides": "decides", "budget": "holds budget", "headcount": "holds headcount"}
    return [word for value, word in words.items() if row.is_any("authority", value)]


def _why(row: Record) -> str:
    track = "Close to the work" if runs_technical_work(row) else "Start high"
    influence = [f"influence {_influence(row):g}"] if _influence(row) >= _INFLUENTIAL else []
    return f"{track}: {', '.join([*_powers(row), *influence])}"
