"""What people see of the team's workbook at Google."""

from __future__ import annotations

import os

from google_emulator.human import Human
from scenarios.desk import Desk
from sheetsync.replicas.google.bin import EVERY

_AREA = "People!A2:G60"


def table(sheet: Human) -> dict[str, dict[str, object]]:
    """The rows of the People tab by name; cells that are empty are left out."""
    headers, *rows = sheet.read(_AREA)
    found = [
        {key: value for key, value in zip(headers, row, strict=False) if value not in ("", None)}
        for row in rows
    ]
    return {str(row["Name"]): row for row in found if "Name" in row}


def cell(sheet: Human, who: str, header: str) -> str:
    """The address of a cell: "People!C5"."""
    headers = sheet.read(_AREA)[0]
    return f"People!{'ABCDEFG'[headers.index(header)]}{row_of(sheet, who)}"


def row_of(sheet: Human, who: str) -> int:
    return next(number for number, row in enumerate(sheet.read(_AREA), 2) if who in row)


def long_ago(desk: Desk) -> None:
    """It is long ago that Drive was asked whether a spreadsheet lies in the bin."""
    for mark in (desk.folder / ".sheetsync" / "google").glob("*.bin"):
        then = mark.stat().st_mtime - EVERY
        os.utime(mark, (then, then))
