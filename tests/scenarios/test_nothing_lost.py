"""A pass leaves all of a workbook as it was but the cells it has to write."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from replicas.excel_additions import with_additions
from replicas.excel_links import loose_ends
from scenarios.desk import NAMES, Desk
from scenarios.office import save_in_libreoffice
from sheetsync.replicas.excel.opc import Package

#: The texts of a deleted row leave the shared ones, too.
WRITTEN = re.compile(r"xl/(worksheets/sheet|tables/table)\d+\.xml|xl/workbook\.xml|xl/sharedStrings\.xml")
#: What may follow the rows of a table: all else of a sheet is people's.
_FOLLOWS = {"sheetData", "dimension", "dataValidations", "conditionalFormatting"}


@pytest.mark.filterwarnings("ignore:.* extension is not supported")  # openpyxl, as the reader here
def test_what_people_put_into_a_workbook_is_byte_for_byte_there_after_passes(two_files: Desk) -> None:
    assert_kept(two_files, two_files.path("a.xlsx"))


@pytest.mark.office
@pytest.mark.filterwarnings("ignore:.* extension is not supported")
def test_so_it_is_where_libreoffice_saved_the_workbook_before_and_opens_it_again(
    two_files: Desk, soffice: str, tmp_path: Path
) -> None:
    path = two_files.path("a.xlsx")
    save_in_libreoffice(soffice, path, tmp_path)
    two_files.settle()
    assert_kept(two_files, path)
    people = two_files.column("a.xlsx", "Name")
    save_in_libreoffice(soffice, path, tmp_path)
    assert two_files.column("a.xlsx", "Name") == people
    drawn = b"".join(zipfile.ZipFile(path).read(it) for it in names(path) if "/drawings/drawing" in it)
    assert all(it in drawn for it in (b"<c:chart ", b"Call first!", b"<xdr:pic>"))


def assert_kept(desk: Desk, path: Path) -> None:
    """Passes that edit, add and delete rows keep all that people added to the People tab."""
    path.write_bytes(with_additions(path.read_bytes(), "People"))
    before = Package(path.read_bytes())
    assert loose_ends(before.content) == []
    desk.type("b.xlsx", "Ana", "Note", "Joined")
    desk.add("b.xlsx", Name="Ida")
    desk.remove("b.xlsx", "Bo")
    desk.settle()
    assert "Joined" in desk.column("a.xlsx", "Note")
    assert {*desk.column("a.xlsx", "Name")} - {None} == {*NAMES, "Ida"} - {"Bo"}
    after = Package(path.read_bytes())
    assert before.names() == after.names()
    assert loose_ends(after.content) == []
    written = {name for name in before.names() if bytes(before.raw(name)) != bytes(after.raw(name))}
    assert all(WRITTEN.fullmatch(it) for it in written)
    for sheet in (it for it in written if "worksheets" in it):
        assert around_table(before.read(sheet)) == around_table(after.read(sheet))


def around_table(sheet: bytes) -> list[bytes]:
    """What stands in a worksheet part beside its rows and what follows them."""
    elements = [it for it in etree.fromstring(sheet) if etree.QName(it).localname not in _FOLLOWS]
    return [etree.tostring(it, method="c14n") for it in elements]


def test_charts_notes_and_looks_of_the_sample_program_stay_as_they_were_made(acme: Desk) -> None:
    path = acme.path("Working Group.xlsx")
    before = Package(path.read_bytes())
    assert len(openpyxl.load_workbook(path)["Status"]._charts) > 5
    acme.run(days=3)
    after = Package(path.read_bytes())
    for name in before.names():
        if not name.startswith(("xl/worksheets/sheet", "xl/tables/", "xl/workbook.xml")):
            assert bytes(before.raw(name)) == bytes(after.raw(name)), name
    assert before.content != after.content, "days went by, so Status says other things"


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return package.namelist()
