"""The weekly digest: short, true, kind, and silent when there is nothing to say."""

from dataclasses import replace
from datetime import timedelta

from core.builders import TODAY, Rows, program
from sheetsync.core.digest import Digest, Item, digest
from sheetsync.core.records import View
from sheetsync.core.rules.registry import ADVICE, WARNING, Finding

MEMBERS = [{"name": "Ana Ruiz"}, {"name": "Kofi Mensah"}]
PRIVATE = Finding("G401", ADVICE, "group", "members", "members1", "", "Ana is quiet", "Ask", private=True)


def ago(days: int):
    return TODAY - timedelta(days=days)


def ahead(days: int):
    return TODAY + timedelta(days=days)


def made(group: Rows, map_: Rows | None = None) -> Digest:
    result = digest(program(map_, {"members": MEMBERS, **group}), ())
    assert result is not None
    return result


def action(text: str, **cells: object) -> dict[str, object]:
    return {"kind": "action", "text": text, **cells}


def test_a_digest_is_none_when_nothing_happened_and_nothing_is_due():
    quiet = program(group={"members": MEMBERS, "log": [action("Old", state="done", due=ago(40))]})
    warning = Finding("G106", WARNING, "group", "members", "", "", "No channel", "Make one")
    assert digest(quiet, (warning, PRIVATE)) is None
    assert digest(program(), ()) is None


def test_at_most_three_outcomes_milestones_first_then_sprints_then_actions():
    group = {
        "milestones": [{"event": "Green light", "reached": ago(1), "share_with": "group"}],
        "sprints": [{"name": "Pitch", "end": ago(2), "outcome": "A pitch we believe in"}],
        "log": [action(f"Action {n}", state="done", due=ago(n), owner="Ana Ruiz") for n in range(4)],
    }
    assert made(group).outcomes == ("Green light", "Pitch: A pitch we believe in", "Action 0")


def test_a_milestone_shared_with_nobody_stays_out():
    group = {
        "milestones": [{"event": "Quiet", "reached": ago(1), "share_with": "none"}],
        "log": [action("Next", due=ahead(1))],
    }
    assert made(group).outcomes == ()


def test_open_questions_and_decisions_are_wanted_with_owner_and_date_the_next_due_first():
    group = {
        "log": [
            {"kind": "question", "text": "Where?", "owner": "Kofi Mensah"},
            {"kind": "decision", "text": "Who?", "owner": "Ana Ruiz", "due": ahead(3)},
            {"kind": "decision", "text": "Settled", "state": "done", "due": ahead(1)},
            {"kind": "decision", "text": "We start small"},
        ]
    }
    wanted = made(group).decisions
    assert wanted.items == (Item("Who?", "Ana Ruiz", ahead(3)), Item("Where?", "Kofi Mensah"))


def test_an_action_s_outcome_is_told_with_the_action():
    log = [action("Call Data", state="done", due=ago(1), outcome="They join")]
    assert made({"log": log}).outcomes == ("Call Data: They join",)


def test_what_is_left_out_is_counted():
    log = [{"kind": "question", "text": f"Question {n}"} for n in range(9)]
    wanted = made({"log": log}).decisions
    assert (len(wanted.items), wanted.more, wanted.count) == (6, 3, 9)


def test_the_next_two_weeks_hold_actions_sprints_and_meetings_in_order():
    group = {
        "log": [action("Write", due=ahead(5), owner="Ana Ruiz"), action("Later", due=ahead(15))],
        "sprints": [{"name": "Pilot", "start": ahead(2), "end": ahead(40)}],
        "meetings": [{"date": TODAY, "purpose": "Kick-off"}, {"date": ago(1), "purpose": "Past"}],
    }
    assert made(group).ahead.items == (
        Item("Meeting: Kick-off", due=TODAY),
        Item("Sprint starts: Pilot", due=ahead(2)),
        Item("Write", "Ana Ruiz", ahead(5)),
    )


def test_blockers_come_from_the_log_and_from_sprints_under_way():
    group = {
        "log": [{"kind": "blocker", "text": "No room"}],
        "sprints": [
            {"name": "Now", "start": ago(1), "end": ahead(1), "blockers": "No data"},
            {"name": "Past", "start": ago(9), "end": ago(5), "blockers": "Forgotten"},
        ],
    }
    assert [item.text for item in made(group).blockers.items] == ["No room", "Now: No data"]


def test_thanks_are_one_deed_a_person_in_the_order_of_names_never_of_counts():
    log = [action(f"Deed {n}", state="done", due=ago(n), owner="Kofi Mensah") for n in range(3)]
    log += [action("Called", state="done", due=ago(1), owner="Ana Ruiz")]
    assert made({"log": log}).thanks == (Item("Called", "Ana Ruiz"), Item("Deed 0", "Kofi Mensah"))


def test_only_members_are_thanked_so_that_no_text_passes_for_a_name():
    log = [action("Deed", state="done", due=ago(1), owner="<b>Nobody</b>")]
    assert made({"log": log}).thanks == ()


def test_the_tally_counts_actions_of_the_whole_group():
    log = [
        action("a", state="done"),
        action("b", due=ago(1)),
        action("c", due=ahead(1)),
        action("d", state="dropped"),
    ]
    tally = made({"log": log}).tally
    assert (tally.done, tally.open, tally.overdue) == (1, 1, 1)


def test_the_color_and_its_reason_come_from_what_may_be_shown():
    view = program(group={"log": [action("Next", due=ahead(1))]})
    warning = Finding("G106", WARNING, "group", "members", "", "", "No channel", "Make one")
    calm, amber = digest(view, (PRIVATE,)), digest(view, (PRIVATE, warning))
    assert calm is not None
    assert amber is not None
    assert (calm.color, amber.color) == ("Green", "Amber")
    assert "quiet" not in repr(amber)


def test_the_stage_is_shown_as_the_template_spells_it():
    view: View = program({"program": {"stage": "partner "}}, {"log": [action("Next", due=ahead(1))]})
    shown = digest(replace(view, program="Other"), ())
    assert shown is not None
    assert shown.stage == "Partner"
    assert shown.stages[0] == "Explore"


def test_texts_from_the_sheet_arrive_on_one_line_and_not_too_long():
    shown = made({"log": [action("Line one\r\nBcc: x@y.example\x07 " + "w" * 5000, due=ahead(1))]})
    (item,) = shown.ahead.items
    assert item.text.startswith("Line one Bcc: x@y.example w")
    assert len(item.text) == 200
