"""What may be shown of people in numbers: no group so small that somebody could be picked out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Under this name groups too small to show are counted together.
OTHERS = "Others"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How a group divides, safe to show.

    Attributes:
        shown: Group -> count, each at least the minimum, in the given order, "Others" last; empty where
            nothing can be told without pointing at somebody.
        hidden: Whether at least one group is not shown under its own name.
    """

    shown: Mapping[str, int]
    hidden: bool


def safe_breakdown(counts: Mapping[str, int], minimum: int) -> Breakdown:
    """Merge small groups into "Others" until nobody can be told from the rest, not even by subtraction.

    Groups of zero are left out. Where the small groups together are still fewer than `minimum`, the
    smallest group shown joins them. "Others" alone tells nothing, so then nothing is shown.

    Args:
        counts: Group -> how many people.
        minimum: The fewest people a shown group may have, "Others" included.
    """
    groups = {name: count for name, count in counts.items() if count > 0}
    shown = {name: count for name, count in groups.items() if count >= minimum and name != OTHERS}
    rest = sum(groups.values()) - sum(shown.values())
    while shown and 0 < rest < minimum:
        rest += shown.pop(min(shown, key=lambda name: shown[name]))
    if shown and rest:
        shown[OTHERS] = rest
    return Breakdown(shown, hidden=len(shown) < len(groups))
