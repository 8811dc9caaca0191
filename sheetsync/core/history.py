"""What happened to every cell: each change, and each value somebody put in that did not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheetsync.core.conflicts import Conflict, disagree
from sheetsync.core.values import Value

ADDED, CHANGED, DELETED = "added", "changed", "deleted"
#: A place's value about which places disagreed; what a person chose; what was typed and never agreed on.
HELD, CHOSEN, TYPED = "held", "chosen", "typed"
#: A value in a column of a copy's own that went with its row.
BESIDE = "beside"

Contents = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Version:
    """A record from a run on; no contents: it was deleted.

    Attributes:
        sources: Column -> the places the change came from.
    """

    run: int
    tab: str
    row_id: str
    contents: Contents | None
    sources: Mapping[str, Iterable[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in a new row when it got its id."""

    run: int
    tab: str
    row_id: str
    replica: str
    contents: Contents


@dataclass(frozen=True, slots=True)
class Beside:
    """What stood in columns of people's own when a pass deleted the row: header -> value."""

    run: int
    tab: str
    row_id: str
    replica: str
    contents: Contents

    @property
    def place(self) -> tuple[str, str, str]:
        """The row in its copy: (tab, row id, replica)."""
        return self.tab, self.row_id, self.replica


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A conflict from the run that found it to the one after which it was settled.

    Attributes:
        choice: What a person chose, in a tuple of one; empty where nobody did.
    """

    conflict: Conflict
    opened: int
    settled: int | None = None
    choice: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        column: "" where the whole record is meant.
        kind: added, changed, deleted, held, chosen, typed or beside.
        places: Where the new value came from.
    """

    run: int
    tab: str
    row_id: str
    column: str
    kind: str
    old: Value
    new: Value
    places: tuple[str, ...] = ()


def changes(versions: Iterable[Version]) -> Iterator[Entry]:
    """What each version changed.

    Args:
        versions: Of any number of records, each record's oldest first.
    """
    before: dict[tuple[str, str], Contents | None] = {}
    for it in versions:
        old = before.get((it.tab, it.row_id))
        before[it.tab, it.row_id] = it.contents
        if it.contents is None:
            if old is not None:
                yield Entry(it.run, it.tab, it.row_id, "", DELETED, None, None)
            continue
        kind = ADDED if old is None else CHANGED
        for column in {**(old or {}), **it.contents}:
            was, now = (old or {}).get(column), it.contents.get(column)
            if was != now:
                places = tuple(it.sources.get(column, ()))
                yield Entry(it.run, it.tab, it.row_id, column, kind, was, now, places)


def disagreements(found: Iterable[Disagreement]) -> Iterator[Entry]:
    """What each place said in a conflict, and what a person chose; a faulty value has no other against it."""
    for it in found:
        where = (it.conflict.tab, it.conflict.row_id, it.conflict.column)
        kind = HELD if disagree(it.conflict.opinions) else TYPED
        for place, value in it.conflict.opinions.items():
            yield Entry(it.opened, *where, kind, None, value, (place,))
        if it.choice:
            yield Entry(it.settled or it.opened, *where, CHOSEN, None, it.choice[0])


def never_agreed(typed: Iterable[Typed], versions: Iterable[Version]) -> Iterator[Entry]:
    """Values of new rows that no version ever held."""
    held: dict[tuple[str, str, str], set[Value]] = {}
    for version in versions:
        for column, value in (version.contents or {}).items():
            held.setdefault((version.tab, version.row_id, column), set()).add(value)
    for it in typed:
        for column, value in it.contents.items():
            if value not in held.get((it.tab, it.row_id, column), ()):
                yield Entry(it.run, it.tab, it.row_id, column, TYPED, None, value, (it.replica,))


def went_along(found: Iterable[Beside]) -> Iterator[Entry]:
    """What stood beside rows that were deleted."""
    for it in found:
        for header, value in it.contents.items():
            yield Entry(it.run, it.tab, it.row_id, header, BESIDE, value, None, (it.replica,))
