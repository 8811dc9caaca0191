"""Sending through a real server: encrypted or not at all, and what is known of each mail afterwards."""

from __future__ import annotations

import ssl
import sys
from email.message import EmailMessage
from email.policy import SMTP

import pytest
import trustme

from mail.conftest import for_server
from mail.mail_server import DROP, PASSWORD, TAKE_AND_DROP, PostOffice, post_office
from sheetsync.core.settings import SmtpTable
from sheetsync.errors import MailRefused, MailServerError, MailUnknown
from sheetsync.mail.password import ENVIRONMENT
from sheetsync.mail.smtp import SmtpServer

ANA = "ana@acme.example"


def message(text: str = "Grüße") -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Acme <maya@acme.example>"
    mail["To"] = ANA
    mail["Subject"] = "Grüße"
    mail["Message-ID"] = "<1@acme.example>"
    mail.set_content(text)
    return mail


def server(office: PostOffice, security: str = "none", **table: object) -> SmtpServer:
    host = "127.0.0.1" if security == "none" else "localhost"
    return SmtpServer(SmtpTable(host, office.port, security, **table), "maya@acme.example")


def send(office: PostOffice, *texts: str, security: str = "none", **table: object) -> list[str]:
    """Send mails over one connection.

    Returns:
        "leaving" for each time a mail began to leave.
    """
    steps: list[str] = []
    with server(office, security, **table) as transport:
        for text in texts or ("Grüße",):
            transport.send(message(text), ANA, lambda: steps.append("leaving"))
    return steps


# a safe connection


def test_a_mail_arrives_whole_over_tls(certified: ssl.SSLContext) -> None:
    with post_office(certified) as office:
        send(office, ".a line that begins with a dot\n..and two", security="tls")
    ((reader, mail),) = office.arrived
    assert reader == ANA
    assert mail.get_content().splitlines() == [".a line that begins with a dot", "..and two"]
    assert (mail["Subject"], mail["Message-ID"]) == ("Grüße", "<1@acme.example>")
    assert office.secure == [True]


def test_a_mail_arrives_over_starttls(certified: ssl.SSLContext) -> None:
    with post_office(starttls=certified) as office:
        send(office, security="starttls")
    assert (office.readers, office.secure) == ([ANA], [True])


def test_nothing_is_sent_in_the_open_where_the_server_offers_no_encryption() -> None:
    with post_office() as office:
        with pytest.raises(MailServerError, match="STARTTLS"):
            send(office, security="starttls", user="maya")
        with pytest.raises(MailServerError, match="offers no safe connection"):
            send(office, security="tls", user="maya")
    assert (office.arrived, office.logins) == ([], [])


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize("name", ["localhost", "another.example"])
def test_a_server_that_cannot_prove_its_name_gets_no_password_and_no_mail(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "open sesame")
    issuer = trustme.CA() if name == "localhost" else authority
    unsafe = pytest.raises(MailServerError, match="offers no safe connection")
    with post_office(for_server(issuer, name), auth=True) as office, unsafe:
        send(office, security="tls", user="maya")
    assert (office.arrived, office.logins) == ([], [])


def test_a_server_that_is_not_there_is_named_with_what_to_check() -> None:
    with post_office() as office:
        pass
    with pytest.raises(MailServerError, match=rf"127\.0\.0\.1:{office.port} cannot be used") as caught:
        send(office)
    assert "[smtp] in sheetsync.toml" in caught.value.do


# logging in


def test_the_server_gets_user_and_password(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "open sesame")
    with post_office(certified, auth=True) as office:
        send(office, security="tls", user="maya")
    assert (office.logins, office.readers) == ([("maya", "open sesame")], [ANA])


def test_a_refused_login_is_told_without_the_password(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "hunter2 is wrong")
    refused = pytest.raises(MailServerError, match="refused the login of maya")
    with post_office(certified, auth=True) as office, refused as caught:
        send(office, security="tls", user="maya")
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__}"
    assert office.arrived == []


def test_a_token_takes_the_place_of_the_password_where_the_server_wants_one(
    certified: ssl.SSLContext,
) -> None:
    printed = (sys.executable, "-c", f"print({PASSWORD!r})")
    with post_office(starttls=certified, auth=True) as office:
        send(office, security="starttls", user="maya", auth="xoauth2", password_command=printed)
    assert (office.logins, office.readers) == ([("maya", PASSWORD)], [ANA])


def test_a_refused_token_is_told_without_the_token(certified: ssl.SSLContext) -> None:
    printed = (sys.executable, "-c", "print('an old token')")
    refused = pytest.raises(MailServerError, match="refused the login of maya")
    with post_office(starttls=certified, auth=True) as office, refused as caught:
        send(office, security="starttls", user="maya", auth="xoauth2", password_command=printed)
    assert "an old token" not in f"{caught.value}{caught.value.__cause__}"
    assert office.logins == [("maya", "an old token")]


# what is known of a mail


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(("reply", "for_good"), [("450 4.2.0 Greylisted", False), ("550 No such user", True)])
def test_a_refused_mail_was_not_taken_and_the_next_one_leaves(step: str, reply: str, for_good: bool) -> None:
    with post_office() as office:
        office.replies[step] = [reply]
        with server(office) as transport:
            with pytest.raises(MailRefused, match=reply) as caught:
                transport.send(message("refused"), ANA, lambda: None)
            transport.send(message("taken"), ANA, lambda: None)
    assert caught.value.for_good is for_good
    assert [mail.get_content().strip() for _, mail in office.arrived] == ["taken"]


def test_a_mail_refused_before_its_text_never_began_to_leave() -> None:
    with post_office() as office:
        office.replies["RCPT"] = ["550 No such user"]
        steps: list[str] = []
        with server(office) as transport, pytest.raises(MailRefused):
            transport.send(message(), ANA, lambda: steps.append("leaving"))
    assert steps == []


@pytest.mark.parametrize(("mood", "arrived"), [(TAKE_AND_DROP, 1), (DROP, 0)])
def test_nobody_can_tell_of_a_mail_after_which_the_connection_broke(mood: str, arrived: int) -> None:
    with post_office() as office:
        office.replies["DATA"] = [mood]
        with server(office) as transport:
            with pytest.raises(MailUnknown):
                transport.send(message(), ANA, lambda: None)
            assert len(office.arrived) == arrived
            transport.send(message(), ANA, lambda: None)
    assert len(office.arrived) == arrived + 1, "the next mail leaves over a new connection"


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_connection_that_broke_before_a_mail_left_is_opened_again(step: str) -> None:
    with post_office() as office:
        office.replies[step] = ["250 OK", DROP]
        assert send(office, "one", "two") == ["leaving", "leaving"]
    assert [mail.get_content().strip() for _, mail in office.arrived] == ["one", "two"]


def test_a_server_that_takes_nothing_from_the_sender_stops_all_mails() -> None:
    with post_office() as office:
        office.replies["MAIL"] = ["550 Not you"]
        with pytest.raises(MailServerError, match=r"takes no mail from maya@acme\.example \(550 Not you\)"):
            send(office)


def test_what_a_server_says_cannot_act_on_a_terminal() -> None:
    with post_office() as office:
        office.replies["RCPT"] = ["550 \x1b[2J\x1b]0;owned\x07 gone \u202e"]
        with pytest.raises(MailRefused) as caught:
            send(office)
    assert str(caught.value).isprintable()
