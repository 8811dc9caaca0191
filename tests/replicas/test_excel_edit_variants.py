"""Workbooks as other programs write them: the same edit of the same workbook, whatever its form."""

from __future__ import annotations

import io
import random
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from replicas.excel_raw import collected
from replicas.excel_seen import assert_exact, edited
from replicas.excel_variants import VARIANTS, parts_in
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells

#: Collected workbooks that each form is tried on.
OF_EACH = 4
TOO_LARGE = 100_000
#: Forms that are refused, by what the refusal says.
REFUSED = {"remarks that look like cells": "holds XML of a kind that workbooks do not use"}


def made() -> bytes:
    """A workbook with texts, a formula, a table with a total row, a note, merged cells, two sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(1, 21):
        sheet.append([f"text {number} ä <&>", number / 7, None, number % 2 == 0, f"=B{number}*2"])
    for row in (["Name", "Pay"], ["Ana", 1], ["Bo", 2], ["Total", "=SUBTOTAL(109,[Pay])"]):
        sheet.append([None] * 6 + row)
    sheet.add_table(Table(displayName="Pay", ref="G21:H24", totalsRowCount=1))
    sheet.merge_cells("J1:K2")
    sheet["A3"].comment = Comment("call first", "Maya")
    book.create_sheet("Second & last").append(["kept", "=Sheet!B3"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@cache
def samples() -> tuple[Path, ...]:
    return tuple(path for path in collected() if path.stat().st_size < TOO_LARGE)


@pytest.mark.parametrize("form", VARIANTS)
def test_a_workbook_in_another_form_is_edited_as_exactly(form: str, tmp_path: Path) -> None:
    source, target = tmp_path / "source.xlsx", tmp_path / "target.xlsx"
    books = [
        made(),
        *(it.read_bytes() for it in random.Random(form).sample(samples(), min(OF_EACH, len(samples())))),
    ]
    for book in books:
        source.write_bytes(book)
        try:
            sheet, edits = edited(source, target)
        except SheetsyncError:
            continue  # nor can it be edited as it is
        before = VARIANTS[form](parts_in(book))
        source.write_bytes(before)
        if form in REFUSED:
            with pytest.raises(SheetsyncError, match=REFUSED[form]):
                edit_cells(source, target, {sheet.name: edits})
        else:
            edit_cells(source, target, {sheet.name: edits})
            assert_exact(before, target.read_bytes(), sheet.name, edits)
