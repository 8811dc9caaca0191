"""sheetsync from Python: a program, and the verbs as methods that return the same reports as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sheetsync import program as programs
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.provision import ProvisionReport, provision
from sheetsync.verbs.report import Report
from sheetsync.verbs.watch import stopwatch


@dataclass(frozen=True)
class Program:
    """A program folder."""

    loaded: programs.Program

    @classmethod
    def load(cls, folder: str | Path) -> Program:
        """Read a program folder.

        Raises:
            ConfigError: With every problem of its file and templates.
        """
        return cls(programs.Program.load(Path(folder)))

    def provision(self, workbook: str = "", *, dry_run: bool = False) -> ProvisionReport:
        """Make what is missing and add what newer templates have."""
        return provision(self.loaded, workbook, dry_run=dry_run)

    def run(self, *, now: datetime | None = None, dry_run: bool = False, lift: Iterable[str] = ()) -> Report:
        """The whole pass: read, merge, check, summarize, write, announce.

        Args:
            now: Local time without a zone; the clock's where `None`.
            dry_run: Decide everything, write nothing.
            lift: Brakes to lift for this pass.
        """
        return self._pass(Verb.RUN, now, dry_run, lift)

    def sync(self, *, now: datetime | None = None, dry_run: bool = False, lift: Iterable[str] = ()) -> Report:
        """Only bring all copies in line."""
        return self._pass(Verb.SYNC, now, dry_run, lift)

    def validate(self, *, now: datetime | None = None) -> Report:
        """Only look: the findings, nothing written."""
        return self._pass(Verb.VALIDATE, now, True, ())

    def _pass(self, verb: Verb, now: datetime | None, dry_run: bool, lift: Iterable[str]) -> Report:
        options = Options(verb, dry_run, frozenset(lift), elapsed=stopwatch())
        return run_pass(self.loaded, now or datetime.now(), options)
