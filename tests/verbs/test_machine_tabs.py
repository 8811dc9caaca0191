"""The tabs sheetsync fills: written when what they say differs, with links to where it stands."""

from __future__ import annotations

from core.builders import program
from sheetsync.core.plan import MachineTab, TabSnapshot
from sheetsync.core.rules.registry import ERROR, WARNING, Finding
from sheetsync.core.status.content import VOLATILE
from sheetsync.core.status.headline import NOT_SCHEDULED
from sheetsync.replicas.layout import FIRST_ROW, LIST_ROWS, list_columns
from sheetsync.verbs.machine import Addresses, differs, findings_tab, lists_tab


def snapshot(cells: dict[tuple[int, int], object], *, shown: bool = True) -> TabSnapshot:
    return TabSnapshot("checks", 1, cells=cells, shown=shown)


def test_a_tab_is_written_when_a_cell_differs_is_lacking_or_stands_too_much() -> None:
    wanted = MachineTab({(6, 2): "Error", (6, 3): 4})
    assert not differs(wanted, snapshot({(6, 2): "Error", (6, 3): 4}))
    assert differs(wanted, snapshot({(6, 2): "Warning", (6, 3): 4}))
    assert differs(wanted, snapshot({(6, 2): "Error"}))
    assert differs(wanted, snapshot({(6, 2): "Error", (6, 3): 4, (9, 9): "typed by a person"}))


def test_a_tab_is_written_when_it_is_to_be_shown_or_hidden() -> None:
    assert differs(MachineTab({}, shown=False), snapshot({}))
    assert differs(MachineTab({}), snapshot({}, shown=False))


def test_the_time_of_day_alone_is_no_reason_to_write() -> None:
    place = next(iter(VOLATILE))
    assert not differs(MachineTab({place: "10:00"}), snapshot({place: "09:00"}))


def test_whether_a_next_run_starts_at_all_is_a_reason() -> None:
    for place in VOLATILE:
        assert differs(MachineTab({place: NOT_SCHEDULED}), snapshot({place: "22 November 2026, 07:00"}))
        assert differs(MachineTab({place: "22 November 2026, 07:00"}), snapshot({place: NOT_SCHEDULED}))


def test_a_tab_that_a_person_deleted_is_not_written() -> None:
    assert not differs(MachineTab({(6, 2): "Error"}), None)


def test_a_finding_links_to_its_cell_and_private_ones_are_left_out() -> None:
    book = program(group={"members": [{"id": "r1", "name": "Ana"}]}).books[0]
    tab = "members"
    found = [
        Finding("D001", ERROR, book.name, tab, "r1", "name", "wrong", "mend it"),
        Finding("G401", WARNING, book.name, tab, "r1", "", "between us", "", private=True),
        Finding("D001", ERROR, "elsewhere", tab, "r1", "name", "not here", ""),
    ]
    letters = TabSnapshot(tab, 1, letters={"name": "C"}, first_row=3)
    made = findings_tab(found, book, Addresses({tab: letters}, {tab: {"r1": 4}}))
    assert "wrong" in " ".join(map(str, made.cells.values()))
    assert "between us" not in " ".join(map(str, made.cells.values()))
    assert "not here" not in " ".join(map(str, made.cells.values()))
    assert list(made.links.values()) == [(tab, "C7")]
    assert made.shown
    assert not findings_tab([], book, Addresses({}, {})).shown


def test_lists_offer_at_most_as_many_names_as_a_dropdown_takes() -> None:
    members = [{"name": f"Member {number}"} for number in range(LIST_ROWS + 5)]
    view = program(group={"members": members})
    (book,) = view.books
    made = lists_tab(view, book)
    column = list_columns(book.template)["members"]
    names = [row for row, number in made.cells if number == column and row >= FIRST_ROW]
    assert len(names) == LIST_ROWS
    assert made.cells[FIRST_ROW, column] == "Member 0"
    assert not made.shown
