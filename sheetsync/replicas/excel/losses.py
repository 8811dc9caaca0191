"""What a workbook would lose by being saved anew: told before it happens, so that it does not.

Workbooks are edited in place; only adding tabs and columns of a newer template goes through openpyxl,
which drops what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsync.replicas.excel.opc import Package

#: What people call it -> the parts that hold it.
_PARTS = {
    "charts": r"xl/charts/chart[^/]*\.xml",
    "pictures": r"xl/media/.*",
    "slicers": r"xl/slicers/.*",
    "timelines": r"xl/timelines/.*",
    "form controls": r"xl/(ctrlProps|activeX)/.*\.xml",
    "embedded objects": r"xl/embeddings/.*",
    "threaded comments": r"xl/threadedComments/.*",
    "pivot tables": r"xl/pivotTables/pivot[^/]*\.xml",
    "diagrams": r"xl/diagrams/.*",
    "data connections": r"xl/(connections\.xml|queryTables/.*\.xml|model/.*)",
    "macros": r".*vbaProject\.bin",
    "custom XML": r"customXml/item\d+\.xml",
}
#: What people call it -> the parts it may stand in, and how it begins there.
_MARKS = {
    "shapes and text boxes": (r"xl/drawings/.*\.xml", rb"<xdr:(?:sp|cxnSp|grpSp)[ >]"),
    "sparklines": (r"xl/worksheets/.*\.xml", rb"<x14:sparklineGroup[ >]"),
    "newer conditional formats": (r"xl/worksheets/.*\.xml", rb"<x14:conditionalFormatting[ >]"),
    "newer data validations": (r"xl/worksheets/.*\.xml", rb"<x14:dataValidation[ >]"),
}


def losses(before: Package, after: Package) -> Iterator[str]:
    """What `before` holds more of than `after`, in people's words."""
    for name, pattern in _PARTS.items():
        if _parts(after, pattern) < _parts(before, pattern):
            yield name
    for name, (pattern, mark) in _MARKS.items():
        if _marks(after, pattern, mark) < _marks(before, pattern, mark):
            yield name


def _parts(package: Package, pattern: str) -> int:
    return sum(bool(re.fullmatch(pattern, name, re.I)) for name in package.names())


def _marks(package: Package, pattern: str, mark: bytes) -> int:
    parts = [name for name in package.names() if re.fullmatch(pattern, name, re.I)]
    return sum(len(re.findall(mark, package.read(part))) for part in parts)
