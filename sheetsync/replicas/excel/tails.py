"""What stands behind the rows of a worksheet part: ranges that grow with the table, and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.sax.saxutils import quoteattr

from openpyxl.utils import get_column_letter

_RANGES = re.compile(
    rb"""(<(?:[\w.-]+:)?(?:dataValidation|conditionalFormatting)\b[^>]*?\ssqref\s*=\s*["'])([^"']*)"""
    rb"""|(<xm:sqref>)([^<]*)"""
)
_AREA = re.compile(rb"(\$?[A-Z]{1,3}\$?\d+):(\$?[A-Z]{1,3}\$?)(\d+)")
_LINKS = re.compile(rb"<((?:[\w.-]+:)?hyperlinks)\b(?:[^>]*/>|.*?</\1\s*>)", re.S)
#: What comes behind the links in a worksheet part, by the schema.
_BEHIND_LINKS = re.compile(
    rb"<(?:[\w.-]+:)?(?:printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|colBreaks|customProperties"
    rb"|cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing|legacyDrawingHF|drawingHF|picture"
    rb"|oleObjects|controls|webPublishItems|tableParts|extLst)\b|<mc:AlternateContent\b|</(?:[\w.-]+:)?worksheet"
)


def grown(tail: bytes, old: int, new: int) -> bytes:
    """Let validations and conditional formats that end with the table's last row end with its new one."""

    def widen(found: re.Match[bytes]) -> bytes:
        before, ranges = (found.group(1) or found.group(3)), (found.group(2) or found.group(4) or b"")
        return before + _AREA.sub(_to_row(old, new), ranges)

    return _RANGES.sub(widen, tail)


def _to_row(old: int, new: int) -> Callable[[re.Match[bytes]], bytes]:
    def change(found: re.Match[bytes]) -> bytes:
        if int(found.group(3)) != old:
            return found.group(0)
        return found.group(1) + b":" + found.group(2) + b"%d" % new

    return change


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
    whole = f"<{p}hyperlinks>{each}</{p}hyperlinks>".encode() if links else b""
    found = _LINKS.search(tail)
    if found:
        return tail[: found.start()] + whole + tail[found.end() :]
    behind = _BEHIND_LINKS.search(tail)
    at = behind.start() if behind else len(tail)
    return tail[:at] + whole + tail[at:]
