"""Files made to harm are refused within a second of work and 200 MiB, in a process that has no more."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from replicas.excel_raw import BOOK, RELATIONSHIPS, SHEET, STYLES, TYPES, parts_of, worksheet, zipped

SECONDS, MEBIBYTES = 1.0, 200
_HANDS = Path(__file__).with_name("hostile_hands.py")
MIB = 2**20


def book(more: dict[str, str | bytes]) -> bytes:
    return zipped(parts_of(worksheet('<row r="1"><c r="A1"><v>1</v></c></row>'), more=more))


def packed_tightly(name: str, size: int) -> bytes:
    """A part of blanks that is far larger than its packed bytes; the checksum is not told truly."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    data = block * (size // MIB) + packer.flush()
    content = book({name: b"<a/>"})
    return with_member(content, name.encode(), data, size)


def with_member(content: bytes, name: bytes, data: bytes, size: int) -> bytes:
    """A package with another member, put before the others."""
    header = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, 0, len(data), size, len(name), 0) + name
    local = b"PK\x03\x04" + header + data
    end = content.rfind(b"PK\x05\x06")
    count, _, start = struct.unpack_from("<H2L", content, end + 10)
    records, at = b"", start
    for _ in range(count):
        name_length, extra = struct.unpack_from("<2H", content, at + 28)
        record, at = content[at : at + 46 + name_length + extra], at + 46 + name_length + extra
        if record[46 : 46 + name_length] != name:
            (where,) = struct.unpack_from("<L", record, 42)
            records += record[:42] + struct.pack("<L", where + len(local)) + record[46:]
    own = b"PK\x01\x02" + struct.pack(
        "<6H3L5H2L", 20, 20, 0, 8, 0, 33, 0, len(data), size, len(name), 0, 0, 0, 0, 0, 0
    )
    directory = own + name + records
    whole = local + content[:start] + directory
    return whole + struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local) + start, 0
    )


def entities(kind: str) -> str:
    """A document type whose entities unfold to gigabytes, or bring in a file."""
    if kind == "outside":
        told = '<!ENTITY e SYSTEM "file:///etc/passwd">'
    else:
        told = '<!ENTITY e0 "ha">' + "".join(
            f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12)
        )
    return f"<!DOCTYPE workbook [{told}]>"


def overlapping() -> bytes:
    """A small kernel of packed bytes that a thousand members share."""
    content = book({})
    end = content.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<H2L", content, end + 10)
    name_length, extra = struct.unpack_from("<2H", content, start + 28)
    record = content[start : start + 46 + name_length + extra]
    records = b"".join(
        record[:46] + f"{number:0{name_length}}".encode() + record[46 + name_length :]
        for number in range(1000)
    )
    directory = content[start : start + length] + records
    total = count + 1000
    return (
        content[:start]
        + directory
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, total, total, len(directory), start, 0)
    )


_LINK = '<Relationship Id="x{}" Type="http://example.com/x" Target="y{}"/>'
_ROWS = '<row r="1"><c r="A1"><f t="array" ref="A1">1</f><v>1</v></c></row>'

#: Each is refused, or opened with as little work.
HOSTILE: dict[str, bytes] = {
    "a sheet of 1 GiB of blanks": packed_tightly(SHEET, 1024 * MIB),
    "styles of 4 GiB less a little": packed_tightly(STYLES, 4095 * MIB),
    "a sheet of 7 MiB told as of 100 bytes": with_member(
        book({}), SHEET.encode(), zlib.compress(b" " * 7 * MIB)[2:-4], 100
    ),
    "entities in the workbook": book({BOOK: entities("inside") + "<workbook>&e11;</workbook>"}),
    "entities in the sheet": book({SHEET: entities("inside") + worksheet(_ROWS)}),
    "entities in UTF-16": book({SHEET: (entities("inside") + worksheet(_ROWS)).encode("utf-16")}),
    "an entity from outside": book({"xl/sharedStrings.xml": entities("outside") + "<sst>&e;</sst>"}),
    "members that share their bytes": overlapping(),
    "a workbook nested a million deep": book({BOOK: "<a>" * MIB + "</a>" * MIB}),
    "styles nested a million deep": book({STYLES: "<a>" * MIB + "</a>" * MIB}),
    "an attribute of 7 MiB in the workbook": book({BOOK: f'<workbook a="{"x" * 7 * MIB}"/>'}),
    "a million relationships": book(
        {
            RELATIONSHIPS: "<Relationships>"
            + "".join(_LINK.format(it, it) for it in range(MIB))
            + "</Relationships>"
        }
    ),
    "50,000 relationships": book(
        {
            RELATIONSHIPS: str(parts_of("")[RELATIONSHIPS]).replace(
                "</", "".join(_LINK.format(it, it) for it in range(50_000)) + "</", 1
            )
        }
    ),
    "a workbook of two million elements": book({BOOK: "<workbook>" + "<a/>" * 2 * 10**6 + "</workbook>"}),
    "a workbook of a million attributes": book(
        {BOOK: "<workbook " + " ".join(f'a{it}=""' for it in range(700_000)) + "/>"}
    ),
    "200,000 types": book(
        {TYPES: "<Types>" + '<Default Extension="a" ContentType="b"/>' * 200_000 + "</Types>"}
    ),
    "formulas that do not end": book(
        {SHEET: worksheet('<row r="1"><c r="A1">' + "<f t" * MIB + "</c></row>" + _ROWS.replace("1", "2"))}
    ),
    "cells nested 500,000 deep": book(
        {SHEET: worksheet("".join(map('<c r="A{}">'.format, range(500_000))) + "</c>" * 500_000)}
    ),
    "rows that do not end": book({SHEET: worksheet("<row r " * MIB)}),
    "merged cells that do not end": book({SHEET: worksheet(_ROWS, tail="<mergeCell " * 600_000)}),
    "links that do not end": book({SHEET: worksheet(_ROWS, tail="<hyperlinks " * 600_000)}),
    "columns that do not end": book({SHEET: worksheet(_ROWS, head="<col " * MIB)}),
    "an array over the whole sheet": book(
        {SHEET: worksheet('<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>')}
    ),
    "a cell at the end of the sheet": book(
        {SHEET: worksheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}
    ),
    "a name of 60,000 letters": zipped({"x" * 60_000: b""} | parts_of(worksheet())),
}
#: What is odd about these does not concern an edit of other cells; what a reader makes of them is its affair.
HARMLESS = {
    "cells nested 500,000 deep",
    "formulas that do not end",
    "columns that do not end",
    "200,000 types",
    "an attribute of 7 MiB in the workbook",
    "merged cells that do not end",
    "links that do not end",
    "50,000 relationships",
    "an array over the whole sheet",
    "a cell at the end of the sheet",
    "a name of 60,000 letters",
}


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_little_work(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(HOSTILE[name])
    command = [sys.executable, str(_HANDS), str(MEBIBYTES), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    for result in map(json.loads, done.stdout.splitlines()):
        assert result["refusal"] or name in HARMLESS
        assert result["seconds"] < SECONDS
    assert path.read_bytes() == HOSTILE[name]
