"""From an edit to the bytes of the changed workbook, which are read back before anybody gets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.core.values import show
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.apply import apply_in_place
from sheetsync.replicas.excel.gate import check_written
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.read import open_parts, read_snapshot
from sheetsync.replicas.excel.traces import any_of, without_unused
from sheetsync.replicas.sheets import Sheet


def rewritten(
    parts: Parts, sheets: Mapping[str, Sheet], before: Snapshot, edit: Edit, template: Template
) -> bytes:
    """The workbook with an edit; what a deleted row held is in no part of it any more.

    Args:
        parts: The workbook.
        sheets: Our tabs in it, by key.
        before: What they hold.
        edit: What is written.
        template: What the tabs were made from.

    Raises:
        ReplicaError: It cannot be edited, or would not read as it should.
    """
    refuse_obstacles(parts)
    changed = BytesIO()
    anew, edit = apply_in_place(parts, sheets, edit)
    parts.package.write(changed, anew, last=[parts.styles])
    content = changed.getvalue()
    if any(tab.gone for tab in edit.tabs.values()):
        content = without_unused(open_parts(content, parts.path), any_of(_deleted(before, edit)))
    check_written(before, edit, read_snapshot(content, parts.path, template), parts.path)
    return content


def refuse_obstacles(parts: Parts) -> None:
    """Stop at a workbook that cannot be edited in place.

    Raises:
        ReplicaError: It is signed, for one.
    """
    for obstacle in parts.obstacles():
        raise ReplicaError(f"{parts.path}: {obstacle}.", "Put a copy without it in its place.")


def _deleted(before: Snapshot, edit: Edit) -> Iterator[str]:
    """The texts of the rows that an edit deletes."""
    for key, tab_edit in edit.tabs.items():
        gone = frozenset(tab_edit.gone)
        for row in before.tabs[key].rows if gone else ():
            if row.position in gone:
                yield from map(show, (row.id, *row.values.values(), *row.computed.values()))
