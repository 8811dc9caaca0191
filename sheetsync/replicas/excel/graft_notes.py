"""Notes that come from another workbook: their texts, and the boxes in which spreadsheets show them."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from sheetsync.replicas.excel.new_parts import NewParts, xml_bytes
from sheetsync.replicas.excel.parts import Parts
from sheetsync.replicas.excel.rows import EditError

_SHAPE_TYPE = b"_x0000_t202"
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_FIRST_SHAPE = 1025
_CELL = re.compile(r"([A-Z]+)(\d+)")


class Notes:
    """Puts the notes of a sheet of another workbook on a sheet of this one.

    Args:
        new: What is added to this workbook.
        sheet: The sheet's part here.
        source: The other workbook.
        page: The sheet's part there.
        down: Rows that everything stands lower here.
    """

    def __init__(self, new: NewParts, sheet: str, source: Parts, page: str, down: int) -> None:
        self.new, self.parts, self.sheet = new, new.parts, sheet
        self.source, self.page, self.down = source, page, down
        #: Bytes of the parts that are there already and change.
        self.changed: dict[str, list[bytes]] = {}
        #: The relationship to the boxes, where the sheet has none yet.
        self.boxes = ""
        for part in source.related(page, "comments"):
            self._put_texts(part)
        for part in source.related(page, "vmlDrawing"):
            self._put_boxes(part)

    def _put_texts(self, part: str) -> None:
        there = self.parts.related(self.sheet, "comments")
        notes = self.source.xml(part)
        for note in notes.iter("{*}comment"):
            note.set("ref", _CELL.sub(lambda it: f"{it[1]}{int(it[2]) + self.down}", str(note.get("ref"))))
        if not there:
            name = self.new.take(self.source, part, lambda _: xml_bytes(notes))
            self.new.relate(self.sheet, "comments", name)
            return
        root = self.parts.xml(there[0])
        authors, texts = root.find("{*}authors"), root.find("{*}commentList")
        if authors is None or texts is None:
            raise self.parts.unreadable(f"{there[0]} holds no notes that can be found")
        namespace = etree.QName(root).namespace
        author = etree.SubElement(authors, f"{{{namespace}}}author")
        author.text = notes.findtext("{*}authors/{*}author")
        taken = {it.get("ref") for it in texts}
        for note in (it for it in notes.iter("{*}comment") if it.get("ref") not in taken):
            copy = _renamed(note, str(namespace))
            copy.set("authorId", str(len(authors) - 1))
            texts.append(copy)
        self.changed[there[0]] = [xml_bytes(root)]

    def _put_boxes(self, part: str) -> None:
        drawing = self.source.xml(part)
        for row in drawing.iter("{urn:schemas-microsoft-com:office:excel}Row"):
            row.text = str(int(row.text or "0") + self.down)
        there = [it for it in self.parts.related(self.sheet, "vmlDrawing") if self._holds_boxes(it)]
        if not there:
            name = self.new.take(self.source, part, lambda _: etree.tostring(drawing))
            self.boxes = self.new.relate(self.sheet, "vmlDrawing", name)
            return
        content = self.parts.read(there[0])
        end = content.rfind(b"</xml>")
        if end < 0:
            raise EditError(
                f"{self.parts.path}: the boxes of its notes cannot be found in {there[0]}.",
                "Open it in Excel or LibreOffice and save it again.",
            )
        highest = max([_FIRST_SHAPE, *(int(it) for it in _SHAPE_ID.findall(content))])
        added = b""
        for each in drawing:
            kind = etree.QName(each).localname
            if kind == "shape":
                highest += 1
                each.set("id", f"_x0000_s{highest}")
            if kind == "shape" or (kind == "shapetype" and _SHAPE_TYPE not in content):
                added += etree.tostring(each)
        self.changed[there[0]] = [content[:end] + added + content[end:]]

    def _holds_boxes(self, part: str) -> bool:
        """Whether a drawing is that of the notes and controls; pictures of headers and footers are others."""
        return b"ClientData" in self.parts.read(part)


def _renamed(element: etree._Element, namespace: str) -> etree._Element:
    copy = deepcopy(element)
    for each in copy.iter("{*}*"):
        each.tag = f"{{{namespace}}}{etree.QName(each).localname}"
    return copy
