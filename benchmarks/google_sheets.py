"""One job with sheetsync, gspread, pygsheets and gspread-dataframe at an emulated Google: calls, bytes, time.

    make bench    (makes the environment that has the others, build/bench)

Five tabs of 2,000 rows and five columns; 40 cells change, 10 rows come in, 3 are deleted. The emulator runs
in a process of its own, and counts. All take turns, each with a copy of its own; the times are medians: by
the clock, and of the processor, which are the same on a busy machine. The last column adds the network.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.oauth2.credentials import Credentials
from google_job import HEADERS, PEERS, ROWS, TITLES, TOKEN, changes, row, timed
from peers import PYTHON, missing

from sheetsync.core.model import Column, Tab, TabKind, Template
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.replicas.google.api import DRIVE, SHEETS, Google
from sheetsync.replicas.google.quota import Quota
from sheetsync.replicas.google.replica import GoogleReplica
from sheetsync.replicas.replica import Identity

ROOT = Path(__file__).parent.parent
ROUNDS = 3
DELAY = 0.2  # seconds that a call to Google may take on its way
SPREADSHEETS = 100
NAMES = ("calls", "received", "sent", "seconds")


class Clock:
    """Time that passes when somebody waits; where `step` is given, also between any two looks."""

    def __init__(self, step: float = 0) -> None:
        self.seconds, self.step = 0.0, step

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.seconds += seconds


def template() -> Template:
    """Five tables."""
    columns = tuple(Column(header.lower(), header) for header in HEADERS)
    tabs = tuple(Tab(title.lower(), title, TabKind.TABLE, column=columns) for title in TITLES)
    return Template("bench", "Bench", 1, "", tab=tabs)


def filled(google: Google, folder: Path) -> str:
    """A new spreadsheet with five tabs of 2,000 rows."""
    made = google.post(SHEETS, {"properties": {"title": "bench"}}, {})["spreadsheetId"]
    replica = GoogleReplica(f"google:{made}", lambda: (google, "me"), folder)
    replica.provision(template(), Identity("ledger", "bench"))
    keys = [header.lower() for header in HEADERS]
    tabs = {
        tab.key: TabEdit(
            1, new=tuple((f"r{line}", dict(zip(keys, row(at, line), strict=True))) for line in range(ROWS))
        )
        for at, tab in enumerate(template().tab)
    }
    replica.write(Edit(tabs), template(), replica.read(template()).version)
    return str(made)


def edit() -> Edit:
    """The job's changes."""
    keys = [header.lower() for header in HEADERS]
    return Edit(
        {
            template().tab[tab].key: TabEdit(
                2,
                {position: {"note": text} for position, text in cells.items()},
                new=tuple((f"n{tab}{at}", dict(zip(keys, new, strict=True))) for at, new in enumerate(added)),
                gone=tuple(gone),
            )
            for tab, (cells, added, gone) in changes().items()
        }
    )


class Bench:
    """The emulator, a filled spreadsheet, and what was measured."""

    def __init__(self, root: str, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.google = Google(Credentials(token=TOKEN), Quota(folder, "me", Clock(step=60)), root)
        self.model = filled(self.google, folder)
        self.found: dict[str, list[tuple[float, ...]]] = {}

    def traffic(self) -> list[float]:
        """Calls so far, bytes of bodies that the emulator received and sent, and its processor time."""
        told = self.google.get(f"{self.root}/emulator/traffic", {})
        return [told[name] for name in NAMES]

    def measure(self, what: str, job: Callable[[], tuple[float, float]]) -> None:
        """Do the job, and keep what it took."""
        before = self.traffic()
        seconds = job()
        spent = [now - then for now, then in zip(self.traffic(), before, strict=True)]
        self.found.setdefault(what, []).append((*spent, *seconds))

    def copy(self) -> str:
        """Another spreadsheet like the first."""
        return str(self.google.post(f"{DRIVE}/files/{self.model}/copy", {}, {})["id"])

    def ours(self) -> None:
        """A reading that nobody looks into where nothing has changed; else a reading and a batch."""
        name = f"google:{self.copy()}"

        def opened() -> GoogleReplica:
            return GoogleReplica(name, lambda: (self.google, "me"), self.folder)

        known = opened().read(template()).glance

        def quiet() -> None:
            assert opened().glance() == known

        def job() -> None:
            replica = opened()
            replica.glance()
            replica.write(edit(), template(), replica.read(template()).version)

        self.measure("sheetsync, nothing changed", lambda: timed(quiet))
        self.measure("sheetsync", lambda: timed(job))

    def theirs(self, peer: str) -> None:
        """The job in a process of the environment that has the peer."""
        job = Path(__file__).with_name("google_job.py")
        command = [str(PYTHON), str(job), peer, self.root, self.copy()]

        def run() -> tuple[float, float]:
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            wall, processor = map(float, done.stdout.split())
            return wall, processor

        self.measure(peer, run)

    def tell(self) -> None:
        """Print the medians."""
        print(f"  {'':<27}{'calls':>5}{'sent, B':>10}{'received':>11}{'seconds':>9}", end="")
        print(f"{'CPU own':>9}{'emulator':>10}{'sum':>7}   and {DELAY} s a call")
        for what, rounds in self.found.items():
            calls, sent, received, server, wall, own = map(statistics.median, zip(*rounds, strict=True))
            print(f"  {what:<27}{calls:>5.0f}{sent:>10,.0f}{received:>11,.0f}{wall:>9.2f}", end="")
            work = own + server
            print(f"{own:>9.2f}{server:>10.2f}{work:>7.2f}{work + DELAY * calls:>8.2f}", flush=True)


def compare(root: str, folder: Path) -> None:
    """All in turns."""
    bench = Bench(root, folder)
    for _ in range(ROUNDS):
        bench.ours()
        for peer in [] if missing() else PEERS:
            bench.theirs(peer)
    bench.tell()


def emulated(*arguments: str) -> Any:  # noqa: ANN401 - a process
    """The emulator in a process of its own; its first line is where it is."""
    command = [sys.executable, "-m", "tests.google_emulator", "--token", TOKEN, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def measure_quota(folder: Path) -> None:
    """A reading and a batch for each of many spreadsheets on one user's quota; waiting is only counted."""
    sys.path.insert(0, str(ROOT / "tests"))
    from google_emulator import Emulator

    clock = Clock()
    with Emulator(clock, per_user=60, per_project=300) as emulator:
        quota = Quota(folder, "many", clock, clock.sleep)
        google = Google(Credentials(token=emulator.token()), quota, emulator.url)
        same = {"updateSpreadsheetProperties": {"properties": {"title": "x"}, "fields": "title"}}
        for spreadsheet in [emulator.create() for _ in range(SPREADSHEETS)]:
            google.get(f"{SHEETS}/{spreadsheet}", {"fields": "spreadsheetId"})
            google.post(f"{SHEETS}/{spreadsheet}:batchUpdate", {"requests": [same]}, {})
        codes = [answer.code for _, answer in emulator.server.seen if answer is not None]
    what = f"{SPREADSHEETS} spreadsheets, read and written"
    print(f"  {what}: {clock.seconds:.0f} s of the quota's time, {codes.count(429)} of {len(codes)} refused")


def main() -> None:
    """Start the emulator, measure, stop it."""
    print(f"Google Sheets, emulated: {len(TITLES)} tabs of {ROWS:,} rows")
    server = emulated()
    with tempfile.TemporaryDirectory() as name:
        try:
            compare(server.stdout.readline().strip(), Path(name))
        finally:
            server.terminate()
            server.wait()
        measure_quota(Path(name))
    if missing():
        print(f"  (the others are left out: {missing()})")


if __name__ == "__main__":
    main()
