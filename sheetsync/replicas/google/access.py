"""Whether an account may do at Google what sheetsync will ask for; and making and sharing spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

from gspread.exceptions import APIError

from sheetsync.errors import ReplicaMissing
from sheetsync.replicas.google.api import DRIVE, SHEETS, Google
from sheetsync.replicas.google.faults import told


def account_of(google: Google) -> str:
    """The mail address that spreadsheets are shared with.

    Raises:
        ReplicaError: The login is not accepted, or the Drive API is switched off.
    """
    with told("Google Drive", "this account"):
        found = google.get(f"{DRIVE}/about", {"fields": "user(emailAddress)"})
    return str(found["user"]["emailAddress"])


def check_sheets(google: Google, account: str) -> None:
    """See that the Sheets API answers, by asking for a spreadsheet that nobody has.

    Raises:
        ReplicaError: It does not.
    """
    with told("Google Sheets", account):
        try:
            google.get(f"{SHEETS}/sheetsync-was-here", {"fields": "spreadsheetId"})
        except APIError as error:
            if error.response.status_code != 404:
                raise


def check_spreadsheet(google: Google, account: str, spreadsheet: str) -> str:
    """See that a spreadsheet can be read and written; nothing in it changes.

    Returns:
        Its title.

    Raises:
        ReplicaError: It cannot.
    """
    where = f"google:{spreadsheet}"
    with told(where, account):
        look_up(google, spreadsheet, where)
        url = f"{SHEETS}/{spreadsheet}"
        title = str(google.get(url, {"fields": "properties(title)"})["properties"]["title"])
        same = {"updateSpreadsheetProperties": {"properties": {"title": title}, "fields": "title"}}
        google.post(f"{url}:batchUpdate", {"requests": [same]}, {"fields": "spreadsheetId"})
        return title


def look_up(google: Google, spreadsheet: str, where: str) -> str:
    """Ask Drive about a spreadsheet, without reading it.

    Returns:
        The number of its version, which moves with every change, though at times some minutes later: that it
        is the same may spare a reading, never allow a write. "" where the account may not ask.

    Raises:
        ReplicaMissing: It lies in the bin. Google goes on reading and writing it there, until it is gone.
    """
    asked = {"fields": "version,trashed", "supportsAllDrives": "true"}
    try:
        found = google.get(f"{DRIVE}/files/{spreadsheet}", asked)
    except APIError as error:
        if error.response.status_code in (403, 404):
            return ""
        raise
    if found.get("trashed"):
        raise ReplicaMissing(
            f"{where}: lies in the bin, and is gone for good 30 days after it came there.",
            "Whoever owns it can take it out: drive.google.com > Bin > Restore. If it is no longer wanted, "
            "take it off the replicas in sheetsync.toml.",
        )
    return str(found["version"])


def create_spreadsheet(google: Google, account: str, title: str) -> str:
    """Make an empty spreadsheet that the account owns.

    Returns:
        Its id.

    Raises:
        ReplicaError: It cannot be made.
    """
    with told(f'A new spreadsheet "{title}"', account):
        body = {"properties": {"title": title}}
        found = google.post(SHEETS, body, {"fields": "spreadsheetId"}, repeatable=False)
        return str(found["spreadsheetId"])


def share(google: Google, account: str, spreadsheet: str, people: Iterable[str]) -> None:
    """Let people edit a spreadsheet; Google tells them by mail.

    Raises:
        ReplicaError: Google refuses one of them.
    """
    with told(f"google:{spreadsheet}", account):
        for person in people:
            body = {"type": "user", "role": "writer", "emailAddress": person}
            params = {"supportsAllDrives": "true", "fields": "id"}
            google.post(f"{DRIVE}/files/{spreadsheet}/permissions", body, params)
