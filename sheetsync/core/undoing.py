"""Taking back what a run changed, where nobody has changed it since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sheetsync.core.merge.headers import is_taken
from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import TabKind
from sheetsync.core.values import Value

Contents = Mapping[str, Value]
Rows = Mapping[str, Contents]
_UNDO = "undo of run "


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was taken back, or left alone because people changed it since.

    Attributes:
        column: "" for a whole record.
    """

    row_id: str
    column: str
    done: bool


def title_of(run: int) -> str:
    """What an undo is called: where the values come from that it brings back."""
    return f"{_UNDO}{run}"


def is_undo(sources: Collection[str]) -> bool:
    """Whether a change came from an undo alone."""
    return bool(sources) and all(it.startswith(_UNDO) for it in sources)


def take_back(
    merge: TabMerge, before: Rows, after: Rows, source: str, since: Mapping[str, Collection[str]]
) -> Iterator[Step]:
    """Bring what a run changed back to what it was.

    Args:
        merge: What the tab comes to now; is changed.
        before: All records before the run.
        after: All records after it.
        source: Where the values come from, for the log.
        since: Row id -> the columns that people changed since, also back to what the run had made of them.
    """
    for row_id in {**before, **after}:
        was, became = before.get(row_id), after.get(row_id)
        if row_id == LABELS or merge.tab.kind is TabKind.FORM:  # headers and settings are always there
            was, became = was or {}, became or {}
        if was is None and became is not None:
            yield from _take_out(merge, row_id, became, touched=row_id in since)
        elif became is None and was is not None and row_id not in merge.rows:
            merge.add(row_id, was, source)
            yield Step(row_id, "", True)
        elif was is not None and became is not None:
            yield from _take_back_cells(merge, row_id, was, became, source, since.get(row_id, ()))


def _take_out(merge: TabMerge, row_id: str, became: Contents, *, touched: bool) -> Iterator[Step]:
    now = merge.rows.get(row_id)
    if now is None:
        return
    untouched = now == became and not touched and not any(held == row_id for held, _ in merge.held)
    if untouched:
        merge.delete(row_id)
    yield Step(row_id, "", untouched)


def _take_back_cells(
    merge: TabMerge,
    row_id: str,
    was: Contents,
    became: Contents,
    source: str,
    since: Collection[str],
) -> Iterator[Step]:
    for column in {**was, **became}:
        old, new, now = was.get(column), became.get(column), merge.rows.get(row_id, {}).get(column)
        if old != new and now != old:
            untouched = now == new and column not in since and _may_be(merge, row_id, column, old)
            yield Step(row_id, column, untouched and merge.set(row_id, column, old, source))


def _may_be(merge: TabMerge, row_id: str, column: str, value: Value) -> bool:
    """Whether a cell can have a value; a header cannot be that of another column."""
    found = merge.tab.columns.get(column)
    if row_id != LABELS or found is None:
        return True
    return not is_taken(merge.tab, merge.rows[LABELS], column, value or found.label)
