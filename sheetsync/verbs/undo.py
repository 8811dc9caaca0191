"""Undoing a run: what it changed becomes what it was, in every copy, by a pass like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection

from sheetsync.core.model import Tab
from sheetsync.core.undoing import Step, take_back
from sheetsync.core.values import Value
from sheetsync.core.wording import counted
from sheetsync.errors import UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Tabs
from sheetsync.ledger.history import History, runs
from sheetsync.ledger.outbox import Outbox
from sheetsync.program import Program
from sheetsync.verbs.log import name_of
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import Report
from sheetsync.verbs.settle import Merges

#: So many runs are named when one is asked for that changed nothing.
_NAMED = 5


def undo(program: Program, now: datetime, number: int, *, dry_run: bool = False) -> Report:
    """Take back what a run changed. What people changed since stays as it is and is reported.

    Raises:
        UsageError: There is no such run, or it changed nothing.
    """
    past, sent = _past(program, number)
    title = f"undo of run {number}"

    def amend(merges: Merges) -> Iterator[str]:
        done = left = 0
        for workbook, (before, after) in past.items():
            for key, merge in merges.get(workbook, {}).items():
                was, became = before.get(key, {}), after.get(key, {})
                for step in take_back(merge, was, became, title):
                    done += step.done
                    if not step.done:
                        left += 1
                        yield _left(merge.tab, step, became.get(step.row_id, {}))
        said = f"{counted(done, 'change')} taken back" if done or left else "all of it is taken back already"
        yield f"Run {number}: {said}."
        if sent:
            yield f"{counted(sent, 'mail')} of that run had left already, and cannot be taken back."

    return run_pass(program, now, Options(Verb.SUMMARIZE, dry_run, title=title, amend=amend))


def _past(program: Program, number: int) -> tuple[dict[str, tuple[Tabs, Tabs]], int]:
    """The records of each workbook before and after a run, and how many mails it sent."""
    with closing(Ledger.open(program.ledger_url)) as ledger, ledger.transaction() as connection:
        found = {it.name: History(connection, it.name).around(number) for it in program.workbooks}
        past = {name: around for name, around in found.items() if around}
        if not past:
            raise _nothing(program, connection, number)
        return past, Outbox(connection).sent_by(number)


def _nothing(program: Program, connection: Connection, number: int) -> UsageError:
    changed = {version.run for it in program.workbooks for version in History(connection, it.name).versions()}
    known = [it for it in runs(connection).values() if it.number in changed]
    newest = ", ".join(f"{it.number} ({it.started:%Y-%m-%d %H:%M})" for it in known[-_NAMED:])
    return UsageError(
        f"Run {number} changed nothing that could be taken back.",
        f"The last runs that changed something: {newest or 'none'}. See: sheetsync log",
    )


def _left(tab: Tab, step: Step, became: Mapping[str, Value]) -> str:
    column = tab.columns.get(step.column)
    what = f", {column.label}" if column else ""
    return f"{tab.title}, {name_of(tab, step.row_id, became)}{what}: was changed since, and stays as it is."
