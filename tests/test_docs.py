"""The pages tell the truth: what they show runs, and what there is stands in them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from importlib import util
from pathlib import Path
from types import ModuleType

import click
import pytest

from sheetsync.cli.main import cli
from sheetsync.core.rules.registry import ERROR, Finding
from sheetsync.core.settings import Settings, SmtpTable
from sheetsync.core.timetable import ScheduleTable
from sheetsync.program import (
    LedgerTable,
    MailTable,
    Program,
    ProgramFile,
    ProgramTable,
    RulesTable,
    WorkbookTable,
)
from sheetsync.verbs.gather import Trouble
from sheetsync.verbs.pass_ import look
from sheetsync.verbs.report import Mail, PlacedConflict, PlacedFinding, Report, Written

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")

TABLES = {
    "[program]": ProgramTable,
    "[[workbook]]": WorkbookTable,
    "[mail]": MailTable,
    "[smtp]": SmtpTable,
    "[schedule]": ScheduleTable,
    "[rules]": RulesTable,
    "[settings]": Settings,
    "[ledger]": LedgerTable,
}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def sections(page: Path) -> dict[str, str]:
    """Headline -> what stands below it."""
    parts = re.split(r"^## (.+)$", text(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def fenced(page: str, language: str) -> list[str]:
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in blocks]


def shown_code(page: str) -> Iterator[str]:
    """The lines of a page's blocks of code, and the code in its sentences."""
    block = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
    yield from "\n".join(block.findall(page)).splitlines()
    yield from re.findall(r"`([^`\n]+)`", block.sub("", page))


def calls(lines: Iterable[str]) -> Iterator[list[str]]:
    """The arguments of every call of sheetsync."""
    return (shlex.split(line, comments=True)[1:] for line in lines if line.startswith("sheetsync "))


def load_script(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# commands


def command_of(call: list[str]) -> tuple[str, list[str]]:
    while call and call[0].startswith("-"):
        call = call[2:] if call[0] == "-C" else call[1:]
    return (call[0], call[1:]) if call else ("", [])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_a_page_shows_exists(page: Path) -> None:
    ctx = click.Context(cli)
    for call in calls(shown_code(text(page))):
        name, rest = command_of(call)
        if name in ("", "COMMAND"):
            continue
        command = cli.get_command(ctx, name)
        assert command, f"{page.name}: sheetsync {' '.join(call)}"
        if isinstance(command, click.Group) and rest and rest[0] in command.commands:
            command = command.commands[rest[0]]
        known = {option for it in command.params for option in it.opts} | {"--help"}
        unknown = {word for word in rest if word.startswith("--")} - known
        assert not unknown, f"{page.name}: sheetsync {' '.join(call)}"


def test_the_readme_names_every_command() -> None:
    (table,) = re.findall(r"^## Commands\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([a-z]+)`", table)) >= set(cli.list_commands(click.Context(cli)))


def test_the_commands_that_the_readme_shows_run_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Full name,Department\nAna Ruiz,Data\nBo Li,DevOps\n", "utf-8")
    for call in calls("".join(fenced(README, "sh")).splitlines()):
        if "provision" in call:
            list_second_copy(tmp_path / "acme")
        done = sheetsync(call, tmp_path)
        assert done.returncode == 0, f"{call}: {done.stdout}{done.stderr}"
    assert (tmp_path / "acme" / "shared" / "Stakeholder Map.xlsx").exists()
    merged = look(Program.load(tmp_path / "acme"), datetime(2026, 11, 21))
    assert [row.text("name") for row in merged.records("stakeholders")] == ["Ana Ruiz", "Bo Li"]


def test_the_commands_of_the_tutorial_run_one_after_the_other(tmp_path: Path) -> None:
    for call in calls("".join(fenced(text(DOCS / "tutorial.md"), "sh")).splitlines()):
        done = sheetsync(call, tmp_path)
        faulty = 1 if "tour" in call else 0  # the sample data has faults to show
        assert done.returncode in (0, faulty), f"{call}: {done.stdout}{done.stderr}"
    assert (tmp_path / "acme" / "Stakeholder Map.xlsx").exists()


def sheetsync(call: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sheetsync", *call],
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "error", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def list_second_copy(folder: Path) -> None:
    """Type into the program file what the README says."""
    (line,) = (it.strip() for it in fenced(README, "toml"))
    file = folder / "sheetsync.toml"
    edited, count = re.subn(
        r'^replicas = \["Stakeholder Map.xlsx"\].*$', line, text(file), flags=re.MULTILINE
    )
    assert count == 1
    file.write_text(edited, encoding="utf-8")


def test_the_pages_made_from_the_code_are_up_to_date() -> None:
    pages = load_script("make_docs")
    assert text(DOCS / "rules.md") == pages.rules_page(), "run: make docs"
    assert text(DOCS / "commands.md") == pages.commands_page(), "run: make docs"


def test_make_knows_every_target_that_a_page_names() -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        for line in re.findall(r"(?:`|^)make ([a-z ]+?)(?:`|\s{2,}|$)", text(page), re.MULTILINE):
            assert set(line.split()) <= targets, f"{page.name}: make {line}"


# configuration


def test_the_table_of_tables_is_whole() -> None:
    assert {re.sub(r"\W", "", name) for name in TABLES} == {it.name for it in fields(ProgramFile)}


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_the_program_file_is_described_and_no_other(name: str) -> None:
    table = sections(DOCS / "configuration.md")[name]
    described = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(described) == sorted(it.name for it in fields(TABLES[name]))


def test_described_thresholds_have_the_defaults_of_the_code() -> None:
    table = sections(DOCS / "configuration.md")["[settings]"]
    for key, default in re.findall(r"^\| `(\w+)` \| `([\d.]+)` \|", table, re.MULTILINE):
        assert getattr(Settings(), key) == float(default), key


@pytest.mark.parametrize("example", fenced(text(DOCS / "configuration.md"), "toml"))
def test_the_example_program_files_are_right(tmp_path: Path, example: str) -> None:
    (tmp_path / "sheetsync.toml").write_text(example, encoding="utf-8")
    assert Program.load(tmp_path).name == "Acme Apprenticeships"


@pytest.mark.parametrize(
    "part",
    [it for page in ("mails", "mail-server", "schedule") for it in fenced(text(DOCS / f"{page}.md"), "toml")],
)
def test_the_parts_of_program_files_that_how_tos_show_are_right(tmp_path: Path, part: str) -> None:
    smallest, *_ = fenced(text(DOCS / "configuration.md"), "toml")
    (tmp_path / "sheetsync.toml").write_text(f"{smallest}\n{part}", encoding="utf-8")
    assert Program.load(tmp_path).name == "Acme Apprenticeships"


# the JSON report


def full_report() -> Report:
    found = Finding("D001", ERROR, "map", "stakeholders", "r1", "stance", "what", "do")
    return Report(
        "Acme",
        "run",
        datetime(2026, 11, 21, 9),
        written=(Written("map", "a.xlsx"),),
        findings=(PlacedFinding(found, "Stakeholders", "A3", "Ana", "Stance now"),),
        conflicts=(PlacedConflict("k7m2q9", "map", "Log", "row", "Due", {"a.xlsx": date(2026, 11, 21)}, {}),),
        mails=(Mail("subject", "note", "maya@acme.example", "sent"),),
        troubles=(Trouble("map", "a.xlsx", "what", "do"),),
    )


def keys(data: object) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield key
            yield from keys(value)
    elif isinstance(data, list):
        for each in data:
            yield from keys(each)


def test_every_key_of_the_json_report_is_described_where_it_belongs() -> None:
    described = sections(DOCS / "json.md")
    report = full_report().to_json()
    for part in ("written", "findings", "conflicts", "mails", "troubles"):
        missing = {key for key in keys(report[part]) if f"`{key}`" not in described[part] and key != "date"}
        assert not missing, part
    assert not {key for key in report if f"`{key}`" not in described["The report"]}


# the site


def test_the_site_is_whole_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(mkdocs, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.glob("*.html"))
    assert len(pages) > len(list(DOCS.glob("*.md")))  # the page for what is not found comes on top
    for page in pages:
        loaded = re.findall(
            r'<(?:script|img|iframe)[^>]+src="(https?:[^"]+)|<link[^>]+href="(https?:[^"]+)', text(page)
        )
        assert not loaded, page.name


# links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text(page)):
        assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_pictures_load_quickly() -> None:
    assert all(picture.stat().st_size < 300_000 for picture in (DOCS / "pictures").glob("*.png"))
