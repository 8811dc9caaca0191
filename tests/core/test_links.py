"""A follow-up in the map is an action in the group's log: made once, corrected and closed in either place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count

import pytest

from core.builders import TODAY, program, template
from sheetsync.core.links import Bond, Linked, link_records
from sheetsync.core.merge.tabs import TabMerge
from sheetsync.core.plan import Row
from sheetsync.core.records import View
from sheetsync.core.values import Value

DUE, LATER = date(2026, 3, 20), date(2026, 4, 1)
ASKED = {"id": "c1", "follow_up": "Send the figures", "due": DUE, "by": "Bo"}


def undecided(*_: object) -> bool:
    """Nobody chose anything."""
    return False


class Desk:
    """Both workbooks and the links remembered between passes."""

    def __init__(self, *asked: dict[str, Value]) -> None:
        self.conversations = {
            str(it["id"]): {key: it[key] for key in it if key != "id"} for it in asked or (ASKED,)
        }
        self.log: dict[str, dict[str, Value]] = {}
        self.bonds: list[Bond] = []
        self.numbers = count(1)
        self.held: dict[str, set[tuple[str, str]]] = {"conversations": set(), "log": set()}

    def sync(self, *, crash: bool = False, lost: bool = False) -> Linked:
        """One pass.

        Args:
            crash: It dies once both workbooks are written.
            lost: The ledger is lost after it.
        """
        merges = {"map": self._merges("stakeholder-map"), "group": self._merges("working-group")}
        merges["map"]["conversations"].rows = dict(self.conversations)
        merges["group"]["log"].rows = dict(self.log)
        linked = link_records(self._view(), merges, self.bonds, lambda: f"a{next(self.numbers)}", undecided)
        self.conversations = merges["map"]["conversations"].rows
        self.log = merges["group"]["log"].rows
        found = [*linked.made, *([] if crash else linked.moved)]
        known = {it.target_row_id for it in found}
        self.bonds = [] if lost else [it for it in self.bonds if it.target_row_id not in known] + found
        return linked

    def _merges(self, key: str) -> dict[str, TabMerge]:
        merges = {tab.key: TabMerge(tab) for tab in template(key).synced()}
        for tab, cells in self.held.items():
            if tab in merges:
                merges[tab].held = {cell: {"A": "x", "B": "y"} for cell in cells}
        return merges

    def _view(self) -> View:
        asked = [{"id": row_id, **it} for row_id, it in self.conversations.items()]
        return program(
            {"conversations": asked}, {"log": [{"id": row_id, **it} for row_id, it in self.log.items()]}
        )

    def quiet(self) -> bool:
        """Whether another pass changes nothing."""
        before = (self.conversations, self.log, list(self.bonds))
        self.sync()
        return before == (self.conversations, self.log, self.bonds)


@pytest.fixture
def desk() -> Desk:
    """A follow-up that became an action."""
    desk = Desk()
    desk.sync()
    return desk


def states(records: Iterable[dict[str, Value]], column: str) -> list[Value]:
    return [it.get(column) for it in records]


def test_a_follow_up_with_owner_and_due_date_becomes_an_action(desk):
    assert desk.log == {
        "a1": {
            "date": TODAY,
            "kind": "action",
            "raised_by": "Stakeholder map",
            "text": "Send the figures",
            "due": DUE,
            "owner": "Bo",
            "state": "open",
        }
    }
    assert desk.quiet()


@pytest.mark.parametrize("lacking", ["follow_up", "due", "by"])
def test_a_follow_up_without_owner_or_due_date_waits(lacking):
    desk = Desk({key: it for key, it in ASKED.items() if key != lacking})
    desk.sync()
    assert desk.log == {}


def test_a_follow_up_that_was_done_before_becomes_no_action():
    desk = Desk({**ASKED, "follow_up_state": "done"})
    desk.sync()
    assert desk.log == {}


def test_a_follow_up_that_people_disagree_about_waits():
    desk = Desk()
    desk.held["conversations"] = {("c1", "follow_up")}
    desk.sync()
    assert desk.log == {}


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_closing_the_action_closes_the_follow_up(desk, state):
    desk.log["a1"]["state"] = state
    desk.sync()
    assert states(desk.conversations.values(), "follow_up_state") == [state]
    assert desk.quiet()


def test_closing_the_follow_up_closes_the_action(desk):
    desk.conversations["c1"]["follow_up_state"] = "done"
    desk.sync()
    assert states(desk.log.values(), "state") == ["done"]
    assert desk.quiet()


def test_opening_it_again_opens_both(desk):
    desk.log["a1"]["state"] = "done"
    desk.sync()
    desk.conversations["c1"]["follow_up_state"] = "open"
    desk.sync()
    assert states(desk.log.values(), "state") == ["open"]


def test_a_correction_travels_from_wherever_it_was_made(desk):
    desk.conversations["c1"]["follow_up"] = "Send the new figures"
    desk.log["a1"]["due"] = LATER
    desk.sync()
    assert desk.log["a1"]["text"] == "Send the new figures"
    assert desk.conversations["c1"]["due"] == LATER
    assert desk.quiet()


def test_an_emptied_cell_does_not_travel_and_is_not_filled_again(desk):
    desk.log["a1"]["due"] = None
    desk.sync()
    assert desk.conversations["c1"]["due"] == DUE
    assert desk.log["a1"]["due"] is None


def test_what_is_typed_here_fills_what_was_emptied_there(desk):
    desk.log["a1"]["due"] = None
    desk.conversations["c1"]["due"] = LATER
    linked = desk.sync()
    assert desk.log["a1"]["due"] == LATER
    assert linked.conflicts == []


def test_a_disagreement_is_a_conflict_and_neither_side_is_touched(desk):
    desk.conversations["c1"]["follow_up"] = "here"
    desk.log["a1"]["text"] = "there"
    [conflict] = desk.sync().conflicts
    assert (conflict.workbook, conflict.tab, conflict.row_id, conflict.column) == (
        "map",
        "conversations",
        "c1",
        "follow_up",
    )
    assert conflict.opinions == {"map": "here", "group": "there"}
    assert (desk.conversations["c1"]["follow_up"], desk.log["a1"]["text"]) == ("here", "there")


def test_making_both_sides_equal_settles_a_disagreement(desk):
    desk.conversations["c1"]["follow_up"] = "here"
    desk.log["a1"]["text"] = "there"
    desk.sync()
    desk.log["a1"]["text"] = "here"
    assert desk.sync().conflicts == []
    assert desk.quiet()


def test_a_new_follow_up_after_closing_becomes_a_new_action(desk):
    desk.log["a1"]["state"] = "done"
    desk.sync()
    desk.conversations["c1"] |= {"follow_up": "Invite the team", "follow_up_state": None}
    desk.sync()
    assert states(desk.log.values(), "text") == ["Send the figures", "Invite the team"]
    assert states(desk.log.values(), "state") == ["done", "open"]
    assert desk.quiet()


def test_a_deleted_action_is_not_made_again(desk):
    del desk.log["a1"]
    desk.sync()
    assert desk.log == {}


def test_a_new_follow_up_after_its_action_was_deleted_becomes_a_new_action(desk):
    del desk.log["a1"]
    desk.conversations["c1"]["follow_up"] = "Invite the team"
    desk.sync()
    assert states(desk.log.values(), "text") == ["Invite the team"]


def test_an_action_outlives_the_row_it_was_made_from(desk):
    desk.conversations.clear()
    desk.sync()
    assert list(desk.log) == ["a1"]


def test_the_owner_follows_the_map_and_never_flows_back(desk):
    desk.conversations["c1"]["by"] = "Cy"
    desk.sync()
    assert desk.log["a1"]["owner"] == "Cy"
    desk.log["a1"]["owner"] = "Dee"
    desk.sync()
    assert desk.conversations["c1"]["by"] == "Cy"


def test_an_action_that_was_handed_on_in_the_group_keeps_its_owner(desk):
    desk.log["a1"]["owner"] = "Dee"
    desk.sync()
    desk.conversations["c1"]["by"] = "Cy"
    desk.sync()
    assert desk.log["a1"]["owner"] == "Dee"


def test_a_held_cell_is_not_written_and_the_change_arrives_once_it_is_settled(desk):
    desk.conversations["c1"]["follow_up"] = "corrected"
    desk.held["log"] = {("a1", "text")}
    desk.sync()
    assert desk.log["a1"]["text"] == "Send the figures"
    desk.held["log"] = set()
    desk.sync()
    assert desk.log["a1"]["text"] == "corrected"


def test_after_a_pass_that_was_cut_short_there_is_no_second_action_whatever_people_made_of_the_first():
    desk = Desk()
    desk.sync(crash=True)
    desk.log["a1"] |= {"text": "said otherwise", "kind": "decision", "due": LATER}
    desk.sync()
    assert list(desk.log) == ["a1"]
    assert desk.conversations["c1"]["follow_up"] == "said otherwise"


def test_a_link_that_went_with_its_ledger_makes_no_second_action():
    desk = Desk()
    desk.sync(lost=True)
    assert (list(desk.log), desk.bonds) == (["a1"], [])
    desk.sync()
    assert list(desk.log) == ["a1"]
    assert desk.quiet()


def test_what_people_changed_before_it_is_found_again_is_theirs_to_settle():
    desk = Desk()
    desk.sync(lost=True)
    desk.log["a1"]["due"] = LATER
    desk.sync()
    [conflict] = desk.sync().conflicts
    assert conflict.opinions == {"map": DUE, "group": LATER}
    assert list(desk.log) == ["a1"]


def test_a_pass_cut_short_after_one_workbook_was_written_heals(desk):
    desk.log["a1"]["text"] = "corrected there"
    desk.sync(crash=True)
    desk.sync()
    assert desk.conversations["c1"]["follow_up"] == "corrected there"
    assert desk.quiet()


def test_an_action_reworded_and_opened_again_in_a_pass_that_was_cut_short_stays_the_one(desk):
    desk.log["a1"] |= {"state": "done"}
    desk.sync()
    desk.log["a1"] |= {"state": "open", "text": "Send all figures"}
    desk.sync(crash=True)
    assert desk.conversations["c1"]["follow_up"] == "Send all figures"
    desk.sync()
    assert list(desk.log) == ["a1"]
    assert desk.quiet()


def test_what_was_emptied_on_both_sides_after_it_was_closed_does_not_open_it_again(desk):
    desk.log["a1"] |= {"state": "done"}
    desk.sync()
    del desk.log["a1"]["text"]
    del desk.conversations["c1"]["follow_up"], desk.conversations["c1"]["follow_up_state"]
    desk.sync()
    assert states(desk.log.values(), "state") == ["done"]


def test_two_follow_ups_of_the_same_words_are_two_actions_even_where_the_ledger_was_lost():
    desk = Desk(ASKED, {**ASKED, "id": "c2"})
    desk.sync(lost=True)
    desk.sync()
    assert {it.row_id: it.target_row_id for it in desk.bonds} == {"c1": "a1", "c2": "a2"}


def test_the_next_step_of_an_approach_takes_its_owner_from_the_stakeholder():
    view = program(
        {
            "stakeholders": [{"id": "s1", "name": "Ana", "owner": "Bo"}],
            "approach": [{"id": "p1", "stakeholder": "ana", "next_step": "Show the pilot", "due": TODAY}],
        },
        {},
    )
    merges = {
        name: {tab.key: TabMerge(tab) for tab in template(key).synced()}
        for name, key in (("map", "stakeholder-map"), ("group", "working-group"))
    }
    merges["map"]["approach"].rows = {"p1": dict(view.records("approach")[0].values)}
    link_records(view, merges, (), lambda: "a1", undecided)
    assert merges["group"]["log"].rows["a1"]["owner"] == "Bo"


def test_a_formula_is_not_written_over_by_a_link(desk):
    merges = {
        name: {tab.key: TabMerge(tab) for tab in template(key).synced()}
        for name, key in (("map", "stakeholder-map"), ("group", "working-group"))
    }
    merges["map"]["conversations"].rows = dict(desk.conversations)
    merges["map"]["conversations"].places = {"A": {"c1": Row("c1", 0, {}, frozenset({"due"}))}}
    merges["group"]["log"].rows = {"a1": {**desk.log["a1"], "due": LATER}}
    linked = link_records(program({}, {}), merges, desk.bonds, lambda: "a2", undecided)
    assert merges["map"]["conversations"].rows["c1"]["due"] == DUE
    assert (linked.made, linked.moved) == ([], [])
