"""What went wrong at Google, in words that say what to do; tokens and keys never get into them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.auth.exceptions import GoogleAuthError, TransportError
from gspread.exceptions import APIError
from requests.exceptions import RequestException, Timeout

from sheetsync.errors import ReplicaBusy, ReplicaError, ReplicaMissing
from sheetsync.replicas.google.api import TIMEOUT, CutShort

#: Where an API is switched on: Google names the page.
_PAGE = re.compile(r"https://console\.\S+[^\s.,]")
CONNECT = "Run `sheetsync connect google`"


@contextmanager
def told(where: str, account: str) -> Iterator[None]:
    """Tell what Google refuses in a person's words.

    Args:
        where: The spreadsheet (or what was wanted), to begin the sentence.
        account: Mail address of who asks.

    Raises:
        ReplicaError: Instead of what the libraries raise.
    """
    try:
        yield
    except APIError as error:
        raise refused(error, where, account) from None
    except TransportError:
        raise _unreachable(where) from None
    except GoogleAuthError as error:
        raise _no_login(error, where) from None
    except Timeout:
        raise ReplicaError(
            f"{where}: Google did not answer within {TIMEOUT} seconds.", "The next pass tries again."
        ) from None
    except (RequestException, CutShort):
        raise _unreachable(where) from None


def refused(error: APIError, where: str, account: str) -> ReplicaError:
    """What an answer of Google's with a status of 400 or more means."""
    status, message = error.response.status_code, str(error.error.get("message", ""))
    reasons = _reasons(error.error)
    if status == 404:
        return ReplicaMissing(
            f"{where}: there is no such spreadsheet, or {account} may not know of it.",
            f"Check the id in sheetsync.toml, and that the spreadsheet is shared with {account} and not in "
            f"the bin. One that sheetsync did not make needs: sheetsync connect google --sheet URL",
        )
    if status == 401:
        return ReplicaError(f"{where}: Google does not accept the login.", f"{CONNECT} to log in anew.")
    if status == 429:
        return ReplicaBusy(f"{where}: Google's quota is used up.", "The next pass takes it.")
    if status >= 500:
        return ReplicaError(f"{where}: Google has a fault ({status}).", "The next pass tries again.")
    if status == 403:
        return _forbidden(where, account, reasons, message)
    return _bad_request(where, message)


def _forbidden(where: str, account: str, reasons: set[str], message: str) -> ReplicaError:
    if "SERVICE_DISABLED" in reasons or "has not been used in project" in message:
        page = next(iter(_PAGE.findall(message)), "https://console.cloud.google.com/apis/library")
        return ReplicaError(
            f"{where}: the Google project of {account} has this API switched off.",
            f"Switch on the Google Sheets API and the Google Drive API ({page}), wait a minute, try again.",
        )
    if "storageQuotaExceeded" in reasons:
        return ReplicaError(
            f"{where}: {account} has no room in Drive to own a file; service accounts have none.",
            "Make an empty spreadsheet yourself, share it with that address as Editor, and list it in "
            'sheetsync.toml as "google:ID"; or log in as a person: sheetsync connect google --login FILE',
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons or "insufficient authentication scopes" in message:
        return ReplicaError(
            f"{where}: sheetsync was allowed only what it makes itself, and this is another spreadsheet.",
            "Allow it more: sheetsync connect google --sheet URL",
        )
    if "RATE_LIMIT_EXCEEDED" in reasons or "rateLimitExceeded" in reasons:
        return ReplicaBusy(f"{where}: Google's quota is used up.", "The next pass takes it.")
    return ReplicaError(
        f"{where}: {account} may not do this there.",
        f"Share the spreadsheet with {account} as Editor: viewers and commenters cannot be synced. In a "
        "shared drive, make it a Contributor.",
    )


def _bad_request(where: str, message: str) -> ReplicaError:
    if "not supported for this document" in message:
        return ReplicaError(
            f"{where}: is an Office file that lies in Drive, not a Google spreadsheet.",
            "Open it and choose File > Save as Google Sheets; list the id of the new one.",
        )
    if "protected cell" in message:
        return ReplicaError(
            f"{where}: a protected range stands in the way; nothing was written.",
            "Let sheetsync's account edit it (Data > Protect sheets and ranges), or take the protection off.",
        )
    if "above the limit of" in message or "limit of 10000000 cells" in message:
        return ReplicaError(
            f"{where}: has no room for more cells (Google ends at 10,000,000); nothing was written.",
            "Delete empty rows and columns, or tabs that nobody needs.",
        )
    return ReplicaError(
        f"{where}: Google refused the request; nothing was written. It says: {message[:300]}",
        "This is a fault of sheetsync: please report it.",
    )


def _no_login(error: GoogleAuthError, where: str) -> ReplicaError:
    said = str(error)
    if "clock" in said or "iat" in said or "Token used too" in said:
        why = "Google finds this computer's clock wrong"
        return ReplicaError(f"{where}: {why}.", "Set the clock right, then try again.")
    why = "it has expired or was withdrawn" if "invalid_grant" in said else "the key or account is not valid"
    return ReplicaError(f"{where}: Google does not accept the login: {why}.", f"{CONNECT} to log in anew.")


def _unreachable(where: str) -> ReplicaError:
    return ReplicaError(
        f"{where}: Google cannot be reached.",
        "Check the network, and whether a firewall or proxy is in the way.",
    )


def _reasons(error: Mapping[str, Any]) -> set[str]:
    """The reasons an error gives."""
    said = [*error.get("errors", ()), *error.get("details", ())]
    return {str(it["reason"]) for it in said if "reason" in it}
