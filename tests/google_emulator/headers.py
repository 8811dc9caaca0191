"""The header row of a table: its texts are the columns' names, whoever writes them."""

from __future__ import annotations

from typing import Any

from .model import Sheet

Json = dict[str, Any]


def settle(sheet: Sheet) -> None:
    """After a write: columns take the names in their header cells; a formula or nothing is no name."""
    for table in sheet.lists["tables"]:
        row, first = table["range"].get("startRowIndex", 0), table["range"].get("startColumnIndex", 0)
        for place, column in enumerate(table.get("columnProperties", [])):
            entered = sheet.cell(row, first + place).get("userEnteredValue", {})
            if not entered or "formulaValue" in entered:
                name_cell(sheet, row, first + place, f"Column {place + 1}")
                column["columnName"] = f"Column {place + 1}"
            elif "stringValue" in entered:
                column["columnName"] = entered["stringValue"]


def name_cell(sheet: Sheet, row: int, column: int, name: str) -> None:
    """Write a column's name into its header cell; its looks stay, runs of letters in it do not."""
    kept = {key: value for key, value in sheet.cell(row, column).items() if key != "textFormatRuns"}
    sheet.put(row, column, kept | {"userEnteredValue": {"stringValue": name}})
