"""What a pass reads and what it will write, as frozen data: decided once, printed or applied."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sheetsync.core.records import Observation
from sheetsync.core.values import Value


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in a replica.

    Attributes:
        id: What stands in the margin: blank, pasted twice or anything else a person left there.
        position: 0-based place below the header, blank rows counted.
        values: Canonical values of the columns people fill, by key; empty cells are left out.
        fixed: Columns whose cell cannot be overwritten (a formula, a merged range).
        computed: What stands in the columns that sheetsync fills.
        own: What people put into columns of their own, by header: it is no part of the record, and goes
            where its row goes.
    """

    id: str
    position: int
    values: Mapping[str, Value]
    fixed: frozenset[str] = frozenset()
    computed: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class TabSnapshot:
    """One tab as it stands in a replica.

    Attributes:
        stamp: Generation this tab last took part in.
        rows: Rows that hold an id or a value, from the top.
        labels: Header text by column key, in the order of the sheet.
        cells: Of a machine tab: its values by (row, column), 1-based.
        letters: Column letters by column key, for messages and links.
        first_row: Sheet row of position 0, 1-based.
        shown: Whether people see the tab.
    """

    key: str
    stamp: int
    rows: tuple[Row, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[tuple[int, int], Value] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    first_row: int = 3
    shown: bool = True

    @property
    def end(self) -> int:
        """Position of the first new row."""
        return max((row.position for row in self.rows), default=-1) + 1

    def address(self, position: int, column: str) -> str:
        """A cell's address ("E7"): the row's first cell where no column is meant."""
        letter = self.letters.get(column) or next(iter(self.letters.values()), "B")
        return f"{letter}{self.first_row + position}"


@dataclass(frozen=True)
class Snapshot:
    """One replica as it was read.

    Attributes:
        ledger, workbook: Whose it says it is.
        version: Token that a write hands back, so that it fails if the replica changed.
        faults: What could not be read as the template says (D006, D007).
        glance: What a glance told of it, or would have; "" where it takes a reading.
    """

    ledger: str
    workbook: str
    template: str
    version: str
    tabs: Mapping[str, TabSnapshot]
    faults: tuple[Observation, ...] = ()
    glance: str = ""


@dataclass(frozen=True, slots=True)
class CellLink:
    """A machine cell that leads to a record's cell: shown as its address there, or as the tab's title."""

    tab: str
    row_id: str
    column: str


MachineValue = Value | CellLink


@dataclass(frozen=True)
class TabEdit:
    """What is written to one tab.

    Attributes:
        stamp: The generation this tab takes part in once it is written.
        cells: Position -> column key -> value, for rows that are there.
        ids: Position -> row id to write into the margin.
        new: Rows for the end of the table: (row id, values).
        gone: Positions of the rows to delete, from the top.
        labels: Column key -> header text.
        extras: Header of a column of people's own -> row id -> value, for cells that are empty there.
    """

    stamp: int
    cells: Mapping[int, Mapping[str, Value]] = field(default_factory=dict)
    ids: Mapping[int, str] = field(default_factory=dict)
    new: tuple[tuple[str, Mapping[str, Value]], ...] = ()
    gone: tuple[int, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def landed(self, position: int) -> int:
        """Where a row stands once those that go are gone."""
        return position - bisect_left(self.gone, position)

    def with_extras(self, extras: Mapping[str, Mapping[str, Value]]) -> TabEdit:
        """The edit with more of what goes beside records."""
        headers = {**self.extras, **extras}
        merged = {it: {**self.extras.get(it, {}), **extras.get(it, {})} for it in headers}
        return replace(self, extras=merged)

    def __bool__(self) -> bool:
        return bool(self.cells or self.ids or self.new or self.gone or self.labels or self.extras)


@dataclass(frozen=True)
class MachineTab:
    """The whole content of a tab that sheetsync owns (Status, Checks, Conflicts, Lists).

    Attributes:
        cells: Values by (row, column), 1-based; every other cell of the tab is empty.
        links: Cells that lead to another one: (row, column) -> (tab key, "E7").
        shown: Whether the tab has something to say.
    """

    cells: Mapping[tuple[int, int], Value]
    links: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    shown: bool = True


@dataclass(frozen=True)
class Edit:
    """Everything that is written to one replica in one atomic step.

    Attributes:
        owner: Ledger and workbook to write into every margin, where the replica changes hands.
    """

    tabs: Mapping[str, TabEdit] = field(default_factory=dict)
    machine: Mapping[str, MachineTab] = field(default_factory=dict)
    owner: tuple[str, str] | None = None

    def __bool__(self) -> bool:
        return any(self.tabs.values()) or bool(self.machine or self.owner)
