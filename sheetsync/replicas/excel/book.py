"""The workbook's own part, when sheets and names come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from sheetsync.replicas.excel.new_parts import xml_bytes
from sheetsync.replicas.excel.rows import EditError

_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


@dataclass(frozen=True)
class NewSheet:
    """A sheet that comes in.

    Attributes:
        relationship: Id of the workbook's relationship to its part.
        state: "visible" or "hidden".
        behind: Title of the sheet it stands behind; "" for the first place, `None` for the last.
        names: Names that only this sheet knows: name -> (formula, whether it is hidden).
    """

    title: str
    relationship: str
    state: str
    behind: str | None
    names: Mapping[str, tuple[str, bool]]


class Book:
    """The part that lists a workbook's sheets and names.

    Args:
        content: The part's bytes.
        where: What messages call the workbook.
    """

    def __init__(self, content: bytes, where: str) -> None:
        self.root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
        self.namespace, self.where = str(etree.QName(self.root).namespace), where
        sheets = self.root.find("{*}sheets")
        assert sheets is not None
        self.sheets = sheets

    def content(self) -> bytes:
        return xml_bytes(self.root)

    def add_sheet(self, sheet: NewSheet) -> None:
        """List a sheet; whatever counts sheets goes on meaning those it meant.

        Raises:
            EditError: The owner of the workbook does not let sheets come in.
        """
        self._refuse_locked()
        titles = [it.get("name") for it in self.sheets]
        at = {"": 0, None: len(titles)}.get(sheet.behind)
        if at is None:
            at = titles.index(sheet.behind) + 1
        highest = max((int(it.get("sheetId", "0")) for it in self.sheets), default=0)
        new = etree.Element(self._name("sheet"), name=sheet.title, sheetId=str(highest + 1))
        if sheet.state != "visible":
            new.set("state", sheet.state)
        new.set(self._id_attribute(), sheet.relationship)
        self.sheets.insert(at, new)
        for element, attribute in self._counting():
            number = element.get(attribute, "")
            if number.isdigit() and int(number) >= at:
                element.set(attribute, str(int(number) + 1))
        for name, (formula, hidden) in sheet.names.items():
            own = etree.SubElement(self._names(), self._name("definedName"), name=name, localSheetId=str(at))
            own.text = formula
            if hidden:
                own.set("hidden", "1")

    def set_name(self, name: str, formula: str) -> None:
        """Let a name that all sheets know mean a formula."""
        for known in self._names():
            if known.get("name") == name and known.get("localSheetId") is None:
                known.text = formula
                return
        etree.SubElement(self._names(), self._name("definedName"), name=name).text = formula

    def _counting(self) -> list[tuple[etree._Element, str]]:
        """What speaks of sheets by their number."""
        views = list(self.root.iter("{*}workbookView"))
        names = [(it, "localSheetId") for it in self.root.iter("{*}definedName")]
        return [*((it, key) for it in views for key in ("activeTab", "firstSheet")), *names]

    def _names(self) -> etree._Element:
        found = self.root.find("{*}definedNames")
        if found is None:
            found = etree.Element(self._name("definedNames"))
            before = [it for it in self.root if etree.QName(it).localname in _BEFORE_NAMES]
            before[-1].addnext(found)
        return found

    def _id_attribute(self) -> str:
        keys = [str(key) for sheet in self.sheets for key in sheet.attrib if str(key).endswith("}id")]
        return keys[0] if keys else f"{{{_DOCUMENT}}}id"

    def _name(self, local: str) -> str:
        return f"{{{self.namespace}}}{local}"

    def _refuse_locked(self) -> None:
        lock = self.root.find("{*}workbookProtection")
        if lock is not None and lock.get("lockStructure") in ("1", "true"):
            raise EditError(
                f"{self.where}: its owner does not let tabs come in (the workbook's structure is protected).",
                "Take the protection off (Review > Protect Workbook) and provision again.",
            )
