"""A workbook taken apart to its parts, so that parts and links can be put to them as Excel does."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from lxml import etree

from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.parts import CONTENT_TYPES, relationships_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
LINK = f"{_OFFICE}/relationships"
LINK_ID = f"{{{LINK}}}id"
MICROSOFT = "http://schemas.microsoft.com/office"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
X14, X15 = f"{MICROSOFT}/spreadsheetml/2009/9/main", f"{MICROSOFT}/spreadsheetml/2010/11/main"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "r": LINK,
        "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "sle15": f"{MICROSOFT}/drawing/2012/slicer",
        "x14": X14,
        "x15": X15,
        "xm": f"{MICROSOFT}/excel/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "x": "urn:schemas-microsoft-com:office:excel",
    }.items()
)
#: What comes behind a drawing in a worksheet part, by the schema; and what behind the names in a workbook's.
BEHIND_DRAWING = {
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
}
BEHIND_NAMES = {"calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "fileRecoveryPr", "extLst"}


class TakenApart:
    """A workbook's parts, with one of its worksheets to put things on."""

    def __init__(self, content: bytes, sheet: str) -> None:
        package = Package(content)
        self.parts = {name: package.read(name) for name in package.names()}
        links = {it.get("Id"): it.get("Target") for it in self.tree("xl/_rels/workbook.xml.rels")}
        (found,) = (it for it in self.tree("xl/workbook.xml").iter("{*}sheet") if it.get("name") == sheet)
        self.sheet = posixpath.normpath(posixpath.join("/xl", links[found.get(LINK_ID)]))[1:]

    def zipped(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in self.parts.items():
                package.writestr(name, content)
        return target.getvalue()

    def tree(self, part: str) -> etree._Element:
        return etree.fromstring(self.parts[part])

    def put(self, part: str, root: etree._Element) -> None:
        self.parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def add(self, owner: str, part: str, content: str | bytes, kind: str, content_type: str = "") -> str:
        """Add a part that another one leads to; returns the relationship's id."""
        self.parts[part] = content.encode() if isinstance(content, str) else content
        if content_type:
            types = self.tree(CONTENT_TYPES)
            etree.SubElement(
                types, f"{{{_PACKAGE}/content-types}}Override", PartName=f"/{part}", ContentType=content_type
            )
            self.put(CONTENT_TYPES, types)
        rels = relationships_part(owner)
        root = self.tree(rels) if rels in self.parts else etree.fromstring(_element("Relationships"))
        number = f"rIdHand{len(root) + 1}"
        root.append(etree.fromstring(_element("Relationship", Id=number, Type=kind, Target=f"/{part}")))
        self.put(rels, root)
        return number

    def extension(self, extension: str, content_type: str) -> None:
        """Say what files of an extension hold."""
        types = self.tree(CONTENT_TYPES)
        if extension not in {it.get("Extension") for it in types}:
            name = f"{{{_PACKAGE}/content-types}}Default"
            types.insert(0, etree.Element(name, Extension=extension, ContentType=content_type))
            self.put(CONTENT_TYPES, types)

    def insert(self, part: str, xml: str, behind: set[str]) -> None:
        """Put an element in front of those that come behind it by the schema."""
        root = self.tree(part)
        found = [it for it in root if isinstance(it.tag, str) and etree.QName(it).localname in behind]
        root.insert(root.index(found[0]) if found else len(root), parsed(xml))
        self.put(part, root)

    def extend(self, part: str, uri: str, xml: str) -> None:
        """Add an extension to the list at the end of a part."""
        root = self.tree(part)
        known = root.find(f"{{{MAIN}}}extLst")
        extensions = etree.SubElement(root, f"{{{MAIN}}}extLst") if known is None else known
        extensions.append(parsed(f'<ext xmlns="{MAIN}" uri="{uri}">{xml}</ext>'))
        self.put(part, root)

    def related(self, kind: str) -> str | None:
        """The part that the worksheet leads to with a relationship of this type."""
        rels = relationships_part(self.sheet)
        for it in self.tree(rels) if rels in self.parts else ():
            if it.get("Type").endswith(f"/{kind}"):
                folder = posixpath.dirname(f"/{self.sheet}")
                return posixpath.normpath(posixpath.join(folder, it.get("Target")))[1:]
        return None

    def drawing(self) -> str:
        """The worksheet's drawing, made where there is none."""
        part = self.related("drawing")
        if part is None:
            part = "xl/drawings/drawingByHand.xml"
            content = f"<xdr:wsDr {NAMESPACES}/>"
            number = self.add(self.sheet, part, content, f"{LINK}/drawing", content_type_of("drawing"))
            self.insert(self.sheet, f'<drawing xmlns="{MAIN}" r:id="{number}"/>', BEHIND_DRAWING)
        return part

    def draw(self, column: int, xml: str) -> None:
        """Put something on the worksheet, three columns wide and ten rows high, from row 15 on."""
        part = self.drawing()
        root = self.tree(part)
        corner = (
            "<xdr:col>{}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        )
        root.append(
            parsed(
                f"<xdr:twoCellAnchor><xdr:from>{corner.format(column, 14)}</xdr:from>"
                f"<xdr:to>{corner.format(column + 3, 24)}</xdr:to>{xml}<xdr:clientData/></xdr:twoCellAnchor>"
            )
        )
        self.put(part, root)


def _element(name: str, **attributes: str) -> str:
    each = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{name} xmlns="{_PACKAGE}/relationships"{each}/>'


def parsed(xml: str) -> etree._Element:
    return etree.fromstring(re.sub(r"^<([\w:]+)", rf"<\1 {NAMESPACES}", xml))


def content_type_of(kind: str) -> str:
    return f"application/vnd.openxmlformats-officedocument.{kind}+xml"
