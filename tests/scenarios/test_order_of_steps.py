"""What keeps edits safe between two steps of a pass: the order in which they become durable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO
from unittest.mock import patch

import pytest

from scenarios.desk import Desk
from scenarios.test_crashes import crash, run_with
from sheetsync.ledger import Ledger
from sheetsync.ledger.generations import Generations
from sheetsync.ledger.outbox import Outbox
from sheetsync.replicas.excel import replica


def newest(desk: Desk) -> int:
    ledger = Ledger.open(desk.program.ledger_url)
    with ledger.transaction() as connection:
        number = Generations(connection, "team").newest()
    ledger.close()
    return number


def test_the_ledger_does_not_advance_before_the_copies_were_written(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed")
    before = newest(two_files)
    with pytest.raises(KeyboardInterrupt):
        run_with(two_files, "team", "b.xlsx", before=crash)
    assert newest(two_files) == before
    two_files.run()
    assert newest(two_files) > before


def test_mails_are_decided_in_the_commit_that_makes_a_generation_agreed(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed")
    before = newest(two_files)
    with patch.object(Outbox, "plan", lambda *_: crash()), pytest.raises(KeyboardInterrupt):
        two_files.run()
    assert newest(two_files) == before


def test_a_file_saved_while_its_successor_was_made_is_not_replaced(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    real, saves = replica.write_beside, iter([lambda: two_files.type("b.xlsx", "Bo", "Note", "just saved")])

    def slowly(path: Path, fill: Callable[[IO[bytes]], object]) -> Path:
        made = real(path, fill)
        next(saves, lambda: None)()
        return made

    with patch.object(replica, "write_beside", slowly):
        two_files.run()
    two_files.settle()
    for file in ("a.xlsx", "b.xlsx"):
        people = two_files.people(file)
        assert (people["Ana"]["Note"], people["Bo"]["Note"]) == ("from a", "just saved")
