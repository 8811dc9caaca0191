"""A spreadsheet in the formats that Drive exports: the texts true, the looks plain."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from html import escape

from .a1 import Area
from .cells import formatted_value
from .entry import from_serial
from .formats import is_date
from .formulas.evaluate import Calculation
from .model import Sheet, Spreadsheet

Export = Callable[[Spreadsheet, Calculation], bytes]
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def texts(worked: Calculation, sheet: Sheet) -> list[list[str]]:
    """What a sheet shows, up to its last filled row and column."""
    rows: dict[int, dict[int, str]] = {}
    for row, column, cell in worked.cells(sheet, Area()):
        if shown := formatted_value(worked, sheet, row, column, cell):
            rows.setdefault(row, {})[column] = shown
    width = max((max(line) for line in rows.values()), default=-1) + 1
    return [
        [rows.get(row, {}).get(column, "") for column in range(width)]
        for row in range(max(rows, default=-1) + 1)
    ]


def delimited(mark: str) -> Export:
    def export(book: Spreadsheet, worked: Calculation) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(texts(worked, book.sheets[0]))
        return text.getvalue().removesuffix("\r\n").encode()

    return export


def excel(book: Spreadsheet, worked: Calculation) -> bytes:
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.worksheets[0])
    for sheet in book.sheets:
        page = made.create_sheet(sheet.title)
        for row, column, cell in sheet.filled(Area()):
            value = worked.effective(sheet, row, column) or {}
            shown = cell.get("userEnteredValue", {}).get("formulaValue") or next(iter(value.values()), None)
            if is_date(cell.get("userEnteredFormat", {}).get("numberFormat")) and "numberValue" in value:
                shown = from_serial(value["numberValue"])
            if shown is not None and not isinstance(shown, dict):
                page.cell(row + 1, column + 1, shown)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def packed(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def html(book: Spreadsheet, worked: Calculation) -> bytes:
    parts = {}
    for sheet in book.sheets:
        lines = ["".join(f"<td>{escape(text)}</td>" for text in row) for row in texts(worked, sheet)]
        parts[f"{sheet.title}.html"] = "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
    return packed(parts)


def open_document(book: Spreadsheet, worked: Calculation) -> bytes:
    pages = []
    for sheet in book.sheets:
        lines = [
            "".join(f"<t:table-cell><x:p>{escape(text)}</x:p></t:table-cell>" for text in row)
            for row in texts(worked, sheet)
        ]
        rows = "".join(f"<t:table-row>{line}</t:table-row>" for line in lines)
        pages.append(f'<t:table t:name="{escape(sheet.title)}">{rows}</t:table>')
    body = f"<o:body><o:spreadsheet>{''.join(pages)}</o:spreadsheet></o:body>"
    names = f'xmlns:o="{OFFICE}" xmlns:t="{TABLE}" xmlns:x="{TEXT}"'
    return packed(
        {"mimetype": ODS, "content.xml": f"<o:document-content {names}>{body}</o:document-content>"}
    )


def pdf(book: Spreadsheet, worked: Calculation) -> bytes:
    """One page with the first sheet's texts."""
    lines = ["  ".join(row) for row in texts(worked, book.sheets[0])]
    safe = [line.replace("\\", "").replace("(", "[").replace(")", "]") for line in lines]
    drawn = "BT /F1 10 Tf 12 TL 40 800 Td " + " ".join(f"({line}) Tj T*" for line in safe) + " ET"
    stream = drawn.encode("latin-1", "replace")
    font = b"<</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>"
    parts = (
        b"%PDF-1.4",
        b"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj",
        b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj",
        b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s>> endobj"
        % font,
        b"4 0 obj <</Length %d>> stream\n%s\nendstream endobj" % (len(stream), stream),
        b"trailer <</Root 1 0 R>>",
        b"%%EOF",
    )
    return b"\n".join(parts)


FORMATS: dict[str, Export] = {
    "text/csv": delimited(","),
    "text/tab-separated-values": delimited("\t"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": excel,
    "application/x-vnd.oasis.opendocument.spreadsheet": open_document,
    ODS: open_document,
    "application/zip": html,
    "application/pdf": pdf,
}
