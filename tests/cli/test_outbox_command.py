"""`sheetsync outbox`: what a person sees of stuck mails, and does about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mail.mail_server import TAKE_AND_DROP, post_office
from sheetsync.cli.main import main
from verbs.outbox_desk import MEMBERS, OutboxDesk


def call(capsys: pytest.CaptureFixture[str], desk: OutboxDesk, *args: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        main(["-C", str(desk.folder), "outbox", *args])
    out, err = capsys.readouterr()
    return ended.value.code, out + err


def test_a_stuck_mail_is_shown_with_its_number_and_settled_by_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with post_office() as office:
        desk = OutboxDesk(tmp_path, office.port)
        desk.plan(*MEMBERS)
        office.replies |= {"DATA": [TAKE_AND_DROP], "RCPT": ["250 OK", "550 No such user"]}
        desk.deliver()
    _, listed = call(capsys, desk)
    assert "   1  2026-03-02 09:00  may have been sent  Weekly\n      to ana@acme.example" in listed
    assert "   2  2026-03-02 09:00  failed  Weekly\n      to bo@acme.example (550 No such user)" in listed
    assert "2 mails stuck." in listed
    assert call(capsys, desk, "mark-sent", "1")[1] == "1  Weekly, to ana@acme.example: marked as sent\n"
    assert "leaves with the next pass" in call(capsys, desk, "resend", "2")[1]
    mails = json.loads(call(capsys, desk, "--json")[1])["mails"]
    assert [(it["number"], it["state"]) for it in mails] == [(1, "sent"), (2, "planned")]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["resend"], "outbox resend NUMBER"),
        (["resend", "9"], "No mail that could be settled has the number 9."),
        (["forget", "1"], "'resend', 'mark-sent'"),
    ],
)
def test_a_wrong_call_says_what_is_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    code, said = call(capsys, OutboxDesk(tmp_path), *args)
    assert code == 2
    assert words in said
