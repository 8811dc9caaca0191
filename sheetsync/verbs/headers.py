"""Columns as people call them: with the headers that were agreed on, whatever the template says."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from sheetsync.core.merge.tabs import LABELS
from sheetsync.ledger.generations import Generations
from sheetsync.program import Program, Workbook
from sheetsync.verbs.opening import provisioned


def as_called(workbook: Workbook, connection: Connection) -> Workbook:
    """A workbook whose template has the headers that its ledger knows."""
    generations = Generations(connection, workbook.name)
    headers = {
        tab.key: generations.last_held(tab.key, [LABELS]).get(LABELS) or {}
        for tab in workbook.template.synced()
    }
    return replace(workbook, template=workbook.template.called(headers))


def all_as_called(program: Program) -> Program:
    """A program all of whose workbooks are as people call their columns.

    Raises:
        NotProvisioned: No workbook is made yet.
        LockHeld: A pass is under way.
    """
    with provisioned(program) as ledger, ledger.transaction() as connection:
        workbooks = tuple(as_called(it, connection) for it in program.workbooks)
    return replace(program, workbooks=workbooks)
