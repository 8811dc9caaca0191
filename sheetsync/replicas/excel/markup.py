"""Raw XML without a parser: attributes of a tag, and what keeps a part from being read this way."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

_DECLARED = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w-]+)["']""")
#: Comments, character data and instructions that hold no tag.
_HARMLESS = re.compile(rb"<!--[^<]*?-->|<!\[CDATA\[[^<]*?\]\]>|<\?[^<]*?\?>", re.S)
_MOST_DIGITS = 7


def attribute(name: str) -> re.Pattern[bytes]:
    """Finds an attribute in a tag; group 1 is its value."""
    return re.compile(rb"""\s%s\s*=\s*["']([^"']*)["']""" % name.encode())


def number(text: bytes) -> int | None:
    """A row, a column or the index of a style; `None` where it is none."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else None


def is_utf8(start: bytes) -> bool:
    """Whether a part that begins with these bytes is stored in UTF-8."""
    declared = _DECLARED.match(start)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        return False
    return declared is None or declared.group(1).lower() in (b"utf-8", b"us-ascii")


def hides_tags(part: bytes) -> bool:
    """Whether comments, character data or instructions may hold what only looks like a tag."""
    if b"<!" not in part and b"<?" not in part:
        return False
    rest = _HARMLESS.sub(b"", part)
    return b"<!" in rest or b"<?" in rest


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
