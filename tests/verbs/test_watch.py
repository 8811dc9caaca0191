"""Runs under watch: who hears when they begin to fail, or work again, and that none lasts for ever."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scenarios.desk import Desk
from sheetsync.errors import LedgerError, LockHeld, NotProvisioned
from sheetsync.verbs.opening import locked
from sheetsync.verbs.pass_ import Options
from sheetsync.verbs.report import Report
from sheetsync.verbs.runs import list_runs
from sheetsync.verbs.watch import watched_run


def run(desk: Desk) -> Report:
    desk.run(dry_run=True)  # a minute goes by
    return watched_run(desk.program, desk.now, Options())


def told(desk: Desk) -> list[tuple[str, str]]:
    """Subject and address of every mail about failing runs, oldest first."""
    found = [
        message_from_bytes(path.read_bytes(), policy=default) for path in desk.path("outbox").glob("*.eml")
    ]
    found.sort(key=lambda it: it["Date"].datetime)
    return [(it["Subject"], it["To"].addresses[0].addr_spec) for it in found if "Runs" in it["Subject"]]


def test_the_operator_hears_once_that_runs_fail_and_once_that_they_work_again(two_files: Desk) -> None:
    operator = "maya@acme.example"
    run(two_files)
    assert told(two_files) == []
    content = two_files.path("a.xlsx").read_bytes()
    two_files.path("a.xlsx").write_bytes(b"no workbook")
    for _ in range(3):
        assert run(two_files).exit_code() == 3
        assert told(two_files) == [("[Acme] Runs are failing", operator)]
    two_files.path("a.xlsx").write_bytes(content)
    for _ in range(2):
        assert run(two_files).exit_code() == 0
        assert told(two_files) == [
            ("[Acme] Runs are failing", operator),
            ("[Acme] Runs work again", operator),
        ]


def test_a_program_that_is_not_provisioned_yet_is_told_so_and_nobody_gets_a_mail(two_files: Desk) -> None:
    for path in two_files.folder.glob("*.xlsx"):
        path.unlink()
    assert run(two_files).exit_code() == 3, "copies that took part once and vanished are told"
    assert told(two_files) == [("[Acme] Runs are failing", "maya@acme.example")]

    shutil.rmtree(two_files.program.state)
    shutil.rmtree(two_files.path("outbox"))
    with pytest.raises(NotProvisioned, match=r"no a\.xlsx, no b\.xlsx, no other\.xlsx") as refused:
        run(two_files)
    assert (refused.value.exit_code, refused.value.do) == (2, "Make what is missing: sheetsync provision")
    assert list_runs(two_files.program, 1) == ()
    assert told(two_files) == []


def test_a_copy_that_is_listed_and_not_made_yet_needs_a_person_and_no_mail(two_files: Desk) -> None:
    file = two_files.path("sheetsync.toml")
    file.write_text(file.read_text().replace('"b.xlsx"', '"b.xlsx", "c.xlsx"'))
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    report = run(two_files)
    (trouble,) = report.troubles
    assert trouble.what == "c.xlsx: is not provisioned yet."
    assert "sheetsync provision" in trouble.do
    assert (report.exit_code(), told(two_files)) == (1, [])
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 7, "the others go on"
    assert list_runs(two_files.program, 1)[0].result == "needs a person"

    two_files.provision()
    two_files.path("c.xlsx").unlink()
    report = run(two_files)
    assert (report.exit_code(), "no such file" in report.troubles[0].what) == (3, True), "it vanished"
    assert told(two_files) == [("[Acme] Runs are failing", "maya@acme.example")]


def test_every_run_is_remembered_with_what_came_of_it(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "hello")
    run(two_files)
    two_files.path("a.xlsx").write_bytes(b"no workbook")
    run(two_files)
    failed, done = list_runs(two_files.program, 2)
    assert (done.result, done.outcome["cells"]) == ("done", 1)
    assert failed.result == "failed"
    assert "a.xlsx" in str(failed.outcome["failed"])


def test_a_run_that_is_turned_away_is_no_failure(two_files: Desk) -> None:
    with locked(two_files.program), pytest.raises(LockHeld):
        run(two_files)
    assert told(two_files) == []


@pytest.fixture
def health() -> Iterator[tuple[str, list[str]]]:
    """A health check's address, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/check", asked
        server.shutdown()
        thread.join()


def test_a_health_check_hears_of_each_run(two_files: Desk, health: tuple[str, list[str]]) -> None:
    address, asked = health
    with two_files.path("sheetsync.toml").open("a") as file:
        file.write(f'[schedule]\nping = "{address}"\n')
    run(two_files)
    two_files.path("a.xlsx").write_bytes(b"no workbook")
    run(two_files)
    assert asked == ["/check", "/check/fail"]


def test_a_health_check_that_does_not_answer_disturbs_nothing(two_files: Desk) -> None:
    with two_files.path("sheetsync.toml").open("a") as file:
        file.write('[schedule]\nping = "http://127.0.0.1:1/check"\n')
    assert run(two_files).exit_code() == 0


def test_a_run_that_fails_as_a_whole_is_told_too(two_files: Desk) -> None:
    run(two_files)
    with closing(sqlite3.connect(two_files.path(".sheetsync/ledger.db"))) as ledger:
        ledger.execute("ALTER TABLE minted RENAME TO lost")
    two_files.type("a.xlsx", "Ana", "Note", "something to do")
    with pytest.raises(LedgerError, match="no such table: minted"):
        watched_run(two_files.program, two_files.now, Options())
    assert [subject for subject, _ in told(two_files)] == ["[Acme] Runs are failing"]
    (newest,) = list_runs(two_files.program, 1)
    assert (newest.result, newest.ended) == ("failed", None)


def test_a_run_is_remembered_with_the_time_it_took(two_files: Desk) -> None:
    watched_run(two_files.program, two_files.now, Options(elapsed=lambda: timedelta(seconds=83.456)))
    (newest,) = list_runs(two_files.program, 1)
    assert newest.ended == two_files.now + timedelta(seconds=83.456)
    assert newest.to_json()["seconds"] == 83.46


def ended(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_a_run_that_takes_too_long_is_ended_with_words_and_exit_code_3() -> None:
    done = ended("""
        import threading
        from sheetsync.verbs.watch import ends_within
        with ends_within(0, lambda why: print(why.what, flush=True)):
            threading.Event().wait()
    """)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == "The pass took longer than 0 minutes ([schedule] timeout) and was ended.\n"


def test_a_run_that_was_ended_is_told_and_remembered_as_one_that_failed(
    two_files: Desk, health: tuple[str, list[str]]
) -> None:
    address, asked = health
    run(two_files)
    two_files.type("a.xlsx", "Ana", "Note", "something to do")
    with two_files.path("sheetsync.toml").open("a") as file:
        file.write(f'[schedule]\nping = "{address}"\n')
    script = """
        import os, sys, threading
        from datetime import datetime, timedelta
        from pathlib import Path
        from sheetsync.errors import SheetsyncError
        from sheetsync.program import Program
        from sheetsync.verbs.pass_ import Options
        from sheetsync.verbs.watch import tell_of_the_end, watched_run

        def time_is_up():
            tell_of_the_end(program, now, options, SheetsyncError("It took too long."))
            os._exit(3)

        def hang(_):
            threading.Thread(target=time_is_up).start()
            threading.Event().wait()

        program, now = Program.load(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
        options = Options(tell=hang, elapsed=lambda: timedelta(hours=1))
        watched_run(program, now, options)
    """
    done = ended(script, str(two_files.folder), two_files.now.isoformat())
    assert (done.returncode, done.stderr) == (3, "")
    assert [subject for subject, _ in told(two_files)] == ["[Acme] Runs are failing"]
    assert asked == ["/check/fail"]
    (newest,) = list_runs(two_files.program, 1)
    assert (newest.result, newest.outcome) == ("failed", {"failed": ["It took too long."], "seconds": 3600.0})
    assert run(two_files).exit_code() == 0, "the next run takes up what it left"
    assert [subject for subject, _ in told(two_files)][-1] == "[Acme] Runs work again"
