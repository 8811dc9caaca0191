"""Whatever breaks off a pass, and wherever: the next passes lose nothing and double nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from scenarios.desk import NAMES, Desk, rows
from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot
from sheetsync.errors import LockHeld, ReplicaError
from sheetsync.replicas.replica import Identity, Provisioned, Replica
from sheetsync.verbs.gather import open_replica
from sheetsync.verbs.opening import locked
from sheetsync.verbs.pass_ import Options, run_pass
from sheetsync.verbs.report import Report


class Seam:
    """A replica at whose write something happens, the first time."""

    def __init__(
        self, inner: Replica, before: Callable[[], None] | None, after: Callable[[], None] | None
    ) -> None:
        self.name, self.inner, self.before, self.after = inner.name, inner, before, after

    def read(self, template: Template) -> Snapshot:
        return self.inner.read(template)

    def write(self, edit: Edit, template: Template, version: str) -> str:
        before, self.before = self.before, None
        after, self.after = self.after, None
        if before:
            before()
        version = self.inner.write(edit, template, version)
        if after:
            after()
        return version

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        return self.inner.provision(template, identity, dry_run=dry_run)


def crash() -> None:
    raise KeyboardInterrupt


def disk_full() -> None:
    raise ReplicaError("b.xlsx: cannot be written (no space left); it is as it was.", "Make room.")


def run_with(
    desk: Desk,
    workbook: str,
    file: str,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> Report:
    program = desk.program
    seam = Seam(open_replica(program, file), before, after)
    return run_pass(program, desk.now, Options(), guests={workbook: [seam]})


def edit_both(desk: Desk) -> None:
    desk.type("a.xlsx", "Ana", "Note", "from a")
    desk.type("b.xlsx", "Bo", "Note", "from b")
    desk.add("a.xlsx", Name="Ida")
    desk.add("b.xlsx", Name="Kim")
    desk.remove("a.xlsx", "Cleo")


def assert_all_is_there(desk: Desk) -> None:
    desk.settle(passes=4)
    expected = sorted({*NAMES, "Ida", "Kim"} - {"Cleo"})
    for file in ("a.xlsx", "b.xlsx"):
        assert sorted(map(str, desk.column(file, "Name"))) == expected
        assert desk.people(file)["Ana"]["Note"] == "from a"
        assert desk.people(file)["Bo"]["Note"] == "from b"
    assert desk.ids("a.xlsx") == desk.ids("b.xlsx")
    assert len(set(desk.ids("a.xlsx").values())) == len(expected)


@pytest.mark.parametrize("file", ["a.xlsx", "b.xlsx"])
def test_a_copy_that_cannot_be_written_is_caught_up_by_the_next_pass(two_files: Desk, file: str) -> None:
    edit_both(two_files)
    report = run_with(two_files, "team", file, before=disk_full)
    assert report.exit_code() == 3
    assert [(it.replica, it.do) for it in report.troubles] == [(file, "Make room.")]
    assert_all_is_there(two_files)


@pytest.mark.parametrize("file", ["a.xlsx", "b.xlsx"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_pass_cut_short_at_a_write_leaves_nothing_lost_or_doubled(
    two_files: Desk, file: str, when: str
) -> None:
    edit_both(two_files)
    with pytest.raises(KeyboardInterrupt):
        run_with(two_files, "team", file, **{when: crash})
    assert_all_is_there(two_files)


@pytest.mark.parametrize("when", ["before", "after"])
def test_people_may_go_on_editing_after_a_pass_was_cut_short(two_files: Desk, when: str) -> None:
    edit_both(two_files)
    with pytest.raises(KeyboardInterrupt):
        run_with(two_files, "team", "b.xlsx", **{when: crash})
    two_files.type("b.xlsx", "Kim", "Hours", 5)
    two_files.type("a.xlsx", "Ida", "Hours", 6)
    assert_all_is_there(two_files)
    assert two_files.people("a.xlsx")["Kim"]["Hours"] == 5
    assert two_files.people("b.xlsx")["Ida"]["Hours"] == 6


def test_an_edit_saved_during_the_pass_is_taken_along(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Bo", "Note", "from b")
    report = run_with(
        two_files, "team", "a.xlsx", before=lambda: two_files.type("a.xlsx", "Dov", "Note", "just saved")
    )
    assert report.troubles == ()
    assert two_files.people("a.xlsx")["Dov"]["Note"] == "just saved"
    assert two_files.people("a.xlsx")["Bo"]["Note"] == "from b"
    two_files.settle()
    assert two_files.people("b.xlsx")["Dov"]["Note"] == "just saved"


def test_a_crash_after_the_last_write_doubles_no_linked_action_and_no_milestone(acme: Desk) -> None:
    acme.add(
        "Stakeholder Map.xlsx",
        tab="Conversations",
        Date=datetime(2026, 3, 4),
        Stakeholder="Helen Marsh",
        By="Luis Herrera",
        **{"Follow-up": "Call back", "Due": datetime(2026, 3, 20)},
    )
    acme.add(
        "Working Group.xlsx",
        tab="Sprints",
        Name="Spring sprint",
        Type="mini",
        Start=datetime(2026, 3, 4),
    )
    with pytest.raises(KeyboardInterrupt):
        run_with(acme, "group", "Working Group.xlsx", after=crash)

    reports = [acme.run(), acme.run()]

    log = rows(acme.sheet("Working Group.xlsx", "Log"))
    assert len([row for row in log if row.get("Text") == "Call back"]) == 1
    milestones = rows(acme.sheet("Working Group.xlsx", "Milestones"))
    started = [row for row in milestones if "Spring sprint" in str(row.get("Event"))]
    assert len(started) == 1
    mails = [mail for report in reports for mail in report.mails if "Spring sprint" in mail.subject]
    assert len(mails) == 1, "and its mail leaves once"


def test_a_second_pass_at_the_same_time_is_turned_away(two_files: Desk) -> None:
    with locked(two_files.program), pytest.raises(LockHeld, match="Another sheetsync is at work on Acme"):
        two_files.run()
    assert two_files.run().exit_code() == 0
