"""CellData: a cell as `spreadsheets.get` shows it, as far as the mask goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import masks
from .cells import STORED, formatted_value, number_format
from .conditions import conditional_format
from .defaults import DEFAULT_FORMAT, THEME_COLORS
from .formulas.evaluate import Calculation
from .masks import Tree
from .model import Sheet

Json = dict[str, Any]
LINK = THEME_COLORS["LINK"]
URL = re.compile(r"(?:https?|ftp)://\S+|mailto:\S+")
HYPERLINK = re.compile(r'=HYPERLINK\("([^"]*)"', re.IGNORECASE)
BASE: Json = {
    **DEFAULT_FORMAT,
    "textFormat": {**DEFAULT_FORMAT["textFormat"], "fontFamily": "Arial"},
    "hyperlinkDisplayType": "PLAIN_TEXT",
}
PLAIN: Json = {}  # the format of all cells that have none: one object, by which looks are known
SIDES = {"numberValue": "RIGHT", "boolValue": "CENTER", "stringValue": "LEFT", "errorValue": "CENTER"}


class Renderer:
    """Shows the cells of a sheet under one mask; what is not asked for is not worked out."""

    def __init__(self, calculation: Calculation, sheet: Sheet, tree: Tree) -> None:
        self.calculation, self.sheet, self.tree = calculation, sheet, tree
        self.looks: dict[Any, Json] = {}  # whole formats, made once for all cells that look alike
        wanted = tree.get("effectiveFormat", PLAIN)
        about_numbers = wanted.keys() == {"numberFormat"}  # which neither links nor rules change
        computed: dict[str, Callable[[int, int, Json, Json | None], Any]] = {
            "effectiveValue": lambda _row, _column, _cell, value: value,
            "formattedValue": self.formatted_value,
            "effectiveFormat": self.number_alone if about_numbers else self.effective_format,
            "hyperlink": self.hyperlink,
        }
        self.numbers: dict[int, Json] = {}  # number formats, by the identity of the format they are part of
        self.stored = [(name, tree.get(name, {})) for name in STORED if not tree or name in tree]
        # Under some masks, how a cell shows depends on nothing but what was put into it.
        alone = bool(tree) and about_numbers and not tree.keys() & {"formattedValue", "hyperlink"}
        self.rendered = sheet.rendered.setdefault(repr(tree), {}) if alone else None
        self.computed = [
            (name, make, {} if name == "effectiveFormat" else tree.get(name, {}))
            for name, make in computed.items()
            if not tree or name in tree
        ]

    def cell(self, row: int, column: int, cell: Json) -> Json:
        """What is shown of a cell that holds something."""
        entered = cell.get("userEnteredValue")
        if self.rendered is None or entered is None or "formulaValue" in entered:
            return self.made(row, column, cell)
        known = self.rendered.get(id(cell))
        if known is None or known[0] is not cell:
            self.rendered[id(cell)] = known = cell, self.made(row, column, cell)
        return known[1]

    def made(self, row: int, column: int, cell: Json) -> Json:
        shown = {
            name: masks.choose(cell[name], below) if below else cell[name]
            for name, below in self.stored
            if name in cell
        }
        value = cell.get("userEnteredValue")
        if value is None or "formulaValue" in value:
            value = self.calculation.effective(self.sheet, row, column)
        for name, make, below in self.computed:
            found = make(row, column, cell, value)
            if found is not None and found != "":
                shown[name] = masks.choose(found, below) if below else found
        return shown

    def formatted_value(self, row: int, column: int, cell: Json, _value: Json | None) -> str:
        return formatted_value(self.calculation, self.sheet, row, column, cell)

    def effective_format(self, row: int, column: int, cell: Json, value: Json | None) -> Json | None:
        own = cell.get("userEnteredFormat", PLAIN)
        if not own and not value:
            return None
        kind = next(iter(value), None) if value else None
        style = number_format(self.calculation, self.sheet, row, column)
        link, rule = self.hyperlink(row, column, cell, value), self.rule(row, column)
        key = id(own), kind, str(style) if style else "", link, id(rule)
        if key not in self.looks:
            worn = merged(merged(own, linked(link)) if link else own, rule)
            self.looks[key] = masks.choose(look(worn, kind, style), self.tree.get("effectiveFormat", {}))
        return self.looks[key]

    def number_alone(self, row: int, column: int, cell: Json, value: Json | None) -> Json | None:
        """How a number shows, where no more of the whole format is asked for."""
        own = cell.get("userEnteredFormat")
        calculated = "formulaValue" in cell.get("userEnteredValue", PLAIN)
        if own is None and not calculated:
            return PLAIN if value else None
        if not calculated and id(own) in self.numbers:
            return self.numbers[id(own)]
        style = number_format(self.calculation, self.sheet, row, column)
        shown = masks.choose({"numberFormat": style} if style else PLAIN, self.tree["effectiveFormat"])
        if not calculated:
            self.numbers[id(own)] = shown
        return shown  # type: ignore[no-any-return]

    def rule(self, row: int, column: int) -> Json:
        if not self.sheet.lists["conditionalFormats"]:
            return PLAIN
        return conditional_format(self.calculation, self.sheet, (row, column)) or PLAIN

    def hyperlink(self, _row: int, _column: int, cell: Json, value: Json | None) -> str | None:
        own = cell.get("userEnteredFormat")
        if own and (link := own.get("textFormat", PLAIN).get("link")):
            return link.get("uri")  # type: ignore[no-any-return]
        formula = cell.get("userEnteredValue", PLAIN).get("formulaValue")
        if formula and (found := HYPERLINK.match(formula)):
            return found[1]
        text = value.get("stringValue", "") if value else ""
        return text if ":" in text and URL.fullmatch(text) else None


def linked(link: str) -> Json:
    """What a link looks like."""
    blue = {"foregroundColor": LINK, "foregroundColorStyle": {"rgbColor": LINK}}
    return {"textFormat": blue | {"underline": True, "link": {"uri": link}}, "hyperlinkDisplayType": "LINKED"}


def look(own: Json, kind: str | None, style: Json | None) -> Json:
    """The whole format of a cell with a value of this kind."""
    made = merged(BASE, own)
    if kind and "horizontalAlignment" not in made:
        made["horizontalAlignment"] = SIDES[kind]
    return made | ({"numberFormat": style} if style else {})


def merged(base: Json, over: Json) -> Json:
    """The base with what the other says laid over it."""
    result = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(name), dict) and "olor" not in name
        result[name] = merged(base[name], value) if both else value
    return result
