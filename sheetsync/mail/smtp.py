"""Sending through a mail server: encrypted, one transaction a recipient, and sure of what was taken.

A reply of the server is believed, a broken connection is not: once the text of a mail began to leave and no
reply came, the mail may have arrived, and nobody but a person may send it again.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from email.message import EmailMessage

from sheetsync.core.settings import SmtpTable
from sheetsync.core.wording import one_line
from sheetsync.errors import MailRefused, MailServerError, MailUnknown
from sheetsync.mail.password import smtp_password

_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_SECONDS = 60


class SmtpServer:
    """A mail server as a `Transport`: logged in within the `with` block."""

    def __init__(self, table: SmtpTable, sender: str) -> None:
        self.table, self.sender = table, sender
        self.port = table.port or _PORTS[table.security]
        self.name = f"The mail server {table.host}:{self.port}"

    def __enter__(self) -> SmtpServer:
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()

    def send(self, message: EmailMessage, recipient: str, leaving: Callable[[], object]) -> str:
        self._offer(recipient)
        leaving()
        self._hand_over(message.as_bytes())
        return ""

    # the connection

    def _connect(self) -> None:
        try:
            self._smtp = self._opened()
        except smtplib.SMTPAuthenticationError as error:
            what = f"{self.name} refused the login of {self.table.user} ({_said(error.smtp_error)})."
            secret = "password" if self.table.auth == "password" else "token"
            do = f"Check user and {secret}; the mails wait for the next pass."
            raise MailServerError(what, do) from None
        except ssl.SSLError as error:
            do = 'Check [smtp] in sheetsync.toml: security is "tls" (port 465) or "starttls" (port 587).'
            raise MailServerError(f"{self.name} offers no safe connection ({error.reason}).", do) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._unreachable(error) from error

    def _opened(self) -> smtplib.SMTP:
        """A connection that is encrypted and logged in, or none at all."""
        smtp = self._dialed()
        with ExitStack() as undo:
            undo.callback(smtp.close)
            if self.table.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())  # fails where the server has none
            smtp.ehlo_or_helo_if_needed()
            if self.table.user:
                self._log_in(smtp, smtp_password(self.table))
            undo.pop_all()
        return smtp

    def _log_in(self, smtp: smtplib.SMTP, secret: str) -> None:
        if self.table.auth == "password":
            smtp.login(self.table.user, secret)
            return
        token = f"user={self.table.user}\x01auth=Bearer {secret}\x01\x01"
        # A server that refuses a token says why as a challenge, and waits for an empty answer.
        smtp.auth("XOAUTH2", lambda challenge=None: token if challenge is None else "")

    def _dialed(self) -> smtplib.SMTP:
        host, own_name = self.table.host, self.sender.rpartition("@")[2]
        if self.table.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self.port, own_name, timeout=_SECONDS, context=context)
        return smtplib.SMTP(host, self.port, own_name, timeout=_SECONDS)

    def _unreachable(self, error: OSError) -> MailServerError:
        what = f"{self.name} cannot be used ({_said(error.strerror or str(error))})."
        return MailServerError(what, "Check [smtp] in sheetsync.toml; the mails wait for the next pass.")

    # one mail

    def _offer(self, recipient: str) -> None:
        """Tell the server from whom to whom, over a new connection where it closed the last one."""
        try:
            try:
                self._ask(recipient)
            except smtplib.SMTPServerDisconnected:
                self._connect()
                self._ask(recipient)
        except (smtplib.SMTPException, OSError) as error:
            raise self._unreachable(error) from error

    def _ask(self, recipient: str) -> None:
        code, reply = self._smtp.mail(self.sender)
        if code != 250:
            what = f"{self.name} takes no mail from {self.sender} ({code} {_said(reply)})."
            raise MailServerError(what, "Check the sender under [mail]; the mails wait for the next pass.")
        code, reply = self._smtp.rcpt(recipient)
        if code not in (250, 251):
            with suppress(smtplib.SMTPException):
                self._smtp.rset()
            raise _refused(code, reply)

    def _hand_over(self, content: bytes) -> None:
        try:
            code, reply = self._smtp.data(content)
        except smtplib.SMTPDataError as error:  # refused before the first byte of the mail
            raise _refused(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            self._smtp.close()
            raise MailUnknown(f"the connection broke ({_said(str(error))})") from error
        if code != 250:
            raise _refused(code, reply)


def _refused(code: int, reply: bytes | str) -> MailRefused:
    return MailRefused(f"{code} {_said(reply)}", for_good=code >= 500)


def _said(reply: bytes | str) -> str:
    """What a server said, fit for a line of a report."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return one_line(text, 200)
