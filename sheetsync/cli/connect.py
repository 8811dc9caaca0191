"""`sheetsync connect`: who sheetsync is at Google."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from sheetsync.cli.render import console
from sheetsync.verbs.connect import connect_google

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("connect")
def connect_command() -> None:
    """Connect sheetsync to where spreadsheets are kept online."""


@connect_command.command("google")
@click.option("--key", metavar="FILE", type=_FILE, help="Key of a service account (a .json file).")
@click.option("--login", metavar="FILE", type=_FILE, help="Log in as a person: an OAuth client's .json file.")
@click.option("--sheet", metavar="URL", default="", help="A spreadsheet that is there already, to be synced.")
@click.option("--no-browser", is_flag=True, help="Print the login's address instead of opening the browser.")
def google_command(key: Path | None, login: Path | None, sheet: str, no_browser: bool) -> None:
    """Connect to Google Sheets, try it, and say whom to share spreadsheets with.

    Without --key and --login the computer's Application Default Credentials are taken. sheetsync asks for
    what it makes itself, and with --sheet for the spreadsheets the account may open.
    """
    if key and login:
        raise click.UsageError("Either --key (a service account) or --login (a person), not both.")
    found = connect_google(key=key, client=login, sheet=sheet, browser=not no_browser)
    out = console()
    out.print(f"Connected to Google as [bold]{escape(found.account)}[/bold].")
    if found.token_file:
        out.print(f"This system has no keyring: the login lies in {escape(found.token_file)}, for you alone.")
    if found.sheet:
        out.print(f'It can read and write "{escape(found.sheet)}". List it in sheetsync.toml:')
        out.print(f'  replicas = ["{found.replica}"]', highlight=False)
        out.print("Then: sheetsync provision")
        return
    out.print("Share a spreadsheet with that address as Editor, then: sheetsync connect google --sheet URL")
    out.print("Or let sheetsync make one for each workbook: sheetsync provision --google")
