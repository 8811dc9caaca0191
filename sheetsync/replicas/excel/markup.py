"""Raw XML without a parser: attributes of a tag, and what keeps a part from being read this way."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

_DECLARED = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^<>]*?\sencoding\s*=\s*["']([\w-]+)["']""")
#: Comments, character data and instructions that hold no tag.
_HARMLESS = re.compile(rb"<!--[^<]*?-->|<!\[CDATA\[[^<]*?\]\]>|<\?[^<]*?\?>", re.S)
_MOST_DIGITS = 7
_BYTE_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
#: What a part may be stored in besides UTF-8.
_KNOWN = re.compile(r"iso-8859-\d{1,2}|windows-125\d", re.I)
_TOLD_ENCODING = re.compile(r"""^(\ufeff?<\?xml[^<>]*?\sencoding\s*=\s*["'])[\w-]+""")


def attribute(name: str) -> re.Pattern[bytes]:
    """Finds an attribute in a tag; group 1 is its value."""
    return re.compile(rb"""\s%s\s*=\s*["']([^"']*)["']""" % name.encode())


def number(text: bytes) -> int | None:
    """A row, a column or the index of a style; `None` where it is none."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else None


def decimal(text: bytes) -> float | None:
    """A width or a height; `None` where it is none."""
    try:
        return float(text)
    except ValueError:
        return None


def is_utf8(start: bytes) -> bool:
    """Whether a part that begins with these bytes is stored in UTF-8."""
    declared = _DECLARED.match(start)
    if start[:2] in _BYTE_ORDER:
        return False
    return declared is None or declared.group(1).lower() in (b"utf-8", b"us-ascii")


def in_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A part's bytes in UTF-8; as they are where it is not known what else they are stored in.

    Raises:
        UnicodeDecodeError: They are not what they say. Told while the pieces are read.
    """
    rest = iter(pieces)
    start = next(rest, b"")
    encoding = _encoding(start)
    if encoding is None:
        yield start
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    yield _TOLD_ENCODING.sub(r"\g<1>UTF-8", decoder.decode(start)).encode()
    for piece in rest:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()


def _encoding(start: bytes) -> str | None:
    """What a part that begins with these bytes is stored in, where it is another encoding than UTF-8."""
    if start[:2] in _BYTE_ORDER:
        return _BYTE_ORDER[start[:2]]
    declared = _DECLARED.match(start)
    name = declared.group(1).decode() if declared else ""
    return name if _KNOWN.fullmatch(name) else None


def hides_tags(part: bytes) -> bool:
    """Whether comments, character data or instructions may hold what only looks like a tag."""
    if not (holds_declaration(part) or _holds(part, b"?")):
        return False
    rest = _HARMLESS.sub(b"", part)
    return b"<!" in rest or b"<?" in rest


def holds_declaration(part: bytes) -> bool:
    """Whether a comment, character data or a document type stands in a part."""
    return _holds(part, b"!")


def _holds(part: bytes, mark: bytes) -> bool:
    # A single byte is found ten times as fast as two are, and most parts do not have it.
    return mark in part and b"<" + mark in part


def spelled(element: etree._Element, prefix: bytes) -> bytes:
    """An element as it stands in a part whose elements carry a prefix (with its colon, or b"").

    Elements of another namespace declare it themselves; attributes have none but `xml:`.
    """
    name = etree.QName(element)
    own = prefix.decode() + name.localname
    attributes = "".join(
        f" {_attribute_name(str(key))}={quoteattr(str(value))}" for key, value in element.attrib.items()
    )
    inside = escape(element.text or "").encode() + b"".join(
        spelled(it, prefix) + escape(it.tail or "").encode()
        if etree.QName(it).namespace == name.namespace
        else etree.tostring(it, with_tail=False)
        for it in element.iterchildren("{*}*")
    )
    start = f"<{own}{attributes}".encode()
    return start + (b">" + inside + f"</{own}>".encode() if inside else b"/>")


def _attribute_name(key: str) -> str:
    return f"xml:{etree.QName(key).localname}" if key.startswith("{http://www.w3.org/XML") else key
