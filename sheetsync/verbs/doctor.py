"""Looking a program over: what is wrong, and the command or the click that mends each."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sheetsync.errors import LedgerDamaged, LedgerError, UsageError
from sheetsync.ledger import Ledger
from sheetsync.ledger.health import damage, file_of, is_blank
from sheetsync.program import Program
from sheetsync.verbs.gather import FOREIGN_LEDGER, UNKNOWN_STAMP
from sheetsync.verbs.opening import locked
from sheetsync.verbs.pass_ import Options, run_pass
from sheetsync.verbs.probes import Examined, examine
from sheetsync.verbs.probes.remembering import margins
from sheetsync.verbs.report import Report


@dataclass(frozen=True)
class Diagnosis:
    """What every probe found."""

    program: str
    examined: tuple[Examined, ...]

    def exit_code(self) -> int:
        """0 where all is well or heals by itself; 1 where something needs a person."""
        return int(any(not it.passing for found in self.examined for it in found.ailments))

    def to_json(self) -> dict[str, object]:
        """The diagnosis as one JSON object; docs/json.md describes it."""
        return {
            "program": self.program,
            "parts": [
                {"part": it.part, "ailments": [asdict(ailment) for ailment in it.ailments]}
                for it in self.examined
            ],
        }


def doctor(program: Program, now: datetime) -> Diagnosis:
    """Look a program over; nothing is changed."""
    return Diagnosis(program.name, examine(program, now))


def rebuild(program: Program, now: datetime) -> Report:
    """Make a lost or damaged ledger anew from the copies: ids and values are kept, the history is gone.

    What is there is no news: no milestones, no mails about it. A damaged file is moved aside.

    Raises:
        UsageError: The ledger is whole.
        LedgerError: There is nothing to make it from, the copies are not all of one program, or nobody can
            tell what became of the ledger.
    """
    with locked(program):
        if _is_whole(program.ledger_url):
            raise UsageError("The ledger is whole: there is nothing to rebuild.", "See: sheetsync doctor")
        _refuse_strangers(program)
        _move_aside(program.ledger_url, now)
    lifted = frozenset([FOREIGN_LEDGER, UNKNOWN_STAMP])
    return run_pass(program, now, Options(lifted=lifted, baseline=True, title="rebuild"))


def _is_whole(url: str) -> bool:
    file = file_of(url)
    if file and not file.exists():
        return False
    try:
        with closing(Ledger.open(url)) as ledger:
            return not damage(ledger) and not is_blank(ledger)
    except LedgerDamaged:
        return False


def _refuse_strangers(program: Program) -> None:
    """Stop where a wrong path in the program file would mix up programs."""
    found = dict(margins(program).keys())
    if not found:
        raise LedgerError("No copy can be read to make the ledger from.", "See: sheetsync doctor")
    if len(set(found.values())) > 1:
        said = ", ".join(f"{name} ({ledger_id})" for name, ledger_id in found.items())
        raise LedgerError(
            f"The copies belong to different ledgers: {said}.",
            "Check the paths in sheetsync.toml; move a copy that is not of this program away.",
        )


def _move_aside(url: str, now: datetime) -> None:
    file = file_of(url)
    if file and file.exists():
        aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%d-%H%M%S}")
        for ending in ("-wal", "-shm", ""):
            part = file.with_name(file.name + ending)
            if part.exists():
                _rename(part, aside.with_name(aside.name + ending))


def _rename(part: Path, aside: Path) -> None:
    try:
        part.rename(aside)
    except OSError as error:
        raise LedgerError(
            f"{part}: cannot be moved aside ({error.strerror or error}). Nothing was made anew.",
            "Check that you may write to its folder and that no other program has it open.",
        ) from error
