"""What provisioning adds to a workbook that people have used: all that it lacks of a newer template."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from replicas.excel_additions import with_additions
from replicas.excel_links import loose_ends
from replicas.excel_making import IDENTITY, make, small_template, validation_of, with_columns
from replicas.excel_raw import (
    RELATIONSHIPS,
    TYPES,
    changed_parts,
    collected,
    parts_of,
    worksheet,
    zipped,
)
from scenarios.office import save_in_libreoffice
from sheetsync.catalog import find_template
from sheetsync.core.model import ChartKind, Column, ColumnType, Tab, TabKind, Template
from sheetsync.errors import ReplicaError, SheetsyncError
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.excel.validation import list_name
from sheetsync.replicas.layout import Margin

SMALL = small_template()
DUE = Column("due", "Due", ColumnType.DATE, note="By when.")
PACE = Column("pace", "Pace", ColumnType.CHOICE, values=("slow", "fast"))
LOG = Tab("log", "Log", TabKind.TABLE, column=(Column("text", "Text", note="In a word."), PACE))
LISTS_AND_LOOKS = {"[Content_Types].xml", "workbook.xml", "workbook.xml.rels", "styles.xml"}
WITH_LOG = replace(SMALL, version=2, tab=(SMALL.tab[0], LOG, SMALL.tab[1]))


@pytest.fixture
def used(tmp_path: Path) -> ExcelReplica:
    """A workbook that people have used for a while."""
    replica = ExcelReplica("small.xlsx", make(SMALL, tmp_path), tmp_path / "backups")
    with edited(replica) as workbook:
        sheet = workbook["People"]
        sheet["A1"] = replace(Margin.parse(sheet["A1"].value), stamp=7).text()
        for row in (3, 4):
            for column, value in enumerate((f"p{row}", f"Person {row}", "open", ""), start=1):
                sheet.cell(row, column, value)
        sheet["B2"] = "Full name"
        (table,) = sheet.tables.values()
        table.tableColumns[1].name = "Full name"
        table.ref = table.autoFilter.ref = "A2:D4"
        workbook["Frame"]["C3"] = "our goal"
    return replica


@contextmanager
def edited(replica: ExcelReplica) -> Iterator[Workbook]:
    workbook = openpyxl.load_workbook(replica.path)
    yield workbook
    workbook.save(replica.path)


def provisioned(replica: ExcelReplica, template: Template) -> Workbook:
    replica.provision(template, IDENTITY)
    content = replica.path.read_bytes()
    assert loose_ends(content) == []
    assert replica.provision(template, IDENTITY).done == ()
    assert replica.path.read_bytes() == content
    return openpyxl.load_workbook(replica.path)


def people(workbook: Workbook) -> tuple[Worksheet, Table]:
    sheet = workbook["People"]
    (table,) = sheet.tables.values()
    return sheet, table


def margin_of(sheet: Worksheet) -> Margin:
    margin = Margin.parse(sheet["A1"].value)
    assert margin is not None
    return margin


# what comes in


def test_nothing_is_added_where_nothing_is_missing(used: ExcelReplica) -> None:
    before = used.path.read_bytes()
    assert used.provision(SMALL, IDENTITY).done == ()
    assert used.path.read_bytes() == before


def test_a_new_column_stands_on_the_right_inside_the_table(used: ExcelReplica) -> None:
    template = with_columns(SMALL, "people", DUE)
    (done,) = used.provision(template, IDENTITY, dry_run=True).done
    assert done.endswith('The column "Due" was added to the tab "People".')
    sheet, table = people(provisioned(used, template))
    assert (sheet["E1"].value, sheet["E2"].value) == ("due", "Due")
    assert (table.ref, table.autoFilter.ref) == ("A2:E4", "A2:E4")
    assert table.column_names == ["id", "Full name", "State", "Lead", "Due"]
    assert sheet["E2"].comment.text == "By when."
    rule = validation_of(sheet, "E3")
    assert rule is not None
    assert rule.type == "date"


def test_a_new_column_looks_like_one_of_a_new_workbook(used: ExcelReplica, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    template = with_columns(SMALL, "people", DUE, PACE)
    fresh = openpyxl.load_workbook(make(template, tmp_path / "new"))["People"]
    sheet, _ = people(provisioned(used, template))
    for cell in ("E2", "F2"):
        for look in ("font", "fill", "border", "alignment", "number_format"):
            assert repr(getattr(sheet[cell], look)) == repr(getattr(fresh[cell], look)), (cell, look)
    assert sheet.column_dimensions["E"].width == fresh.column_dimensions["E"].width
    assert sheet.column_dimensions["E"].number_format == "yyyy-mm-dd"
    assert formats(sheet, "F3") == formats(fresh, "F3")


def formats(sheet: Worksheet, cell: str) -> list[tuple[str, object]]:
    """What is highlighted in a cell, and how, the first rule first."""
    rules = [rule for each in sheet.conditional_formatting for rule in each.rules if cell in each.sqref]
    return [(rule.formula[0], repr(rule.dxf)) for rule in sorted(rules, key=lambda it: it.priority)]


def test_a_column_added_to_a_table_that_moved_down_stands_beside_its_header(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        sheet, table = people(workbook)
        sheet.insert_rows(2)
        sheet["B2"] = "Who is who"
        table.ref = table.autoFilter.ref = "A3:D5"
    sheet, table = people(provisioned(used, with_columns(SMALL, "people", DUE, PACE)))
    assert [sheet[cell].value for cell in ("E1", "E2", "E3", "F3")] == ["due", None, "Due", "Pace"]
    assert table.ref == "A3:F5"
    assert sheet["E3"].comment is not None
    assert [str(it.sqref) for it in sheet.data_validations.dataValidation][-2:] == ["E4:E2001", "F4:F2001"]
    assert any("$F4" in text for text, _ in formats(sheet, "F4")), "formats speak of the row they stand in"


def test_a_column_of_a_person_beside_the_table_is_not_written_over(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["People"]["E2"], workbook["People"]["E3"] = "Coffee", "black"
    sheet, table = people(provisioned(used, with_columns(SMALL, "people", DUE)))
    assert (sheet["E2"].value, sheet["E3"].value, sheet["F1"].value) == ("Coffee", "black", "due")
    assert (table.ref, table.column_names[-2:]) == ("A2:F4", ["Coffee", "Due"])


def test_a_value_without_header_beside_the_table_stops_it(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["People"]["E3"] = "a stray remark"
    before = used.path.read_bytes()
    with pytest.raises(ReplicaError, match=r'tab "People" .* E2 '):
        used.provision(with_columns(SMALL, "people", DUE), IDENTITY)
    assert used.path.read_bytes() == before


def test_another_table_right_beside_it_stops_it(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        sheet = workbook["People"]
        sheet["E2"], sheet["F2"] = "Dish", "Price"
        sheet.add_table(Table(displayName="Menu", ref="E2:F4"))
    with pytest.raises(ReplicaError, match="another table"):
        used.provision(with_columns(SMALL, "people", DUE), IDENTITY)


def test_a_new_setting_stands_below_the_others(used: ExcelReplica) -> None:
    until = Column("until", "Until", ColumnType.DATE, note="The last day.")
    sheet = provisioned(used, with_columns(SMALL, "frame", until))["Frame"]
    assert [sheet.cell(4, n).value for n in (1, 2, 3, 4)] == ["until", "Until", None, "The last day."]
    assert sheet["C4"].number_format == "yyyy-mm-dd"
    assert sheet["C3"].value == "our goal"
    assert validation_of(sheet, "C4") is not None


def test_a_new_tab_stands_in_its_place_whole(used: ExcelReplica, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    fresh = openpyxl.load_workbook(make(WITH_LOG, tmp_path / "new"))["Log"]
    workbook = provisioned(used, WITH_LOG)
    sheet = workbook["Log"]
    assert workbook.sheetnames[:3] == ["Frame", "Log", "People"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [cell.value for cell in row] for row in fresh.iter_rows()
    ]
    assert [it.ref for it in sheet.tables.values()] == ["A2:C3"]
    assert sheet["B2"].comment.text == "In a word."
    assert repr((sheet["B2"].font, sheet["B2"].fill)) == repr((fresh["B2"].font, fresh["B2"].fill))
    assert formats(sheet, "C3") == formats(fresh, "C3")
    assert (sheet.freeze_panes, sheet.print_title_rows) == (fresh.freeze_panes, fresh.print_title_rows)
    assert workbook["People"].print_title_rows == "$2:$2", "names of other sheets stay theirs"


def test_a_new_tab_finds_its_name_taken(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook.create_sheet("log")["A1"] = "=SUM(1,2)"
    workbook = provisioned(used, WITH_LOG)
    assert workbook["log"]["A1"].value == "=SUM(1,2)"
    assert workbook["Log (2)"]["B1"].value == "text"


def test_a_machine_tab_that_somebody_deleted_comes_back(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        del workbook["Checks"]
    workbook = provisioned(used, SMALL)
    assert workbook["Checks"].sheet_state == "hidden"
    assert workbook["Checks"].auto_filter.ref == "B5:H2000"


def test_a_renamed_tab_is_known_by_its_margin(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["People"].title = "Our people"
    assert used.provision(SMALL, IDENTITY).done == ()


def test_a_tab_with_a_new_column_takes_part_anew(used: ExcelReplica) -> None:
    margin = margin_of(provisioned(used, with_columns(SMALL, "people", DUE))["People"])
    assert (margin.template, margin.stamp) == ("small@2", 0)


def test_other_margins_get_the_new_version_and_keep_their_stamp(used: ExcelReplica) -> None:
    margin = margin_of(provisioned(used, with_columns(SMALL, "frame", PACE))["People"])
    assert (margin.template, margin.stamp) == ("small@2", 7)


def test_dropdowns_follow_their_lists_when_these_move(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["Lists"]["C3"] = "Ana Ruiz"
    kind = Column("kind", "Kind", ColumnType.CHOICE, values=("a",))
    first = replace(SMALL.tabs["people"], column=(kind, *SMALL.tabs["people"].column))
    workbook = provisioned(used, replace(SMALL, version=2, tab=(SMALL.tab[0], first)))
    lists = [[cell.value for cell in row] for row in workbook["Lists"].iter_rows(min_col=2)]
    assert lists[0] == ["people.kind", "people.state", "people"]
    assert lists[2] == ["a", "open", "Ana Ruiz"]
    assert "$C$3" in workbook.defined_names[list_name("people.state")].attr_text
    rule = validation_of(workbook["People"], "C3")
    assert rule is not None
    assert rule.formula1 == list_name("people.state")


# Status


@pytest.fixture
def group(tmp_path: Path) -> ExcelReplica:
    path = make(find_template("working-group", tmp_path), tmp_path)
    return ExcelReplica("group.xlsx", path, tmp_path / "backups")


@pytest.fixture
def fewer(tmp_path: Path) -> Template:
    """The working group's next template, whose Status tab has lost its first block."""
    template = find_template("working-group", tmp_path)
    status = template.tabs["status"]
    changed = replace(status, block=status.block[1:])
    return replace(template, version=2, tab=(*template.tab[:-1], changed))


def test_a_status_tab_of_an_older_template_is_laid_out_anew(
    group: ExcelReplica, fewer: Template, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    fresh = openpyxl.load_workbook(make(fewer, tmp_path / "new"))["Status"]
    with edited(group) as workbook:
        workbook["Status"]["B40"] = "an old figure"
        workbook["Status"]["R3"] = "=COUNTA(Members!B3:B99)"
    workbook = provisioned(group, fewer)
    sheet = workbook["Status"]
    assert sheet["R3"].value == "=COUNTA(Members!B3:B99)", "a person's formula stays"
    assert len(sheet._charts) == len(fresh._charts)
    assert [chart.anchor._from.row for chart in sheet._charts] == [
        chart.anchor._from.row for chart in fresh._charts
    ]
    for row in fresh.iter_rows(min_row=2):
        for cell in row:
            assert sheet[cell.coordinate].value == cell.value
            assert repr(sheet[cell.coordinate].font) == repr(cell.font)
    assert len([name for name in workbook.sheetnames if name == "Status"]) == 1


def test_charts_of_a_person_on_the_status_tab_stay(group: ExcelReplica, fewer: Template) -> None:
    with edited(group) as workbook:
        mine = BarChart()
        mine.add_data(Reference(workbook["Members"], 3, 2, 3, 9), titles_from_data=True)
        workbook["Status"].add_chart(mine, "I5")
    ours = sum(block.chart not in (ChartKind.NONE, ChartKind.HEAT) for block in fewer.tabs["status"].block)
    charts = provisioned(group, fewer)["Status"]._charts
    assert len(charts) == ours + 1
    assert "Members" in charts[0].series[0].val.numRef.f


# what stays


def test_every_other_part_of_the_file_is_byte_for_byte_what_it_was(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook.create_sheet("Scratch")["A1"] = 1
    before = used.path.read_bytes()
    provisioned(used, with_columns(SMALL, "people", DUE))
    changed = changed_parts(before, used.path.read_bytes())
    assert "xl/worksheets/sheet6.xml" not in changed
    assert "xl/theme/theme1.xml" not in changed
    assert changed == {
        *(f"xl/worksheets/sheet{number}.xml" for number in range(1, 6)),
        *("xl/styles.xml", "xl/tables/table1.xml", "xl/comments/comment1.xml"),
        "xl/drawings/commentsDrawing1.vml",
    }


@pytest.mark.filterwarnings("ignore:.* extension is not supported")
def test_what_people_added_by_hand_is_all_there(used: ExcelReplica) -> None:
    used.path.write_bytes(with_additions(used.path.read_bytes(), "People"))
    before = Package(used.path.read_bytes())
    with_both = with_columns(WITH_LOG, "people", DUE)
    provisioned(used, with_both)
    after = Package(used.path.read_bytes())
    touched = {name for name in before.names() if before.read(name) != after.read(name)}
    ours = ("xl/worksheets/", "xl/tables/", "xl/comments", "xl/drawings/", "xl/workbook.xml", "xl/styles.xml")
    assert set(before.names()) <= set(after.names())
    assert all(name.startswith((*ours, "xl/_rels/", "[Content_Types]")) for name in touched)
    sheet = after.read("xl/worksheets/sheet2.xml")
    for mark in (b"sparklineGroup ", b"slicerList", b"<drawing ", b"<legacyDrawing "):
        assert sheet.count(mark) == before.read("xl/worksheets/sheet2.xml").count(mark) > 0


def test_a_note_of_a_person_in_the_way_of_ours_stays(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["People"]["E2"].comment = Comment("mine", "Maya")
    sheet, _ = people(provisioned(used, with_columns(SMALL, "people", DUE)))
    assert sheet["E2"].comment.text == "mine"


def test_values_and_formulas_stay_to_the_last_digit(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook["People"]["D3"], workbook["People"]["D4"] = 0.1 + 0.2, "=1+1"
    before = list(people(openpyxl.load_workbook(used.path))[0].iter_rows(2, max_col=4, values_only=True))
    sheet, _ = people(provisioned(used, with_columns(SMALL, "people", DUE)))
    assert list(sheet.iter_rows(2, max_col=4, values_only=True)) == before


def test_a_workbook_whose_owner_locked_its_structure_gets_no_tab(used: ExcelReplica) -> None:
    with edited(used) as workbook:
        workbook.security.lockStructure = True
    with pytest.raises(ReplicaError, match="structure is protected"):
        used.provision(WITH_LOG, IDENTITY)


@pytest.mark.office
def test_a_workbook_that_libreoffice_saved_is_brought_up_to_date_and_opens_there(
    used: ExcelReplica, soffice: str, tmp_path: Path
) -> None:
    template = with_columns(WITH_LOG, "people", DUE, PACE)
    save_in_libreoffice(soffice, used.path, tmp_path)
    provisioned(used, template)
    save_in_libreoffice(soffice, used.path, tmp_path)
    workbook = openpyxl.load_workbook(used.path)
    sheet, table = people(workbook)
    assert table.ref == "A2:F4"
    assert [sheet[cell].value for cell in ("B4", "E1", "F2")] == ["Person 4", "due", "Pace"]
    assert sheet["E2"].comment.text == "By when."
    assert sheet.column_dimensions["E"].number_format.replace("\\", "") == "yyyy-mm-dd"
    assert workbook["Log"]["B2"].comment.text == "In a word."
    assert used.provision(template, IDENTITY).done == ()


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_workbook_that_declares_each_of_its_parts_by_itself_declares_the_new_ones(tmp_path: Path) -> None:
    parts = parts_of(worksheet('<row r="1"><c r="A1"><v>5</v></c></row>'))
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    default = f'<Default Extension="rels" ContentType="{kind}"/>'
    each = [f'<Override PartName="/{part}" ContentType="{kind}"/>' for part in ("_rels/.rels", RELATIONSHIPS)]
    parts[TYPES] = str(parts[TYPES]).replace(default, "".join(each))
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(zipped(parts))
    workbook = provisioned(ExcelReplica("theirs.xlsx", path, tmp_path / "backups"), SMALL)
    assert workbook.sheetnames == ["Frame", "People", "Tab", "Checks", "Conflicts", "Lists"]
    assert workbook["Tab"]["A1"].value == 5


@pytest.mark.office
@pytest.mark.filterwarnings("ignore:.* extension is not supported")
def test_what_people_added_after_libreoffice_saved_the_workbook_is_there_when_it_opens_it_again(
    used: ExcelReplica, soffice: str, tmp_path: Path
) -> None:
    save_in_libreoffice(soffice, used.path, tmp_path)
    used.path.write_bytes(with_additions(used.path.read_bytes(), "People"))
    before = Package(used.path.read_bytes())
    provisioned(used, with_columns(WITH_LOG, "people", DUE))
    after = Package(used.path.read_bytes())
    marks = ("ByHand", "threaded", "customXml")
    by_hand = [name for name in before.names() if any(mark in name for mark in marks)]
    assert len(by_hand) > 3
    assert all(bytes(after.raw(name)) == bytes(before.raw(name)) for name in by_hand)
    save_in_libreoffice(soffice, used.path, tmp_path)
    saved = Package(used.path.read_bytes())
    drawn = b"".join(saved.read(name) for name in saved.names() if "/drawings/drawing" in name)
    assert all(mark in drawn for mark in (b"<c:chart ", b"Call first!", b"<xdr:pic>"))


@pytest.mark.skipif(not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks")
@pytest.mark.parametrize("group", range(4))
def test_our_tabs_come_into_real_workbooks_and_everything_else_stays(group: int, tmp_path: Path) -> None:
    taken = 0
    for source in collected()[group::4]:
        before, path = source.read_bytes(), tmp_path / source.name
        path.write_bytes(before)
        replica = ExcelReplica(source.name, path, tmp_path / "backups")
        try:
            replica.provision(SMALL, IDENTITY)
        except SheetsyncError:
            assert path.read_bytes() == before
            continue
        taken += 1
        after = path.read_bytes()
        there = [name for name in changed_parts(before, after) if name in Package(before)]
        assert {Path(name).name for name in there} <= LISTS_AND_LOOKS, source.name
        assert set(replica.read(SMALL).tabs) == {"frame", "people", "checks", "conflicts", "lists"}, (
            source.name
        )
        assert replica.provision(SMALL, IDENTITY).done == (), source.name
    assert taken > 20
