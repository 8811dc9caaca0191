"""What a report says of mails: what became of them, or what would."""

from __future__ import annotations

from datetime import datetime

import pytest

from sheetsync.cli.render import print_report
from sheetsync.verbs.report import Mail, Report

WEEKLY = Mail("[Acme] Weekly: Green", "digest", "ana@acme.example", "planned")


@pytest.mark.parametrize(
    ("dry_run", "lines"),
    [
        (True, ["1 mail would go to the outbox", "  [Acme] Weekly: Green"]),
        (False, ["1 mail to the outbox", "  [Acme] Weekly: Green (waits for the next pass)"]),
    ],
)
def test_a_dry_run_tells_what_a_run_would_do_and_a_run_what_waits(
    capsys: pytest.CaptureFixture[str], dry_run: bool, lines: list[str]
) -> None:
    print_report(Report("Acme", "run", datetime(2026, 3, 4), dry_run=dry_run, mails=(WEEKLY,)))
    assert capsys.readouterr().out.splitlines()[-2:] == lines
