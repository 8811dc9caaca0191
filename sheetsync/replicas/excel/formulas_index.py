"""Who reads a cell: every area that formulas read, each handed out once, to the first that asks for it.

Handing out once is what keeps long chains of long sums linear: a formula that is known to be stale need not
be found again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sheetsync.replicas.excel.formulas_text import Rectangle

_WIDTH = 16  # entries of a node

#: An R-tree: rectangles, each around the entries of another node, or with the number of a reader.
_Entry = tuple[Rectangle, "_Node | int"]
_Node = list[_Entry]


class Readers:
    """Readers by the areas of one sheet that they read. All are added before the first is taken.

    Wide areas and tall ones lie in a tree each, in which neighbors stand one below or beside the other.
    """

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._wide: _Node = []
        self._tall: _Node = []
        self._trees: list[_Node] = []

    def add(self, area: Rectangle, reader: int) -> None:
        """Remember that a reader reads an area."""
        top, left, bottom, right = area
        if top == bottom and left == right:
            self._cells[top, left].append(reader)
        else:
            (self._wide if right - left >= bottom - top else self._tall).append((area, reader))

    def take(self, area: Rectangle) -> list[int]:
        """Readers of any cell of an area; what they read there is gone from here on."""
        if not self._trees:
            by_row = sorted(self._wide, key=lambda it: it[0])
            by_column = sorted(self._tall, key=lambda it: (it[0].left, it[0].right, it[0].top, it[0].bottom))
            self._trees = [_tree(by_row), _tree(by_column)]
        found = [reader for cell in self._read_in(area) for reader in self._cells.pop(cell)]
        for tree in self._trees:
            _take(tree, area, found)
        return found

    def _read_in(self, area: Rectangle) -> Sequence[tuple[int, int]]:
        top, left, bottom, right = area
        if (bottom - top + 1) * (right - left + 1) > len(self._cells):
            return [it for it in self._cells if top <= it[0] <= bottom and left <= it[1] <= right]
        return [it for it in cells_of(area) if it in self._cells]


def cells_of(area: Rectangle) -> Iterator[tuple[int, int]]:
    """Row and column of each cell, row by row."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column


def _tree(node: _Node) -> _Node:
    while len(node) > _WIDTH:
        groups = (node[start : start + _WIDTH] for start in range(0, len(node), _WIDTH))
        node = [(_around(group), group) for group in groups]
    return node


def _around(node: _Node) -> Rectangle:
    tops, lefts, bottoms, rights = zip(*(area for area, _ in node), strict=True)
    return Rectangle(min(tops), min(lefts), max(bottoms), max(rights))


def _take(node: _Node, area: Rectangle, found: list[int]) -> None:
    """Move the readers of an area's cells from a node to `found`."""
    top, left, bottom, right = area
    kept: _Node = []
    for entry in node:
        (first, start, last, end), below = entry
        if first > bottom or last < top or start > right or end < left:
            kept.append(entry)
        elif isinstance(below, int):
            found.append(below)
        else:
            _take(below, area, found)
            if below:
                kept.append(entry)
    if len(kept) < len(node):
        node[:] = kept
