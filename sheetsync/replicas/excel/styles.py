"""The styles part: which cell styles show dates, and records appended to its lists, none renumbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, time
from functools import cached_property

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format

from sheetsync.core.values import Boolean, Value
from sheetsync.replicas.excel.markup import is_utf8, spelled
from sheetsync.replicas.excel.markup import number as as_number
from sheetsync.replicas.excel.rows import EditError

#: Built-in number formats: day, day and time, time.
_BUILTIN = {date: 14, datetime: 22, time: 21, int: 0, float: 0, Boolean: 0}
#: What the number formats of a cell may show, by what the cell holds.
_FITTING = {
    date: {"date", "datetime"},
    datetime: {"date", "datetime"},
    time: {"time"},
    int: {""},
    float: {""},
    Boolean: {""},  # LibreOffice shows one with the format of a day as a day
}
#: What a styles part consists of, in the order of the schema.
_LISTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
_ORDER = (*_LISTS, "tableStyles", "colors", "extLst")
_FIRST_CUSTOM = 164  # lower numbers of formats are built in
_COUNT = re.compile(rb"""\scount\s*=\s*["'][^"']*["']""")

#: What makes two records equal, whatever their prefixes: name, attributes, children.
_Key = tuple[object, ...]


class Styles:
    """The styles part of a workbook, to which records can be appended.

    Args:
        content: The part's bytes, b"" where the workbook has none.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._new: dict[str, list[bytes]] = {}
        self._known: dict[str, dict[_Key, int]] = {}
        self._made: dict[tuple[int, type], int] = {}
        self._kinds: dict[int, str] = {}

    def for_value(self, style: int, value: Value) -> int:
        """The style a cell needs to show a value: the same, unless a date would show as a number.

        Raises:
            EditError: The workbook has no styles that another one could be added to.
        """
        kind = type(value)
        if kind not in _FITTING or self._shows(style) in _FITTING[kind]:
            return style
        key = (style, kind)
        if key not in self._made:
            records = self._records("cellXfs")
            known = records[style : style + 1] or records[:1] or [etree.Element("xf")]
            model = deepcopy(known[0])
            model.set("numFmtId", str(_BUILTIN[kind]))
            model.set("applyNumberFormat", "1")
            self._made[key] = self._append("cellXfs", model)
        return self._made[key]

    def locks(self, style: int) -> bool:
        """Whether a cell of this style is locked once its sheet is protected, as all are by default."""
        record = next(iter(self._records("cellXfs")[style : style + 1]), None)
        protection = None if record is None else record.find("{*}protection")
        return protection is None or protection.get("locked") not in ("0", "false")

    def index(self, name: str, record: etree._Element) -> int:
        """Where a record stands in one of the lists ("fonts", "dxfs" ...): an equal one, else a new one."""
        if name not in self._known:
            records = self._records(name)
            self._known[name] = {_key(it): at for at, it in reversed(list(enumerate(records)))}
        found = self._known[name].get(_key(record))
        if found is None:
            found = self._known[name][_key(record)] = self._append(name, record)
        return found

    def format_id(self, code: str) -> int:
        """The number under which the workbook knows a number format of its own, such as `yyyy-mm-dd`."""
        for known, text in self._codes.items():
            if text == code:
                return known
        found = max([_FIRST_CUSTOM - 1, *self._codes]) + 1
        self._codes[found] = code
        self._append("numFmts", etree.Element("numFmt", numFmtId=str(found), formatCode=code))
        return found

    def changed(self) -> Iterator[bytes]:
        """The part with the new records appended; nothing where there are none."""
        if not self._new:
            return
        content = self.content
        for name, records in self._new.items():
            content = self._with(content, name, records)
        yield content

    def _shows(self, style: int) -> str:
        """What a style shows numbers as: "date", "datetime", "time", or "" for numbers."""
        if style not in self._kinds:
            self._kinds[style] = self._kind(style)
        return self._kinds[style]

    def _kind(self, style: int) -> str:
        records = self._records("cellXfs")
        text = records[style].get("numFmtId", "") if style < len(records) else ""
        found = as_number(text.encode()) or 0
        code = self._codes.get(found) or BUILTIN_FORMATS.get(found, "")
        return "" if is_timedelta_format(code) else is_datetime(code) or ""

    @cached_property
    def _lists(self) -> dict[str, list[etree._Element]]:
        if not self.content:
            return {}
        try:
            root = etree.fromstring(self.content, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise EditError(
                f"the list of styles is not well-formed ({error.msg}).",
                "Open it in Excel or LibreOffice and save it again.",
            ) from None
        return {etree.QName(it).localname: list(it.iterchildren("{*}*")) for it in root.iterchildren("{*}*")}

    @cached_property
    def _codes(self) -> dict[int, str]:
        formats = self._records("numFmts")
        numbers = [as_number(it.get("numFmtId", "").encode()) or 0 for it in formats]
        return {number: it.get("formatCode", "") for number, it in zip(numbers, formats, strict=True)}

    @cached_property
    def _prefix(self) -> bytes:
        root = re.search(rb"<((?:[\w.-]+:)?)styleSheet\b", self.content)
        return root.group(1) if root else b""

    def _records(self, name: str) -> list[etree._Element]:
        return self._lists.setdefault(name, [])

    def _append(self, name: str, record: etree._Element) -> int:
        if not self._records("cellXfs") or not is_utf8(self.content):
            raise EditError(
                "the workbook has no list of styles, so a date would show as a number.",
                "Open it in Excel or LibreOffice and save it again.",
            )
        self._new.setdefault(name, []).append(spelled(record, self._prefix))
        records = self._records(name)
        records.append(record)
        return len(records) - 1

    def _with(self, content: bytes, name: str, new: list[bytes]) -> bytes:
        """The part with records behind the others of a list, or with the list, where it has none."""
        p, n = self._prefix, name.encode()
        count = b' count="%d"' % len(self._records(name))
        opening = re.search(rb"<%s%s(?=[\s/>])[^>]*>" % (p, n), content)
        if opening is None:
            behind = "|".join(_ORDER[_ORDER.index(name) + 1 :]).encode()
            found = re.search(rb"<%s(?:%s)(?=[\s/>])|</%sstyleSheet" % (p, behind, p), content)
            at = found.start() if found else len(content)
            whole = b"<%s%s%s>%s</%s%s>" % (p, n, count, b"".join(new), p, n)
            return content[:at] + whole + content[at:]
        tag = _COUNT.sub(b"", opening.group(0)).rstrip(b"/> \t\r\n") + count + b">"
        if opening.group(0).endswith(b"/>"):
            inside, behind_at = b"", opening.end()
            closing = b"</%s%s>" % (p, n)
        else:
            behind_at = content.index(b"</%s%s" % (p, n), opening.end())
            inside, closing = content[opening.end() : behind_at], b""
        return content[: opening.start()] + tag + inside + b"".join(new) + closing + content[behind_at:]


def _key(record: etree._Element) -> _Key:
    attributes = tuple(sorted((str(key), str(value)) for key, value in record.attrib.items()))
    children = tuple(_key(it) for it in record.iterchildren("{*}*"))
    return etree.QName(record).localname, attributes, (record.text or "").strip(), children
