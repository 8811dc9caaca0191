"""What people's formulas came to, kept while openpyxl saves a workbook: it writes formulas without results.

A result in a record is what the person says there, so it is kept; any other formula is left without, since
LibreOffice shows an old result rather than calculate it anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.replicas.layout import KEY_ROW

_WRITTEN = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)><f([^>]*)>(.*?)</f><v\s*(?:/>|></v>)</c>', re.S)
_KIND = re.compile(rb' t="\w+"')


class Results:
    """What the formulas in records came to when the workbook was last saved by a spreadsheet program."""

    def __init__(self, workbook: Workbook, load_results: Callable[[], Workbook]) -> None:
        cells = [
            (sheet, cell) for sheet, cell in _formulas(workbook) if sheet.cell(KEY_ROW, cell.column).value
        ]
        results = load_results() if cells else workbook
        self.kept = [(cell, results[sheet.title][cell.coordinate]) for sheet, cell in cells]
        self.workbook = workbook
        if cells:
            workbook.calculation.fullCalcOnLoad = True

    def put_into(self, saved: bytes) -> bytes:
        """The saved workbook with the results beside its formulas; opening it calculates them anew."""
        if not self.kept:
            return saved
        packed = BytesIO()
        with ZipFile(BytesIO(saved)) as source, ZipFile(packed, "w") as target:
            for member in source.infolist():
                content = source.read(member)
                found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", member.filename)
                if found:
                    sheet = self.workbook.worksheets[int(found[1]) - 1]
                    content = self._fill(sheet, content)
                target.writestr(member, content, ZIP_DEFLATED)
        return packed.getvalue()

    def _fill(self, sheet: Worksheet, content: bytes) -> bytes:
        results = {
            cell.coordinate.encode(): result
            for cell, result in self.kept
            if result.value is not None and cell.parent is sheet and sheet[cell.coordinate] is cell
        }
        return _WRITTEN.sub(lambda it: self._with_result(it, results.get(it[1])), content)

    def _with_result(self, written: re.Match[bytes], result: Cell | None) -> bytes:
        if result is None:
            return written[0]
        kind, text = _result(result, self.workbook.epoch)
        attributes = _KIND.sub(b"", written[2]) + (f' t="{kind}"'.encode() if kind else b"")
        formula = b"<f" + written[3] + b">" + written[4] + b"</f>"
        value = escape(text, quote=False).encode()
        return b'<c r="' + written[1] + b'"' + attributes + b">" + formula + b"<v>" + value + b"</v></c>"


def _formulas(workbook: Workbook) -> Iterator[tuple[Worksheet, Cell]]:
    for worksheet in workbook.worksheets:
        for row in worksheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and cell.data_type == "f":
                    yield worksheet, cell


def _result(cell: Cell, epoch: datetime) -> tuple[str, str]:
    """Type and text of a result as they stand in a sheet."""
    if cell.data_type == "e":
        return "e", str(cell.value)
    if isinstance(cell.value, bool):
        return "b", str(int(cell.value))
    if isinstance(cell.value, str):
        return "str", cell.value
    return "", repr(_serial(cell.value, epoch))


def _serial(value: object, epoch: datetime) -> object:
    """Dates and times as the days since the workbook's day zero."""
    if isinstance(value, time):
        value = datetime.combine(epoch, value)
    if isinstance(value, datetime):
        value = value - epoch
    return value / timedelta(days=1) if isinstance(value, timedelta) else value
