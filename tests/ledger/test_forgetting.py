"""What the ledger is told to forget is in no table any more, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, create_engine, select

from scenarios.desk import Desk
from sheetsync.core.forgetting import Person
from sheetsync.ledger.forgetting import forget_mails, forget_words
from sheetsync.ledger.generations import Change, Generations
from sheetsync.ledger.outbox import (
    BASELINE,
    FAILED,
    PLANNED,
    RETRY,
    SENDING,
    SENT,
    UNKNOWN,
    WITHDRAWN,
    Letter,
    Outbox,
)
from sheetsync.ledger.schema import metadata
from sheetsync.verbs.forget import forget

NOW = datetime(2026, 3, 2, 9, 0)
ANA = Person(frozenset(["Ana Ruiz", "ana@acme.example"]))
MAIL = Letter("map/r1/digest/1", "bo@acme.example", "digest", "[Acme] Weekly", "<1@acme.example>", "")


def everything(connection: Connection) -> str:
    """What stands in every table."""
    return "".join(str(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))


@pytest.mark.parametrize("state", [PLANNED, SENDING, RETRY, FAILED, UNKNOWN])
def test_a_mail_that_may_not_have_left_is_withdrawn(connection: Connection, state: str) -> None:
    body = "Subject: x\n\nThanks to Ana Ruiz\n"
    others = replace(MAIL, key="2", message="Subject: x\n\nThanks to Anatol Ruiz\n")
    Outbox(connection).plan([replace(MAIL, message=body, state=state), others], 1, NOW)
    assert forget_mails(connection, ANA.is_in) == 1
    assert [(it.state, it.message) for it in Outbox(connection).letters()] == [
        (WITHDRAWN, ""),
        (PLANNED, others.message),
    ]


@pytest.mark.parametrize("state", [SENT, BASELINE])
def test_a_mail_that_left_stays_known_without_its_reader(connection: Connection, state: str) -> None:
    Outbox(connection).plan([replace(MAIL, address="ana@acme.example", state=state)], 1, NOW)
    forget_mails(connection, ANA.is_in)
    (mail,) = Outbox(connection).letters()
    assert (mail.key, mail.state, mail.address) == (MAIL.key, state, "(removed 1)")


def test_every_version_of_a_record_goes_and_names_leave_the_others(connection: Connection) -> None:
    generations = Generations(connection, "team")
    for hours in (1, 2):
        rows = {
            "r1": {"name": "Ana Ruiz", "hours": hours},
            "r2": {"name": "Bo", "note": f"Ana Ruiz, {hours}"},
        }
        changes = [Change("people", row_id, contents) for row_id, contents in rows.items()]
        generations.agree(generations.propose(hours, changes))
    generations.agree(generations.propose(3, [Change("people", "r1", None)]))
    assert [it[2]["hours"] for it in generations.erase("people", lambda held: "hours" in held)] == [1, 2]
    assert forget_words(connection, ANA.is_in, ANA.taken_out_of) == 2
    assert "Ana Ruiz" not in everything(connection)
    assert generations.last_held("people", ["r1", "r2", "r3"]) == {
        "r1": None,
        "r2": {"name": "Bo", "note": "(removed), 2"},
    }


def test_a_program_forgets_whatever_its_ledger_is(two_files: Desk, url: str) -> None:
    file = two_files.path("sheetsync.toml")
    file.write_text(f'{file.read_text()}[ledger]\nurl = "{url}"\n')
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo")
    two_files.run(lift="ledger")
    two_files.type("b.xlsx", "Cleo", "Hours", 40)
    two_files.run()
    assert forget(two_files.program, two_files.now, "Cleo").troubles == ()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        said = everything(connection)
    engine.dispose()
    assert "Dov" in said
    assert "cleo" not in said.lower()
    two_files.settle()
    assert sorted(two_files.people("b.xlsx")) == ["Ana", "Bo", "Dov", "Eli", "Fay", "Gus", "Hana"]
