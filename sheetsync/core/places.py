"""What a program file calls the copies of a workbook: the paths of Excel files, or "google:ID"."""

from __future__ import annotations

import re
from collections.abc import Sequence

GOOGLE = "google:"
_SPREADSHEET = re.compile(r"[A-Za-z0-9_-]{20,}")


def place_fault(replica: str) -> str:
    """What is wrong with the name of a replica; "" where nothing is."""
    if replica.startswith(GOOGLE):
        if _SPREADSHEET.fullmatch(replica.removeprefix(GOOGLE)):
            return ""
        return f'"{replica}" names no Google spreadsheet; expected "google:" and the id in its address.'
    if not replica.lower().endswith((".xlsx", ".xlsm")):
        return f'"{replica}" is not an Excel workbook; expected a file that ends in .xlsx or .xlsm.'
    return ""


def link_to(replica: str) -> str:
    """Where people open a replica: the path of a file, the address of a spreadsheet."""
    if replica.startswith(GOOGLE):
        return f"https://docs.google.com/spreadsheets/d/{replica.removeprefix(GOOGLE)}"
    return replica


def nickname(replica: str, replicas: Sequence[str]) -> str:
    """What people call a copy among those of its workbook: the only one at Google is "Google"."""
    at_google = [it for it in replicas if it.startswith(GOOGLE)]
    return "Google" if at_google == [replica] else replica
