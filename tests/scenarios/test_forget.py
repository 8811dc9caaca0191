"""A person who is forgotten is in no file of the program any more, not even inside of zips and the ledger."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from email import message_from_bytes
from email.policy import default as mail_policy
from pathlib import Path

import pytest
from openpyxl.comments import Comment

from scenarios.desk import Desk, row_of
from sheetsync.errors import UsageError
from sheetsync.verbs.forget import forget
from sheetsync.verbs.mails import list_mails
from simulator.kills import killed_at


def found_in(folder: Path, *words: str) -> list[str]:
    """Every file below a folder in which one of these words stands, packed or plain."""
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(word.encode() in content for content in contents(path) for word in words)
    ]


def contents(path: Path) -> list[bytes]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            return [package.read(name) for name in package.namelist()]
    plain = [path.read_bytes()]
    if path.suffix == ".eml":
        parts = message_from_bytes(plain[0], policy=mail_policy).walk()
        plain += [it.get_content().encode() for it in parts if it.get_content_maintype() == "text"]
    return plain


def test_nothing_of_a_person_is_left_in_any_file(acme: Desk) -> None:
    acme.run(days=7)
    members = acme.sheet("Working Group.xlsx", "Members")
    words = ("Anjali Mehta", str(members.cell(row_of(members, "Anjali Mehta"), 3).value))
    assert "@" in words[1]
    assert {"ledger.db", "Stakeholder Map.xlsx", "Working Group.xlsx"} <= set(found_in(acme.folder, *words))
    forgotten = forget(acme.program, acme.now, "anjali mehta")
    assert "Members, Anjali Mehta" in forgotten.rows
    assert (forgotten.remains, forgotten.exit_code()) == ((), 0)
    assert found_in(acme.folder, *words) == []
    acme.settle(passes=4)
    assert found_in(acme.folder, *words) == []


def test_a_file_that_excel_saved_keeps_no_unused_text(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:  # as Excel does, openpyxl puts texts into a list of their own
        workbook.properties.creator = "Cleo"
        workbook["People"]["G3"].value = "asked Cleo"
    two_files.run()
    forget(two_files.program, two_files.now, "cleo@acme.example")
    assert found_in(two_files.folder, "Cleo", "cleo@") == []
    assert two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "asked (removed)"
    assert "Cleo" not in two_files.people("a.xlsx")


def test_what_was_deleted_long_ago_is_forgotten_too(two_files: Desk) -> None:
    row_id = two_files.ids("a.xlsx")["Dov"]
    two_files.remove("a.xlsx", "Dov")
    two_files.run()
    assert "ledger.db" in found_in(two_files.folder, "dov@acme.example")
    forgotten = forget(two_files.program, two_files.now, row_id)
    assert forgotten.words == ("Dov", "dov@acme.example")
    assert found_in(two_files.folder, "Dov", "dov@") == []


def test_values_in_conflicts_and_faulty_ones_go_as_well(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from Bo, he said")
    two_files.type("b.xlsx", "Ana", "Note", "not from him")
    two_files.type("a.xlsx", "Eli", "Hours", "as Bo says")
    two_files.run()
    assert forget(two_files.program, two_files.now, "Bo").remains == ()
    assert found_in(two_files.folder, "Bo,", "Bo ", "bo@") == []


def test_a_dry_run_lists_what_goes_and_changes_nothing(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo")
    two_files.run()
    before = two_files.hashes(kept=True)
    planned = forget(two_files.program, two_files.now, "Cleo", dry_run=True)
    assert planned.rows == ("People, Cleo",)
    assert planned.cells == ("People, Ana, Note (a.xlsx G3): asked Cleo -> asked (removed)",)
    assert planned.entries >= 2
    assert planned.edited
    assert all("backups" in it for it in planned.edited)
    assert two_files.hashes(kept=True) == before


def test_a_copy_that_was_left_out_has_to_be_closed_first(two_files: Desk) -> None:
    two_files.path("~$b.xlsx").touch()
    forgotten = forget(two_files.program, two_files.now, "Cleo")
    assert forgotten.exit_code() == 3
    assert "Cleo" in two_files.people("b.xlsx")
    two_files.path("~$b.xlsx").unlink()
    assert forget(two_files.program, two_files.now, "Cleo").exit_code() == 0
    assert found_in(two_files.folder, "Cleo", "cleo@") == []


def backups(desk: Desk) -> list[Path]:
    return sorted(it for it in (desk.program.state / "backups").rglob("*.xlsx") if it.is_file())


def test_the_backups_go_on_without_them_and_can_be_put_back(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo")
    two_files.run()
    two_files.type("a.xlsx", "Cleo", "Hours", 40)
    two_files.run()
    kept = {path.name: path.stat().st_mode for path in backups(two_files)}
    forgotten = forget(two_files.program, two_files.now, "Cleo")
    assert (forgotten.files, forgotten.remains) == ((), ())
    assert kept.items() <= {path.name: path.stat().st_mode for path in backups(two_files)}.items()
    old = next(path for path in backups(two_files) if path.parent.name == "a.xlsx")
    shutil.copyfile(old, two_files.path("a.xlsx"))
    two_files.settle()
    assert two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "asked (removed)"
    assert found_in(two_files.folder, "Cleo", "cleo@") == []


def test_a_backup_that_cannot_be_edited_is_deleted_and_told(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["B3"].comment = Comment("ask Cleo about it", "maya")
    two_files.type("b.xlsx", "Ana", "Hours", 7)
    two_files.run()
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["B3"].comment = None
    forgotten = forget(two_files.program, two_files.now, "Cleo")
    (deleted,) = forgotten.files
    assert "/a.xlsx/" in deleted
    assert forgotten.edited
    assert not Path(deleted).exists()
    assert found_in(two_files.folder, "Cleo", "cleo@") == []


def test_an_old_copy_that_is_put_back_does_not_bring_them_back(two_files: Desk) -> None:
    aside = two_files.save_copy("a.xlsx")
    forget(two_files.program, two_files.now, "Cleo")
    shutil.copyfile(aside, two_files.path("a.xlsx"))
    two_files.type("a.xlsx", "Bo", "Note", "typed into the old copy")
    two_files.type("a.xlsx", "Cleo", "Note", "typed here too")
    report = two_files.run()
    assert "People: a row that was forgotten came back in a.xlsx, and was deleted again." in report.notes
    two_files.settle()
    for file in ("a.xlsx", "b.xlsx"):
        assert sorted(two_files.people(file)) == ["Ana", "Bo", "Dov", "Eli", "Fay", "Gus", "Hana"]
        assert two_files.people(file)["Bo"]["Note"] == "typed into the old copy"
    assert found_in(two_files.folder, "Cleo", "cleo@") == []


def test_what_sheetsync_does_not_write_is_told(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["B3"].comment = Comment("ask Cleo about it", "maya")
    forgotten = forget(two_files.program, two_files.now, "Cleo")
    assert forgotten.remains == (str(two_files.path("a.xlsx").resolve()),)
    assert forgotten.exit_code() == 1


def test_a_cell_of_people_s_own_is_named_also_when_nothing_else_is_left(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["J2"] = "Met"
        workbook["People"]["J3"] = "with Cleo"
    planned = forget(two_files.program, two_files.now, "Cleo", dry_run=True)
    assert planned.remains == ("a.xlsx, People row 3, Met",)
    place = f"{two_files.path('a.xlsx').resolve()}, People J3"
    assert forget(two_files.program, two_files.now, "Cleo").remains == (place,)
    again = forget(two_files.program, two_files.now, "Cleo")
    assert not again
    assert again.remains == (place,)


def test_who_is_named_in_the_program_file_is_told_with_the_line(two_files: Desk) -> None:
    wanted, there = "maya@acme.example", str(two_files.path("sheetsync.toml").resolve())
    number = next(
        at
        for at, it in enumerate(two_files.path("sheetsync.toml").read_text().splitlines(), 1)
        if wanted in it
    )
    for dry_run in (True, False):
        told = forget(two_files.program, two_files.now, wanted, dry_run=dry_run)
        assert (told.remains, told.exit_code()) == ((f"{there}:{number}",), 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("step", range(2, 60, 8))
def test_a_forgetting_that_was_killed_is_finished_by_the_next_one(two_files: Desk, step: int) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "asked Cleo (cleo@acme.example)")
    two_files.run()
    (two_files.program.outbox).mkdir()
    (two_files.program.outbox / "1.eml").write_text("To: cleo@acme.example\nSubject: Welcome\n\nHi\n")
    child = os.fork()
    if child == 0:
        with killed_at(step):
            forget(two_files.program, two_files.now, "Cleo")
        os._exit(0)
    os.waitpid(child, 0)
    forget(two_files.program, two_files.now, "Cleo")
    assert found_in(two_files.folder, "Cleo", "cleo@") == []
    two_files.settle()
    assert two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert "Cleo" not in two_files.people("a.xlsx")


def test_mails_that_have_not_left_never_will(acme: Desk) -> None:
    (acme.program.outbox / "private.eml").write_text("Subject: x\n\nabout Helen Marsh\n")
    forget(acme.program, acme.now, "Helen Marsh")
    assert not (acme.program.outbox / "private.eml").exists()
    assert all("Helen Marsh" not in f"{it.subject} {it.message}" for it in list_mails(acme.program))


def test_an_answer_whose_day_has_come_leaves_the_backups_too(acme: Desk) -> None:
    sheet = acme.sheet("Working Group.xlsx", "Intake")
    header = {cell.value: cell.column for cell in sheet[2]}
    row_id, why = sheet.cell(3, 1).value, sheet.cell(3, header["Why"]).value
    assert why
    with acme.at("Working Group.xlsx") as workbook:
        workbook["Intake"].cell(3, header["Delete after"]).value = acme.now.date()
    acme.run()
    kept = {path.name for path in backups(acme)}
    assert acme.run(days=1).troubles == ()
    files = [*backups(acme), *acme.folder.glob("*.xlsx")]
    assert kept <= {path.name for path in files}
    for text in (row_id, why):
        assert [it for it in files if any(text.encode() in part for part in contents(it))] == []
    with sqlite3.connect(acme.program.state / "ledger.db") as raw:
        kept = raw.execute("select contents from row_version where row_id = ?", (row_id,)).fetchall()
    raw.close()
    assert set(kept) == {(None,)}
    assert row_id not in acme.ids("Working Group.xlsx", "Intake").values()


@pytest.mark.parametrize("name", ["Nobody", "Will"])
def test_a_word_of_sheetsync_s_own_is_nobody_and_nothing_changes(acme: Desk, name: str) -> None:
    before = acme.hashes(kept=True)
    assert not forget(acme.program, acme.now, name, dry_run=True)
    forget(acme.program, acme.now, name)
    after = acme.hashes(kept=True)
    assert {it for it in before if before[it] != after.get(it)} <= {".sheetsync/ledger.db"}


def test_somebody_whose_name_is_a_word_too_leaves_the_backups_and_they_stay(two_files: Desk) -> None:
    template = two_files.path("templates/team.toml")
    template.write_text(template.read_text().replace('text = "The team"', 'text = "Will you join? The team"'))
    two_files.type("a.xlsx", "Bo", "Name", "Will")
    two_files.type("a.xlsx", "Ana", "Note", "will call Will")
    two_files.run()
    forgotten = forget(two_files.program, two_files.now, "will")
    assert (forgotten.rows, len(forgotten.cells), forgotten.files) == (("People, Will",), 1, ())
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "will call (removed)"
    assert forgotten.edited


@pytest.mark.parametrize("name", ["", " ", ",", "-"])
def test_what_is_nobody_s_name_is_refused_before_anything_is_looked_at(two_files: Desk, name: str) -> None:
    with pytest.raises(UsageError, match="nobody's name"):
        forget(two_files.program, two_files.now, name)


def test_half_a_name_is_nobody_s_and_those_who_have_it_are_named(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ben Lee")
    two_files.add("a.xlsx", Name="Ben Kim", Note="Ben is his deputy", State="active")
    two_files.run()
    before = two_files.hashes()
    for name in ("Ben", "Lee"):
        forgotten = forget(two_files.program, two_files.now, name)
        assert not forgotten
        assert forgotten.near == tuple(it for it in ("Ben Kim", "Ben Lee") if name in it)
    assert not forget(two_files.program, two_files.now, "deputy")
    assert two_files.hashes() == before


def test_a_name_that_others_have_in_theirs_leaves_those_whole(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ben")
    two_files.add("a.xlsx", Name="Ben Lee", Note="Ben and Ben Lee, not Benjamin")
    two_files.run()
    assert forget(two_files.program, two_files.now, "Ben").rows == ("People, Ben",)
    assert two_files.people("b.xlsx")["Ben Lee"]["Note"] == "(removed) and Ben Lee, not Benjamin"
    assert "Ben" not in two_files.people("b.xlsx")


@pytest.mark.parametrize("name", ["Anastasia", "An"])
def test_a_name_that_is_only_a_part_of_a_word_is_somebody_else(two_files: Desk, name: str) -> None:
    planned = forget(two_files.program, two_files.now, name, dry_run=True)
    assert not planned
