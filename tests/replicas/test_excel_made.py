"""How workbooks are made, and what LibreOffice makes of them."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from excel_making import IDENTITY, make, number_of, of_kind, small_template, validation_of
from openpyxl.utils import get_column_letter

from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.model import TabKind, Template
from sheetsync.core.status.sheet import slots
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.make import make_workbook
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.validation import list_name

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
