"""Conditional formats and banding."""

from __future__ import annotations

import copy
from typing import Any

from ..a1 import Area
from ..errors import invalid
from ..model import Sheet
from .cells import check_condition
from .ranges import check_range
from .registry import Batch, both_colors, changed, everywhere, handles, mask, owner_of, take

Json = dict[str, Any]


def checked_rule(batch: Batch, rule: Json) -> Sheet:
    """The sheet of a conditional format rule: all its ranges are on one."""
    if not rule.get("ranges"):
        raise invalid("At least one range must be specified.")
    owners = {check_range(batch.book, grid_range).id for grid_range in rule["ranges"]}
    if len(owners) > 1:
        raise invalid("All ranges of a conditional format rule must be on the same sheet.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise invalid("Exactly one of booleanRule and gradientRule must be set.")
    if "booleanRule" in rule:
        check_condition(rule["booleanRule"].get("condition", {}))
    for name in ("minpoint", "midpoint", "maxpoint") if "gradientRule" in rule else ():
        check_point(rule["gradientRule"].get(name), needed=name != "midpoint")
    return batch.book.sheet(owners.pop())


def check_point(point: Json | None, *, needed: bool) -> None:
    """A point of a color scale: a type, and a value where the type asks for one."""
    if point is None and not needed:
        return
    kind = (point or {}).get("type")
    if point is None or kind is None:
        raise invalid("No interpolationPointType specified.")
    if kind in ("MIN", "MAX"):
        point.pop("value", None)
    elif not point.get("value"):
        raise invalid("InterpolationPoint.value is required.")


@handles("addConditionalFormatRule")
def add_conditional_format_rule(batch: Batch, request: Json) -> None:
    rule = request.get("rule", {})
    sheet = checked_rule(batch, rule)
    sheet.lists["conditionalFormats"].insert(request.get("index", 0), both_colors(copy.deepcopy(rule)))


def rule_at(sheet: Sheet, index: int) -> Json:
    if not 0 <= index < len(sheet.lists["conditionalFormats"]):
        raise invalid(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return sheet.lists["conditionalFormats"][index]


@handles("updateConditionalFormatRule")
def update_conditional_format_rule(batch: Batch, request: Json) -> Json:
    index = request.get("index", 0)
    rule = request.get("rule")
    sheet = checked_rule(batch, rule) if rule else batch.book.sheet(request.get("sheetId", 0))
    old = rule_at(sheet, index)
    rules = sheet.lists["conditionalFormats"]
    if rule:
        rules[index] = both_colors(copy.deepcopy(rule))
        return {"newRule": rules[index], "newIndex": index, "oldRule": old}
    new_index = request.get("newIndex", 0)
    rules.insert(new_index, rules.pop(index))
    return {"newRule": old, "newIndex": new_index, "oldRule": old, "oldIndex": index}


@handles("deleteConditionalFormatRule")
def delete_conditional_format_rule(batch: Batch, request: Json) -> Json:
    sheet = batch.book.sheet(request.get("sheetId", 0))
    rule = rule_at(sheet, request.get("index", 0))
    sheet.lists["conditionalFormats"].remove(rule)
    return {"rule": rule}


def check_banding(sheet: Sheet, banding: Json) -> None:
    area = Area.of(banding.get("range", {}))
    for other in sheet.lists["bandedRanges"]:
        if other is not banding and Area.of(other["range"]).meets(area):
            raise invalid(
                "You cannot add alternating background colors to a range "
                "that already has alternating background colors."
            )


@handles("addBanding")
def add_banding(batch: Batch, request: Json) -> Json:
    given = copy.deepcopy(request.get("bandedRange", {}))
    sheet = check_range(batch.book, given.get("range", {}))
    taken = {entry["bandedRangeId"] for entry in everywhere(batch.book, "bandedRanges")}
    if given.get("bandedRangeId") in taken:
        raise invalid(f"A banded range with id {given['bandedRangeId']} already exists.")
    if "rowProperties" not in given and "columnProperties" not in given:
        raise invalid("At least one of rowProperties and columnProperties must be specified.")
    check_banding(sheet, given)
    made = {"bandedRangeId": given.get("bandedRangeId") or batch.book.new_id(taken)} | both_colors(given)
    sheet.lists["bandedRanges"].append(made)
    return {"bandedRange": copy.deepcopy(made)}


def find_banding(batch: Batch, banding_id: int) -> Json:
    missing = f"No banding with id: {banding_id}"
    return take(everywhere(batch.book, "bandedRanges"), "bandedRangeId", banding_id, missing)


@handles("updateBanding")
def update_banding(batch: Batch, request: Json) -> None:
    given = request.get("bandedRange", {})
    banding = find_banding(batch, given.get("bandedRangeId", 0))
    new = changed(banding, given, mask(request, "BandedRange", given, "bandedRangeId"))
    sheet, place = owner_of(batch.book, "bandedRanges", banding)
    check_range(batch.book, new["range"])
    sheet.lists["bandedRanges"][place] = new
    check_banding(sheet, new)


@handles("deleteBanding")
def delete_banding(batch: Batch, request: Json) -> None:
    banding = find_banding(batch, request.get("bandedRangeId", 0))
    sheet, place = owner_of(batch.book, "bandedRanges", banding)
    del sheet.lists["bandedRanges"][place]
