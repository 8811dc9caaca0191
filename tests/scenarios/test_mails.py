"""When mail leaves, to whom, and that nothing is sent twice or about the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from scenarios.desk import Desk, cell_of, headers
from sheetsync.errors import UsageError
from sheetsync.verbs.letter import contribution_letter
from sheetsync.verbs.mails import list_mails
from sheetsync.verbs.report import Mail

MAP, GROUP = "Stakeholder Map.xlsx", "Working Group.xlsx"
NEWS = "Our page has a thousand readers"


def mails_in(folder: Path) -> list[EmailMessage]:
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]
    return [it for it in found if isinstance(it, EmailMessage)]


def go_live(desk: Desk) -> None:
    path = desk.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace("live = false", "live = true"))


def reach(desk: Desk, **more: object) -> None:
    """Type a milestone that is shared with the group."""
    values = {"Event": NEWS, "Reached": datetime(2026, 3, 3), "Share with": "group"} | more
    desk.add(GROUP, tab="Milestones", **values)


def about(mails: tuple[Mail, ...]) -> list[Mail]:
    return [mail for mail in mails if NEWS in mail.subject]


def sent_on(desk: Desk) -> object:
    sheet = desk.sheet(GROUP, "Milestones")
    return cell_of(sheet, NEWS, "Sent").value


def test_the_first_pass_sends_nothing_about_the_past(acme: Desk) -> None:
    for path in (acme.folder / ".sheetsync").iterdir():
        if path.name.startswith("ledger"):
            path.unlink()
    count = len(mails_in(acme.folder / "outbox"))
    assert acme.run(lift="ledger").mails == ()
    assert acme.run().mails == ()
    assert len(mails_in(acme.folder / "outbox")) == count


def test_a_milestone_is_announced_once_over_many_passes(acme: Desk) -> None:
    reach(acme)
    (mail,) = about(acme.run().mails)
    assert (mail.kind, mail.state) == ("milestone", "sent")
    assert Path(mail.file).is_file()
    acme.type(GROUP, NEWS, "Evidence", "The counter of the page", tab="Milestones")
    assert not any(about(acme.run(days=days).mails) for days in (0, 0, 1, 7))


def test_until_the_program_is_live_every_mail_goes_to_the_operator_alone(acme: Desk) -> None:
    reach(acme)
    report = acme.run(days=7)
    assert report.mails
    assert {mail.address for mail in report.mails} == {"maya.okafor@acme.example"}
    for message in mails_in(acme.folder / "outbox"):
        assert message["To"].addresses[0].addr_spec == "maya.okafor@acme.example"
        assert message["Cc"] is None
        assert message["Bcc"] is None
    assert sent_on(acme) is None, "a rehearsal is not noted as sent"


def test_a_live_program_mails_members_by_their_wish(acme: Desk) -> None:
    go_live(acme)
    reach(acme)
    addresses = {mail.address for mail in about(acme.run().mails)}

    members = acme.sheet(GROUP, "Members")
    columns = headers(members)
    wishes = {
        str(members.cell(row, columns["Email"]).value): members.cell(row, columns["Mail"]).value
        for row in range(3, members.max_row + 1)
        if members.cell(row, columns["State"]).value not in ("paused", "alumni")
    }
    assert addresses == {address for address, wish in wishes.items() if wish == "instant"}
    assert addresses
    assert sent_on(acme) == datetime(2026, 3, 4)


def test_nobody_who_asked_for_no_mail_gets_any(acme: Desk) -> None:
    go_live(acme)
    reach(acme)
    members = acme.sheet(GROUP, "Members")
    columns = headers(members)
    silent = {
        members.cell(row, columns["Email"]).value
        for row in range(3, members.max_row + 1)
        if members.cell(row, columns["Mail"]).value == "none"
    }
    assert silent
    report = acme.run(days=7)
    assert report.mails
    assert not silent & {mail.address for mail in report.mails if mail.address != "maya.okafor@acme.example"}


def test_a_milestone_for_the_company_waits_for_its_approval(acme: Desk) -> None:
    go_live(acme)
    reach(acme, **{"Share with": "org"})
    report = acme.run()
    assert about(report.mails) == []
    acme.type(GROUP, NEWS, "Approved by", "Helen Marsh", tab="Milestones")
    assert {mail.address for mail in about(acme.run().mails)} == {"news@acme.example"}


def test_subjects_name_nobody(acme: Desk) -> None:
    people = {*acme.column(GROUP, "Name", "Members"), *acme.column(MAP, "Name", "Stakeholders")}
    messages = mails_in(acme.folder / "outbox")
    assert messages
    for message in messages:
        assert not [name for name in people if str(name) in message["Subject"]]


def test_nothing_is_mailed_from_a_row_that_people_disagree_about(acme: Desk) -> None:
    path = acme.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace(f'"{GROUP}"', f'"{GROUP}", "copy.xlsx"'))
    acme.provision()
    reach(acme, **{"Share with": "none"})
    acme.settle()
    acme.type(GROUP, NEWS, "Share with", "group", tab="Milestones")
    acme.type(GROUP, NEWS, "Evidence", "the counter", tab="Milestones")
    acme.type("copy.xlsx", NEWS, "Evidence", "my feeling", tab="Milestones")

    report = acme.run()
    assert [it.column for it in report.conflicts] == ["Evidence"]
    assert about(report.mails) == []

    acme.type("copy.xlsx", NEWS, "Evidence", "the counter", tab="Milestones")
    assert len(about(acme.run().mails)) == 1


def test_nobody_is_mailed_whose_own_row_the_copies_disagree_about(acme: Desk) -> None:
    go_live(acme)
    path = acme.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace(f'"{GROUP}"', f'"{GROUP}", "copy.xlsx"'))
    acme.provision()
    acme.settle()
    reader = people_who_want(acme, "instant")[0]
    acme.type(GROUP, str(reader["Name"]), "Email", "one@acme.example", tab="Members")
    acme.type("copy.xlsx", str(reader["Name"]), "Email", "two@acme.example", tab="Members")
    reach(acme)
    addresses = {mail.address for mail in about(acme.run().mails)}
    assert addresses
    assert not addresses & {reader["Email"], "one@acme.example", "two@acme.example"}


def test_a_mail_that_cannot_be_put_into_the_outbox_is_tried_again(acme: Desk) -> None:
    reach(acme)
    outbox = acme.folder / "outbox"
    outbox.rename(acme.folder / "aside")
    outbox.write_text("a file where the folder should be")
    report = acme.run()
    assert [mail.state for mail in about(report.mails)] == ["planned"]
    assert "The mail cannot be written to" in report.troubles[0].what
    assert report.exit_code() == 3
    outbox.unlink()
    assert [mail.state for mail in about(acme.run().mails)] == ["sent"]
    assert about(acme.run().mails) == []


def test_a_pass_sends_as_many_mails_as_the_cap_says_and_the_next_ones_send_the_rest(acme: Desk) -> None:
    go_live(acme)
    path = acme.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace("[mail]", "[mail]\ncap = 1"))
    reach(acme)
    instant = {row["Email"] for row in people_who_want(acme, "instant")}
    assert len(instant) > 1, "there are more readers than one pass may mail"
    sent = [mail for _ in range(len(instant) + 3) for mail in about_one(acme.run().mails)]
    assert sorted(mail.address for mail in sent) == sorted(instant)


def people_who_want(desk: Desk, wish: str) -> list[dict[str, object]]:
    sheet = desk.sheet(GROUP, "Members")
    names = [cell.value for cell in sheet[2]]
    rows = [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]
    return [row for row in rows if row["Mail"] == wish and row["State"] == "active"]


def about_one(mails: tuple[Mail, ...]) -> list[Mail]:
    left = [mail for mail in mails if mail.state != "planned"]
    assert len(left) == min(1, len(mails)), "the others are told, and wait"
    return about(tuple(left))


def test_a_letter_may_be_made_again_on_the_same_day(acme: Desk) -> None:
    for minute in (1, 2):
        moment = acme.now + timedelta(minutes=minute)
        (mail,) = contribution_letter(acme.program, "Anjali Mehta", date(2026, 1, 1), moment)
        assert (mail.kind, mail.state) == ("letter", "sent")
    assert len([it for it in list_mails(acme.program) if it.kind == "letter"]) == 2


def test_a_letter_with_nothing_to_tell_is_not_made(acme: Desk) -> None:
    with pytest.raises(UsageError, match="Nothing is logged that Anjali Mehta led, prepared or finished"):
        contribution_letter(acme.program, "Anjali Mehta", acme.now.date(), acme.now)
    assert [it for it in list_mails(acme.program) if it.kind == "letter"] == []


def test_a_letter_about_days_to_come_is_not_made(acme: Desk) -> None:
    with pytest.raises(UsageError, match="2026-03-05 lies ahead: a letter covers the days up to today"):
        contribution_letter(acme.program, "Anjali Mehta", acme.now.date() + timedelta(days=1), acme.now)
