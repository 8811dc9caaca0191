"""What a replica still lacks: the difference between what stands there and the next generation."""

from __future__ import annotations

from collections.abc import Container, Mapping

from sheetsync.core.merge.tabs import LABELS, TabMerge
from sheetsync.core.model import TabKind
from sheetsync.core.plan import Row, TabEdit, TabSnapshot
from sheetsync.core.values import Value


def edit_for(
    name: str,
    tab: TabSnapshot,
    merge: TabMerge,
    derived: Mapping[str, Mapping[str, Value]],
    stamp: int,
    lost: Container[str] = (),
) -> TabEdit:
    """The edit that brings one replica's tab to the next generation.

    Args:
        name: The replica.
        tab: Its tab as it was read.
        merge: What the tab comes to.
        derived: Values of the computed columns, by row id.
        stamp: Number of the next generation.
        lost: New rows that must not cross: their ids are not durable where they were typed.
    """
    places = merge.places[name]
    cells, ids = {}, {}
    for row_id, row in places.items():
        changed = _changed(name, row_id, row, merge, derived.get(row_id, {}))
        if changed:
            cells[row.position] = changed
        if row.id != row_id:
            ids[row.position] = row_id
    new = tuple(
        (row_id, {**values, **derived.get(row_id, {})})
        for row_id, values in merge.rows.items()
        if values and row_id != LABELS and row_id not in places and row_id not in lost and _may_add(merge)
    )
    gone = tuple(sorted(row.position for row in merge.dead[name]))
    return TabEdit(stamp, cells, ids, new, gone, _labels(name, tab, merge))


def _changed(
    name: str, row_id: str, row: Row, merge: TabMerge, derived: Mapping[str, Value]
) -> dict[str, Value]:
    want = merge.rows[row_id]
    changed = {column: value for column, value in derived.items() if row.computed.get(column) != value}
    if want == row.values:
        return changed
    for column in {**want, **row.values}:
        if row.values.get(column) != want.get(column) and not merge.is_left(row_id, column, name):
            changed[column] = want.get(column)
    return changed


def _may_add(merge: TabMerge) -> bool:
    # The rows of a form are its template's settings: `provision` adds them, never a pass.
    return merge.tab.kind is TabKind.TABLE


def _labels(name: str, tab: TabSnapshot, merge: TabMerge) -> dict[str, str]:
    if LABELS not in merge.rows:
        return {}
    words = {**{column.key: column.label for column in merge.tab.column}, **merge.rows[LABELS]}
    return {
        column: str(word)
        for column, word in words.items()
        if tab.labels.get(column, word) != word and not merge.is_left(LABELS, column, name)
    }
