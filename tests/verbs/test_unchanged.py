"""Where nothing has changed a pass reads nothing and tells the same; whatever has changed is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

import sheetsync
from scenarios.desk import NAMES, Desk, copied
from sheetsync.ledger import Ledger, schema
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import Report


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the replicas that were read."""
    read, found = ExcelReplica.read, []

    def noted(self: ExcelReplica, template: object) -> object:
        found.append(self.name)
        return read(self, template)

    monkeypatch.setattr(ExcelReplica, "read", noted)
    return found


@pytest.fixture
def quiet(two_files: Desk, readings: list[str]) -> Desk:
    """A program in step, with a finding, after a pass that changed nothing."""
    two_files.type("a.xlsx", "Ana", "State", "actve")
    two_files.settle()
    two_files.run()
    readings.clear()
    return two_files


def told(report: Report) -> dict[str, object]:
    """The report as JSON, without what is different in every pass."""
    return {key: it for key, it in report.to_json().items() if key not in ("run", "now", "dry_run")}


def test_a_pass_without_edits_reads_nothing_and_tells_the_same(quiet: Desk, readings: list[str]) -> None:
    report = quiet.run()
    assert readings == []
    assert told(report) == told(quiet.run(dry_run=True))
    assert report.exit_code() == 1
    assert [it.finding.code for it in report.findings] == ["D001"]


def test_it_is_a_run_of_its_own(quiet: Desk) -> None:
    first, second = quiet.run(), quiet.run()
    assert second.run == first.run + 1
    assert second.now == first.now + timedelta(minutes=1)


def test_open_conflicts_are_told_again(quiet: Desk, readings: list[str]) -> None:
    quiet.type("a.xlsx", "Bo", "Hours", 7)
    quiet.type("b.xlsx", "Bo", "Hours", 9)
    quiet.settle()
    before = quiet.run()
    readings.clear()
    report = quiet.run()
    assert readings == []
    assert report.conflicts == before.conflicts
    assert told(report) == told(before) == told(quiet.run(dry_run=True))


@pytest.mark.parametrize(
    "options",
    [
        Options(dry_run=True),
        Options(Verb.VALIDATE),
        Options(Verb.SYNC),
        Options(lifted=frozenset(["deletes"])),
        Options(baseline=True),
    ],
    ids=["dry run", "validate", "another verb", "a lifted brake", "a baseline"],
)
def test_a_pass_of_another_kind_looks_for_itself(quiet: Desk, readings: list[str], options: Options) -> None:
    run_pass(quiet.program, quiet.now, options)
    assert readings


def edit(desk: Desk) -> None:
    desk.type("b.xlsx", "Bo", "Note", "changed")


def tomorrow(desk: Desk) -> None:
    desk.now += timedelta(days=1)


def switch_a_rule_off(desk: Desk) -> None:
    file = desk.path("sheetsync.toml")
    file.write_text(file.read_text() + '\n[rules]\noff = ["D001"]\n')


def allow_a_value(desk: Desk) -> None:
    file = desk.path("templates/team.toml")
    file.write_text(file.read_text().replace('"paused"]', '"paused", "actve"]'))


def change_the_ledger(desk: Desk) -> None:
    ledger = Ledger.open(desk.program.ledger_url)
    with ledger.transaction() as connection:
        connection.execute(update(schema.conflict).values(settled=1))
    ledger.close()


def open_a_file(desk: Desk) -> None:
    desk.path("~$a.xlsx").touch()


def remove_a_file(desk: Desk) -> None:
    desk.path("b.xlsx").unlink()


@pytest.mark.parametrize(
    "change",
    [edit, tomorrow, switch_a_rule_off, allow_a_value, change_the_ledger, open_a_file, remove_a_file],
)
def test_whatever_a_pass_depends_on_makes_it_read(
    quiet: Desk, readings: list[str], change: Callable[[Desk], None]
) -> None:
    change(quiet)
    report = quiet.run()
    assert readings
    assert told(report) == told(quiet.run(dry_run=True)) or any(it.tabs for it in report.written)


def test_another_state_of_the_code_makes_it_read(
    quiet: Desk, readings: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "newer.py").touch()
    monkeypatch.setattr(sheetsync, "__file__", str(tmp_path / "__init__.py"))
    quiet.run()
    assert readings


HANDS = st.lists(
    st.one_of(
        st.just(("nothing",)),
        st.tuples(st.sampled_from(["a.xlsx", "b.xlsx"]), st.sampled_from(NAMES), st.integers(1, 3)),
        st.tuples(st.just("days"), st.integers(1, 40)),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hands=HANDS)
def test_what_is_told_again_is_always_what_a_look_would_tell(
    two_files: Desk, tmp_path_factory: pytest.TempPathFactory, hands: list[tuple[object, ...]]
) -> None:
    desk = copied(two_files, tmp_path_factory.mktemp("desk") / "team")
    for hand in hands:
        match hand:
            case (str(file), str(who), int(hours)):
                desk.type(file, who, "Hours", hours)
            case ("days", int(days)):
                desk.now += timedelta(days=days)
        desk.settle()
        for _ in range(2):
            assert told(desk.run()) == told(desk.run(dry_run=True))
