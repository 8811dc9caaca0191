"""Every failure sheetsync reports on purpose, each with the exit code it ends the command with.

An exception is for failing: a fault in people's data is a *finding*, a disagreement between copies is a
*conflict*, and both are values. A message says what happened, where, what was expected and what to do now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SheetsyncError(Exception):
    """Base of all errors shown to a person: never a traceback, always `what` and `do`.

    Args:
        what: One sentence: what happened, and where (file, tab, cell).
        do: What the person can do now; empty where the sentence says it all.
    """

    exit_code = 3

    def __init__(self, what: str, do: str = "") -> None:
        self.what = what
        self.do = do
        super().__init__(f"{what} {do}".strip())


class UsageError(SheetsyncError):
    """The command was called in a way that cannot be carried out."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration or template file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}" if self.key else f"{self.file}: {self.message}"


class ConfigError(SheetsyncError):
    """A program file or a template is wrong; carries every problem found, not only the first."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{head} in the configuration:\n{lines}", "Mend them and run the command again.")


class LedgerError(SheetsyncError):
    """The ledger cannot be opened, or it belongs to something else."""


class LedgerDamaged(LedgerError):
    """The ledger is there and can be read, and is no database or not a whole one."""


class LedgerNewer(LedgerError):
    """A newer sheetsync made the ledger: it is whole, and this one cannot read it."""


class ReplicaError(SheetsyncError):
    """A replica cannot be read or written; the file stays byte for byte as it was."""


class ReplicaMissing(ReplicaError):
    """The file or spreadsheet of a replica is not there."""


class ReplicaBusy(ReplicaError):
    """The replica is open in another program; the next pass takes it."""


class ReplicaUnreadable(ReplicaError):
    """The replica is there but is not a workbook that can be read: encrypted, cut short, another format."""


class ReplicaMismatch(ReplicaError):
    """The replica is a workbook, but its tabs, headers or margin are not those of its template."""


class ReplicaChanged(ReplicaError):
    """The replica changed between reading and writing; the pass starts again."""


class Brake(SheetsyncError):
    """A pass was stopped before its first write because going on could lose people's work.

    Args:
        name: The word that lifts this brake once: `--lift NAME`.
    """

    def __init__(self, name: str, what: str, do: str) -> None:
        self.name = name
        super().__init__(what, do)


class NotProvisioned(SheetsyncError):
    """The program's workbooks are not made yet."""

    exit_code = 2


class LockHeld(SheetsyncError):
    """Another pass of this program is under way."""


class MailServerError(SheetsyncError):
    """No mail can leave now: the folder or server cannot be used, or refuses the login or the sender."""


class MailRefused(SheetsyncError):
    """The server did not take one mail, and said so.

    Args:
        for_good: Whether it will not take it later either.
    """

    def __init__(self, what: str, *, for_good: bool) -> None:
        self.for_good = for_good
        super().__init__(what)


class MailUnknown(SheetsyncError):
    """The connection broke while a mail was handed over: nobody can tell whether the server took it."""
