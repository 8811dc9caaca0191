"""Puts into a workbook that people use what was laid out beside it: whole tabs, and what single tabs lack.

Parts, style records and list entries are added; nothing that is there is renumbered or written anew but
the parts that get something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.book import Book, NewSheet
from sheetsync.replicas.excel.celldata import Content
from sheetsync.replicas.excel.edit import Change, change_parts, styles_of
from sheetsync.replicas.excel.formulas_text import lowered
from sheetsync.replicas.excel.graft_charts import Charts
from sheetsync.replicas.excel.graft_looks import Looks
from sheetsync.replicas.excel.graft_notes import Notes
from sheetsync.replicas.excel.growth import changed_table, is_ours, table_area
from sheetsync.replicas.excel.heads import with_columns
from sheetsync.replicas.excel.make import Upgrade
from sheetsync.replicas.excel.markup import attribute, spelled
from sheetsync.replicas.excel.new_parts import NewParts, xml_bytes
from sheetsync.replicas.excel.parts import Parts, SheetPart
from sheetsync.replicas.excel.save import workbook_bytes
from sheetsync.replicas.excel.tails import listed, placed, without
from sheetsync.replicas.layout import HEADER_ROW, KEY_ROW
from sheetsync.replicas.sheets import Sheet

_DOCUMENT = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_DOCUMENT = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_PRIORITY = attribute("priority")
_COLUMN_FACTS = ("width", "customWidth", "style", "hidden")
_ROW = re.compile(r"(?<=[A-Z])\d+")


@dataclass
class Grafted:
    """What a workbook becomes.

    Attributes:
        changed: Part that is there -> its new bytes, in pieces; `()` for one that goes.
        added: New part -> its bytes.
        cells: Title of each tab that was there -> the cells that hold another value from now on.
    """

    changed: dict[str, Iterable[bytes]] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)
    cells: dict[str, Mapping[tuple[int, int], Content]] = field(default_factory=dict)


def graft(parts: Parts, upgrade: Upgrade) -> Grafted:
    """Put what was laid out into the workbook that lacks it.

    Raises:
        ReplicaError: Something that people put there leaves no room, or forbids it.
    """
    return _Graft(parts, upgrade).run()


class _Graft:
    def __init__(self, parts: Parts, upgrade: Upgrade) -> None:
        self.parts, self.upgrade = parts, upgrade
        self.source = Parts(workbook_bytes(upgrade.workbook), parts.path)
        self.styles = styles_of(parts)
        self.looks = Looks(self.styles, self.source)
        self.new = NewParts(parts)
        self.result = Grafted()
        self.tables = [parts.xml(it) for sheet in parts.sheets for it in parts.related(sheet.part, "table")]

    def run(self) -> Grafted:
        places = {sheet.name: sheet for sheet in self.parts.sheets}
        there = {sheet.title: sheet for sheet in self.upgrade.sheets.values()}
        changes, sheets = {}, []
        for page in self.source.sheets:
            if page.name in there:
                tab = _Tab(self, there[page.name], places[page.name], page)
                if tab.change.cells:
                    changes[places[page.name]] = tab.change
                    self.result.cells[page.name] = tab.change.cells
                self.result.changed |= tab.parts
            else:
                sheets.append(self._whole(page))
        self.result.changed |= change_parts(self.parts, changes, self.styles)
        self._list(sheets)
        self.result.changed |= self.new.changed()
        self.result.added = self.new.new()
        return self.result

    def _whole(self, page: SheetPart) -> NewSheet:
        """A tab that is not there yet, with all that belongs to it."""
        part = self.new.take(self.source, page.part, self._adapted)
        number = str(self.source.sheets.index(page))
        names = {
            str(it.get("name")): (it.text or "", it.get("hidden") == "1")
            for it in self.source.xml(self.source.workbook).iter("{*}definedName")
            if it.get("localSheetId") == number
        }
        link = self.new.relate(self.parts.workbook, "worksheet", part)
        return NewSheet(page.name, link, page.state, self.upgrade.behind[page.name], names)

    def _adapted(self, content: bytes) -> bytes:
        """A part of a whole tab, as this workbook wants it."""
        root = etree.fromstring(content)
        match etree.QName(root).localname:
            case "worksheet":
                self.looks.translate(root)
                etree.strip_attributes(root, "tabSelected")
            case "table":
                self._number(root)
            case _:
                return content
        return xml_bytes(root)

    def _number(self, table: etree._Element) -> None:
        """Tables have numbers and names of their own in the whole workbook."""
        taken = {str(it.get(key)).casefold() for it in self.tables for key in ("name", "displayName")}
        taken |= {name.casefold() for name in self.parts.names}
        name = str(table.get("displayName"))
        while name.casefold() in taken:
            name += "_"
        for key in ("name", "displayName"):
            table.set(key, name)
        table.set("id", str(max((int(it.get("id", "0")) for it in self.tables), default=0) + 1))
        self.tables.append(table)

    def _list(self, sheets: list[NewSheet]) -> None:
        """The new sheets and names in the part that lists them."""
        known, part = self.parts.names, self.parts.workbook
        names = {
            it: text for it, text in self.source.names.items() if "!" not in it and known.get(it) != text
        }
        if not sheets and not names:
            return
        content = b"".join(self.result.changed.get(part) or [self.parts.read(part)])
        book = Book(content, str(self.parts.path))
        for sheet in sheets:
            book.add_sheet(sheet)
        for name, formula in names.items():
            book.set_name(name, formula)
        self.result.changed[part] = [book.content()]


class _Tab:
    """What one tab gets that is there already: the change of its sheet and of what belongs to it."""

    def __init__(self, whole: _Graft, sheet: Sheet, place: SheetPart, page: SheetPart) -> None:
        self.whole, self.sheet, self.place, self.page = whole, sheet, place, page
        self.anew = page.name in whole.upgrade.anew
        self.down = sheet.header_row - HEADER_ROW
        self.root = whole.source.xml(page.part)
        whole.looks.translate(self.root)
        notes = Notes(whole.new, place.part, whole.source, page.part, self.down)
        charts = Charts(whole.new, place.part, sheet.title, whole.source, page.part)
        self.links = {"drawing": charts.drawing, "legacyDrawing": notes.boxes}
        self.parts: dict[str, Iterable[bytes]] = {**notes.changed, **charts.changed}
        self.change = Change(self._old_cells() if self.anew else {}, head=self._head, tail=self._tail)
        self.change.styles.update(dict.fromkeys(self.change.cells, 0))
        self._write_cells()
        self._widen_table()

    def _old_cells(self) -> dict[tuple[int, int], Content]:
        """Cells of a tab that is laid out anew: all are emptied, people's formulas aside."""
        cells = self.whole.parts.xml(self.place.part).iter("{*}c")
        places = [coordinate_to_tuple(str(it.get("r"))) for it in cells if it.find("{*}f") is None]
        return {place: None for place in places if place not in self.sheet.grid.formulas}

    def _write_cells(self) -> None:
        for cell in self.root.iter("{*}c"):
            row, column = coordinate_to_tuple(str(cell.get("r")))
            place = row + self.down * (row > KEY_ROW), column
            value, style = "".join(map(str, cell.itertext())) or None, int(cell.get("s", "0"))
            if place in self.sheet.grid.formulas:
                continue
            if not style and value == self.sheet.grid.value(*place):
                self.change.cells.pop(place, None)  # it stays what it is
            else:
                self.change.cells[place], self.change.styles[place] = value, style
        for each in self.root.iter("{*}row"):
            if height := each.get("ht"):
                self.change.heights[int(each.get("r", "0")) + self.down] = float(height)

    def _head(self, head: bytes, prefix: bytes) -> bytes:
        """Widths and styles of the columns that come in."""
        columns: dict[int, bytes] = {}
        for each in self.root.iter("{*}col"):
            facts = " ".join(f'{key}="{value}"' for key in _COLUMN_FACTS if (value := each.get(key))).encode()
            run = range(int(each.get("min", "0")), int(each.get("max", "0")) + 1)
            columns |= {number: facts for number in run if number > self.sheet.grid.width}
        return with_columns(head, columns, prefix) if columns else head

    def _tail(self, tail: bytes, prefix: bytes) -> bytes:
        """What comes in behind the rows."""
        if self.anew:
            tail = without(without(tail, "conditionalFormatting"), "rowBreaks")
            for breaks in self.root.iterfind("{*}rowBreaks"):
                tail = placed(tail, "rowBreaks", spelled(breaks, prefix), prefix)
        lowest = max((int(it) for it in _PRIORITY.findall(tail)), default=0)
        for each in self.root.iterfind("{*}conditionalFormatting"):
            for rule in each:
                rule.set("priority", str(int(rule.get("priority", "0")) + lowest))
            tail = placed(tail, "conditionalFormatting", self._lowered(each, prefix), prefix)
        guards = [self._lowered(it, prefix) for it in self.root.iter("{*}dataValidation")]
        tail = listed(tail, "dataValidations", guards, prefix)
        namespace = _STRICT_DOCUMENT if self.whole.parts.strict else _DOCUMENT
        for name, link in self.links.items():
            if link:
                leads = b'<%s%s xmlns:r="%s" r:id="%s"/>' % (prefix, name.encode(), namespace, link.encode())
                tail = placed(tail, name, leads, prefix)
        return tail

    def _lowered(self, element: etree._Element, prefix: bytes) -> bytes:
        """A validation or format as it stands here, where the header may stand lower."""
        element.set("sqref", _ROW.sub(lambda it: str(int(it[0]) + self.down), str(element.get("sqref"))))
        for formula in element.iter("{*}formula", "{*}formula1", "{*}formula2"):
            formula.text = lowered(formula.text or "", self.down)
        return spelled(element, prefix)

    def _widen_table(self) -> None:
        """Let the table reach to the last header, columns that people put beside it included."""
        right = max((column for _, column in self.change.cells), default=0)
        if right <= self.sheet.grid.width:
            return
        row, tables = self.sheet.header_row, self.whole.parts.related(self.place.part, "table")
        for part in tables:
            content = self.whole.parts.read(part)
            left, top, _, bottom = table_area(content)
            if is_ours(content, row, self.sheet.margin_column):
                self._refuse_table_beside([it for it in tables if it != part], left)
                numbers = range(left, right + 1)
                headers = [self.change.cells.get((row, it), self.sheet.grid.value(row, it)) for it in numbers]
                self._refuse_headers(headers, left)
                new = changed_table(content, (left, top, right, bottom), [str(it) for it in headers])
                self.parts |= {part: [new]} if new else {}

    def _refuse_headers(self, headers: list[Content], left: int) -> None:
        for number, header in enumerate(headers, start=left):
            if not isinstance(header, str) or headers.count(header) > 1:
                address = f"{get_column_letter(number)}{self.sheet.header_row}"
                raise self._no_room(f"cell {address} beside it needs a header of its own")

    def _refuse_table_beside(self, others: list[str], left: int) -> None:
        for other in others:
            begins, top, _, bottom = table_area(self.whole.parts.read(other))
            if begins > left and top <= len(self.sheet.grid.rows) and bottom >= self.sheet.header_row:
                raise self._no_room("another table stands right of it")

    def _no_room(self, why: str) -> ReplicaError:
        return ReplicaError(
            f'The table on tab "{self.sheet.title}" cannot take a new column: {why}.',
            "Mend that, or move what stands there to another tab, and provision again.",
        )
