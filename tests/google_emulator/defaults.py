"""What a new spreadsheet holds: the format and theme that Google gives one in English."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]


def color(red: float, green: float, blue: float) -> Json:
    parts = {"red": red, "green": green, "blue": blue}
    return {name: value for name, value in parts.items() if value}


WHITE = color(1, 1, 1)
DEFAULT_FORMAT: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
THEME_COLORS = {
    "TEXT": color(0, 0, 0),
    "BACKGROUND": WHITE,
    "ACCENT1": color(0.25882354, 0.52156866, 0.95686275),
    "ACCENT2": color(0.91764706, 0.2627451, 0.20784314),
    "ACCENT3": color(0.9843137, 0.7372549, 0.015686275),
    "ACCENT4": color(0.20392157, 0.65882355, 0.3254902),
    "ACCENT5": color(1, 0.42745098, 0.003921569),
    "ACCENT6": color(0.27450982, 0.7411765, 0.7764706),
    "LINK": color(0.06666667, 0.33333334, 0.8),
}
THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        {"colorType": name, "color": {"rgbColor": value}} for name, value in THEME_COLORS.items()
    ],
}


def properties(title: str, given: Json | None = None) -> Json:
    """SpreadsheetProperties of a new file; what the caller gives wins."""
    base = {
        "title": title,
        "locale": "en_US",
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Etc/GMT",
        "defaultFormat": copy.deepcopy(DEFAULT_FORMAT),
        "spreadsheetTheme": copy.deepcopy(THEME),
    }
    allowed = ("locale", "autoRecalc", "timeZone", "iterativeCalculationSettings", "spreadsheetTheme")
    return base | {name: value for name, value in (given or {}).items() if name in allowed}
