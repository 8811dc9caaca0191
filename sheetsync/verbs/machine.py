"""What stands on the tabs that sheetsync owns: Status, Checks, Conflicts, Lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsync.core.conflicts import Conflict
from sheetsync.core.model import TabKind, Template
from sheetsync.core.plan import CellLink, MachineTab, MachineValue, TabSnapshot
from sheetsync.core.records import Book, View
from sheetsync.core.rules.registry import Finding
from sheetsync.core.status.checks import checks_cells
from sheetsync.core.status.conflicts import choices_in, conflicts_cells
from sheetsync.core.status.content import VOLATILE, status_cells
from sheetsync.core.status.headline import NOT_SCHEDULED
from sheetsync.core.status.registry import Measure
from sheetsync.core.values import Value
from sheetsync.replicas.layout import CONFLICTS, FIRST_ROW, HEADER_ROW, LIST_ROWS, list_columns

Place = tuple[int, int]


def status_tabs(view: View, book: Book, findings: tuple[Finding, ...]) -> dict[str, MachineTab]:
    """The Status tabs of a workbook, the same in each of its replicas."""
    measure = Measure(view, book, findings)
    return {
        tab.key: MachineTab(status_cells(measure, tab, as_of=view.now))
        for tab in book.template.tab
        if tab.kind is TabKind.STATUS
    }


def lists_tab(view: View, book: Book) -> MachineTab:
    """The names and values that dropdowns offer."""
    cells: dict[Place, Value] = {}
    for key, column in list_columns(book.template).items():
        cells[HEADER_ROW, column] = key
        for row, value in enumerate(_list(view, book, key)[:LIST_ROWS], FIRST_ROW):
            cells[row, column] = value
    return MachineTab(cells, shown=False)


def _list(view: View, book: Book, key: str) -> tuple[str, ...]:
    values = choices(book.template).get(key)
    return view.labels(book, key) if values is None else values


def choices(template: Template) -> Mapping[str, tuple[str, ...]]:
    """The allowed values of every column, by list key."""
    return {
        f"{tab.key}.{column.key}": column.values
        for tab in template.tab
        for column in tab.column
        if column.values
    }


def findings_tab(findings: Iterable[Finding], book: Book, address: Addresses) -> MachineTab:
    """The Checks tab, for one replica."""
    ours = [it for it in findings if it.workbook == book.name and not it.private]
    return _listing(checks_cells(ours, book), address, shown=bool(ours))


def conflicts_tab(
    conflicts: Iterable[Conflict],
    book: Book,
    address: Addresses,
    chosen: Mapping[str, str],
    remarks: Mapping[str, str],
) -> MachineTab:
    """The Conflicts tab, for one replica; `chosen` stands there and does not count, as `remarks` say."""
    ours = [it for it in conflicts if it.workbook == book.name]
    return _listing(conflicts_cells(ours, book, chosen, remarks), address, shown=bool(ours))


def chosen_in(tabs: Mapping[str, TabSnapshot]) -> dict[str, str]:
    """What people chose on a replica's Conflicts tab: code of the conflict -> the text there."""
    return choices_in(tabs[CONFLICTS].cells) if CONFLICTS in tabs else {}


class Addresses:
    """Where records stand in one replica, once an edit is written.

    Args:
        positions: Tab -> row id -> 0-based place below the header.
        elsewhere: Cells (tab, row id, column) of which the value in question stands in another replica, and
            where.
    """

    def __init__(
        self,
        tabs: Mapping[str, TabSnapshot],
        positions: Mapping[str, Mapping[str, int]],
        elsewhere: Mapping[tuple[str, str, str], str] | None = None,
    ) -> None:
        self.tabs, self.positions, self.elsewhere = tabs, positions, elsewhere or {}

    def of(self, tab: str, row_id: str, column: str) -> str:
        """A cell's address, "" where the record stands nowhere."""
        position = self.positions.get(tab, {}).get(row_id)
        return "" if position is None else self.tabs[tab].address(position, column)


def differs(wanted: MachineTab, found: TabSnapshot | None) -> bool:
    """Whether a tab has to be written; what only tells the time of day is no reason.

    Whether a next run starts at all is one.
    """
    if found is None:
        return False
    if wanted.shown != found.shown:
        return True
    places = set(wanted.cells) | set(found.cells)
    cells = ((place, wanted.cells.get(place), found.cells.get(place)) for place in places)
    return any(
        new != old and (place not in VOLATILE or NOT_SCHEDULED in (new, old)) for place, new, old in cells
    )


def _listing(cells: Mapping[Place, MachineValue], address: Addresses, *, shown: bool) -> MachineTab:
    values: dict[Place, Value] = {}
    links: dict[Place, tuple[str, str]] = {}
    for place, value in cells.items():
        if not isinstance(value, CellLink):
            values[place] = value
        elif told := address.elsewhere.get((value.tab, value.row_id, value.column)):
            values[place] = told
        else:
            found = address.of(value.tab, value.row_id, value.column)
            if found:
                values[place] = found
                links[place] = (value.tab, found)
    return MachineTab(values, links, shown)
