"""Rendering: every mail is safe, readable as text and as HTML, and the same each time it is made."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from core.builders import TODAY, program
from sheetsync.core.announcements import Announcement, announcements
from sheetsync.core.recipients import Recipient, recipients
from sheetsync.core.records import View
from sheetsync.core.rules.registry import ADVICE, Finding
from sheetsync.core.settings import MailSettings
from sheetsync.errors import ConfigError
from sheetsync.mail.render import preview_html, render

ANA = Recipient("Ana Ruiz", "ana@acme.example")
MAIL = MailSettings(
    operator="maya@acme.example", live=True, links={"group": "https://sheets.example/abc?a=1&b=2"}
)
NORTH_STAR = (
    "Great careers in tech should be open to people whatever school they could afford, and stay open."
)
HOSTILE = "<script>alert(1)</script>\r\nBcc: all@x.example {{ 7 * 7 }} =cmd|' /C calc'!A0 & \"quoted\""
QUIET = Finding(
    "G401", ADVICE, "group", "members", "members1", "", "Make room for one voice", "Ask", private=True
)


def a_program(mail: MailSettings = MAIL, event: str = "Pilot agreed", **cells: object) -> View:
    due = TODAY + timedelta(days=2)
    return program(
        {"program": {"north_star": NORTH_STAR, "stage": "Partner"}},
        {
            "members": [{"name": "Ana Ruiz", "email": "ana@acme.example", "mail": "instant"}],
            "milestones": [{"event": event, "reached": TODAY, "share_with": "group", **cells}],
            "log": [
                {"kind": "question", "text": f"Where do we start? {cells.get('evidence', '')}", "due": due},
                {"kind": "action", "text": "Write the pitch", "owner": "Ana Ruiz", "due": due},
                {"kind": "action", "text": "Old", "owner": "Ana Ruiz", "due": TODAY - timedelta(days=9)},
                {
                    "kind": "action",
                    "text": "Called two managers",
                    "state": "done",
                    "owner": "Ana Ruiz",
                    "due": TODAY,
                },
                {"kind": "blocker", "text": "No room"},
            ],
        },
        mail=mail,
    )


def made(view: View, kind: str = "milestone") -> EmailMessage:
    return render(announced(view, kind), ANA, view)


def announced(view: View, kind: str) -> Announcement:
    return next(each for each in announcements(view, (QUIET,)) if each.kind == kind)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    assert part is not None
    return part.get_content()


ALL = ("milestone", "digest", "note")


@pytest.mark.parametrize("kind", ALL)
def test_a_mail_parses_back_with_all_its_headers(kind):
    message = message_from_bytes(made(a_program(), kind).as_bytes(), policy=default)
    assert message["From"] == "Acme <maya@acme.example>"
    assert message["To"] == "Ana Ruiz <ana@acme.example>"
    assert message["Date"].datetime.date() == TODAY
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<acme.sheetsync.acme.example>"
    assert message["List-Unsubscribe"] == "<mailto:maya@acme.example?subject=unsubscribe>"
    assert message["In-Reply-To"] == message["References"]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects


def test_the_same_facts_make_the_same_bytes_and_each_address_its_own_message_id():
    view = a_program()
    mail = announced(view, "milestone")
    again, other = render(mail, ANA, view), render(mail, Recipient("", "ben@acme.example"), view)
    assert made(view).as_bytes() == again.as_bytes()
    assert again["Message-ID"] != other["Message-ID"]
    assert again["In-Reply-To"] == other["In-Reply-To"]
    assert re.fullmatch(r"<[0-9a-f]{32}@acme\.example>", again["Message-ID"])


def test_the_message_id_depends_on_key_and_address_not_on_the_text():
    one, two = a_program(), a_program(event="Pilot agreed at last")
    assert made(one)["Message-ID"] == made(two)["Message-ID"]


@pytest.mark.parametrize("kind", ALL)
def test_hostile_text_is_neither_header_nor_html_nor_template(kind):
    view = replace(a_program(event=HOSTILE, evidence=HOSTILE), program=f"Acme {HOSTILE}")
    message = message_from_bytes(made(view, kind).as_bytes(), policy=default)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    html = preview_html(message)
    assert "<script" not in html
    assert "{{ 7 * 7 }}" in html
    assert "49" not in text_of(message)


def test_a_recipient_s_name_cannot_add_a_header_or_another_address():
    view = a_program()
    name = 'Eve" <eve@x.example>\r\nBcc: all@x.example'
    message = render(announced(view, "milestone"), Recipient(name, "ana@acme.example"), view)
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert [each.addr_spec for each in parsed["To"].addresses] == ["ana@acme.example"]
    assert parsed["Bcc"] is None


@pytest.mark.parametrize("kind", ALL)
def test_the_text_part_reads_as_well_as_the_html(kind):
    view = a_program(evidence="word " * 100)
    text = text_of(made(view, kind))
    assert all(len(line) <= 72 for line in text.splitlines())
    assert not re.search(r"<\w+|&\w+;|\n\n\n", text)
    assert "Great careers in tech" in text
    assert "https://sheets.example/abc?a=1&b=2" in text


def test_a_milestone_tells_what_when_and_by_which_evidence():
    view = a_program(evidence="Two seats are ours.")
    for part in (text_of(made(view)), preview_html(made(view))):
        assert "Pilot agreed" in part
        assert "2 March 2026" in part
        assert "Two seats are ours." in part


def test_the_digest_shows_its_status_as_a_word_and_every_section():
    message = made(a_program(), "digest")
    titles = (
        "Done this week",
        "Decisions wanted",
        "The next two weeks",
        "In the way",
        "Our actions",
        "Thank you",
    )
    for part in (text_of(message), preview_html(message)):
        assert "Green" in part
        assert "1 done" in part
        assert all(title in part for title in titles)


def test_empty_sections_leave_no_heading_behind():
    view = program(group={"log": [{"kind": "question", "text": "Where?"}]}, mail=MAIL)
    message = made(view, "digest")
    assert "Thank you" not in text_of(message) + preview_html(message)
    assert "Why we do this" not in text_of(message)


@pytest.mark.parametrize("kind", ALL)
def test_the_footer_says_why_it_comes_from_whom_and_how_to_stop_it(kind):
    text = " ".join(text_of(made(a_program(), kind)).split())
    assert "Why we do this" in text
    assert "maya@acme.example runs it" in text
    assert "You get it because" in text
    assert "To stop these mails," in text


def test_readers_outside_the_group_get_no_link_and_write_to_the_operator_to_stop():
    text = " ".join(text_of(made(a_program(share_with="external", approved_by="Maya"))).split())
    assert "sheets.example" not in text
    assert "To stop these mails, write to maya@acme.example." in text


def test_a_rehearsal_says_so_with_a_count_and_without_names():
    view = a_program(replace(MAIL, live=False))
    mail = announced(view, "milestone")
    (operator,) = recipients(view, mail)
    text = " ".join(text_of(render(mail, operator, view)).split())
    assert "Once the program is live it goes to 1 member of the group." in text
    assert "Ana" not in text
    assert "Rehearsal" not in text_of(made(a_program()))


def test_a_link_that_is_not_a_web_address_is_shown_and_never_clickable():
    view = a_program(replace(MAIL, links={"group": "javascript:alert(1)"}))
    html = preview_html(made(view))
    assert "javascript:alert(1)" in html
    assert "<a " not in html


class Page(HTMLParser):
    """Collects what mail programs care about."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for key, value in attrs if key in ("src", "href")]
        if tag == "table":
            self.tables.append(dict(attrs))


@pytest.mark.parametrize("kind", ALL)
def test_the_html_is_made_of_layout_tables_with_inline_styles_and_loads_nothing(kind):
    html = preview_html(made(a_program(), kind))
    page = Page()
    page.feed(html)
    assert all(table["role"] == "presentation" for table in page.tables)
    assert not page.tags & {"img", "script", "link", "iframe", "form", "input"}
    assert page.addresses == ["https://sheets.example/abc?a=1&b=2"]
    assert "max-width: 600px" in html
    assert html.count("<style") == 1
    assert "prefers-color-scheme: dark" in html


def test_the_accent_is_the_workbook_s_and_the_text_on_it_can_be_read():
    html = preview_html(made(a_program()))
    assert 'bgcolor="#2E7D5B"' in html
    assert "color: #FFFFFF" in html


def test_a_program_may_bring_a_template_of_its_own(tmp_path):
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / "milestone.txt").write_text("Hurray: {{ content.event }}", encoding="utf-8")
    view = a_program()
    message = render(announced(view, "milestone"), ANA, view, tmp_path)
    assert text_of(message).strip() == "Hurray: Pilot agreed"
    assert "<h1" in preview_html(message)


@pytest.mark.parametrize(
    "content",
    [
        b"{{ content.evnt }}",
        b"{% if %}",
        b"{{ ''.__class__.__mro__ }}",
        b"\xff\xfe",
        b"{% include 'gone.txt' %}",
        b"{% include 'milestone.txt' %}",
        b"{{ 1 / 0 }}",
        b"{{ content.event | short_day }}",
    ],
)
def test_a_template_that_cannot_be_used_is_reported_and_the_built_in_one_is_used(tmp_path, content):
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / "milestone.txt").write_bytes(content)
    view, faults = a_program(), set()
    message = render(announced(view, "milestone"), ANA, view, tmp_path, faults)
    assert message.as_bytes() == made(view).as_bytes()
    (fault,) = faults
    assert fault.file == "templates/mail/milestone.txt"


@pytest.mark.parametrize(
    "line", ["{{ content.evnt }}", "{% if %}", "{{ 1 / 0 }}", "{{ 'x'.__class__.__mro__ }}"]
)
def test_the_line_of_a_template_that_is_wrong_is_named(tmp_path, line):
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    (folder / "milestone.txt").write_text(f"one\ntwo\n{line}\n")
    view, faults = a_program(), set()
    render(announced(view, "milestone"), ANA, view, tmp_path, faults)
    assert [(it.file, it.key) for it in faults] == [("templates/mail/milestone.txt", "line 3")]


def test_without_a_sender_nothing_is_rendered_and_the_message_says_what_to_set():
    view = a_program(MailSettings(live=True))
    with pytest.raises(ConfigError, match=r"mail\.sender"):
        made(view)
