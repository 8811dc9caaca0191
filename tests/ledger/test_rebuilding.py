"""A ledger is made anew from the copies wherever it lies: in a file, or in PostgreSQL."""

from __future__ import annotations

import pytest

from scenarios.desk import Desk
from sheetsync.errors import UsageError
from sheetsync.verbs.doctor import doctor, rebuild


def test_a_ledger_that_is_empty_is_made_anew_and_then_is_whole(two_files: Desk, url: str) -> None:
    file, ids = two_files.path("sheetsync.toml"), two_files.ids("a.xlsx")
    file.write_text(f'{file.read_text()}[ledger]\nurl = "{url}"\n')
    assert rebuild(two_files.program, two_files.now).exit_code() == 0
    two_files.type("b.xlsx", "Ana", "Hours", 7)
    two_files.settle()
    assert two_files.people("a.xlsx")["Ana"]["Hours"] == 7
    assert two_files.ids("b.xlsx") == ids
    with pytest.raises(UsageError, match="whole"):
        rebuild(two_files.program, two_files.now)
    (found,) = (it for it in doctor(two_files.program, two_files.now).examined if it.part == "Ledger")
    assert found.ailments == ()
