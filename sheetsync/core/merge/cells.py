"""One cell, any number of replicas: what is agreed, or that people have to settle it.

An *opinion* of a replica is what stands there now where that differs from its base, the generation it
last took part in, and from what is agreed. Against a replica that is behind, what is agreed counts as an
opinion of its own, unless somebody who has seen it replaced it. Equal everywhere is never a conflict, so a
pass that is run again after a crash converges by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.values import CellError, Unclear, Value

#: Place of a value that counts and that no copy answers for any more, such as the agreed one.
AGREED = "agreed earlier"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in one replica.

    Attributes:
        place: The replica's name.
        now: What stands there.
        base: What was agreed in the generation the replica last took part in.
        stamp: Number of that generation.
        fixed: Whether the cell cannot be overwritten (a formula, a merged range).
    """

    place: str
    now: Value
    base: Value
    stamp: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """A cell that was held when the pass before ended.

    Attributes:
        said: What each place said: its opinion counts until it says something else, also while it is away.
        away: Replicas of the workbook that do not take part now.
    """

    said: Mapping[str, Value]
    away: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one cell comes to.

    Attributes:
        agreed: The value of the next generation; of a held cell, one that no place says.
        held: No replica is touched at this cell, but for those that are behind.
        opinions: Of a held cell: what each place says.
        behind: Of a held cell: places that say what was agreed long ago, and get what is agreed.
        sources: Of an agreed change: the places it came from.
        overruled: Where the winner settled it: what each place said.
    """

    agreed: Value
    held: bool = False
    opinions: tuple[tuple[str, Value], ...] = ()
    behind: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    overruled: Mapping[str, Value] = field(default_factory=dict)

    @property
    def conflict(self) -> bool:
        """Whether people disagree; a held cell of which all say the same holds a faulty value only."""
        return len({value for _, value in self.opinions}) > 1


def merge_cell(
    agreed: Value,
    cells: Sequence[Cell],
    faulty: Callable[[Value], bool],
    dispute: Dispute | None = None,
    winner: str = "",
) -> Outcome:
    """Merge one cell.

    Args:
        agreed: Value of the newest generation.
        cells: The cell in each replica that has the record.
        faulty: Whether a value may not cross to other replicas (a rule with severity error stands
            against it).
        dispute: What was said before, where the cell was held.
        winner: The place whose opinion settles a conflict; "" where people do.
    """
    voices = [cell for cell in cells if _speaks(cell, agreed, dispute)]
    said = {cell.place: cell.now for cell in voices}
    if dispute:
        said |= _still_said(dispute, cells)
    elif any(cell.base != agreed for cell in voices) and not _replaced(agreed, cells):
        said |= _held_by(agreed, cells)
    distinct = set(said.values())
    overruled: Mapping[str, Value] = {}
    if len(distinct) > 1 and winner in said:
        overruled, distinct = said, {said[winner]}
    if len(distinct) > 1 or any(_stays_here(value, faulty) for value in distinct):
        return _held(agreed, _kept(agreed, voices, distinct), said, cells)
    value = distinct.pop() if distinct else agreed
    stuck = [cell for cell in cells if cell.fixed and cell.now != value]
    if stuck:
        against = (said or _held_by(value, cells)) | {cell.place: cell.now for cell in stuck}
        return _held(agreed, _kept(agreed, [*voices, *stuck], {value}), against, cells)
    sources = (winner,) if overruled else tuple(said)
    return Outcome(value, sources=sources, overruled=overruled)


def _held(agreed: Value, kept: Value, said: Mapping[str, Value], cells: Sequence[Cell]) -> Outcome:
    # A copy that is behind and wants nothing would seem to want its old value from the next pass on.
    silent = [cell for cell in cells if cell.place not in said and not cell.fixed]
    behind = frozenset(cell.place for cell in silent if kept == agreed != cell.now)
    return Outcome(kept, True, tuple(said.items()), behind)


def _speaks(cell: Cell, agreed: Value, dispute: Dispute | None) -> bool:
    if dispute:  # what a place said and still says counts, also where the pass that held it was not agreed on
        said = cell.place in dispute.said and dispute.said[cell.place] == cell.now
        return cell.now != cell.base or said
    # A stale copy that already says what is agreed wants nothing; who replaced that value has seen it.
    return cell.now not in (cell.base, agreed)


def _replaced(value: Value, cells: Sequence[Cell]) -> bool:
    """Whether somebody who has seen a value put another one in its place."""
    return any(cell.base == value != cell.now for cell in cells)


def _held_by(value: Value, cells: Sequence[Cell]) -> dict[str, Value]:
    """A value as the opinion of the replicas where it stands; as what was agreed where all those are away."""
    return {cell.place: value for cell in cells if cell.now == value} or {AGREED: value}


def _still_said(dispute: Dispute, cells: Sequence[Cell]) -> dict[str, Value]:
    """Opinions of a dispute that nobody who is here now answers for."""
    said = {place: value for place, value in dispute.said.items() if place in dispute.away}
    if AGREED in dispute.said and not _answered(dispute, cells):
        said |= _held_by(dispute.said[AGREED], cells)
    return said


def _answered(dispute: Dispute, cells: Sequence[Cell]) -> bool:
    """Whether what was agreed earlier was replaced where it stood, or people have made all copies equal."""
    if _replaced(dispute.said[AGREED], cells):
        return True
    acted = any(dispute.said.get(cell.place, cell.base) != cell.now for cell in cells)
    return acted and not dispute.away and len({cell.now for cell in cells}) == 1


def _kept(agreed: Value, concerned: Sequence[Cell], said: set[Value]) -> Value:
    """The oldest base under which each voice is still an opinion of its own in the next pass."""
    bases = (cell.base for cell in sorted(concerned, key=lambda cell: cell.stamp))
    return next((base for base in bases if base not in said), agreed)


def _stays_here(value: Value, faulty: Callable[[Value], bool]) -> bool:
    return is_no_value(value) or faulty(value)


def is_no_value(value: Value) -> bool:
    """Whether something stands in a cell that is no value to take over."""
    return isinstance(value, (CellError, Unclear))
