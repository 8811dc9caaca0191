"""People who use LibreOffice: it opens, edits, sorts and saves a workbook, and the next pass goes on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from replicas.excel_making import validation_of
from scenarios.desk import NAMES, Desk, last_row
from scenarios.office import save_in_libreoffice

pytestmark = pytest.mark.office
MAP, GROUP = "Stakeholder Map.xlsx", "Working Group.xlsx"
_HANDS = Path(__file__).with_name("office_hands.py")

Hands = Callable[..., None]


@cache
def python_with_uno() -> str:
    """LibreOffice's bridge belongs to the system's Python, not to ours."""
    for command in ("/usr/bin/python3", "python3"):
        found = shutil.which(command)
        if (
            found
            and not subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode
        ):
            return found
    return ""


@pytest.fixture
def hands(soffice: str, tmp_path: Path) -> Hands:
    """Does something on a tab of a file, in LibreOffice, and saves."""
    python = python_with_uno()
    if not python:
        pytest.skip("LibreOffice's Python bridge (python3-uno) is not installed")

    def act(path: Path, tab: str, *actions: str) -> None:
        command = [python, str(_HANDS), soffice, str(tmp_path / "profile"), str(path), tab, *actions]
        subprocess.run(command, check=True, capture_output=True, timeout=120)

    return act


def test_opened_and_saved_the_sample_program_loses_nothing(acme: Desk, soffice: str, tmp_path: Path) -> None:
    ids = {tab: acme.ids(MAP, tab) for tab in ("Stakeholders", "Approach", "Conversations")}
    charts = len(acme.sheet(MAP, "Status")._charts)
    save_in_libreoffice(soffice, acme.path(MAP), tmp_path)

    report = acme.run()
    acme.settle()

    assert (report.troubles, report.conflicts, report.notes) == ((), (), ())
    assert {tab: acme.ids(MAP, tab) for tab in ids} == ids
    assert len(acme.sheet(MAP, "Status")._charts) == charts > 0
    sheet = acme.sheet(MAP, "Stakeholders")
    (table,) = sheet.tables.values()
    assert table.ref == f"A2:{table.ref.split(':')[1]}"
    assert table.ref.endswith(str(last_row(sheet)))
    assert validation_of(sheet, "D3") is not None
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden


def test_edits_inserted_and_deleted_rows_cross(two_files: Desk, hands: Hands) -> None:
    hands(
        two_files.path("a.xlsx"),
        "People",
        "type|G3|typed in LibreOffice",
        "number|E4|12.5",
        "delete-row|6",
        "insert-row|5",
        "type|B5|Ida",
    )
    report = two_files.run()
    two_files.settle()
    people = two_files.people("b.xlsx")
    assert report.troubles == ()
    assert set(people) == {*NAMES, "Ida"} - {"Dov"}
    assert people["Ana"]["Note"] == "typed in LibreOffice"
    assert people["Bo"]["Hours"] == 12.5
    assert two_files.ids("a.xlsx") == two_files.ids("b.xlsx")


@pytest.mark.parametrize("area", ["A3:G10", "B3:G10"], ids=["whole-table", "visible-columns-alone"])
def test_a_sort_is_no_edit_and_ids_go_with_their_rows(two_files: Desk, hands: Hands, area: str) -> None:
    ids, people = two_files.ids("a.xlsx"), two_files.people("b.xlsx")
    hands(two_files.path("a.xlsx"), "People", f"sort|{area}")
    assert two_files.column("a.xlsx", "Name") == sorted(NAMES, reverse=True)

    two_files.run()
    two_files.settle()

    assert two_files.ids("a.xlsx") == two_files.ids("b.xlsx") == ids
    assert two_files.people("b.xlsx") == people
    assert two_files.column("a.xlsx", "Name") == sorted(NAMES, reverse=True)
    assert two_files.column("b.xlsx", "Name") == list(NAMES)


def test_totals_are_calculated_anew_when_a_written_workbook_is_opened(
    two_files: Desk, soffice: str, tmp_path: Path
) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["I14"] = "=SUM(E3:E10)"
    save_in_libreoffice(soffice, two_files.path("a.xlsx"), tmp_path)

    def total() -> object:
        return openpyxl.load_workbook(two_files.path("a.xlsx"), data_only=True)["People"]["I14"].value

    before = total()
    assert isinstance(before, int)
    two_files.type("b.xlsx", "Ana", "Hours", 103)
    two_files.run()
    save_in_libreoffice(soffice, two_files.path("a.xlsx"), tmp_path)
    assert total() == before + 100
