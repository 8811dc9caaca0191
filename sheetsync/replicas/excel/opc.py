"""The package an Excel file is: a zip whose unchanged members are copied raw, byte for byte.

`zipfile` can only write members anew. Here a member that does not change keeps its local header, its
extra fields, its compressed bytes and its descriptor; only the central directory learns where it lies.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from sheetsync.replicas.excel.deflate import LEVEL_FLAGS, DeflateError, checksum, inflated, packer
from sheetsync.replicas.excel.zip64 import ELSEWHERE, ELSEWHERE_16, directory_place, in_32_bits

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DESCRIPTOR = b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _HAS_DESCRIPTOR, _IS_UTF8 = 0x1, 0x8, 0x800
#: Day and time that written members carry: the earliest a zip knows, so that equal content is equal bytes.
_NO_TIME = (0, 0x21)
_CHUNK = 1 << 18

#: No workbook people made has more members, more unpacked bytes, or a large member packed so tightly.
MAX_MEMBERS = 20_000
MAX_UNPACKED = 4 * 2**30
MAX_WHOLE = 128 * 2**20  # of a member that is read as a whole
_MAX_RATIO, _RATIO_FROM = 100, 8 * 2**20


class PackageError(ValueError):
    """Why a file cannot be read as a package; the text goes on from the file's name."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member, as the central directory tells.

    Attributes:
        name: The part's name: "/" between folders, no leading one.
        packed, size: Bytes before and after unpacking.
        start, data, end: Offsets of the local header, of the packed bytes, and behind the descriptor.
        central: The member's record in the central directory.
    """

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: bytes


class Package:
    """A zip in memory whose members can be read, and written again with some of them replaced.

    Raises:
        PackageError: It is not a zip, is cut short, is encrypted, or contradicts itself.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.members = {_part_key(member.name): member for member in _members(content)}

    def __contains__(self, name: str) -> bool:
        return _part_key(name) in self.members

    def names(self) -> list[str]:
        """The parts' names, in the order of the file."""
        return [member.name for member in self.members.values()]

    def size(self, name: str) -> int:
        """A part's bytes once it is unpacked, 0 where there is none."""
        return self.members[_part_key(name)].size if name in self else 0

    def read(self, name: str) -> bytes:
        """A part's bytes.

        Raises:
            PackageError: There is no such part, it is damaged, or too large to be read whole.
        """
        member = self._member(name)
        if member.size > MAX_WHOLE:
            raise PackageError(f"holds {member.size // 2**20} MiB in {member.name}, too much for such a part")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """A part's bytes in pieces.

        Raises:
            PackageError: There is no such part, or it is damaged (told once the last piece was read).
        """
        member = self._member(name)
        packed = memoryview(self.content)[member.data : member.data + member.packed]
        crc = size = 0
        try:
            for piece in inflated(packed) if member.method == _DEFLATED else _cut(packed):
                crc, size = checksum(piece, crc), size + len(piece)
                if size > member.size:
                    break
                yield piece
        except DeflateError as error:
            raise PackageError(f"is damaged: {member.name} cannot be unpacked ({error})") from None
        if (crc, size) != (member.crc, member.size):
            raise PackageError(f"is damaged: {member.name} is not what its checksum says")

    def raw(self, name: str) -> memoryview:
        """A member as it lies in the file: local header, packed bytes, descriptor."""
        member = self._member(name)
        return memoryview(self.content)[member.start : member.end]

    def write(
        self,
        target: IO[bytes],
        replaced: Mapping[str, Iterable[bytes]],
        added: Mapping[str, bytes] | None = None,
        last: Iterable[str] = (),
    ) -> None:
        """Write the package with some members replaced; all others are copied raw.

        Args:
            target: A binary file that can seek; written from its start.
            replaced: Part -> its new bytes, in pieces; `()` leaves the part out.
            added: New parts, for the end.
            last: Replaced parts whose bytes are known only when all others are written; they may turn out
                to be none, or what they were, and are copied raw then.
        """
        anew = {_part_key(name): pieces for name, pieces in replaced.items()}
        late = {_part_key(name) for name in last}
        kept = [key for key in self.members if anew.get(key) != ()]
        records: dict[str, bytes] = {}
        for key in sorted(kept, key=lambda key: key in late):
            member, offset = self.members[key], target.tell()
            pieces = anew.get(key)
            if pieces and key in late:
                pieces = self._changed(member, b"".join(pieces))
            if pieces is not None:
                records[key] = _write_member(target, member.name, pieces, member)
            else:
                target.write(memoryview(self.content)[member.start : member.end])
                records[key] = _moved(member.central, offset)
        new = [_write_member(target, name, [it], None) for name, it in (added or {}).items()]
        _write_directory(target, [*(records[key] for key in kept), *new])

    def _changed(self, member: Member, content: bytes) -> list[bytes] | None:
        return None if content in (b"", self.read(member.name)) else [content]

    def _member(self, name: str) -> Member:
        member = self.members.get(_part_key(name))
        if member is None:
            raise PackageError(f"lacks the part {name}")
        return member


def _part_key(name: str) -> str:
    """Part names are equal whatever their case, slashes or percent-escapes."""
    return unquote(name.replace("\\", "/")).lstrip("/").lower()


# reading the directory


def _members(content: bytes) -> list[Member]:
    count, size, offset = _end_record(content)
    if count > MAX_MEMBERS:
        raise PackageError(f"holds {count} members, more than a workbook has")
    members: list[Member] = []
    at = offset
    for _ in range(count):
        member, at = _central_record(content, at)
        members.append(member)
    if at != offset + size:
        raise PackageError("is damaged: its list of contents is not as long as it says")
    _refuse_contradictions(members, offset)
    return members


def _end_record(content: bytes) -> tuple[int, int, int]:
    """Number of members, and size and offset of the central directory."""
    at = content.rfind(_END, max(0, len(content) - 65_557))
    if at < 0 or at + 22 > len(content):
        raise PackageError("is cut short: the list of its contents is missing")
    disk, first_disk, _, count, size, offset = struct.unpack_from("<4H2L", content, at + 4)
    if count == ELSEWHERE_16 or ELSEWHERE in (size, offset):
        disk, first_disk = 0, 0
        count, size, offset = directory_place(content, at) or (count, size, offset)
    if disk or first_disk or count == ELSEWHERE_16 or offset == ELSEWHERE:
        raise PackageError("is a zip in several volumes or of more than 4 GiB, which no workbook is")
    if offset + size > at or (count and content[offset : offset + 4] != _CENTRAL):
        raise PackageError("is damaged: the list of its contents is not where it should be")
    return count, size, offset


def _central_record(content: bytes, at: int) -> tuple[Member, int]:
    if content[at : at + 4] != _CENTRAL or at + 46 > len(content):
        raise PackageError("is damaged: the list of its contents ends too early")
    name_length, extra_length, comment_length = struct.unpack_from("<3H", content, at + 28)
    end = at + 46 + name_length + extra_length + comment_length
    record = in_32_bits(content[at:end])
    flags, method, _, _, crc, packed, size = struct.unpack_from("<4H3L", record, 8)
    (start,) = struct.unpack_from("<L", record, 42)
    raw_name = record[46 : 46 + name_length]
    name = _decoded(raw_name, flags)
    if flags & _ENCRYPTED:
        raise PackageError("is encrypted")
    if method not in (_STORED, _DEFLATED) or ELSEWHERE in (packed, size, start):
        raise PackageError(f"packs {name} in a way that workbooks do not use")
    data = _data_offset(content, start, raw_name, name)
    if data + packed > len(content):
        raise PackageError(f"is cut short: {name} is not whole")
    behind = _behind_descriptor(content, data + packed, crc) if flags & _HAS_DESCRIPTOR else data + packed
    return Member(name, method, crc, packed, size, start, data, behind, record), end


def _decoded(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & _IS_UTF8 else "cp437")
    except UnicodeDecodeError:
        raise PackageError("is damaged: a member's name cannot be read") from None
    return name.replace("\\", "/").lstrip("/")


def _data_offset(content: bytes, start: int, raw_name: bytes, name: str) -> int:
    if content[start : start + 4] != _LOCAL or start + 30 > len(content):
        raise PackageError(f"is damaged: {name} is not where it should be")
    name_length: int
    extra_length: int
    name_length, extra_length = struct.unpack_from("<2H", content, start + 26)
    if content[start + 30 : start + 30 + name_length] != raw_name:
        raise PackageError(f"contradicts itself about the name of {name}")
    return start + 30 + name_length + extra_length


def _behind_descriptor(content: bytes, at: int, crc: int) -> int:
    """A descriptor repeats the checksum, with or without a signature; of a zip64 it is longer."""
    signed = content[at : at + 4] == _DESCRIPTOR
    body = at + 4 if signed else at
    if content[body : body + 4] != struct.pack("<L", crc):
        raise PackageError("is damaged: a member does not end where it should")
    following = content[body + 12 : body + 16]
    return int(body + (12 if following in (_LOCAL, _CENTRAL) else 20))


def _refuse_contradictions(members: list[Member], directory: int) -> None:
    twice = [key for key, count in Counter(_part_key(member.name) for member in members).items() if count > 1]
    if twice:
        raise PackageError(f"holds {twice[0]} twice, so nobody can tell which one counts")
    end = 0
    for member in sorted(members, key=lambda it: it.start):
        if member.start < end:
            raise PackageError(f"holds members that overlap ({member.name})")
        end = member.end
        if member.size > _RATIO_FROM and member.size > _MAX_RATIO * max(member.packed, 1):
            raise PackageError(f"is made to harm: {member.name} would unpack to {member.size // 2**20} MiB")
    if end > directory:
        raise PackageError("is damaged: its members reach into the list of its contents")
    total, packed = sum(member.size for member in members), sum(member.packed for member in members)
    if total > MAX_UNPACKED or (total > _RATIO_FROM and total > _MAX_RATIO * packed):
        raise PackageError(f"would unpack to {total // 2**20} MiB, which no workbook does")


# packing


def _cut(packed: memoryview) -> Iterator[bytes]:
    return (bytes(packed[start : start + _CHUNK]) for start in range(0, len(packed), _CHUNK))


def _write_member(target: IO[bytes], name: str, pieces: Iterable[bytes], old: Member | None) -> bytes:
    """Pack a member behind what is written so far.

    Returns:
        Its record for the central directory.
    """
    raw_name, flags = _raw_name(old) if old else (name.encode(), _IS_UTF8)
    offset = target.tell()
    target.write(_local_header(raw_name, flags, 0, 0, 0))
    work = packer(flags)
    crc = size = packed = 0
    for piece in pieces:
        crc, size = checksum(piece, crc), size + len(piece)
        packed += target.write(work.compress(piece))
    packed += target.write(work.flush())
    end = target.tell()
    target.seek(offset)
    target.write(_local_header(raw_name, flags, crc, packed, size))
    target.seek(end)
    outside = old.central[38:42] if old else b"\0\0\0\0"
    return (
        _CENTRAL
        + struct.pack("<6H3L", 20, 20, flags, _DEFLATED, *_NO_TIME, crc, packed, size)
        + struct.pack("<5H", len(raw_name), 0, 0, 0, 0)
        + outside
        + struct.pack("<L", offset)
        + raw_name
    )


def _raw_name(member: Member) -> tuple[bytes, int]:
    """A member's name as it stands in the file, and the flags that tell how to read it and pack it."""
    flags, length = (
        struct.unpack_from("<H", member.central, 8)[0],
        struct.unpack_from("<H", member.central, 28)[0],
    )
    return member.central[46 : 46 + length], flags & (_IS_UTF8 | LEVEL_FLAGS)


def _local_header(raw_name: bytes, flags: int, crc: int, packed: int, size: int) -> bytes:
    fixed = struct.pack("<5H3L", 20, flags, _DEFLATED, *_NO_TIME, crc, packed, size)
    return _LOCAL + fixed + struct.pack("<2H", len(raw_name), 0) + raw_name


def _moved(central: bytes, offset: int) -> bytes:
    return central[:42] + struct.pack("<L", offset) + central[46:]


def _write_directory(target: IO[bytes], directory: list[bytes]) -> None:
    offset = target.tell()
    content = b"".join(directory)
    target.write(content)
    count = len(directory)
    target.write(_END + struct.pack("<4H2LH", 0, 0, count, count, len(content), offset, 0))
    target.truncate()
