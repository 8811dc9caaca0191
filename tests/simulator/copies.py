"""The kinds of copies that histories are played on; a new kind is one small class."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from sheetsync.core.plan import Row, Snapshot
from sheetsync.core.values import Value, canonical
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.layout import FIRST_ROW, ID_HEADER, Margin
from sheetsync.replicas.memory import MemoryReplica
from sheetsync.replicas.replica import Replica
from simulator.page import MINE, Line, Page

TAB, TITLE = "people", "People"
#: The form, and the setting in its first row.
FORM, GOAL = "frame", "goal"


class Copy(Protocol):
    """One copy, from the side of the people who work in it."""

    replica: Replica

    def page(self) -> Page:
        """What people see."""

    def save(self, page: Page) -> None:
        """Save what people made of it."""

    def goal(self) -> Value:
        """What people see of the one setting they change in the form."""

    def set_goal(self, value: Value) -> None:
        """Type into the form."""

    def keep(self) -> object:
        """The whole copy as it is, to be put back one day."""

    def put_back(self, kept: object) -> None:
        """An older save, or a backup, takes the copy's place."""


class MemoryCopy:
    """A copy in memory."""

    def __init__(self, name: str, start: Snapshot) -> None:
        self.replica = MemoryReplica(name, replace(start, version="0"))

    def page(self) -> Page:
        tab = self.replica.snapshot.tabs[TAB]
        end = max((row.position for row in tab.rows), default=-1) + 1
        lines = [Line() for _ in range(end)]
        for row in tab.rows:
            lines[row.position] = Line(row.id, dict(row.values), row.own.get(MINE))
        return Page(tab.stamp, dict(tab.labels), lines)

    def save(self, page: Page) -> None:
        rows = tuple(
            Row(line.id, at, dict(line.values), own={} if line.own is None else {MINE: line.own})
            for at, line in enumerate(page.lines)
            if line
        )
        now = self.replica.snapshot
        tab = replace(now.tabs[TAB], stamp=page.stamp, rows=rows, labels=dict(page.labels))
        self.put_back(replace(now, tabs={**now.tabs, TAB: tab}))

    def goal(self) -> Value:
        (row,) = [row for row in self.replica.snapshot.tabs[FORM].rows if row.id == GOAL]
        return row.values.get("value")

    def set_goal(self, value: Value) -> None:
        now = self.replica.snapshot
        rows = (replace(it, values={"value": value}) if it.id == GOAL else it for it in now.tabs[FORM].rows)
        self.put_back(replace(now, tabs={**now.tabs, FORM: replace(now.tabs[FORM], rows=tuple(rows))}))

    def keep(self) -> object:
        return self.replica.snapshot

    def put_back(self, kept: object) -> None:
        assert isinstance(kept, Snapshot)
        version = int(self.replica.snapshot.version) + 1
        self.replica.snapshot = replace(kept, version=str(version))


class ExcelCopy:
    """A copy in a real Excel file.

    People's saves are written here without openpyxl and without the code under test, in a few milliseconds.
    """

    def __init__(self, name: str, path: Path, backups: Path) -> None:
        self.path = path
        self.replica = ExcelReplica(name, path, backups)

    def page(self) -> Page:
        found = CalamineWorkbook.from_path(str(self.path)).get_sheet_by_name(TITLE)
        (margin, *keys), (_, *labels), *rows = found.to_python(skip_empty_area=False)
        facts = Margin.parse(margin)
        assert facts is not None
        lines = [
            Line(
                str(row_id),
                {
                    str(key): value
                    for key, raw in zip(keys, cells, strict=True)
                    if key and (value := canonical(raw)) is not None
                },
                next(
                    (canonical(raw) for label, raw in zip(labels, cells, strict=True) if label == MINE), None
                ),
            )
            for row_id, *cells in rows
        ]
        while lines and not lines[-1]:
            lines.pop()
        words = dict(zip(map(str, keys), map(str, labels), strict=True))
        return Page(facts.stamp, {key: label for key, label in words.items() if key}, lines)

    def save(self, page: Page) -> None:
        self._change(
            {
                "sheet3.xml": lambda xml: _with_lines(xml, page),
                "table1.xml": lambda xml: _with_columns(xml, page),
            }
        )

    def goal(self) -> Value:
        found = CalamineWorkbook.from_path(str(self.path)).get_sheet_by_name("Frame")
        return next(canonical(row[2]) for row in found.to_python(skip_empty_area=False) if row[0] == GOAL)

    def set_goal(self, value: Value) -> None:
        text = _text(FIRST_ROW, 3, str(value))
        self._change({"sheet2.xml": lambda xml: re.sub(r'<c r="C3"[^>]*?(/>|>.*?</c>)', text, xml)})

    def _change(self, changes: Mapping[str, Callable[[str], str]]) -> None:
        """Change some of the parts, by the end of their names."""
        with zipfile.ZipFile(self.path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        for part, change in changes.items():
            (name,) = [it for it in parts if it.endswith(part)]
            parts[name] = change(parts[name].decode()).encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            for it, content in parts.items():
                package.writestr(zipfile.ZipInfo(it), content)
        self.path.write_bytes(packed.getvalue())

    def keep(self) -> object:
        return self.path.read_bytes()

    def put_back(self, kept: object) -> None:
        assert isinstance(kept, bytes)
        self.path.write_bytes(kept)


def _with_lines(xml: str, page: Page) -> str:
    margin = re.search(r"sheetsync \{.*?\}", xml)
    assert margin is not None
    stamp = re.sub(r'("stamp"|&quot;stamp&quot;):\d+', rf"\1:{page.stamp}", margin.group())
    rows = [f'<row r="1" hidden="1">{_text(1, 1, stamp, raw=True)}{_cells(1, page.labels)}</row>']
    rows.append(f'<row r="2">{_text(2, 1, ID_HEADER)}{_cells(2, [*page.labels.values(), MINE])}</row>')
    for number, line in enumerate(page.lines, start=FIRST_ROW):
        cells = _text(number, 1, line.id) if line.id else ""
        cells += _cells(number, [*(line.values.get(key) for key in page.labels), line.own])
        rows.append(f'<row r="{number}">{cells}</row>')
    start, end = xml.index("<sheetData>"), xml.index("</sheetData>")
    last = f"{get_column_letter(len(page.labels) + 2)}{len(page.lines) + FIRST_ROW - 1}"
    xml = xml[:start] + "<sheetData>" + "".join(rows) + xml[end:]
    return re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', xml)


def _cells(number: int, values: object) -> str:
    assert hasattr(values, "__iter__")
    found = enumerate(values, start=2)
    return "".join(_cell(number, column, value) for column, value in found if value is not None)


def _cell(number: int, column: int, value: Value) -> str:
    if isinstance(value, (int, float)):
        return f'<c r="{get_column_letter(column)}{number}"><v>{value}</v></c>'
    return _text(number, column, str(value))


def _text(number: int, column: int, text: str, *, raw: bool = False) -> str:
    content = text if raw else escape(text)
    return (
        f'<c r="{get_column_letter(column)}{number}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{content}</t></is></c>'
    )


def _with_columns(xml: str, page: Page) -> str:
    ref = f"A2:{get_column_letter(len(page.labels) + 2)}{max(FIRST_ROW, FIRST_ROW - 1 + len(page.lines))}"
    columns = "".join(
        f'<tableColumn id="{number}" name="{escape(name)}"/>'
        for number, name in enumerate((ID_HEADER, *page.labels.values(), MINE), start=1)
    )
    xml = re.sub(r'ref="A2:\w+"', f'ref="{ref}"', xml)
    return re.sub(
        r"<tableColumns.*</tableColumns>",
        f'<tableColumns count="{len(page.labels) + 2}">{columns}</tableColumns>',
        xml,
    )
