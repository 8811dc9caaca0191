"""The job that the libraries for Google Sheets are compared by, and it done with each of sheetsync's peers.

Called as a script by `google_sheets.py`, in the environment that has the peers: does the job once with one
of them, and prints the seconds by the clock and of the processor. Imports are not counted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

TOKEN = "benchmark"
TABS, ROWS, CHANGED, ADDED, DELETED = 5, 2_000, 40, 10, 3
HEADERS = ("Name", "Email", "State", "Hours", "Note")
TITLES = [f"Register_{number}" for number in range(TABS)]  # pygsheets fails on a title that needs quotes
Changes = dict[int, tuple[dict[int, str], list[list[str]], list[int]]]


def row(tab: int, number: int) -> list[str]:
    """The texts of one row."""
    return [f"{header} {number} of {tab}" for header in HEADERS]


def changes() -> Changes:
    """By tab: the notes that change, by row from 0; the rows that come in; the rows that go."""
    found: Changes = {}
    for tab in range(TABS):
        cells = {17 + 211 * number: f"changed {number}" for number in range(CHANGED // TABS)}
        gone = [700 + 400 * number for number in range(DELETED)] if tab == 0 else []
        found[tab] = (cells, [row(tab, ROWS + number) for number in range(ADDED // TABS)], gone)
    return found


def timed(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's processor time."""
    begun, worked = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - begun, time.process_time() - worked


def gspread_client(root: str) -> Any:  # noqa: ANN401 - not every environment has it
    """A client whose requests go to the emulator."""
    import gspread
    from google.oauth2.credentials import Credentials

    class Rooted(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **facts: Any) -> Any:  # noqa: ANN401
            return super().request(method, rooted(endpoint, root), *args, **facts)

    return gspread.Client(auth=Credentials(token=TOKEN), http_client=Rooted)


def rooted(url: str, root: str) -> str:
    """An address of Google's at the emulator."""
    return root + urlsplit(url)._replace(scheme="", netloc="").geturl()


def with_gspread(root: str, spreadsheet: str) -> Callable[[], None]:
    """Each tab is read, then written in as few calls as there are kinds of changes."""
    client = gspread_client(root)

    def job() -> None:
        sheets = {sheet.title: sheet for sheet in client.open_by_key(spreadsheet).worksheets()}
        for tab, (cells, added, gone) in changes().items():
            sheet = sheets[TITLES[tab]]
            sheet.get_all_values()
            new = [{"range": f"F{at + 3}", "values": [[text]]} for at, text in cells.items()]
            sheet.batch_update(new, raw=True)
            for at in sorted(gone, reverse=True):
                sheet.delete_rows(at + 3)
            sheet.append_rows([["", *texts] for texts in added])

    return job


def with_pygsheets(root: str, spreadsheet: str) -> Callable[[], None]:
    """As with gspread."""
    import httplib2
    import pygsheets
    from google.oauth2.credentials import Credentials

    class Rooted(httplib2.Http):  # type: ignore[misc]
        def request(self, uri: str, *args: Any, **facts: Any) -> Any:  # noqa: ANN401
            return super().request(rooted(uri, root), *args, **facts)

    client = pygsheets.authorize(custom_credentials=Credentials(token=TOKEN), http=Rooted())

    def job() -> None:
        book = client.open_by_key(spreadsheet)
        for tab, (cells, added, gone) in changes().items():
            sheet = book.worksheet_by_title(TITLES[tab])
            sheet.get_all_values(include_tailing_empty=False, include_tailing_empty_rows=False)
            sheet.update_values_batch([f"F{at + 3}" for at in cells], [[[text]] for text in cells.values()])
            for at in sorted(gone, reverse=True):
                sheet.delete_rows(at + 3)
            sheet.append_table([["", *texts] for texts in added])

    return job


def with_dataframe(root: str, spreadsheet: str) -> Callable[[], None]:
    """Each tab is read into a frame, changed there, and written back whole."""
    import pandas
    from gspread_dataframe import get_as_dataframe, set_with_dataframe

    client = gspread_client(root)

    def job() -> None:
        sheets = {sheet.title: sheet for sheet in client.open_by_key(spreadsheet).worksheets()}
        for tab, (cells, added, gone) in changes().items():
            sheet = sheets[TITLES[tab]]
            frame = get_as_dataframe(sheet, header=1, dtype=str, keep_default_na=False)[list(HEADERS)]
            for at, text in cells.items():
                frame.loc[at, "Note"] = text
            frame = frame.drop(index=gone)
            frame = pandas.concat([frame, pandas.DataFrame(added, columns=list(HEADERS))])
            set_with_dataframe(sheet, frame, row=2, col=2)

    return job


PEERS = {"gspread": with_gspread, "pygsheets": with_pygsheets, "gspread-dataframe": with_dataframe}

if __name__ == "__main__":
    peer, *place = sys.argv[1:]
    print(*timed(PEERS[peer](*place)))
