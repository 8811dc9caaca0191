"""Brakes: a merge that would lose much is stopped before the first write, unless a person lifts the brake."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsync.core.merge.tabs import LABELS, Side, TabMerge
from sheetsync.core.model import TabKind
from sheetsync.errors import Brake

EMPTY_TAB, DELETES = "empty-tab", "deletes"
#: A pass deletes at most so many records of a tab, or this share of them, whichever is more.
MAX_DELETES, MAX_DELETED_SHARE = 5, 0.1


def brake_for(merge: TabMerge, sides: Sequence[Side], agreed: int) -> Brake | None:
    """What stops this tab's merge, `None` where nothing does.

    Args:
        merge: What the merge came to.
        sides: The replicas it was made from.
        agreed: How many records the tab had before.
    """
    if merge.tab.kind is not TabKind.TABLE or _gone_everywhere(merge, sides):
        return None
    for side in sides:
        had = len(side.base.keys() - {LABELS})
        if merge.deleted & side.base.keys() and not any(row.values for row in side.tab.rows):
            return Brake(
                EMPTY_TAB,
                f'{side.name}: the tab "{merge.tab.title}" is empty, and held {had} rows before; '
                f"going on would delete them in every copy. Nothing was written.",
                "If the rows went by mistake, put them back (undo, or a backup in .sheetsync/backups). "
                f"If they shall go everywhere: --lift {EMPTY_TAB}",
            )
    limit = max(MAX_DELETES, int(agreed * MAX_DELETED_SHARE))
    if len(merge.deleted) > limit:
        gone_from = [
            side.name for side in sides if len(merge.deleted & side.base.keys()) > _doomed(merge, side)
        ]
        return Brake(
            DELETES,
            f"{' and '.join(gone_from)}: {len(merge.deleted)} of {agreed} rows of the tab "
            f'"{merge.tab.title}" are gone; a pass deletes at most {limit} unasked. Nothing was written.',
            "If the rows went by mistake, put them back (undo, or a backup in .sheetsync/backups). "
            f"If they shall go everywhere: --lift {DELETES}",
        )
    return None


def _gone_everywhere(merge: TabMerge, sides: Sequence[Side]) -> bool:
    """Whether people deleted the rows in every copy alike: then no copy has anything left to lose."""
    return len(sides) > 1 and not any(_doomed(merge, side) for side in sides)


def _doomed(merge: TabMerge, side: Side) -> int:
    """How many rows that still stand in a replica would be deleted there."""
    dead = {row.position for row in merge.dead[side.name]}
    return sum(1 for row in side.tab.rows if row.values and row.position in dead)
