"""Workbooks written part by part, for what no library writes; and a look at what an edit left of them."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from lxml import etree

from sheetsync.replicas.excel.opc import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
CHAIN = "xl/calcChain.xml"

#: Cell styles: General, a day, a moment, a time of day.
_STYLES = (
    '<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/></cellXfs></styleSheet>'
)


def worksheet(rows: str = "", *, head: str = "", tail: str = "", main: str = MAIN) -> str:
    """A worksheet part."""
    return f'<worksheet xmlns="{main}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'


def parts_of(
    sheet: str | bytes,
    *,
    main: str = MAIN,
    date1904: bool = False,
    chain: str = "",
    settings: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet, "Tab".

    Args:
        chain: Entries of the calculation chain; without any there is no such part.
        settings: What stands behind the sheets in the workbook part.
        more: Parts to add, or to put in the place of one of these.
    """
    links = _STRICT_LINKS if main == STRICT else _LINKS
    override = '<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}+xml"/>'
    chained = override.format(CHAIN, "spreadsheetml.calcChain") if chain else ""
    link = f'<Relationship Id="{{}}" Type="{links}/{{}}" Target="{{}}"/>'
    parts: dict[str, str | bytes] = {
        TYPES: f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + override.format(BOOK, "spreadsheetml.sheet.main")
        + override.format(SHEET, "spreadsheetml.worksheet")
        + override.format(STYLES, "spreadsheetml.styles")
        + f"{chained}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + link.format("r1", "officeDocument", BOOK)
        + "</Relationships>",
        BOOK: f'<workbook xmlns="{main}" xmlns:r="{links}"><workbookPr date1904="{int(date1904)}"/>'
        f'<sheets><sheet name="Tab" sheetId="7" r:id="r1"/></sheets>{settings}</workbook>',
        RELATIONSHIPS: f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + link.format("r1", "worksheet", "worksheets/sheet1.xml")
        + link.format("r2", "styles", "styles.xml")
        + (link.format("r3", "calcChain", "calcChain.xml") if chain else "")
        + "</Relationships>",
        STYLES: _STYLES.format(main=main),
        SHEET: sheet,
    }
    if chain:
        parts[CHAIN] = f'<calcChain xmlns="{main}">{chain}</calcChain>'
    return parts | dict(more or {})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A package of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def part(content: bytes, name: str = SHEET) -> str:
    """The text of one part."""
    return Package(content).read(name).decode()


def tree(content: bytes, name: str = SHEET) -> etree._Element:
    return etree.fromstring(Package(content).read(name))


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Names of the parts whose member is not byte for byte what it was, local header and all."""
    old, new = Package(before), Package(after)
    return {
        name
        for name in {*old.names(), *new.names()}
        if name not in old or name not in new or bytes(old.raw(name)) != bytes(new.raw(name))
    }


def values(content: bytes, sheet: str | None = None) -> dict[str, object]:
    """The cells of a sheet that hold something, as openpyxl reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (book[sheet] if sheet else book.worksheets[0])._cells.values()
    return {cell.coordinate: cell.value for cell in cells if cell.value is not None}


def collected() -> list[Path]:
    """The real workbooks that SHEETSYNC_TEST_DATA names."""
    folder = os.environ.get("SHEETSYNC_TEST_DATA")
    return sorted((Path(folder) / "workbooks").iterdir()) if folder else []
