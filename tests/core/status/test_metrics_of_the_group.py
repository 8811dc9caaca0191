"""What each block of the group's Status tab shows, with figures counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from core.builders import program
from sheetsync.core.status.registry import METRICS, Figures, Measure

TODAY = date(2026, 11, 21)


def shown(key: str, *, form: dict[str, object] | None = None, **tabs: object) -> Figures:
    view = program({"program": form or {}}, tabs, today=TODAY)
    return METRICS[key].compute(Measure(view, view.books[1], ()))


def member(name: str, **values: object) -> dict[str, object]:
    return {"name": name, **values}


def action(owner: str = "", **values: object) -> dict[str, object]:
    return {"kind": "action", "text": "Do it", "owner": owner, **values}


def test_active_members_count_from_their_first_trace_and_alumni_until_their_last():
    rows = shown(
        "members_by_month",
        members=[
            member("Ana"),
            member("Bo", state="alumni"),
            member("Cy", state="active"),  # no trace yet: this month alone
            member("Di", state="paused"),  # no trace at all: never seen
        ],
        intake=[{"name": "Ana", "date": date(2026, 8, 30)}],
        meetings=[
            {"date": date(2026, 9, 2), "purpose": "Kick-off", "attendees": "Ana, Bo"},
            {"date": date(2026, 10, 2), "purpose": "Next", "attendees": "Bo"},
        ],
    ).rows
    assert [(month, active) for month, active, _, _ in rows[-5:]] == [
        ("Jul 2026", 0),
        ("Aug 2026", 1),
        ("Sep 2026", 2),
        ("Oct 2026", 2),
        ("Nov 2026", 2),
    ]


def test_contributors_raise_own_or_lead_and_attending_is_no_measure():
    rows = shown(
        "members_by_month",
        members=[member("Ana"), member("Bo"), member("Cy"), member("Di")],
        log=[
            {"date": date(2026, 11, 2), "kind": "idea", "text": "A", "raised_by": "ana"},
            {"date": date(2026, 11, 3), "kind": "action", "text": "B", "raised_by": "Ana", "owner": "Bo"},
            {"date": date(2026, 11, 4), "kind": "idea", "text": "C", "raised_by": "Stakeholder map"},
        ],
        sprints=[{"name": "One", "lead": "Cy", "start": date(2026, 10, 1)}],
        meetings=[{"date": date(2026, 11, 5), "purpose": "Talk", "attendees": "Ana, Bo, Cy, Di"}],
    ).rows
    assert [contributors for _, _, contributors, _ in rows[-2:]] == [1, 2]


def test_actions_done_count_in_the_month_they_were_due_or_else_raised():
    done = {"date": date(2026, 9, 1), "state": "done"}
    rows = shown(
        "members_by_month",
        log=[
            action(**done, due=date(2026, 10, 9)),
            action(**done),
            action(**done, due=date(2026, 12, 24)),
            action(date=date(2026, 9, 1), due=date(2026, 10, 9)),
        ],
    ).rows
    assert [(row[0], row[3]) for row in rows[-3:]] == [("Sep 2026", 2), ("Oct 2026", 1), ("Nov 2026", 0)]


def test_hours_by_unit_offer_what_active_members_have_and_plan_what_is_open():
    figures = shown(
        "hours",
        members=[
            member("Ana", unit="Data", hours_offered=4),
            member("Bo", unit="data", hours_offered=2.5),
            member("Cy", unit="Legal", hours_offered=9, state="paused"),
            member("Di", unit="Sales", hours_offered=9, state="alumni"),
            member("Ed"),
        ],
        log=[
            action("Ana", hours=3),
            action("Bo"),
            action("Cy", hours=2),
            action("Ana", hours=7, state="done"),
            {"kind": "question", "text": "Why?", "owner": "Ana", "hours": 5},
        ],
    )
    assert figures.rows == (("Data", 6.5, 4), ("Legal", 0, 2), ("(no unit)", 0, 0))


def test_roles_count_holders_and_backups_and_name_what_nobody_holds():
    figures = shown(
        "roles",
        members=[
            member("Ana", roles="Planning, Research", backup_for="Connector"),
            member("Bo", roles="Planning"),
            member("Cy", roles="Connector", state="alumni"),
        ],
    )
    assert figures.rows == (
        ("Planning", 2, 0),
        ("Communications", 0, 0),
        ("External partners", 0, 0),
        ("Research", 1, 0),
        ("Connector", 0, 1),
    )
    assert figures.remark == "Not held yet: Communications, External partners, Connector."


def test_host_units_come_from_the_map_and_show_who_is_represented():
    figures = shown(
        "host_units", form={"host_units": "Data, Claims"}, members=[member("Ana", unit="DATA"), member("Bo")]
    )
    assert figures.rows == (("Data", 1), ("Claims", 0))
    assert figures.remark == "Nobody yet from: Claims."


def test_host_units_ask_for_the_list_where_there_is_none():
    assert shown("host_units").remark.startswith("List the host units on the Program tab")


def crowd(**sizes: int) -> list[dict[str, object]]:
    return [
        member(f"{name} {n}", function=name, level=name) for name, size in sizes.items() for n in range(size)
    ]


@pytest.mark.parametrize("key", ["functions", "levels"])
def test_a_breakdown_shows_groups_of_five_and_more(key):
    figures = shown(key, members=crowd(senior=5, junior=6))
    assert dict(figures.rows) == {"senior": 5, "junior": 6}
    assert figures.remark == ""


@pytest.mark.parametrize("key", ["functions", "levels"])
def test_a_breakdown_never_shows_a_small_group_nor_lets_it_be_subtracted(key):
    partly = shown(key, members=crowd(senior=5, mid=6, junior=2))
    assert dict(partly.rows) == {"mid": 6, "Others": 7}
    assert partly.remark == "Partly hidden because a group was smaller than 5."
    wholly = shown(key, members=crowd(senior=5, junior=1))
    assert wholly.rows == ()
    assert wholly.remark == "Hidden because a group was smaller than 5."


def test_action_age_counts_open_actions_by_age_and_the_overdue_once_more():
    figures = shown(
        "action_age",
        log=[
            action(date=date(2026, 11, 21)),
            action(date=date(2026, 11, 15)),
            action(date=date(2026, 11, 14)),
            action(date=date(2026, 11, 7), due=date(2026, 11, 20)),
            action(date=date(2026, 10, 24), due=date(2026, 11, 21)),
            action(date=date(2026, 10, 23), state="open"),
            action(date=date(2026, 1, 1), state="dropped", due=date(2026, 1, 2)),
            action(due=date(2026, 1, 2)),
        ],
    )
    assert figures.rows == (
        ("under 1 week", 2),
        ("1-2 weeks", 1),
        ("2-4 weeks", 2),
        ("over 4 weeks", 1),
        ("overdue", 2),
    )
    assert figures.remark == "1 open action without a date, so without an age."


def test_retro_and_documentation_rates():
    figures = shown(
        "retro_documentation",
        sprints=[
            {"name": "One", "lead": "Ana", "end": date(2026, 9, 1), "retro_on": date(2026, 9, 1)}
            | {"retro_minutes": 30},
            {"name": "Two", "lead": "ana", "end": date(2026, 10, 1), "retro_minutes": 50},
            {"name": "Three", "lead": "Bo", "end": date(2026, 11, 20)},  # days of grace
        ],
        meetings=[
            {"date": date(2026, 9, 1), "purpose": "A", "notes_link": "https://notes.example/a"},
            {"date": date(2026, 9, 2), "purpose": "B"},
            {"date": date(2026, 9, 3), "purpose": "C"},
            {"date": date(2026, 12, 1), "purpose": "Ahead"},
        ],
        log=[
            action("Ana", due=date(2026, 9, 9), meeting="2026-09-02 B"),
            action("Ana"),
            action(),
            {"kind": "decision", "text": "Go", "outcome": "Went"},
            {"kind": "question", "text": "Why?"},
        ],
    )
    assert figures.rows == (
        ("Sprints with a retro", 50),
        ("Retros of 20-45 minutes", 50),
        ("Meetings with notes or Log rows", 67),
        ("Actions with owner and due date", 33),
        ("Decisions and questions with an outcome", 50),
        ("Sprint leads that differ", 67),
    )


def test_a_rate_of_nothing_is_blank_not_zero():
    assert [row[1] for row in shown("retro_documentation").rows] == [None] * 6


def test_formats_used_count_meetings_held_so_far():
    figures = shown(
        "formats_used",
        meetings=[
            {"date": date(2026, 11, 21), "purpose": "A", "format": "group"},
            {"date": date(2026, 11, 1), "purpose": "B", "format": "Group"},
            {"date": date(2026, 11, 22), "purpose": "C", "format": "social"},
        ],
    )
    assert figures.rows[0] == ("group", 2)
    assert sum(count for _, count in figures.rows) == 2
    assert len(figures.rows) == 6


def test_recognitions_count_active_members_by_step():
    figures = shown(
        "recognitions",
        members=[
            member("Ana", recognition="agreed"),
            member("Bo"),
            member("Cy", recognition="asked", state="alumni"),
        ],
    )
    assert figures.rows == (("not started", 0), ("asked", 0), ("agreed", 1))
    assert figures.remark == "Nothing noted yet for 1 of 2."
