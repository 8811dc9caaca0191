"""Google's quotas are kept by all processes of a machine together, so that nobody is turned away."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.oauth2.credentials import Credentials

from google_emulator import Emulator
from sheetsync.replicas.google.api import SHEETS, Google
from sheetsync.replicas.google.quota import PER_MINUTE, Quota


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(clock: Clock) -> Iterator[Emulator]:
    with Emulator(clock, per_user=PER_MINUTE) as emulator:
        yield emulator


def test_a_hundred_spreadsheets_are_read_and_written_in_a_minute_without_a_refusal(
    google: Emulator, clock: Clock, tmp_path: Path
) -> None:
    begun = clock.now
    calls = Google(Credentials(token=google.token()), Quota(tmp_path, "me", clock, clock.sleep), google.url)
    spreadsheet = google.create()
    same = {"updateSpreadsheetProperties": {"properties": {"title": "x"}, "fields": "title"}}
    for _ in range(100):
        calls.get(f"{SHEETS}/{spreadsheet}", {"fields": "spreadsheetId"})
        calls.post(f"{SHEETS}/{spreadsheet}:batchUpdate", {"requests": [same]}, {})
    assert len(google.calls) == 200, "none was refused and sent again"
    assert clock.now - begun < 62


def test_reads_and_writes_are_counted_apart(clock: Clock, tmp_path: Path) -> None:
    begun, quota = clock.now, Quota(tmp_path, "me", clock, clock.sleep)
    for _ in range(PER_MINUTE):
        quota.take("reads")
        quota.take("writes")
    assert clock.now == begun
    quota.take("reads")
    assert clock.now - begun >= 60


def test_each_account_has_a_quota_of_its_own(clock: Clock, tmp_path: Path) -> None:
    begun = clock.now
    for account in ("ana", "bo"):
        quota = Quota(tmp_path, account, clock, clock.sleep)
        for _ in range(PER_MINUTE):
            quota.take("reads")
    assert clock.now == begun


def take_half(folder: Path) -> None:
    quota = Quota(folder, "me")
    for _ in range(PER_MINUTE // 2):
        quota.take("reads")
    quota.close()


def test_processes_share_it(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    for _ in range(2):
        process = spawn.Process(target=take_half, args=(tmp_path,))
        process.start()
        process.join()
        assert process.exitcode == 0
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Quota(tmp_path, "me", sleep=sleep).take("reads")
    assert 0 < waited[0] <= 60
