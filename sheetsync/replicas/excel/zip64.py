"""Sizes and offsets in 64 bits, which some programs write for small files too, told in 32 bits.

As in APPNOTE.TXT of the zip format, 4.3.14 to 4.3.16 and 4.5.3.
"""

from __future__ import annotations

import struct

#: Stands in a field of 32 (16) bits whose number is elsewhere.
ELSEWHERE, ELSEWHERE_16 = 0xFFFFFFFF, 0xFFFF
_END, _LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_LOCATOR_SIZE, _END_SIZE, _FIELD = 20, 56, 1


def directory_place(content: bytes, end: int) -> tuple[int, int, int] | None:
    """Number of members, size and offset of the central directory, by the record before the end record.

    Args:
        content: The file's bytes.
        end: Where the end record is.

    Returns:
        `None` where there is no such record.
    """
    locator = end - _LOCATOR_SIZE
    if locator < 0 or content[locator : locator + 4] != _LOCATOR:
        return None
    (at,) = struct.unpack_from("<Q", content, locator + 8)
    if content[at : at + 4] != _END or at + _END_SIZE > locator:
        return None
    count, size, offset = struct.unpack_from("<3Q", content, at + 32)
    return count, size, offset


def in_32_bits(record: bytes) -> bytes:
    """A record of the central directory with its sizes and its offset in the fields of 32 bits.

    One that is too large for them, or that is told nowhere, is `ELSEWHERE` still.
    """
    packed, size, name_length, extra_length, comment_length = struct.unpack_from("<2L3H", record, 20)
    (start,) = struct.unpack_from("<L", record, 42)
    if ELSEWHERE not in (packed, size, start):
        return record
    extra_at = 46 + name_length
    numbers, extra = _taken_out(record[extra_at : extra_at + extra_length])
    told = iter(numbers)
    size, packed, start = (
        min(next(told, it), ELSEWHERE) if it == ELSEWHERE else it for it in (size, packed, start)
    )
    return (
        record[:20]
        + struct.pack("<2L3H", packed, size, name_length, len(extra), comment_length)
        + record[34:42]
        + struct.pack("<L", start)
        + record[46:extra_at]
        + extra
        + record[extra_at + extra_length :]
    )


def _taken_out(extra: bytes) -> tuple[list[int], bytes]:
    """The numbers of the field for 64 bits, and the other extra fields."""
    numbers: list[int] = []
    rest, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        field, at = extra[at : at + 4 + length], at + 4 + length
        if kind == _FIELD:
            numbers = list(struct.unpack_from(f"<{(len(field) - 4) // 8}Q", field, 4))
        else:
            rest += field
    return numbers, rest
