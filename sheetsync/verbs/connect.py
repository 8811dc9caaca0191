"""Connecting to Google: who sheetsync is there, what it may do, and whether that works."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from os import environ
from pathlib import Path

from sheetsync.errors import UsageError

_ID = re.compile(r"(?:^|/d/)([A-Za-z0-9_-]{20,})")


@dataclass(frozen=True)
class Connected:
    """Who sheetsync is at Google from now on.

    Attributes:
        account: Mail address to share spreadsheets with.
        sheet: Title of the spreadsheet that was tried; "" where none was named.
        replica: What that one is called in sheetsync.toml.
        token_file: Where a person's token lies, if this system has no keyring.
    """

    account: str
    sheet: str = ""
    replica: str = ""
    token_file: str = ""


def connect_google(
    *, key: Path | None = None, client: Path | None = None, sheet: str = "", browser: bool = True
) -> Connected:
    """Connect this user of this computer to Google, and try it.

    Args:
        key: A service account's key file.
        client: An OAuth client's file: a person logs in with the browser. Without it and a key, the
            computer's Application Default Credentials are taken.
        sheet: Address or id of a spreadsheet that is there already: asks for the right to edit those too.
        browser: Whether the browser is opened for the login, or its address only printed.

    Raises:
        UsageError: A file or an address is not what it should be.
        ReplicaError: Google does not accept it; nothing is remembered.
    """
    # Imported late: Google's libraries take their time.
    from sheetsync.replicas.google import access, login

    spreadsheet = spreadsheet_id(sheet) if sheet else ""
    scopes: tuple[str, ...] = (login.OWN, login.ALL) if sheet else (login.OWN,)
    root, person = environ.get(login.ROOT, ""), None
    if key:
        scopes += (login.ABOUT,) if sheet else ()
        found = login.Login(login.Kind.KEY, login.key_account(key), scopes, str(key.resolve()))
        google = login.google_for(found, root)
    elif client:
        person = login.log_in(client, scopes, browser=browser)
        found, google = login.Login(login.Kind.PERSON, "", scopes), login.google_as(person, "login", root)
    else:
        found = login.Login(login.Kind.DEFAULT, "", scopes)
        google = login.google_for(found, root)
    account = access.account_of(google)
    access.check_sheets(google, account)
    title = access.check_spreadsheet(google, account, spreadsheet) if spreadsheet else ""
    kept = login.keep_token(account, person) if person else ""
    replace(found, account=account).save()
    return Connected(account, title, f"google:{spreadsheet}" if spreadsheet else "", kept)


def spreadsheet_id(text: str) -> str:
    """The id in a spreadsheet's address, or the id itself.

    Raises:
        UsageError: It is neither.
    """
    found = _ID.search(text.removeprefix("google:"))
    if not found:
        raise UsageError(
            f'"{text}" is not the address of a Google spreadsheet.',
            "Copy it from the browser: https://docs.google.com/spreadsheets/d/...",
        )
    return found[1]
