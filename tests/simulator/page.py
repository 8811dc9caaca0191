"""A tab as people see it in their spreadsheet, whatever kind of copy it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sheetsync.core.merge.tabs import LABELS
from sheetsync.core.values import Value


def is_bad(value: Value) -> bool:
    """Whether it is a value that cannot cross: text where a number or a choice belongs."""
    return isinstance(value, str) and value.startswith("bad")


#: Header of the column that people of every copy added for themselves.
MINE = "Mine"


@dataclass
class Line:
    """One row: what stands in the hidden first column, the cells by column key, and beside them."""

    id: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    own: Value = None

    def __bool__(self) -> bool:
        return bool(self.id or self.values or self.own)

    def twin(self, **changes: str) -> Line:
        return replace(self, values=dict(self.values), **changes)


@dataclass
class Page:
    """The tab of one copy.

    Attributes:
        stamp: What the margin says; it travels with whatever a person saves.
        labels: Header text by column key, in the order of the sheet.
    """

    stamp: int
    labels: dict[str, str]
    lines: list[Line]

    def values(self) -> Iterator[Value]:
        return (value for line in self.lines for value in line.values.values())

    def tokens(self) -> Counter[Value]:
        """Every value people typed that stands here, with how often."""
        return Counter(self.values())

    def own(self) -> set[Value]:
        """Every value in the column that people added."""
        return {line.own for line in self.lines if line.own is not None}

    def records(self, held: set[tuple[str, str]]) -> dict[str, dict[str, Value]]:
        """What stands in the rows by id, held cells (row id, column) aside."""
        found = {
            line.id: {column: value for column, value in line.values.items() if (line.id, column) not in held}
            for line in self.lines
        }
        return {row_id: row for row_id, row in found.items() if row}

    def headers(self, held: set[tuple[str, str]]) -> dict[str, str]:
        """What stands in the header by column, held ones aside."""
        return {column: label for column, label in self.labels.items() if (LABELS, column) not in held}
