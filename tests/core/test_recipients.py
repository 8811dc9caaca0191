"""Recipients: who gets a mail, and who never does."""

from dataclasses import replace

import pytest

from core.builders import TODAY, program
from sheetsync.core.announcements import Announcement, Milestone
from sheetsync.core.recipients import Recipient, recipients, rehearsal
from sheetsync.core.records import View
from sheetsync.core.settings import MailSettings

MAIL = MailSettings(
    operator="maya@acme.example", live=True, org=("all@acme.example",), external=("news@partner.example",)
)
MEMBERS = [
    {"name": "Ana", "email": "ana@acme.example", "mail": "instant"},
    {"name": "Ben", "email": "ben@acme.example", "mail": "weekly"},
    {"name": "Cleo", "email": "cleo@acme.example"},
    {"name": "Dee", "email": "dee@acme.example", "mail": "none"},
    {"name": "Eli", "email": "eli@acme.example", "mail": "instant", "state": "paused"},
    {"name": "Fay", "mail": "instant"},
    {"name": "Gus", "email": "gus at acme", "mail": "instant"},
    {"name": "Again", "email": "ANA@acme.example", "mail": "instant"},
]


def view(members=MEMBERS, **mail: object) -> View:
    return program(group={"members": members}, mail=replace(MAIL, **mail))


def announcement(kind: str, audience: str = "group", row_id: str = "") -> Announcement:
    content = Milestone("Pilot agreed", TODAY, "")
    return Announcement("key", kind, audience, "group", row_id, "group", "Subject", "", content)


def addresses(seen: View, mail: Announcement) -> list[str]:
    return [each.address for each in recipients(seen, mail)]


def test_a_milestone_goes_at_once_to_active_members_who_want_instant_mail_each_address_once():
    assert recipients(view(), announcement("milestone")) == (Recipient("Ana", "ana@acme.example"),)


def test_the_digest_goes_to_weekly_and_instant_readers_and_a_blank_wish_means_weekly():
    wanted = ["ana@acme.example", "ben@acme.example", "cleo@acme.example"]
    assert addresses(view(), announcement("digest")) == wanted


def test_wider_audiences_are_the_lists_of_the_program_file():
    assert addresses(view(), announcement("milestone", "org")) == ["all@acme.example"]
    assert addresses(view(), announcement("milestone", "external")) == ["news@partner.example"]


def test_whoever_opted_out_gets_nothing_not_even_through_a_list_or_a_second_row():
    twice = [*MEMBERS, {"name": "Dee", "email": "Dee@acme.example", "mail": "instant"}]
    seen = view(twice, org=("dee@acme.example", "all@acme.example"))
    assert addresses(seen, announcement("milestone", "org")) == ["all@acme.example"]
    assert "Dee@acme.example" not in addresses(seen, announcement("milestone"))


def test_mail_goes_to_no_domain_that_is_not_allowed():
    seen = view(allowed_domains=("ACME.example",), org=("a@acme.example", "b@acme.example.evil.example"))
    assert addresses(seen, announcement("milestone", "org")) == ["a@acme.example"]
    assert addresses(seen, announcement("milestone", "external")) == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@b.example\nBcc: c@d.example",
        "A <a@b.example>",
        "a@b.example, c@d.example",
        "ä@b.example",
    ],
)
def test_an_address_that_is_not_exactly_one_plain_address_gets_nothing(address):
    seen = view([{"name": "A", "email": address, "mail": "instant"}])
    assert addresses(seen, announcement("milestone")) == []


def test_until_the_program_is_live_every_mail_goes_to_the_operator_alone():
    seen = view(live=False)
    for mail in (announcement("milestone"), announcement("digest"), announcement("milestone", "external")):
        assert addresses(seen, mail) == ["maya@acme.example"]


def test_a_rehearsal_tells_how_many_of_which_audience_and_no_name():
    line = rehearsal(view(live=False), announcement("digest"))
    assert (
        line
        == "Rehearsal: only you got this mail. Once the program is live it goes to 3 members of the group."
    )
    assert rehearsal(view(), announcement("digest")) == ""


def test_a_note_goes_to_its_owner_alone_and_the_private_one_to_the_facilitator():
    assert addresses(view(), announcement("note", "owner", "members2")) == ["ben@acme.example"]
    assert addresses(view(), announcement("note", "owner", "members4")) == []
    assert addresses(view(), announcement("note", "facilitator")) == ["maya@acme.example"]
    named = view(facilitator="lee@acme.example")
    assert addresses(named, announcement("note", "facilitator")) == ["lee@acme.example"]
