"""Breaks, one at a time, the lines that keep edits safe, and sees that the tests notice: `make mutants`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_NEEDED = ("sheetsync", "templates", "tests", "pyproject.toml")

#: Two lines of a pass, in one commit; a mutant parts them.
_PLANNED = """\
            outbox.plan(decided, run, self.now)
            outbox.plan(baseline_letters(result), run, self.now)
"""
_ENDED = """\
            journal.end(run, self._by_now(), {"stopped": len(self.program.workbooks) - len(applied)})
"""


@dataclass(frozen=True)
class Mutant:
    """One promise broken: in a file, `old` becomes `new`; `tests` must fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = (
    Mutant(
        "what stands beside a row goes with it for good",
        "sheetsync/verbs/beside.py",
        "    cells.keep([",
        "    list([",
        "tests/scenarios/test_own_columns.py",
    ),
    Mutant(
        "a link is known only after its action was written",
        "sheetsync/verbs/pass_.py",
        "journal.record_bonds(bonds_in(it, result))\n",
        "bonds_in(it, result)\n",
        "tests/scenarios/test_two_workbooks.py",
    ),
    Mutant(
        "the ledger advances before the write",
        "sheetsync/verbs/pass_.py",
        "generation = generations.propose(run, changes) if changes else it.newest\n",
        "generation = generations.propose(run, changes) if changes else it.newest\n"
        "            generations.agree(generation)\n",
        "tests/scenarios/test_order_of_steps.py",
    ),
    Mutant(
        "one base for all copies",
        "sheetsync/verbs/gather.py",
        "base = self.bases[name][generation].get(tab, {})",
        "base = self.agreed.get(tab, {})",
        "tests/scenarios/test_bugs_of_others.py",
    ),
    Mutant(
        "an id that got lost is not found again",
        "sheetsync/core/merge/identity.py",
        "        waiting = self.open()\n",
        "        waiting: list[tuple[int, Row]] = []\n",
        "tests/core/merge/test_row_identity.py",
    ),
    Mutant(
        "a file is replaced without a look at it",
        "sheetsync/replicas/excel/replica.py",
        "            self._unchanged(version)\n            os.replace",
        "            os.replace",
        "tests/scenarios/test_order_of_steps.py",
    ),
    Mutant(
        "brakes are off",
        "sheetsync/verbs/consider.py",
        "if brake and brake.name not in lifted:",
        "if brake and brake.name == lifted:",
        "tests/scenarios/test_bugs_of_others.py",
    ),
    Mutant(
        "what a copy that is away says is forgotten",
        "sheetsync/core/merge/cells.py",
        "said |= _still_said(dispute, cells)",
        "pass",
        "tests/core/merge/test_disputes.py",
    ),
    Mutant(
        "a held cell takes the first opinion",
        "sheetsync/core/merge/cells.py",
        "if len(distinct) > 1 or any(",
        "if any(",
        "tests/core/merge/test_cells.py",
    ),
    Mutant(
        "text is written as if it had been typed",
        "sheetsync/replicas/excel/celldata.py",
        "        case str():\n",
        '        case str() if value.startswith("="):\n'
        "            return f'<{p}c r=\"{address}\"><{p}f>{escape(value[1:])}</{p}f></{p}c>'.encode()\n"
        "        case str():\n",
        "tests/scenarios/test_bugs_of_others.py",
    ),
    Mutant(
        "mails are decided outside of the commit",
        "sheetsync/verbs/pass_.py",
        _PLANNED + _ENDED,
        _ENDED
        + "        with self.ledger.transaction() as connection:\n            outbox = Outbox(connection)\n"
        + _PLANNED,
        "tests/scenarios/test_order_of_steps.py",
    ),
    Mutant(
        "that a mail is leaving is not durable",
        "sheetsync/verbs/sending.py",
        "lambda: self._mark(letter, SENDING)",
        'lambda: ""',
        "tests/verbs/test_sending_killed.py",
    ),
    Mutant(
        "a late batch is not fenced off",
        "sheetsync/replicas/google/replica.py",
        "[*fence_requests(fence), *requests]",
        "[*requests]",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "nobody looks where a batch went",
        "sheetsync/replicas/google/replica.py",
        "if all(stands(it, found.get(key, [])) for key, it in written.items()):",
        "if True:",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "a batch asks back where rows went, and not what became of their cells",
        "sheetsync/replicas/google/read_back.py",
        "        *((first, 1, last, 0) for first, last in rows),\n",
        "",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "columns are where they were",
        "sheetsync/replicas/google/moves.py",
        "    return pairs.found\n\n\ndef _name(",
        "    return {at: at for at in range(1, width + 1)}\n\n\ndef _name(",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "an id is believed against what its row holds",
        "sheetsync/replicas/google/moves.py",
        "        pairs.by(self._seen_beside, self._known_beside, twins=True)\n",
        "",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "what became of a batch that nobody answered is left open",
        "sheetsync/replicas/google/replica.py",
        "            self._bar(fence)\n",
        "            raise error\n",
        "tests/replicas/test_google_races.py",
    ),
    Mutant(
        "text is written to Google as if it had been typed",
        "sheetsync/replicas/google/requests.py",
        '            return {"stringValue": shown_as(value)}\n',
        "            text = shown_as(value)\n"
        '            return {"formulaValue" if text.startswith("=") else "stringValue": text}\n',
        "tests/replicas/test_replica_contract.py",
    ),
)


def dies(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests notice.

    Raises:
        SystemExit: The line to be broken is no longer there.
    """
    path = folder / mutant.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant.old) != 1:
        sys.exit(f'{mutant.file}: expected once, for the mutant "{mutant.name}":\n{mutant.old}')
    path.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    failed = fail([mutant.tests], folder)
    path.write_text(sound, encoding="utf-8")
    return failed


def fail(tests: list[str], folder: Path) -> bool:
    """Whether tests fail in a copy of the project."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL).returncode != 0


def main() -> int:
    """Try every mutant, and tell which lived."""
    lived = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in _NEEDED:
            source = ROOT / each
            if source.is_dir():
                shutil.copytree(source, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, folder / each)
        if fail(sorted({mutant.tests for mutant in MUTANTS}), folder):
            sys.exit("The tests fail although nothing is broken: mend that first.")
        for mutant in MUTANTS:
            dead = dies(mutant, folder)
            lived += not dead
            print(f"{'died ' if dead else 'LIVED'}  {mutant.name}", flush=True)
    print(f"{len(MUTANTS)} mutants, {lived} lived")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main())
