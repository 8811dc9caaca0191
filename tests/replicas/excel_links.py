"""Whether the parts of a package hold together: every link, id and type leads somewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.parts import CONTENT_TYPES, relationships_part

_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def loose_ends(content: bytes) -> list[str]:
    """What does not hold together: links to no part, parts that no link or type knows, ids of no link."""
    package = Package(content)
    parts = {name: package.read(name) for name in package.names()}
    owners = {relationships_part(name): name for name in ["", *parts]}
    links = {rels: list(etree.fromstring(parts[rels])) for rels in owners if rels in parts}
    targets = {(rels, target) for rels in links for target in _targets(owners[rels], links[rels])}
    reached = {CONTENT_TYPES, *links, *(target for _, target in targets)}
    return [
        *(f"{rels} leads to {target}, which is not there" for rels, target in targets if target not in parts),
        *(f"nothing leads to {name}" for name in parts.keys() - reached),
        *_types(parts),
        *(
            f"{name} speaks of {number}, which is no link"
            for name, part in parts.items()
            for number in _ids(part) - {it.get("Id") for it in links.get(relationships_part(name), ())}
        ),
    ]


def _targets(owner: str, links: list[etree._Element]) -> Iterator[str]:
    folder = posixpath.join("/", posixpath.dirname(owner))
    for link in links:
        if link.get("TargetMode") != "External":
            yield posixpath.normpath(posixpath.join(folder, link.get("Target", ""))).lstrip("/")


def _types(parts: Mapping[str, bytes]) -> Iterator[str]:
    types = etree.fromstring(parts[CONTENT_TYPES])
    names = {name.lstrip("/") for it in types if (name := it.get("PartName"))}
    extensions = {it.get("Extension", "").lower() for it in types}
    yield from (f"{name} has a type, and is not there" for name in names - parts.keys())
    for name in parts.keys() - names - {CONTENT_TYPES}:
        if name.rsplit(".", 1)[-1].lower() not in extensions:
            yield f"{name} has no type"


def _ids(part: bytes) -> set[str]:
    if not part.lstrip().startswith(b"<"):
        return set()
    root = etree.fromstring(part)
    return {value for it in root.iter() for key, value in it.attrib.items() if str(key).startswith(_LINK)}
