"""The basic filter, filter views and slicers."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..a1 import Area
from ..addresses import closed
from ..cells import formatted_value
from ..conditions import holds
from ..errors import invalid
from ..model import Sheet
from .editing import sort
from .registry import Batch, changed, everywhere, handles, mask, owner_of, take

Json = dict[str, Any]


def bounded(batch: Batch, given: Json) -> tuple[Sheet, Json]:
    """A filter with the ends of its range written out."""
    sheet, area = closed(batch.book, given.get("range", {}))
    made = copy.deepcopy(given) | {"range": area.grid_range(sheet.id)}
    return sheet, made | both_spellings(made)


def both_spellings(made: Json) -> Json:
    """The criteria by column, and the same as a list: Google answers with both."""
    old = {int(column): rule for column, rule in made.get("criteria", {}).items()}
    new = {spec.get("columnIndex", 0): spec.get("filterCriteria", {}) for spec in made.get("filterSpecs", [])}
    rules = sorted((old | new).items())
    if not rules:
        return {}
    return {
        "criteria": {str(column): rule for column, rule in rules},
        "filterSpecs": [{"columnIndex": column, "filterCriteria": rule} for column, rule in rules],
    }


@handles("setBasicFilter")
def set_basic_filter(batch: Batch, request: Json) -> None:
    sheet, made = bounded(batch, request.get("filter", {}))
    table = next(
        (entry for entry in sheet.lists["tables"] if Area.of(entry["range"]).meets(Area.of(made["range"]))),
        None,
    )
    if table is not None:
        raise invalid("You can't create a filter in a range that partially intersects a table.")
    sheet.basic_filter = made
    if made.get("sortSpecs"):
        area = Area.of(made["range"])
        sort(
            batch,
            sheet,
            Area((area.row or 0) + 1, area.row_end, area.column, area.column_end),
            made["sortSpecs"],
        )
    hide(batch, sheet, made)


def hide(batch: Batch, sheet: Sheet, made: Json | None) -> None:
    """Rows that the filter leaves out are marked so."""
    area = Area.of(made["range"]) if made else Area(0, 0)
    known = {
        at: {n: v for n, v in value.items() if n != "hiddenByFilter"}
        for at, value in sheet.meta["ROWS"].items()
    }
    for column, rule in (made or {}).get("criteria", {}).items():
        for row in range((area.row or 0) + 1, area.row_end or 0):
            if left_out(batch, sheet, (row, int(column)), rule):
                known[row] = known.get(row, {}) | {"hiddenByFilter": True}
    sheet.meta["ROWS"] = {at: value for at, value in known.items() if value}


def left_out(batch: Batch, sheet: Sheet, place: tuple[int, int], rule: Json) -> bool:
    """Whether a row goes by the value it has in a filtered column."""
    if formatted_value(batch.calculation, sheet, *place, sheet.cell(*place)) in rule.get("hiddenValues", []):
        return True
    condition = rule.get("condition")
    return condition is not None and not holds(batch.calculation, sheet, place, condition, place)


@handles("clearBasicFilter")
def clear_basic_filter(batch: Batch, request: Json) -> None:
    sheet = batch.book.sheet(request.get("sheetId", 0))
    sheet.basic_filter = None
    hide(batch, sheet, None)


def find_view(batch: Batch, view_id: int) -> Json:
    missing = f"No filter view with id: {view_id}"
    return take(everywhere(batch.book, "filterViews"), "filterViewId", view_id, missing)


def next_title(batch: Batch) -> str:
    return f"Filter {len(everywhere(batch.book, 'filterViews')) + 1}"


@handles("addFilterView")
def add_filter_view(batch: Batch, request: Json) -> Json:
    sheet, made = bounded(batch, request.get("filter", {}))
    taken = {entry["filterViewId"] for entry in everywhere(batch.book, "filterViews")}
    if made.get("filterViewId") in taken:
        raise invalid(f"A filter view with id {made['filterViewId']} already exists.")
    made = {"filterViewId": batch.book.new_id(taken), "title": next_title(batch)} | made
    sheet.lists["filterViews"].append(made)
    return {"filter": copy.deepcopy(made)}


@handles("updateFilterView")
def update_filter_view(batch: Batch, request: Json) -> None:
    given = request.get("filter", {})
    view = find_view(batch, given.get("filterViewId", 0))
    new = changed(view, given, mask(request, "FilterView", given, "filterViewId"))
    sheet, place = owner_of(batch.book, "filterViews", view)
    sheet.lists["filterViews"][place] = bounded(batch, new)[1]


@handles("duplicateFilterView")
def duplicate_filter_view(batch: Batch, request: Json) -> Json:
    view = find_view(batch, request.get("filterId", 0))
    sheet, _ = owner_of(batch.book, "filterViews", view)
    twin = copy.deepcopy(view) | {"filterViewId": batch.book.new_id(), "title": f"Copy of {view['title']}"}
    sheet.lists["filterViews"].append(twin)
    return {"filter": copy.deepcopy(twin)}


@handles("deleteFilterView")
def delete_filter_view(batch: Batch, request: Json) -> None:
    view = find_view(batch, request.get("filterId", 0))
    sheet, place = owner_of(batch.book, "filterViews", view)
    del sheet.lists["filterViews"][place]


@handles("addSlicer")
def add_slicer(batch: Batch, request: Json) -> Json:
    made = copy.deepcopy(request.get("slicer", {}))
    anchor = made.get("position", {}).get("overlayPosition", {}).get("anchorCell", {})
    sheet = batch.book.sheet(anchor.get("sheetId", 0))
    made = {"slicerId": batch.book.new_id()} | made
    sheet.lists["slicers"].append(made)
    return {"slicer": copy.deepcopy(made)}


@handles("updateSlicerSpec")
def update_slicer_spec(batch: Batch, request: Json) -> None:
    slicer_id = request.get("slicerId", 0)
    slicer = take(everywhere(batch.book, "slicers"), "slicerId", slicer_id, f"No slicer with id: {slicer_id}")
    tree = masks.for_update(request.get("fields"), "SlicerSpec")
    slicer["spec"] = changed(slicer.get("spec", {}), request.get("spec", {}), tree)
