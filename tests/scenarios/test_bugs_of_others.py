"""What went wrong in other sync programs does not go wrong here; each test names its origin."""

from __future__ import annotations

import shutil
import unicodedata

import pytest

from scenarios.desk import NAMES, Desk, cell_of
from sheetsync.errors import LockHeld
from sheetsync.verbs.opening import locked


def wipe(desk: Desk, file: str) -> None:
    desk.remove(file, *desk.people(file))


class TestEmptySides:
    def test_an_emptied_side_does_not_empty_the_other(self, two_files: Desk) -> None:
        """vdirsyncer 42, rclone 1186"""
        wipe(two_files, "a.xlsx")
        before = two_files.hashes()
        assert two_files.run().exit_code() == 3
        assert two_files.hashes() == before

    def test_a_side_that_is_not_mounted_deletes_nothing(self, two_files: Desk) -> None:
        """unison 262"""
        two_files.path("a.xlsx").rename(two_files.path("unmounted"))
        two_files.run()
        assert set(two_files.people("b.xlsx")) == set(NAMES)
        two_files.path("unmounted").rename(two_files.path("a.xlsx"))
        two_files.settle()
        assert set(two_files.people("a.xlsx")) == set(NAMES)

    def test_no_brake_where_both_sides_were_emptied_alike(self, two_files: Desk) -> None:
        """vdirsyncer 1099"""
        wipe(two_files, "a.xlsx")
        wipe(two_files, "b.xlsx")
        assert not any(it.brake for it in two_files.run().troubles)

    def test_a_table_that_is_empty_from_the_start_is_no_brake(self, two_files: Desk) -> None:
        """vdirsyncer 1099"""
        assert two_files.column("other.xlsx", "Name") == []
        assert two_files.run().troubles == ()


class TestDeletesAndStaleCopies:
    def test_a_delete_is_not_reverted_by_the_next_pass(self, two_files: Desk) -> None:
        """rclone 9939"""
        two_files.remove("a.xlsx", "Bo")
        two_files.run()
        two_files.run()
        assert "Bo" not in two_files.people("a.xlsx") | two_files.people("b.xlsx")

    def test_an_open_application_that_saves_a_stale_copy_undoes_no_edit(self, two_files: Desk) -> None:
        """nextcloud 8921"""
        two_files.type("b.xlsx", "Ana", "Note", "first")
        two_files.run()
        opened_then = two_files.save_copy("a.xlsx")
        two_files.type("b.xlsx", "Ana", "Note", "second")
        two_files.run()
        shutil.copyfile(opened_then, two_files.path("a.xlsx"))
        two_files.type("a.xlsx", "Bo", "Note", "typed in the stale one")
        two_files.settle()
        for file in ("a.xlsx", "b.xlsx"):
            assert two_files.people(file)["Ana"]["Note"] == "second"
            assert two_files.people(file)["Bo"]["Note"] == "typed in the stale one"

    def test_neither_changed_yet_different_heals(self, two_files: Desk) -> None:
        """vdirsyncer 1155: both sides look unchanged, and differ"""
        two_files.type("b.xlsx", "Ana", "Note", "agreed")
        before = two_files.save_copy("a.xlsx")
        two_files.run()
        shutil.copyfile(before, two_files.path("a.xlsx"))
        two_files.run()
        assert two_files.people("a.xlsx")["Ana"]["Note"] == "agreed"


class TestLocksAndInterruptions:
    def test_a_lock_file_left_by_a_dead_process_holds_nobody_up(self, two_files: Desk) -> None:
        """unison 599"""
        (two_files.program.state / "lock").touch()
        assert two_files.run().exit_code() == 0

    def test_runs_do_not_overlap(self, two_files: Desk) -> None:
        """vdirsyncer 561"""
        with locked(two_files.program), pytest.raises(LockHeld):
            two_files.run()

    def test_nothing_has_to_be_resynced_by_hand_after_an_interruption(self, two_files: Desk) -> None:
        """rclone 7470: tests/simulator kills passes at every step; this is the smallest such case"""
        two_files.type("a.xlsx", "Ana", "Note", "interrupted")
        shutil.copyfile(two_files.path("a.xlsx"), two_files.path("b.xlsx"))
        two_files.settle()
        assert two_files.people("b.xlsx")["Ana"]["Note"] == "interrupted"


class TestSameTextOtherBytes:
    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_forms_of_a_letter_are_one_text(self, two_files: Desk, form: str) -> None:
        """rclone 7270"""
        two_files.type("a.xlsx", "Ana", "Note", unicodedata.normalize("NFC", "Zo\u00eb"))
        two_files.type("b.xlsx", "Ana", "Note", unicodedata.normalize(form, "Zo\u00eb"))
        assert two_files.run().conflicts == ()
        assert not any(it.cells for it in two_files.run().written)

    def test_no_ping_pong_about_what_looks_the_same(self, two_files: Desk) -> None:
        """vdirsyncer 318"""
        two_files.type("a.xlsx", "Ana", "Note", "two\r\nlines")
        two_files.type("a.xlsx", "Ana", "Hours", 5.0)
        two_files.run()
        assert not any(it.tabs for it in two_files.run().written)

    def test_twins_that_differ_by_a_trailing_space_are_kept_apart(self, two_files: Desk) -> None:
        """molgenis 2584"""
        two_files.add("a.xlsx", Name="Ida ", Note="with a space")
        two_files.add("b.xlsx", Name="Ida", Note="without")
        two_files.settle()
        for file in ("a.xlsx", "b.xlsx"):
            people = two_files.people(file)
            assert (people["Ida "]["Note"], people["Ida"]["Note"]) == ("with a space", "without")

    @pytest.mark.parametrize("text", ["0003", "6.10", "1/2", "TRUE", "1,5", "=1+1"])
    def test_text_that_looks_like_something_else_stays_text(self, two_files: Desk, text: str) -> None:
        """gspread 231, gspread-pandas 26, gspread 501 (decimal commas)"""
        two_files.type("a.xlsx", "Ana", "Note", "before")
        with two_files.at("a.xlsx") as workbook:
            cell = next(it for row in workbook["People"].iter_rows() for it in row if it.value == "before")
            cell.value, cell.data_type = text, "s"
        two_files.run()
        assert two_files.people("b.xlsx")["Ana"]["Note"] == text


class TestRowsAndColumns:
    def test_two_rows_of_one_id_are_two_records(self, two_files: Desk) -> None:
        """vdirsyncer 290"""
        with two_files.at("a.xlsx") as workbook:
            sheet = workbook["People"]
            sheet.append([cell.value for cell in sheet[3]])
        two_files.settle()
        ids = [row[0].value for row in two_files.sheet("b.xlsx").iter_rows(min_row=3, max_row=11)]
        assert len(set(ids)) == len(ids) == len(NAMES) + 1

    def test_nobody_wins_by_the_time_of_saving(self, two_files: Desk) -> None:
        """rclone 9417"""
        two_files.type("a.xlsx", "Ana", "Note", "saved first")
        two_files.type("b.xlsx", "Ana", "Note", "saved last")
        report = two_files.run()
        assert [set(it.opinions.values()) for it in report.conflicts] == [{"saved first", "saved last"}]
        assert two_files.people("a.xlsx")["Ana"]["Note"] == "saved first"

    def test_a_changed_header_shifts_no_column(self, two_files: Desk) -> None:
        """n8n 16915"""
        with two_files.at("a.xlsx") as workbook:
            workbook["People"]["C2"].value = "E-mail address"
        two_files.type("b.xlsx", "Ana", "Email", "new@acme.example")
        two_files.settle()
        assert two_files.people("a.xlsx")["Ana"]["E-mail address"] == "new@acme.example"

    def test_a_blank_row_does_not_end_the_table(self, two_files: Desk) -> None:
        """airbyte 1668"""
        with two_files.at("a.xlsx") as workbook:
            workbook["People"].insert_rows(5)
        two_files.settle()
        assert set(two_files.people("b.xlsx")) >= set(NAMES)

    def test_the_row_that_is_meant_is_written_though_rows_were_shifted(self, two_files: Desk) -> None:
        """n8n 1736"""
        with two_files.at("a.xlsx") as workbook:
            workbook["People"].insert_rows(3, 2)
        two_files.type("b.xlsx", "Dov", "Note", "for Dov")
        two_files.settle()
        assert cell_of(two_files.sheet("a.xlsx"), "Dov", "Note").value == "for Dov"

    def test_a_new_row_lands_in_its_own_columns_though_those_were_moved(self, two_files: Desk) -> None:
        """gspread 603"""
        with two_files.at("a.xlsx") as workbook:
            sheet = workbook["People"]
            for number in range(1, sheet.max_row + 1):
                left, right = sheet.cell(number, 3), sheet.cell(number, 7)
                left.value, right.value = right.value, left.value
        two_files.add("b.xlsx", Name="Ida", Email="ida@acme.example", Note="new")
        two_files.settle()
        assert two_files.people("a.xlsx")["Ida"] == two_files.people("b.xlsx")["Ida"]

    def test_columns_of_peoples_own_are_left_alone(self, two_files: Desk) -> None:
        """owox 1191"""
        with two_files.at("a.xlsx") as workbook:
            workbook["People"]["J2"].value, workbook["People"]["J3"].value = "Mine", "kept"
        two_files.type("b.xlsx", "Ana", "Note", "x")
        two_files.settle()
        assert two_files.sheet("a.xlsx")["J3"].value == "kept"

    def test_a_formula_without_a_stored_result_empties_nothing(self, two_files: Desk) -> None:
        """onyx 13354"""
        two_files.type("a.xlsx", "Ana", "Hours", "=1+1")
        two_files.run()
        assert two_files.people("b.xlsx")["Ana"]["Hours"] == len("Ana")
