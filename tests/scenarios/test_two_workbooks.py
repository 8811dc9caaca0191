"""The stakeholder map and the working group: what is typed in one shows up in the other's file."""

from __future__ import annotations

import shutil
from datetime import datetime
from unittest.mock import patch

import pytest

from scenarios.desk import Desk, headers, rows
from scenarios.test_crashes import crash
from sheetsync.ledger.journal import Journal
from sheetsync.replicas.excel.replica import ExcelReplica

MAP, GROUP = "Stakeholder Map.xlsx", "Working Group.xlsx"
FOLLOW_UP = "Ask for the calendar of hiring rounds"


def actions(desk: Desk, text: str = FOLLOW_UP) -> list[dict[str, object]]:
    return [row for row in rows(desk.sheet(GROUP, "Log")) if row.get("Text") == text]


def follow_up(desk: Desk) -> dict[str, object]:
    (found,) = [row for row in rows(desk.sheet(MAP, "Conversations")) if row.get("Follow-up") == FOLLOW_UP]
    return found


def talk(desk: Desk, **more: object) -> None:
    """Note a conversation with a follow-up in the map."""
    values = {"Date": datetime(2026, 3, 4), "Stakeholder": "Helen Marsh", "By": "Luis Herrera"}
    values |= {"Follow-up": FOLLOW_UP, "Due": datetime(2026, 3, 20)} | more
    desk.add(MAP, tab="Conversations", **values)


def test_a_follow_up_with_owner_and_due_date_becomes_an_action_once(acme: Desk) -> None:
    talk(acme)
    acme.settle()
    (action,) = actions(acme)
    assert action["Kind"] == "action"
    assert action["Owner"] == "Luis Herrera"
    assert action["Due"] == datetime(2026, 3, 20)
    assert action["State"] == "open"


def test_a_follow_up_without_a_due_date_waits_until_it_has_one(acme: Desk) -> None:
    talk(acme, Due=None)
    acme.run()
    assert actions(acme) == []
    acme.type(MAP, FOLLOW_UP, "Due", datetime(2026, 3, 20), tab="Conversations")
    acme.run()
    assert len(actions(acme)) == 1


def test_closing_the_action_closes_the_follow_up_and_a_moved_date_moves_back(acme: Desk) -> None:
    talk(acme)
    acme.settle()
    acme.type(GROUP, FOLLOW_UP, "Due", datetime(2026, 4, 1), tab="Log")
    acme.run()
    assert follow_up(acme)["Due"] == datetime(2026, 4, 1)

    acme.type(GROUP, FOLLOW_UP, "State", "done", tab="Log")
    acme.run()
    assert follow_up(acme)["Follow-up state"] == "done"
    acme.settle()
    assert len(actions(acme)) == 1


def test_hours_planned_follow_the_open_actions(acme: Desk) -> None:
    def planned() -> float:
        members = {row["Name"]: row for row in rows(acme.sheet(GROUP, "Members"))}
        return float(str(members["Luis Herrera"].get("Hours planned", 0)))

    before = planned()
    talk(acme)
    acme.run()
    assert planned() == before + 1, "an action counts an hour while nobody estimated it"
    acme.type(GROUP, FOLLOW_UP, "Hours", 6, tab="Log")
    acme.run()
    assert planned() == before + 6
    acme.type(GROUP, FOLLOW_UP, "State", "done", tab="Log")
    acme.run()
    assert planned() == before


def test_a_new_member_can_be_picked_in_the_dropdowns_of_both_workbooks(acme: Desk) -> None:
    acme.add(GROUP, tab="Members", Name="Zuri Adeyemi", Unit="Data")
    acme.run()
    for file in (MAP, GROUP):
        assert "Zuri Adeyemi" in acme.texts(file, "Lists")


def test_private_notes_stand_in_no_workbook(acme: Desk) -> None:
    for file in (MAP, GROUP):
        for tab in ("Checks", "Status"):
            assert not any("G401" in text for text in acme.texts(file, tab))


def test_what_sheetsync_fills_in_is_put_right_again(acme: Desk) -> None:
    flags = acme.column(GROUP, "Flags", "Members")
    status = acme.texts(GROUP, "Status")[3:]
    with acme.at(GROUP) as workbook:
        members = workbook["Members"]
        members.cell(3, headers(members)["Flags"]).value = "typed by a person"
        workbook["Status"]["C10"] = "typed by a person"
        workbook["Checks"]["C6"] = None
    acme.run()
    assert acme.column(GROUP, "Flags", "Members") == flags
    assert acme.texts(GROUP, "Status")[3:] == status
    acme.settle()


def test_intake_rows_are_deleted_on_their_day(acme: Desk) -> None:
    acme.add(
        GROUP,
        tab="Intake",
        **{"Date": datetime(2026, 3, 4), "Name": "Nia Osei", "Delete after": datetime(2026, 3, 10)},
    )
    acme.run()
    assert "Nia Osei" in acme.column(GROUP, "Name", "Intake")
    acme.run(days=7)
    assert "Nia Osei" not in acme.column(GROUP, "Name", "Intake")
    assert not any(b"Nia Osei" in path.read_bytes() for path in (acme.folder / ".sheetsync").glob("ledger*"))
    acme.settle()


def test_an_intake_row_without_a_day_stays_and_so_does_one_with_a_slip_in_it(acme: Desk) -> None:
    acme.add(GROUP, tab="Intake", Date=datetime(2026, 3, 4), Name="Nia Osei")
    slip = {"Date": datetime(2026, 3, 4), "Name": "Omar Said", "Delete after": datetime(2025, 3, 4)}
    acme.add(GROUP, tab="Intake", **slip)
    acme.run(days=7)
    assert {"Nia Osei", "Omar Said"} <= set(acme.column(GROUP, "Name", "Intake"))


def test_a_stale_copy_does_not_bring_a_deleted_intake_row_back(acme: Desk) -> None:
    row = {"Date": datetime(2026, 3, 4), "Name": "Nia Osei", "Delete after": datetime(2026, 3, 10)}
    acme.add(GROUP, tab="Intake", **row)
    acme.settle()
    stale = acme.save_copy(GROUP)
    acme.run(days=7)
    shutil.copyfile(stale, acme.path(GROUP))
    acme.settle()
    assert "Nia Osei" not in acme.column(GROUP, "Name", "Intake")


def test_a_pass_that_dies_after_the_action_was_written_makes_no_second_one(acme: Desk) -> None:
    talk(acme)
    with patch.object(Journal, "record_conflicts", lambda *_: crash()), pytest.raises(KeyboardInterrupt):
        acme.run()
    (action,) = actions(acme)
    assert action["Owner"] == "Luis Herrera"
    acme.type(GROUP, FOLLOW_UP, "Kind", "decision", tab="Log")
    acme.type(GROUP, FOLLOW_UP, "Due", datetime(2026, 4, 1), tab="Log")
    acme.settle()
    assert len(actions(acme)) == 1
    assert follow_up(acme)["Due"] == datetime(2026, 4, 1), "it is still the same action"


def test_a_pass_that_dies_before_the_action_was_written_leaves_it_to_the_next(acme: Desk) -> None:
    talk(acme)
    with patch.object(ExcelReplica, "write", lambda *_: crash()), pytest.raises(KeyboardInterrupt):
        acme.run()
    assert actions(acme) == []
    acme.settle()
    assert len(actions(acme)) == 1
