"""Two Excel files of one workbook, edited by different people between passes."""

from __future__ import annotations

import shutil
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from scenarios.desk import NAMES, Desk, cell_of, headers, last_row, row_of, rows, team_program
from sheetsync.verbs.import_ import propose_import
from sheetsync.verbs.log import Wanted, read_log
from sheetsync.verbs.undo import undo


def equal(desk: Desk) -> bool:
    """Whether both files hold the same records under the same ids."""
    return desk.people("a.xlsx") == desk.people("b.xlsx") and desk.ids("a.xlsx") == desk.ids("b.xlsx")


def sort_visible(sheet: Worksheet, *, by: str) -> None:
    """Sort the visible columns alone, so that the hidden ids stay where they were."""
    wanted = sorted(rows(sheet), key=lambda row: str(row.get(by, "")), reverse=True)
    for number, row in enumerate(wanted, 3):
        for header, column in headers(sheet).items():
            sheet.cell(number, column).value = row.get(header)


def test_edits_cross_both_ways_in_one_pass(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed in a")
    two_files.type("b.xlsx", "Bo", "Hours", 12.5)
    two_files.type("b.xlsx", "Ana", "State", "paused")

    report = two_files.run()

    assert report.exit_code() == 0
    assert equal(two_files)
    assert two_files.people("a.xlsx")["Bo"]["Hours"] == 12.5
    assert two_files.people("b.xlsx")["Ana"] == two_files.people("a.xlsx")["Ana"]
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "typed in a"
    assert two_files.people("a.xlsx")["Ana"]["State"] == "paused"


def test_a_setting_of_a_form_crosses(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Goal", "Value", "a pilot", tab="Frame")
    two_files.run()
    assert "a pilot" in two_files.texts("a.xlsx", "Frame")


def test_an_emptied_cell_is_emptied_everywhere(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Cleo", "Hours", None)
    two_files.run()
    assert "Hours" not in two_files.people("a.xlsx")["Cleo"]


def test_rows_typed_on_both_sides_cross_and_nothing_is_doubled(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ida", Note="from a")
    two_files.add("a.xlsx", Name="Jon", Note="from a")
    two_files.add("b.xlsx", Name="Kim", Note="from b")

    two_files.run()
    two_files.settle()

    assert equal(two_files)
    for file in ("a.xlsx", "b.xlsx"):
        names = two_files.column(file, "Name")
        assert sorted(map(str, names)) == sorted([*NAMES, "Ida", "Jon", "Kim"])
        assert len(set(two_files.ids(file).values())) == len(names)


def test_the_same_row_typed_on_both_sides_is_one_record(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ida", Email="ida@acme.example", Hours=3)
    two_files.add("b.xlsx", Name="Ida", Email="Ida@acme.example", Hours=3)
    two_files.settle()
    assert two_files.column("a.xlsx", "Name").count("Ida") == 1
    assert two_files.ids("a.xlsx") == two_files.ids("b.xlsx")


def test_a_new_row_stands_at_the_end_inside_the_table_and_looks_like_its_neighbors(two_files: Desk) -> None:
    two_files.add("a.xlsx", Name="Ida")
    two_files.run()
    sheet = two_files.sheet("b.xlsx")
    (table,) = sheet.tables.values()
    row = row_of(sheet, "Ida")
    assert row == last_row(sheet)
    assert table.ref.endswith(str(row))
    assert table.autoFilter.ref == table.ref
    new, above = cell_of(sheet, "Ida", "Name"), sheet.cell(row - 1, 2)
    assert new.style_id == above.style_id


def test_a_deleted_row_goes_everywhere_and_does_not_come_back(two_files: Desk) -> None:
    two_files.remove("a.xlsx", "Dov")
    two_files.run()
    assert equal(two_files)
    assert "Dov" not in two_files.people("b.xlsx")
    two_files.settle()
    assert "Dov" not in two_files.people("a.xlsx")


def test_a_row_whose_cells_were_emptied_counts_as_deleted(two_files: Desk) -> None:
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        row = row_of(sheet, "Eli")
        for column in headers(sheet).values():
            sheet.cell(row, column).value = None
    two_files.settle()
    assert "Eli" not in two_files.people("a.xlsx")
    assert equal(two_files)


def test_a_row_deleted_here_and_edited_there_comes_back_with_the_edit(two_files: Desk) -> None:
    two_files.remove("a.xlsx", "Fay")
    two_files.type("b.xlsx", "Fay", "Note", "still needed")
    report = two_files.run()
    assert two_files.people("a.xlsx")["Fay"]["Note"] == "still needed"
    assert any("came back" in note for note in report.notes)


def test_a_renamed_header_is_renamed_everywhere_and_its_column_goes_on(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"].cell(2, headers(workbook["People"])["Note"]).value = "Remark"
    two_files.type("b.xlsx", "Ana", "Note", "still the same column")
    two_files.run()
    two_files.settle()
    assert two_files.people("a.xlsx")["Ana"]["Remark"] == "still the same column"
    assert equal(two_files)
    (table,) = two_files.sheet("b.xlsx").tables.values()
    assert "Remark" in table.column_names


def test_a_header_that_another_column_has_stays_where_it_was_typed(two_files: Desk) -> None:
    with two_files.at("b.xlsx") as workbook:
        workbook["People"].cell(2, headers(workbook["People"])["Email"]).value = "hours"
    (found,) = two_files.run().findings
    assert found.finding.code == "D007"
    assert 'b.xlsx: the header of the column "Email" says "hours", as that of' in found.finding.message
    assert "Email" in headers(two_files.sheet("a.xlsx"))
    two_files.type("a.xlsx", "Ana", "Email", "ana.ruiz@acme.example")
    two_files.settle()
    assert two_files.people("b.xlsx")["Ana"]["hours"] == "ana.ruiz@acme.example", "the column goes on"
    with two_files.at("b.xlsx") as workbook:
        workbook["People"].cell(2, headers(workbook["People"])["hours"]).value = "Mail"
    assert two_files.run().findings == ()
    assert "Mail" in headers(two_files.sheet("a.xlsx"))


def test_whatever_is_told_calls_a_column_as_people_do(two_files: Desk, tmp_path: Path) -> None:
    with two_files.at("a.xlsx") as workbook:
        workbook["People"].cell(2, headers(workbook["People"])["Hours"]).value = "Effort"
    renamed = two_files.run()
    assert 'People: the header "Hours" is "Effort" now.' in renamed.notes
    planned = undo(two_files.program, two_files.now, renamed.run, dry_run=True)
    assert "People, (header), Hours: Effort -> Hours" in planned.notes
    two_files.settle()
    two_files.type("a.xlsx", "Ana", "Effort", "three")
    two_files.type("a.xlsx", "Bo", "Effort", 7)
    two_files.type("b.xlsx", "Bo", "Effort", 8)
    report = two_files.run()
    assert [(it.column, it.finding.message.split(":")[0]) for it in report.findings] == [("Effort", "Effort")]
    assert [it.column for it in report.conflicts] == ["Effort"]
    assert 'Effort: "three" is not a number.' in two_files.texts("b.xlsx", "Checks")
    assert "Effort" in two_files.texts("b.xlsx", "Conflicts")
    told = read_log(two_files.program, Wanted(column="effort"))
    assert {(it.row, it.kind, it.new) for it in told} >= {("Ana", "typed", "three"), ("Bo", "held", 8)}
    assert set(read_log(two_files.program, Wanted(column="hours"))) >= set(told), "by its old name"
    (line,) = read_log(two_files.program, Wanted(record="(header)"))
    assert (line.column, line.kind, line.old, line.new) == ("Hours", "changed", "Hours", "Effort")
    register = tmp_path / "register.csv"
    for header in ("Effort", "Hours"):
        register.write_text(f"Name,{header}\nIda,3\n", encoding="utf-8")
        (found,) = propose_import(two_files.program, register, two_files.now).tabs
        assert found.plan.new == ({"name": "Ida", "hours": 3},)


def test_moved_columns_and_a_column_of_ones_own_are_left_alone(two_files: Desk) -> None:
    with two_files.at("b.xlsx") as workbook:
        sheet = workbook["People"]
        sheet.insert_cols(4)
        sheet.cell(2, 4).value = "Shirt"
        sheet.cell(row_of(sheet, "Bo"), 4).value = "XL"
        next(iter(sheet.tables.values())).tableColumns = []
        next(iter(sheet.tables.values())).ref = f"A2:H{last_row(sheet)}"
        next(iter(sheet.tables.values())).autoFilter.ref = f"A2:H{last_row(sheet)}"
    two_files.type("a.xlsx", "Bo", "Note", "crosses")
    two_files.run()
    assert two_files.people("b.xlsx")["Bo"]["Shirt"] == "XL"
    assert two_files.people("b.xlsx")["Bo"]["Note"] == "crosses"
    assert "Shirt" not in headers(two_files.sheet("a.xlsx"))


def test_a_copied_row_becomes_a_record_of_its_own(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        sheet = workbook["People"]
        row, end = row_of(sheet, "Ana"), last_row(sheet) + 1
        for column in range(1, sheet.max_column + 1):
            sheet.cell(end, column).value = sheet.cell(row, column).value
        sheet.cell(end, 2).value = "Ana's twin"
        sheet.cell(end, 3).value = "twin@acme.example"
    before = two_files.ids("a.xlsx")["Ana"]

    report = two_files.run()
    two_files.settle()

    assert equal(two_files)
    assert two_files.ids("b.xlsx")["Ana"] == before
    assert two_files.ids("b.xlsx")["Ana's twin"] != before
    assert "D006" in {it.finding.code for it in report.findings}


def test_cleared_ids_are_found_again_by_the_contents(two_files: Desk) -> None:
    before = two_files.ids("a.xlsx")
    with two_files.at("a.xlsx") as workbook:
        for row in range(3, last_row(workbook["People"]) + 1):
            workbook["People"].cell(row, 1).value = None
    two_files.run()
    assert two_files.ids("a.xlsx") == before
    assert equal(two_files)


def test_a_sort_of_whole_rows_changes_nothing_elsewhere(two_files: Desk) -> None:
    with two_files.at("a.xlsx") as workbook:
        sheet = workbook["People"]
        cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=last_row(sheet))]
        for number, values in enumerate(reversed(cells), 3):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value
    before = two_files.hashes()
    report = two_files.run()
    assert report.notes == ()
    assert two_files.hashes() == before


def test_a_sort_of_the_visible_columns_alone_mends_the_ids_and_is_no_edit(two_files: Desk) -> None:
    before = two_files.ids("a.xlsx")
    with two_files.at("a.xlsx") as workbook:
        sort_visible(workbook["People"], by="Name")

    two_files.run()

    assert two_files.ids("a.xlsx") == before
    assert two_files.column("a.xlsx", "Name") == sorted(NAMES, reverse=True), (
        "the order stays the person's own"
    )
    assert two_files.people("b.xlsx") == two_files.people("a.xlsx")
    assert two_files.column("b.xlsx", "Name") == list(NAMES)


def test_a_sort_of_the_visible_columns_with_an_edit_keeps_the_edit(two_files: Desk) -> None:
    before = two_files.ids("a.xlsx")
    with two_files.at("a.xlsx") as workbook:
        sort_visible(workbook["People"], by="Name")
        cell_of(workbook["People"], "Cleo", "Hours").value = 77
    two_files.run()
    assert two_files.ids("a.xlsx") == before
    assert two_files.people("b.xlsx")["Cleo"]["Hours"] == 77
    assert equal(two_files)


def test_a_stale_copy_saved_back_is_merged_against_what_it_descends_from(two_files: Desk) -> None:
    stale = two_files.save_copy("a.xlsx")
    two_files.type("b.xlsx", "Ana", "Note", "newer")
    two_files.add("b.xlsx", Name="Ida")
    two_files.run()
    shutil.copyfile(stale, two_files.path("a.xlsx"))
    two_files.type("a.xlsx", "Bo", "Note", "typed into the stale copy")

    report = two_files.run()
    two_files.settle()

    assert report.conflicts == ()
    assert equal(two_files)
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "newer"
    assert two_files.people("b.xlsx")["Bo"]["Note"] == "typed into the stale copy"
    assert "Ida" in two_files.people("a.xlsx")


def test_a_backup_put_back_undoes_nothing(two_files: Desk) -> None:
    two_files.type("b.xlsx", "Ana", "Note", "one")
    two_files.run()
    backup = sorted((two_files.folder / ".sheetsync/backups/a.xlsx").iterdir())[-1]
    two_files.type("a.xlsx", "Ana", "Note", "two")
    two_files.remove("b.xlsx", "Gus")
    two_files.run()

    shutil.copyfile(backup, two_files.path("a.xlsx"))
    two_files.settle()

    assert equal(two_files)
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "two"
    assert "Gus" not in two_files.people("a.xlsx")


def test_three_copies_come_together(tmp_path) -> None:
    desk = team_program(tmp_path / "acme", "a.xlsx", "b.xlsx", "c.xlsx")
    desk.type("a.xlsx", "Ana", "Note", "a")
    desk.type("b.xlsx", "Bo", "Note", "b")
    desk.type("c.xlsx", "Cleo", "Note", "c")
    for file in ("a.xlsx", "b.xlsx", "c.xlsx"):
        desk.add(file, Name=f"new in {file}")
    desk.remove("c.xlsx", "Hana")
    desk.settle()
    assert desk.people("a.xlsx") == desk.people("b.xlsx") == desk.people("c.xlsx")
    assert desk.ids("a.xlsx") == desk.ids("b.xlsx") == desk.ids("c.xlsx")
    assert len(desk.people("c.xlsx")) == len(NAMES) + 3 - 1
    assert desk.people("c.xlsx")["Ana"]["Note"] == "a"


def test_a_held_conflict_is_shown_in_every_copy_until_people_settle_it(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "from a")
    two_files.type("b.xlsx", "Ana", "Note", "from b")
    two_files.type("b.xlsx", "Bo", "Note", "crosses all the same")

    report = two_files.run()

    assert report.exit_code() == 1
    (conflict,) = report.conflicts
    assert (conflict.tab, conflict.row, conflict.column) == ("People", "Ana", "Note")
    assert conflict.opinions == {"a.xlsx": "from a", "b.xlsx": "from b"}
    assert conflict.cells == {"a.xlsx": "G3", "b.xlsx": "G3"}
    for file, own in (("a.xlsx", "from a"), ("b.xlsx", "from b")):
        assert two_files.people(file)["Ana"]["Note"] == own, "no copy is touched"
        assert {"from a", "from b", "a.xlsx", "b.xlsx", "Ana"} <= set(two_files.texts(file, "Conflicts"))
        assert "Conflicts" in two_files.shown(file)
        assert two_files.people(file)["Bo"]["Note"] == "crosses all the same"

    before = two_files.hashes()
    assert two_files.run().exit_code() == 1
    assert two_files.hashes() == before, "an open conflict is no reason to write again"

    two_files.type("b.xlsx", "Ana", "Note", "from a")
    report = two_files.run()
    assert (report.exit_code(), report.conflicts) == (0, ())
    for file in ("a.xlsx", "b.xlsx"):
        assert "Conflicts" not in two_files.shown(file)
        assert "from b" not in two_files.texts(file, "Conflicts")
    assert equal(two_files)


def test_a_copy_made_in_the_file_manager_can_join(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed before")
    two_files.type("a.xlsx", "Goal", "Value", "a pilot", tab="Frame")
    two_files.settle()
    shutil.copyfile(two_files.path("a.xlsx"), two_files.path("c.xlsx"))
    join(two_files, "c.xlsx")
    two_files.type("c.xlsx", "Bo", "Note", "typed in the new copy")

    report = two_files.run()
    two_files.settle()

    assert (report.troubles, report.conflicts) == ((), ())
    assert two_files.people("c.xlsx") == two_files.people("a.xlsx") == two_files.people("b.xlsx")
    assert two_files.people("b.xlsx")["Bo"]["Note"] == "typed in the new copy"
    assert "a pilot" in two_files.texts("c.xlsx", "Frame")


def test_a_new_empty_copy_is_filled(two_files: Desk) -> None:
    join(two_files, "c.xlsx")
    two_files.provision()
    two_files.settle()
    assert two_files.people("c.xlsx") == two_files.people("a.xlsx")
    assert two_files.ids("c.xlsx") == two_files.ids("a.xlsx")


def test_a_file_that_moved_goes_on_under_its_new_name(two_files: Desk) -> None:
    two_files.type("a.xlsx", "Ana", "Note", "typed before")
    two_files.remove("a.xlsx", "Dov")
    two_files.settle()
    two_files.path("a.xlsx").rename(two_files.path("moved.xlsx"))
    path = two_files.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace("a.xlsx", "moved.xlsx"))
    two_files.type("moved.xlsx", "Bo", "Note", "typed after")

    report = two_files.run()

    assert (report.troubles, report.conflicts) == ((), ())
    assert two_files.people("b.xlsx") == two_files.people("moved.xlsx")
    assert "Dov" not in two_files.people("b.xlsx")


def join(desk: Desk, file: str) -> None:
    """List another copy in the program file."""
    path = desk.folder / "sheetsync.toml"
    path.write_text(path.read_text().replace('"b.xlsx"', f'"b.xlsx", "{file}"'))
