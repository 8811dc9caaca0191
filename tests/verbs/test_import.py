"""Taking over a register: which sheets go where, and what a person says of headers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from sheetsync.errors import ReplicaError, UsageError
from sheetsync.program import Program
from sheetsync.verbs.import_ import Proposal, carry_out, propose_import
from sheetsync.verbs.init import init
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.runs import list_runs

NOW = datetime(2026, 3, 4, 9, 0)
SHEETS = {
    "Contacts": [
        ["Contact person", "Stance", "Shoe"],
        ["Ana Ruiz", "supportive", 38],
        ["Bo Lee", "unsure", 44],
    ],
    "ERG": [["Name", "Team"], ["Cy Ng", "ERG"]],
    "Notes": [["To do", "Done"], ["Call the caterer", "no"]],
}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    init(tmp_path / "acme", "Acme", "maya@acme.example")
    return Program.load(tmp_path / "acme")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in SHEETS.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "register.xlsx"
    workbook.save(path)
    return path


def taken(proposal: Proposal) -> dict[str, int]:
    return {it.sheet: len(it.plan.new) for it in proposal.tabs}


def rows(program: Program) -> list[dict[object, object]]:
    sheet = openpyxl.load_workbook(program.folder / "Stakeholder Map.xlsx")["Stakeholders"]
    headers = [cell.value for cell in sheet[2]]
    found = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=3, values_only=True)]
    return [row for row in found if row["Name"]]


def stakeholders(program: Program) -> dict[object, tuple[object, ...]]:
    return {row["Name"]: (row["Stance now"], row.get("Shoe")) for row in rows(program)}


def beside(program: Program, header: str) -> dict[object, object]:
    return {row["Name"]: row[header] for row in rows(program)}


def test_a_header_is_mapped_in_the_sheets_that_have_it(program: Program, register: Path) -> None:
    forced = {"Contact person": "Name"}
    proposal = propose_import(program, register, NOW, "map/stakeholders", forced, dry_run=True)
    assert taken(proposal) == {"Contacts": 2, "ERG": 1}
    assert proposal.unfit == ("Notes",), "what has nothing for the tab is left out, and told"


def test_a_header_that_no_sheet_has_is_a_wrong_call(program: Program, register: Path) -> None:
    with pytest.raises(UsageError, match=r'no sheet has the header "Nome".*Contact person'):
        propose_import(program, register, NOW, forced={"Nome": "name"}, dry_run=True)


def test_only_the_sheets_that_are_named_are_taken(program: Program, register: Path) -> None:
    assert taken(propose_import(program, register, NOW, sheets=["ERG"], dry_run=True)) == {"ERG": 1}
    with pytest.raises(UsageError, match=r'no sheet "Erg" with a table in it.*Contacts, ERG, Notes'):
        propose_import(program, register, NOW, sheets=["Erg"], dry_run=True)


def test_importing_keeps_odd_values_and_own_columns_and_a_second_time_adds_nothing(
    program: Program, register: Path
) -> None:
    def propose() -> Proposal:
        forced = {"Contact person": "Name"}
        return propose_import(program, register, NOW, "map/stakeholders", forced, ["Contacts"])

    report = carry_out(program, propose(), NOW)
    assert report.troubles == ()
    assert [it.verb for it in list_runs(program, 2)] == ["import", "run"], "what is there gets its ids first"
    assert stakeholders(program) == {"Ana Ruiz": ("supportive", 38), "Bo Lee": ("unsure", 44)}
    assert not any(it.adds for it in propose().tabs)
    after = run_pass(program, NOW, Options(Verb.RUN))
    assert not any(it.tabs for it in after.written)
    assert "D001" in {it.finding.code for it in after.findings}


def test_another_program_s_workbook_is_taken_over_as_people_see_it(program: Program, tmp_path: Path) -> None:
    init(tmp_path / "other", "Other", "bo@acme.example")
    colleague = tmp_path / "other" / "Stakeholder Map.xlsx"
    workbook = openpyxl.load_workbook(colleague)
    workbook["Stakeholders"]["B3"], workbook["Stakeholders"]["C3"] = "Ana Ruiz", "ana@acme.example"
    workbook.save(colleague)
    proposal = propose_import(program, colleague, NOW)
    (found,) = (it for it in proposal.tabs if it.adds)
    assert (found.tab.key, found.plan.new) == (
        "stakeholders",
        ({"name": "Ana Ruiz", "email": "ana@acme.example"},),
    )
    assert found.plan.extras == {}
    assert not {"Lists", "Status", "Checks", "Program"}.intersection((*taken(proposal), *proposal.unfit))


def test_a_copy_of_the_program_s_own_is_not_imported(program: Program) -> None:
    with pytest.raises(UsageError, match='copy of this program\'s own workbook "map"'):
        propose_import(program, program.folder / "Stakeholder Map.xlsx", NOW)


def test_only_the_errors_that_came_with_an_import_are_counted(program: Program, tmp_path: Path) -> None:
    register = tmp_path / "register.csv"

    def brought(text: str) -> int:
        register.write_text(text, encoding="utf-8")
        proposal = propose_import(program, register, NOW, "map/stakeholders")
        return proposal.brought(carry_out(program, proposal, NOW))

    assert brought("Name,Influence\nAna Ruiz,9\nBo Lee,3\n") == 1
    assert brought("Name,Influence\nCy Ng,4\n") == 0


def test_columns_of_ones_own_come_in_for_people_who_are_all_there(program: Program, register: Path) -> None:
    forced = {"Contact person": "Name"}
    carry_out(program, propose_import(program, register, NOW, "map/stakeholders", forced, ["Contacts"]), NOW)
    desks = register.with_name("desks.csv")
    desks.write_text("Name,Shoe,Desk\nAna Ruiz,39,A4\nBo Lee,,\n", encoding="utf-8")

    def propose() -> Proposal:
        return propose_import(program, desks, NOW, "map/stakeholders")

    (found,) = propose().tabs
    assert found.adds
    assert (len(found.plan.completed), found.plan.skipped) == (1, (3,))
    assert carry_out(program, propose(), NOW).troubles == ()
    assert beside(program, "Desk") == {"Ana Ruiz": "A4", "Bo Lee": None}
    assert beside(program, "Shoe") == {"Ana Ruiz": 38, "Bo Lee": 44}, "what people typed there stays"
    assert not any(it.adds for it in propose().tabs)


def test_nothing_is_imported_into_a_workbook_that_is_open_elsewhere(program: Program, register: Path) -> None:
    (program.folder / "~$Stakeholder Map.xlsx").touch()
    with pytest.raises(ReplicaError, match="Nothing was imported"):
        propose_import(program, register, NOW, "map/stakeholders", {"Contact person": "Name"})
