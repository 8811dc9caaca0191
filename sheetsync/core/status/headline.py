"""The first lines of a status tab: how things are, why, and what it is all for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetsync.core.records import Book, View
from sheetsync.core.rules.registry import ADVICE, ERROR, WARNING, Finding, Severity
from sheetsync.core.status.dates import moment
from sheetsync.core.status.registry import Measure
from sheetsync.core.status.sheet import HEADLINE
from sheetsync.core.values import Value
from sheetsync.core.wording import counted, listed

GREEN, AMBER, RED = "Green", "Amber", "Red"
#: What stands for the next run where none starts by itself.
NOT_SCHEDULED = "Not scheduled"
_NO_NORTH_STAR = "Not written yet: it goes on the Program tab of the stakeholder map."


def health(view: View, findings: Iterable[Finding], book: Book | None = None) -> tuple[str, str]:
    """Green, Amber or Red, and the reason in a sentence.

    Red: an open conflict, or an error that keeps a mail or a promise from being kept. Amber: a warning, or a
    cell to mend: a typing error says little about a program. Advice and private findings change nothing.

    Args:
        view: The program, with its open conflicts.
        findings: Of the whole program, in any order.
        book: The workbook in question; the whole program without one.
    """
    shown = public(findings, book)
    cells = sum(it.severity is ERROR and it.code.startswith("D") for it in shown)
    errors, warnings = _count(shown, ERROR) - cells, _count(shown, WARNING)
    urgent = (errors, "error"), (_conflicts(view, book), "open conflict")
    if _told(*urgent):
        return RED, f"{_told(*urgent, (cells, 'faulty cell'))} for a person to settle."
    if look := _told((cells, "faulty cell"), (warnings, "warning")):
        return AMBER, f"{look} to look at."
    return GREEN, "Nothing waits for a person."


def _told(*parts: tuple[int, str]) -> str:
    return listed([counted(number, noun) for number, noun in parts if number])


def headline(measure: Measure) -> tuple[tuple[str, Value], ...]:
    """Names and values of the headline, in the order of the sheet."""
    view, book = measure.view, measure.book
    shown = public(measure.findings, book)
    values: tuple[Value, ...] = (
        *health(view, measure.findings, book),
        view.setting("north_star").text("north_star") or _NO_NORTH_STAR,
        *(_count(shown, severity) for severity in (ERROR, WARNING, ADVICE)),
        _conflicts(view, book),
        moment(view.next_run) if view.next_run else NOT_SCHEDULED,
    )
    return tuple(zip(HEADLINE, values, strict=True))


def public(findings: Iterable[Finding], book: Book | None = None) -> list[Finding]:
    """The findings that may be shown, of one workbook or of all."""
    return [it for it in findings if not it.private and (book is None or it.workbook == book.name)]


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _conflicts(view: View, book: Book | None) -> int:
    return view.open_conflicts.get(book.name, 0) if book else sum(view.open_conflicts.values())
