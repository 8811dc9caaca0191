"""How workbooks are saved, what provisioning adds to an older one, and what LibreOffice makes of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from excel_making import IDENTITY, make, number_of, of_kind, small_template, validation_of, with_columns
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.core.status.sheet import slots
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.make import add_missing, make_workbook
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.validation import list_name
from sheetsync.replicas.layout import Margin

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def small() -> Template:
    return small_template()


@pytest.fixture(params=builtin_templates())
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Template:
    return find_template(request.param, tmp_path)


class TestMaking:
    def test_a_file_that_is_there_is_never_overwritten(self, small: Template, tmp_path: Path) -> None:
        path = tmp_path / "small.xlsx"
        path.write_text("mine")
        with pytest.raises(ReplicaError, match="is there already"):
            make_workbook(path, small, IDENTITY)
        assert path.read_text() == "mine"

    def test_a_folder_that_is_not_there_is_named_in_the_message(
        self, small: Template, tmp_path: Path
    ) -> None:
        with pytest.raises(ReplicaError, match="No such file"):
            make_workbook(tmp_path / "nowhere" / "small.xlsx", small, IDENTITY)

    def test_nothing_else_is_left_beside_it(self, small: Template, tmp_path: Path) -> None:
        path = make(small, tmp_path)
        assert list(tmp_path.iterdir()) == [path]

    def test_the_same_template_gives_the_same_parts(self, small: Template, tmp_path: Path) -> None:
        (tmp_path / "twin").mkdir()
        parts = []
        for folder in (tmp_path, tmp_path / "twin"):
            with zipfile.ZipFile(make(small, folder)) as package:
                parts.append({n: package.read(n) for n in package.namelist() if n != "docProps/core.xml"})
        assert parts[0] == parts[1]


class TestSaving:
    def test_notes_keep_their_size_after_opening_and_saving(self, small: Template, tmp_path: Path) -> None:
        path = make(small, tmp_path)
        again = tmp_path / "again.xlsx"
        again.write_bytes(workbook_bytes(openpyxl.load_workbook(path)))
        assert note_sizes(again) == note_sizes(path)

    def test_rows_are_as_high_as_their_text_and_may_still_grow(self, small: Template, tmp_path: Path) -> None:
        workbook = openpyxl.load_workbook(make(small, tmp_path))
        workbook["People"]["B3"] = "many words " * 20
        saved = tmp_path / "saved.xlsx"
        saved.write_bytes(workbook_bytes(workbook))
        assert openpyxl.load_workbook(saved)["People"].row_dimensions[3].height > 100
        with zipfile.ZipFile(saved) as package:
            row = re.search(rb'<row r="3"[^>]*>', package.read("xl/worksheets/sheet2.xml"))
        assert row is not None
        assert b"customHeight" not in row[0]

    def test_a_row_that_a_person_made_higher_stays_so(self, small: Template, tmp_path: Path) -> None:
        workbook = openpyxl.load_workbook(make(small, tmp_path))
        workbook["People"].row_dimensions[3].height = 200
        saved = tmp_path / "saved.xlsx"
        saved.write_bytes(workbook_bytes(workbook))
        assert openpyxl.load_workbook(saved)["People"].row_dimensions[3].height == 200


def note_sizes(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as package:
        drawings = [package.read(name) for name in package.namelist() if name.endswith(".vml")]
    return [size for drawing in drawings for size in re.findall(rb"(?:width|height):[\d.]+p[tx]", drawing)]


class TestProvisioningAgain:
    @pytest.fixture
    def used(self, small: Template, tmp_path: Path) -> Workbook:
        """A workbook that people have used for a while."""
        workbook = openpyxl.load_workbook(make(small, tmp_path))
        sheet = workbook["People"]
        sheet["A1"] = replace(Margin.parse(sheet["A1"].value), stamp=7).text()
        for row in (3, 4):
            for column, value in enumerate((f"p{row}", f"Person {row}", "open", ""), start=1):
                sheet.cell(row, column, value)
        sheet["B2"] = "Full name"
        (table,) = sheet.tables.values()
        table.ref = table.autoFilter.ref = "A2:D4"
        workbook["Frame"]["C3"] = "our goal"
        return workbook

    def test_nothing_is_added_where_nothing_is_missing(self, used: Workbook, small: Template) -> None:
        assert add_missing(used, small, IDENTITY) == ()

    def test_a_new_column_stands_on_the_right_inside_the_table(self, used: Workbook, small: Template) -> None:
        due = Column("due", "Due", ColumnType.DATE, note="By when.")
        done = add_missing(used, with_columns(small, "people", due), IDENTITY)
        sheet = used["People"]
        (table,) = sheet.tables.values()
        assert done == ('The column "Due" was added to the tab "People".',)
        assert (sheet["E1"].value, sheet["E2"].value) == ("due", "Due")
        assert (table.ref, table.autoFilter.ref) == ("A2:E4", "A2:E4")
        assert table.column_names[-1] == "Due"
        assert sheet["E2"].comment.text == "By when."
        assert validation_of(sheet, "E3").type == "date"

    def test_what_people_have_there_stays(self, used: Workbook, small: Template) -> None:
        before = [list(row) for row in used["People"].iter_rows(min_row=2, max_col=4, values_only=True)]
        add_missing(used, with_columns(small, "people", Column("due", "Due")), IDENTITY)
        after = [list(row) for row in used["People"].iter_rows(min_row=2, max_col=4, values_only=True)]
        assert after == before
        assert used["Frame"]["C3"].value == "our goal"

    def test_a_column_of_a_person_beside_the_table_is_not_written_over(
        self, used: Workbook, small: Template
    ) -> None:
        sheet = used["People"]
        sheet["E2"], sheet["E3"] = "Coffee", "black"
        add_missing(used, with_columns(small, "people", Column("due", "Due")), IDENTITY)
        (table,) = sheet.tables.values()
        assert (sheet["E2"].value, sheet["E3"].value, sheet["F1"].value) == ("Coffee", "black", "due")
        assert (table.ref, table.column_names[-2:]) == ("A2:F4", ["Coffee", "Due"])

    def test_a_value_without_header_beside_the_table_stops_it(self, used: Workbook, small: Template) -> None:
        used["People"]["E3"] = "a stray remark"
        with pytest.raises(ReplicaError, match=r'tab "People" .* E2 '):
            add_missing(used, with_columns(small, "people", Column("due", "Due")), IDENTITY)

    def test_a_new_setting_stands_below_the_others(self, used: Workbook, small: Template) -> None:
        done = add_missing(used, with_columns(small, "frame", Column("why", "Why")), IDENTITY)
        assert done == ('The setting "Why" was added to the tab "Frame".',)
        assert [used["Frame"].cell(4, n).value for n in (1, 2, 3)] == ["why", "Why", None]

    def test_a_new_tab_stands_in_its_place(self, used: Workbook, small: Template) -> None:
        tab = Tab("log", "Log", TabKind.TABLE, column=(Column("text", "Text"),))
        newer = replace(small, version=2, tab=(small.tab[0], tab, small.tab[1]))
        assert add_missing(used, newer, IDENTITY) == ('The tab "Log" was added.',)
        assert used.sheetnames[:3] == ["Frame", "Log", "People"]

    def test_a_machine_tab_that_somebody_deleted_comes_back(self, used: Workbook, small: Template) -> None:
        del used["Checks"]
        assert add_missing(used, small, IDENTITY) == ('The tab "Checks" was added.',)
        assert used["Checks"].sheet_state == "hidden"

    def test_a_renamed_tab_is_known_by_its_margin(self, used: Workbook, small: Template) -> None:
        used["People"].title = "Our people"
        assert add_missing(used, small, IDENTITY) == ()

    def test_a_tab_with_a_new_column_takes_part_anew(self, used: Workbook, small: Template) -> None:
        add_missing(used, with_columns(small, "people", Column("due", "Due")), IDENTITY)
        margin = Margin.parse(used["People"]["A1"].value)
        assert margin is not None
        assert (margin.template, margin.stamp) == ("small@2", 0)

    def test_other_margins_get_the_new_version_and_keep_their_stamp(
        self, used: Workbook, small: Template
    ) -> None:
        add_missing(used, with_columns(small, "frame", Column("pace", "Pace")), IDENTITY)
        margin = Margin.parse(used["People"]["A1"].value)
        assert margin is not None
        assert (margin.template, margin.stamp) == ("small@2", 7)

    def test_dropdowns_follow_their_lists_when_these_move(self, used: Workbook, small: Template) -> None:
        people = replace(
            small.tabs["people"],
            column=(Column("kind", "Kind", ColumnType.CHOICE, values=("a",)), *small.tabs["people"].column),
        )
        newer = replace(small, version=2, tab=(small.tab[0], people))
        add_missing(used, newer, IDENTITY)
        assert used["Lists"]["C1"].value == "people.state"
        assert "$C$3" in used.defined_names[list_name("people.state")].attr_text
        assert validation_of(used["People"], "C3").formula1 == list_name("people.state")

    def test_a_status_tab_of_an_older_template_is_laid_out_anew(self, tmp_path: Path) -> None:
        template = find_template("working-group", tmp_path)
        workbook = openpyxl.load_workbook(make(template, tmp_path))
        status = template.tabs["status"]
        fewer = replace(status, block=status.block[1:])
        newer = replace(template, version=2, tab=(*template.tab[:-1], fewer))
        assert add_missing(workbook, newer, IDENTITY) == ('The tab "Status" was laid out anew.',)
        assert workbook.sheetnames.index("Status") == len(template.tab) - 1
        assert len(workbook["Status"]._charts) == len(status.block) - 1


@pytest.fixture
def convert(tmp_path: Path) -> Callable[[Path, str], Path]:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")

    def run(path: Path, kind: str) -> Path:
        folder = tmp_path / "converted"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{kind}"

    return run


def page_text(path: Path) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext (of poppler-utils) is not installed")
    done = subprocess.run([reader, str(path), "-"], check=True, capture_output=True, timeout=60)
    return done.stdout.decode()


@pytest.mark.office
class TestInLibreOffice:
    def test_it_keeps_ids_tables_and_dropdowns(
        self, convert: Callable[[Path, str], Path], tmp_path: Path
    ) -> None:
        template = find_template("stakeholder-map", tmp_path)
        path = make(template, tmp_path)
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["Stakeholders"]
        sheet["A3"], sheet["B3"] = "id-1", "Ana Ruiz"
        path.write_bytes(workbook_bytes(workbook))
        back = openpyxl.load_workbook(convert(path, "xlsx"))["Stakeholders"]
        assert (back["A3"].value, back["B3"].value) == ("id-1", "Ana Ruiz")
        assert back.row_dimensions[1].hidden
        assert back.column_dimensions["A"].hidden
        assert [table.ref for table in back.tables.values()] == [f"A2:{get_column_letter(back.max_column)}3"]
        stance = get_column_letter(number_of(template.tabs["stakeholders"], "stance_now"))
        assert validation_of(back, f"{stance}3").formula1 == list_name("stakeholders.stance_now")

    def test_pages_show_tables_and_charts_with_their_figures(
        self, convert: Callable[[Path, str], Path], template: Template, tmp_path: Path
    ) -> None:
        path = make(template, tmp_path)
        workbook = openpyxl.load_workbook(path)
        (status,) = of_kind(template, TabKind.STATUS)
        drawn = [slot for slot in slots(status) if slot.block.chart == "bar"]
        for number, slot in enumerate(drawn):
            workbook[status.title].cell(slot.first_row, 2, f"Row{number:02}")
            workbook[status.title].cell(slot.first_row, 3, 5)
        path.write_bytes(workbook_bytes(workbook))
        words = " ".join(page_text(convert(path, "pdf")).split())
        assert all(tab.column[0].label in words for tab in of_kind(template, TabKind.TABLE))
        shown = [words.count(f"Row{number:02}") for number in range(len(drawn))]
        assert shown == [2] * len(drawn)  # beside its figure, and beside its bar
