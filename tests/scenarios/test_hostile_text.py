"""Text that somebody types to do harm: it crosses as text, is shown as text, and runs nowhere."""

from __future__ import annotations

import json
import tracemalloc
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from scenarios.desk import Desk
from sheetsync.cli.main import main
from sheetsync.errors import ConfigError
from sheetsync.program import Program

FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1+1")
ESCAPES = "Ana\x9b2J\u202etxt"  # a spreadsheet's XML holds no ESC, but C1 and direction it does


def call(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    with pytest.raises(SystemExit):
        main(args)
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("text", FORMULAS)
def test_it_is_no_formula_in_another_copy(two_files: Desk, text: str) -> None:
    with two_files.at("a.xlsx") as workbook:
        cell = workbook["People"]["G3"]
        cell.value = text
        cell.data_type = "s"
    two_files.run()
    cell = openpyxl.load_workbook(two_files.path("b.xlsx"))["People"]["G3"]
    assert (cell.value, cell.data_type) == (text, "s")


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("a", "img", "script", "iframe", "form", "link", "base", "object", "svg"):
            self.found.append((tag, dict(attrs)))


def test_it_is_no_html_no_link_no_header_and_no_file_name_in_a_mail(acme: Desk) -> None:
    text = 'Seen <a href="https://evil.example">it</a> https://evil.example ../../x <img src=x onerror=x()>'
    acme.add("Working Group.xlsx", tab="Milestones", Event=text, Reached=acme.now, **{"Share with": "group"})
    (mail,) = (mail for mail in acme.run().mails if "Seen" in mail.subject)
    path = Path(mail.file)
    assert path.parent == acme.path("outbox")
    message = message_from_bytes(path.read_bytes(), policy=default)
    links = Links()
    links.feed(message.get_body(preferencelist=("html",)).get_content())
    assert links.found == []
    assert message.get_all("To") == ["maya.okafor@acme.example"]


@pytest.mark.parametrize(
    "command", [["validate"], ["run"], ["conflicts"], ["run", "--json"], ["run", "--quiet"]]
)
def test_it_does_not_act_on_a_terminal(
    two_files: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    two_files.type("a.xlsx", "Bo", "State", ESCAPES)
    two_files.type("a.xlsx", "Ana", "Note", f"one {ESCAPES}")
    two_files.type("b.xlsx", "Ana", "Note", f"two {ESCAPES}")
    said = call(capsys, "-C", str(two_files.folder), *command)
    assert "one Ana" in said
    assert "\x9b" not in said
    assert "\u202e" not in said
    if "--json" in command:
        assert ESCAPES in json.dumps(json.loads(said), ensure_ascii=False), "scripts get it as it is"


SIZE = 250_000
BOMBS = {
    "deep arrays": "x = " + "[" * SIZE,
    "deep inline tables": "x = " + "{a=" * (SIZE // 3),
    "deep keys": "x" + ".x" * (SIZE // 2 - 9) + " = 1",
    "deep keys with blanks": "x" + " . x" * (SIZE // 4 - 9) + " = 1",
    "many tables": "[[a]]\n" * (SIZE // 6),
    "long number": "x = " + "9" * SIZE,
    "nul": "\0" * SIZE,
    "larger than a program file is": "#" * 2_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("file", ["sheetsync.toml", "templates/team.toml"])
def test_a_file_made_to_exhaust_the_machine_is_refused(two_files: Desk, file: str, bomb: str) -> None:
    two_files.path(file).write_text(BOMBS[bomb])
    tracemalloc.start()
    with pytest.raises(ConfigError):
        Program.load(two_files.folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * 2**20
