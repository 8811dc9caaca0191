"""A cell's value as XML, and the styles that make numbers show as dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.sax.saxutils import unescape

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from sheetsync.core.values import MAX_TEXT, Boolean, CellError, Unclear, Value, show, utf16_length
from sheetsync.replicas.excel.markup import number as as_number
from sheetsync.replicas.excel.rows import EditError

#: Built-in number formats: day, day and time, time.
_BUILTIN = {date: 14, datetime: 22, time: 21, int: 0, float: 0}
#: What the number formats of a cell may show, by what the cell holds.
_FITTING = {
    date: {"date", "datetime"},
    datetime: {"date", "datetime"},
    time: {"time"},
    int: {""},
    float: {""},
}
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CELL_XFS = re.compile(rb"""(<(?:[\w.-]+:)?cellXfs\b)[^>]*?(>)""")
_XF = re.compile(rb"<((?:[\w.-]+:)?xf)\b(?:[^>]*/>|[^>]*>.*?</\1\s*>)", re.S)
_FORMAT_ID = re.compile(rb"""\snumFmtId\s*=\s*["'](\d+)["']""")
_FORMAT_ATTRIBUTES = re.compile(rb"""\s(?:numFmtId|applyNumberFormat)\s*=\s*["'][^"']*["']""")
_NUMBER_FORMAT = re.compile(rb"<(?:[\w.-]+:)?numFmt\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*(["'])(.*?)\2""", re.S)
_END_XFS = re.compile(rb"</(?:[\w.-]+:)?cellXfs\s*>")


def cell_xml(prefix: bytes, row: int, column: int, style: int, value: Value, *, date1904: bool) -> bytes:
    """A cell as it stands in a worksheet part.

    Args:
        prefix: Namespace prefix of the part's elements, with its colon, or b"".
        row: 1-based.
        column: 1-based.
        style: Index of the cell's style.
        value: What the cell holds; text is written as text, whatever it begins with.
        date1904: Whether the workbook's days count from 1904.

    Raises:
        EditError: A cell cannot hold the value.
    """
    address = f"{get_column_letter(column)}{row}"
    styled = f' s="{style}"' if style else ""
    p = prefix.decode()
    match value:
        case None:
            return f'<{p}c r="{address}"{styled}/>'.encode() if style else b""
        case str():
            text = _text(value, address)
            inner = f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is>'
            return f'<{p}c r="{address}"{styled} t="inlineStr">{inner}</{p}c>'.encode()
        case Boolean():
            flag = int(value is Boolean.TRUE)
            return f'<{p}c r="{address}"{styled} t="b"><{p}v>{flag}</{p}v></{p}c>'.encode()
        case CellError() | Unclear():
            raise EditError(f"{address}: {show(value)} cannot be written.", "Write a value instead.")
        case int() | float():
            number = f"{value:.15g}"
        case _:
            epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
            serial: float = to_excel(value, epoch)  # type: ignore[no-untyped-call]
            if serial < 0:
                raise EditError(f"{address}: the days of this workbook begin in 1904.", "Write a later day.")
            number = f"{serial:.15g}"
    return f'<{p}c r="{address}"{styled}><{p}v>{number}</{p}v></{p}c>'.encode()


def _text(value: str, address: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise EditError(
            f"{address}: the text holds half of a character (a lone surrogate).", "Type it anew."
        ) from None
    if utf16_length(value) > MAX_TEXT:
        raise EditError(
            f"{address}: the text has {utf16_length(value)} characters; Excel keeps at most {MAX_TEXT}.",
            "Shorten it, or put the text in a document and a link in the cell.",
        )
    value = _ESCAPE.sub("_x005F_", value)
    value = _NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", value)
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Styles:
    """The styles part: which cell styles show dates, and new ones appended for those that do not.

    Args:
        content: The part's bytes, b"" where the workbook has none.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._xfs = _cell_styles(content)
        self._custom = {
            as_number(number): unescape(code.decode("utf-8", "replace"))
            for number, code in (_pair(found.group(1)) for found in _NUMBER_FORMAT.finditer(content))
        }
        self._new: list[bytes] = []
        self._made: dict[tuple[int, type], int] = {}

    def for_value(self, style: int, value: Value) -> int:
        """The style a cell needs to show a value: the same, unless a date would show as a number.

        Raises:
            EditError: The workbook has no styles that another one could be added to.
        """
        kind = type(value)
        if kind not in _FITTING or self._shows(style) in _FITTING[kind]:
            return style
        if not self._xfs:
            raise EditError(
                "the workbook has no list of styles, so a date would show as a number.",
                "Open it in Excel or LibreOffice and save it again.",
            )
        key = (style, kind)
        if key not in self._made:
            model = self._xfs[style] if style < len(self._xfs) else self._xfs[0]
            self._made[key] = len(self._xfs) + len(self._new)
            self._new.append(_with_format(model, _BUILTIN[kind]))
        return self._made[key]

    def changed(self) -> Iterator[bytes]:
        """The part with the new styles appended, none renumbered."""
        end = _END_XFS.search(self.content)
        if not self._new or end is None:
            yield self.content
            return
        grown = self.content[: end.start()] + b"".join(self._new) + self.content[end.start() :]
        count = b' count="%d"' % (len(self._xfs) + len(self._new))
        yield _CELL_XFS.sub(rb"\g<1>" + count + rb"\g<2>", grown, count=1)

    def _shows(self, style: int) -> str:
        """What a style shows numbers as: "date", "datetime", "time", or "" for numbers."""
        found = _FORMAT_ID.search(self._xfs[style]) if style < len(self._xfs) else None
        number = (found and as_number(found.group(1))) or 0
        code = self._custom.get(number) or BUILTIN_FORMATS.get(number, "")
        return "" if is_timedelta_format(code) else is_datetime(code) or ""


def _cell_styles(content: bytes) -> list[bytes]:
    """The `xf` elements of the cell styles, as they stand in the part."""
    begin, end = _CELL_XFS.search(content), _END_XFS.search(content)
    if begin is None or end is None:
        return []
    return [found.group(0) for found in _XF.finditer(content, begin.end(), end.start())]


def _pair(attributes: bytes) -> tuple[bytes, bytes]:
    facts = {key: value for key, _, value in _ATTRIBUTE.findall(attributes)}
    return facts.get(b"numFmtId", b"0"), facts.get(b"formatCode", b"")


def _with_format(xf: bytes, number: int) -> bytes:
    """A copy of a style with another number format."""
    tag_end = xf.index(b">")
    closed = xf[tag_end - 1 : tag_end] == b"/"
    tag = _FORMAT_ATTRIBUTES.sub(b"", xf[: tag_end - closed]).rstrip()
    return tag + b' numFmtId="%d" applyNumberFormat="1"' % number + xf[tag_end - closed :]
