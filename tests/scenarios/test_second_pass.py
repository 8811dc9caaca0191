"""Once everything is in step nothing is written, whatever is run; provisioning adds and never takes away."""

from __future__ import annotations

import pytest

from scenarios.desk import NAMES, TEAM, Desk
from sheetsync.verbs.pass_ import Verb

NEWER = TEAM.replace("version = 1", "version = 2").replace(
    '[[tab]]\nkey = "status"',
    """[[tab.column]]
key = "shirt"
label = "Shirt"
type = "choice"
values = ["S", "M"]

[[tab]]
key = "places"
title = "Places"
kind = "table"
natural_key = ["name"]
[[tab.column]]
key = "name"
label = "Name"

[[tab]]
key = "status"
""".rstrip(),
)


def test_a_second_pass_without_edits_writes_nothing(two_files: Desk) -> None:
    before = two_files.hashes()
    report = two_files.run()
    assert report.exit_code() == 0
    assert all(not it.tabs for it in report.written)
    assert two_files.hashes() == before


def test_a_second_pass_over_the_sample_program_writes_nothing_and_mails_nothing(acme: Desk) -> None:
    before = acme.hashes()
    report = acme.run()
    assert all(not it.tabs for it in report.written)
    assert report.mails == ()
    assert acme.hashes() == before


def test_provisioning_again_writes_nothing(acme: Desk) -> None:
    before = acme.hashes()
    assert acme.provision() == ()
    assert acme.hashes() == before


@pytest.mark.parametrize("verb", [Verb.RUN, Verb.VALIDATE])
def test_a_dry_run_writes_nothing_and_tells_what_would_be_written(two_files: Desk, verb: Verb) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "would cross")
    two_files.add("b.xlsx", Name="Ida")
    before = two_files.hashes()

    report = two_files.run(verb, dry_run=True)

    assert two_files.hashes() == before
    written = {it.replica: it for it in report.written}
    assert (written["b.xlsx"].cells, written["b.xlsx"].ids, written["a.xlsx"].new) == (1, 1, 1)
    if verb is Verb.RUN:
        assert set(two_files.run().written) == set(report.written), "and then it does just that"


def test_a_newer_template_adds_what_is_new_and_the_pass_goes_on(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed before")
    (two_files.folder / "templates/team.toml").write_text(NEWER)

    report = two_files.run()
    assert report.exit_code() == 3
    assert "sheetsync provision" in report.troubles[0].do

    done = two_files.provision()
    assert any('"Shirt"' in line and "a.xlsx" in line for line in done)
    assert any('"Places"' in line and "b.xlsx" in line for line in done)
    assert two_files.provision() == ()

    assert two_files.run().exit_code() == 0
    two_files.type("b.xlsx", "Bo", "Shirt", "M")
    two_files.add("a.xlsx", tab="Places", Name="Harbor")
    two_files.settle()
    for file in ("a.xlsx", "b.xlsx"):
        assert set(two_files.people(file)) == set(NAMES)
        assert two_files.people(file)["Ana"]["Note"] == "typed before"
        assert two_files.people(file)["Bo"]["Shirt"] == "M"
        assert two_files.column(file, "Name", "Places") == ["Harbor"]
