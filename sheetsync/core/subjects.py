"""Mail subjects: what may stand in a line that anybody who walks past the screen can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsync.core.records import View, fold
from sheetsync.core.wording import one_line

#: Stands for an event whose own words would name a person or tell a stance.
DISCREET = "one more step reached"

_WORD = re.compile(r"[^\W\d_]+")
#: Words that stand in titles and team names as well as in names, so that they give nobody away.
_COMMON = frozenset(
    {"the", "new", "first", "all", "and", "for", "of", "head", "lead", "team", "group", "council", "office"}
)
_STANCES = frozenset({"unaware", "resistant", "neutral", "supportive", "leading"})


def subject(view: View, text: str) -> str:
    """A subject line: "[Acme Apprenticeships] Weekly: Green - nothing to decide"."""
    return f"[{one_line(view.program, 60)}] {one_line(text, 120)}"


def milestone_subject(view: View, event: str, person: str) -> str:
    """The subject of a milestone: its event, or neutral words where the event names somebody or a stance.

    Args:
        view: The program, whose people's names are looked for.
        event: The event as it stands in the Milestones tab, in people's own words.
        person: Who that row says it is about.
    """
    return subject(view, f"Milestone: {event if is_discreet(view, event, person) else DISCREET}")


def is_discreet(view: View, text: str, person: str = "") -> bool:
    """Whether a text names nobody the program knows (nor a part of a name) and tells no stance.

    Of a false alarm nothing comes but a plainer subject; of a miss, a name in everybody's inbox.
    """
    words = set(_WORD.findall(text))
    if _STANCES & {word.casefold() for word in words}:
        return False
    public = _public(view)
    names = [name for name in (person, *_names(view)) if name.strip() and fold(name) not in public]
    if any(_mentions(fold(text), fold(name)) for name in names):
        return False
    spoken = {
        word for name in names for word in _WORD.findall(name) if len(word) > 1 and not word[0].islower()
    }
    return not any(fold(word) not in public | _COMMON for word in spoken & words)


def _mentions(text: str, name: str) -> bool:
    """Whether a folded text holds a whole name; scripts without letter case write no space between words."""
    edge = r"\b" if name.upper() != name else ""
    return re.search(f"{edge}{re.escape(name)}{edge}", text) is not None


def _names(view: View) -> Iterator[str]:
    for tab in ("stakeholders", "members", "intake"):
        yield from (row.text("name") for row in view.records(tab))


def _public(view: View) -> frozenset[str]:
    """Units, team types and titles, whole and word by word: they may stand in a subject."""
    rows = (*view.records("stakeholders"), *view.records("members"))
    texts = [row.text(column) for row in rows for column in ("unit", "team_type", "title")]
    texts += view.setting("host_units").many("host_units")
    return frozenset(fold(part) for text in texts for part in (text, *_WORD.findall(text)) if part)
