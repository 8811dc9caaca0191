"""The charts of a Status tab that is laid out anew: ours are drawn again, whatever people put there stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from sheetsync.core.status.sheet import CHART_COLUMN, FIRST_FIGURE_COLUMN, MAX_FIGURES
from sheetsync.replicas.excel.formulas_text import rectangle
from sheetsync.replicas.excel.new_parts import NewParts, xml_bytes
from sheetsync.replicas.excel.parts import Parts

_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)")


class Charts:
    """Draws the charts of another workbook's sheet on a sheet of this one, in the place of those of ours.

    Args:
        new: What is added to this workbook.
        sheet: The sheet's part here.
        title: What people call the sheet.
        source: The other workbook.
        page: The sheet's part there.
    """

    def __init__(self, new: NewParts, sheet: str, title: str, source: Parts, page: str) -> None:
        self.new, self.parts, self.title, self.source = new, new.parts, title, source
        #: Bytes of the parts that are there already and change.
        self.changed: dict[str, list[bytes]] = {}
        #: The relationship to the drawing, where the sheet has none yet.
        self.drawing = ""
        there = self.parts.related(sheet, "drawing")
        for part in source.related(page, "drawing"):
            if there:
                self._draw(there[0], part)
            else:
                name = new.take(source, part, lambda content: content)
                self.drawing = new.relate(sheet, "drawing", name)

    def _draw(self, here: str, part: str) -> None:
        root = self.parts.xml(here)
        for anchor, relationship in list(self._our_charts(root, here)):
            root.remove(anchor)
            self.new.part_off(here, relationship)
        charts = {it.id: it.target for it in self.source.relationships(part)}
        numbers = [int(it.get("id", "0")) for it in root.iter("{*}cNvPr")]
        for number, anchor in enumerate(self.source.xml(part), start=max(numbers, default=0) + 1):
            copy = deepcopy(anchor)
            for chart, key in _charts_of(copy):
                name = self.new.take(self.source, charts[chart.get(key, "")], lambda content: content)
                chart.set(key, self.new.relate(here, "chart", name))
            for shape in copy.iter("{*}cNvPr"):
                shape.set("id", str(number))
            root.append(copy)
        self.changed[here] = [xml_bytes(root)]

    def _our_charts(self, root: etree._Element, here: str) -> Iterator[tuple[etree._Element, str]]:
        """The anchors of charts that stand where ours do and show nothing but this tab's own figures."""
        charts = {it.id: it.target for it in self.parts.relationships(here)}
        for anchor in root:
            column = anchor.findtext("{*}from/{*}col")
            for chart, key in _charts_of(anchor):
                relationship = chart.get(key, "")
                at_ours = column == str(CHART_COLUMN - 1)
                if at_ours and relationship in charts and self._shows_figures(charts[relationship]):
                    yield anchor, relationship

    def _shows_figures(self, chart: str) -> bool:
        return all(self._is_figure(it.text or "") for it in self.parts.xml(chart).iter("{*}f"))

    def _is_figure(self, reference: str) -> bool:
        found = _SHEET.fullmatch(reference)
        place = rectangle(found[3]) if found else None
        if found is None or place is None:
            return False
        title = (found[1] or "").replace("''", "'") or found[2]
        return title == self.title and place.right < FIRST_FIGURE_COLUMN + MAX_FIGURES


def _charts_of(anchor: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The charts of an anchor, and the attribute that holds their relationship."""
    for chart in anchor.iter("{*}chart"):
        for key in chart.attrib:
            if str(key).endswith("}id"):
                yield chart, str(key)
