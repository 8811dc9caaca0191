"""Whether an account may do at Google what sheetsync will ask for; and making and sharing spreadsheets."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from gspread.exceptions import APIError

from sheetsync.errors import ReplicaMissing
from sheetsync.replicas.google.api import DRIVE, SHEETS, Google, Json
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
        check_bin(google, spreadsheet, where)
        url = f"{SHEETS}/{spreadsheet}"
        title = str(google.get(url, {"fields": "properties(title)"})["properties"]["title"])
        same = {"updateSpreadsheetProperties": {"properties": {"title": title}, "fields": "title"}}
        google.post(f"{url}:batchUpdate", {"requests": [same]}, {"fields": "spreadsheetId"})
        return title


def check_bin(google: Google, spreadsheet: str, where: str) -> None:
    """See that a spreadsheet does not lie in the bin, as far as the account may ask Drive.

    Raises:
        ReplicaMissing: It does. Google goes on reading and writing it there, until it is gone.
    """
    _told_by_drive(google, spreadsheet, where)


def may_edit(google: Google, spreadsheet: str, where: str, account: str) -> bool:
    """Whether an account may write to a spreadsheet, told without writing; true where Drive may not be asked.

    Raises:
        ReplicaError: Google cannot be asked, or it lies in the bin.
    """
    with told(where, account):
        found = _told_by_drive(google, spreadsheet, where)
    return bool(found.get("capabilities", {}).get("canEdit", True))


def _told_by_drive(google: Google, spreadsheet: str, where: str) -> Json:
    """What Drive tells of a spreadsheet outside the bin; nothing where the account may not ask."""
    asked = {"fields": "trashed,capabilities(canEdit)", "supportsAllDrives": "true"}
    try:
        found = google.get(f"{DRIVE}/files/{spreadsheet}", asked)
    except APIError as error:
        if error.response.status_code in (403, 404):
            return {}
        raise
    if found.get("trashed"):
        raise ReplicaMissing(
            f"{where}: lies in the bin, and is gone for good 30 days after it came there.",
            "Whoever owns it can take it out: drive.google.com > Bin > Restore. If it is no longer wanted, "
            "take it off the replicas in sheetsync.toml.",
        )
    return found


def create_spreadsheet(google: Google, account: str, title: str) -> str:
    """Make an empty spreadsheet that the account owns, in this computer's time zone.

    Returns:
        Its id.

    Raises:
        ReplicaError: It cannot be made.
    """
    with told(f'A new spreadsheet "{title}"', account):
        properties = {"title": title} | ({"timeZone": zone} if (zone := local_zone()) else {})
        body = {"properties": properties}
        found = google.post(SHEETS, body, {"fields": "spreadsheetId"}, repeatable=False)
        return str(found["spreadsheetId"])


def local_zone() -> str:
    """The name of this computer's time zone, "Europe/Berlin"; "" where the system does not tell it."""
    named = os.environ.get("TZ", "") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(named).key
    except (ValueError, OSError, KeyError):
        return ""


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
