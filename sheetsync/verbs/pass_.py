"""The pass: read every replica once, merge, check, decide, write each replica once, announce.

`run`, `sync`, `validate`, `summarize` and `announce` are this one function with parts left out. The order
of its durable steps makes a crash anywhere harmless: ids and the candidate generation are in the ledger
before the first write; all generations become agreed after the last, in one transaction with the conflicts
and the mails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from sheetsync.core.conflicts import Choice
from sheetsync.core.records import View
from sheetsync.core.settling import Choices
from sheetsync.errors import Problem, ReplicaChanged
from sheetsync.ledger import Ledger, quiet
from sheetsync.ledger.generations import Generations
from sheetsync.ledger.journal import Journal
from sheetsync.ledger.outbox import PLANNED, RETRY, SENDING, Outbox
from sheetsync.ledger.own_cells import OwnCells
from sheetsync.program import Program
from sheetsync.replicas.replica import Replica
from sheetsync.verbs.backups import clean_expired
from sheetsync.verbs.beside import kept_beside
from sheetsync.verbs.consider import Considered, consider
from sheetsync.verbs.deliver import baseline_letters, letters
from sheetsync.verbs.gather import Gathered, Trouble, gather, open_replicas, readable
from sheetsync.verbs.machine import chosen_in
from sheetsync.verbs.opening import provisioned
from sheetsync.verbs.past import Past, past_of
from sheetsync.verbs.placing import count, place_report
from sheetsync.verbs.planning import Finish, Planner, bonds_in, changes_of, held_in, minted_in, unheard_in
from sheetsync.verbs.report import Mail, Report, Written, in_seconds
from sheetsync.verbs.sending import Delivery, deliver_planned
from sheetsync.verbs.settle import Amend
from sheetsync.verbs.unchanged import (
    fingerprint,
    glances_now,
    glances_read,
    may_be_told_again,
    report_from_json,
    report_to_json,
)
from sheetsync.verbs.writing import Applied, write_replicas

#: A replica that people change at this very moment is read again; so often, then the pass gives up.
_ATTEMPTS = 3

_BUILT_IN = "The built-in template is used until this one is mended."


class Verb(Enum):
    """Which parts of the pass a command runs: (writes data, writes machine tabs, announces)."""

    RUN = (True, True, True)
    SYNC = (True, False, False)
    VALIDATE = (False, False, False)
    SUMMARIZE = (True, True, False)
    ANNOUNCE = (True, False, True)

    @property
    def writes(self) -> bool:
        return bool(self.value[0])

    @property
    def summarizes(self) -> bool:
        return bool(self.value[1])

    @property
    def announces(self) -> bool:
        return bool(self.value[2])


@dataclass(frozen=True)
class Options:
    """How a pass is run.

    Attributes:
        dry_run: Decide everything, write nothing.
        lifted: Brakes that a person lifted for this pass.
        baseline: What is there is no news: no milestones, no mails about it.
        choices: Conflicts that a person settled on the command line, by code.
        title: What the run is called; "" for the verb's name.
        tell: Hears what the pass does next, twice a workbook and once for the mails.
        elapsed: How long the pass has been at work; whoever starts it holds the watch.
        amend: May change what was merged, as a person ordered.
    """

    verb: Verb = Verb.RUN
    dry_run: bool = False
    lifted: frozenset[str] = frozenset()
    baseline: bool = False
    choices: Mapping[str, Choice] = field(default_factory=dict)
    title: str = ""
    tell: Callable[[str], None] = field(default=lambda _: None, compare=False)
    elapsed: Callable[[], timedelta] = field(default=timedelta, compare=False)
    amend: Amend | None = None

    @property
    def called(self) -> str:
        """What the run is called in reports and in the ledger."""
        return self.title or self.verb.name.lower()


#: Replicas that take part in one pass only (an import), by workbook name; one that has the name of a replica
#: of the workbook stands in for it.
Guests = Mapping[str, Sequence[Replica]]


def run_pass(
    program: Program,
    now: datetime,
    options: Options = Options(),
    guests: Guests | None = None,
    finish: Finish | None = None,
) -> Report:
    """One pass over the program.

    Args:
        program: The program.
        now: The one reading of the clock, local time without a zone.
        options: Which parts run, and how.
        guests: Replicas that take part in this pass only.
        finish: May add to the edits of a workbook before they are written (an import's own columns).

    Raises:
        LockHeld: Another pass is under way.
        LedgerError: The ledger cannot be opened.
        NotProvisioned: No workbook is made yet.
    """
    with provisioned(program) as ledger:
        for attempt in range(_ATTEMPTS):
            try:
                return _Pass(program, ledger, now, options, guests or {}, finish).run()
            except ReplicaChanged:
                if attempt == _ATTEMPTS - 1:
                    raise
    raise AssertionError("unreachable")


def look(program: Program, now: datetime) -> View:
    """The program as a pass would merge it now; nothing is written.

    Raises:
        LockHeld: Another pass is under way.
    """
    with provisioned(program) as ledger:
        return _Pass(program, ledger, now, Options(Verb.VALIDATE), {}, None).view()


class _Pass:
    """One attempt at a pass."""

    def __init__(
        self,
        program: Program,
        ledger: Ledger,
        now: datetime,
        options: Options,
        guests: Guests,
        finish: Finish | None,
    ) -> None:
        self.program, self.ledger, self.now, self.options = program, ledger, now, options
        self.guests, self.finish = guests, finish
        self.replicas = {it.name: open_replicas(program, it) for it in program.workbooks}
        self.written: list[Written] = []
        self.notes: list[str] = []

    @property
    def writes(self) -> bool:
        return self.options.verb.writes and not self.options.dry_run

    def view(self) -> View:
        return self._consider(self._gather()).view

    def run(self) -> Report:
        number = self._begin()
        if before := self._recalled():
            return self._as_before(before, number)
        gathered = self._gather()
        result = self._consider(gathered)
        applied = [self._apply(it, result, number) for it in readable(gathered)]
        delivery = self._conclude(applied, result, number)
        report = place_report(self.program, gathered, result, self.options.called, self.now)
        report = replace(
            report,
            run=number,
            notes=(*report.notes, *self.notes),
            dry_run=self.options.dry_run,
            written=tuple(self.written),
            mails=tuple(delivery.mails),
            troubles=(*report.troubles, *delivery.troubles),
            seconds=self._seconds(),
        )
        if number:
            with self.ledger.transaction() as connection:
                Journal(connection).end(number, self._by_now(), report.outcome())
        self._remember(report, gathered)
        return report

    # where nothing has changed

    @property
    def _comes_out_the_same(self) -> bool:
        """Whether a pass of this kind depends on nothing that was said for it alone."""
        return self.writes and self.options == Options(self.options.verb) and not (self.guests or self.finish)

    def _recalled(self) -> Report | None:
        """The report of the last pass, where this one would find and do the same."""
        if not self._comes_out_the_same:
            return None
        depends_on = fingerprint(self.program, glances_now(self.replicas), self.now)
        with self.ledger.transaction() as connection:
            waiting = self.options.verb.announces and Outbox(connection).letters(PLANNED, RETRY, SENDING)
            found = None if waiting else quiet.recall(connection, self.options.verb.name, depends_on)
        return report_from_json(found) if found else None

    def _as_before(self, before: Report, run: int) -> Report:
        report = replace(before, run=run, now=self.now, seconds=self._seconds())
        with self.ledger.transaction() as connection:
            Journal(connection).end(run, self._by_now(), report.outcome())
        return report

    def _remember(self, report: Report, gathered: Sequence[Gathered]) -> None:
        if self.ledger.changed or not (self._comes_out_the_same and may_be_told_again(report)):
            return
        if depends_on := fingerprint(self.program, glances_read(gathered), self.now):
            with self.ledger.transaction() as connection:
                quiet.remember(connection, self.options.verb.name, depends_on, report_to_json(report))

    def _consider(self, gathered: Sequence[Gathered]) -> Considered:
        return consider(
            self.program,
            gathered,
            self._past(),
            self.now,
            lifted=self.options.lifted,
            announce=self.options.verb.announces,
            choices=self._choices(gathered),
            amend=self.options.amend,
        )

    def _choices(self, gathered: Sequence[Gathered]) -> Choices:
        """What people chose about conflicts: on the command line, else in the Conflicts tabs."""
        found: dict[str, list[Choice]] = {}
        for it in readable(gathered):
            for name, snapshot in it.snapshots.items():
                for code, text in chosen_in(snapshot.tabs).items():
                    found.setdefault(code, []).append(Choice(name, text=text))
        return found | {code: [choice] for code, choice in self.options.choices.items()}

    def _by_now(self) -> datetime:
        return self.now + self.options.elapsed()

    def _seconds(self) -> float:
        return in_seconds(self.options.elapsed())

    def _begin(self) -> int:
        """The run's number; 0 where nothing will be written."""
        if not self.writes:
            return 0
        with self.ledger.transaction() as connection:
            return Journal(connection).begin(self.options.called, self.now)

    # reading

    def _gather(self) -> list[Gathered]:
        gathered = []
        for workbook in self.program.workbooks:
            self.options.tell(f"Reading {workbook.name}")
            guests = {guest.name: guest for guest in self.guests.get(workbook.name, ())}
            replicas = {**self.replicas[workbook.name], **guests}
            with self.ledger.transaction() as connection:
                generations = Generations(connection, workbook.name)
                gathered.append(gather(workbook, replicas, generations, self.ledger.id, self.options.lifted))
        return gathered

    def _past(self) -> Past:
        with self.ledger.transaction() as connection:
            return past_of(self.program, connection, self.now, baseline=self.options.baseline)

    # writing

    def _apply(self, it: Gathered, result: Considered, run: int) -> Applied:
        """Store the candidate, then write the replicas."""
        self.options.tell(f"Writing {it.workbook.name}")
        changes = changes_of(it, result)
        generation = it.newest + 1 if changes else it.newest
        if not self.writes:
            planner = Planner(it, result, generation, self.options.verb.summarizes, self.finish)
            self.written += [count(it, name, planner.edit(name)) for name in it.snapshots]
            return Applied(it, generation, bool(changes))
        with self.ledger.transaction() as connection:
            generations, journal = Generations(connection, it.workbook.name), Journal(connection)
            generations.mint(run, minted_in(it, result))
            journal.record_bonds(bonds_in(it, result))
            generation = generations.propose(run, changes) if changes else it.newest
            beside = kept_beside(OwnCells(connection, it.workbook.name), result.merges[it.workbook.name], run)
            ours = [chosen for chosen in result.settled if chosen.conflict.workbook == it.workbook.name]
            journal.record_choices(ours, run)
            # What a held cell goes back to is nobody's choice: who said what is known before that is written.
            journal.open_conflicts_of(it.workbook.name, held_in(it, result), run)
        planner = Planner(it, result, generation, self.options.verb.summarizes, self.finish, beside)
        outcome = write_replicas(planner)
        self.written += outcome.written
        return Applied(it, generation, bool(changes), outcome)

    def _conclude(self, applied: Sequence[Applied], result: Considered, run: int) -> Delivery:
        """What was really written is agreed, in one transaction with all that was decided; mails leave."""
        faults: set[Problem] = set()
        decided = letters(result, self.program, faults) if self.options.verb.announces else ()
        misused = [Trouble("", "", str(it), _BUILT_IN, passing=True) for it in sorted(faults, key=str)]
        if not self.writes:
            return Delivery([Mail(it.subject, it.kind, it.address, "planned") for it in decided], misused)
        with self.ledger.transaction() as connection:
            journal, outbox = Journal(connection), Outbox(connection)
            for it in applied:
                erased = [*it.agree(connection, self.now), *it.came_back(result)]
                # Before it is kept that they are erased: a pass that dies here does it again.
                self.notes += clean_expired(self.program, it.gathered.workbook, erased)
                journal.record_conflicts(it.workbook, held_in(it.gathered, result), run)
                journal.record_unheard(it.workbook, unheard_in(it.gathered, result, self.now), run)
            journal.record_bonds(result.linked.moved)
            seen = [(it.workbook, it.key) for it in result.occasions]
            journal.record_occasions([*seen, *result.given], run)
            outbox.plan(decided, run, self.now)
            outbox.plan(baseline_letters(result), run, self.now)
            journal.end(run, self._by_now(), {"stopped": len(self.program.workbooks) - len(applied)})
        if not self.options.verb.announces:
            return Delivery()
        self.options.tell("Mailing")
        delivery = deliver_planned(self.ledger, self.program, result.view, self.now)
        return Delivery(delivery.mails, [*delivery.troubles, *misused])
