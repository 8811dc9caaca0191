"""What each column offers and refuses as people type: dropdowns, dates, numbers, with a friendly word.

Nothing is blocked: a value that does not fit brings a warning that people may overrule, and the checks
report it. Dropdowns take their values from the Lists tab, through one defined name a list, so that the
lists can grow and move.
"""

from __future__ import annotations

import re
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation

from sheetsync.core.model import Column, ColumnType
from sheetsync.replicas.layout import FIRST_ROW, LIST_ROWS, list_key

#: Excel's limits for the texts of a validation, in characters.
_TITLE, _TEXT = 32, 255


def list_name(key: str) -> str:
    """The defined name under which dropdowns find a list of the Lists tab."""
    return "list_" + re.sub(r"[^\w.]", "_", key)


def name_list(workbook: Workbook, key: str, sheet_title: str, column: int) -> None:
    """Point the defined name of a list at its column: as many cells as are filled, so no blank tail."""
    sheet, letter = quote_sheetname(sheet_title), get_column_letter(column)
    first = f"{sheet}!${letter}${FIRST_ROW}"
    cells = f"{first}:${letter}${FIRST_ROW + LIST_ROWS - 1}"
    name = list_name(key)
    workbook.defined_names[name] = DefinedName(
        name, attr_text=f"OFFSET({first},0,0,MAX(1,COUNTA({cells})),1)"
    )


def guard(tab: str, column: Column, cells: str) -> DataValidation | None:
    """The validation of a column's cells, `None` where anything goes.

    Args:
        tab: Key of the tab.
        column: What is to be typed there.
        cells: Where it applies: "C3:C2000".
    """
    if column.computed:
        validation = _machine_owned(column)
    elif list_key(tab, column):
        validation = _dropdown(column, list_name(list_key(tab, column)))
    else:
        validation = _typed(column, first=cells.split(":")[0])
    if validation is not None:
        validation.sqref = MultiCellRange(cells)
    return validation


def _machine_owned(column: Column) -> DataValidation | None:
    validation = DataValidation()
    _prompt(validation, column, "Filled in by sheetsync. Whatever is typed here is replaced.")
    return validation


def _dropdown(column: Column, source: str) -> DataValidation:
    """A list to pick from; only a single choice warns of other values, for new names are welcome."""
    validation = DataValidation(type="list", formula1=source, allow_blank=True)
    if column.type is ColumnType.CHOICE:
        _warn(validation, column, f"The list has: {', '.join(column.values)}.")
    elif column.many:
        example = f": {', '.join(column.values[:2])}" if column.values else "."
        _prompt(validation, column, f"Pick one, or type several with commas between{example}")
    return validation


def _typed(column: Column, first: str) -> DataValidation | None:
    """The check of a column that has no list; `first` is its first cell, which formulas start from."""
    match column.type:
        case ColumnType.DATE:
            validation = _at_least("date", "DATE(2000,1,1)")
            _prompt(validation, column, "A date such as 2026-03-14")
            wanted = "a date such as 2026-03-14"
        case ColumnType.INTEGER if column.values:
            validation = _at_least("whole", column.values[0])
            validation.operator, validation.formula2 = "between", column.values[-1]
            wanted = f"a whole number from {column.values[0]} to {column.values[-1]}"
        case ColumnType.INTEGER:
            validation, wanted = _at_least("whole", "0"), "a whole number, such as 3"
        case ColumnType.NUMBER:
            validation, wanted = _at_least("decimal", "0"), "a number without a unit, such as 2.5"
        case ColumnType.EMAIL:
            validation = DataValidation(
                type="custom", formula1=f'ISNUMBER(FIND("@",{first}))', allow_blank=True
            )
            wanted = "an email address such as ana@example.org"
        case ColumnType.URL:
            validation = DataValidation(type="custom", formula1=f'LEFT({first},4)="http"', allow_blank=True)
            wanted = "a web address that begins with https://"
        case _:
            return None
    _warn(validation, column, f"This wants {wanted}.")
    return validation


def _at_least(kind: Literal["date", "whole", "decimal"], least: str) -> DataValidation:
    return DataValidation(type=kind, operator="greaterThanOrEqual", formula1=least, allow_blank=True)


def _warn(validation: DataValidation, column: Column, text: str) -> None:
    validation.errorStyle = "warning"
    validation.showErrorMessage = True
    validation.errorTitle = _fit(column.label, _TITLE)
    validation.error = _fit(text, _TEXT)


def _prompt(validation: DataValidation, column: Column, text: str) -> None:
    validation.showInputMessage = True
    validation.promptTitle = _fit(column.label, _TITLE)
    validation.prompt = _fit(text, _TEXT)


def _fit(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
