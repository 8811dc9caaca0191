"""Tables: a range with a name and typed columns."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..a1 import Area
from ..addresses import closed
from ..cells import formatted_value
from ..errors import invalid
from ..headers import name_cell
from ..model import Sheet
from .registry import Batch, everywhere, handles, mask, owner_of, take

Json = dict[str, Any]


@handles("addTable")
def add_table(batch: Batch, request: Json) -> Json:
    given = copy.deepcopy(request.get("table", {}))
    sheet, area = closed(batch.book, given.get("range", {}))
    tables = everywhere(batch.book, "tables")
    if any(entry["tableId"] == given.get("tableId") for entry in tables):
        raise invalid(f"A table with id {given['tableId']} already exists.")
    check_free(sheet, area, None)
    name = given.get("name") or f"Table{len(tables) + 1}"
    check_name(tables, name, None)
    made = {"tableId": str(batch.book.new_id())} | given | {"name": name, "range": area.grid_range(sheet.id)}
    made["columnProperties"] = columns(batch, sheet, area, given.get("columnProperties", []), new=True)
    sheet.lists["tables"].append(made)
    return {"table": copy.deepcopy(made)}


def check_free(sheet: Sheet, area: Area, own: Json | None) -> None:
    for other in sheet.lists["tables"]:
        if other is not own and Area.of(other["range"]).meets(area):
            raise invalid("You can't create a table that overlaps another table.")
    if any(Area.of(banding["range"]).meets(area) for banding in sheet.lists["bandedRanges"]):
        raise invalid("You can't create a table over a range that has alternating colors.")
    if any(Area.of(merge).meets(area) for merge in sheet.lists["merges"]):
        raise invalid("You can't create a table that contains merged cells.")


def check_name(tables: list[Json], name: str, own: Json | None) -> None:
    if any(other["name"].lower() == name.lower() for other in tables if other is not own):
        raise invalid(f'A table with the name "{name}" already exists. Please enter another name.')


def columns(batch: Batch, sheet: Sheet, area: Area, given: list[Json], *, new: bool) -> list[Json]:
    """The columns whole: those given as given, the others named by their header cells and without a type."""
    known = {entry.get("columnIndex", 0): entry for entry in given}
    if extra := [index for index in known if index >= (area.column_end or 0) - (area.column or 0)]:
        raise invalid(f"Column index {extra[0]} is outside the table.")
    made, unnamed = [], 0
    for index, column in enumerate(range(area.column or 0, area.column_end or 0)):
        entry = {"columnIndex": index} | known.get(index, {})
        check_dropdown(entry)
        name = entry.get("columnName")
        if index in known and not name:
            unnamed += 1
            name = unnamed_column(unnamed, new=new)
        row = area.row or 0
        header = formatted_value(batch.calculation, sheet, row, column, sheet.cell(row, column))
        entry["columnName"] = name or header or f"Column {index + 1}"
        if entry["columnName"] != header or name:
            name_cell(sheet, row, column, entry["columnName"])
        if entry.get("columnType") == "BOOLEAN":
            all_boolean(sheet, Area(row + 1, area.row_end, column, column + 1))
        made.append(entry)
    return made


def check_dropdown(entry: Json) -> None:
    """A list of choices goes with the type DROPDOWN, and only with it."""
    condition = entry.get("dataValidationRule", {}).get("condition")
    if condition and entry.get("columnType") != "DROPDOWN":
        raise invalid("Cannot set condition for non-dropdown column type.")
    if entry.get("columnType") == "DROPDOWN" and not condition:
        raise invalid("Condition must be set for dropdown column type.")


def unnamed_column(number: int, *, new: bool) -> str:
    if not new:
        raise invalid("Table header row cell must have a value.")
    return f"Column {number}"


def all_boolean(sheet: Sheet, area: Area) -> None:
    """What is not true becomes false."""
    for row in range(area.row or 0, area.row_end or 0):
        cell = sheet.cell(row, area.column or 0)
        if "boolValue" not in cell.get("userEnteredValue", {}):
            sheet.put(row, area.column or 0, cell | {"userEnteredValue": {"boolValue": False}})


def find_table(batch: Batch, table_id: str) -> Json:
    return take(everywhere(batch.book, "tables"), "tableId", table_id, f"No table with id: {table_id}")


@handles("updateTable")
def update_table(batch: Batch, request: Json) -> None:
    given = request.get("table", {})
    table = find_table(batch, given.get("tableId", ""))
    new = copy.deepcopy(masks.apply(table, given, mask(request, "Table", given, "tableId")))
    sheet, place = owner_of(batch.book, "tables", table)
    area = closed(batch.book, new["range"])[1]
    check_free(sheet, area, table)
    check_name(everywhere(batch.book, "tables"), new["name"], table)
    new["columnProperties"] = columns(batch, sheet, area, new.get("columnProperties", []), new=False)
    sheet.lists["tables"][place] = new


@handles("deleteTable")
def delete_table(batch: Batch, request: Json) -> None:
    table = find_table(batch, request.get("tableId", ""))
    sheet, place = owner_of(batch.book, "tables", table)
    for row, column, _ in list(sheet.filled(Area.of(table["range"]))):
        sheet.put(row, column, {})
    del sheet.lists["tables"][place]
