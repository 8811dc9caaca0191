"""What the parts of a workbook's package are: its sheets, relationships, tables, styles and switches."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from sheetsync.errors import ReplicaUnreadable
from sheetsync.replicas.excel.formulas_cells import FormulaCell, formula_cells
from sheetsync.replicas.excel.markup import in_utf8, number
from sheetsync.replicas.excel.opc import Package, PackageError

CONTENT_TYPES = "[Content_Types].xml"
#: Bytes of a part that is parsed as a whole; a tree takes up to twenty times as much.
MAX_PARSED = 32 * 2**20
_MANY = 5_000  # attributes of one element; a parser compares each with all others
_RANGE = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of a part: the last word of its type ("worksheet"), and the part it leads to."""

    id: str
    type: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the workbook.

    Attributes:
        name: What its tab shows.
        part: Where its cells are.
        kind: "worksheet", "chartsheet", "dialogsheet" or "macrosheet".
        state: "visible", "hidden" or "veryHidden".
        id: What other parts call it.
    """

    name: str
    part: str
    kind: str
    state: str
    id: str


class Parts:
    """The structure of a workbook.

    Args:
        content: The file's bytes.
        path: The file, for messages.

    Raises:
        ReplicaUnreadable: It is not a workbook that can be understood.
    """

    def __init__(self, content: bytes, path: Path) -> None:
        self.path = path
        if content.startswith(_OLE):
            raise ReplicaUnreadable(
                f"{path}: is protected by a password, or an old .xls file.",
                'Open it, remove the password, and save it as "Excel Workbook (.xlsx)".',
            )
        try:
            self.package = Package(content)
        except PackageError as error:
            raise self.unreadable(str(error)) from None
        self._known: dict[str, tuple[Relationship, ...]] = {}
        self._refuse_entities()
        self.workbook = self._workbook_part()
        self._book = self.xml(self.workbook)

    def unreadable(self, what: str) -> ReplicaUnreadable:
        """The error for something that is wrong with the file."""
        return ReplicaUnreadable(
            f"{self.path}: {what}.",
            "Open it in Excel or LibreOffice and save it again, or put back a backup of it.",
        )

    def read(self, part: str) -> bytes:
        """A part's bytes, in UTF-8."""
        try:
            return b"".join(in_utf8([self.package.read(part)]))
        except PackageError as error:
            raise self.unreadable(str(error)) from None
        except UnicodeError:
            raise self._unreadable_text(part) from None

    def stream(self, part: str) -> Iterator[bytes]:
        """A part's bytes in pieces, in UTF-8."""
        try:
            yield from in_utf8(self.package.stream(part))
        except PackageError as error:
            raise self.unreadable(str(error)) from None
        except UnicodeError:
            raise self._unreadable_text(part) from None

    def _unreadable_text(self, part: str) -> ReplicaUnreadable:
        return self.unreadable(f"{part} is not stored in the encoding that it says")

    def xml(self, part: str) -> etree._Element:
        """A part's root element; no entity is expanded and nothing outside the file is read."""
        if self.package.size(part) > MAX_PARSED:
            raise self.unreadable(f"{part} is far larger than such a part ever is")
        content = self.read(part)
        if content.count(b"=") > _MANY and max(tag.count(b"=") for tag in content.split(b"<")) > _MANY:
            raise self.unreadable(f"{part} holds an element with more attributes than any has")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise self.unreadable(f"{part} is not well-formed ({error.msg})") from None

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """What a part refers to; nothing where it has no relationships."""
        if part not in self._known:
            rels = relationships_part(part)
            found = self._relationships(rels, posixpath.dirname(part)) if rels in self.package else ()
            self._known[part] = tuple(found)
        return self._known[part]

    def related(self, part: str, kind: str) -> list[str]:
        """The parts inside the package that a part leads to with a relationship of this type."""
        return [it.target for it in self.relationships(part) if it.type == kind and not it.external]

    def tables(self, part: str) -> Iterator[etree._Element]:
        """The tables of a sheet's part, whose ranges and numbers make sense.

        Raises:
            ReplicaUnreadable: A table's do not.
        """
        for name in self.related(part, "table"):
            table = self.xml(name)
            columns = table.find("{*}tableColumns")
            numbers = [
                table.get("totalsRowCount", "0"),
                *(it.get("id", "") for it in table.iter("{*}tableColumn")),
            ]
            if (
                columns is None
                or _RANGE.fullmatch(table.get("ref", "")) is None
                or not all(number(it.encode()) is not None for it in numbers)
            ):
                raise self.unreadable(f"{name} describes no table that could be")
            yield table

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """All sheets in the order of their tabs."""
        targets = {it.id: it for it in self.relationships(self.workbook)}
        found = []
        for sheet in self._book.iter("{*}sheet"):
            ids = [value for key, value in sheet.attrib.items() if str(key).endswith("}id")]
            relationship = targets.get(str(ids[0])) if ids else None
            if relationship is None or relationship.target not in self.package:
                raise self.unreadable(f'the sheet "{sheet.get("name")}" leads to no part of the file')
            found.append(
                SheetPart(
                    str(sheet.get("name", "")),
                    relationship.target,
                    relationship.type,
                    str(sheet.get("state", "visible")),
                    str(sheet.get("sheetId", "")),
                )
            )
        if len({sheet.part.lower() for sheet in found}) < len(found):
            raise self.unreadable("has two sheets that lead to one part of the file")
        return tuple(found)

    @cached_property
    def formulas(self) -> tuple[FormulaCell, ...]:
        """Every formula of the workbook; looked for once, for it takes a look at all sheets."""
        sheets = {sheet.name: sheet.part for sheet in self.sheets if sheet.kind == "worksheet"}
        try:
            return tuple(formula_cells(self.package, sheets))
        except PackageError as error:
            raise self.unreadable(str(error)) from None

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined names and their formulas; one that only one sheet knows stands under `Sheet!Name`."""
        titles = [sheet.name for sheet in self.sheets]
        names = {}
        for each in self._book.iter("{*}definedName"):
            name, owner = str(each.get("name", "")), str(each.get("localSheetId", ""))
            if owner.isdigit() and int(owner) < len(titles):
                name = f"{titles[int(owner)]}!{name}"
            names[name] = each.text or ""
        return names

    @cached_property
    def date1904(self) -> bool:
        """Whether days count from 1904."""
        settings = next(self._book.iter("{*}workbookPr"), None)
        return settings is not None and settings.get("date1904") in ("1", "true")

    @cached_property
    def styles(self) -> str:
        """The styles part, "" where the workbook has none."""
        return next(iter(self.related(self.workbook, "styles")), "")

    @property
    def strict(self) -> bool:
        """Whether the workbook is in the strict form of the standard, with namespaces of its own."""
        return str(etree.QName(self._book).namespace).startswith("http://purl.oclc.org/")

    def content_type(self, part: str) -> str:
        """What a part is declared to be."""
        types, extension = self.xml(CONTENT_TYPES), posixpath.splitext(part)[1][1:].lower()
        names = {str(it.get("PartName")).lstrip("/").lower(): it for it in types.iterfind("{*}Override")}
        defaults = {str(it.get("Extension")).lower(): it for it in types.iterfind("{*}Default")}
        found = names.get(part.lower(), defaults.get(extension))
        return "" if found is None else str(found.get("ContentType"))

    def obstacles(self) -> Iterator[str]:
        """What forbids any edit of the file."""
        if any(it.type == "origin" for it in self._root_relationships()):
            yield "is digitally signed, and any edit would break the signature"
        if self.related(self.workbook, "revisionHeaders"):
            yield "is shared in the old way (it keeps a log of revisions), which an edit would break"

    def _refuse_entities(self) -> None:
        """No part of a workbook has a document type; one that has may unfold to gigabytes elsewhere."""
        for name in self.package.names():
            if name.lower().endswith((".xml", ".rels")) and _declares_type(self.package, name):
                raise self.unreadable(f"{name} declares a document type; it may be made to harm")

    def _root_relationships(self) -> tuple[Relationship, ...]:
        return self.relationships("")

    def _workbook_part(self) -> str:
        found = [it.target for it in self._root_relationships() if it.type == "officeDocument"]
        if not found or CONTENT_TYPES not in self.package:
            raise self.unreadable("is a zip file, but not an Excel workbook")
        if found[0].endswith(".bin"):
            raise self.unreadable("is a binary workbook (.xlsb), which cannot be read")
        if found[0] not in self.package:
            raise self.unreadable("has lost the part that lists its sheets")
        return found[0]

    def _relationships(self, rels: str, folder: str) -> Iterator[Relationship]:
        for each in self.xml(rels).iter("{*}Relationship"):
            target = str(each.get("Target", "")).replace("\\", "/")
            external = each.get("TargetMode") == "External"
            if not external:
                target = target.split("#")[0]
                target = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                target = posixpath.normpath(target)
            yield Relationship(
                str(each.get("Id", "")), str(each.get("Type", "")).rsplit("/", 1)[-1], target, external
            )


def relationships_part(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _declares_type(package: Package, name: str) -> bool:
    """Whether a part begins with a document type; a damaged part is for whoever reads it to report."""
    try:
        start = next(package.stream(name), b"")
    except PackageError:
        return False
    return b"<!DOCTYPE" in start[:65_536].replace(b"\0", b"")  # in UTF-16 every second byte is zero
