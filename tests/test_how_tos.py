"""What the pages tell people to type works, in a program that holds what they speak of."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

import click
import openpyxl
import pytest

from scenarios.desk import Desk, copied
from sheetsync.cli.main import main
from sheetsync.ledger import Ledger
from sheetsync.ledger.outbox import UNKNOWN, Outbox
from test_docs import DOCS, README, calls, command_of, text

MAP, SHARED = "Stakeholder Map.xlsx", "Shared Map.xlsx"
#: They are run where they belong: with an emulated Google, stand-ins of schedulers, or in a new folder.
ELSEWHERE = (
    {"connect"},
    {"provision", "--google"},
    {"schedule", "install"},
    {"schedule", "remove"},
    {"demo"},
    {"init"},
)
#: What a person says where a command asks; "y" by default.
ANSWERS = {("conflicts", "resolve"): "1\n"}
REGISTERS = {
    "Our stakeholders.xlsx": ["Full name", "Department"],
    "register.xlsx": ["Name", "Sphere", "Sponsor?", "Team name", "Email"],
}


def shown() -> list[tuple[str, ...]]:
    """Every command in a block of a page, whatever program it names; that of all commands has forms only."""
    pages = [README, *(text(page) for page in sorted(DOCS.glob("*.md")) if page.name != "commands.md")]
    blocks = [block for page in pages for block in re.findall(r"^ *```\w*\n(.*?)^ *```", page, re.M | re.S)]
    lines = (line.strip() for block in blocks for line in block.splitlines())
    found = ((name, *rest) for name, rest in map(command_of, calls(lines)))
    return [it for it in dict.fromkeys(found) if not any(words <= set(it) for words in ELSEWHERE)]


@dataclass(frozen=True)
class World:
    """A program, and what stands in it for the codes and numbers of the pages."""

    desk: Desk
    names: Mapping[str, str]


@pytest.fixture(scope="session")
def world_once(demo_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The sample program with a second copy, a run to look back on, a conflict, a stuck mail."""
    desk = copied(demo_once, tmp_path_factory.mktemp("how-tos") / "acme")
    file = desk.path("sheetsync.toml")
    file.write_text(file.read_text().replace(f'"{MAP}"', f'"{MAP}", "{SHARED}"'))
    desk.provision()
    desk.settle(passes=4)
    desk.add(MAP, tab="Stakeholders", Name="Ana Ruiz", Unit="Data", **{"Stance now": "neutral"})
    run = desk.run().run
    for day, copy in enumerate((MAP, SHARED), 1):
        desk.type(copy, "Ana Ruiz", "Last reviewed", datetime(2026, 3, day), tab="Stakeholders")
    (held,) = desk.run().conflicts
    with closing(Ledger.open(desk.program.ledger_url)) as ledger, ledger.transaction() as connection:
        stuck = Outbox(connection).letters()[-1]
        Outbox(connection).mark(stuck, UNKNOWN, desk.now)
    for name, headers in REGISTERS.items():
        register = openpyxl.Workbook()
        register.active.append(headers)
        register.active.append([f"Cy of {name[:3]}", *("Data" for _ in headers[1:])])
        register.save(desk.path(name))
    desk.path("register.csv").write_text("Full name,Department\nDee Ng,Data\n")
    return World(desk, {"41": str(run), "k7m2q9": held.code, "17": str(stuck.number)})


@pytest.mark.parametrize("call", shown(), ids=" ".join)
def test_a_command_that_a_page_shows_works(
    world_once: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    call: tuple[str, ...],
) -> None:
    desk = copied(world_once.desk, tmp_path / "acme")
    if "--rebuild" in call:
        desk.path(".sheetsync/ledger.db").write_bytes(b"no database")
    answers = StringIO(ANSWERS.get(call, "y\n"))
    monkeypatch.setattr(answers, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", answers)
    monkeypatch.setattr(click, "launch", lambda _: 0)
    monkeypatch.chdir(desk.folder)

    with pytest.raises(SystemExit) as ended:
        main([world_once.names.get(word, word) for word in call])

    out, err = capsys.readouterr()
    assert ended.value.code in (0, 1), f"{out}{err}"
    assert err == ""
    assert out
    assert "Nothing in the log" not in out
