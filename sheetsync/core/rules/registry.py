"""The one register of rules: a rule is a decorated function that holds everything about it.

```python
@rule("M201", WARNING, practices="M34 M35", tab="approach")
def message_without_equity_tie(check: Check) -> Iterator[Hit]:
    '''A message has no equity tie.

    Why: An offer that is all business case quietly drops the people it was meant for.
    Do: Write in "Equity tie" how this pitch serves racial and educational equity.
    Fires: Message "Cheaper hiring", Equity tie empty.
    '''
    for row in check.records():
        if row.text("message") and not row.text("equity_tie"):
            yield Hit("The message to ... has no equity tie.", row, "equity_tie")
```

`sheetsync rules` and the reference page are made from the docstring; nothing else lists the rules.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sheetsync.core.model import Tab
from sheetsync.core.records import Book, Observation, Record, View


class Severity(Enum):
    """How much a finding matters; the value sorts, the label is what people read."""

    ERROR = 0
    WARNING = 1
    ADVICE = 2

    @property
    def label(self) -> str:
        return self.name.capitalize()


ERROR, WARNING, ADVICE = Severity.ERROR, Severity.WARNING, Severity.ADVICE


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule yields: a sentence for the person who meets it, and where it is.

    Attributes:
        message: What is there and what was expected. Never a name together with a trait.
        record: The row concerned; `None` for the tab as a whole.
        column: Key of the column concerned, "" for the whole row. Of a form: "value".
        do: What to do now; "" takes the rule's own advice (the `Do:` of its docstring).
    """

    message: str
    record: Record | None = None
    column: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found, placed.

    Attributes:
        row_id: "" for the tab as a whole.
        private: Shown to the facilitator alone: never in a tab, a flag or the report.
    """

    code: str
    severity: Severity
    workbook: str
    tab: str
    row_id: str
    column: str
    message: str
    do: str
    private: bool = False


@dataclass(frozen=True)
class Check:
    """What a rule sees: the program, and the workbook and tab it is asked about.

    Attributes:
        tab: The tab the findings belong to (the rule's `tab`; each tab in turn for a generic rule).
    """

    code: str
    view: View
    book: Book
    tab: Tab

    def records(self, tab: str | None = None) -> tuple[Record, ...]:
        """The records of this tab, or of another tab of the same workbook."""
        return self.book.records(tab or self.tab.key)

    def label(self, record: Record) -> str:
        """What a message calls a record of this tab."""
        return self.book.called(self.tab, record)

    def observed(self) -> Iterator[Observation]:
        """What reading and merging noticed for this rule's code in this tab."""
        return (
            seen
            for seen in self.view.observations
            if (seen.code, seen.workbook, seen.tab) == (self.code, self.book.name, self.tab.key)
        )


CheckFunction = Callable[[Check], Iterable[Hit]]


@dataclass(frozen=True)
class Rule:
    """A rule: its code, severity, the practices it stands on, its documentation and its check.

    Attributes:
        tab: Key of the tab it looks at; "" for every tab of every template.
        private: Its findings go to the facilitator alone.
    """

    code: str
    severity: Severity
    practices: tuple[str, ...]
    tab: str
    private: bool
    check: CheckFunction = field(repr=False)

    @property
    def summary(self) -> str:
        """The docstring's first line: when it fires."""
        return _doc(self.check).split("\n", 1)[0]

    def part(self, name: str) -> str:
        """A part of the docstring: "Why", "Do" or "Fires", as one paragraph."""
        found = re.search(rf"^{name}: (.*?)(?=^[A-Z][a-z]+: |\Z)", _doc(self.check), re.M | re.S)
        return " ".join(found.group(1).split()) if found else ""

    def findings(self, view: View) -> Iterator[Finding]:
        """Everything this rule finds in the program."""
        for book in view.books:
            for tab in book.template.tab:
                if self.tab not in ("", tab.key):
                    continue
                for hit in self.check(Check(self.code, view, book, tab)):
                    yield Finding(
                        self.code,
                        self.severity,
                        book.name,
                        tab.key,
                        hit.record.id if hit.record else "",
                        hit.column,
                        hit.message,
                        hit.do or self.part("Do"),
                        self.private,
                    )


RULES: dict[str, Rule] = {}


def rule(
    code: str, severity: Severity, *, practices: str = "", tab: str = "", private: bool = False
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a rule; `practices` are numbers separated by blanks."""

    def register(check: CheckFunction) -> CheckFunction:
        if code in RULES:
            raise ValueError(f"two rules have the code {code}")
        RULES[code] = Rule(code, severity, tuple(practices.split()), tab, private, check)
        return check

    return register


def check_all(view: View, rules: Sequence[Rule], off: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Every finding of `rules` except those switched `off`: errors first, then by place."""
    left_out = set(off)
    found = (finding for each in rules if each.code not in left_out for finding in each.findings(view))
    return tuple(sorted(found, key=lambda it: (it.severity.value, it.workbook, it.tab, it.code)))


def _doc(check: CheckFunction) -> str:
    return inspect.getdoc(check) or ""
