"""What stands before the rows of a worksheet part: its prefix, its dimension, the styles of its columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from sheetsync.replicas.excel.markup import attribute, decimal, number

_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet\b")
_DIMENSION = re.compile(rb"""(<(?:[\w.-]+:)?dimension\b[^<>]*?\sref\s*=\s*["'])([^"']*)(["'])""")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\b([^<>]*)>")
_WIDTH_FACTS = {name: attribute(name) for name in ("min", "max", "width", "hidden")}
_ENDS = re.compile(rb"""\s(?:min|max)\s*=\s*["'][^"']*["']""")
_MOST_COLUMNS = 200  # of one width that are looked at
_COLUMN_FACTS = [attribute(name) for name in ("min", "max", "style")]


def prefix_of(part: bytes) -> bytes:
    """The namespace prefix of a worksheet part's elements, with its colon; mostly empty."""
    root = _ROOT.search(part)
    return root.group(1) + b":" if root and root.group(1) else b""


def column_styles(head: bytes) -> list[tuple[int, int, int]]:
    """First column, last column and style of the columns that have one."""
    styles = []
    for column in _COLUMN.finditer(head):
        found = [pattern.search(column.group(1)) for pattern in _COLUMN_FACTS]
        first, last, style = (number(it.group(1)) if it else None for it in found)
        if first is not None and last is not None and style is not None:
            styles.append((first, last, style))
    return styles


def extended(head: bytes, rows: Collection[int], columns: Collection[int]) -> bytes:
    """The head with a dimension that covers these rows and columns too."""
    found = _DIMENSION.search(head)
    if not found or not rows or not columns:
        return head
    try:
        left, top, right, bottom = (int(it or 0) for it in range_boundaries(found.group(2).decode()))
    except (ValueError, TypeError):
        return head
    if not left or not top:  # whole rows or columns
        return head
    area = (min(left, *columns), min(top, *rows), max(right, *columns), max(bottom, *rows))
    if area == (left, top, right, bottom):
        return head
    first = f"{get_column_letter(area[0])}{area[1]}"
    last = f"{get_column_letter(area[2])}{area[3]}"
    ref = first if first == last else f"{first}:{last}"
    return head[: found.start(2)] + ref.encode() + head[found.end(2) :]


def widths_in(head: bytes) -> dict[int, float]:
    """Column -> its width in characters, of the columns that are shown and have a width of their own."""
    widths: dict[int, float] = {}
    for column in _COLUMN.finditer(head):
        facts = {
            name: it.group(1)
            for name, pattern in _WIDTH_FACTS.items()
            if (it := pattern.search(column.group(1)))
        }
        first, last = number(facts.get("min", b"")), number(facts.get("max", b""))
        width = decimal(facts.get("width", b""))
        if first and last and width is not None and facts.get("hidden") not in (b"1", b"true"):
            widths |= dict.fromkeys(range(first, min(last, first + _MOST_COLUMNS) + 1), width)
    return widths


def with_columns(head: bytes, columns: Mapping[int, bytes], prefix: bytes) -> bytes:
    """The head with widths and styles of single columns; the others keep theirs.

    Args:
        head: The part's bytes before the rows.
        columns: Column -> its attributes, `min` and `max` aside: b'width="16" style="5"'.
        prefix: Namespace prefix of the part's elements, with its colon, or b"".
    """
    runs = [run for found in _COLUMN.finditer(head) for run in _pieces(found.group(1), columns)]
    runs += [(number, number, facts) for number, facts in columns.items()]
    each = b"".join(b'<%scol min="%d" max="%d" %s/>' % (prefix, *run) for run in sorted(runs))
    whole = b"<%scols>%s</%scols>" % (prefix, each, prefix)
    found = re.search(rb"<%scols\s*/>|<%scols\b.*?</%scols\s*>" % (prefix, prefix, prefix), head, re.S)
    rows = head.rfind(b"<%ssheetData" % prefix)
    start, end = found.span() if found else (rows, rows) if rows >= 0 else (len(head), len(head))
    return head[:start] + whole + head[end:]


def _pieces(tag: bytes, without: Collection[int]) -> Iterator[tuple[int, int, bytes]]:
    """What is left of a run of columns where some get looks of their own."""
    ends = [found.group(1) if (found := _WIDTH_FACTS[end].search(tag)) else b"" for end in ("min", "max")]
    first, last = (number(end) or 0 for end in ends)
    facts = _ENDS.sub(b"", tag).strip(b" \t\r\n/")
    for edge in sorted({*(it for it in without if first <= it <= last), last + 1}):
        if 0 < first < edge:
            yield first, edge - 1, facts
        first = edge + 1
