"""Taking records and a person out of an earlier version of a replica, whose stamps stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from sheetsync.core.forgetting import Person, is_theirs, without
from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.core.plan import Edit, MachineTab, Row, Snapshot, TabEdit, TabSnapshot
from sheetsync.core.records import fold
from sheetsync.core.values import Value, show

#: Whether a row is to go.
Goes = Callable[[Tab, Row], bool]

#: A version of a record that was erased: its tab, its row id, what it held.
Erased = tuple[str, str, Mapping[str, Value]]


def without_person(person: Person, template: Template, found: Snapshot) -> Edit:
    """Their rows go; elsewhere their name and address do."""
    return _edit(template, found, lambda tab, row: is_theirs(tab, row.values, person), person, person)


def without_erased(erased: Collection[Erased], template: Template, found: Snapshot) -> Edit:
    """These records go, also from before they had an id; what sheetsync's own tabs tell of them goes too."""
    ids = {(tab, row_id) for tab, row_id, _ in erased}
    names = {(tab, _name(template.tabs[tab], held)) for tab, _, held in erased if tab in template.tabs}

    def goes(tab: Tab, row: Row) -> bool:
        return (tab.key, row.id) in ids or (not row.id and (tab.key, _name(tab, row.values)) in names)

    return _edit(template, found, goes, Person(), told_of(erased, template))


def told_of(erased: Collection[Erased], template: Template) -> Person:
    """Everything that people wrote in these records, and their ids; not what they chose."""
    words = {row_id for _, row_id, _ in erased}
    for key, _, held in erased:
        columns = template.tabs[key].columns if key in template.tabs else {}
        free = [it for it in columns.values() if it.type in (ColumnType.TEXT, ColumnType.EMAIL)]
        words |= {text for column in free if (text := show(held.get(column.key)).strip())}
    return Person(frozenset(words))


def _name(tab: Tab, contents: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(fold(show(contents.get(key))) for key in tab.natural_key)


def _edit(template: Template, found: Snapshot, goes: Goes, named: Person, told: Person) -> Edit:
    """What is written.

    Args:
        goes: Whether a row goes.
        named: Who is taken out of what people wrote in other rows.
        told: Who is taken out of the tabs that sheetsync writes.
    """
    tabs = {tab.key: _of_people(tab, found.tabs[tab.key], goes, named) for tab in template.synced()}
    ours = (it for it in found.tabs.values() if it.key not in template.tabs or _is_status(template, it))
    return Edit(tabs, {it.key: machine for it in ours if (machine := _of_ours(it, told)) is not None})


def _is_status(template: Template, tab: TabSnapshot) -> bool:
    return template.tabs[tab.key].kind is TabKind.STATUS


def _of_people(tab: Tab, found: TabSnapshot, goes: Goes, person: Person) -> TabEdit:
    is_table = tab.kind is TabKind.TABLE
    gone = {row.position for row in found.rows if is_table and goes(tab, row)}
    cells = {}
    for row in found.rows:
        column = None if is_table else tab.columns.get(row.id)
        rest = dict(_without(row, tab.columns, column, person))
        if rest and row.position not in gone:
            cells[row.position] = rest
    return TabEdit(found.stamp, cells, gone=tuple(sorted(gone)))


def _without(
    row: Row, columns: Mapping[str, Column], setting: Column | None, person: Person
) -> Iterator[tuple[str, Value]]:
    """The cells of a row that name the person, without them."""
    for key, value in {**row.values, **row.computed}.items():
        rest = without(setting or columns.get(key), value, person)
        if rest != value and key not in row.fixed:
            yield key, rest


def _of_ours(found: TabSnapshot, person: Person) -> MachineTab | None:
    cells = {place: without(None, value, person) for place, value in found.cells.items()}
    return None if cells == found.cells else MachineTab(_filled(cells.items()), shown=found.shown)


def _filled(
    cells: Iterable[tuple[tuple[int, int], Value]],
) -> dict[tuple[int, int], Value]:
    return {place: value for place, value in cells if value is not None}
