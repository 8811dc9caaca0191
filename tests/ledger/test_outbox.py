"""One decision a mail: the outbox remembers every mail, and never makes two of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from sheetsync.ledger.outbox import (
    BASELINE,
    FAILED,
    PLANNED,
    RETRY,
    SENDING,
    SENT,
    UNKNOWN,
    WITHDRAWN,
    Letter,
    Outbox,
)

NOW = datetime(2026, 3, 2, 9, 0)
MAIL = Letter(
    "map/r1/milestone/1", "ana@acme.example", "milestone", "[Acme] Milestone: …", "<1@acme.example>", "Grüße"
)


@pytest.fixture
def outbox(connection: Connection) -> Outbox:
    return Outbox(connection)


def test_a_planned_mail_comes_back_as_it_was(outbox):
    outbox.plan([MAIL], 1, NOW)
    assert outbox.letters(PLANNED) == (replace(MAIL, planned=NOW, changed=NOW, number=1),)


def test_planning_nothing_plans_nothing(outbox):
    outbox.plan([], 1, NOW)
    assert outbox.letters() == ()


def test_a_mail_is_planned_once_for_each_recipient(outbox):
    outbox.plan([MAIL, replace(MAIL, address="bo@acme.example")], 1, NOW)
    assert outbox.keys() == {MAIL.key}
    with pytest.raises(IntegrityError), outbox.connection.begin_nested():
        outbox.plan([MAIL], 2, NOW)


@pytest.mark.parametrize("state", [SENDING, SENT, RETRY, FAILED, UNKNOWN, WITHDRAWN, BASELINE])
def test_a_mail_is_in_one_state_at_a_time(outbox, state):
    outbox.plan([MAIL], 1, NOW)
    outbox.mark(MAIL, state, NOW, "why")
    assert outbox.letters(PLANNED) == ()
    assert [(it.state, it.remark) for it in outbox.letters(state)] == [(state, "why")]


def test_the_text_of_a_mail_is_kept_until_it_was_sent(outbox):
    outbox.plan([MAIL], 1, NOW)
    outbox.mark(MAIL, RETRY, NOW)
    assert outbox.letters(RETRY)[0].message == "Grüße"
    outbox.mark(MAIL, SENT, NOW)
    assert outbox.letters(SENT)[0].message == ""


def test_every_refusal_counts_as_a_try_until_the_mail_is_planned_anew(outbox):
    outbox.plan([MAIL], 1, NOW)
    for _ in range(3):
        outbox.mark(MAIL, SENDING, NOW)
        outbox.mark(MAIL, RETRY, NOW)
    assert outbox.letters()[0].tries == 3
    outbox.mark(MAIL, PLANNED, NOW)
    assert outbox.letters()[0].tries == 0


def test_marking_a_mail_leaves_the_other_recipients_alone(outbox):
    other = replace(MAIL, address="bo@acme.example")
    outbox.plan([MAIL, other], 1, NOW)
    outbox.mark(MAIL, SENT, NOW)
    assert [it.address for it in outbox.letters(PLANNED)] == ["bo@acme.example"]


def test_mails_about_the_past_are_known_and_wait_for_nothing(outbox):
    outbox.plan([replace(MAIL, state=BASELINE)], 1, NOW)
    assert outbox.keys() == {MAIL.key}
    assert outbox.letters(PLANNED, RETRY, SENDING) == ()
