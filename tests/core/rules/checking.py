"""What the tests of rules share: one rule's findings in a program."""

from sheetsync.core.records import View
from sheetsync.core.rules import RULES
from sheetsync.core.rules.registry import Finding


def findings(code: str, view: View) -> list[Finding]:
    """Everything the rule of this code finds."""
    return list(RULES[code].findings(view))


def places(code: str, view: View) -> list[tuple[str, str, str]]:
    """Where the rule of this code fires: (tab, row id, column)."""
    return [(found.tab, found.row_id, found.column) for found in findings(code, view)]
