"""At most one unattended send a mail: what a pass does with each reply of a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail.mail_server import DROP, TAKE_AND_DROP, PostOffice, post_office
from sheetsync.errors import UsageError
from sheetsync.ledger.outbox import FAILED, PLANNED, RETRY, SENT, UNKNOWN, WITHDRAWN
from sheetsync.verbs.mails import mark_sent, resend
from sheetsync.verbs.sending import MAX_TRIES
from verbs.outbox_desk import MEMBERS, OPERATOR, OutboxDesk

ANA, BO = MEMBERS


@pytest.fixture
def office():
    with post_office() as opened:
        yield opened


@pytest.fixture
def desk(office: PostOffice, tmp_path: Path) -> OutboxDesk:
    return OutboxDesk(tmp_path, office.port)


def test_each_reader_gets_a_mail_of_their_own_once(desk: OutboxDesk, office: PostOffice) -> None:
    desk.plan(ANA, BO)
    assert [(it.address, it.state) for it in desk.deliver().mails] == [(ANA, SENT), (BO, SENT)]
    assert desk.deliver().mails == []
    assert [(to, mail["To"]) for to, mail in office.arrived] == [(ANA, ANA), (BO, BO)]


def test_a_greylisted_mail_is_tried_again_after_a_while_each_time_twice_as_long(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA)
    office.replies["RCPT"] = ["450 Greylisted", "450 Greylisted"]
    (mail,) = desk.deliver().mails
    assert (mail.state, mail.remark) == (RETRY, "450 Greylisted")
    assert desk.deliver(minutes=4).mails == []
    assert [it.state for it in desk.deliver(minutes=1).mails] == [RETRY]
    assert desk.deliver(minutes=9).mails == []
    assert [it.state for it in desk.deliver(minutes=1).mails] == [SENT]
    assert office.readers == [ANA]


def test_a_server_that_goes_on_refusing_is_given_up_and_a_person_may_resend(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA)
    office.replies["RCPT"] = ["450 Greylisted"] * MAX_TRIES
    states = [it.state for _ in range(MAX_TRIES + 2) for it in desk.deliver(minutes=24 * 60).mails]
    assert states == [RETRY] * (MAX_TRIES - 1) + [FAILED]
    resend(desk.program, [1], desk.now)
    assert [it.state for it in desk.deliver().mails] == [SENT]


def test_a_mail_refused_for_good_fails_at_once_and_holds_up_nobody_else(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA, BO)
    office.replies["RCPT"] = ["550 No such user"]
    desk.deliver()
    assert [(it.state, it.remark) for it in desk.letters()] == [(FAILED, "550 No such user"), (SENT, "")]
    assert office.readers == [BO]


@pytest.mark.parametrize(("mood", "arrived"), [(TAKE_AND_DROP, [ANA]), (DROP, [])])
def test_a_mail_that_may_have_arrived_never_leaves_again_by_itself(
    desk: OutboxDesk, office: PostOffice, mood: str, arrived: list[str]
) -> None:
    desk.plan(ANA)
    office.replies["DATA"] = [mood]
    assert [it.state for it in desk.deliver().mails] == [UNKNOWN]
    assert [desk.deliver(minutes=9999).mails for _ in range(3)] == [[], [], []]
    assert office.readers == arrived


def test_a_person_settles_a_mail_in_doubt_by_resending_it_under_its_message_id(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA)
    office.replies["DATA"] = [TAKE_AND_DROP]
    desk.deliver()
    resend(desk.program, [1], desk.now)
    desk.deliver()
    assert desk.states() == [SENT]
    assert len(office.arrived) == 2
    assert len({mail["Message-ID"] for _, mail in office.arrived}) == 1


def test_or_by_noting_that_it_arrived(desk: OutboxDesk, office: PostOffice) -> None:
    desk.plan(ANA)
    office.replies["DATA"] = [TAKE_AND_DROP]
    desk.deliver()
    mark_sent(desk.program, [1], desk.now)
    assert desk.deliver().mails == []
    assert (desk.states(), len(office.arrived)) == ([SENT], 1)


def test_a_mail_that_was_sent_or_is_unknown_cannot_be_settled(desk: OutboxDesk) -> None:
    desk.plan(ANA)
    desk.deliver()
    for number in (1, 7):
        with pytest.raises(UsageError, match=rf"has the number {number}\."):
            resend(desk.program, [number], desk.now)


def test_while_no_mail_can_leave_all_of_them_wait_and_the_report_says_why(tmp_path: Path) -> None:
    with post_office() as office:
        desk = OutboxDesk(tmp_path, office.port)
    desk.plan(ANA, BO)
    delivery = desk.deliver()
    assert [it.state for it in delivery.mails] == [PLANNED, PLANNED]
    assert "cannot be used" in delivery.troubles[0].what
    assert {it.tries for it in desk.letters()} == {0}


# readers who must not get it any more


@pytest.mark.parametrize(
    ("ana", "reason"),
    [
        ({"mail": "none"}, "opted out"),
        ({"state": "alumni"}, "no longer"),
        ({"email": "ana.ruiz@acme.example"}, "no longer"),
    ],
)
def test_whoever_left_or_opted_out_since_a_mail_was_decided_does_not_get_it(
    desk: OutboxDesk, office: PostOffice, ana: dict[str, str], reason: str
) -> None:
    desk.plan(ANA, BO)
    now = desk.view({"name": "Ana", "email": ANA} | ana, {"name": "Bo", "email": BO})
    desk.deliver(now)
    assert desk.states() == [WITHDRAWN, SENT]
    assert reason in desk.letters()[0].remark
    assert desk.letters()[0].message == "", "its text is not kept"
    assert office.readers == [BO]


def test_no_mail_leaves_the_allowed_domains(desk: OutboxDesk, office: PostOffice) -> None:
    desk.plan("news@elsewhere.example", ANA)
    desk.deliver(desk.view(org=("news@elsewhere.example",), allowed_domains=("acme.example",)))
    assert (desk.states(), office.readers) == ([WITHDRAWN, SENT], [ANA])


def test_a_program_that_is_taken_back_from_live_mails_its_operator_alone(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA, OPERATOR)
    desk.deliver(desk.view(live=False))
    assert (desk.states(), office.readers) == ([PLANNED, SENT], [OPERATOR])


def test_a_mail_goes_to_whom_it_was_written_wherever_their_row_has_moved(
    desk: OutboxDesk, office: PostOffice
) -> None:
    desk.plan(ANA)
    desk.plan(BO, key="digest/2")
    desk.deliver(desk.view({"name": "Bo", "email": BO}, {"name": "Ana", "email": ANA}))
    assert all(to == mail["To"] for to, mail in office.arrived)
    assert [mail["Message-ID"] for _, mail in office.arrived] == [f"<digest-1-{ANA}>", f"<digest-2-{BO}>"]
