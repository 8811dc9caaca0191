"""How a cell looks, from openpyxl's words to Google's: a workbook is described once for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.styles import Alignment, Border, Color, Font, PatternFill
from openpyxl.styles.numbers import is_date_format
from openpyxl.styles.proxy import StyleProxy
from openpyxl.styles.styleable import StyleableObject

from sheetsync.replicas.google.api import Json

_VERTICAL = {"top": "TOP", "center": "MIDDLE", "bottom": "BOTTOM"}
_LINES = {"thin": "SOLID", "medium": "SOLID_MEDIUM", "thick": "SOLID_THICK"}
#: Pixels that one step of Excel's indent is wide, and what Google leaves free anyway.
_INDENT, _FREE = 9, 3


def color(rgb: str) -> Json:
    """A color of `RRGGBB` (or `AARRGGBB`)."""
    red, green, blue = (int(rgb[-6:][at : at + 2], 16) / 255 for at in (0, 2, 4))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def cell_format(style: StyleableObject) -> Json:
    """The format of a cell or of a whole column."""
    found: Json = {"textFormat": text_format(style.font)} | _alignment(style.alignment)
    if back := background(style.fill):
        found["backgroundColorStyle"] = back
    if lines := _borders(style.border):
        found["borders"] = lines
    if number := _number_format(style.number_format):
        found["numberFormat"] = number
    return found


def text_format(font: Font | StyleProxy) -> Json:
    """Typeface, size in points, color and weight."""
    found: Json = {}
    if font.name:
        found["fontFamily"] = font.name
    if font.sz:
        found["fontSize"] = round(font.sz)
    if rgb := _rgb(font.color):
        found["foregroundColorStyle"] = color(rgb)
    marks = {"bold": font.b, "italic": font.i, "underline": font.u == "single"}
    return found | {name: True for name, is_set in marks.items() if is_set}


def background(fill: object) -> Json | None:
    """A solid background; `None` for none."""
    if not isinstance(fill, (PatternFill, StyleProxy)) or fill.fill_type != "solid":
        return None
    rgb = _rgb(fill.fgColor)
    return color(rgb) if rgb else None


def _rgb(found: Color | None) -> str | None:
    return str(found.rgb) if found is not None and isinstance(found.rgb, str) else None


def _alignment(alignment: Alignment | StyleProxy) -> Json:
    found: Json = {}
    if alignment.horizontal in ("left", "center", "right"):
        found["horizontalAlignment"] = alignment.horizontal.upper()
    if alignment.vertical in _VERTICAL:
        found["verticalAlignment"] = _VERTICAL[alignment.vertical]
    if alignment.wrap_text:
        found["wrapStrategy"] = "WRAP"
    if alignment.indent:
        left = _FREE + _INDENT * round(alignment.indent)
        found["padding"] = {"top": 2, "right": _FREE, "bottom": 2, "left": left}
    return found


def _borders(border: Border | StyleProxy) -> Json:
    sides: Mapping[str, Any] = {side: getattr(border, side) for side in ("top", "bottom", "left", "right")}
    return {
        side: {"style": _LINES[line.style], "colorStyle": color(_rgb(line.color) or "000000")}
        for side, line in sides.items()
        if line is not None and line.style in _LINES
    }


def _number_format(code: str) -> Json | None:
    if code == "General":
        return None
    kind = "DATE" if is_date_format(code) else "TEXT" if code.startswith("@") else "NUMBER"
    return {"type": kind, "pattern": code}
