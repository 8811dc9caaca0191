"""A copy that the program file names settles conflicts; what lost is told, and kept in the ledger."""

from __future__ import annotations

from scenarios.desk import Desk
from sheetsync.ledger import Ledger
from sheetsync.ledger.schema import conflict


def name_winner(desk: Desk, line: str) -> None:
    path = desk.path("sheetsync.toml")
    path.write_text(path.read_text().replace('name = "team"\n', f'name = "team"\n{line}\n', 1))


def test_the_winner_settles_a_conflict_and_what_lost_is_told_and_kept(two_files: Desk) -> None:
    name_winner(two_files, 'winner = "b.xlsx"')
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")

    report = two_files.run()

    assert report.conflicts == ()
    assert (
        'People: copies disagreed on "Note" of "Ana" (a.xlsx "from a", b.xlsx "from b"); "from b" won.'
        in (report.notes)
    )
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "from b"
    ledger = Ledger.open(two_files.program.ledger_url)
    with ledger.transaction() as connection:
        kept = [(it.opinions, it.settled) for it in connection.execute(conflict.select())]
    ledger.close()
    assert kept == [({"a.xlsx": "from a", "b.xlsx": "from b"}, report.run)]


def test_a_column_may_have_a_winner_of_its_own_and_people_settle_the_others(two_files: Desk) -> None:
    name_winner(two_files, 'winners = { "people.note" = "a.xlsx" }')
    for file in ("a.xlsx", "b.xlsx"):
        two_files.type(file, "Ana", "Note", f"from {file}")
        two_files.type(file, "Ana", "Email", f"{file[0]}@acme.example")
    report = two_files.run()
    assert [it.column for it in report.conflicts] == ["Email"]
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "from a.xlsx"


def test_a_winner_that_is_named_later_ends_what_was_open_and_nobody_agreed(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")
    assert len(two_files.run().conflicts) == 1
    name_winner(two_files, 'winner = "b.xlsx"')
    report = two_files.run()
    assert report.conflicts == ()
    assert any(note.endswith('"from b" won.') for note in report.notes)
    assert not any("the copies agree now" in note for note in report.notes)
