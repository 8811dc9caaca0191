"""The same workbook, written as other programs write it: each way a rewriting of its parts or of its zip."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from lxml import etree

from replicas.excel_raw import MAIN, STRICT, TYPES

Parts = dict[str, bytes]
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_LOOK_ALIKE = '<row r="1"><c r="A1"><v>no cell</v></c></row>'
_CELL = re.compile(rb"<((?:\w+:)?)c(?=[ >/])")


def parts_in(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {it: package.read(it) for it in package.namelist() if not it.endswith("/")}


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def _sheets(parts: Parts) -> Iterator[str]:
    return (it for it in parts if re.search(r"worksheets/[^/]*\.xml$", it))


def _main_parts(parts: Parts) -> Iterator[str]:
    """Parts in the main namespace, which no other part of a part declares as its default."""
    mark = f'xmlns="{MAIN}"'.encode()
    return (it for it, part in parts.items() if mark in part and part.count(b' xmlns="') == 1)


# how XML is written


def prefixed(parts: Parts) -> bytes:
    for name in _main_parts(parts):
        part = re.sub(rb"<(/?)(?=\w+[\s/>])", rb"<\1x:", parts[name])
        parts[name] = part.replace(b' xmlns="', b' xmlns:x="')
    return zipped(parts)


def strict(parts: Parts) -> bytes:
    """Other namespaces, in all parts and relationships."""
    swaps = {MAIN: STRICT, _LINKS: _STRICT_LINKS}
    for name in parts:
        if name.endswith((".xml", ".rels")):
            for old, new in swaps.items():
                parts[name] = parts[name].replace(old.encode(), new.encode())
    return zipped(parts)


def _encoded(encoding: str, mark: bytes = b"") -> Callable[[Parts], bytes]:
    def encode(parts: Parts) -> bytes:
        for name in [it for it in parts if it.endswith(".xml") and it != TYPES]:
            root = etree.fromstring(parts[name])
            text = etree.tostring(root, encoding="unicode")
            told = encoding.removesuffix("-le").removesuffix("-be")
            whole = f'<?xml version="1.0" encoding="{told}"?>\n{text}'
            parts[name] = mark + whole.encode(encoding, "xmlcharrefreplace")
        return zipped(parts)

    return encode


def single_quotes(parts: Parts) -> bytes:
    for name in _sheets(parts):
        parts[name] = re.sub(rb'="([^"\']*)"', rb"='\1'", parts[name])
    return zipped(parts)


def airy_tags(parts: Parts) -> bytes:
    """Line ends and blanks wherever a tag may hold some."""
    for name in _sheets(parts):
        part = re.sub(rb' (r|s|t|ref)="([^"]*)"', rb'\n  \1 = "\2"', parts[name])
        parts[name] = re.sub(rb"</((?:\w+:)?(?:c|row|v|sheetData))>", rb"</\1 >", part)
    return zipped(parts)


def indented(parts: Parts) -> bytes:
    for name in _sheets(parts):
        root = etree.fromstring(parts[name], etree.XMLParser(remove_blank_text=True))
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return zipped(parts)


def byte_order_mark(parts: Parts) -> bytes:
    for name in parts:
        if name.endswith(".xml"):
            parts[name] = b"\xef\xbb\xbf" + parts[name].lstrip(b"\xef\xbb\xbf")
    return zipped(parts)


def remarks(parts: Parts) -> bytes:
    """Comments and instructions before, between and behind the rows."""
    for name in _sheets(parts):
        part = re.sub(rb"(<(?:\w+:)?(?:row|sheetData|c)[ >])", rb"<!-- by hand --><?by hand?>\1", parts[name])
        parts[name] = re.sub(rb"(</(?:\w+:)?worksheet>)", rb"<!-- the end -->\1", part)
    return zipped(parts)


def look_alike_remarks(parts: Parts) -> bytes:
    """Comments that hold what looks like rows and cells."""
    for name in _sheets(parts):
        part = re.sub(
            rb"(<(?:\w+:)?row[ >])", b"<!-- " + _LOOK_ALIKE.encode() + rb" -->\1", parts[name], count=2
        )
        parts[name] = part
    return zipped(parts)


def raw_text(parts: Parts) -> bytes:
    """Text as CDATA."""
    for name in _sheets(parts):
        parts[name] = re.sub(rb"<v>([^<&]+)</v>", rb"<v><![CDATA[\1]]></v>", parts[name])
    return zipped(parts)


# what a sheet says


def no_places(parts: Parts) -> bytes:
    """Cells do not say where they are, where they follow each other."""
    for name in _sheets(parts):
        root = etree.fromstring(parts[name])
        number = 0
        for row in root.iter("{*}row"):
            if int(row.get("r", number + 1)) == number + 1:
                row.attrib.pop("r", None)
            number = int(row.get("r", number + 1))
            for column, cell in enumerate(row.iterfind("{*}c"), 1):
                if _column(cell.get("r", "")) not in (0, column):
                    break
                cell.attrib.pop("r", None)
        parts[name] = etree.tostring(root)
    return zipped(parts)


def _column(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def no_dimension(parts: Parts) -> bytes:
    for name in _sheets(parts):
        parts[name] = re.sub(rb"<(\w+:)?dimension[^>]*/>", b"", parts[name])
    return zipped(parts)


def wrong_hints(parts: Parts) -> bytes:
    """Dimension and spans that are not true."""
    for name in _sheets(parts):
        part = re.sub(rb'(dimension[^>]*ref=")[^"]*', rb"\1C9", parts[name])
        parts[name] = re.sub(rb"<((?:\w+:)?row) (?![^>]*spans)", rb'<\1 spans="2:3" ', part)
    return zipped(parts)


def inline_texts(parts: Parts) -> bytes:
    """No shared strings: each cell holds its text."""
    shared = [it for it in parts if it.lower().endswith("sharedstrings.xml")]
    if shared:
        strings = [
            "".join(it.text or "" for it in si.iter("{*}t")) for si in etree.fromstring(parts.pop(shared[0]))
        ]
        for name in _sheets(parts):
            root = etree.fromstring(parts[name])
            for cell in root.iter("{*}c"):
                if cell.get("t") == "s":
                    _make_inline(cell, strings)
            parts[name] = etree.tostring(root)
        _forget(parts, "sharedStrings.xml")
    return zipped(parts)


def _make_inline(cell: etree._Element, strings: list[str]) -> None:
    value = cell.find("{*}v")
    space = etree.QName(cell).namespace
    text = strings[int(value.text)]
    cell.remove(value)
    cell.set("t", "inlineStr")
    etree.SubElement(etree.SubElement(cell, f"{{{space}}}is"), f"{{{space}}}t").text = text


def iso_days(parts: Parts) -> bytes:
    """Days as ISO 8601 behind the last row."""
    for name in _sheets(parts):
        row = rb'<\1row r="30001"><\1c r="A30001" t="d"><\1v>2026-11-21T00:00:00</\1v></\1c></\1row>'
        parts[name] = re.sub(rb"</(\w+:)?sheetData>", row.replace(rb"\1", rb"\g<1>") + rb"\g<0>", parts[name])
    return zipped(parts)


def old_meanings(parts: Parts) -> bytes:
    """Attributes for rich values and phonetics on every cell."""
    for name in _sheets(parts):
        parts[name] = _CELL.sub(rb'<\1c ph="1"', parts[name])
    return zipped(parts)


def alternatives(parts: Parts) -> bytes:
    """Alternate content behind the rows, and an extension at the end."""
    space = b"http://schemas.openxmlformats.org/markup-compatibility/2006"
    block = (
        b'<mc:AlternateContent xmlns:mc="' + space + b'"><mc:Choice Requires="x14"/></mc:AlternateContent>'
    )
    for name in _sheets(parts):
        if b"extLst" not in parts[name] and b"tableParts" not in parts[name]:
            parts[name] = re.sub(rb"</(\w+:)?worksheet>", block + rb"\g<0>", parts[name])
    return zipped(parts)


# how parts are named and led to


def backslashes(parts: Parts) -> bytes:
    return zipped({name.replace("/", "\\"): part for name, part in parts.items()})


def leading_slashes(parts: Parts) -> bytes:
    return zipped({f"/{name}": part for name, part in parts.items()})


def other_case(parts: Parts) -> bytes:
    """Members in another case than relationships and types name them."""
    kept = (TYPES, "_rels/.rels")
    return zipped({name if name in kept else name.swapcase(): part for name, part in parts.items()})


def _retargeted(change: Callable[[str], str]) -> Callable[[Parts], bytes]:
    def rewrite(parts: Parts) -> bytes:
        name = "xl/_rels/workbook.xml.rels"
        parts[name] = re.sub(
            rb'Target="([^"]*)"', lambda it: b'Target="%s"' % change(it[1].decode()).encode(), parts[name]
        )
        return zipped(parts)

    return rewrite


def _absolute(target: str) -> str:
    return target if target.startswith("/") or ":" in target else f"/xl/{target}"


def _roundabout(target: str) -> str:
    return target if target.startswith("/") or ":" in target else f"../xl/./{target}"


def _escaped(target: str) -> str:
    return target.replace("sheet", "she%65t")


def folders(parts: Parts) -> bytes:
    """Entries for folders, as tools that pack files leave them."""
    return zipped({"xl/": b"", "xl/worksheets/": b"", "docProps/": b""} | parts)


def odd_types(parts: Parts) -> bytes:
    """Sheets are the default of .xml, and names differ in case."""
    types = re.sub(rb'<Override PartName="[^"]*worksheets/[^>]*/>', b"", parts[TYPES])
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    types = re.sub(rb'<Default Extension="xml"[^>]*/>', b"", types)
    types = re.sub(rb"(<Types[^>]*>)", rb'\1<Default Extension="XML" ContentType="%s"/>' % kind, types)
    parts[TYPES] = types
    return zipped(parts)


def chartsheet_first(parts: Parts) -> bytes:
    """A chartsheet without a chart as the first of all sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.chartsheet+xml"
    override = f'<Override PartName="/xl/chartsheets/sheet9999.xml" ContentType="{kind}"/></Types>'
    link = f'<Relationship Id="rIdC" Type="{_LINKS}/chartsheet" Target="chartsheets/sheet9999.xml"/>'
    sheet = f'<sheet xmlns:c="{_LINKS}" name="A chart" sheetId="9999" c:id="rIdC"/>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[TYPES] = parts[TYPES].replace(b"</Types>", override.encode())
    parts[rels] = parts[rels].replace(b"</Relationships>", link.encode() + b"</Relationships>")
    parts["xl/workbook.xml"] = re.sub(rb"<sheets[^>]*>", rb"\g<0>" + sheet.encode(), parts["xl/workbook.xml"])
    parts["xl/chartsheets/sheet9999.xml"] = (
        f'<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    ).encode()
    return zipped(parts)


def lost_parts(parts: Parts) -> bytes:
    """Parts about the document are gone, though relationships and types still name them."""
    return zipped(
        {name: part for name, part in parts.items() if "docProps" not in name and "theme" not in name}
    )


def _forget(parts: Parts, end: str) -> None:
    """Take what leads to a part out of types and relationships."""
    for name in [TYPES, *(it for it in parts if it.endswith(".rels"))]:
        pattern = rb'<(?:Override|Relationship)\b[^>]*%s"[^>]*?/>' % end.encode()
        parts[name] = re.sub(pattern, b"", parts[name])


# how the zip is written


class _Unseekable(io.RawIOBase):
    """A stream, so that `zipfile` writes descriptors behind the members."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self.content += content
        return len(content)


def _streamed(*, zip64: bool) -> Callable[[Parts], bytes]:
    def write(parts: Parts) -> bytes:
        target = _Unseekable()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[arg-type]
            for name, content in parts.items():
                with package.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as member:
                    _fill(member, content)
        return bytes(target.content)

    return write


def _fill(member: IO[bytes], content: bytes) -> None:
    for start in range(0, len(content) or 1, 1000):
        member.write(content[start : start + 1000])


def stored(parts: Parts) -> bytes:
    return zipped(parts, zipfile.ZIP_STORED)


def remark_behind(parts: Parts) -> bytes:
    """A comment at the end of the zip."""
    content = zipped(parts)
    return content[:-2] + struct.pack("<H", 9) + b"a comment"


def zip64_sizes(parts: Parts) -> bytes:
    """Sizes and offsets in 64 bits, as programs write them that do not know how large a file will be."""
    content = zipped(parts)
    at = content.rfind(b"PK\x05\x06")
    count, _, start = struct.unpack_from("<H2L", content, at + 10)
    directory, where = b"", start
    for _ in range(count):
        fields = list(struct.unpack_from("<4s6H3L5H2L", content, where))
        name = content[where + 46 : where + 46 + fields[10]]
        extra = struct.pack("<2H3Q", 1, 24, fields[9], fields[8], fields[16])
        where += 46 + fields[10] + fields[11] + fields[12]
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        fields[11], fields[12] = len(extra), 0
        directory += struct.pack("<4s6H3L5H2L", *fields) + name + extra
    behind = start + len(directory)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, behind, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:start] + directory + record + locator + end


VARIANTS: dict[str, Callable[[Parts], bytes]] = {
    "prefixed elements": prefixed,
    "strict": strict,
    "UTF-16, little end first": _encoded("utf-16-le", b"\xff\xfe"),
    "UTF-16, big end first": _encoded("utf-16-be", b"\xfe\xff"),
    "Latin-1": _encoded("iso-8859-1"),
    "single quotes": single_quotes,
    "airy tags": airy_tags,
    "indented": indented,
    "byte order mark": byte_order_mark,
    "remarks": remarks,
    "remarks that look like cells": look_alike_remarks,
    "CDATA": raw_text,
    "cells without places": no_places,
    "no dimension": no_dimension,
    "wrong hints": wrong_hints,
    "inline texts": inline_texts,
    "days in ISO 8601": iso_days,
    "phonetics": old_meanings,
    "alternate content": alternatives,
    "backslashes": backslashes,
    "leading slashes": leading_slashes,
    "names in another case": other_case,
    "absolute targets": _retargeted(_absolute),
    "roundabout targets": _retargeted(_roundabout),
    "escaped targets": _retargeted(_escaped),
    "folders": folders,
    "odd types": odd_types,
    "chartsheet first": chartsheet_first,
    "lost parts": lost_parts,
    "descriptors": _streamed(zip64=False),
    "descriptors of zip64": _streamed(zip64=True),
    "stored": stored,
    "remark behind": remark_behind,
    "sizes of zip64": zip64_sizes,
}
