"""The kinds of requests a batch may hold, and how a batch runs: in order, and all or nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import masks
from ..a1 import Area
from ..errors import ApiError, invalid
from ..formulas.evaluate import Calculation, calculation
from ..headers import settle
from ..model import Sheet, Spreadsheet

Json = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """What a request works on: the spreadsheet, who asks, and when."""

    book: Spreadsheet
    user: str
    owner: bool
    now: datetime

    @property
    def calculation(self) -> Calculation:
        return calculation(self.book, self.now)

    def guard(self, sheet: Sheet, area: Area) -> None:
        """Refuse a write where a protection keeps this user out."""
        for entry in [] if self.owner else sheet.lists["protectedRanges"]:
            free = any(Area.of(left_open).meets(area) for left_open in entry.get("unprotectedRanges", []))
            if keeps_out(entry, self.user) and guarded(entry, self.book).meets(area) and not free:
                raise invalid(
                    "You are trying to edit a protected cell or object. "
                    "Please contact the spreadsheet owner to remove protection if you need to edit."
                )


def keeps_out(entry: Json, user: str) -> bool:
    return not entry.get("warningOnly") and user not in entry.get("editors", {}).get("users", [])


def guarded(entry: Json, book: Spreadsheet) -> Area:
    for named in book.named_ranges:
        if named["namedRangeId"] == entry.get("namedRangeId"):
            return Area.of(named["range"])
    return Area.of(entry.get("range", {}))


Handler = Callable[[Batch, Json], "Json | None"]
KINDS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a request kind; its answer becomes the reply of that kind."""

    def register(handler: Handler) -> Handler:
        KINDS[kind] = handler
        return handler

    return register


def run(batch: Batch, requests: list[Json]) -> list[Json]:
    """The replies of a batch; when one request fails nothing of the batch stays."""
    if not requests:
        raise invalid("Must specify at least one request.")
    kept = batch.book.snapshot()
    try:
        return [one(batch, place, request) for place, request in enumerate(requests)]
    except Exception:
        batch.book.restore(kept)
        raise


def one(batch: Batch, place: int, request: Json) -> Json:
    if not request:
        raise invalid(f"Invalid requests[{place}]: No request set.")
    kind = next(iter(request))
    handler = KINDS.get(kind)
    if handler is None:
        raise invalid(f"Invalid requests[{place}].{kind}: The emulator has no such request.")
    try:
        reply = handler(batch, request[kind])
    except ApiError as error:
        raise ApiError(error.code, f"Invalid requests[{place}].{kind}: {error.message}") from error
    for sheet in batch.book.sheets:
        settle(sheet)
    batch.book.version += 1
    return {} if reply is None else {kind: reply}


# Colors come in two spellings, of which Google keeps the other in step.
COLORS = (
    "backgroundColor",
    "foregroundColor",
    "tabColor",
    "headerColor",
    "firstBandColor",
    "secondBandColor",
    "footerColor",
    "color",
)


COLOR_NAMES = {*COLORS, *(name + "Style" for name in COLORS)}


def both_colors(value: Any) -> Any:
    """The message with each color in both spellings; the style wins."""
    if isinstance(value, list):
        return [both_colors(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: both_colors(item) for name, item in value.items()}
    if COLOR_NAMES.isdisjoint(result):
        return result
    for name in COLORS:
        style = result.get(name + "Style")
        if style is not None:
            if "rgbColor" in style:
                result[name] = style["rgbColor"]
        elif name in result and "rgbColor" not in result[name] and "themeColor" not in result[name]:
            result[name + "Style"] = {"rgbColor": result[name]}
    return result


def both_masks(tree: masks.Tree) -> masks.Tree:
    """The mask with both spellings of the colors it names."""
    result = {name: both_masks(below) for name, below in tree.items()}
    for name in COLORS:
        if name in result or name + "Style" in result:
            result[name] = result[name + "Style"] = {}
    return result


def changed(old: Json, new: Json, tree: masks.Tree) -> Json:
    """The old message with what the mask names as in the new one."""
    return copy.deepcopy(masks.apply(old, both_colors(new), both_masks(tree)))  # type: ignore[no-any-return]


def mask(request: Json, schema: str, given: Json, *fixed: str) -> masks.Tree:
    """The mask of an update, the fields that never change left out; "*" is all that is given."""
    tree = masks.for_update(request.get("fields"), schema) or {name: {} for name in given}
    tree = {name: below for name, below in tree.items() if name not in fixed}
    if not tree:
        raise invalid("At least one field that can be changed must be listed in 'fields'.")
    return tree


def take(listed: list[Json], key: str, wanted: Any, missing: str) -> Json:
    """The entry with an id, or Google's complaint that there is none."""
    for entry in listed:
        if entry.get(key) == wanted:
            return entry
    raise invalid(missing)


def everywhere(book: Spreadsheet, name: str) -> list[Json]:
    return [entry for sheet in book.sheets for entry in sheet.lists[name]]


def owner_of(book: Spreadsheet, name: str, entry: Json) -> tuple[Sheet, int]:
    """The sheet that holds an entry, and its place in the list."""
    for sheet in book.sheets:
        for place, known in enumerate(sheet.lists[name]):
            if known is entry:
                return sheet, place
    raise LookupError(name)
