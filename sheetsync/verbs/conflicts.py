"""Conflicts on the command line: which there are, and settling one of them."""

from __future__ import annotations

from datetime import datetime

from sheetsync.core.conflicts import Choice
from sheetsync.core.records import fold
from sheetsync.core.settling import EMPTY
from sheetsync.errors import UsageError
from sheetsync.program import Program
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import PlacedConflict, Report

#: Where a choice was made that is in no tab.
COMMAND_LINE = "the command line"


def list_conflicts(program: Program, now: datetime) -> Report:
    """A look at the program: its report holds the conflicts; nothing is written."""
    return run_pass(program, now, Options(Verb.VALIDATE, dry_run=True))


def named(report: Report, code: str) -> PlacedConflict:
    """The conflict that is meant by its code, or by the beginning of it.

    Raises:
        UsageError: None is, or several are.
    """
    meant = [it for it in report.conflicts if it.code.startswith(code.lower())]
    if len(meant) != 1:
        known = ", ".join(it.code for it in report.conflicts) or "none"
        raise UsageError(f'There is not one conflict "{code}".', f"Open conflicts: {known}.")
    return meant[0]


def place_of(conflict: PlacedConflict, name: str) -> str:
    """The place that is meant by its name, or by a part of it.

    Raises:
        UsageError: None is, or several are.
    """
    exact = [place for place in conflict.opinions if place == name]
    meant = exact or [place for place in conflict.opinions if fold(name) in fold(place)]
    if len(meant) != 1:
        what = f'"{name}" fits several places' if meant else f'There is no place "{name}"'
        places = ", ".join(meant or conflict.opinions)
        raise UsageError(f"{what} in conflict {conflict.code}.", f"Name one of: {places}.")
    return meant[0]


def resolve(program: Program, now: datetime, code: str, *, place: str = "", text: str = "") -> Report:
    """Settle one conflict: a pass that takes the choice everywhere.

    Args:
        program: The program.
        now: The one reading of the clock.
        code: The whole code of the conflict.
        place: The place whose value counts; "" where `text` says the value.
        text: A value as a person types it; "" for an empty cell.
    """
    choice = Choice(COMMAND_LINE, place, text or EMPTY)
    return run_pass(program, now, Options(Verb.SUMMARIZE, title="conflicts resolve", choices={code: choice}))
