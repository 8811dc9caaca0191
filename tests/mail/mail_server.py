"""A real mail server on this machine, whose moods a test decides."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult

#: What the server may do at a step instead of a reply.
DROP = "the connection breaks"
TAKE_AND_DROP = "the mail is taken, then the connection breaks"
#: Who logs in with it is let in.
PASSWORD = "open sesame"


@dataclass
class PostOffice:
    """What arrived, and what the server answers next: for each step, replies in order, then the usual one."""

    port: int = 0
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)  # to whom, what
    replies: dict[str, list[str]] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    def _reply(self, step: str) -> str:
        waiting = self.replies.get(step, [])
        return waiting.pop(0) if waiting else "250 OK"

    def _answer(self, step: str, server: SMTP) -> str:
        reply = self._reply(step)
        if reply in (DROP, TAKE_AND_DROP):
            server.transport.abort()
            return "421 gone"
        return reply

    # the names are aiosmtpd's

    async def handle_MAIL(self, server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return self._answer("MAIL", server)

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        reply = self._answer("RCPT", server)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        reply = self._reply("DATA")
        if reply.startswith("250") or reply == TAKE_AND_DROP:
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.arrived += [(to, message) for to in envelope.rcpt_tos]
            self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        if reply in (DROP, TAKE_AND_DROP):
            server.transport.abort()
        return reply

    def login(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    async def auth_XOAUTH2(self, server, words):  # noqa: N802
        """As Google documents it: a token that is refused is answered with why, in JSON."""
        said = base64.b64decode(words[1]).decode()
        found = re.fullmatch("user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", said)
        assert found, said
        self.logins.append((found[1], found[2]))
        if found[2] != PASSWORD:
            answer = await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
            assert answer == b""
        return AuthResult(success=found[2] == PASSWORD, handled=False)

    @property
    def readers(self) -> list[str]:
        return [to for to, _ in self.arrived]


@contextmanager
def post_office(
    tls: ssl.SSLContext | None = None, *, starttls: ssl.SSLContext | None = None, auth: bool = False
) -> Iterator[PostOffice]:
    """A mail server that listens on a free port of this machine."""
    office, ready = PostOffice(), threading.Event()
    login = {"authenticator": office.login, "auth_require_tls": False} if auth else {}
    safe = {"tls_context": starttls, "require_starttls": True} if starttls else {}

    async def serve() -> None:
        def protocol() -> SMTP:
            return SMTP(office, hostname="post.example", **login, **safe)

        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
        office.port = server.sockets[0].getsockname()[1]
        stopped.append((asyncio.get_running_loop(), asyncio.Event()))
        ready.set()
        await stopped[0][1].wait()
        server.close()

    stopped: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield office
    finally:
        loop, event = stopped[0]
        loop.call_soon_threadsafe(event.set)
        thread.join()
