"""What the operator is told when runs begin to fail, and when they work again."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsync.core.announcements import OPERATOR, Announcement
from sheetsync.core.digest import Item
from sheetsync.core.private_notes import Note
from sheetsync.core.records import View
from sheetsync.core.subjects import subject
from sheetsync.core.wording import one_line

ALARM = "alarm"

_FAILING = (
    "The last run could not do all of its work. Nothing was lost: what it left is done by the next run that "
    'can. What to do stands below; "sheetsync doctor" looks the whole program over. You hear of it again '
    "when runs work, not before."
)
_RECOVERED = "The last run did all of its work; what the ones before left undone is done."


def alarm(view: View, run: int, failures: Sequence[tuple[str, str]]) -> Announcement:
    """The mail about a run that failed after one that worked, or (without failures) the other way round.

    Args:
        view: The program; its records are not needed.
        run: The run's number, which makes the mail unique.
        failures: What went wrong, each with what to do.
    """
    what = "Runs are failing" if failures else "Runs work again"
    items = tuple(Item(one_line(f"{wrong} {do}", 500)) for wrong, do in failures)
    note = Note(what, _FAILING if failures else _RECOVERED, items)
    line = subject(view, what)
    return Announcement(f"alarm/{run}", ALARM, OPERATOR, "", "", "", line, "For you as the operator.", note)
