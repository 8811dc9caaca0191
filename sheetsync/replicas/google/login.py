"""Who sheetsync is at Google: a service account, the machine's own account, or a person who logged in.

What is kept says where the secret is, never the secret itself: a key stays in its file, a person's token in
the system's keyring, or where there is none in a file that its owner alone can read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import google.auth
import keyring
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError
from google.oauth2.credentials import Credentials as PersonCredentials
from google.oauth2.service_account import Credentials as KeyCredentials
from google_auth_oauthlib.flow import InstalledAppFlow  # type: ignore[import-untyped]
from keyring.errors import KeyringError
from platformdirs import user_config_path, user_state_path

from sheetsync.errors import ReplicaError, UsageError
from sheetsync.replicas.google.api import Google
from sheetsync.replicas.google.quota import Quota

#: Another root for all calls: a proxy, a private endpoint, a test server.
ROOT = "SHEETSYNC_GOOGLE_API"
#: What sheetsync made itself, or a person picked for it.
OWN = "https://www.googleapis.com/auth/drive.file"
#: Every spreadsheet the account may open: asked for only where an existing one is adopted.
ALL = "https://www.googleapis.com/auth/spreadsheets"
#: Whether such a spreadsheet lies in the bin: asked for only where nobody has to consent.
ABOUT = "https://www.googleapis.com/auth/drive.metadata.readonly"

_SERVICE = "sheetsync"


class Kind(StrEnum):
    """How sheetsync proves who it is."""

    KEY = "key"
    DEFAULT = "default"
    PERSON = "person"


@dataclass(frozen=True)
class Login:
    """Who sheetsync is at Google.

    Attributes:
        account: Mail address that spreadsheets are shared with.
        scopes: What it may do.
        key: The service account's key file.
    """

    kind: Kind
    account: str = ""
    scopes: tuple[str, ...] = (OWN,)
    key: str = ""

    def save(self) -> None:
        """Remember it for this user of this machine."""
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        (_folder() / "google.json").write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")

    @classmethod
    def load(cls) -> Login:
        """The one that was saved.

        Raises:
            ReplicaError: There is none.
        """
        try:
            facts = json.loads((_folder() / "google.json").read_text(encoding="utf-8"))
            return cls(Kind(facts["kind"]), facts["account"], tuple(facts["scopes"]), facts["key"])
        except (OSError, ValueError, KeyError, TypeError):
            raise ReplicaError(
                "Google: sheetsync is not connected to an account on this computer.",
                "Run `sheetsync connect google`; docs/google.md shows it step by step.",
            ) from None


def connected() -> tuple[Google, str]:
    """Google, and the account it is called by; one for the whole process, so that it asks for one token.

    Raises:
        ReplicaError: Nobody is connected, or what proves it is gone.
    """
    login = Login.load()
    return _google(login, os.environ.get(ROOT, "")), login.account


@cache
def _google(login: Login, root: str) -> Google:
    return google_for(login, root)


def disconnect() -> None:
    """Let go of what this process holds; what is remembered stays."""
    _google.cache_clear()


def google_for(login: Login, root: str) -> Google:
    """Google as somebody may call it.

    Raises:
        UsageError, ReplicaError: What proves who it is cannot be read.
    """
    return google_as(credentials_for(login), login.account or login.key, root)


def google_as(credentials: Credentials, who: str, root: str) -> Google:
    """Google as the owner of some credentials may call it, within the quota of `who`."""
    return Google(credentials, Quota(user_state_path("sheetsync"), who), root)


def credentials_for(login: Login) -> Credentials:
    """What proves who is calling.

    Raises:
        UsageError: The key file is none, or others can read it.
        ReplicaError: A person's token is gone, or the machine has no account.
    """
    match login.kind:
        case Kind.KEY:
            return _key(Path(login.key), login.scopes)
        case Kind.DEFAULT:
            return _default(login.scopes)
        case Kind.PERSON:
            return _person(login)


def key_account(path: Path) -> str:
    """The mail address of a key's service account.

    Raises:
        UsageError: The file is no such key, or others can read it.
    """
    return str(_key(path, (OWN,)).service_account_email)


def _key(path: Path, scopes: Sequence[str]) -> KeyCredentials:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(f"{path}: others on this computer can read this key.", f"Run: chmod 600 {path}")
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts.get("type") != "service_account":
            raise ValueError
        found: KeyCredentials = KeyCredentials.from_service_account_info(  # type: ignore[no-untyped-call]
            facts, scopes=list(scopes)
        )
        return found
    except OSError as error:
        raise UsageError(f"{path}: the key cannot be read ({error.strerror}).", "Check the path.") from None
    except (ValueError, AttributeError):
        raise UsageError(
            f"{path}: is not the key of a service account.",
            "In the Google Cloud console: IAM & Admin > Service Accounts > Keys > Add key > JSON.",
        ) from None


def _default(scopes: Sequence[str]) -> Credentials:
    try:
        found, _ = google.auth.default(scopes=list(scopes))
    except DefaultCredentialsError:
        raise ReplicaError(
            "Google: nothing is set up yet by which sheetsync could connect.",
            "docs/google.md leads through it in ten minutes; then: sheetsync connect google --key key.json, "
            "or --login client.json. (Application Default Credentials count, too; there are none here.)",
        ) from None
    assert isinstance(found, Credentials)
    return found


# a person


def log_in(client: Path, scopes: Sequence[str], *, port: int = 0, browser: bool = True) -> PersonCredentials:
    """Let a person log in with the browser; it comes back to a port of this computer.

    Args:
        client: The OAuth client's file, of the type "Desktop app".
        scopes: What is asked for.
        port: 0 for any that is free.
        browser: Whether the browser is opened; the address is printed anyway.

    Raises:
        UsageError: The file is no such client.
    """
    try:
        flow = InstalledAppFlow.from_client_secrets_file(str(client), list(scopes))
    except OSError as error:
        raise UsageError(f"{client}: cannot be read ({error.strerror}).", "Check the path.") from None
    except ValueError:
        raise UsageError(
            f"{client}: is not an OAuth client.",
            "In the Google Cloud console: Credentials > Create credentials > OAuth client ID > Desktop app.",
        ) from None
    found = flow.run_local_server(port=port, open_browser=browser)
    assert isinstance(found, PersonCredentials)
    return found


def keep_token(account: str, credentials: PersonCredentials) -> str:
    """Keep a person's token where nobody else can read it.

    Returns:
        Where it lies, if not in the system's keyring.
    """
    text = str(credentials.to_json())  # type: ignore[no-untyped-call]
    try:
        keyring.set_password(_SERVICE, account, text)
        return ""
    except KeyringError:
        path = token_file()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
        return str(path)


def _person(login: Login) -> Credentials:
    text = None
    with suppress(KeyringError):
        text = keyring.get_password(_SERVICE, login.account)
    with suppress(OSError):
        text = text or token_file().read_text(encoding="utf-8")
    try:
        facts = json.loads(text or "")
        found: PersonCredentials = PersonCredentials.from_authorized_user_info(facts)  # type: ignore[no-untyped-call]
        return found
    except ValueError:
        raise ReplicaError(
            f"Google: the login of {login.account} is gone from this computer.",
            "Run `sheetsync connect google` to log in anew.",
        ) from None


def token_file() -> Path:
    """Where a person's token lies on a system without a keyring."""
    return _folder() / "google-token.json"


def _folder() -> Path:
    return user_config_path("sheetsync")
