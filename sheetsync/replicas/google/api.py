"""Speaks HTTP to Google: under a quota, with bounded retries, and to another root where one is set."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import stamina
from google.auth.credentials import Credentials
from google.auth.transport.requests import AuthorizedSession, Request
from gspread import HTTPClient
from gspread.exceptions import APIError
from requests import Response, Session
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, Timeout
from requests.exceptions import ConnectionError as NoConnection

from sheetsync.replicas.google.quota import Quota

Json = dict[str, Any]

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
DRIVE = "https://www.googleapis.com/drive/v3"
#: Google ends a request after so many seconds; waiting longer is of no use.
TIMEOUT = 180
_GOOGLE = ".googleapis.com"
_PASSING = (408, 429, 500, 502, 503, 504)
#: Waits of 1, 2, 4 ... 32 seconds and a little more: a minute in all, after which a quota is full again.
_ATTEMPTS, _LONGEST_WAIT = 7, 64.0
#: Where there is no connection at all, a minute of waiting does not bring one.
_UNREACHABLE = 3


class CutShort(Exception):
    """An answer that ended too early: what was asked for may have happened."""


#: What may be tried again, besides the statuses that say so.
BROKEN = (NoConnection, Timeout, ChunkedEncodingError, ContentDecodingError, CutShort)


class Google(HTTPClient):
    """Calls of one account.

    Args:
        credentials: Who calls.
        quota: Shared by all processes of the machine.
        root: Where requests go instead of Google's own addresses: a proxy, a private endpoint, a test server.
    """

    def __init__(self, credentials: Credentials, quota: Quota, root: str = "") -> None:
        inner = _RootedSession(root)
        session: Session = AuthorizedSession(credentials, auth_request=Request(inner))  # type: ignore[no-untyped-call]
        super().__init__(credentials, session)
        self.root, self.quota = root, quota
        self.set_timeout(TIMEOUT)

    def request(self, method: str, endpoint: str, *args: Any, **facts: Any) -> Response:  # noqa: ANN401 - gspread's
        return super().request(method, rooted(endpoint, self.root), *args, **facts)

    def get(self, url: str, params: Mapping[str, Any]) -> Json:
        """Ask; repeated until it is answered, or it is plain that it will not be.

        Raises:
            APIError, RequestException, GoogleAuthError, CutShort: What the last attempt ended with.
        """
        return self._call("get", url, params)[0]

    def get_hashed(self, url: str, params: Mapping[str, Any]) -> tuple[Json, str]:
        """Ask, and have the answer's hash, too: an equal one says the same.

        Raises:
            APIError, RequestException, GoogleAuthError, CutShort: What the last attempt ended with.
        """
        answer, body = self._call("get", url, params)
        return answer, sha256(body).hexdigest()

    def post(self, url: str, body: Json, params: Mapping[str, Any], *, repeatable: bool = True) -> Json:
        """Change something.

        Args:
            url: The method's address.
            body: What is sent; the caller's own stays as it is.
            params: Of the query.
            repeatable: Doing it twice is the same as doing it once. Else it is tried again only where
                Google refused it, never where it may have happened.
        """
        return self._call("post", url, params, body, repeatable=repeatable)[0]

    def _call(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any],
        body: Json | None = None,
        *,
        repeatable: bool = True,
    ) -> tuple[Json, bytes]:
        patience = _Patience(repeatable=repeatable)
        answer: tuple[Json, bytes] = {}, b""
        for attempt in stamina.retry_context(
            patience, attempts=_ATTEMPTS, timeout=None, wait_initial=1, wait_max=_LONGEST_WAIT, wait_jitter=1
        ):
            with attempt:
                if url.startswith(SHEETS):  # Drive allows far more than anybody asks for
                    self.quota.take("reads" if method == "get" else "writes")
                asked = {**params, "prettyPrint": "false"}  # else a third of an answer is blanks
                response = self.request(method, url, params=asked, json=deepcopy(body))
                answer = _json(response), response.content
        return answer


class _Patience:
    """Which failures are worth another attempt, and after how many seconds where Google says so."""

    def __init__(self, *, repeatable: bool) -> None:
        self.repeatable = repeatable
        self.broken = 0

    def __call__(self, error: Exception) -> bool | float:
        if isinstance(error, APIError):
            status = error.response.status_code
            if status == 429 or (status in _PASSING and self.repeatable):
                return _retry_after(error.response)
            return False
        self.broken += isinstance(error, BROKEN)
        return isinstance(error, BROKEN) and self.repeatable and self.broken < _UNREACHABLE


def _retry_after(response: Response) -> bool | float:
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), _LONGEST_WAIT) if seconds.isdigit() else True


def _json(response: Response) -> Json:
    try:
        answer = response.json()
    except ValueError as error:
        raise CutShort("Google's answer was cut short") from error
    return answer if isinstance(answer, dict) else {}


def rooted(url: str, root: str) -> str:
    """An address of Google's at another root; the paths of its services tell them apart."""
    parts = urlsplit(url)
    if not root or not f".{parts.hostname}".endswith(_GOOGLE):
        return url
    return root.rstrip("/") + parts._replace(scheme="", netloc="").geturl()


class _RootedSession(Session):
    """Where tokens come from: google-auth speaks for itself, and must not leave the root either."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def request(self, method: str, url: str, *args: Any, **facts: Any) -> Response:  # type: ignore[override] # noqa: ANN401
        return super().request(method, rooted(url, self._root), *args, **facts)
