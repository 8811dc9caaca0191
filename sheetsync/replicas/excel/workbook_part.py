"""What an edit of cells means for the workbook as a whole: what is calculated, and that it is due."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from lxml import etree
from openpyxl.utils import get_column_letter

from sheetsync.replicas.excel.markup import is_utf8
from sheetsync.replicas.excel.parts import CONTENT_TYPES, Parts, SheetPart, relationships_part
from sheetsync.replicas.excel.rows import EditError

_SETTINGS = re.compile(rb"<(?:[\w.-]+:)?calcPr\b[^<>]*>")
_DUE = re.compile(rb"""\sfullCalcOnLoad\s*=\s*["'][^"']*["']""")
_END = re.compile(rb"</((?:[\w.-]+:)?)workbook\s*>")
#: What comes behind the settings of calculation in a workbook part, by the schema.
_BEHIND = re.compile(
    rb"<(?:[\w.-]+:)?(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing"
    rb"|fileRecoveryPr|webPublishObjects|extLst)\b|</(?:[\w.-]+:)?workbook\s*>"
)


def calculation(
    parts: Parts, written: Mapping[SheetPart, Collection[tuple[int, int]]], *, anew: bool = False
) -> dict[str, Iterable[bytes]]:
    """The parts that change because cells are written: none where the workbook has no formulas.

    Args:
        parts: The workbook.
        written: Sheet -> (row, column) of the cells that hold a value from now on.
        anew: Whether the order of calculation is to be found anew, since rows have moved.

    Returns:
        Part -> its new bytes; `()` for one that goes.

    Raises:
        EditError: The workbook's part cannot be changed.
    """
    if not parts.formulas and not parts.related(parts.workbook, "calcChain"):
        return {}
    book = parts.read(parts.workbook)
    changed: dict[str, Iterable[bytes]] = {}
    if (due := _with_calculation_due(book, parts)) != book:
        changed[parts.workbook] = [due]
    for chain in parts.related(parts.workbook, "calcChain"):
        changed |= _without_part(parts, chain) if anew else _without_calculated(parts, chain, written)
    return changed


def _with_calculation_due(book: bytes, parts: Parts) -> bytes:
    """The workbook's part, so that whoever opens the file calculates all of it anew."""
    end, found = _END.search(book), _SETTINGS.search(book)
    if end is None or not is_utf8(book):
        raise EditError(
            f"{parts.path}: its list of sheets is not stored in UTF-8.",
            "Open it in Excel or LibreOffice and save it again.",
        )
    if found is None:
        at = behind.start() if (behind := _BEHIND.search(book)) else end.start()
        return book[:at] + b'<%scalcPr fullCalcOnLoad="1"/>' % end.group(1) + book[at:]
    tag = found.group(0)
    if _DUE.search(tag):
        tag = _DUE.sub(b' fullCalcOnLoad="1"', tag)
    else:
        tag = re.sub(rb"calcPr\b", b'calcPr fullCalcOnLoad="1"', tag, count=1)
    return book[: found.start()] + tag + book[found.end() :]


def _without_calculated(
    parts: Parts, part: str, written: Mapping[SheetPart, Collection[tuple[int, int]]]
) -> dict[str, Iterable[bytes]]:
    """The order of calculation without the cells that hold a value now; an empty one may not stay."""
    gone = {
        (sheet.id, f"{get_column_letter(column)}{row}") for sheet in written for row, column in written[sheet]
    }
    chain = parts.xml(part)
    sheet, entries = "", list(chain.iterfind("{*}c"))
    kept = 0
    for entry in entries:
        sheet = entry.get("i", sheet)  # an entry without a sheet is on that of the one before
        if (sheet, entry.get("r")) in gone:
            chain.remove(entry)
            continue
        kept += 1
        if sheet:
            entry.set("i", sheet)
    if kept == len(entries):
        return {}
    return {part: [_xml(chain)]} if kept else _without_part(parts, part)


def _without_part(parts: Parts, part: str) -> dict[str, Iterable[bytes]]:
    """The package without a part that only the workbook refers to."""
    types, relationships = parts.xml(CONTENT_TYPES), parts.xml(relationships_part(parts.workbook))
    for override in list(types.iterfind("{*}Override")):
        if str(override.get("PartName")).lstrip("/").lower() == part.lower():
            types.remove(override)
    for relationship in list(relationships.iterfind("{*}Relationship")):
        if str(relationship.get("Type")).endswith("/calcChain"):
            relationships.remove(relationship)
    return {
        part: (),
        CONTENT_TYPES: [_xml(types)],
        relationships_part(parts.workbook): [_xml(relationships)],
    }


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
