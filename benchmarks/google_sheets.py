"""One job with sheetsync, gspread, pygsheets and gspread-dataframe at an emulated Google: calls, bytes, time.

    pip install -r requirements/bench.txt
    python benchmarks/google_sheets.py

Five tabs of 2,000 rows and five columns; 40 cells change, 10 rows come in, 3 are deleted. The emulator runs
in a process of its own. A real network adds its delay to each call.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gspread
import requests
from google.oauth2.credentials import Credentials

from sheetsync.core.model import Column, Tab, TabKind, Template
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.replicas.google.api import Google, rooted
from sheetsync.replicas.google.quota import Quota
from sheetsync.replicas.google.replica import GoogleReplica
from sheetsync.replicas.replica import Identity

ROOT = Path(__file__).parent.parent
TOKEN = "benchmark"
TABS, ROWS, CHANGED, ADDED, DELETED = 5, 2_000, 40, 10, 3
HEADERS = ("Name", "Email", "State", "Hours", "Note")
TITLES = [f"Tab {number}" for number in range(TABS)]


class Wire:
    """Counts what goes over the wire, whichever library sends it."""

    def __init__(self) -> None:
        self.calls = self.sent = self.received = 0

    def watch(self) -> None:
        send = requests.Session.send

        def counting(session: requests.Session, request: requests.PreparedRequest, **facts: Any) -> Any:  # noqa: ANN401
            response = send(session, request, **facts)
            self.calls += 1
            self.sent += len(request.body or b"")
            self.received += len(response.content)
            return response

        requests.Session.send = counting  # type: ignore[method-assign, assignment]


def row(tab: int, number: int) -> list[str]:
    """The texts of one row."""
    return [f"{header} {number} of {tab}" for header in HEADERS]


def changes() -> dict[int, tuple[dict[int, str], list[list[str]], list[int]]]:
    """By tab: the notes that change, by row from 0; the rows that come in; the rows that go."""
    found = {}
    for tab in range(TABS):
        cells = {17 + 211 * n: f"changed {n}" for n in range(CHANGED // TABS)}
        gone = [700, 1100, 1500] if tab == 0 else []
        found[tab] = (cells, [row(tab, ROWS + n) for n in range(ADDED // TABS)], gone)
    return found


# the job, as each library's users write it


def with_sheetsync(replica: GoogleReplica, template: Template) -> None:
    """One reading, one batch."""
    snapshot = replica.read(template)
    keys = [column.key for column in template.tab[0].column]
    tabs = {
        template.tab[tab].key: TabEdit(
            2,
            {position: {"note": text} for position, text in cells.items()},
            new=tuple((f"n{tab}{n}", dict(zip(keys, new, strict=True))) for n, new in enumerate(added)),
            gone=tuple(gone),
        )
        for tab, (cells, added, gone) in changes().items()
    }
    replica.write(Edit(tabs), template, snapshot.version)


def with_gspread(client: gspread.Client, spreadsheet: str) -> None:
    """Each tab is read, then written in as few calls as there are kinds of changes."""
    book = client.open_by_key(spreadsheet)
    for tab, (cells, added, gone) in changes().items():
        sheet = book.worksheet(TITLES[tab])
        sheet.get_all_values()
        sheet.batch_update(
            [{"range": f"F{at + 3}", "values": [[text]]} for at, text in cells.items()], raw=True
        )
        for at in sorted(gone, reverse=True):
            sheet.delete_rows(at + 3)
        sheet.append_rows([["", *new] for new in added])


def with_pygsheets(client: Any, spreadsheet: str) -> None:  # noqa: ANN401 - it has no types
    """As with gspread."""
    book = client.open_by_key(spreadsheet)
    for tab, (cells, added, gone) in changes().items():
        sheet = book.worksheet_by_title(TITLES[tab])
        sheet.get_all_values(include_tailing_empty=False, include_tailing_empty_rows=False)
        sheet.update_values_batch([f"F{at + 3}" for at in cells], [[[text]] for text in cells.values()])
        for at in sorted(gone, reverse=True):
            sheet.delete_rows(at + 3)
        sheet.append_table([["", *new] for new in added])


def with_dataframe(client: gspread.Client, spreadsheet: str) -> None:
    """Each tab is read into a frame, changed there, and written back whole."""
    import pandas
    from gspread_dataframe import get_as_dataframe, set_with_dataframe

    book = client.open_by_key(spreadsheet)
    for tab, (cells, added, gone) in changes().items():
        sheet = book.worksheet(TITLES[tab])
        frame = get_as_dataframe(sheet, header=1, dtype=str, keep_default_na=False)[list(HEADERS)]
        for at, text in cells.items():
            frame.loc[at, "Note"] = text
        frame = frame.drop(index=gone)
        frame = pandas.concat([frame, pandas.DataFrame(added, columns=list(HEADERS))])
        set_with_dataframe(sheet, frame, row=2, col=2)


# around it


def template() -> Template:
    """Five tables."""
    columns = tuple(Column(header.lower(), header) for header in HEADERS)
    tabs = tuple(
        Tab(title.lower().replace(" ", "_"), title, TabKind.TABLE, column=columns) for title in TITLES
    )
    return Template("bench", "Bench", 1, "", tab=tabs)


def filled(google: Google, folder: Path) -> GoogleReplica:
    """A spreadsheet with five tabs of 2,000 rows."""
    body = {"properties": {"title": "bench"}}
    made = google.post("https://sheets.googleapis.com/v4/spreadsheets", body, {})["spreadsheetId"]
    replica = GoogleReplica(f"google:{made}", lambda: (google, "me"), folder)
    replica.provision(template(), Identity("ledger", "bench"))
    keys = [header.lower() for header in HEADERS]
    tabs = {
        tab.key: TabEdit(
            1,
            new=tuple(
                (f"r{number}", dict(zip(keys, row(at, number), strict=True))) for number in range(ROWS)
            ),
        )
        for at, tab in enumerate(template().tab)
    }
    replica.write(Edit(tabs), template(), replica.read(template()).version)
    return replica


def rooted_http(root: str, wire: Wire) -> Any:  # noqa: ANN401 - httplib2 has no types
    """What pygsheets sends its requests with: another library, counted alike."""
    import httplib2

    class Rooted(httplib2.Http):  # type: ignore[misc]
        def request(self, uri: str, method: str = "GET", body: Any = None, *args: Any, **facts: Any) -> Any:  # noqa: ANN401
            wire.calls += 1
            wire.sent += len(body or b"")
            return super().request(rooted(uri, root), method, body, *args, **facts)

    return Rooted()


def clients(root: str, wire: Wire) -> dict[str, Callable[[str], None]]:
    """What does the job, by the library's name."""

    class Rooted(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **facts: Any) -> Any:  # noqa: ANN401
            return super().request(
                method, endpoint.replace("https://sheets.googleapis.com", root), *args, **facts
            )

    client = gspread.Client(auth=Credentials(token=TOKEN), http_client=Rooted)
    import pygsheets

    other = pygsheets.authorize(
        custom_credentials=Credentials(token=TOKEN), http_client=rooted_http(root, wire)
    )
    return {
        "gspread": lambda it: with_gspread(client, it),
        "pygsheets": lambda it: with_pygsheets(other, it),
        "gspread-dataframe": lambda it: with_dataframe(client, it),
    }


def main() -> None:
    """Start the emulator, measure, stop it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.google_emulator", "--token", TOKEN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        measure(server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait()


def measure(root: str) -> None:
    """Do the job with each library, each on a spreadsheet of its own."""
    wire = Wire()
    wire.watch()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        google = Google(
            Credentials(token=TOKEN), Quota(folder, "me", now=iter(range(0, 10**9, 60)).__next__), root
        )

        def told(what: str, job: Callable[[], object]) -> None:
            before, begun = (wire.calls, wire.sent), time.perf_counter()
            job()
            seconds = time.perf_counter() - begun
            calls, sent = wire.calls - before[0], wire.sent - before[1]
            print(f"{what:28}{calls:6} calls{sent:12,} bytes sent{seconds:8.2f} s")

        replica = filled(google, folder)
        told("sheetsync, nothing changed", lambda: replica.read(template()))
        told("sheetsync", lambda: with_sheetsync(replica, template()))
        for library, job in clients(root, wire).items():
            spreadsheet = filled(google, folder).id
            told(library, lambda job=job, spreadsheet=spreadsheet: job(spreadsheet))


if __name__ == "__main__":
    """Do the job with each library, each on a spreadsheet of its own."""
    """Start the emulator, measure, stop it."""
    """Five tables."""
    """Each tab is read into a frame, changed there, and written back whole."""
    """As with gspread."""
    """Each tab is read, then written in as few calls as there are kinds of changes."""
    """One reading, one batch."""
    """The texts of one row."""
    main()
