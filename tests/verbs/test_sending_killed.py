"""`kill -9` at every step of sending: no mail arrives twice, none is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mail.mail_server import post_office
from sheetsync.ledger.outbox import SENT, UNKNOWN

TESTS = Path(__file__).parents[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no processes")
def test_a_sender_killed_at_any_step_sends_no_mail_twice_and_loses_none(tmp_path: Path) -> None:
    with post_office() as office:
        done = subprocess.run(
            [sys.executable, "-m", "verbs.killed_sender", str(tmp_path), str(office.port)],
            cwd=TESTS,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    arrived = Counter(mail["Message-ID"] for _, mail in office.arrived)
    steps = json.loads(done.stdout)
    states = {mail: state for mails in steps.values() for mail, state in mails.items()}

    assert len(steps) > 30, "there are that many steps to die at"
    assert set(arrived.values()) == {1}
    assert {mail for mail, state in states.items() if state == SENT} <= arrived.keys()
    in_doubt = {mail for mail, state in states.items() if state != SENT}
    assert {states[mail] for mail in in_doubt} == {UNKNOWN}
    assert in_doubt & arrived.keys(), "one arrived before its sender died"
    assert in_doubt - arrived.keys(), "one did not"
    assert all(to == mail["To"] for to, mail in office.arrived)
