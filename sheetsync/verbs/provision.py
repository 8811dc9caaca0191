"""Provisioning: make what is missing, add what a newer template has, never destroy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.model import Template
from sheetsync.errors import SheetsyncError
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Generations
from sheetsync.program import Program, Workbook
from sheetsync.replicas.layout import list_columns
from sheetsync.replicas.replica import Identity
from sheetsync.verbs.gather import Trouble, open_replicas
from sheetsync.verbs.machine import choices
from sheetsync.verbs.opening import opened


@dataclass(frozen=True)
class ProvisionReport:
    """What was (in a dry run: would be) made, a sentence each, and the replicas that stood in the way."""

    done: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def exit_code(self) -> int:
        return 3 if self.troubles else 0


def provision(program: Program, only: str = "", *, dry_run: bool = False) -> ProvisionReport:
    """Bring every replica of the program up to its template.

    Args:
        program: The program.
        only: Name of one workbook; "" for all.
        dry_run: Say what would be done, and do nothing.
    """
    done: list[str] = []
    troubles: list[Trouble] = []
    chosen = [program.workbook(only)] if only else program.workbooks
    with opened(program) as ledger:
        for workbook in chosen:
            _provision(program, workbook, ledger, done, troubles, dry_run=dry_run)
    return ProvisionReport(tuple(done), tuple(troubles))


def _provision(
    program: Program,
    workbook: Workbook,
    ledger: Ledger,
    done: list[str],
    troubles: list[Trouble],
    *,
    dry_run: bool,
) -> None:
    identity = Identity(ledger.id, workbook.name, _lists(workbook.template))
    for name, replica in open_replicas(program, workbook).items():
        try:
            provisioned = replica.provision(workbook.template, identity, dry_run=True)
            if provisioned.done and not dry_run:
                # First: what old stamps came to mean must not be said of cells that are new and empty.
                with ledger.transaction() as connection:
                    generations = Generations(connection, workbook.name)
                    generations.forget_stamps(name)
                    # It is known from now on: where it is missing later, it has vanished.
                    generations.advance(name, {(tab.key, 0): 0 for tab in workbook.template.synced()})
                provisioned = replica.provision(workbook.template, identity)
            done += provisioned.done
        except SheetsyncError as error:
            troubles.append(Trouble(workbook.name, name, error.what, error.do))


def _lists(template: Template) -> Mapping[str, tuple[str, ...]]:
    """What dropdowns offer before the first pass: allowed values; names come with the pass."""
    known = choices(template)
    return {key: known.get(key, ()) for key in list_columns(template)}
