"""The emulator as tests use it: a server, its world, accounts, people at work, and faults."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from .faults import Fault
from .http import Call
from .human import Human
from .quota import Quota
from .server import Server
from .service import Service
from .world import ROBOT, Caller, World

Json = dict[str, Any]
SCOPES = ("https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive")


class Emulator:
    """Google Sheets and Drive on loopback, as a context manager.

    clock: seconds since 1970, for token lifetimes, quotas, file times and TODAY(). per_user, per_project:
    requests a minute, reads and writes counted apart; None for no limit.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        port: int = 0,
        per_user: int | None = None,
        per_project: int | None = None,
    ) -> None:
        self.world = World(clock)
        self.service = Service(self.world)
        self.service.quota = Quota(clock, per_user, per_project)
        self.server = Server(self.service, port)

    def __enter__(self) -> Emulator:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    @property
    def url(self) -> str:
        """The root for all of Google's hosts: http://127.0.0.1:PORT."""
        return self.server.url

    @property
    def calls(self) -> list[str]:
        """What was asked for so far, each as "METHOD /path"."""
        return [f"{call.method} {call.path}" for call, _ in self.server.seen]

    def token(self, email: str = ROBOT, *, project: str = "1", scopes: tuple[str, ...] | None = None) -> str:
        """A bearer token for an account; without scopes it is good for everything."""
        caller = Caller(email, project, frozenset(scopes) if scopes is not None else None)
        return str(self.service.tokens.issue(caller)["access_token"])

    def accept(self, token: str, email: str = ROBOT) -> None:
        """Take a token of one's own choice."""
        self.service.tokens.accept(token, Caller(email))

    def service_account(self, email: str = ROBOT) -> Json:
        """A service account's key file, its `token_uri` on loopback."""
        private, public = key_pair()
        self.service.tokens.keys[email] = public
        return {
            "type": "service_account",
            "project_id": "example",
            "private_key_id": "0" * 40,
            "private_key": private,
            "client_email": email,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }

    def trust(self, key_file: Json) -> None:
        """Let in the account of a key file that was made elsewhere."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        public = load_pem_private_key(key_file["private_key"].encode(), None).public_key()
        self.service.tokens.keys[key_file["client_email"]] = pem(public)

    def authorized_user(self, email: str = "person@example.com", scopes: tuple[str, ...] = SCOPES) -> Json:
        """What a person's login leaves behind: a refresh token, its `token_uri` on loopback."""
        refresh = f"1//{email}"
        self.service.tokens.refresh[refresh] = Caller(email, "1", frozenset(scopes))
        return {
            "type": "authorized_user",
            "client_id": "client",
            "client_secret": "secret",
            "refresh_token": refresh,
            "token_uri": f"{self.url}/token",
        }

    def client_config(self) -> Json:
        """An OAuth client's file for the browser login; consent is given at once, by `service.person`."""
        return {
            "installed": {
                "client_id": "client",
                "client_secret": "secret",
                "auth_uri": f"{self.url}/o/oauth2/v2/auth",
                "token_uri": f"{self.url}/token",
                "redirect_uris": ["http://localhost"],
            }
        }

    def create(self, name: str = "Untitled spreadsheet", owner: str = ROBOT) -> str:
        """The id of a new spreadsheet."""
        with self.world.lock:
            return self.world.create(name, owner).id

    def human(self, spreadsheet_id: str) -> Human:
        """Somebody at work in a spreadsheet, as its owner."""
        return Human(self.world, self.world.files[spreadsheet_id])

    def fail(self, kind: str, **more: Any) -> Fault:
        """Plan a fault; see `faults.Fault`."""
        return self.service.faults.add(kind, **more)

    def meanwhile(self, match: str, work: Callable[[], object]) -> None:
        """Somebody does a piece of work once, right before a call that fits arrives."""

        def before(call: Call) -> None:
            if re.search(match, f"{call.method} {call.target}"):
                self.service.before = lambda _: None
                work()

        self.service.before = before

    def deliver(self) -> list[int]:
        """The calls that a "late" fault held back arrive now; their status codes."""
        return self.service.deliver()


@cache
def key_pair() -> tuple[str, str]:
    """One RSA key for the process, private and public in PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private.decode(), pem(key.public_key())


def pem(public: Any) -> str:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(public.public_bytes(serialization.Encoding.PEM, form).decode())
