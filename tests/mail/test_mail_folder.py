"""The folder transport: one file a mail, whole or not at all, under a name that is safe everywhere."""

import os
import re
import stat
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from sheetsync.errors import SheetsyncError
from sheetsync.mail.folder import deliver, file_name


def message(subject: str = "[Acme] Weekly: Green - 2 decisions wanted", number: int = 1) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    mail["To"] = "ana@acme.example"
    mail["Date"] = "Sat, 21 Nov 2026 09:00:00 +0000"
    mail["Message-ID"] = f"<{number}@acme.example>"
    mail.set_content("Grüße aus der Gruppe")
    return mail


def test_a_mail_becomes_one_file_that_mail_programs_open(tmp_path):
    path = deliver(message(), tmp_path / "outbox")
    assert re.fullmatch(r"2026-11-21-acme-weekly-green-2-decisions-wanted-[0-9a-f]{8}\.eml", path.name)
    parsed = message_from_bytes(path.read_bytes(), policy=default)
    assert parsed.get_content().strip() == "Grüße aus der Gruppe"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_only_its_owner_may_read_it(tmp_path):
    assert stat.S_IMODE(deliver(message(), tmp_path).stat().st_mode) == 0o600


def test_a_mail_that_lies_there_is_not_written_again(tmp_path):
    path = deliver(message(), tmp_path)
    path.write_text("read and noted")
    assert deliver(message(), tmp_path) == path
    assert path.read_text() == "read and noted"


def test_two_mails_with_one_subject_are_two_files(tmp_path):
    assert deliver(message(number=1), tmp_path) != deliver(message(number=2), tmp_path)


@pytest.mark.parametrize(
    "subject", ["../../etc/passwd", "C:\\con", "a/b\\c:d*e?f", "Żółć", "日本語", "", "x" * 5000]
)
def test_no_subject_becomes_a_path(subject):
    name = file_name(message(subject))
    assert re.fullmatch(r"2026-11-21(-[a-z0-9]+)+\.eml", name)
    assert len(name) < 100


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(SheetsyncError, match="outbox"):
        deliver(message(), tmp_path / "outbox")
