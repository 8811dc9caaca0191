"""Damaged workbooks: a clear error or the right result, never a crash, and never a changed source.

SHEETSYNC_MUTATIONS says how many damages are tried; they are the same ones in every run.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula

from replicas.excel_making import make, small_template
from replicas.excel_raw import CHAIN, SHEET, STYLES, parts_of, worksheet, zipped
from replicas.excel_variants import VARIANTS, parts_in
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.replica import ExcelReplica

MUTATIONS = int(os.environ.get("SHEETSYNC_MUTATIONS", "10000"))
BATCHES = 10
#: Of a pass over a workbook of ours, which reads it twice and takes ten times as long, there are fewer.
OF_PASSES = 20
EDITS = {None: {"B2": "new", "D9": 7, "C3": None, "A40": True}}
TEMPLATE = small_template()
Mutation = Callable[[bytes, random.Random], bytes]


def plain() -> bytes:
    book = openpyxl.Workbook()
    for row in range(1, 31):
        book.active.append([row, f"text {row}", row / 7, None, "=A1+1"])
    return saved(book)


def with_array() -> bytes:
    book = openpyxl.Workbook()
    book.active["F2"] = ArrayFormula("F2:F5", "=A2:A5*2")
    return saved(book)


def with_table() -> bytes:
    book = openpyxl.Workbook()
    for row in (["One", "Two"], [1, 2], [3, 4]):
        book.active.append([None] * 6 + row)
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="Table", ref="G1:H3"))
    book.active.merge_cells("J1:K2")
    return saved(book)


def several_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["kept"])
    book.active.column_dimensions["B"].width = 30
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


ROWS = '<row r="2" spans="1:3"><c r="A2"><v>1</v></c><c r="B2" s="1"><v>40000</v></c></row><row r="3"/>'
BARE = "<row><c><v>1</v></c><c/></row><row><c><v>2</v></c><c><v>3</v></c></row>"
PREFIXED = worksheet(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
FORMULAS = '<row r="2"><c r="A2"><f>B2</f><v>1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
BOOKS = [
    plain(),
    with_array(),
    with_table(),
    several_sheets(),
    zipped(
        parts_of(
            worksheet(ROWS, head='<dimension ref="A2:B2"/><cols><col min="4" max="4" style="1"/></cols>')
        )
    ),
    zipped(parts_of(worksheet(BARE))),
    zipped(parts_of(PREFIXED)),
    zipped(parts_of(worksheet(FORMULAS), chain='<c r="A2" i="7"/><c r="B2"/>')),
    zipped(parts_of(worksheet(tail='<mergeCells count="1"><mergeCell ref="F1:G2"/></mergeCells>'))),
    zipped(parts_of(worksheet(ROWS), date1904=True)),
    *(
        VARIANTS[form](parts_in(plain()))
        for form in ("UTF-16, little end first", "sizes of zip64", "descriptors of zip64", "CDATA")
    ),
]


def flip(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8])):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def splice(content: bytes, chance: random.Random) -> bytes:
    """Some bytes go, and some from elsewhere come."""
    at, source = chance.randrange(len(content)), chance.randrange(len(content))
    return (
        content[:at] + content[source : source + chance.randrange(40)] + content[at + chance.randrange(40) :]
    )


def damage_directory(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(content.rfind(b"PK\x01\x02") - 200, len(content))
    return content[:at] + chance.randbytes(chance.randrange(1, 4)) + content[at + 1 :]


def swap_members(content: bytes, chance: random.Random) -> bytes:
    parts = unpacked(content)
    one, other = chance.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return zipped(parts)


def drop_member(content: bytes, chance: random.Random) -> bytes:
    parts = unpacked(content)
    del parts[chance.choice(sorted(parts))]
    return zipped(parts)


def change_attribute(content: bytes, chance: random.Random) -> bytes:
    """An attribute of a part gets another value: of another attribute, or one that makes no sense."""
    parts = unpacked(content)
    name = chance.choice([it for it in (*sorted(parts), SHEET, SHEET, STYLES) if b'="' in parts[it]])
    text = parts[name]
    found = list(re.finditer(rb'="([^"]*)"', text))
    one, other = chance.choice(found), chance.choice(found)
    odd = [
        b"",
        b"-1",
        b"0",
        b"9" * 5000,
        b"1e3",
        b"\xc3\xa4",
        b"A1:",
        b"#REF!",
        other.group(1),
        b"XFD1048577",
    ]
    return zipped(parts | {name: text[: one.start(1)] + chance.choice(odd) + text[one.end(1) :]})


def damage_xml(content: bytes, chance: random.Random) -> bytes:
    """Bytes of a part change, and its checksum with them."""
    parts = unpacked(content)
    name = chance.choice([*sorted(parts), SHEET, SHEET, CHAIN if CHAIN in parts else SHEET])
    return zipped(parts | {name: chance.choice([flip, splice, truncate])(parts[name], chance)})


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


DAMAGES: list[Mutation] = [
    flip,
    truncate,
    splice,
    damage_directory,
    swap_members,
    drop_member,
    change_attribute,
    change_attribute,
    damage_xml,
    damage_xml,
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there can be one: each damage is written, and each edit made durable."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as found:
        yield Path(found)


@pytest.mark.parametrize("book", BOOKS, ids=range(len(BOOKS)))
def test_the_workbooks_can_be_edited_before_they_are_damaged(book: bytes, folder: Path) -> None:
    assert survives(book, folder)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_damaged_workbook_is_edited_rightly_or_refused_clearly(batch: int, folder: Path) -> None:
    edited = 0
    for number in (numbers := range(batch, MUTATIONS, BATCHES)):
        with damaged(BOOKS, number) as content:
            edited += survives(content, folder)
    assert 0 < edited < len(numbers)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_pass_over_a_damaged_workbook_writes_rightly_or_stops_clearly(batch: int, folder: Path) -> None:
    replica = ExcelReplica("small.xlsx", make(TEMPLATE, folder), folder / "backups")
    write_rows(replica, "r1", "r2", "r3")
    book, written = replica.path.read_bytes(), 0
    for number in (numbers := range(batch, MUTATIONS, BATCHES * OF_PASSES)):
        with damaged([book], number) as content:
            written += passes(replica, content)
    assert 0 < written < len(numbers)


@contextmanager
def damaged(books: Sequence[bytes], number: int) -> Iterator[bytes]:
    """A damaged workbook; an error in what is done with it tells its number."""
    chance = random.Random(number)
    try:
        yield chance.choice(DAMAGES)(chance.choice(books), chance)
    except BaseException as error:
        error.add_note(f"damage number {number}")
        raise


def passes(replica: ExcelReplica, content: bytes) -> bool:
    """Whether a row could be written; it is there then, and nothing has changed otherwise."""
    replica.path.write_bytes(content)
    try:
        write_rows(replica, "r4")
    except SheetsyncError as error:
        refusal = error.what
    else:
        refusal = ""
    if refusal:
        assert str(replica.path) in refusal
        assert replica.path.read_bytes() == content
        return False
    assert [row.id for row in replica.read(TEMPLATE).tabs["people"].rows][-1] == "r4"
    return True


def write_rows(replica: ExcelReplica, *ids: str) -> None:
    """What a pass does: read, write new rows, read back."""
    version = replica.read(TEMPLATE).version
    new = tuple((row_id, {"name": f"Name {row_id}", "state": "open"}) for row_id in ids)
    replica.write(Edit({"people": TabEdit(1, new=new)}), TEMPLATE, version)


def survives(content: bytes, folder: Path) -> bool:
    """Whether a workbook could be edited; what was written is right then, and nothing was otherwise."""
    source, target = folder / "damaged.xlsx", folder / "edited.xlsx"
    source.write_bytes(content)
    target.unlink(missing_ok=True)
    try:
        edit_cells(source, target, EDITS)
    except SheetsyncError as error:
        refusal = error.what
    else:
        refusal = ""
    assert source.read_bytes() == content
    if refusal:
        assert str(source) in refusal
        assert list(folder.iterdir()) == [source]
        return False
    assert_right(content, target.read_bytes(), source)
    return True


def assert_right(before: bytes, after: bytes, source: Path) -> None:
    """The cells are there, the sheet is as well-formed as it was, and other members are what they were."""
    old, new = Parts(before, source), Package(after)
    part = next(sheet.part for sheet in old.sheets if sheet.kind == "worksheet")
    own = {part, old.workbook, old.styles, CHAIN, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    for name in {*old.package.names()} - own:
        assert bytes(old.package.raw(name)) == bytes(new.raw(name))
    sheet = parsed(old.package.read(part))
    if sheet is not None:
        cells = parsed(new.read(part)).iter("{*}c")
        found = {it.get("r"): "".join(it.itertext()) for it in cells if it.get("r")}
        assert (found["B2"], found["D9"], found["A40"], found.get("C3", "")) == ("new", "7", "1", "")


def parsed(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return None


def test_the_checksum_of_what_is_written_is_right(tmp_path: Path) -> None:
    assert survives(BOOKS[0], tmp_path)
    with zipfile.ZipFile(tmp_path / "edited.xlsx") as package:
        assert package.testzip() is None
        assert all(zlib.crc32(package.read(it)) == it.CRC for it in package.infolist())
