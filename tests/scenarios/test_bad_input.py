"""Files that stand in the way: said in words that help, left as they are, and no hindrance to the others."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from scenarios.desk import NAMES, Desk, cell_of, copied, last_row, team_program
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.layout import Margin
from sheetsync.verbs.doctor import doctor
from sheetsync.verbs.gather import Trouble
from sheetsync.verbs.provision import provision


def refused(desk: Desk, *words: str, code: int = 3) -> Trouble:
    """A pass that leaves a.xlsx alone for one reason, told in these words, while the other workbook goes on.

    Returns:
        The reason.
    """
    desk.add("other.xlsx", Name="Zoe")
    before = desk.hashes()

    report = desk.run()

    (trouble,) = report.troubles
    assert report.exit_code() == code
    assert trouble.replica in ("a.xlsx", "")
    for word in ("a.xlsx", *words):
        assert word in f"{trouble.what} {trouble.do}"
    assert trouble.do, "it says what to do"
    assert desk.hashes()["a.xlsx"] == before["a.xlsx"], "byte for byte as it was"
    assert desk.ids("other.xlsx")["Zoe"].startswith("r"), "the other workbook got its pass"
    return trouble


def change(desk: Desk, edit: Callable[[Workbook], object]) -> None:
    with desk.at("a.xlsx") as workbook:
        edit(workbook)


def set_margin(desk: Desk, file: str, tab: str, **facts: object) -> None:
    with desk.at(file) as workbook:
        margin = Margin.parse(workbook[tab]["A1"].value)
        assert margin is not None
        workbook[tab]["A1"] = Margin(
            **{**{key: getattr(margin, key) for key in margin.__slots__}, **facts}
        ).text()


# files that are no workbook, or not now


@pytest.mark.parametrize("lock", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_a_file_that_is_open_elsewhere_waits_for_the_next_pass(two_files: Desk, lock: str) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "waits")
    two_files.type("b.xlsx", "Bo", "Note", "goes on")
    two_files.path(lock).touch()

    trouble = refused(two_files, "open in another program", lock, code=0)
    assert trouble.passing

    two_files.path(lock).unlink()
    assert two_files.run().troubles == ()
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "waits"
    assert two_files.people("a.xlsx")["Bo"]["Note"] == "goes on"


def test_a_missing_file_is_named_and_the_other_copy_goes_on(two_files: Desk) -> None:
    two_files.path("a.xlsx").unlink()
    two_files.type("b.xlsx", "Bo", "Note", "goes on")
    report = two_files.run()
    (trouble,) = report.troubles
    assert report.exit_code() == 3
    assert "a.xlsx: there is no such file" in trouble.what
    assert "sheetsync provision" in trouble.do


def test_a_lost_file_is_made_anew_from_what_the_ledger_remembers(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Goal", "Value", "a pilot", tab="Frame")
    two_files.settle()
    two_files.path("a.xlsx").unlink()
    two_files.provision()
    two_files.settle()
    assert two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert set(two_files.people("a.xlsx")) == set(NAMES)
    for file in ("a.xlsx", "b.xlsx"):
        assert "a pilot" in two_files.texts(file, "Frame")


def test_a_password_is_named_as_the_reason(two_files: Desk) -> None:
    two_files.path("a.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le")
    )
    refused(two_files, "protected by a password", "remove the password")


def test_a_file_that_was_cut_short_is_named(two_files: Desk) -> None:
    data = two_files.path("a.xlsx").read_bytes()
    two_files.path("a.xlsx").write_bytes(data[: len(data) // 2])
    refused(two_files, "damaged or cut short", ".sheetsync/backups")


@pytest.mark.parametrize("content", [b"", b"Name,Email\nAna,ana@acme.example\n", b"PK\x03\x04 and no more"])
def test_a_file_that_is_no_workbook_is_named(two_files: Desk, content: bytes) -> None:
    two_files.path("a.xlsx").write_bytes(content)
    trouble = refused(two_files)
    assert "save" in trouble.do.lower()
    assert trouble.do.endswith(f"Or put a version back from {two_files.path('.sheetsync/backups/a.xlsx')}")


def test_a_zip_of_something_else_is_named(two_files: Desk) -> None:
    with zipfile.ZipFile(two_files.path("a.xlsx"), "w") as package:
        package.writestr("readme.txt", "no workbook")
    refused(two_files, "is a zip file, but not an Excel workbook")


def test_a_workbook_of_somebody_else_is_not_touched(two_files: Desk) -> None:
    Workbook().save(two_files.path("a.xlsx"))
    refused(two_files, "is not a workbook that sheetsync made", "sheetsync import")


@pytest.mark.skipif("SHEETSYNC_TEST_DATA" not in os.environ, reason="SHEETSYNC_TEST_DATA names no workbooks")
def test_no_workbook_of_the_wild_is_written_or_brings_a_traceback(two_files: Desk) -> None:
    folder = Path(os.environ["SHEETSYNC_TEST_DATA"]) / "workbooks"
    for path in sorted(it for it in folder.rglob("*") if it.suffix in (".xlsx", ".xlsm")):
        shutil.copyfile(path, two_files.path("a.xlsx"))
        before = two_files.hashes()
        report = two_files.run()
        assert [it.replica for it in report.troubles] == ["a.xlsx"], path
        assert two_files.hashes() == before, path


# tabs and columns


def test_a_missing_tab_is_named_with_those_that_are_there(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook.remove(workbook["People"]))
    refused(two_files, 'tab "People" is missing', '"Frame"', "backup")


def test_a_workbook_made_from_another_template_is_told_so_and_gets_no_tab_of_this_one(acme: Desk) -> None:
    shutil.copyfile(acme.path("Working Group.xlsx"), acme.path("Stakeholder Map.xlsx"))
    before = acme.hashes()
    (trouble,) = acme.run().troubles
    assert "was made from the template working-group; sheetsync.toml says stakeholder-map" in trouble.what
    assert "replicas" in trouble.do
    report = provision(acme.program, "map")
    assert (report.done, [it.what for it in report.troubles]) == ((), [trouble.what])
    assert acme.hashes()["Stakeholder Map.xlsx"] == before["Stakeholder Map.xlsx"]


def test_a_tab_that_a_newer_template_has_is_added_by_provisioning(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook.remove(workbook["People"]))
    template = two_files.path("templates/team.toml")
    template.write_text(template.read_text().replace("version = 1", "version = 2"))
    refused(two_files, 'lacks the tab "People", which a newer template has', "sheetsync provision")


def test_a_tab_without_its_hidden_row_is_named(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook["People"].delete_rows(1))
    refused(two_files, '"People"', "hidden first row", "undo")


def test_a_file_that_goes_between_reading_and_writing_is_left_out(two_files: Desk, monkeypatch) -> None:
    two_files.type("b.xlsx", "Ana", "Note", "while a is moved away")
    write = ExcelReplica.write

    def away_by_then(self: ExcelReplica, *given: object) -> str:
        if self.path.name == "a.xlsx":
            self.path.unlink()
        return write(self, *given)

    monkeypatch.setattr(ExcelReplica, "write", away_by_then)
    (trouble,) = two_files.run().troubles
    assert "a.xlsx: there is no such file" in trouble.what


def test_a_file_that_was_marked_as_read_only_stays_as_it_is_and_the_others_go_on(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Ana", "Note", "while a is read-only")
    two_files.path("a.xlsx").chmod(0o444)
    before = two_files.path("a.xlsx").read_bytes()
    report = two_files.run()
    (trouble,) = report.troubles
    assert "a.xlsx: is read-only, and stays as it is." in trouble.what
    assert (report.exit_code(), two_files.path("a.xlsx").read_bytes()) == (3, before)
    two_files.path("a.xlsx").chmod(0o644)
    two_files.settle()
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "while a is read-only"


def test_a_renamed_tab_goes_on(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"].title = "Our people"
    two_files.type("b.xlsx", "Ana", "Note", "crosses")
    report = two_files.run()
    assert report.troubles == ()
    assert cell_of(two_files.sheet("a.xlsx", "Our people"), "Ana", "Note").value == "crosses"


def test_a_copied_tab_is_named_with_both_titles(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook.copy_worksheet(workbook["People"]))
    refused(two_files, '"People"', '"People Copy"', "A1")


def test_a_column_that_is_gone_is_named(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook["People"].delete_cols(3))
    refused(two_files, '"People"', '"Email"', "Put it back")


def test_the_other_copies_go_on_without_one_whose_column_is_gone_when_asked_to(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"]["G1"].value = None
    two_files.type("b.xlsx", "Ana", "Hours", 12)
    before = two_files.hashes()
    assert "--lift layout" in two_files.run().troubles[0].do
    assert two_files.hashes() == before, "a brake, so nothing was written"

    report = two_files.run(lift="layout")

    assert [trouble.replica for trouble in report.troubles] == ["a.xlsx"]
    assert "b.xlsx" in {it.replica for it in report.written}
    assert two_files.hashes()["a.xlsx"] == before["a.xlsx"]


def test_a_copied_column_is_named_with_both_letters(two_files: Desk) -> None:
    def copy_column(workbook: Workbook) -> None:
        for row in range(1, last_row(workbook["People"]) + 1):
            workbook["People"].cell(row, 9).value = workbook["People"].cell(row, 4).value

    change(two_files, copy_column)
    refused(two_files, '"People"', '"State"', "in D and in I", "Clear I1")


def test_merged_cells_in_a_table_are_named(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook["People"].merge_cells("D4:D6"))
    refused(two_files, '"People"', "D4:D6", "unmerge")


# single values


def test_a_value_of_the_wrong_type_is_reported_and_stays_where_it_is(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", "three or so")
    two_files.type("a.xlsx", "Ana", "Note", "crosses")

    report = two_files.run()

    assert report.exit_code() == 1
    (placed,) = [it for it in report.findings if it.finding.code == "D002"]
    assert (placed.tab, placed.cell, placed.row, placed.column) == ("People", "E3", "Ana", "Hours")
    assert "three or so" in placed.finding.message
    assert report.conflicts == ()
    assert two_files.people("a.xlsx")["Ana"]["Hours"] == "three or so"
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 3, "it does not cross"
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "crosses"
    assert "Checks" in two_files.shown("a.xlsx")
    assert "E3" in two_files.texts("a.xlsx", "Checks")

    two_files.type("a.xlsx", "Ana", "Hours", 3.5)
    assert two_files.run().exit_code() == 0
    assert two_files.people("b.xlsx")["Ana"]["Hours"] == 3.5
    assert "Checks" not in two_files.shown("a.xlsx")


def test_an_edit_elsewhere_does_not_overwrite_a_value_of_the_wrong_type(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Hours", "three or so")
    two_files.run()
    two_files.type("b.xlsx", "Ana", "Hours", 8)
    report = two_files.run()
    assert two_files.people("a.xlsx")["Ana"]["Hours"] == "three or so"
    assert [it.opinions for it in report.conflicts] == [{"a.xlsx": "three or so", "b.xlsx": 8}]


@pytest.mark.parametrize(
    ("tab", "instead"), [("People", 'the person "Ana"'), ("Frame", 'the setting "Goal"')]
)
def test_a_deleted_header_is_no_rename_of_the_headers(two_files: Desk, tab: str, instead: str) -> None:
    change(two_files, lambda workbook: workbook[tab].delete_rows(2))
    refused(two_files, f'"{tab}": the header is gone; row 2 holds {instead}', "Put it back")
    assert set(two_files.people("b.xlsx")) == set(NAMES)
    assert two_files.sheet("b.xlsx")["B2"].value == "Name"


def test_a_header_without_the_hidden_word_above_the_ids_is_found_by_its_words(two_files: Desk) -> None:
    change(two_files, lambda workbook: workbook["People"].__setitem__("A2", None))
    two_files.type("a.xlsx", "Ana", "Note", "new")
    two_files.run()
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "new"


# brakes


def empty_table(workbook: Workbook) -> None:
    workbook["People"].delete_rows(3, 50)


def test_an_empty_tab_stops_the_pass_until_the_brake_is_lifted(two_files: Desk) -> None:
    change(two_files, empty_table)
    trouble = refused(two_files, "People", "is empty", "8 rows", "--lift empty-tab")
    assert trouble.brake == "empty-tab"
    assert set(two_files.people("b.xlsx")) == set(NAMES)

    assert two_files.run(lift="empty-tab").exit_code() == 0
    assert two_files.people("b.xlsx") == {}


def test_a_mass_deletion_stops_the_pass_until_the_brake_is_lifted(two_files: Desk) -> None:
    two_files.remove("a.xlsx", *NAMES[:6])
    trouble = refused(two_files, "People", "6 of 8 rows", "--lift deletes")
    assert trouble.brake == "deletes"
    assert len(two_files.people("b.xlsx")) == 8

    assert two_files.run(lift="deletes").exit_code() == 0
    assert list(two_files.people("b.xlsx")) == list(NAMES[6:])
    two_files.settle()
    assert list(two_files.people("a.xlsx")) == list(NAMES[6:])


def test_a_workbook_that_is_renamed_in_the_program_file_is_called_by_both_names(two_files: Desk) -> None:
    file = two_files.path("sheetsync.toml")
    file.write_text(file.read_text().replace('name = "team"', 'name = "crew"'))
    before = two_files.hashes()
    for trouble in two_files.run().troubles:
        assert 'a copy of the workbook "team"' in trouble.what
        assert 'Call it "team" again' in trouble.do
        assert trouble.brake == "ledger"
    assert {it: before[it] for it in ("a.xlsx", "b.xlsx")}.items() <= two_files.hashes().items()
    (told,) = (it for it in doctor(two_files.program, two_files.now).examined if it.part == "Copies")
    assert ['Call it "team" again' in it.do for it in told.ailments] == [True, True]


def test_a_copy_of_another_program_is_told_as_such(two_files: Desk, tmp_path: Path) -> None:
    other = team_program(tmp_path / "theirs", "a.xlsx")
    other.settle()
    shutil.copy(other.path("a.xlsx"), two_files.path("a.xlsx"))
    refused(two_files, 'belongs to another program ("team"', "Check the path", "--lift ledger")


def test_a_workbook_of_another_ledger_is_stopped_and_can_be_taken_over(two_files: Desk) -> None:
    ids = two_files.ids("a.xlsx")
    shutil.rmtree(two_files.folder / ".sheetsync")
    before = two_files.hashes()

    report = two_files.run()
    assert report.exit_code() == 3
    assert {it.brake for it in report.troubles} == {"ledger"}
    assert "the ledger is new" in report.troubles[0].what
    assert "doctor --rebuild" in report.troubles[0].do
    assert "--lift ledger" in report.troubles[0].do
    assert two_files.hashes() == before

    assert two_files.run(lift="ledger").exit_code() == 0
    assert two_files.ids("a.xlsx") == two_files.ids("b.xlsx") == ids, "ids stay, nothing is doubled"
    assert two_files.run().troubles == (), "lifted once, it belongs to this ledger"
    two_files.type("a.xlsx", "Ana", "Note", "goes on")
    two_files.run()
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "goes on"


def test_copies_of_a_lost_ledger_that_differ_are_asked_about(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "only in a")
    two_files.type("a.xlsx", "Bo", "Hours", 9)
    shutil.rmtree(two_files.folder / ".sheetsync")
    report = two_files.run(lift="ledger")
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "only in a"
    assert [it.opinions for it in report.conflicts] == [{"a.xlsx": 9, "b.xlsx": 2}]


def test_a_stamp_that_the_ledger_does_not_know_is_stopped_until_lifted(
    two_files: Desk, tmp_path: Path
) -> None:
    older = copied(two_files, tmp_path / "older")
    two_files.type("a.xlsx", "Ana", "Note", "newer")
    two_files.run()
    shutil.copyfile(older.folder / ".sheetsync/ledger.db", two_files.folder / ".sheetsync/ledger.db")

    report = two_files.run()
    (trouble,) = [it for it in report.troubles if it.replica == "b.xlsx"]
    assert trouble.brake == "stamp"
    assert "does not know" in trouble.what
    assert "--lift stamp" in trouble.do

    assert two_files.run(lift="stamp").conflicts == ()
    two_files.settle()
    assert two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "newer"


def test_a_ledger_that_is_damaged_is_named(two_files: Desk) -> None:
    (two_files.folder / ".sheetsync/ledger.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Exception, match=r"ledger .* cannot be opened"):
        two_files.run()


def test_a_total_row_is_no_record_and_no_row_is_written_over_it(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        sheet = workbook["People"]
        (table,) = sheet.tables.values()
        first, last = table.ref.split(":")
        bottom = int("".join(filter(str.isdigit, last))) + 1
        table.ref = f"{first}:{last.rstrip('0123456789')}{bottom}"
        table.totalsRowCount = 1
        sheet.cell(bottom, 2, "Total")
    two_files.type("b.xlsx", "Ana", "Note", "Edited")
    two_files.settle()
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "Edited"
    assert "Total" not in two_files.people("b.xlsx")
    two_files.add("b.xlsx", Name="Ida")
    two_files.remove("b.xlsx", "Bo")
    two_files.settle()
    sheet = two_files.sheet("a.xlsx")
    assert (sheet.cell(bottom - 1, 2).value, sheet.cell(bottom, 2).value) == ("Ida", "Total")
    assert set(two_files.people("b.xlsx")) == {*NAMES, "Ida"} - {"Bo"}


def test_a_deleted_column_that_is_provisioned_anew_empties_no_other_copy(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "Knows everybody")
    two_files.settle()
    with two_files.at("a.xlsx") as workbook:
        sheet = workbook["People"]
        number = next(cell.column for cell in sheet[1] if cell.value == "note")
        sheet.delete_cols(number)
        for table in sheet.tables.values():
            table.ref = table.ref.replace("G", "F")
            table.tableColumns = []
    (trouble,) = two_files.run().troubles
    assert '"Note" is gone' in trouble.what
    two_files.provision()
    two_files.settle()
    assert two_files.people("b.xlsx")["Ana"]["Note"] == "Knows everybody"
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "Knows everybody"


def test_a_second_version_that_a_cloud_client_kept_is_told_by_every_pass(two_files: Desk) -> None:
    assert two_files.run().notes == ()
    second = two_files.path("a (Maya's conflicted copy 2026-03-04).xlsx")
    shutil.copy(two_files.path("a.xlsx"), second)
    for _ in range(2):
        (told,) = two_files.run().notes
        assert "conflicted copy" in told
        assert "looks like a second version of a.xlsx" in told
    second.unlink()
    assert two_files.run().notes == ()
