"""The contract that scripts rely on: commands, exit codes, what is printed where, and as what JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from scenarios.desk import Desk
from sheetsync.cli.main import COMMANDS, main


class Result(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Result]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """`sheetsync ARGS` in this process."""

    def run(*args: str | Path) -> Result:
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert "Traceback" not in err
        return Result(code, out, err)

    return run


def process(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m sheetsync ARGS` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sheetsync", *args],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


# help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(call: Call, command: str) -> None:
    result = call(command, "--help")
    assert result.code == 0
    assert f"Usage: sheetsync {command}" in result.out
    assert "--help" in result.out


def test_help_lists_every_command_and_the_exit_codes(call: Call) -> None:
    result = call("--help")
    assert all(f"  {command} " in result.out for command in COMMANDS)
    assert "Exit codes: 0 done; 1 done" in result.out


def test_help_loads_no_heavy_library() -> None:
    heavy = {"pydantic", "sqlalchemy", "openpyxl", "rich", "jinja2"}
    script = (
        "import sys\nfrom sheetsync.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_answered_with_the_nearest(call: Call) -> None:
    result = call("runn")
    assert result.code == 2
    assert "Did you mean run?" in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "--jsn"], "--json"),
        (["run", "--now", "yesterday"], '"yesterday" is not a date or time such as 2026-11-21T09:00'),
        (["run", "--lift", "everything"], "'empty-tab', 'deletes', 'ledger', 'stamp'"),
        (["rules", "M999"], 'There is no rule "M999"'),
    ],
)
def test_a_wrong_call_is_said_on_stderr_with_exit_code_2(call: Call, args: list[str], words: str) -> None:
    result = call(*args)
    assert result.code == 2
    assert words in result.err
    assert result.out == ""


# finding the program


def test_no_program_here_says_how_to_name_or_make_one(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHEETSYNC_PROGRAM", raising=False)
    result = call("run")
    assert result.code == 2
    for word in ("sheetsync.toml", str(tmp_path), "-C DIR", "SHEETSYNC_PROGRAM", "sheetsync init"):
        assert word in result.err


def test_the_program_is_named_by_option_by_environment_or_by_where_one_stands(
    call: Call, two_files: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = two_files.folder / "notes" / "deeper"
    below.mkdir(parents=True)
    monkeypatch.delenv("SHEETSYNC_PROGRAM", raising=False)
    monkeypatch.chdir(below)
    assert json.loads(call("validate", "--json").out)["program"] == "Acme"

    monkeypatch.chdir(tmp_path)
    assert call("-C", two_files.folder, "validate").code == 0
    monkeypatch.setenv("SHEETSYNC_PROGRAM", str(two_files.folder))
    assert call("validate").code == 0
    assert call("-C", tmp_path / "elsewhere", "validate").code == 2, "the option wins"


def test_commands_that_messages_name_work_when_they_are_typed(call: Call, two_files: Desk) -> None:
    folder = two_files.folder.rename(two_files.folder.with_name("our acme"))
    two_files = Desk(folder, two_files.now)
    two_files.type("a.xlsx", "Ana", "Hours", 7)
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    two_files.type("a.xlsx", "Bo", "State", "never")
    named = f"sheetsync -C '{folder}' "
    out = call("-C", folder, "run").out
    assert f"or with: {named}conflicts resolve" in out
    assert f"or {named}validate)" in out
    assert f"{named}conflicts lists" in call("-C", folder, "conflicts", "resolve").err
    assert f"See: {named}log" in call("-C", folder, "undo", "99").err
    two_files.path("b.xlsx").unlink()
    assert f"`{named}provision`" in call("-C", folder, "run").out


def test_a_program_that_is_named_otherwise_needs_no_option(
    call: Call, two_files: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(two_files.folder)
    assert "See: sheetsync log" in call("undo", "99").err


def test_every_problem_of_the_program_file_is_said_at_once(call: Call, two_files: Desk) -> None:
    path = two_files.folder / "sheetsync.toml"
    text = path.read_text().replace("maya@acme.example", "maya at acme")
    path.write_text(text.replace('replicas = ["other.xlsx"]', 'replicas = ["other.doc"]\ncolor = "red"'))
    result = call("-C", two_files.folder, "run")
    assert result.code == 2
    assert "3 problems in the configuration" in result.err
    assert "color: this key is not known" in result.err
    assert "program, operator" in result.err
    assert '"other.doc" is not an Excel workbook' in result.err


# exit codes and reports


def test_exit_code_0_when_all_is_done(call: Call, two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "hello")
    result = call("-C", two_files.folder, "run")
    assert (result.code, result.err) == (0, "")
    assert "b.xlsx: 1 cell (People)" in result.out
    assert "other.xlsx: nothing to write" in result.out
    assert "No findings." in result.out


def test_exit_code_1_when_people_are_needed(call: Call, two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")
    result = call("-C", two_files.folder, "run")
    assert result.code == 1
    assert ": People, Ana, Note: the copies disagree" in result.out
    assert "a.xlsx G3: from a" in result.out

    listed = call("-C", two_files.folder, "conflicts", "--json")
    assert listed.code == 1
    (held,) = json.loads(listed.out)["conflicts"]
    assert {key: held[key] for key in ("workbook", "tab", "row", "column", "opinions", "remark")} == {
        "workbook": "team",
        "tab": "People",
        "row": "Ana",
        "column": "Note",
        "opinions": [
            {"place": "a.xlsx", "cell": "G3", "value": "from a"},
            {"place": "b.xlsx", "cell": "G3", "value": "from b"},
        ],
        "remark": "",
    }
    settled = call("-C", two_files.folder, "conflicts", "resolve", held["code"][:4], "--take", "b.x")
    assert settled.code == 0
    assert 'People, Ana, Note: settled as "from b", as chosen in the command line.' in settled.out
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "from b"
    listed = call("-C", two_files.folder, "conflicts")
    assert (listed.code, listed.out) == (0, "No conflicts: all copies agree.\n")


def test_a_person_is_asked_which_value_counts(
    call: Call, two_files: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")
    two_files.type("a.xlsx", "Bo", "Hours", 7)
    two_files.type("b.xlsx", "Bo", "Hours", 8)
    answers = StringIO("2\n3\n7.5\n")
    monkeypatch.setattr(answers, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", answers)
    asked = call("-C", two_files.folder, "conflicts", "resolve")
    assert asked.code == 0
    assert (
        "People, Ana, Note\n  1  from a  (a.xlsx)\n  2  from b  (b.xlsx)\n  3  another value\n" in asked.out
    )
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "from b"
    assert two_files.people("b.xlsx")["Bo"]["Hours"] == 7.5


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "Say which conflict"),
        (["zzz", "--take", "a.xlsx"], 'There is not one conflict "zzz"'),
        (["--take", "a", "--value", "b"], "not both"),
    ],
)
def test_a_wrong_choice_is_told(call: Call, two_files: Desk, args: list[str], words: str) -> None:
    result = call("-C", two_files.folder, "conflicts", "resolve", *args)
    assert result.code == 2
    assert words in result.err


def test_exit_code_3_when_a_brake_stops_a_workbook_and_0_when_it_is_lifted(
    call: Call, two_files: Desk
) -> None:
    names = list(two_files.people("a.xlsx"))
    two_files.remove("a.xlsx", *names[:6])
    result = call("-C", two_files.folder, "run", "--json")
    assert result.code == 3
    (trouble,) = json.loads(result.out)["troubles"]
    assert trouble["brake"] == "deletes"
    assert call("-C", two_files.folder, "run", "--lift", "deletes").code == 0


def test_warnings_need_a_person_only_when_strict(call: Call, two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ana", Email="another@acme.example")
    assert call("-C", two_files.folder, "run").code == 0
    strict = call("-C", two_files.folder, "validate", "--strict")
    assert strict.code == 1
    assert "D005" in strict.out


def test_a_report_is_one_json_object_with_documented_keys(call: Call, two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", "three")
    two_files.type("a.xlsx", "Bo", "Note", "crosses")
    result = call("-C", two_files.folder, "run", "--json", "--now", "2026-03-05T10:00")
    report = json.loads(result.out)
    assert result.code == 1
    assert list(report) == [
        *("program", "verb", "now", "run", "dry_run", "workbooks", "written", "findings"),
        *("conflicts", "milestones", "notes", "mails", "troubles", "seconds"),
    ]
    assert (report["verb"], report["now"]) == ("run", "2026-03-05T10:00:00")
    assert report["workbooks"] == ["team", "other"]
    written = {it["replica"]: it for it in report["written"]}
    assert written["b.xlsx"]["cells"] == 1
    assert list(written["b.xlsx"]) == ["workbook", "replica", "cells", "new", "deleted", "ids", "tabs"]
    (finding,) = report["findings"]
    assert (finding["code"], finding["severity"], finding["cell"]) == ("D002", "error", "E3")


def test_findings_are_told_by_the_cells_of_one_copy_where_copies_differ(call: Call, two_files: Desk) -> None:
    with two_files.at("b.xlsx") as workbook:
        workbook["People"].insert_rows(3)
    two_files.type("a.xlsx", "Ana", "Name", None)
    call("-C", two_files.folder, "run")
    out = call("-C", two_files.folder, "validate").out
    assert "team > People\n  a.xlsx B3  Error  D003  Name is empty" in out
    two_files.type("a.xlsx", "Bo", "Name", None)
    call("-C", two_files.folder, "run")
    out = call("-C", two_files.folder, "validate").out
    assert "team > People   cells of a.xlsx\n  B3  Error  D003  Name is empty" in out


@pytest.mark.parametrize("command", ["run", "sync", "summarize", "announce", "validate"])
def test_a_dry_run_writes_no_file(call: Call, two_files: Desk, command: str) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "would cross")
    before = two_files.hashes()
    result = call("-C", two_files.folder, command, "--dry-run")
    assert result.code == 0
    assert "Dry run: nothing was written." in result.out
    assert two_files.hashes() == before


def test_a_damaged_ledger_is_a_message_and_no_traceback(call: Call, two_files: Desk) -> None:
    (two_files.folder / ".sheetsync/ledger.db").write_bytes(b"no database at all" * 100)
    result = call("-C", two_files.folder, "run")
    assert result.code == 3
    assert "ledger.db cannot be opened" in result.err
    assert "backup" in result.err
    assert result.out == ""


# the other commands


def test_rules_are_listed_and_explained(call: Call) -> None:
    codes = [rule["code"] for rule in json.loads(call("rules", "--json").out)["rules"]]
    assert {"D001", "M104", "G401"} <= set(codes)
    explained = call("rules", "m104")
    assert explained.code == 0
    assert "CTO" in explained.out
    assert "What to do" in explained.out


def test_init_makes_a_program_that_passes(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = call("init", folder, "--name", 'Acme "North"', "--operator", "maya@acme.example")
    assert made.code == 0
    assert (folder / "Stakeholder Map.xlsx").is_file()
    assert "Next: open the workbooks" in made.out
    assert json.loads(call("-C", folder, "run", "--json").out)["program"] == 'Acme "North"'
    again = call("init", folder, "--name", "Acme", "--operator", "maya@acme.example")
    assert again.code == 2
    assert "is there already" in again.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--name", "Acme"], "--operator maya@acme.example"),
        (["--name", "Acme", "--operator", "maya"], '"maya" is not a mail address'),
        (["--name", " ", "--operator", "maya@acme.example"], "The program needs a name."),
    ],
)
def test_init_says_what_it_lacks(call: Call, tmp_path: Path, args: list[str], words: str) -> None:
    result = call("init", tmp_path / "new", *args)
    assert result.code == 2
    assert words in result.err
    assert not (tmp_path / "new").exists()


def test_provision_says_what_it_made_and_then_that_all_is_there(call: Call, two_files: Desk) -> None:
    assert call("-C", two_files.folder, "provision").out == "Everything is there.\n"
    two_files.path("b.xlsx").unlink()
    planned = call("-C", two_files.folder, "provision", "--dry-run")
    assert f"{two_files.path('b.xlsx')}: made from the template team.\n" in planned.out
    assert not two_files.path("b.xlsx").exists()
    assert call("-C", two_files.folder, "provision", "other").out == "Everything is there.\n"
    call("-C", two_files.folder, "provision", "team")
    assert two_files.path("b.xlsx").exists()
    assert 'has no workbook "tema"' in call("-C", two_files.folder, "provision", "tema").err


def test_the_outbox_is_listed_and_a_mail_previewed(call: Call, acme: Desk) -> None:
    mails = json.loads(call("-C", acme.folder, "outbox", "--json").out)["mails"]
    assert mails
    assert list(mails[0]) == ["number", "subject", "kind", "address", "state", "planned", "remark"]
    listed = call("-C", acme.folder, "outbox").out
    number = f"{mails[0]['number']:>4}"
    assert (
        f"{number}  2026-03-04 09:00  written  {mails[0]['subject']}\n      to {mails[0]['address']}"
        in listed
    )

    page = call("-C", acme.folder, "preview", "--print")
    path = Path("".join(page.out.splitlines()))
    assert "<html" in path.read_text(encoding="utf-8")
    wrong = call("-C", acme.folder, "preview", "no such mail", "--print")
    assert wrong.code == 2
    assert '"no such mail"' in wrong.err


def test_the_demo_runs_in_a_new_folder_only(call: Call, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    refused = call("demo", tmp_path / "taken")
    assert refused.code == 2
    assert "not empty" in refused.err


# as a process of its own


def test_python_m_sheetsync_ends_with_the_exit_code_and_prints_no_colors(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", "three")
    done = process("-C", str(two_files.folder), "validate", NO_COLOR="1", FORCE_COLOR="")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "D002" in done.stdout
    assert "\x1b[" not in done.stdout


def test_the_version_is_that_of_the_package() -> None:
    done = process("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("sheetsync ")


def test_an_import_that_brings_what_has_to_be_mended_says_so_and_ends_with_1(
    call: Call, two_files: Desk, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    register.write_text("Name,Email\nUma,uma@acme.example\n")
    done = call("-C", two_files.folder, "import", register, "--yes")
    assert (done.code, "Taken over. What needs a look: " in done.out) == (0, True)
    register.write_text("Name,Hours\nViv,three\n")
    done = call("-C", two_files.folder, "import", register, "--yes")
    assert (done.code, "Taken over. 1 error to mend came with it: " in done.out) == (1, True)


def test_what_is_the_same_of_several_copies_is_told_once(call: Call, two_files: Desk) -> None:
    (two_files.program.state / "ledger.db").unlink()
    done = call("-C", two_files.folder, "run")
    assert done.code == 3
    assert re.search(
        r"^Stopped: a.xlsx: was synced before, .*\n  The same: b.xlsx, other.xlsx\n  If ",
        done.out,
        re.MULTILINE,
    )
    assert done.out.count("the ledger is new") == 1


def test_forgetting_shows_what_goes_and_wants_a_yes(call: Call, two_files: Desk) -> None:
    refused = call("-C", two_files.folder, "forget", "Cleo")
    assert refused.code == 2
    assert "Would go: Cleo, cleo@acme.example" in refused.out
    assert "--yes" in refused.err
    assert "Cleo" in two_files.people("a.xlsx")
    planned = json.loads(call("-C", two_files.folder, "forget", "Cleo", "--dry-run", "--json").out)
    assert (planned["rows"], planned["cells"], planned["remains"]) == (["People, Cleo"], [], [])
    done = call("-C", two_files.folder, "forget", "Cleo", "--yes")
    assert done.code == 0
    assert "Gone: Cleo" in done.out
    assert "Cleo" not in two_files.people("b.xlsx")
    nobody = call("-C", two_files.folder, "forget", "Cleo", "--yes")
    assert (nobody.code, nobody.out) == (2, "")
    assert 'Nobody is called "Cleo" in the copies, the ledger and the mails' in nobody.err


def test_what_is_forgotten_is_told_cell_by_cell_and_the_backups_in_one_line(
    call: Call, two_files: Desk
) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo")
    two_files.run()
    out = call("-C", two_files.folder, "forget", "Cleo", "--dry-run").out
    assert "People, Cleo: the whole row" in out
    assert "People, Ana, Note (a.xlsx G3): asked Cleo -> asked (removed)" in out
    assert re.search(r"^  \d backups go on without them$", out, re.MULTILINE)
    assert ".sheetsync" not in out
