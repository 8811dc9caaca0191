"""Parts that are added to a workbook's package: under free names, declared, and related to those there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from itertools import count

from lxml import etree

from sheetsync.replicas.excel.parts import CONTENT_TYPES, Parts, relationships_part

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
#: The namespaces of new parts, and how a workbook in the strict form of the standard calls them.
_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    _DOCUMENT.encode(): b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/": b"http://purl.oclc.org/ooxml/drawingml/",
}

_NO_LINKS = f'<Relationships xmlns="{_PACKAGE}"/>'

#: Adapts a part's bytes to the package it is taken over into.
Adapt = Callable[[bytes], bytes]


class NewParts:
    """What is added to a package, and taken out of it.

    Args:
        parts: The workbook.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.added: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._types = parts.xml(CONTENT_TYPES)
        self._links: dict[str, etree._Element] = {}

    def take(self, source: Parts, part: str, adapt: Adapt) -> str:
        """Take a part over from another workbook, with all the parts it leads to.

        Args:
            source: The other workbook.
            part: The part's name there.
            adapt: Applied to its content and that of each part it leads to.

        Returns:
            The part's name here.
        """
        name = self._free(part)
        self.added[name] = self._in_dialect(adapt(source.read(part)))
        self._declare(name, source.content_type(part))
        for link in source.relationships(part):
            target = link.target if link.external else self.take(source, link.target, adapt)
            self.relate(name, link.type, target, external=link.external, wanted=link.id)
        return name

    def relate(self, part: str, kind: str, target: str, *, external: bool = False, wanted: str = "") -> str:
        """Let a part lead to another one.

        Returns:
            The id under which it does.
        """
        links = self._links_of(part)
        taken = {str(it.get("Id")) for it in links}
        free = wanted or next(name for n in count(1) if (name := f"rId{n}") not in taken)
        link = etree.SubElement(links, f"{{{_PACKAGE}}}Relationship", Id=free)
        link.set("Type", self._in_dialect(f"{_DOCUMENT}/{kind}".encode()).decode())
        link.set("Target", target if external else f"/{target}")
        if external:
            link.set("TargetMode", "External")
        return free

    def part_off(self, part: str, relationship: str) -> None:
        """Take out a part that another one leads to, and all that only it leads to."""
        links = self._links_of(part)
        for link in [it for it in links if it.get("Id") == relationship]:
            links.remove(link)
        for found in self.parts.relationships(part):
            if found.id == relationship and not found.external:
                self._drop(found.target)

    def changed(self) -> dict[str, Iterable[bytes]]:
        """The parts that are there already and change: part -> its new bytes, `()` for one that goes."""
        changed: dict[str, Iterable[bytes]] = dict.fromkeys(self._gone, ())
        if self.added or self._gone:
            changed[CONTENT_TYPES] = [xml_bytes(self._types)]
        for part, links in self._links.items():
            name = relationships_part(part)
            if name in self.parts.package:
                changed[name] = [xml_bytes(links)]
        return changed

    def new(self) -> dict[str, bytes]:
        """The parts that are added, the relationships of parts that had none among them."""
        links = {relationships_part(part): xml_bytes(links) for part, links in self._links.items()}
        return self.added | {name: it for name, it in links.items() if name not in self.parts.package}

    def _links_of(self, part: str) -> etree._Element:
        if part not in self._links:
            name = relationships_part(part)
            there = name in self.parts.package
            self._links[part] = self.parts.xml(name) if there else etree.fromstring(_NO_LINKS)
        return self._links[part]

    def _free(self, part: str) -> str:
        """A name like that of a part, which no part has."""
        stem, extension = posixpath.splitext(part)
        stem = re.sub(r"\d+$", "", stem)
        names = (f"{stem}{number}{extension}" for number in count(1))
        return next(it for it in names if it not in self.parts.package and it not in self.added)

    def _declare(self, part: str, content_type: str) -> None:
        self._add_type("Override", PartName=f"/{part}", ContentType=content_type)
        known = {str(it.get("Extension")).lower() for it in self._types.iterfind("{*}Default")}
        if "rels" not in known:  # each part of relationships was declared by itself so far
            self._add_type("Default", Extension="rels", ContentType=_LINKS_TYPE)

    def _add_type(self, kind: str, **facts: str) -> None:
        etree.SubElement(self._types, f"{{{etree.QName(self._types).namespace}}}{kind}", facts)

    def _drop(self, part: str) -> None:
        self._gone |= {part, relationships_part(part)} & set(self.parts.package.names())
        for override in list(self._types.iterfind("{*}Override")):
            if str(override.get("PartName")).lstrip("/").lower() == part.lower():
                self._types.remove(override)
        for link in self.parts.relationships(part):
            if not link.external:
                self._drop(link.target)

    def _in_dialect(self, content: bytes) -> bytes:
        if self.parts.strict:
            for transitional, strict in _STRICT.items():
                content = content.replace(transitional, strict)
        return content


def xml_bytes(root: etree._Element) -> bytes:
    """A part of its own."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
