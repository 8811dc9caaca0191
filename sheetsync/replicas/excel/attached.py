"""What is attached to the rows of a sheet by their numbers, so that they cannot move without it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sheetsync.replicas.excel.growth import area_of
from sheetsync.replicas.excel.markup import attribute
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.shift import Shift
from sheetsync.replicas.excel.tails import elements

#: Elements behind the rows that stand at cells of their own.
_TIED = ("mergeCells", "autoFilter", "sortState", "protectedRanges")
_OVER = ("conditionalFormatting", "dataValidations", "extLst")
_REF, _SQREF = attribute("ref"), re.compile(rb"""\ssqref\s*=\s*["']([^"']*)|<xm:sqref>([^<]*)""")
_NOTE = re.compile(rb"""\sref\s*=\s*["'][A-Z]{1,3}(\d+)""")


def is_free(parts: Parts, sheet: str, shift: Shift, table: str) -> bool:
    """Whether nothing is attached to a row that moves: no note, picture, merge, format of its own.

    Args:
        parts: The workbook.
        sheet: The sheet's part.
        shift: How its rows change.
        table: The part of the table whose rows they are; it follows by itself.
    """
    return not shift.first or not any(shift.moves(row) for row in _attached(parts, sheet, shift, table))


def _attached(parts: Parts, sheet: str, shift: Shift, table: str) -> Iterator[int]:
    """The last row of everything that stands at cells of its own, formats of whole columns aside."""
    for kind in ("comments", "threadedComment"):
        for part in parts.related(sheet, kind):
            yield from (int(row) for row in _NOTE.findall(parts.read(part)))
    for part in parts.related(sheet, "drawing"):
        yield from _drawn(parts.xml(part), shift.table[2])
    for part in parts.related(sheet, "table"):
        if part != table:
            yield area_of(str(parts.xml(part).get("ref")))[3]
    content = parts.read(sheet)
    tail = content[max(content.rfind(b"sheetData>"), content.rfind(b"sheetData/>")) :]
    tail = tail[tail.find(b">") + 1 :]
    for found in elements(tail):
        element = tail[found.start : found.end]
        if found.name in _TIED:
            yield from (_rows(ref)[1] for ref in _REF.findall(element))
        elif found.name == "hyperlinks":  # those of single cells go along
            areas = [_rows(ref) for ref in _REF.findall(element)]
            yield from (bottom for top, bottom in areas if top != bottom)
        elif found.name in _OVER:
            ranges = b" ".join(one or two for one, two in _SQREF.findall(element)).split()
            _, header, _, last = shift.table
            areas = [_rows(ref) for ref in ranges]
            yield from (bottom for top, bottom in areas if top > header + 1 or bottom < last)


def _drawn(drawing: etree._Element, right: int) -> Iterator[int]:
    """The rows of what is drawn over records, such as their pictures; what lies beside belongs to none."""
    for start in drawing.iter("{*}from"):
        if int(start.findtext("{*}col") or 0) < right:
            yield int(start.findtext("{*}row") or 0) + 1


def _rows(ref: bytes) -> tuple[int, int]:
    """The first and last row of a range; one that cannot be read lies anywhere."""
    try:
        _, top, _, bottom = area_of(ref.decode())
    except ValueError:
        return 1 << 20, 1 << 20
    return top, bottom or 1 << 20
