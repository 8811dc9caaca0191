"""Writing an Excel file: the cells that change, in one atomic step, and everything people made stays."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from replicas.excel_making import IDENTITY, small_template, validation_of
from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.errors import ReplicaBusy, ReplicaError
from sheetsync.replicas.excel.replica import ExcelReplica

TEMPLATE = small_template()
ROWS = (("r1", {"name": "Ana", "state": "open"}), ("r2", {"name": "Bo"}), ("r3", {"name": "Cleo"}))


@pytest.fixture
def replica(tmp_path: Path) -> ExcelReplica:
    made = ExcelReplica("team/small.xlsx", tmp_path / "team" / "small.xlsx", tmp_path / "backups")
    made.provision(TEMPLATE, IDENTITY)
    write(made, new=ROWS)
    return made


def write(replica: ExcelReplica, stamp: int = 1, **edit: object) -> None:
    change(replica, Edit({"people": TabEdit(stamp, **edit)}))


def change(replica: ExcelReplica, edit: Edit) -> None:
    replica.write(edit, TEMPLATE, replica.read(TEMPLATE).version)


@contextmanager
def edited(replica: ExcelReplica) -> Iterator[Workbook]:
    workbook = openpyxl.load_workbook(replica.path)
    yield workbook
    workbook.save(replica.path)


def opened(replica: ExcelReplica) -> Workbook:
    return openpyxl.load_workbook(replica.path)


# what stays


def test_what_people_made_in_the_workbook_stays(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        sheet = workbook["People"]
        sheet["B3"].font = Font(bold=True, color="FFAA0000")
        sheet["B4"].fill = PatternFill("solid", fgColor="FFFFEE00")
        sheet["B4"].comment = Comment("call first", "Maya")
        sheet["F2"] = "Shirt"
        sheet["F3"] = "XL"
        sheet.column_dimensions["B"].width = 51
        workbook.create_sheet("Scratch")["A1"] = "=SUM(1,2)"
        workbook.defined_names["mine"] = openpyxl.workbook.defined_name.DefinedName(
            "mine", attr_text="Scratch!$A$1"
        )
    write(replica, cells={0: {"name": "Ana Ruiz"}}, new=(("r4", {"name": "Dov"}),))
    workbook = opened(replica)
    sheet = workbook["People"]
    assert sheet["B3"].value == "Ana Ruiz"
    assert (sheet["B3"].font.bold, sheet["B3"].font.color.rgb) == (True, "FFAA0000")
    assert sheet["B4"].fill.fgColor.rgb == "FFFFEE00"
    assert sheet["B4"].comment.text == "call first"
    assert sheet["F3"].value == "XL"
    assert sheet.column_dimensions["B"].width == 51
    assert workbook["Scratch"]["A1"].value == "=SUM(1,2)"
    assert "mine" in workbook.defined_names


def test_the_look_of_the_workbook_stays(replica: ExcelReplica) -> None:
    before = opened(replica)["People"]
    write(replica, cells={1: {"state": "done"}}, gone=(0,), new=(("r4", {"name": "Dov"}),))
    after = opened(replica)["People"]
    assert after.freeze_panes == before.freeze_panes
    assert after.row_dimensions[1].hidden
    assert after.column_dimensions["A"].hidden
    assert after["B2"].comment.text == before["B2"].comment.text
    (table,) = after.tables.values()
    assert (
        table.tableStyleInfo.showRowStripes
        == next(iter(before.tables.values())).tableStyleInfo.showRowStripes
    )
    rule, before_rule = validation_of(after, "C5"), validation_of(before, "C5")
    assert rule is not None
    assert before_rule is not None
    assert (rule.type, rule.formula1) == (before_rule.type, before_rule.formula1)
    assert len(after.conditional_formatting) == len(before.conditional_formatting)


def test_cells_that_are_not_named_in_the_edit_are_not_touched(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook["People"]["D4"] = 0.1 + 0.2
        workbook["People"]["D5"] = "line\r\nbreak"
    before = [[cell.value for cell in row] for row in opened(replica)["People"].iter_rows(min_row=2)]
    write(replica, cells={0: {"lead": "Bo"}})
    after = [[cell.value for cell in row] for row in opened(replica)["People"].iter_rows(min_row=2)]
    assert after[1][3] == "Bo"
    after[1][3] = before[1][3]
    assert after == before


def test_the_table_covers_every_record_and_no_more(replica: ExcelReplica) -> None:
    def covered() -> str:
        (table,) = opened(replica)["People"].tables.values()
        assert table.autoFilter.ref == table.ref
        return str(table.ref)

    assert covered() == "A2:D5"
    write(replica, new=(("r4", {"name": "Dov"}), ("r5", {"name": "Eli"})))
    assert covered() == "A2:D7"
    write(replica, gone=(0, 2, 3))
    assert covered() == "A2:D4"
    write(replica, gone=(0, 1))
    assert covered() == "A2:D3", "a table has a row, be it blank"


def test_a_link_goes_along_with_its_row_and_goes_with_it(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        for cell, name in (("B3", "ana"), ("B5", "cleo")):
            workbook["People"][cell].hyperlink = f"https://acme.example/{name}"
    write(replica, gone=(0,))
    sheet = opened(replica)["People"]
    assert [sheet[cell].value for cell in ("B3", "B4", "B5")] == ["Bo", "Cleo", None]
    assert sheet["B4"].hyperlink.target == "https://acme.example/cleo"
    assert sheet["B3"].hyperlink is None
    write(replica, gone=(1,))
    assert [cell.hyperlink for cell in opened(replica)["People"]["B"]] == [None] * 3


def test_formulas_elsewhere_go_on_speaking_of_their_rows_when_one_is_deleted(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        scratch = workbook.create_sheet("Scratch")
        scratch["A1"] = "=COUNTA(People!B3:B5)&People!$B$5&B5"
    write(replica, gone=(0,))
    workbook = opened(replica)
    assert workbook["Scratch"]["A1"].value == "=COUNTA(People!B3:B4)&People!$B$4&B5"
    assert [workbook["People"][cell].value for cell in ("B3", "B4", "B5")] == ["Bo", "Cleo", None]


def test_a_row_that_a_formula_speaks_of_is_emptied_and_stays(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook.create_sheet("Scratch")["A1"] = "=People!B3"
    write(replica, gone=(0,))
    workbook = opened(replica)
    assert workbook["Scratch"]["A1"].value == "=People!B3"
    assert [workbook["People"][cell].value for cell in ("B3", "B4", "B5")] == [None, "Bo", "Cleo"]


# machine tabs


def test_a_machine_tab_shows_its_cells_with_links_to_where_they_speak_of(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook["People"].title = "Our people's list"
    cells = {(2, 2): "Checks", (6, 3): "C3"}
    change(replica, Edit(machine={"checks": MachineTab(cells, {(6, 3): ("people", "C3")})}))
    sheet = opened(replica)["Checks"]
    assert sheet.sheet_state == "visible"
    assert sheet["C6"].hyperlink.location == "'Our people''s list'!C3"

    change(replica, Edit(machine={"checks": MachineTab({(2, 2): "Checks"}, shown=False)}))
    sheet = opened(replica)["Checks"]
    assert sheet.sheet_state == "hidden"
    assert (sheet["C6"].value, sheet["C6"].hyperlink) == (None, None)


def test_a_workbook_opens_on_a_tab_that_is_shown(replica: ExcelReplica) -> None:
    change(replica, Edit(machine={"checks": MachineTab({(2, 2): "Checks"}, shown=True)}))
    with edited(replica) as workbook:
        workbook.active = workbook["Checks"]
    change(replica, Edit(machine={"checks": MachineTab({(2, 2): "Checks"}, shown=False)}))
    assert opened(replica).active.sheet_state == "visible"


# one atomic step


def test_an_open_file_is_not_written(replica: ExcelReplica) -> None:
    version, before = replica.read(TEMPLATE).version, replica.path.read_bytes()
    replica.path.with_name("~$small.xlsx").touch()
    with pytest.raises(ReplicaBusy, match="open in another program"):
        replica.write(Edit({"people": TabEdit(2, gone=(0,))}), TEMPLATE, version)
    assert replica.path.read_bytes() == before


def test_nothing_is_left_beside_the_file(replica: ExcelReplica) -> None:
    write(replica, gone=(0,))
    assert [path.name for path in replica.path.parent.iterdir()] == ["small.xlsx"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user who may be refused")
def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(replica: ExcelReplica) -> None:
    before = replica.path.read_bytes()
    replica.path.parent.chmod(0o500)
    try:
        with pytest.raises(ReplicaError, match=r"cannot be written .*; it is as it was"):
            write(replica, gone=(0,))
    finally:
        replica.path.parent.chmod(0o700)
    assert replica.path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_the_file_keeps_its_rights_and_backups_are_private(replica: ExcelReplica) -> None:
    replica.path.chmod(0o640)
    write(replica, gone=(0,))
    assert replica.path.stat().st_mode & 0o777 == 0o640
    (folder,) = (replica.path.parents[1] / "backups").iterdir()
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_last_ten_versions_are_kept(replica: ExcelReplica) -> None:
    versions = []
    for number in range(12):
        versions.append(replica.path.read_bytes())
        write(replica, cells={0: {"lead": f"lead {number}"}})
    (folder,) = (replica.path.parents[1] / "backups").iterdir()
    (folder / ".DS_Store").touch()
    write(replica, cells={0: {"lead": "last"}})
    kept = [path.read_bytes() for path in sorted(folder.glob("*.xlsx"))]
    assert len(kept) == 10
    assert kept[:9] == versions[-9:]


def test_what_a_deleted_row_held_leaves_the_file_unless_another_cell_shows_it(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook["People"]["B3"].value = "Ana Ruiz"
        workbook["People"]["C3"].value = "shown twice"
        workbook.create_sheet("Mine")["A1"].value = "shown twice"
    write(replica, gone=(0,))
    with zipfile.ZipFile(replica.path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert [name for name, content in parts.items() if b"Ana Ruiz" in content] == []
    assert opened(replica)["Mine"]["A1"].value == "shown twice"
    assert opened(replica)["People"]["B3"].value == "Bo"


def test_a_backup_is_found_by_the_day_and_time_at_which_it_was_saved(replica: ExcelReplica) -> None:
    saved = [datetime(2026, 3, 4, 9, 5), datetime(2026, 3, 3, 17, 30)]  # the second one was put back
    for number, moment in enumerate(saved):
        os.utime(replica.path, (moment.timestamp(), moment.timestamp()))
        write(replica, cells={0: {"lead": f"lead {number}"}})
    names = [path.name for path in replica.backups.files()]
    assert names[-2:] == ["000002 2026-03-04 09.05.xlsx", "000003 2026-03-03 17.30.xlsx"]


def test_copies_of_the_same_name_in_two_folders_have_backups_of_their_own(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        copy = ExcelReplica(f"{folder}/small.xlsx", tmp_path / folder / "small.xlsx", tmp_path / "backups")
        copy.provision(TEMPLATE, IDENTITY)
        write(copy, new=ROWS)
    assert len(list((tmp_path / "backups").iterdir())) == 2
