"""Native charts of the Status tab: they point at the fixed cells of a block, so every pass redraws them."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.core.model import ChartKind
from sheetsync.core.status.sheet import CHART_COLUMN, FIRST_FIGURE_COLUMN, NAME_COLUMN, Slot, is_drawn
from sheetsync.replicas.excel.look import FONT, LINE, QUIET, mix

#: Centimeters: eight columns wide, and as high as the rows a slot keeps for its chart.
_WIDTH, _HEIGHT = 15, 7
_LINE_WIDTH = 28_575  # 2.25 points, in the unit of drawings

#: Series whose name says what color they have; the rest take the palette in turn.
_NAMED = {
    "unaware": "C5CAD1",
    "resistant": "CF6F4E",
    "neutral": "E3D6B1",
    "supportive": "8CC79B",
    "leading": "2F7D4F",
    "missing": "E2E5E9",
}


def draw(sheet: Worksheet, slot: Slot, header: tuple[str, ...], accent: str) -> None:
    """Draw a block's chart beside it, if it has one made of more than colored cells.

    Args:
        sheet: The Status tab.
        slot: The block's place.
        header: Names of the block's columns; the first names the rows, each other one is a series.
        accent: The workbook's color, `RRGGBB`.
    """
    if not is_drawn(slot.block):
        return
    kind = slot.block.chart
    chart = _lines() if kind is ChartKind.LINE else _bars(stacked=kind is ChartKind.STACKED)
    _add_series(chart, sheet, slot, header, accent)
    _dress(chart, len(header) - 1)
    sheet.add_chart(chart, f"{get_column_letter(CHART_COLUMN)}{slot.header_row}")


def _bars(*, stacked: bool) -> BarChart:
    """Horizontal bars, so that long names can be read; the first row on top."""
    chart = BarChart()
    chart.type = "bar"
    chart.gapWidth = 45
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    chart.y_axis.scaling.min = 0
    if stacked:
        chart.grouping = "percentStacked"
        chart.overlap = 100
    return chart


def _lines() -> LineChart:
    chart = LineChart()
    chart.y_axis.scaling.min = 0
    return chart


def _labels() -> DataLabelList:
    """The figure at the end of each bar."""
    labels = DataLabelList(showVal=True)
    labels.showLegendKey = labels.showCatName = labels.showSerName = labels.showPercent = False
    labels.txPr = _text("404040")
    return labels


def _add_series(
    chart: BarChart | LineChart, sheet: Worksheet, slot: Slot, header: tuple[str, ...], accent: str
) -> None:
    names = Reference(sheet, NAME_COLUMN, slot.first_row, NAME_COLUMN, slot.last_row)
    for offset, title in enumerate(header[1:]):
        column = FIRST_FIGURE_COLUMN + offset
        series = SeriesFactory(Reference(sheet, column, slot.first_row, column, slot.last_row))
        series.tx = SeriesLabel(strRef=StrRef(str(Reference(sheet, column, slot.header_row))))
        color = _NAMED.get(title.casefold()) or _palette(accent)[offset % 5]
        _paint(series, color, line=isinstance(chart, LineChart))
        chart.append(series)
    chart.set_categories(names)


def _paint(series: Series, color: str, *, line: bool) -> None:
    if line:
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=color, w=_LINE_WIDTH))
        series.smooth = False
        series.marker = Marker(symbol="circle", size=6)
        series.marker.graphicalProperties = GraphicalProperties(
            solidFill=color, ln=LineProperties(solidFill=color)
        )
    else:
        series.graphicalProperties = GraphicalProperties(solidFill=color, ln=LineProperties(noFill=True))
        series.invertIfNegative = False


def _dress(chart: BarChart | LineChart, series: int) -> None:
    """Size, quiet axes, a legend where there is something to tell apart, and no frame."""
    chart.width, chart.height = _WIDTH, _HEIGHT
    chart.roundedCorners = False
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    chart.legend = Legend(legendPos="b", txPr=_text()) if series > 1 else None
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text()
        axis.majorTickMark = "none"
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    chart.x_axis.tickLblPos = "low"
    grid = GraphicalProperties(ln=LineProperties(solidFill="ECEEF1"))
    chart.y_axis.majorGridlines = ChartLines(spPr=grid)
    if isinstance(chart, BarChart) and series == 1:
        chart.dataLabels = _labels()
        chart.y_axis.delete = True
        chart.y_axis.majorGridlines = None


def _text(color: str = QUIET) -> RichText:
    """Nine points in the workbook's typeface."""
    properties = CharacterProperties(sz=900, solidFill=color, latin=Font(typeface=FONT))
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _palette(accent: str) -> tuple[str, ...]:
    """Five colors that can be told apart, the accent first."""
    return accent, "E0934A", mix(accent, 0.45), "7A6CA8", "8A8F98"
