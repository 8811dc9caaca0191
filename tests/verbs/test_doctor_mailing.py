"""What `sheetsync doctor` says about mails and the schedule."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from mail.mail_server import DROP, post_office
from scenarios.desk import Desk
from sheetsync.verbs.doctor import doctor, rebuild
from sheetsync.verbs.probes.mailing import mail_server, mail_templates, outbox, schedule
from sheetsync.verbs.probes.registry import PROBES, _run
from sheetsync.verbs.schedule import install
from sheetsync.verbs.schedulers import job_name
from verbs.outbox_desk import MEMBERS, OutboxDesk


def test_a_mail_server_that_can_be_used_is_well_and_another_is_named(tmp_path: Path) -> None:
    with post_office() as office:
        desk = OutboxDesk(tmp_path, office.port)
        assert list(mail_server(desk.program, desk.now)) == []
    (told,) = _run(PROBES["Mail server"], desk.program, desk.now)
    assert f"127.0.0.1:{office.port} cannot be used" in told.what


def test_stuck_mails_are_counted(tmp_path: Path) -> None:
    with post_office() as office:
        desk = OutboxDesk(tmp_path, office.port)
        assert list(outbox(desk.program, desk.now)) == []
        desk.plan(*MEMBERS)
        office.replies["DATA"] = [DROP]
        desk.deliver()
    (told,) = outbox(desk.program, desk.now)
    assert (told.what, told.do) == ("1 mail stuck in the outbox.", "sheetsync outbox")


def test_a_mail_template_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    desk = OutboxDesk(tmp_path)
    folder = tmp_path / "templates" / "mail"
    folder.mkdir()
    (folder / "digest.txt").write_text("{{ content.reason }}\n{% if %}\n")
    (told,) = mail_templates(desk.program, desk.now)
    assert told.what.startswith("templates/mail/digest.txt: line 2: ")


def test_a_run_that_was_due_and_did_not_start_is_told(two_files: Desk) -> None:
    two_files.run()
    (told,) = schedule(two_files.program, two_files.now)
    assert told.what.startswith("No job of this machine starts runs")
    assert told.passing
    (told,) = schedule(two_files.program, two_files.now + timedelta(days=3))
    assert "though one was due on 2026-03-05 07:00" in told.what
    assert told.do == "sheetsync schedule install"


@pytest.mark.skipif(os.name == "nt", reason="stands in for commands with shell scripts")
@pytest.mark.usefixtures("home")
def test_a_run_that_did_not_start_though_a_job_is_there_is_not_answered_with_another_job(
    two_files: Desk,
) -> None:
    two_files.run()
    install(two_files.program, "cron")
    (told,) = schedule(two_files.program, two_files.now + timedelta(days=3))
    assert told.do.startswith(f"There is a job ({job_name(two_files.program)}): see what its scheduler says")


@pytest.mark.skipif(os.name == "nt", reason="stands in for commands with shell scripts")
@pytest.mark.usefixtures("home")
def test_a_job_that_a_new_ledger_does_not_know_is_told(two_files: Desk) -> None:
    install(two_files.program, "cron")
    assert list(schedule(two_files.program, two_files.now)) == []
    (two_files.program.state / "ledger.db").unlink()
    rebuild(two_files.program, two_files.now)
    (told,) = schedule(two_files.program, two_files.now)
    assert (told.do, told.passing) == ("sheetsync schedule install", True)


@pytest.mark.skipif(os.name == "nt", reason="sets the time zone")
def test_a_run_of_github_s_is_due_by_the_clock_of_its_runners(
    two_files: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_files.run()  # on Wednesday just after 9:00, midnight for a runner
    install(two_files.program, "github")
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        told = [
            [it.what for it in schedule(two_files.program, two_files.now + timedelta(hours=later))]
            for later in (7, 9)
        ]
    time.tzset()
    assert told == [[], ["No run since 2026-03-04 09:03, though one was due on 2026-03-04 16:00."]]


@pytest.mark.skipif(os.name == "nt", reason="stands in for commands with shell scripts")
@pytest.mark.usefixtures("home")
def test_jobs_that_still_start_runs_where_the_program_was_are_told(two_files: Desk) -> None:
    name, before = job_name(two_files.program), two_files.folder
    for kind in ("cron", "systemd", "launchd"):
        install(two_files.program, kind)
    assert list(schedule(two_files.program, two_files.now)) == []
    moved = Desk(before.rename(before.with_name("moved, 100% 'here'")), two_files.now)
    *told, none = schedule(moved.program, moved.now)
    assert none.what.startswith("No job of this machine starts runs")
    assert [it.what for it in told] == [f"The job {name} starts runs in {before}, where no program is."] * 3
    cron, systemd, launchd = (it.do for it in told)
    assert cron == f'Delete the line that ends in "{name}": crontab -e'
    assert systemd.startswith(f"systemctl --user disable --now {name}.timer && rm ")
    assert launchd.startswith("launchctl unload -w ")


def test_a_ledger_that_cannot_be_opened_is_told_once(two_files: Desk) -> None:
    two_files.path(".sheetsync/ledger.db").write_bytes(b"no database")
    found = {it.part: it.ailments for it in doctor(two_files.program, two_files.now).examined if it.ailments}
    assert "cannot be opened" in found.pop("Ledger")[0].what
    assert found.keys() == {"Outbox", "Schedule", "Clock"}
    assert {(it.what, it.passing) for ailments in found.values() for it in ailments} == {
        ("Not checked: the ledger cannot be read.", True)
    }
