"""A cell's value as XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from sheetsync.core.values import MAX_TEXT, Boolean, CellError, Unclear, Value, show, utf16_length
from sheetsync.replicas.excel.rows import EditError

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that a cell gets, without "="; whoever opens the workbook calculates it."""

    text: str


#: What a cell is given.
Content = Value | Formula


def cell_xml(prefix: bytes, row: int, column: int, style: int, value: Content, *, date1904: bool) -> bytes:
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
        case Formula(text):
            return f'<{p}c r="{address}"{styled}><{p}f>{escape(text)}</{p}f></{p}c>'.encode()
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
