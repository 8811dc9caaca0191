"""Native charts, from openpyxl's words to Google's: they point at the same fixed cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource
from openpyxl.chart.series import Series
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.replicas.google.api import Json
from sheetsync.replicas.google.looks import color
from sheetsync.replicas.google.ranges import grid_range

_PIXELS = 37.8  # a centimeter


def charts(sheet: Worksheet, sheet_id: int) -> Iterator[Json]:
    """The requests that draw a sheet's charts."""
    for chart in charts_on(sheet):
        cell = grid_range(str(chart.anchor), sheet_id)
        place = {
            "sheetId": sheet_id,
            "rowIndex": cell["startRowIndex"],
            "columnIndex": cell["startColumnIndex"],
        }
        size = {"widthPixels": round(chart.width * _PIXELS), "heightPixels": round(chart.height * _PIXELS)}
        position = {"overlayPosition": {"anchorCell": place, **size}}
        yield {"addChart": {"chart": {"spec": _spec(chart, sheet_id), "position": position}}}


def charts_on(sheet: Worksheet) -> list[BarChart | LineChart]:
    """The charts of a sheet; openpyxl has no other way to them."""
    found: list[BarChart | LineChart] = sheet._charts  # type: ignore[attr-defined]
    return found


def _spec(chart: BarChart | LineChart, sheet_id: int) -> Json:
    bars = chart.tagname == "barChart"
    basic: Json = {
        "chartType": "BAR" if bars else "LINE",
        "legendPosition": "BOTTOM_LEGEND" if chart.legend else "NO_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": _source(chart.series[0].cat, chart.series[0], sheet_id)}],
        "series": [
            _series(series, sheet_id, bars=bars, labels=bool(chart.dataLabels)) for series in chart.series
        ],
    }
    if bars and chart.grouping == "percentStacked":
        basic["stackedType"] = "PERCENT_STACKED"
    return {"basicChart": basic, "fontName": "Calibri"}


def _series(series: Series, sheet_id: int, *, bars: bool, labels: bool) -> Json:
    found: Json = {
        "series": _source(series.val, series, sheet_id),
        "targetAxis": "BOTTOM_AXIS" if bars else "LEFT_AXIS",
        "colorStyle": color(_color(series)),
    }
    if labels:
        found["dataLabel"] = {"type": "DATA", "placement": "OUTSIDE_END"}
    return found


def _source(data: AxDataSource | NumDataSource | None, series: Series, sheet_id: int) -> Json:
    """The cells of names or figures, with the header above them."""
    assert data is not None
    assert data.numRef is not None
    assert series.tx is not None
    assert series.tx.strRef is not None
    place = _place(data.numRef.f, sheet_id)
    header = _place(series.tx.strRef.f, sheet_id)
    return {"sourceRange": {"sources": [place | {"startRowIndex": header["startRowIndex"]}]}}


def _place(reference: str | None, sheet_id: int) -> Json:
    return grid_range(str(reference).rpartition("!")[2], sheet_id)


def _color(series: Series) -> str:
    shape: Any = series.graphicalProperties  # either filled, or a line
    filled = shape.solidFill or shape.ln.solidFill
    return str(filled.srgbClr)
