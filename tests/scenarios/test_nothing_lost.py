"""A pass leaves all of a workbook as it was but the cells it has to write."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from scenarios.desk import Desk
from sheetsync.replicas.excel.opc import Package

ADDED = {
    "customXml/item1.xml": b"<kept/>",
    "xl/slicers/slicer1.xml": b"<slicers/>",
    "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>",
    "xl/media/image9.png": bytes(range(256)),
    "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros",
}
SPARKLINES = (
    b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    b'uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups/></ext></extLst></worksheet>'
)


@pytest.mark.filterwarnings("ignore:Sparkline")  # openpyxl, as the reader here, does not know them
def test_what_people_put_into_a_workbook_is_byte_for_byte_there_after_a_pass(two_files: Desk) -> None:
    path = two_files.path("a.xlsx")
    people = part_of(path, "People")
    add(path, people)
    before = Package(path.read_bytes())
    two_files.type("b.xlsx", "Ana", "Note", "Joined")
    two_files.add("b.xlsx", Name="Ida")
    two_files.remove("b.xlsx", "Bo")
    two_files.settle()
    assert two_files.people("a.xlsx")["Ana"]["Note"] == "Joined"
    assert "Ida" in two_files.people("a.xlsx")
    assert "Bo" not in two_files.people("a.xlsx")
    after = Package(path.read_bytes())
    written = {name for name in before.names() if bytes(before.raw(name)) != bytes(after.raw(name))}
    assert all(
        re.fullmatch(r"xl/(worksheets/sheet|tables/table)\d+\.xml|xl/workbook.xml", it) for it in written
    )
    assert before.names() == after.names()
    assert b"<x14:sparklineGroups/>" in after.read(people)


def test_charts_notes_and_looks_of_the_sample_program_stay_as_they_were_made(acme: Desk) -> None:
    path = acme.path("Working Group.xlsx")
    before = Package(path.read_bytes())
    with acme.at("Working Group.xlsx") as workbook:
        assert len(workbook["Status"]._charts) > 5
    acme.path("Working Group.xlsx").write_bytes(before.content)
    acme.run(days=3)
    after = Package(path.read_bytes())
    for name in before.names():
        if not name.startswith(("xl/worksheets/sheet", "xl/tables/", "xl/workbook.xml")):
            assert bytes(before.raw(name)) == bytes(after.raw(name)), name
    assert before.content != after.content, "days went by, so Status says other things"


def part_of(path: Path, title: str) -> str:
    titles = openpyxl.load_workbook(path, read_only=True).sheetnames
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


def add(path: Path, sheet: str) -> None:
    """Parts that openpyxl does not know, and sparklines in a sheet, as other programs write them."""
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    content[sheet] = content[sheet].replace(b"</worksheet>", SPARKLINES)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, each in {**content, **ADDED}.items():
            package.writestr(name, each)
