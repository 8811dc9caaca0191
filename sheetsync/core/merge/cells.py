"""One cell, any number of replicas: what is agreed, or that people have to settle it.

An *opinion* of a replica is what stands there now where that differs from its base, the generation it
last took part in, and from what is agreed. Equal everywhere is never a conflict, so a pass that is run
again after a crash converges by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sheetsync.core.values import CellError, Unclear, Value

#: Place of the agreed value when it counts as an opinion of its own.
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
class Outcome:
    """What one cell comes to.

    Attributes:
        agreed: The value of the next generation.
        held: No replica is touched at this cell.
        opinions: Of a held cell: what each place says.
        sources: Of an agreed change: the places it came from.
    """

    agreed: Value
    held: bool = False
    opinions: tuple[tuple[str, Value], ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether people disagree; a held cell of which all say the same holds a faulty value only."""
        return len({value for _, value in self.opinions}) > 1


def merge_cell(agreed: Value, cells: Sequence[Cell], faulty: Callable[[Value], bool]) -> Outcome:
    """Merge one cell.

    Args:
        agreed: Value of the newest generation.
        cells: The cell in each replica that has the record.
        faulty: Whether a value may not cross to other replicas (a rule with severity error stands
            against it).
    """
    # A stale copy that already says what is agreed wants nothing; who replaced that value has seen it.
    voices = [cell for cell in cells if cell.now not in (cell.base, agreed)]
    opinions: list[tuple[str, Value]] = [(cell.place, cell.now) for cell in voices]
    if any(cell.base != agreed for cell in voices):
        opinions.append((AGREED, agreed))
    distinct = {value for _, value in opinions}
    if len(distinct) > 1 or any(_stays_here(value, faulty) for value in distinct):
        return Outcome(_kept(agreed, voices, voices), True, tuple(opinions))
    value = distinct.pop() if distinct else agreed
    stuck = [cell for cell in cells if cell.fixed and cell.now != value]
    if stuck:
        said = dict(opinions or [(AGREED, value)]) | {cell.place: cell.now for cell in stuck}
        return Outcome(_kept(agreed, [*voices, *stuck], voices), True, tuple(said.items()))
    return Outcome(value, sources=tuple(place for place, _ in opinions))


def _kept(agreed: Value, concerned: Sequence[Cell], voices: Sequence[Cell]) -> Value:
    """The oldest base under which each voice is still an opinion of its own in the next pass."""
    said = {cell.now for cell in voices}
    bases = (cell.base for cell in sorted(concerned, key=lambda cell: cell.stamp))
    return next((base for base in bases if base not in said), agreed)


def _stays_here(value: Value, faulty: Callable[[Value], bool]) -> bool:
    return isinstance(value, (CellError, Unclear)) or faulty(value)
