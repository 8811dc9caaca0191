"""The demo tells the whole story of a program in one command."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from scenarios.desk import Desk
from sheetsync.errors import UsageError
from sheetsync.verbs.demo import demo

NOW = datetime(2026, 3, 4, 9, 0)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    steps: list[str] = []
    report = demo(tmp_path_factory.mktemp("told") / "demo", NOW, steps.append)
    return report, steps


def test_it_says_step_by_step_what_happens(told) -> None:
    report, steps = told
    assert len(steps) == 5
    assert len(report.edits) >= 5


def test_the_first_pass_takes_everything_in_and_mails_nothing(told) -> None:
    first = told[0].first
    assert (first.troubles, first.mails) == ((), ())
    assert sum(it.ids for it in first.written) > 100


def test_the_second_pass_syncs_links_checks_celebrates_and_mails(told) -> None:
    second = told[0].second
    assert second.troubles == ()
    assert second.exit_code() == 1, "some findings want a person"
    assert second.findings
    assert second.milestones
    assert {mail.kind for mail in second.mails} == {"milestone", "digest", "note", "welcome"}


def test_every_finding_says_where_it_is_and_what_to_do(told) -> None:
    for placed in told[0].second.findings:
        assert placed.tab, placed
        assert placed.finding.do, placed


def test_the_workbooks_are_filled_and_show_what_was_found(told) -> None:
    desk = Desk(told[0].folder)
    for file in ("Stakeholder Map.xlsx", "Working Group.xlsx"):
        assert {"Start Here", "Milestones", "Status", "Checks"} <= set(desk.shown(file))
        assert "Conflicts" not in desk.shown(file)
        assert "Lists" not in desk.shown(file)


def test_it_never_touches_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        demo(tmp_path, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
