"""The program file: what it may say, and every problem at once in words that help."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sheetsync import Program as PublicProgram
from sheetsync.cli.options import find_program
from sheetsync.errors import ConfigError, UsageError
from sheetsync.program import Program

SMALLEST = """
[program]
name = "Acme"
operator = "maya@acme.example"

[[workbook]]
name = "map"
template = "stakeholder-map"
replicas = ["Map.xlsx"]
"""


def load(folder: Path, text: str) -> Program:
    (folder / "sheetsync.toml").write_text(text, encoding="utf-8")
    return Program.load(folder)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert all(problem.file.endswith("sheetsync.toml") for problem in caught.value.problems)
    return [f"{problem.key}: {problem.message}" for problem in caught.value.problems]


def test_the_smallest_file_gets_sensible_defaults(tmp_path: Path) -> None:
    program = load(tmp_path, SMALLEST)
    assert (program.name, program.mail.operator, program.mail.live) == ("Acme", "maya@acme.example", False)
    assert program.workbook("map").replicas == ("Map.xlsx",)
    assert program.mail.links == {"map": "Map.xlsx"}
    assert program.ledger_url == f"sqlite:///{(tmp_path / '.sheetsync/ledger.db').as_posix()}"
    assert program.outbox == tmp_path / "outbox"
    assert program.settings.stale_review_days == 60


def test_thresholds_rules_and_mail_can_be_set(tmp_path: Path) -> None:
    program = load(
        tmp_path,
        SMALLEST
        + """
link = "https://acme.example/map"
[settings]
stale_review_days = 30
stage_needs = { Explore = ["Legal"] }
[rules]
off = ["M104"]
[mail]
org = ["news@acme.example"]
digest_day = "friday"
""",
    )
    assert program.settings.stale_review_days == 30
    assert program.settings.stage_needs == {"Explore": ("Legal",)}
    assert program.rules_off == ("M104",)
    assert (program.mail.org, program.mail.digest_day) == (("news@acme.example",), "friday")
    assert program.mail.links == {"map": "https://acme.example/map"}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('host = "smtp.acme.example"\nsecurity = "ssl"', 'smtp, security: "ssl" is not known'),
        (
            'host = "smtp.acme.example"\nsecurity = "none"',
            '"none" is for a mail server on this machine alone',
        ),
        ('host = "smtp.acme.example"\nport = 99999', "smtp, port: 99999 is no port"),
        ('user = "maya"', "smtp, host: expected the name of a mail server"),
        ('host = "smtp.acme.example"\npassword = "hunter2"', "password: this key is not known"),
    ],
)
def test_mail_leaves_through_a_named_server_over_a_safe_line_and_no_password_stands_in_the_file(
    tmp_path: Path, table: str, problem: str
) -> None:
    (found,) = problems(tmp_path, f"{SMALLEST}[smtp]\n{table}\n")
    assert problem in found


def test_a_program_may_add_values_and_switch_columns_on(tmp_path: Path) -> None:
    text = SMALLEST.replace("stakeholder-map", "working-group").replace("map", "group")
    program = load(tmp_path, text)
    assert "learning" not in program.workbook("group").template.tabs["intake"].columns
    program = load(
        tmp_path, text + 'columns = ["intake.learning"]\nvalues = { "members.level" = ["fellow"] }\n'
    )
    tabs = program.workbook("group").template.tabs
    assert "learning" in tabs["intake"].columns
    assert "fellow" in tabs["members"].columns["level"].values


def test_all_wrong_types_and_unknown_or_missing_keys_are_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[program]
name = 5
live = "no"
colour = "red"

[[workbook]]
name = "map"
template = "stakeholder-map"
replicas = "Map.xlsx"

[settings]
stale_reviw_days = 30
""",
    )
    assert "program, name: expected text in quotation marks, found 5." in found
    assert "program, operator: this key is missing, and has to be there." in found
    assert 'program, live: expected true or false, without quotation marks, found "no".' in found
    assert any(it.startswith("program, colour: this key is not known.") for it in found)
    assert 'workbook "map", replicas: expected a list in square brackets, found "Map.xlsx".' in found
    assert any('"stale_review_days"' in it or "stale_review_days" in it for it in found)
    assert len(found) == 6


def test_wrong_types_and_values_that_cannot_be_are_said_together_and_nothing_twice(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[program]
name = ""
operator = "nobody"
live = "no"

[[workbook]]
name = 4
template = "stakeholder-mup"
replicas = ["Map.xlsx", 3]

[[workbook]]
template = "working-group"
replicas = ["Group.doc"]

[schedule]
at = 7
days = ["munday"]
""",
    )
    places = [it.partition(":")[0] for it in found]
    assert sorted(places) == [
        "program, live",
        "program, name",
        "program, operator",
        "schedule, at",
        "schedule, days",
        'workbook "4", name',
        'workbook "4", replicas 2',
        'workbook "4", template',
        "workbook 2, name",
        "workbook 2, replicas",
    ]


def test_all_values_that_cannot_be_are_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[program]
name = " "
operator = "maya"

[mail]
digest_day = "mondy"
org = ["news"]

[schedule]
at = "25:00"
days = ["funday"]

[rules]
off = ["M999"]

[[workbook]]
name = "map"
template = "stakeholder-map"
replicas = ["Map.xlsx", "google:1AbC", "Map.ods"]

[[workbook]]
name = "map"
template = "working-group"
replicas = ["Map.xlsx"]

[[workbook]]
name = "empty"
template = "working-group"
replicas = []
""",
    )
    text = "\n".join(found)
    for words in (
        "program, name: expected the program's name",
        'program, operator: "maya" is not a mail address',
        'mail, digest_day: "mondy" is not known. Did you mean',
        'mail, org: "news" is not a mail address',
        'schedule, at: "25:00" is not a time',
        'schedule, days: "funday" is not known',
        'rules, off: "M999" is not known',
        '"google:1AbC" names no Google spreadsheet',
        '"Map.ods" is not an Excel workbook; expected a file that ends in .xlsx or .xlsm',
        "expected a name that no other workbook of the program has",
        '"Map.xlsx" is listed twice (also for "map")',
        'workbook "empty", replicas: expected at least one file',
    ):
        assert words in text


def test_an_unknown_template_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, SMALLEST.replace("stakeholder-map", "stakeholder-mop"))
    assert 'template: "stakeholder-mop" is not known. Did you mean "stakeholder-map"?' in str(caught.value)


def test_columns_and_values_that_no_column_has_are_named(tmp_path: Path) -> None:
    found = problems(
        tmp_path, SMALLEST + 'columns = ["stakeholders.shirt"]\nvalues = { "stakeholders.owner" = ["x"] }\n'
    )
    assert [it.split(":")[0] for it in found] == ['workbook "map", columns', 'workbook "map", values']


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[program\n", "line 1: '[program' is not valid TOML: "),
        ("[program]\nat = 7:00\n", "line 2: 'at = 7:00' is not valid TOML: "),
        (
            "[mail]\n[program]\n[mail]\n",
            "line 3: '[mail]' is not valid TOML: [mail] stands here for the second",
        ),
        ("", "program: this key is missing"),
    ],
)
def test_a_file_that_is_no_program_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    assert words in "\n".join(problems(tmp_path, text))


def test_the_program_is_the_named_one_else_the_nearest_upwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHEETSYNC_PROGRAM", raising=False)
    (tmp_path / "acme" / "notes").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"no sheetsync.toml .* or in a folder above it"):
        find_program(None, tmp_path / "acme")
    (tmp_path / "acme" / "sheetsync.toml").touch()
    assert find_program(None, tmp_path / "acme" / "notes") == tmp_path / "acme"
    monkeypatch.setenv("SHEETSYNC_PROGRAM", "elsewhere")
    assert find_program(None, tmp_path / "acme") == Path("elsewhere")
    assert find_program(Path("named"), tmp_path / "acme") == Path("named")


def test_an_unknown_workbook_is_answered_with_those_there_are(tmp_path: Path) -> None:
    program = load(tmp_path, SMALLEST)
    with pytest.raises(UsageError, match=r'has no workbook "group"\. It has: map'):
        program.workbook("group")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 4, 6, 0), datetime(2026, 3, 4, 7, 0)),
        (datetime(2026, 3, 4, 7, 0), datetime(2026, 3, 5, 7, 0)),
        (datetime(2026, 3, 6, 9, 0), datetime(2026, 3, 9, 7, 0)),
    ],
)
def test_the_next_run_is_the_next_scheduled_moment(tmp_path: Path, now: datetime, expected: datetime) -> None:
    assert load(tmp_path, SMALLEST).schedule.next_run(now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 4, 6, 0), datetime(2026, 3, 4, 7, 10)),
        (datetime(2026, 3, 4, 7, 10), datetime(2026, 3, 4, 9, 10)),
        (datetime(2026, 3, 6, 23, 30), datetime(2026, 3, 9, 1, 10)),
    ],
)
def test_runs_may_start_more_often_than_daily(tmp_path: Path, now: datetime, expected: datetime) -> None:
    often = load(tmp_path, f'{SMALLEST}\n[schedule]\nat = "07:10"\nevery = "2h"\n')
    assert often.schedule.next_run(now) == expected


def test_a_login_with_a_token_needs_a_command_that_prints_it(tmp_path: Path) -> None:
    table = '[smtp]\nhost = "smtp.acme.example"\nuser = "maya@acme.example"\nauth = "xoauth2"\n'
    (problem,) = problems(tmp_path, f"{SMALLEST}\n{table}")
    assert (
        problem == 'smtp, auth: "xoauth2" needs a user, and a password_command that prints an access token.'
    )
    assert load(tmp_path, f'{SMALLEST}\n{table}password_command = ["token"]\n').smtp.auth == "xoauth2"


@pytest.mark.parametrize("line", ["days = []", 'at = "07:00+01:00"', 'at = "seven"', 'every = "7min"'])
def test_a_schedule_has_a_local_time_and_a_day(tmp_path: Path, line: str) -> None:
    (problem,) = problems(tmp_path, f"{SMALLEST}\n[schedule]\n{line}\n")
    assert problem.startswith(f"schedule, {line.split()[0]}: ")


def test_one_file_written_in_two_ways_is_listed_twice(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, SMALLEST.replace('"Map.xlsx"', '"Map.xlsx", "./Map.xlsx"'))
    assert '"./Map.xlsx" is listed twice' in problem


def test_the_public_program_offers_the_verbs_as_methods(tmp_path: Path) -> None:
    load(tmp_path, SMALLEST)
    program = PublicProgram.load(tmp_path)
    assert program.provision().done
    report = program.run(now=datetime(2026, 3, 4, 9, 0))
    assert report.workbooks == ("map",)
    assert program.sync(now=datetime(2026, 3, 4, 9, 1)).troubles == ()
    assert program.validate(now=datetime(2026, 3, 4, 9, 2)).dry_run


def test_a_winner_is_one_of_the_copies_and_wins_in_a_column_that_people_fill(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path, f'{SMALLEST}winner = "Mop.xlsx"\nwinners = {{ "stakeholders.nme" = "Map.xlsx" }}\n'
    )
    assert any('"Mop.xlsx" is not known. Did you mean "Map.xlsx"?' in it for it in wrong)
    workbook = load(tmp_path, f'{SMALLEST}winner = "Map.xlsx"\n').workbook("map")
    assert workbook.winner_of(workbook.template.tabs["stakeholders"], "name") == "Map.xlsx"
