"""Looks that come from another workbook: its cell styles and conditional formats, in this one's records."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.styles import Styles

#: Attribute of a cell style -> the list it points into.
_POINTERS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}


class Looks:
    """Translates what points into the styles of one workbook, so that it points into another's.

    Args:
        styles: Of the workbook that things are put into.
        source: The workbook that they come from.
    """

    def __init__(self, styles: Styles, source: Parts) -> None:
        root = source.xml(source.styles)
        self.styles = styles
        self._lists = {etree.QName(it).localname: list(it) for it in root}
        self._codes = {it.get("numFmtId"): it.get("formatCode") for it in self._lists.get("numFmts", ())}
        self._cells: dict[str, int] = {"0": 0}

    def cell(self, style: str) -> int:
        """Index of the style that a cell gets here."""
        if style not in self._cells:
            record = deepcopy(self._lists["cellXfs"][int(style)])
            for attribute, name in _POINTERS.items():
                part = self._lists[name][int(record.get(attribute, "0"))]
                record.set(attribute, str(self.styles.index(name, part)))
            code = self._codes.get(record.get("numFmtId"))
            if code is not None:
                record.set("numFmtId", str(self.styles.format_id(code)))
            self._cells[style] = self.styles.index("cellXfs", record)
        return self._cells[style]

    def translate(self, root: etree._Element) -> None:
        """Let everything in a sheet, or a part of it, point into this workbook's styles."""
        for element in root.iter("{*}c", "{*}row", "{*}col", "{*}cfRule"):
            for attribute in ("s", "style"):
                if style := element.get(attribute):
                    element.set(attribute, str(self.cell(style)))
            if number := element.get("dxfId"):
                record = self._lists["dxfs"][int(number)]
                element.set("dxfId", str(self.styles.index("dxfs", record)))
