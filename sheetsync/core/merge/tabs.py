"""One tab, any number of replicas, as data: what is merged, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sheetsync.core.conflicts import disagree
from sheetsync.core.merge.cells import Dispute, Outcome
from sheetsync.core.merge.identity import Contents
from sheetsync.core.model import Tab
from sheetsync.core.plan import Row, TabSnapshot
from sheetsync.core.records import Observation
from sheetsync.core.values import Value

#: Row id under which the ledger keeps the headers: they are merged like any other record.
LABELS = "#labels"

#: Whether a value may not leave its replica: (row id, column, value).
Faulty = Callable[[str, str, Value], bool]


@dataclass(frozen=True)
class Terms:
    """What a tab is merged under, besides its copies.

    Attributes:
        faulty: Whether a value may not leave its replica.
        disputes: Cells that were held when the pass before ended: row id -> column -> dispute.
        buried: What deleted records held when they were last agreed, where a replica still has their row;
            `None` for one that the ledger let go of.
        winner: The replica whose opinion settles a conflict in a column (of a form: in a setting), by key; ""
            where people do.
    """

    faulty: Faulty
    disputes: Mapping[str, Mapping[str, Dispute]] = field(default_factory=dict)
    buried: Mapping[str, Contents | None] = field(default_factory=dict)
    winner: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True)
class Side:
    """One replica's tab, and what was agreed when it last took part.

    Attributes:
        name: The replica.
        tab: What stands there now.
        base: Records agreed in generation `stamp`, by row id; rows typed in this replica later and deleted
            since, too, with what was typed.
        withdrawn: Contents typed in this replica, by the id that was minted for them; the replica need not
            have got that id.
        older: A state is back in which the replica stood before it last took part.
    """

    name: str
    tab: TabSnapshot
    base: Mapping[str, Contents]
    stamp: int
    withdrawn: Mapping[str, Contents] = field(default_factory=dict)
    older: bool = False


@dataclass
class TabMerge:
    """What one tab comes to. Later steps of the pass (links, milestones) may still change `rows`.

    Attributes:
        rows: The next generation: contents by row id, in order; `LABELS` among them.
        sources: Where a changed cell came from: row id -> column -> places.
        held: Opinions on cells that no replica is touched at: (row id, column) -> place -> value.
        behind: The replicas that are touched there all the same: they get what is agreed.
        overruled: Opinions where the winner settled it: (row id, column) -> place -> value.
        places: Per replica, the row each record stands in: row id -> `Row`.
        dead: Per replica, the rows to delete, each under the id of its record.
        origins: Per new record, the replicas it was typed in that do not have its id yet.
        deleted: Ids that were agreed and are no more.
        forgotten: Ids that the ledger let go of, and that came back in an old copy: they go again.
        notes: What people should know (D006, rows that came back).
    """

    tab: Tab
    rows: dict[str, Contents] = field(default_factory=dict)
    sources: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)
    behind: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    overruled: dict[tuple[str, str], Mapping[str, Value]] = field(default_factory=dict)
    places: dict[str, dict[str, Row]] = field(default_factory=dict)
    dead: dict[str, list[Row]] = field(default_factory=dict)
    origins: dict[str, frozenset[str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    notes: list[Observation] = field(default_factory=list)

    @property
    def called(self) -> Tab:
        """The tab with the headers that people gave its columns."""
        return self.tab.called(self.rows.get(LABELS, {}))

    def hold(self, row_id: str, column: str, outcome: Outcome) -> None:
        """Leave a cell to people."""
        self.held[row_id, column] = dict(outcome.opinions)
        self.behind[row_id, column] = outcome.behind

    def is_left(self, row_id: str, column: str, replica: str) -> bool:
        """Whether a replica is not touched at a cell."""
        return (row_id, column) in self.held and replica not in self.behind.get((row_id, column), ())

    def conflicts(self) -> dict[tuple[str, str], dict[str, Value]]:
        """Held cells on which places disagree."""
        return {where: said for where, said in self.held.items() if disagree(said)}

    def faulty(self) -> dict[tuple[str, str], Value]:
        """Held cells on which nobody disagrees: the faulty value that stays where it was typed."""
        found = self.held.keys() - self.conflicts().keys()
        return {where: next(iter(self.held[where].values())) for where in self.held if where in found}

    def set(self, row_id: str, column: str, value: Value, source: str) -> bool:
        """Change one cell of the next generation; a held cell stays as it is, and so does a formula.

        Returns:
            Whether the cell has the value now.
        """
        if (row_id, column) in self.held or row_id not in self.rows:
            return False
        if any(row_id in rows and column in rows[row_id].fixed for rows in self.places.values()):
            return self.rows[row_id].get(column) == value
        if self.rows[row_id].get(column) != value:
            self.rows[row_id] = strip({**self.rows[row_id], column: value})
            self.sources.setdefault(row_id, {})[column] = (source,)
        return True

    def settle(self, row_id: str, column: str, value: Value, source: str) -> bool:
        """Give a cell the value that a person chose; it is no more held.

        Returns:
            False, and nothing is done, where a formula that cannot be overwritten says otherwise.
        """
        rows = [rows[row_id] for rows in self.places.values() if row_id in rows]
        if any(column in row.fixed and row.values.get(column) != value for row in rows):
            return False
        self.held.pop((row_id, column), None)
        template_word = row_id == LABELS and value == self.tab.columns[column].label
        self.rows[row_id] = strip({**self.rows[row_id], column: None if template_word else value})
        self.sources.setdefault(row_id, {})[column] = (source,)
        return True

    def delete(self, row_id: str) -> None:
        """Delete a record everywhere, whoever edited it."""
        del self.rows[row_id]
        self.held = {where: said for where, said in self.held.items() if where[0] != row_id}
        for name, placed in self.places.items():
            if row_id in placed:
                self.dead[name].append(replace(placed.pop(row_id), id=row_id))
        if self.origins.pop(row_id, None) is None:
            self.deleted.add(row_id)

    def add(self, row_id: str, values: Mapping[str, Value], source: str) -> None:
        """Add a record that no person typed in this tab."""
        self.rows[row_id] = strip(values)
        self.sources[row_id] = dict.fromkeys(self.rows[row_id], (source,))


def strip(values: Mapping[str, Value]) -> dict[str, Value]:
    """Contents without empty cells, so that equal contents are equal mappings."""
    return {column: value for column, value in values.items() if value is not None}
