"""Where everything on a Status tab stands: a pure function of the template, so that charts can point at it.

Columns: A is the margin; B holds row names; C to G hold figures; H is a gap; charts float over I to P.
Rows: 1 is the margin; 2 the title; 3 "as of"; from 5 the headline (name in B, value in C); then the
blocks, one below the other, each as high as its table or its chart, whichever is higher.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.model import Block, ChartKind, Tab

TITLE_ROW = 2
AS_OF_ROW = 3
HEADLINE_ROW = 5
#: Names of the headline's rows, in order.
HEADLINE = ("Health", "Why", "North star", "Errors", "Warnings", "Advice", "Open conflicts", "Next run")
NAME_COLUMN = 2
FIRST_FIGURE_COLUMN = 3
MAX_FIGURES = 5
CHART_COLUMN = 9
_CHART_HEIGHT = 15
_FIRST_BLOCK_ROW = HEADLINE_ROW + len(HEADLINE) + 2


@dataclass(frozen=True, slots=True)
class Slot:
    """The fixed place of one block; rows are 1-based sheet rows."""

    block: Block
    title_row: int
    remark_row: int
    header_row: int
    first_row: int
    last_row: int


def slots(tab: Tab) -> Iterator[Slot]:
    """The blocks of a status tab with their places."""
    row = _FIRST_BLOCK_ROW
    for block in tab.block:
        first = row + 3
        yield Slot(block, row, row + 1, row + 2, first, first + block.rows - 1)
        row += max(block.rows + 4, _CHART_HEIGHT + 3 if is_drawn(block) else 0)


def is_drawn(block: Block) -> bool:
    """Whether a block has a chart that is made of more than colored cells."""
    return block.chart not in (ChartKind.NONE, ChartKind.HEAT)
