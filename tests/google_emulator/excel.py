"""A spreadsheet exported as an Excel workbook: values and formulas."""

from __future__ import annotations

import io
from datetime import datetime

from .a1 import Area
from .entry import from_serial
from .formats import is_date
from .formulas.evaluate import calculation
from .model import Spreadsheet


def workbook(book: Spreadsheet, now: datetime) -> bytes:
    """The bytes of an .xlsx file."""
    from openpyxl import Workbook

    made, worked = Workbook(), calculation(book, now)
    made.remove(made.worksheets[0])
    for sheet in book.sheets:
        target = made.create_sheet(sheet.title)
        for row, column, cell in sheet.filled(Area()):
            value = worked.effective(sheet, row, column) or {}
            shown = cell.get("userEnteredValue", {}).get("formulaValue") or next(iter(value.values()), None)
            if is_date(cell.get("userEnteredFormat", {}).get("numberFormat")) and "numberValue" in value:
                shown = from_serial(value["numberValue"])
            if shown is not None and not isinstance(shown, dict):
                target.cell(row + 1, column + 1, shown)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
