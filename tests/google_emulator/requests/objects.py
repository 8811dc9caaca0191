"""Charts and what else floats over the cells: kept as given, with an id and a place."""

from __future__ import annotations

import copy
from typing import Any

from .. import masks
from ..errors import invalid
from ..model import Sheet
from .registry import Batch, both_colors, changed, everywhere, handles, owner_of, take
from .sheets import made as made_sheet
from .sheets import next_title

Json = dict[str, Any]
CHART_SIZE = {"widthPixels": 600, "heightPixels": 371}


@handles("addChart")
def add_chart(batch: Batch, request: Json) -> Json:
    given = copy.deepcopy(request.get("chart", {}))
    taken = {entry["chartId"] for entry in everywhere(batch.book, "charts")}
    if given.get("chartId") in taken:
        raise invalid(f"An embedded object with id {given['chartId']} already exists.")
    if "spec" not in given:
        raise invalid("Chart spec must be specified.")
    sheet, position = placed(batch, given.get("position", {}))
    made = {"chartId": batch.book.new_id(taken)} | given | {"position": position}
    made["spec"] = drawn(made["spec"])
    sheet.lists["charts"].append(made)
    return {"chart": copy.deepcopy(made)}


def drawn(spec: Json) -> Json:
    """A chart's description with what Google adds of its own."""
    title = (
        {"titleTextFormat": {"fontFamily": "Roboto"} | spec.get("titleTextFormat", {})}
        if "title" in spec
        else {}
    )
    base = {"fontName": "Roboto", "hiddenDimensionStrategy": "SKIP_HIDDEN_ROWS_AND_COLUMNS"}
    return both_colors(base | spec | title)  # type: ignore[no-any-return]


def placed(batch: Batch, position: Json) -> tuple[Sheet, Json]:
    """The sheet that an object goes on, and its position written out."""
    if position.get("newSheet") or "sheetId" in position:
        book = batch.book
        given = {"sheetType": "OBJECT", "title": next_title(book, "Chart")} | (
            {"sheetId": position["sheetId"]} if "sheetId" in position else {}
        )
        sheet = book.add(made_sheet(book, given), 0)
        return sheet, {"sheetId": sheet.id}
    overlay = position.get("overlayPosition", {})
    anchor = overlay.get("anchorCell", {})
    sheet = batch.book.sheet(anchor.get("sheetId", 0))
    return sheet, {"overlayPosition": CHART_SIZE | overlay | {"anchorCell": anchor}}


def find_object(batch: Batch, object_id: int) -> tuple[str, Json]:
    for name, key in (("charts", "chartId"), ("slicers", "slicerId")):
        for entry in everywhere(batch.book, name):
            if entry[key] == object_id:
                return name, entry
    raise invalid(f"No embedded object with id: {object_id}")


@handles("updateChartSpec")
def update_chart_spec(batch: Batch, request: Json) -> None:
    chart_id = request.get("chartId", 0)
    chart = take(everywhere(batch.book, "charts"), "chartId", chart_id, f"No chart with id: {chart_id}")
    chart["spec"] = drawn(copy.deepcopy(request.get("spec", {})))


@handles("updateEmbeddedObjectPosition")
def update_embedded_object_position(batch: Batch, request: Json) -> Json:
    name, entry = find_object(batch, request.get("objectId", 0))
    sheet, place = owner_of(batch.book, name, entry)
    given = request.get("newPosition", {})
    if given.get("newSheet") or "sheetId" in given:
        target, position = placed(batch, given)
    else:
        tree = masks.for_update(request.get("fields"), "OverlayPosition")
        overlay = changed(
            entry["position"].get("overlayPosition", {}), given.get("overlayPosition", {}), tree
        )
        target, position = placed(batch, {"overlayPosition": overlay})
    del sheet.lists[name][place]
    entry["position"] = position
    target.lists[name].append(entry)
    return {"position": copy.deepcopy(position)}


@handles("updateEmbeddedObjectBorder")
def update_embedded_object_border(batch: Batch, request: Json) -> None:
    _, entry = find_object(batch, request.get("objectId", 0))
    tree = masks.for_update(request.get("fields"), "EmbeddedObjectBorder")
    entry["border"] = changed(entry.get("border", {}), request.get("border", {}), tree)


@handles("deleteEmbeddedObject")
def delete_embedded_object(batch: Batch, request: Json) -> None:
    name, entry = find_object(batch, request.get("objectId", 0))
    sheet, place = owner_of(batch.book, name, entry)
    del sheet.lists[name][place]
