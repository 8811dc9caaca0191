"""What a pass found and did, as data: printed for people, one JSON object for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sheetsync.core.rules.registry import ERROR, WARNING, Finding
from sheetsync.core.values import Value, to_json
from sheetsync.ledger.outbox import FAILED, PLANNED, UNKNOWN
from sheetsync.verbs.gather import Trouble

#: States of mails that only a person can bring further.
STUCK = (FAILED, UNKNOWN)


@dataclass(frozen=True)
class Written:
    """What was (in a dry run: would be) written to one replica.

    Attributes:
        cells, new, deleted, ids: How many cells, new rows, deleted rows and mended row ids.
        tabs: Titles of the tabs concerned, machine tabs among them.
    """

    workbook: str
    replica: str
    cells: int = 0
    new: int = 0
    deleted: int = 0
    ids: int = 0
    tabs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with where a person finds it.

    Attributes:
        tab: Title of the tab.
        cell: Address in the first replica that has it, "" for a tab as a whole.
        row, column: What people call the row and the column.
        replica: That replica, if others have it at another address, or lack it (a value that may not cross).
    """

    finding: Finding
    tab: str
    cell: str
    row: str
    column: str
    replica: str = ""


@dataclass(frozen=True)
class PlacedConflict:
    """A held cell with where it is: per place, the address and the value there.

    Attributes:
        code: What `sheetsync conflicts resolve` calls it.
        since: When it was first seen.
        remark: Why a choice that somebody made does not count; "" where nobody did.
    """

    code: str
    workbook: str
    tab: str
    row: str
    column: str
    opinions: Mapping[str, Value]
    cells: Mapping[str, str]
    since: datetime | None = None
    remark: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail that was decided on: where it lies once it was delivered."""

    subject: str
    kind: str
    address: str
    state: str
    file: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Report:
    """One pass.

    Attributes:
        milestones: Events that became rows of a Milestones tab in this pass.
        notes: What merging mended or decided, in a person's words.
        troubles: Replicas and workbooks that were left out.
        seconds: How long it took; 0 where nobody held a watch.
    """

    program: str
    verb: str
    now: datetime
    run: int = 0
    dry_run: bool = False
    workbooks: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()
    findings: tuple[PlacedFinding, ...] = ()
    conflicts: tuple[PlacedConflict, ...] = ()
    milestones: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mails: tuple[Mail, ...] = ()
    troubles: tuple[Trouble, ...] = field(default=())
    seconds: float = 0

    def exit_code(self, *, strict: bool = False) -> int:
        """0 done; 1 a person is needed, for an error, a conflict, a mail or a copy that is to be made; 3 a
        workbook was stopped or a replica failed.

        Args:
            strict: Warnings need a person too.
        """
        if any(trouble.failed for trouble in self.troubles):
            return 3
        grave = (ERROR, WARNING) if strict else (ERROR,)
        wrong = any(placed.finding.severity in grave for placed in self.findings)
        stuck = any(mail.state in STUCK for mail in self.mails)
        unmade = any(trouble.unprovisioned for trouble in self.troubles)
        return 1 if wrong or stuck or unmade or self.conflicts else 0

    def outcome(self) -> dict[str, object]:
        """What came of the pass in a few figures, for the ledger and for one line of a log."""
        return {
            "exit": self.exit_code(),
            "cells": sum(it.cells for it in self.written),
            "new": sum(it.new for it in self.written),
            "deleted": sum(it.deleted for it in self.written),
            "findings": len(self.findings),
            "conflicts": len(self.conflicts),
            "mails": sum(mail.state != PLANNED for mail in self.mails),
            "failed": [it.what for it in self.troubles if it.failed],
            "seconds": self.seconds,
        }

    def to_json(self) -> dict[str, object]:
        """The report as one JSON object; docs/json.md describes it."""
        return {
            "program": self.program,
            "verb": self.verb,
            "now": self.now.isoformat(),
            "run": self.run,
            "dry_run": self.dry_run,
            "workbooks": list(self.workbooks),
            "written": [asdict(it) for it in self.written],
            "findings": [_finding(it) for it in self.findings],
            "conflicts": [_conflict(it) for it in self.conflicts],
            "milestones": list(self.milestones),
            "notes": list(self.notes),
            "mails": [asdict(it) for it in self.mails],
            "troubles": [asdict(it) for it in self.troubles],
            "seconds": self.seconds,
        }


def in_seconds(elapsed: timedelta) -> float:
    """A time as reports, ledger and logs have it: seconds, to the hundredth."""
    return round(elapsed.total_seconds(), 2)


def _finding(it: PlacedFinding) -> dict[str, object]:
    found = it.finding
    return {
        "code": found.code,
        "severity": found.severity.label.lower(),
        "workbook": found.workbook,
        "tab": it.tab,
        "cell": it.cell,
        "replica": it.replica,
        "row": it.row,
        "column": it.column,
        "message": found.message,
        "do": found.do,
    }


def _conflict(it: PlacedConflict) -> dict[str, object]:
    opinions = [
        {"place": place, "cell": it.cells.get(place, ""), "value": to_json(value)}
        for place, value in it.opinions.items()
    ]
    return {
        "code": it.code,
        "workbook": it.workbook,
        "tab": it.tab,
        "row": it.row,
        "column": it.column,
        "opinions": opinions,
        "since": it.since.isoformat() if it.since else "",
        "remark": it.remark,
    }
