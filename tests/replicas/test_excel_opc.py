"""The package of an Excel file: members are copied raw, and what no workbook has is refused."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replicas.excel_raw import BOOK, SHEET, STYLES, parts_of, worksheet, zipped
from sheetsync.errors import ReplicaUnreadable
from sheetsync.replicas.excel.opc import Package, PackageError
from sheetsync.replicas.excel.parts import Parts

resource = pytest.importorskip("resource")
HERE = Path("Register.xlsx")
TEXT = b"<a>" + b"text " * 200 + b"</a>"
SECOND, MEMORY = 1.0, 200 * 2**20


class Unseekable(io.RawIOBase):
    """A file that cannot seek: members written to it end with a descriptor."""

    def __init__(self) -> None:
        self.content = io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self.content.write(data)


def rewritten(content: bytes, replaced: dict[str, tuple[bytes, ...]], **more: object) -> bytes:
    target = io.BytesIO()
    Package(content).write(target, replaced, **more)  # type: ignore[arg-type]
    return target.getvalue()


def contents(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def with_descriptors(parts: dict[str, bytes], *, zip64: bool = False) -> bytes:
    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[arg-type]
        for name, content in parts.items():
            with package.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as member:
                member.write(content)
    return target.content.getvalue()


def patched(content: bytes, mark: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    """Bytes at an offset from the first or last place of a mark."""
    at = (content.rfind(mark) if last else content.find(mark)) + offset
    return content[:at] + value + content[at + len(value) :]


# copying


@given(st.dictionaries(st.text("abcxyz/._-", min_size=1, max_size=12), st.binary(max_size=300), min_size=1))
def test_a_package_in_which_nothing_is_replaced_keeps_every_member(parts: dict[str, bytes]) -> None:
    by_key = {name.lstrip("/"): content for name, content in parts.items()}
    if len(by_key) == len(parts) and "" not in by_key:
        content = zipped(parts)
        again = rewritten(content, {})
        assert contents(again) == parts
        old, new = Package(content), Package(again)
        assert [bytes(old.raw(it)) for it in old.names()] == [bytes(new.raw(it)) for it in new.names()]


def test_a_replaced_part_has_its_new_bytes_and_the_others_are_copied_raw() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT, "c.xml": TEXT})
    again = rewritten(content, {"b.xml": (b"new ", b"bytes")}, added={"d.xml": b"added"})
    assert contents(again) == {"a.xml": TEXT, "b.xml": b"new bytes", "c.xml": TEXT, "d.xml": b"added"}
    assert bytes(Package(again).raw("c.xml")) == bytes(Package(content).raw("c.xml"))


def test_a_part_replaced_by_no_pieces_is_left_out() -> None:
    assert contents(rewritten(zipped({"a.xml": TEXT, "b.xml": TEXT}), {"a.xml": ()})) == {"b.xml": TEXT}


def test_a_part_can_be_written_when_the_others_are_known() -> None:
    order: list[str] = []

    def noted(name: str):
        order.append(name)
        yield b"x"

    target = io.BytesIO()
    package = Package(zipped({"a.xml": TEXT, "b.xml": TEXT}))
    package.write(target, {"a.xml": noted("a.xml"), "b.xml": noted("b.xml")}, last=["a.xml"])
    assert order == ["b.xml", "a.xml"]
    assert list(contents(target.getvalue())) == ["a.xml", "b.xml"]


def test_equal_content_is_written_as_equal_bytes() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT})
    assert rewritten(content, {"a.xml": (b"new",)}) == rewritten(content, {"a.xml": (b"n", b"ew")})


@pytest.mark.parametrize("zip64", [False, True], ids=["zip", "zip64"])
def test_members_that_end_with_a_descriptor_are_copied_with_it(zip64: bool) -> None:
    content = with_descriptors({"a.xml": TEXT, "b.xml": TEXT, "c.xml": b""}, zip64=zip64)
    again = rewritten(content, {"b.xml": (b"new",)})
    assert contents(again) == {"a.xml": TEXT, "b.xml": b"new", "c.xml": b""}
    assert bytes(Package(again).raw("a.xml")) == bytes(Package(content).raw("a.xml"))


@pytest.mark.parametrize("name", ["xl\\sheet.xml", "/xl/sheet.xml", "XL/Sheet.xml", "xl/sh%65et.xml"])
def test_a_part_is_found_whatever_the_slashes_case_and_escapes_of_its_name(name: str) -> None:
    content = zipped({"kept.xml": b"kept", name: TEXT}).replace(
        name.replace("\\", "/").encode(), name.encode()
    )
    package = Package(content)
    assert package.read("xl/sheet.xml") == TEXT
    again = Package(rewritten(content, {"xl/sheet.xml": (b"new",)}))
    assert again.read("xl/sheet.xml") == b"new"
    assert name.encode() in bytes(again.raw("xl/sheet.xml"))


def test_a_name_that_is_not_ascii_stays_readable() -> None:
    again = rewritten(zipped({"xl/übersicht.xml": TEXT}), {"xl/übersicht.xml": (b"new",)})
    assert contents(again) == {"xl/übersicht.xml": b"new"}


# refusing


def refused(content: bytes) -> str:
    with pytest.raises(PackageError) as caught:
        contents_of(content)
    return str(caught.value)


def contents_of(content: bytes) -> list[bytes]:
    package = Package(content)
    return [package.read(name) for name in package.names()]


def test_a_truncated_file_is_refused_wherever_it_ends() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT})
    for end in range(len(content)):
        assert refused(content[:end])


def test_damaged_bytes_of_a_part_are_noticed() -> None:
    content = zipped({"a.xml": random.Random(1).randbytes(4_000)})
    for at in range(100, 4_000, 50):
        assert "damaged: a.xml" in refused(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_two_members_of_one_name_are_refused() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT}).replace(b"b.xml", b"A.xml")
    assert "twice" in refused(content)


def test_members_that_overlap_are_refused() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT})
    reaching = struct.pack("<L", Package(content).members["a.xml"].packed + 40)
    assert "overlap (b.xml)" in refused(patched(content, b"PK\x01\x02", 20, reaching))


def test_an_encrypted_member_is_refused() -> None:
    assert "encrypted" in refused(patched(zipped({"a.xml": TEXT}), b"PK\x01\x02", 8, b"\x01\x00"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_workbooks_do_not_use_is_refused(method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        package.writestr("a.xml", TEXT)
    assert "a way that workbooks do not use" in refused(target.getvalue())


def test_sizes_of_zip64_are_refused() -> None:
    content = patched(zipped({"a.xml": TEXT}), b"PK\x01\x02", 20, b"\xff" * 8)
    assert "a way that workbooks do not use" in refused(content)
    assert "more than 4 GiB" in refused(patched(zipped({"a.xml": TEXT}), b"PK\x05\x06", 16, b"\xff" * 4))


def test_members_that_the_directory_does_not_count_are_not_lost_in_silence() -> None:
    content = zipped({"a.xml": TEXT, "b.xml": TEXT})
    assert "not as long as it says" in refused(patched(content, b"PK\x05\x06", 8, b"\x01\x00\x01\x00"))


def test_a_name_that_differs_between_header_and_directory_is_refused() -> None:
    assert "contradicts itself" in refused(zipped({"a.xml": TEXT}).replace(b"a.xml", b"b.xml", 1))


def test_something_else_than_a_zip_is_refused() -> None:
    assert "cut short" in refused(b"Name,Unit\n")


# what the parts must be


def unreadable(content: bytes) -> str:
    with pytest.raises(ReplicaUnreadable) as caught:
        _ = Parts(content, HERE).sheets
    assert str(HERE) in caught.value.what
    assert caught.value.do
    return caught.value.what


def without(name: str) -> bytes:
    return zipped({it: content for it, content in parts_of(worksheet()).items() if it != name})


def test_a_protected_workbook_is_told_from_a_damaged_one() -> None:
    assert "password" in unreadable(b"\xd0\xcf\x11\xe0" + b"\0" * 4_000)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("[Content_Types].xml", "not an Excel workbook"),
        ("_rels/.rels", "not an Excel workbook"),
        (BOOK, "the part that lists its sheets"),
        ("xl/_rels/workbook.xml.rels", 'the sheet "Tab" leads to no part'),
        (SHEET, 'the sheet "Tab" leads to no part'),
    ],
)
def test_a_workbook_that_lacks_a_part_is_refused(name: str, what: str) -> None:
    assert what in unreadable(without(name))


def test_a_zip_of_other_files_is_refused() -> None:
    assert "not an Excel workbook" in unreadable(zipped({"letter.txt": b"Dear all"}))


def test_a_workbook_part_that_is_not_well_formed_is_refused() -> None:
    assert "not well-formed" in unreadable(zipped(parts_of(worksheet(), more={BOOK: "<workbook"})))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", [BOOK, SHEET, STYLES, "docProps/core.xml"])
def test_a_document_type_is_refused_in_any_part(name: str, encoding: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'.encode(encoding)
    assert "document type" in unreadable(zipped(parts_of(worksheet(), more={name: bomb})))


def test_a_workbook_part_in_utf_16_is_read() -> None:
    book = str(parts_of(worksheet())[BOOK])
    utf16 = f'<?xml version="1.0" encoding="UTF-16"?>{book}'.encode("utf-16")
    assert [it.name for it in Parts(zipped(parts_of(worksheet(), more={BOOK: utf16})), HERE).sheets] == [
        "Tab"
    ]


def test_two_sheets_of_one_part_are_refused() -> None:
    book = str(parts_of(worksheet())[BOOK]).replace("</sheets>", '<sheet name="B" r:id="r1"/></sheets>')
    assert "two sheets that lead to one part" in unreadable(zipped(parts_of(worksheet(), more={BOOK: book})))


# bombs


def bombs() -> dict[str, bytes]:
    zeros, tags = b" " * (150 * 2**20), b"<workbook>" + b"<a/>" * 9_000_000
    packed = zipped({"big.xml": zeros})
    lying = patched(packed, b"PK\x01\x02", 24, struct.pack("<L", 100))
    many = {f"{number:05}.xml": b" " * 100_000 for number in range(300)}
    return {
        "a large part": packed,
        "a small part that is large": lying,
        "a tree of many tags": zipped(parts_of(worksheet(), more={BOOK: tags})),
        "many parts": zipped(parts_of(worksheet()) | many),
        "many names": zipped({f"{number:05}" + "x" * 50: b"" for number in range(21_000)}),
    }


@pytest.fixture(scope="module")
def made_bombs() -> dict[str, bytes]:
    return bombs()


@pytest.mark.parametrize(
    "name",
    ["a large part", "a small part that is large", "a tree of many tags", "many parts", "many names"],
)
def test_a_bomb_is_refused_at_once(name: str, made_bombs: dict[str, bytes]) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert unreadable(made_bombs[name])
    assert time.process_time() - start < SECOND
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < MEMORY
