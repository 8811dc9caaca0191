"""Tables: a range with a name and typed columns."""

from __future__ import annotations

import copy
from typing import Any

from ..a1 import Area
from ..addresses import closed
from ..cells import formatted_value
from ..errors import invalid
from ..model import Sheet
from .registry import Batch, both_colors, changed, everywhere, handles, mask, owner_of, take

Json = dict[str, Any]


@handles("addTable")
def add_table(batch: Batch, request: Json) -> Json:
    given = both_colors(copy.deepcopy(request.get("table", {})))
    sheet, area = closed(batch.book, given.get("range", {}))
    tables = everywhere(batch.book, "tables")
    if any(entry["tableId"] == given.get("tableId") for entry in tables):
        raise invalid(f"A table with id {given['tableId']} already exists.")
    check_free(sheet, area, None)
    name = given.get("name") or f"Table{len(tables) + 1}"
    check_name(tables, name, None)
    made = {"tableId": str(batch.book.new_id())} | given | {"name": name, "range": area.grid_range(sheet.id)}
    made["columnProperties"] = columns(batch, sheet, area, given.get("columnProperties", []))
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


def columns(batch: Batch, sheet: Sheet, area: Area, given: list[Json]) -> list[Json]:
    """The columns, each named: as given, else by its header cell."""
    known = {entry.get("columnIndex", 0): entry for entry in given}
    made = []
    for index, column in enumerate(range(area.column or 0, area.column_end or 0)):
        entry = {"columnIndex": index} | known.get(index, {})
        rule, kind = entry.get("dataValidationRule"), entry.get("columnType")
        if rule and kind != "DROPDOWN":
            raise invalid("Data validation rule can only be set for column type DROPDOWN.")
        if kind == "DROPDOWN" and not rule:
            raise invalid("Data validation rule must be set for column type DROPDOWN.")
        row = area.row or 0
        header = formatted_value(batch.calculation, sheet, row, column, sheet.cell(row, column))
        entry["columnName"] = entry.get("columnName") or header or f"Column {index + 1}"
        if not header:
            sheet.put(
                row,
                column,
                sheet.cell(row, column) | {"userEnteredValue": {"stringValue": entry["columnName"]}},
            )
        made.append(entry)
    return made


def find_table(batch: Batch, table_id: str) -> Json:
    return take(everywhere(batch.book, "tables"), "tableId", table_id, f"No table with id: {table_id}")


@handles("updateTable")
def update_table(batch: Batch, request: Json) -> None:
    given = request.get("table", {})
    table = find_table(batch, given.get("tableId", ""))
    new = changed(table, given, mask(request, "Table", given, "tableId"))
    sheet, place = owner_of(batch.book, "tables", table)
    area = closed(batch.book, new["range"])[1]
    check_free(sheet, area, table)
    check_name(everywhere(batch.book, "tables"), new["name"], table)
    new["columnProperties"] = columns(batch, sheet, area, new.get("columnProperties", []))
    sheet.lists["tables"][place] = new


@handles("deleteTable")
def delete_table(batch: Batch, request: Json) -> None:
    table = find_table(batch, request.get("tableId", ""))
    sheet, place = owner_of(batch.book, "tables", table)
    for row, column, _ in list(sheet.filled(Area.of(table["range"]))):
        sheet.put(row, column, {})
    del sheet.lists["tables"][place]
