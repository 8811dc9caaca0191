"""Finding the formula cells of a package without reading its sheets cell by cell.

Sheets are large and formulas are few: the bytes are searched for formulas, and only those are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape
from itertools import chain
from typing import Literal, NamedTuple

from openpyxl.utils import get_column_letter

from sheetsync.replicas.excel.formulas_text import column_number, rectangle, shifted
from sheetsync.replicas.excel.markup import holds_declaration
from sheetsync.replicas.excel.opc import Package

Kind = Literal["normal", "shared", "array", "dataTable"]

_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s>]")
_CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_ROOT = re.compile(rb"<([\w.-]+:)?(?:worksheet|macrosheet)[\s>]")
_OTHER_ENCODING = re.compile(
    rb"""^[^<>]*<\?xml[^<>]*\sencoding\s*=\s*["'](?!utf-8["'])([\w-]+)["']""", re.IGNORECASE
)
_BYTE_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_COMMENT, _CDATA = re.compile(r"<!--.*?-->", re.DOTALL), re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ROW_OR_CELL = re.compile(rb"<((?:[\w.-]+:)?)(row|c)(?=[\s>/])([^<>]*)")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")


class FormulaCell(NamedTuple):
    """A cell with a formula.

    Attributes:
        row, column: From 1.
        text: The formula as it reads in this cell, without "=". Of a data table, what it reads: its
            inputs and its edges, joined by commas.
        ref: The cells that an array or a data table fills, or that the master of a shared formula
            leads; else "".
    """

    sheet: str
    row: int
    column: int
    text: str
    kind: Kind
    ref: str


class _Found(NamedTuple):
    row: int
    column: int
    attributes: dict[str, str]
    text: str


class _OddSheet(Exception):
    """The sheet is written in a way that the search does not see through."""


def formula_cells(package: Package, sheets: Mapping[str, str]) -> Iterator[FormulaCell]:
    """Every cell that holds a formula; cells that an array only spills into are part of its `ref`.

    Args:
        sheets: Name of each sheet -> its part.

    Raises:
        PackageError: A part is missing, damaged, or written so oddly that it must be read as a whole and
            too large for that.
    """
    for sheet, part in sheets.items():
        try:
            found = list(_search(package.stream(part)))
        except _OddSheet:
            found = list(_search(iter([_plain(package.read(part))])))
        yield from _told(sheet, found)


# from what stands in the file to formulas


def _told(sheet: str, found: list[_Found]) -> Iterator[FormulaCell]:
    masters: dict[str, _Found] = {}
    for it in found:
        if it.text and it.attributes.get("t") == "shared":
            masters.setdefault(it.attributes.get("si", ""), it)
    for it in found:
        row, column, attributes, text = it
        ref = attributes.get("ref", "")
        match attributes.get("t"):
            case "shared":
                text = text or _followed(it, masters.get(attributes.get("si", "")))
                yield FormulaCell(sheet, row, column, text, "shared", ref)
            case "array":
                yield FormulaCell(sheet, row, column, text, "array", ref)
            case "dataTable":
                yield FormulaCell(sheet, row, column, _table_reads(attributes), "dataTable", ref)
            case _:
                yield FormulaCell(sheet, row, column, text, "normal", "")


def _followed(it: _Found, master: _Found | None) -> str:
    return shifted(master.text, it.row - master.row, it.column - master.column) if master else ""


def _table_reads(attributes: Mapping[str, str]) -> str:
    """A data table tries the values along its edges in its inputs; its formulas stand at the edges too."""
    inputs = [attributes[key] for key in ("r1", "r2") if attributes.get(key)]
    place = rectangle(attributes.get("ref", ""))
    if place is None or place.top == 1 or place.left == 1:
        return ",".join(inputs)
    before, first, last = (get_column_letter(it) for it in (place.left - 1, place.left, place.right))
    edges = [f"{first}{place.top - 1}:{last}{place.top - 1}", f"{before}{place.top}:{before}{place.bottom}"]
    corner = [f"{before}{place.top - 1}"] if attributes.get("dt2D") in ("1", "true") else []
    return ",".join([*inputs, *corner, *edges])


# the search


def _search(pieces: Iterator[bytes]) -> Iterator[_Found]:
    start = next(pieces, b"")
    if start[:2] in _BYTE_ORDER or _OTHER_ENCODING.match(start):
        raise _OddSheet
    root = _ROOT.search(start)
    if root is None:
        return  # a sheet of another kind, without cells
    prefix = root[1] or b""
    formula = re.compile(rb"<%sf(?=[\s/>])([^<>]*?)(?:/>|>([^<]*)<)" % re.escape(prefix))
    for block in _blocks(chain([start], pieces), b"</%srow>" % prefix):
        if holds_declaration(block):
            raise _OddSheet
        yield from _formulas_of(block, formula)


def _blocks(pieces: Iterable[bytes], row_end: bytes) -> Iterator[bytes]:
    """The bytes of a sheet cut behind rows, so that no cell is cut through."""
    rest = b""
    for piece in pieces:
        rest += piece
        end = rest.rfind(row_end)
        if end >= 0:
            yield rest[: end + len(row_end)]
            rest = rest[end + len(row_end) :]
    yield rest


def _formulas_of(block: bytes, formula: re.Pattern[bytes]) -> Iterator[_Found]:
    for match in formula.finditer(block):
        cell = block[block.rfind(b"<", 0, match.start()) : match.start()]
        if not _CELL.match(cell):
            continue
        place = _CELL_PLACE.search(cell)
        if place is None:
            raise _OddSheet
        row, column = int(place[2]), column_number(place[1].decode())
        attributes = {key.decode(): _text(one or two) for key, one, two in _ATTRIBUTE.findall(match[1])}
        yield _Found(row, column, attributes, _text(match[2] or b""))


def _text(content: bytes) -> str:
    return unescape(content.decode("utf-8", "replace")).replace("\r\n", "\n")


# odd sheets


def _plain(content: bytes) -> bytes:
    """The same sheet in UTF-8, without comments and CDATA, every cell saying where it stands."""
    text = _COMMENT.sub("", _decoded(content))
    text = _CDATA.sub(lambda it: escape(it[1]), text).replace("<!", "<?")
    return _with_places(text.encode())


def _decoded(content: bytes) -> str:
    encoding = _BYTE_ORDER.get(content[:2])
    told = _OTHER_ENCODING.match(content)
    if encoding is None and told is not None:
        encoding = told[1].decode()
    try:
        text = content.decode(encoding or "utf-8", "replace")
    except LookupError:
        text = content.decode("latin-1")
    return re.sub(r"^(\ufeff)?<\?.*?\?>", "", text, flags=re.DOTALL)


def _with_places(content: bytes) -> bytes:
    """A row or cell that does not say its number follows the one before."""
    row = column = 0

    def placed(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        prefix, kind, attributes = found.groups()
        if kind == b"row":
            told = _ROW_NUMBER.search(attributes)
            row, column = int(told[1]) if told else row + 1, 0
            return found[0]
        told = _CELL_PLACE.search(attributes)
        column = column_number(told[1].decode()) if told else column + 1
        if told:
            return found[0]
        return b'<%sc r="%s%d"%s' % (prefix, get_column_letter(column).encode(), row, attributes)

    return _ROW_OR_CELL.sub(placed, content)
