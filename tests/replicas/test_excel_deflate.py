"""Whichever library packs: each reads what others wrote, and refuses what is damaged."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

import pytest

from replicas.excel_raw import zipped
from sheetsync.replicas.excel import deflate
from sheetsync.replicas.excel.opc import Package

CHANCE = random.Random(1)
CONTENT = b"".join(
    b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (row, row, CHANCE.getrandbits(20))
    for row in range(20_000)
)


@pytest.fixture(params=["zlib", "isal"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    used = zlib if request.param == "zlib" else pytest.importorskip("isal.isal_zlib")
    monkeypatch.setattr(deflate, "library", used)
    return used


def packed(flags: int = 0) -> bytes:
    packer = deflate.packer(flags)
    pieces = (CONTENT[at : at + 30_000] for at in range(0, len(CONTENT), 30_000))
    return b"".join(map(packer.compress, pieces)) + packer.flush()


@pytest.mark.usefixtures("library")
def test_every_library_reads_what_is_written() -> None:
    assert zlib.decompress(packed(), -15) == CONTENT
    assert b"".join(deflate.inflated(memoryview(packed()))) == CONTENT
    assert deflate.checksum(CONTENT[9:], deflate.checksum(CONTENT[:9])) == zlib.crc32(CONTENT)


@pytest.mark.usefixtures("library")
def test_a_small_member_never_unpacks_to_a_large_piece() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = bomb.compress(bytes(20_000_000)) + bomb.flush()
    assert max(map(len, deflate.inflated(memoryview(content)))) <= 2**19


@pytest.mark.usefixtures("library")
def test_what_is_damaged_is_an_error_of_ours() -> None:
    with pytest.raises(deflate.DeflateError):
        list(deflate.inflated(memoryview(b"\xff" * 100)))


def test_zlib_tries_as_hard_as_the_file_was_packed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deflate, "library", zlib)
    usual, fast, fastest = (len(packed(flags)) for flags in (0, 4, 6))
    assert usual < fast < fastest


def test_how_hard_was_tried_is_still_known_after_an_edit() -> None:
    content = bytearray(zipped({"a.xml": b"<a/>"}))
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 6
    target = io.BytesIO()
    Package(bytes(content)).write(target, {"a.xml": [b"<b/>"]})
    with zipfile.ZipFile(target) as written:
        assert written.getinfo("a.xml").flag_bits & 6 == 6
        assert written.read("a.xml") == b"<b/>"
