"""What the tests of Google replicas share: an emulator of Google on loopback, and replicas in it."""

from __future__ import annotations

import atexit
from functools import cache
from itertools import count
from pathlib import Path

from google.oauth2.credentials import Credentials

from google_emulator import Emulator
from google_emulator.human import Human
from sheetsync.replicas.google.api import Google
from sheetsync.replicas.google.quota import Quota
from sheetsync.replicas.google.replica import GoogleReplica

ROBOT = "robot@example.iam.gserviceaccount.com"


@cache
def emulator() -> Emulator:
    """One Google for all tests of a process."""
    started = Emulator()
    started.__enter__()
    atexit.register(started.__exit__)
    return started


def google_replica(folder: Path, spreadsheet: str = "", *, account: str = ROBOT) -> GoogleReplica:
    """A replica in a spreadsheet, a new one where none is named."""
    spreadsheet = spreadsheet or emulator().create("small")
    calls = google(folder, account)
    return GoogleReplica(f"google:{spreadsheet}", lambda: (calls, account), folder / "state")


def google(folder: Path, account: str = ROBOT) -> Google:
    """Google as an account calls it, in a world where a minute passes between any two calls."""
    minutes = count(1)
    quota = Quota(folder, account, now=lambda: 60.0 * next(minutes))
    return Google(Credentials(token=emulator().token(account)), quota, emulator().url)


def human(replica: GoogleReplica) -> Human:
    """Somebody at work in the spreadsheet, in the browser."""
    return emulator().human(replica.id)
