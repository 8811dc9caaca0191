"""The contribution letter and the welcome pack: facts about one's own work, and a way in."""

from __future__ import annotations

from datetime import timedelta

from core.builders import TODAY, program
from sheetsync.core.announcements import announcements, letter
from sheetsync.core.contribution import Contribution
from sheetsync.core.recipients import Recipient, recipients
from sheetsync.core.settings import MailSettings
from sheetsync.core.welcome import Welcome

MAIL = MailSettings(operator="maya@acme.example", live=True)
ANA = {"id": "r1", "name": "Ana Ruiz", "email": "ana@acme.example", "roles": "Research, Reserch"}
BO = {"id": "r2", "name": "Bo Li", "email": "bo@acme.example", "mail": "none"}
PAST = TODAY - timedelta(days=10)


def view():
    return program(
        {"program": {"stage": "Partner", "channel_url": "https://chat.example/x", "expectations": "Be kind"}},
        {
            "members": [ANA, BO],
            "sprints": [{"name": "Spring", "lead": "Ana Ruiz", "end": PAST, "outcome": "A pilot"}],
            "meetings": [{"date": PAST, "facilitator": "Ana Ruiz", "purpose": "Kick-off"}],
            "log": [
                {"kind": "action", "text": "Write", "owner": "Ana Ruiz", "state": "done", "due": PAST},
                {"kind": "action", "text": "Old", "owner": "Ana Ruiz", "state": "done", "due": "2020-01-01"},
                {"kind": "action", "text": "Not hers", "owner": "Bo Li", "state": "done", "due": PAST},
                {"kind": "action", "text": "Anybody?"},
                {"kind": "question", "text": "Where next?"},
            ],
        },
        mail=MAIL,
    )


def test_a_contribution_lists_finished_work_of_the_member_and_of_the_time_asked_for() -> None:
    seen = view()
    book = seen.books[1]
    told = letter(seen, book, book.records("members")[0], TODAY - timedelta(days=90))
    made = told.content
    assert isinstance(made, Contribution)
    assert [it.text for it in (*made.led, *made.facilitated, *made.done)] == [
        "Spring: A pilot",
        "Kick-off",
        "Write",
    ]
    assert made.roles == ("Research",)
    assert recipients(seen, told) == (Recipient("Ana Ruiz", "ana@acme.example"),)
    assert "Ana" not in told.subject


def test_everybody_who_joins_is_welcomed_once_unless_they_want_no_mail() -> None:
    seen = view()
    told = [it for it in announcements(seen, ()) if it.kind == "welcome"]
    assert [it.key for it in told] == ["group/r1/welcome", "group/r2/welcome"]
    assert [len(recipients(seen, it)) for it in told] == [1, 0]


def test_a_welcome_pack_shows_where_a_hand_is_welcome_and_who_does_what() -> None:
    made = next(it.content for it in announcements(view(), ()) if it.kind == "welcome")
    assert isinstance(made, Welcome)
    assert (made.stage, made.channel, made.expectations) == ("Partner", "https://chat.example/x", "Be kind")
    assert [it.text for it in made.free.items] == ["Anybody?"]
    assert [it.text for it in made.questions.items] == ["Where next?"]
    assert {it.text: it.owner for it in made.roles}["Research"] == "Ana Ruiz"
    assert "" in {it.owner for it in made.roles}, "open roles are shown too"
