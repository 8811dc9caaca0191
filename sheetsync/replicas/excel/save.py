"""Turns a workbook into the bytes of its file, so that it looks the same wherever it is opened."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.replicas.excel.look import LINE_HEIGHT, lines
from sheetsync.replicas.layout import FIRST_ROW, ID_COLUMN, KEY_ROW, Margin

_FIRST_KEY_COLUMN = ID_COLUMN + 1
_DEFAULT_WIDTH = 13.0
_HIDDEN_WIDTH = float(2**15)  # more than a cell can hold
#: The mark of a height that somebody chose, on any row below the header.
_CHOSEN_HEIGHT = re.compile(rb'(<row r="(?:[3-9]|\d\d+)"[^>]*?) customHeight="1"')

#: How a chart without a title begins; Excel would put a title of its own above a single series.
_UNTITLED = b"<chart><plotArea>"


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as an Excel file, its rows as high as their text needs.

    openpyxl marks every height as chosen by a person, so that Excel would no longer let rows grow with their
    text. LibreOffice measures no row when it opens a file.
    """
    for sheet in workbook.worksheets:
        if Margin.parse(sheet.cell(KEY_ROW, 1).value) is not None:
            _fit_rows(sheet)
    growing = {f"xl/worksheets/sheet{number}.xml" for number in _where_people_write(workbook)}
    saved, packed = BytesIO(), BytesIO()
    workbook.save(saved)
    with ZipFile(saved) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name in growing:
                content = _CHOSEN_HEIGHT.sub(rb"\1", content)
            if name.startswith("xl/charts/chart"):
                content = content.replace(_UNTITLED, b'<chart><autoTitleDeleted val="1"/><plotArea>')
            # Without a time of its own, a part has the same bytes whenever it is written.
            target.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return packed.getvalue()


def _where_people_write(workbook: Workbook) -> list[int]:
    """Numbers of the sheets with column keys: their rows grow with what people type."""
    return [
        number
        for number, sheet in enumerate(workbook.worksheets, start=1)
        if sheet.cell(KEY_ROW, _FIRST_KEY_COLUMN).value is not None
    ]


def _fit_rows(sheet: Worksheet) -> None:
    widths = column_widths(sheet)
    for number, row in enumerate(sheet.iter_rows(min_row=FIRST_ROW), start=FIRST_ROW):
        needed = max(_lines(cell, width) for cell, width in zip(row, widths, strict=True))
        dimension = sheet.row_dimensions[number]
        if needed > 1 and (dimension.height or 0) < needed * LINE_HEIGHT:
            dimension.height = needed * LINE_HEIGHT


def column_widths(sheet: Worksheet) -> list[float]:
    """The width of every column in characters; a hidden one leaves rows as they are.

    A file may give one width for a run of columns.
    """
    widths = [_DEFAULT_WIDTH] * sheet.max_column
    for dimension in sheet.column_dimensions.values():
        dimension.reindex()
        for number in range(dimension.min or 1, min(dimension.max or 0, len(widths)) + 1):
            widths[number - 1] = _HIDDEN_WIDTH if dimension.hidden else dimension.width
    return widths


def _lines(cell: Cell | MergedCell, width: float) -> int:
    """How many lines a cell shows; one unless it wraps."""
    count = lines(cell.value, width) if isinstance(cell.value, str) else 1
    return count if count > 1 and cell.alignment.wrap_text else 1
