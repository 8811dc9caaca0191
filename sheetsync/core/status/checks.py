"""What the Checks tab says: one line a finding, with links to the cells.

Row 1 and column A are the margin; the title is in B2, a sentence in B3, the header in row 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sheetsync.core.plan import CellLink, MachineValue
from sheetsync.core.records import Book
from sheetsync.core.rules.registry import Finding, Severity
from sheetsync.core.status.content import Place
from sheetsync.core.status.headline import public
from sheetsync.core.wording import counted

CHECKS_TITLE = "Checks"
CHECKS_HEADERS = ("Severity", "Code", "Tab", "Row", "Cell", "What", "What to do")
LIST_TITLE_ROW, LIST_SENTENCE_ROW, LIST_HEADER_ROW = 2, 3, 5
LIST_COLUMN = 2  # of the first header

_CHECKS_DO = "Mend a cell, and its line is gone after the next run."
NOTHING = "Nothing to do."

Line = tuple[MachineValue, ...]
Names = Mapping[tuple[str, str], str]


def checks_cells(findings: Iterable[Finding], book: Book) -> Mapping[Place, MachineValue]:
    """The Checks tab of a workbook: its findings in the given order, private ones never."""
    shown, names = public(findings, book), row_names(book)
    lines = [_finding_line(finding, book, names) for finding in shown]
    counts = ((sum(it.severity is severity for it in shown), severity) for severity in Severity)
    tally = ", ".join(counted(n, s.label.lower(), _PLURALS[s]) for n, s in counts if n)
    return listing(CHECKS_TITLE, f"{tally}. {_CHECKS_DO}" if shown else NOTHING, CHECKS_HEADERS, lines)


_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.ADVICE: "pieces of advice"}


def _finding_line(finding: Finding, book: Book, names: Names) -> Line:
    tab = book.template.tabs[finding.tab]
    row = names.get((finding.tab, finding.row_id), "")
    link = CellLink(finding.tab, finding.row_id, finding.column)
    return (finding.severity.label, finding.code, tab.title, row, link, finding.message, finding.do)


def row_names(book: Book) -> Names:
    """How a person names each row, by tab and row id: a record by its label, a form's row by its setting."""
    return {
        (tab.key, row.id): tab.columns[row.id].label if row.id in tab.columns else book.label(tab, row)
        for tab in book.template.synced()
        for row in book.records(tab.key)
    }


def listing(
    title: str, sentence: str, headers: Sequence[str], lines: Sequence[Line]
) -> dict[Place, MachineValue]:
    """A tab that lists: its title, a sentence, a header and one line each."""
    cells: dict[Place, MachineValue] = {
        (LIST_TITLE_ROW, LIST_COLUMN): title,
        (LIST_SENTENCE_ROW, LIST_COLUMN): sentence,
    }
    for row, line in enumerate((headers, *lines), LIST_HEADER_ROW):
        for column, value in enumerate(line, LIST_COLUMN):
            if value not in (None, ""):
                cells[row, column] = value
    return cells
