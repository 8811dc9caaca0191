"""Named ranges and protected ranges."""

from __future__ import annotations

import copy
import re
from typing import Any

from .. import a1, masks
from ..addresses import check_order, of_grid_range
from ..errors import invalid
from ..model import Sheet, Spreadsheet
from .registry import Batch, everywhere, handles, mask, owner_of, take

Json = dict[str, Any]


def check_range(book: Spreadsheet, grid_range: Json) -> Sheet:
    """The sheet of a range that is about to be kept."""
    sheet, area = of_grid_range(book, grid_range)
    check_order(area)
    sheet.inside(area)
    return sheet


def check_name(book: Spreadsheet, named: Json) -> None:
    name = named.get("name", "")
    if (
        not re.fullmatch(r"[^\W\d]\w*", name)
        or a1.parse(name)
        or name.lower() in ("true", "false")
        or len(name) > 250
    ):
        raise invalid(f"The name of the named range is not valid: {name}")
    for other in book.named_ranges:
        if other["name"].lower() == name.lower() and other is not named:
            raise invalid(
                f"Cannot add named range with name {name}, a named range with that name already exists."
            )


@handles("addNamedRange")
def add_named_range(batch: Batch, request: Json) -> Json:
    named = copy.deepcopy(request.get("namedRange", {}))
    check_name(batch.book, named)
    check_range(batch.book, named.get("range", {}))
    taken = {known["namedRangeId"] for known in batch.book.named_ranges}
    if named.get("namedRangeId") in taken:
        raise invalid(f"A named range with id {named['namedRangeId']} already exists.")
    made = {"namedRangeId": named.get("namedRangeId") or str(batch.book.new_id())} | named
    made.setdefault("range", {})
    batch.book.named_ranges.append(made)
    return {"namedRange": copy.deepcopy(made)}


@handles("updateNamedRange")
def update_named_range(batch: Batch, request: Json) -> None:
    given = request.get("namedRange", {})
    named = find_named(batch.book, given.get("namedRangeId", ""))
    new = masks.apply(named, given, mask(request, "NamedRange", given, "namedRangeId"))
    others = [other for other in batch.book.named_ranges if other is not named]
    if any(other["name"].lower() == new.get("name", "").lower() for other in others):
        raise invalid(
            f"Cannot update named range to name {new['name']}, a named range with that name already exists."
        )
    check_range(batch.book, new.get("range", {}))
    named.clear()
    named.update(copy.deepcopy(new))


def find_named(book: Spreadsheet, named_id: str) -> Json:
    return take(book.named_ranges, "namedRangeId", named_id, f"Cannot find named range with id: {named_id}")


@handles("deleteNamedRange")
def delete_named_range(batch: Batch, request: Json) -> None:
    batch.book.named_ranges.remove(find_named(batch.book, request.get("namedRangeId", "")))


@handles("addProtectedRange")
def add_protected_range(batch: Batch, request: Json) -> Json:
    given = copy.deepcopy(request.get("protectedRange", {}))
    book = batch.book
    taken = {entry["protectedRangeId"] for entry in everywhere(book, "protectedRanges")}
    if given.get("protectedRangeId") in taken:
        raise invalid(f"A protected range with id: {given['protectedRangeId']} already exists.")
    check_editors(given)
    if "namedRangeId" in given and "range" not in given:
        given["range"] = copy.deepcopy(find_named(book, given["namedRangeId"])["range"])
    sheet = check_range(book, given.get("range", {}))
    made = {"protectedRangeId": given.get("protectedRangeId") or book.new_id(taken)} | given
    made["requestingUserCanEdit"] = True
    made.setdefault("range", {})
    reply = copy.deepcopy(made)
    if not made.get("warningOnly"):
        editors = made.setdefault("editors", {})
        editors["users"] = [batch.user] + [user for user in editors.get("users", []) if user != batch.user]
        reply.setdefault("editors", copy.deepcopy(editors))
    sheet.lists["protectedRanges"].append(made)
    return {"protectedRange": reply}


def check_editors(given: Json) -> None:
    if given.get("warningOnly") and any(given.get("editors", {}).values()):
        raise invalid("Editors may not be set on a protected range that only warns.")


@handles("updateProtectedRange")
def update_protected_range(batch: Batch, request: Json) -> None:
    given = request.get("protectedRange", {})
    entry = find_protected(batch.book, given.get("protectedRangeId", 0))
    tree = mask(request, "ProtectedRange", given, "protectedRangeId", "requestingUserCanEdit")
    new = masks.apply(entry, given, tree)
    if "warningOnly" in tree and new.get("warningOnly"):
        new.pop("editors", None)
    check_editors(new)
    check_range(batch.book, new.get("range", {}))
    entry.clear()
    entry.update(copy.deepcopy(new))


def find_protected(book: Spreadsheet, protected_id: int) -> Json:
    missing = f"No protected range with id: {protected_id}"
    return take(everywhere(book, "protectedRanges"), "protectedRangeId", protected_id, missing)


@handles("deleteProtectedRange")
def delete_protected_range(batch: Batch, request: Json) -> None:
    entry = find_protected(batch.book, request.get("protectedRangeId", 0))
    sheet, place = owner_of(batch.book, "protectedRanges", entry)
    del sheet.lists["protectedRanges"][place]
