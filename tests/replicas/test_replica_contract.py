"""What a pass may expect of every replica; a new kind of replica passes these tests too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from replicas.excel_making import small_template
from replicas.google_making import google_replica
from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, MachineTab, Row, Snapshot, TabEdit, TabSnapshot
from sheetsync.core.values import Boolean
from sheetsync.errors import ReplicaChanged
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.memory import MemoryReplica
from sheetsync.replicas.replica import Identity, Replica

TEMPLATE = small_template()
IDENTITY = Identity("ledger-1", "map")


def excel(folder: Path) -> Replica:
    replica = ExcelReplica("small.xlsx", folder / "small.xlsx", folder / "backups")
    replica.provision(TEMPLATE, IDENTITY)
    return replica


def memory(_: Path) -> Replica:
    people = TabSnapshot("people", 0, labels={"name": "Name", "state": "State", "lead": "Lead"})
    frame = TabSnapshot("frame", 0, rows=(Row("goal", 0, {}),))
    machine = {key: TabSnapshot(key, 0, shown=False) for key in ("checks", "conflicts", "lists")}
    tabs = {"frame": frame, "people": people, **machine}
    return MemoryReplica("small", Snapshot("ledger-1", "map", "small@1", "0", tabs))


def google(folder: Path) -> Replica:
    replica = google_replica(folder)
    replica.provision(TEMPLATE, IDENTITY)
    return replica


@pytest.fixture(params=[excel, memory, google], ids=["excel", "memory", "google"])
def replica(request: pytest.FixtureRequest, tmp_path: Path) -> Replica:
    make: Callable[[Path], Replica] = request.param
    return make(tmp_path)


def read(replica: Replica, template: Template = TEMPLATE) -> Snapshot:
    return replica.read(template)


def write(replica: Replica, tab: str = "people", **edit: object) -> str:
    """Write an edit of one tab."""
    stamp = int(str(edit.pop("stamp", 1)))
    return replica.write(Edit({tab: TabEdit(stamp, **edit)}), TEMPLATE, read(replica).version)


def people(replica: Replica) -> list[tuple[str, dict[str, object]]]:
    return [(row.id, dict(row.values)) for row in read(replica).tabs["people"].rows]


@pytest.fixture
def filled(replica: Replica) -> Replica:
    """With three people in it."""
    rows = (("r1", {"name": "Ana", "state": "open"}), ("r2", {"name": "Bo"}), ("r3", {"name": "Cleo"}))
    write(replica, new=rows)
    return replica


def test_it_says_whose_it_is(replica: Replica) -> None:
    snapshot = read(replica)
    assert (snapshot.ledger, snapshot.workbook, snapshot.template) == ("ledger-1", "map", "small@1")


def test_new_it_holds_no_rows_and_never_took_part(replica: Replica) -> None:
    tab = read(replica).tabs["people"]
    assert (tab.rows, tab.stamp) == ((), 0)
    assert dict(tab.labels) == {"name": "Name", "state": "State", "lead": "Lead"}


def test_new_rows_stand_at_the_end_in_order(filled: Replica) -> None:
    write(filled, new=(("r4", {"name": "Dov"}), ("r5", {"name": "Eli", "lead": "Ana"})))
    assert people(filled) == [
        ("r1", {"name": "Ana", "state": "open"}),
        ("r2", {"name": "Bo"}),
        ("r3", {"name": "Cleo"}),
        ("r4", {"name": "Dov"}),
        ("r5", {"name": "Eli", "lead": "Ana"}),
    ]


def test_a_row_without_anything_but_its_id_is_a_row(replica: Replica) -> None:
    write(replica, new=(("r1", {}),))
    assert people(replica) == [("r1", {})]


def test_cells_are_written_by_position_and_emptied_by_none(filled: Replica) -> None:
    write(filled, cells={0: {"state": None, "lead": "Bo"}, 2: {"name": "Cleopatra"}})
    assert people(filled)[0] == ("r1", {"name": "Ana", "lead": "Bo"})
    assert people(filled)[1:] == [("r2", {"name": "Bo"}), ("r3", {"name": "Cleopatra"})]


def test_ids_are_written_into_the_margin(filled: Replica) -> None:
    write(filled, ids={1: "r9"})
    assert [row_id for row_id, _ in people(filled)] == ["r1", "r9", "r3"]


def test_deleted_rows_close_the_gap(filled: Replica) -> None:
    write(filled, gone=(0, 1), new=(("r4", {"name": "Dov"}),), cells={2: {"lead": "Dov"}})
    assert people(filled) == [("r3", {"name": "Cleo", "lead": "Dov"}), ("r4", {"name": "Dov"})]
    assert [row.position for row in read(filled).tabs["people"].rows] == [0, 1]


def test_the_last_row_can_go_and_another_can_come(filled: Replica) -> None:
    write(filled, gone=(0, 1, 2))
    assert people(filled) == []
    write(filled, new=(("r4", {"name": "Dov"}),))
    assert people(filled) == [("r4", {"name": "Dov"})]


def test_headers_are_renamed_by_key(filled: Replica) -> None:
    write(filled, labels={"lead": "Led by"})
    assert dict(read(filled).tabs["people"].labels) == {"name": "Name", "state": "State", "lead": "Led by"}
    write(filled, cells={0: {"lead": "Bo"}})
    assert people(filled)[0][1]["lead"] == "Bo"


def test_a_setting_of_a_form_is_written_beside_its_name(replica: Replica) -> None:
    write(replica, "frame", cells={0: {"value": "a pilot"}})
    (row,) = read(replica).tabs["frame"].rows
    assert (row.id, dict(row.values)) == ("goal", {"value": "a pilot"})


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "00123",
        "TRUE",
        "#N/A",
        "two\nlines",
        5,
        0.1,
        -2.5,
        Boolean.TRUE,
        date(2026, 3, 4),
        datetime(2026, 3, 4, 9, 30),
    ],
)
def test_a_value_is_read_back_as_what_was_written(replica: Replica, value: object) -> None:
    write(replica, new=(("r1", {"name": value}),))
    ((_, values),) = people(replica)
    assert values == {"name": value}


def test_only_the_tabs_that_are_written_get_the_stamp(filled: Replica) -> None:
    write(filled, stamp=7, cells={0: {"lead": "Bo"}})
    tabs = read(filled).tabs
    assert (tabs["people"].stamp, tabs["frame"].stamp) == (7, 0)


def test_a_replica_that_changes_hands_gets_the_owner_and_all_stamps(filled: Replica) -> None:
    edit = Edit({"people": TabEdit(2), "frame": TabEdit(2)}, owner=("ledger-2", "new"))
    filled.write(edit, TEMPLATE, read(filled).version)
    snapshot = read(filled)
    assert (snapshot.ledger, snapshot.workbook) == ("ledger-2", "new")
    assert (snapshot.tabs["people"].stamp, snapshot.tabs["frame"].stamp) == (2, 2)
    assert len(people(filled)) == 3


def test_a_machine_tab_holds_just_what_was_written_and_is_shown_or_hidden(replica: Replica) -> None:
    for cells, shown in (({(2, 2): "Checks", (6, 3): 4}, True), ({(2, 2): "Checks"}, False)):
        edit = Edit(machine={"checks": MachineTab(cells, shown=shown)})
        replica.write(edit, TEMPLATE, read(replica).version)
        tab = read(replica).tabs["checks"]
        assert (dict(tab.cells), tab.shown) == (cells, shown)


def test_a_write_returns_the_version_that_is_read_next(replica: Replica) -> None:
    before = read(replica).version
    version = write(replica, new=(("r1", {"name": "Ana"}),))
    assert version == read(replica).version != before


def test_a_write_against_another_version_writes_nothing(filled: Replica) -> None:
    stale = read(filled).version
    write(filled, cells={0: {"name": "Ana Ruiz"}})
    with pytest.raises(ReplicaChanged, match="small"):
        filled.write(Edit({"people": TabEdit(9, cells={0: {"name": "lost"}})}), TEMPLATE, stale)
    assert people(filled)[0][1]["name"] == "Ana Ruiz"
    assert read(filled).tabs["people"].stamp == 1


def test_provisioning_again_changes_nothing(filled: Replica) -> None:
    before = read(filled)
    assert filled.provision(TEMPLATE, IDENTITY).done == ()
    assert read(filled) == before
