"""The Checks tab: a line for everything a person has to mend, and nothing private."""

from __future__ import annotations

from datetime import date

from core.builders import program
from sheetsync.core.plan import CellLink
from sheetsync.core.rules.registry import ADVICE, ERROR, Finding
from sheetsync.core.status.checks import CHECKS_HEADERS, checks_cells

MAP = {
    "program": {"stage": "Expolre"},
    "stakeholders": [{"name": "Ana Ruiz", "last_reviewed": date(2026, 1, 2)}],
}


def finding(row_id: str = "stakeholders1", *, tab: str = "stakeholders", **values: object) -> Finding:
    facts = {"code": "D001", "severity": ERROR, "workbook": "map", "column": "influence"}
    facts |= {"message": "9 is not an influence.", "do": "Choose 1 to 5."}
    return Finding(tab=tab, row_id=row_id, **{**facts, **values})


def lines(cells: dict[tuple[int, int], object], width: int) -> list[tuple[object, ...]]:
    last = max(row for row, _ in cells)
    return [tuple(cells.get((row, column)) for column in range(2, 2 + width)) for row in range(6, last + 1)]


def test_a_finding_is_a_line_with_the_name_of_its_row_and_a_link_to_its_cell():
    book = program(MAP).books[0]
    cells = checks_cells([finding(), finding("stage", tab="program", column="value")], book)
    assert cells[2, 2] == "Checks"
    assert cells[3, 2] == "2 errors. Mend a cell, and its line is gone after the next run."
    assert tuple(cells[5, column] for column in range(2, 9)) == CHECKS_HEADERS
    link = CellLink("stakeholders", "stakeholders1", "influence")
    assert lines(cells, 7) == [
        ("Error", "D001", "Stakeholders", "Ana Ruiz", link, "9 is not an influence.", "Choose 1 to 5."),
        (
            "Error",
            "D001",
            "Program",
            "Stage",
            CellLink("program", "stage", "value"),
            "9 is not an influence.",
            "Choose 1 to 5.",
        ),
    ]


def test_a_finding_about_a_whole_tab_or_a_row_that_is_gone_names_no_row():
    cells = checks_cells([finding("", column=""), finding("gone")], program(MAP).books[0])
    assert [line[3:5] for line in lines(cells, 7)] == [
        (None, CellLink("stakeholders", "", "")),
        (None, CellLink("stakeholders", "gone", "influence")),
    ]


def test_private_findings_and_those_of_other_workbooks_never_appear():
    findings = [finding(private=True), finding(workbook="group")]
    cells = checks_cells(findings, program(MAP).books[0])
    assert cells[3, 2] == "Nothing to do."
    assert max(row for row, _ in cells) == 5


def test_the_sentence_counts_by_severity():
    findings = [finding(), finding(severity=ADVICE), finding(severity=ADVICE)]
    sentence = checks_cells(findings, program(MAP).books[0])[3, 2]
    assert sentence.startswith("1 error, 2 pieces of advice. ")
