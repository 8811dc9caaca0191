"""Undoing a run: what it changed becomes what it was, in every copy, by a pass like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sheetsync.core.forgetting import as_forgotten
from sheetsync.core.merge.tabs import TabMerge
from sheetsync.core.undoing import Rows, Step, is_undo, take_back, title_of
from sheetsync.core.values import Value
from sheetsync.core.wording import counted
from sheetsync.errors import UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Tabs
from sheetsync.ledger.history import History, runs
from sheetsync.ledger.journal import Run
from sheetsync.ledger.outbox import Outbox
from sheetsync.program import Program
from sheetsync.verbs.forget import FORGET
from sheetsync.verbs.gather import Gathered
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.placing import cell_turns, name_in
from sheetsync.verbs.report import Report
from sheetsync.verbs.settle import Merges

#: Tab -> row id -> columns.
_Since = dict[str, dict[str, set[str]]]
#: So many runs are named when one is asked for that cannot be taken back.
_NAMED = 5


def undo(program: Program, now: datetime, number: int, *, dry_run: bool = False) -> Report:
    """Take back what a run changed. What people changed since stays as it is and is reported.

    A dry run reports each cell and record besides: what it would become.

    Raises:
        UsageError: There is no such run, or it changed nothing, or it forgot somebody.
    """
    past, sent = _past(program, number)
    title = title_of(number)

    def amend(merges: Merges, gathered: Sequence[Gathered]) -> Iterator[str]:
        found = {it.workbook.name: it for it in gathered}
        done = left = 0
        for workbook, (before, after, since) in past.items():
            for key, merge in merges.get(workbook, {}).items():
                undone = _Undone(found[workbook], merge, before.get(key, {}), after.get(key, {}))
                yield from undone.forgotten()
                for step in take_back(merge, undone.was, undone.became, title, since.get(key, {})):
                    done += step.done
                    left += not step.done
                    if dry_run or not step.done:
                        yield undone.told(step)
        taken = f"{counted(done, 'change')} {'would be ' if dry_run else ''}taken back"
        said = taken if done or left else "nothing of it is left to take back"
        yield f"Run {number}: {said}."
        if sent:
            yield f"{counted(sent, 'mail')} of that run had left already, and cannot be taken back."

    return run_pass(program, now, Options(Verb.SUMMARIZE, dry_run, title=title, amend=amend))


@dataclass
class _Undone:
    """What a run made of one tab, and what becomes of that.

    Attributes:
        before, after: Its records before and after the run, as the ledger has them.
        was, became: The same without what the ledger only has as forgotten.
    """

    gathered: Gathered
    merge: TabMerge
    before: Rows
    after: Rows

    def __post_init__(self) -> None:
        tab = self.merge.tab
        self.was, self.became = (
            {row_id: as_forgotten(tab, row_id, values) for row_id, values in rows.items()}
            for rows in (self.before, self.after)
        )

    def forgotten(self) -> Iterator[str]:
        """Leave a cell as the run made it where nothing is left of what stood there; tells which."""
        for row_id, values in self.before.items():
            for column in values.keys() - self.was[row_id].keys():
                new = self.became.get(row_id, {}).get(column)
                if new is not None:
                    self.was[row_id][column] = new
                    yield f"{self._name(row_id, column)}: what stood there was forgotten; it stays as it is."

    def told(self, step: Step) -> str:
        """What becomes of a cell or a record, a sentence."""
        if not step.done:
            why = "has a value that is not agreed on" if self._is_held(step) else "was changed since"
            return f"{self._name(step.row_id, step.column)}: {why}, and stays as it is."
        if step.column:
            new, old = (rows.get(step.row_id, {}).get(step.column) for rows in (self.became, self.was))
            return cell_turns(self.gathered, self.merge, step.row_id, step.column, new, old)
        return f"{self._name(step.row_id)}: {'comes back' if step.row_id in self.merge.rows else 'goes'}"

    def _is_held(self, step: Step) -> bool:
        return any(row == step.row_id and step.column in ("", column) for row, column in self.merge.held)

    def _name(self, row_id: str, column: str = "") -> str:
        known: Mapping[str, Value] = self.became.get(row_id) or self.was.get(row_id, {})
        return name_in(self.merge.called, row_id, known, column)


def _past(program: Program, number: int) -> tuple[dict[str, tuple[Tabs, Tabs, _Since]], int]:
    """The records of each workbook before and after a run, what changed since, and how many mails it sent."""
    with closing(Ledger.open(program.ledger_url)) as ledger, ledger.transaction() as connection:
        histories = {it.name: History(connection, it.name) for it in program.workbooks}
        known = runs(connection)
        past = {
            name: (*around, _changed_by_people(history, number, known))
            for name, history in histories.items()
            if (around := history.around(number))
        }
        if number in known and known[number].verb == FORGET:
            what = f"Run {number} forgot somebody; what was forgotten cannot come back."
            raise _refused(program, connection, what)
        if not past:
            nothing = f"Run {number} changed nothing that could be taken back."
            what = nothing if number in known else f"There is no run {number}."
            raise _refused(program, connection, what)
        return past, Outbox(connection).sent_by(number)


def _changed_by_people(history: History, number: int, known: Mapping[int, Run]) -> _Since:
    """Cells that people changed after a run; not where an undo came last: that brought it back."""
    since: _Since = {}
    for (tab, row_id, column), (run, sources) in history.changed_since(number).items():
        if not is_undo(sources) and known[run].verb != FORGET:
            since.setdefault(tab, {}).setdefault(row_id, set()).add(column)
    return since


def _refused(program: Program, connection: Connection, what: str) -> UsageError:
    """The refusal of a run, with the runs that can be taken back."""
    changed = {version.run for it in program.workbooks for version in History(connection, it.name).versions()}
    known = [it for it in runs(connection).values() if it.number in changed and it.verb != FORGET]
    newest = ", ".join(f"{it.number} ({it.started:%Y-%m-%d %H:%M})" for it in known[-_NAMED:])
    return UsageError(what, f"The last runs that can be taken back: {newest or 'none'}. See: sheetsync log")
