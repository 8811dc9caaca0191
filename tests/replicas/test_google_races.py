"""People and the wire get between our reading and our writing: nothing is lost, nothing is done twice."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import stamina

from replicas.excel_making import IDENTITY, small_template
from replicas.google_making import emulator, google_replica, human
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.errors import ReplicaChanged, ReplicaError
from sheetsync.replicas.google.replica import GoogleReplica

TEMPLATE = small_template()
NAMES = ("Ana", "Bo", "Cleo", "Dov", "Eli")


@pytest.fixture(autouse=True)
def without_waiting() -> None:
    stamina.set_testing(True, attempts=7, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def replica(tmp_path: Path) -> GoogleReplica:
    """Five people, r1 to r5, each open and led by nobody."""
    made = google_replica(tmp_path)
    made.provision(TEMPLATE, IDENTITY)
    rows = tuple((f"r{n}", {"name": name, "state": "open"}) for n, name in enumerate(NAMES, 1))
    write(made, TabEdit(1, new=rows))
    return made


def write(replica: GoogleReplica, edit: TabEdit) -> str:
    return replica.write(Edit({"people": edit}), TEMPLATE, replica.read(TEMPLATE).version)


def people(replica: GoogleReplica) -> dict[str, dict[str, object]]:
    rows = replica.read(TEMPLATE).tabs["people"].rows
    assert len({row.id for row in rows}) == len(rows), "no row stands twice"
    return {row.id: dict(row.values) for row in rows}


def race(replica: GoogleReplica, edit: TabEdit, *, between) -> dict[str, dict[str, object]]:
    """Write an edit, with somebody at work between the reading and the writing."""
    version = replica.read(TEMPLATE).version
    between(human(replica))
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    return people(replica)


def test_a_google_that_leaves_out_what_a_mask_makes_empty_is_asked_for_more(
    replica: GoogleReplica, monkeypatch
) -> None:
    def thinned(answer: object) -> object:
        if isinstance(answer, list):
            return [thinned(it) for it in answer]
        if not isinstance(answer, dict):
            return answer
        return {key: thinned(it) for key, it in answer.items() if it != {}}

    google, whole = replica.google, replica.google.get
    before = replica.read(TEMPLATE)
    monkeypatch.setattr(google, "get", lambda url, params: thinned(whole(url, params)))
    assert replica.read(TEMPLATE) == before
    assert not any(row.fixed for row in before.tabs["people"].rows)


# people who move rows


def test_a_row_inserted_above_does_not_shift_a_write(replica: GoogleReplica, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        found = race(
            replica,
            TabEdit(2, cells={1: {"state": "done"}, 3: {"lead": "Ana"}}),
            between=lambda it: it.insert_rows("People", 3),
        )
    assert {row_id: values.get("state") for row_id, values in found.items()} == {
        "r1": "open", "r2": "done", "r3": "open", "r4": "open", "r5": "open",
    }  # fmt: skip
    assert [row_id for row_id, values in found.items() if values.get("lead")] == ["r4"]
    assert "people moved rows or columns during the write (People)" in caplog.text


def test_a_row_deleted_above_does_not_shift_a_write(replica: GoogleReplica) -> None:
    found = race(
        replica,
        TabEdit(2, cells={1: {"state": "done"}, 3: {"lead": "Ana"}}),
        between=lambda it: it.delete_rows("People", 3),
    )
    assert found == {
        "r2": {"name": "Bo", "state": "done"},
        "r3": {"name": "Cleo", "state": "open"},
        "r4": {"name": "Dov", "state": "open", "lead": "Ana"},
        "r5": {"name": "Eli", "state": "open"},
    }


def test_a_sort_does_not_shift_a_write(replica: GoogleReplica) -> None:
    found = race(
        replica,
        TabEdit(2, cells={0: {"state": "done"}, 1: {"lead": "Cleo"}}),
        between=lambda it: it.sort("People!A3:D7", 2, descending=True),
    )
    assert [row_id for row_id, values in found.items() if values["state"] == "done"] == ["r1"]
    assert [row_id for row_id, values in found.items() if values.get("lead")] == ["r2"]
    assert list(found) == ["r5", "r4", "r3", "r2", "r1"], "people's order stays"


def test_a_row_deleted_by_mistake_comes_back_and_the_one_that_was_meant_goes(replica: GoogleReplica) -> None:
    found = race(replica, TabEdit(2, gone=(1,)), between=lambda it: it.insert_rows("People", 4))
    assert sorted(found) == ["r1", "r3", "r4", "r5"]
    found = race(replica, TabEdit(3, gone=(1,)), between=lambda it: it.delete_rows("People", 3))
    assert "r3" not in found
    assert found["r4"] == {"name": "Dov", "state": "open"}


def test_a_value_typed_into_a_row_that_was_meant_to_go_keeps_the_row(replica: GoogleReplica) -> None:
    def work(it) -> None:
        it.insert_rows("People", 3)
        it.type("People!B5", "Bo Lind")

    assert race(replica, TabEdit(2, gone=(1,)), between=work)["r2"]["name"] == "Bo Lind"


def test_a_row_deleted_while_an_edit_comes_for_it_comes_back_with_the_edit(replica: GoogleReplica) -> None:
    found = race(
        replica, TabEdit(2, cells={1: {"lead": "Ana"}}), between=lambda it: it.delete_rows("People", 4)
    )
    assert found["r2"] == {"name": "Bo", "state": "open", "lead": "Ana"}


def test_a_value_typed_elsewhere_between_reading_and_writing_stays(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    human(replica).type("People!D7", "Bo")
    replica.write(Edit({"people": TabEdit(2, cells={0: {"state": "done"}})}), TEMPLATE, version)
    assert people(replica)["r5"]["lead"] == "Bo"
    assert people(replica)["r1"]["state"] == "done"


def test_a_row_typed_at_the_end_meanwhile_is_not_overwritten_by_a_new_one(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    human(replica).type("People!B8", "Fay")
    replica.write(Edit({"people": TabEdit(2, new=(("r6", {"name": "Gus"}),))}), TEMPLATE, version)
    assert {row["name"] for row in people(replica).values()} == {*NAMES, "Fay", "Gus"}


def test_an_id_written_beside_another_record_is_put_where_it_belongs(replica: GoogleReplica) -> None:
    human(replica).type("People!B8", "Fay")
    version = replica.read(TEMPLATE).version
    human(replica).insert_rows("People", 3)
    replica.write(Edit({"people": TabEdit(2, ids={5: "r6"})}), TEMPLATE, version)
    found = people(replica)
    assert found["r6"] == {"name": "Fay"}
    assert found["r5"] == {"name": "Eli", "state": "open"}


def test_a_tab_renamed_meanwhile_is_written_all_the_same(replica: GoogleReplica) -> None:
    edit = TabEdit(2, cells={0: {"state": "done"}})
    found = race(replica, edit, between=lambda it: it.rename_tab("People", "Folks"))
    assert [row_id for row_id, values in found.items() if values["state"] == "done"] == ["r1"]


# people who move columns, or contents away from their ids


def column(first: int, before: int):
    """What somebody does who drags a column of the tab to the left of another."""

    def work(it) -> None:
        move = {"source": it.span("People", "COLUMNS", first, 1), "destinationIndex": before - 1}
        it.do({"moveDimension": move})

    return work


COLUMNS = {
    "moved": column(4, 2),
    "moved before the ids": column(3, 1),
    "inserted": lambda it: it.insert_columns("People", 3),
    "inserted before the ids": lambda it: it.insert_columns("People", 1, 2),
    "the user's own deleted": lambda it: it.delete_columns("People", 3),
}


def with_own_columns(replica: GoogleReplica) -> None:
    """One between the others, with a header, and one on the right without."""
    it = human(replica)
    it.insert_columns("People", 3)
    it.type("People!C2", "My notes", *(f"about {name}" for name in NAMES))
    it.type("People!F3", *(f"mark {name}" for name in NAMES))


@pytest.mark.parametrize("how", COLUMNS)
def test_a_column_that_moves_does_not_shift_a_write(replica: GoogleReplica, how: str) -> None:
    with_own_columns(replica)
    edit = TabEdit(
        2,
        cells={0: {"state": "done"}, 2: {"lead": "Ana", "state": "done"}},
        new=(("r6", {"name": "Fay", "state": "new"}),),
        ids={3: "r44"},
        gone=(1,),
        labels={"lead": "Led by"},
    )
    found = race(replica, edit, between=COLUMNS[how])
    assert found == {
        "r1": {"name": "Ana", "state": "done"},
        "r3": {"name": "Cleo", "state": "done", "lead": "Ana"},
        "r44": {"name": "Dov", "state": "open"},
        "r5": {"name": "Eli", "state": "open"},
        "r6": {"name": "Fay", "state": "new"},
    }
    tab = replica.read(TEMPLATE).tabs["people"]
    assert (tab.stamp, tab.labels["lead"]) == (2, "Led by")
    rows = human(replica).read("People!A1:J9")
    kept = {
        name for row in rows for name in row if isinstance(name, str) and name.startswith(("about", "mark"))
    }
    own = ("mark",) if "own" in how else ("mark", "about")
    assert kept == {f"{word} {name}" for name in NAMES if name != "Bo" for word in own}
    for row in rows:
        assert len({str(cell).split()[1] for cell in row if str(cell).startswith(("about", "mark"))}) <= 1


def test_a_column_that_is_deleted_leaves_nothing_of_what_was_written_to_it(replica: GoogleReplica) -> None:
    with_own_columns(replica)
    version = replica.read(TEMPLATE).version
    human(replica).delete_columns("People", 4)
    edit = TabEdit(2, cells={0: {"state": "done", "lead": "Cleo"}})
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert human(replica).read("People!A3:E4") == [
        ["r1", "Ana", "about Ana", "Cleo", "mark Ana"],
        ["r2", "Bo", "about Bo", "", "mark Bo"],
    ]


def test_a_sort_of_the_visible_columns_alone_does_not_shift_a_write(replica: GoogleReplica) -> None:
    edit = TabEdit(2, cells={0: {"state": "done"}, 1: {"lead": "Cleo"}}, gone=(3,))
    version = replica.read(TEMPLATE).version
    human(replica).sort("People!B3:D7", 2, descending=True)
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert human(replica).read("People!B3:D6") == [
        ["Eli", "open", ""],
        ["Cleo", "open", ""],
        ["Ana", "done", ""],
        ["Bo", "open", "Cleo"],
    ]


def test_contents_that_hold_nothing_but_what_is_written_are_not_lost_in_such_a_sort(
    replica: GoogleReplica,
) -> None:
    human(replica).type("People!C3", *[""] * 5)
    version = replica.read(TEMPLATE).version
    human(replica).sort("People!B3:D7", 2, descending=True)
    replica.write(Edit({"people": TabEdit(2, cells={0: {"name": "Anna"}})}), TEMPLATE, version)
    assert human(replica).read("People!B3:B7") == [["Eli"], ["Dov"], ["Cleo"], ["Bo"], ["Anna"]]


def test_a_row_deleted_after_such_a_sort_comes_back_with_what_it_held(replica: GoogleReplica) -> None:
    human(replica).type("People!B4:C4", ["", ""])
    version = replica.read(TEMPLATE).version
    human(replica).sort("People!B3:D7", 2)
    replica.write(Edit({"people": TabEdit(2, gone=(1,))}), TEMPLATE, version)
    assert human(replica).read("People!B3:B7") == [["Ana"], ["Dov"], ["Eli"], ["Cleo"], [""]]


def test_rows_of_which_all_was_written_are_told_apart_by_what_others_can_be(replica: GoogleReplica) -> None:
    human(replica).type(
        "People!B3", ["Zoe", ""], ["Bo", "open"], ["Abe", "open"], ["Sam", "open"], ["Mia", ""]
    )
    version = replica.read(TEMPLATE).version
    human(replica).sort("People!B3:D7", 2)
    edit = TabEdit(2, cells={0: {"name": "Zoey", "state": "done"}, 4: {"name": "Mia Lind"}})
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert human(replica).read("People!B3:C7") == [
        ["Abe", "open"],
        ["Bo", "open"],
        ["Mia Lind", ""],
        ["Sam", "open"],
        ["Zoey", "done"],
    ]


def test_a_row_without_an_id_that_somebody_goes_on_typing_does_not_come_back_as_a_second(
    replica: GoogleReplica,
) -> None:
    human(replica).type("People!A4", "")
    found = race(replica, TabEdit(2, gone=(4,)), between=lambda it: it.type("People!D4", "Cleo"))
    assert found == {
        "r1": {"name": "Ana", "state": "open"},
        "": {"name": "Bo", "state": "open", "lead": "Cleo"},
        "r3": {"name": "Cleo", "state": "open"},
        "r4": {"name": "Dov", "state": "open"},
    }


def test_a_blank_row_that_is_filled_is_found_where_a_sort_took_it(replica: GoogleReplica) -> None:
    human(replica).type("People!B4:C4", ["", ""])
    version = replica.read(TEMPLATE).version
    human(replica).sort("People!B3:D7", 2)
    edit = TabEdit(2, cells={1: {"name": "Bo Lind", "state": "done"}})
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert human(replica).read("People!B3:C7") == [
        ["Ana", "open"],
        ["Cleo", "open"],
        ["Dov", "open"],
        ["Eli", "open"],
        ["Bo Lind", "done"],
    ]


def test_ids_on_their_way_to_rows_without_one_follow_them_in_a_sort(replica: GoogleReplica) -> None:
    human(replica).type("People!A3", *[""] * 5)
    edit = TabEdit(2, ids={at: f"n{at}" for at in range(5)}, cells={0: {"state": "done"}})
    found = race(replica, edit, between=lambda it: it.sort("People!A3:D7", 2, descending=True))
    assert {row_id: values["name"] for row_id, values in found.items()} == {
        f"n{at}": name for at, name in enumerate(NAMES)
    }
    assert [row_id for row_id, values in found.items() if values["state"] == "done"] == ["n0"]


def test_an_id_stays_with_a_row_that_somebody_types_into_meanwhile(replica: GoogleReplica) -> None:
    human(replica).type("People!A3", *[""] * 5)
    edit = TabEdit(2, ids={at: f"n{at}" for at in range(4)}, gone=(4,))
    found = race(replica, edit, between=lambda it: it.type("People!E3", "a note of mine"))
    assert {row_id: values["name"] for row_id, values in found.items()} == {
        f"n{at}": name for at, name in enumerate(NAMES[:4])
    }


def test_a_row_of_which_all_was_written_is_not_taken_for_a_blank_one(replica: GoogleReplica) -> None:
    human(replica).type("People!A3", ["", "", ""], ["r2", "Bo", ""])
    edit = TabEdit(2, ids={1: "r22"}, cells={1: {"name": "Bo Lind"}})
    race(replica, edit, between=lambda it: it.type("People!D2", "Leads"))
    assert human(replica).read("People!A4:B7") == [
        ["r22", "Bo Lind"],
        ["r3", "Cleo"],
        ["r4", "Dov"],
        ["r5", "Eli"],
    ]


def test_what_was_hit_is_found_where_it_moves_on_to_before_it_is_read_again(
    replica: GoogleReplica, monkeypatch
) -> None:
    version, read = replica.read(TEMPLATE).version, replica._book

    def moved_once_more(*_: object) -> object:
        human(replica).insert_rows("People", 3)
        monkeypatch.undo()
        return read()

    human(replica).sort("People!A3:D7", 2, descending=True)
    monkeypatch.setattr(replica, "_book", moved_once_more)
    replica.write(Edit({"people": TabEdit(2, cells={0: {"state": "done"}})}), TEMPLATE, version)
    assert [row_id for row_id, values in people(replica).items() if values["state"] == "done"] == ["r1"]


def test_a_row_that_was_hit_and_typed_into_is_known_by_its_neighbors(
    replica: GoogleReplica, monkeypatch
) -> None:
    human(replica).type("People!A3", *[["", name, "open", "Ana"] for name in NAMES])
    version, read = replica.read(TEMPLATE).version, replica._book

    def typed_meanwhile(*_: object) -> object:
        human(replica).type("People!B5", "Bob")
        monkeypatch.setattr(replica, "_book", read)
        return read()

    monkeypatch.setattr(replica, "_book", typed_meanwhile)
    human(replica).insert_rows("People", 3)
    edit = TabEdit(2, ids={at: f"n{at}" for at in range(5)}, cells={2: {"state": "done"}})
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert {row_id: (it["name"], it["state"]) for row_id, it in people(replica).items()} == {
        "n0": ("Ana", "open"), "n1": ("Bob", "open"), "n2": ("Cleo", "done"),
        "n3": ("Dov", "open"), "n4": ("Eli", "open"),
    }  # fmt: skip


def test_a_row_deleted_while_it_showed_what_was_written_by_mistake_comes_back_as_it_was(
    replica: GoogleReplica, monkeypatch
) -> None:
    version, read = replica.read(TEMPLATE).version, replica._book

    def deleted_before_it_is_mended(*_: object) -> object:
        found = read()
        monkeypatch.undo()
        human(replica).delete_rows("People", 3)
        return found

    human(replica).sort("People!A3:D7", 2, descending=True)
    monkeypatch.setattr(replica, "_book", deleted_before_it_is_mended)
    replica.write(Edit({"people": TabEdit(2, cells={0: {"name": "Anna"}})}), TEMPLATE, version)
    assert {row_id: it["name"] for row_id, it in people(replica).items()} == {
        "r1": "Anna", "r2": "Bo", "r3": "Cleo", "r4": "Dov", "r5": "Eli",
    }  # fmt: skip


def test_a_column_moved_and_rows_sorted_at_once(replica: GoogleReplica) -> None:
    def work(it) -> None:
        it.sort("People!A3:D7", 2, descending=True)
        column(4, 2)(it)

    found = race(replica, TabEdit(2, cells={0: {"state": "done"}, 1: {"lead": "Cleo"}}), between=work)
    assert found["r1"] == {"name": "Ana", "state": "done"}
    assert found["r2"] == {"name": "Bo", "state": "open", "lead": "Cleo"}
    assert [values["state"] for values in found.values()] == ["open"] * 4 + ["done"]


def test_the_next_write_of_a_pass_does_not_go_by_places_that_people_moved_in_the_first(
    replica: GoogleReplica,
) -> None:
    version = replica.read(TEMPLATE).version
    human(replica).insert_rows("People", 3)
    version = replica.write(Edit({"people": TabEdit(2, ids={0: "r11"})}), TEMPLATE, version)
    with pytest.raises(ReplicaChanged):
        replica.write(Edit({"people": TabEdit(2, cells={0: {"state": "done"}})}), TEMPLATE, version)
    assert all(row["state"] == "open" for row in people(replica).values())


def test_where_nobody_moved_anything_a_write_takes_one_call(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    emulator().server.seen.clear()
    edit = TabEdit(2, cells={0: {"state": "done"}}, new=(("r6", {"name": "Fay"}),), ids={1: "r22"}, gone=(2,))
    replica.write(Edit({"people": edit}), TEMPLATE, version)
    assert len(emulator().server.seen) == 1


# the fence


def test_of_two_machines_that_write_at_once_the_second_is_turned_away(
    replica: GoogleReplica, tmp_path: Path
) -> None:
    other = google_replica(tmp_path / "other", replica.id)
    version = other.read(TEMPLATE).version
    write(replica, TabEdit(2, cells={0: {"state": "done"}}))
    with pytest.raises(ReplicaChanged):
        other.write(Edit({"people": TabEdit(2, cells={0: {"state": "lost"}})}), TEMPLATE, version)
    assert people(replica)["r1"]["state"] == "done"


@pytest.mark.parametrize("fault", ["reset_after", "truncate"])
def test_a_write_whose_answer_is_lost_is_done_once(replica: GoogleReplica, fault: str) -> None:
    version = replica.read(TEMPLATE).version
    emulator().fail(fault, match="batchUpdate")
    edit = TabEdit(2, new=(("r6", {"name": "Fay"}),), gone=(0,))
    assert replica.write(Edit({"people": edit}), TEMPLATE, version) == replica.read(TEMPLATE).version
    assert [row["name"] for row in people(replica).values()] == ["Bo", "Cleo", "Dov", "Eli", "Fay"]


def test_a_batch_that_comes_long_after_it_was_given_up_changes_nothing(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    replica.google.set_timeout(0.5)
    emulator().fail("late", match="batchUpdate", times=3)
    edit = TabEdit(2, gone=(0,), cells={1: {"state": "done"}})
    with pytest.raises(ReplicaError, match="did not answer"):
        replica.write(Edit({"people": edit}), TEMPLATE, version)
    replica.google.set_timeout(60)
    human(replica).insert_rows("People", 3)
    before = people(replica)
    assert emulator().deliver() == [400, 400, 400]
    assert people(replica) == before
    assert len(before) == len(NAMES)


def test_a_batch_that_is_sent_twice_is_applied_once(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    replica.google.set_timeout(2)
    emulator().fail("late", match="batchUpdate")
    replica.write(Edit({"people": TabEdit(2, new=(("r6", {"name": "Fay"}),))}), TEMPLATE, version)
    replica.google.set_timeout(60)
    assert emulator().deliver() == [400]
    assert len(people(replica)) == len(NAMES) + 1


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "status"])
def test_of_a_write_that_nobody_answers_the_same_pass_finds_out_what_became_of_it(
    replica: GoogleReplica, fault: str
) -> None:
    version = replica.read(TEMPLATE).version
    emulator().fail(fault, match="batchUpdate", code=503, times=3 if fault != "status" else 7)
    edit = Edit({"people": TabEdit(2, new=(("r6", {"name": "Fay"}),))})
    if fault == "status":
        with pytest.raises(ReplicaError, match=r"Google has a fault \(503\)"):
            replica.write(edit, TEMPLATE, version)
    else:
        assert replica.write(edit, TEMPLATE, version) == replica.read(TEMPLATE).version
    assert replica.glance(), "nothing is on its way any more"
    assert ("r6" in people(replica)) == (fault != "status")


def test_where_google_falls_silent_the_next_pass_finds_out(replica: GoogleReplica) -> None:
    version = replica.read(TEMPLATE).version
    cut = emulator().fail("reset", match="batchUpdate", times=100)
    with pytest.raises(ReplicaError, match="cannot be reached"):
        replica.write(Edit({"people": TabEdit(2, cells={0: {"state": "done"}})}), TEMPLATE, version)
    cut.times = 0
    assert replica.glance() == "", "what is on its way may still arrive: it has to be read"
    assert people(replica)["r1"]["state"] == "open"
    assert replica.glance() != ""
