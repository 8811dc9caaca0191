"""What stands behind the rows of a worksheet part: ranges that grow with the table, and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from openpyxl.utils import get_column_letter

#: Sparklines stand in single cells, which never grow.
_RANGES = re.compile(
    rb"""(<(?:[\w.-]+:)?(?:dataValidation|conditionalFormatting)\b[^<>]*?\ssqref\s*=\s*["'])([^"']*)"""
    rb"""|<x14:sparklineGroups\b.*?</x14:sparklineGroups>|(<xm:sqref>)([^<]*)""",
    re.S,
)
_AREA = re.compile(rb"(\$?[A-Z]{1,3})(\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?(?![\w:])")
_TAG = re.compile(rb"""<(/?)([\w.:-]+)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_LINK = re.compile(
    rb"""(<(?:[\w.-]+:)?hyperlink\s(?:[^>]*?\s)?ref\s*=\s*["'][A-Z]{1,3})(\d+)(["'][^>]*?"""
    rb"""(?:/>|>\s*</(?:[\w.-]+:)?hyperlink\s*>))"""
)
_COUNT = re.compile(rb"""\scount\s*=\s*["'][^"']*["']""")
#: What may stand behind the rows of a worksheet part, in the order of the schema.
_ORDER = (
    *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing"),
    *("legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
_PLACES = {name: place for place, name in enumerate(_ORDER)}
_PLACES["AlternateContent"] = _PLACES["oleObjects"]


class Element(NamedTuple):
    """An element behind the rows of a worksheet part: its name without prefix, where it begins and ends."""

    name: str
    start: int
    end: int


def elements(tail: bytes) -> Iterator[Element]:
    """What stands behind the rows, from first to last; what stands inside of it is not looked at."""
    depth = start = 0
    for tag in _TAG.finditer(tail):
        closes, closed = bool(tag.group(1)), tag.group(3).endswith(b"/")
        if closes and not depth:
            continue  # of the rows, or of the worksheet
        if not depth:
            start = tag.start()
        depth += -1 if closes else not closed
        if not depth:
            yield Element(tag.group(2).decode().rpartition(":")[2], start, tag.end())


def without(tail: bytes, name: str) -> bytes:
    """The part's end without the elements of a name."""
    for found in reversed([it for it in elements(tail) if it.name == name]):
        tail = tail[: found.start] + tail[found.end :]
    return tail


def placed(tail: bytes, name: str, content: bytes, prefix: bytes) -> bytes:
    """The part's end with an element more, where the schema wants it: behind those of its name.

    Args:
        tail: The part's bytes behind the rows.
        name: What is put there.
        content: Its XML.
        prefix: Namespace prefix of the part's elements, with its colon, or b"".
    """
    behind = (it.start for it in elements(tail) if _PLACES.get(it.name, -1) > _PLACES[name])
    at = next(behind, tail.rfind(b"</%sworksheet" % prefix))
    return tail[:at] + content + tail[at:]


def listed(tail: bytes, name: str, items: Sequence[bytes], prefix: bytes) -> bytes:
    """The part's end with items more in a list that counts them, such as `dataValidations`."""
    if not items:
        return tail
    name_bytes = prefix + name.encode()
    found = next((it for it in elements(tail) if it.name == name), None)
    element = tail[found.start : found.end] if found else b"<%s/>" % name_bytes
    old = _inside(element)
    count = b' count="%d"' % (len(items) + sum(1 for _ in elements(old)))
    tag = _COUNT.sub(b"", element[: element.index(b">")].rstrip(b"/ "))
    whole = tag + count + b">" + old + b"".join(items) + b"</%s>" % name_bytes
    if found is None:
        return placed(tail, name, whole, prefix)
    return tail[: found.start] + whole + tail[found.end :]


def _inside(element: bytes) -> bytes:
    """What stands between an element's first and last tag."""
    return b"" if element.endswith(b"/>") else element[element.index(b">") + 1 : element.rindex(b"</")]


def grown(tail: bytes, old: int, new: int, first: int = 0) -> bytes:
    """Let validations and conditional formats that end with the table's last row end with its new one.

    Args:
        tail: The part's bytes behind the rows.
        old, new: The table's last row, as it was and as it is.
        first: Its first record; a single cell grows where that is the only one, or goes on from a range.
    """

    def widen(found: re.Match[bytes]) -> bytes:
        before, ranges = (found.group(1) or found.group(3)), (found.group(2) or found.group(4) or b"")
        return before + _AREA.sub(_to_row(old, new, ranges, first), ranges) if before else found.group(0)

    return _RANGES.sub(widen, tail)


def _to_row(old: int, new: int, ranges: bytes, first: int) -> Callable[[re.Match[bytes]], bytes]:
    def change(found: re.Match[bytes]) -> bytes:
        column, fixed, row, _, last = found.groups()
        if last:
            start = found.group(0)[: -len(last)]
            return start + b"%d" % new if int(last) == old else found.group(0)
        goes_on = re.search(rb":%s\$?%d(?!\d)" % (re.escape(column), old - 1), ranges)
        if int(row) == old and (old == first or goes_on):
            return found.group(0) + b":" + column + fixed + b"%d" % new
        return found.group(0)

    return change


def with_moved_links(tail: bytes, to: Callable[[int], int | None]) -> bytes:
    """Let links of single cells go along with their rows, or go with them.

    Args:
        tail: The part's bytes behind the rows.
        to: Row -> where it stands afterwards, `None` for one that goes.
    """
    found = next((it for it in elements(tail) if it.name == "hyperlinks"), None)
    if found is None:
        return tail

    def moved(link: re.Match[bytes]) -> bytes:
        row = to(int(link.group(2)))
        return b"" if row is None else link.group(1) + b"%d" % row + link.group(3)

    links = _LINK.sub(moved, tail[found.start : found.end])
    return tail[: found.start] + (links if b" ref" in links else b"") + tail[found.end :]


def with_links(tail: bytes, links: Mapping[tuple[int, int], str], prefix: bytes) -> bytes:
    """Make these the sheet's only links.

    Args:
        tail: The part's bytes behind the rows.
        links: (row, column) -> place in the workbook: "'Log'!C7".
        prefix: Namespace prefix of the part's elements, with its colon, or b"".
    """
    p = prefix.decode()
    each = "".join(
        f'<{p}hyperlink ref="{get_column_letter(column)}{row}" location={quoteattr(place)}/>'
        for (row, column), place in sorted(links.items())
    )
    whole = f"<{p}hyperlinks>{each}</{p}hyperlinks>".encode()
    bare = without(tail, "hyperlinks")
    return placed(bare, "hyperlinks", whole, prefix) if links else bare
