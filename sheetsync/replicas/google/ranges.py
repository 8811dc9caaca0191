"""Ranges in Google's words: rows and columns from 0, the end left out."""

from __future__ import annotations

from openpyxl.utils import quote_sheetname, range_boundaries

from sheetsync.replicas.google.api import Json


def grid_range(reference: str, sheet_id: int, *, open_ended: bool = False) -> Json:
    """The cells that a reference such as "B3:C2000" names.

    Args:
        reference: Without the sheet's name; "$" does not count.
        sheet_id: The sheet.
        open_ended: Where it is a whole column of records, it goes on to the end of the sheet.
    """
    left, top, right, bottom = (int(it or 0) for it in range_boundaries(reference))
    found = {
        "sheetId": sheet_id,
        "startRowIndex": top - 1,
        "startColumnIndex": left - 1,
        "endColumnIndex": right,
    }
    return found if open_ended and bottom - top > _MANY else found | {"endRowIndex": bottom}


#: A range of more rows than this is meant to hold whatever comes.
_MANY = 500


def in_notation(title: str, reference: str) -> str:
    """A range as the address of a call: "'Stake holders'!A3:A"."""
    return f"{quote_sheetname(title)}!{reference}"
