"""A person at the spreadsheet, between any two calls: what people do in the browser, for tests."""

from __future__ import annotations

from typing import Any

from . import values
from .addresses import locate
from .cells import as_value
from .formulas.evaluate import calculation
from .model import Sheet, Spreadsheet
from .requests import Batch, run
from .world import File, World

Json = dict[str, Any]


class Human:
    """The owner of a spreadsheet, who may do everything. Rows and columns count from 1, as people count."""

    def __init__(self, world: World, file: File) -> None:
        self.world, self.file = world, file

    @property
    def book(self) -> Spreadsheet:
        assert self.file.spreadsheet is not None
        return self.file.spreadsheet

    def tab(self, title: str) -> Sheet:
        sheet = self.book.titled(title)
        if sheet is None:
            raise KeyError(f"no tab {title!r}; there are {[known.title for known in self.book.sheets]}")
        return sheet

    def do(self, *requests: Json) -> list[Json]:
        """Requests of `batchUpdate`, as the owner."""
        with self.world.lock:
            replies = run(Batch(self.book, self.file.owner, True, self.world.now), list(requests))
            self.file.name = self.book.properties["title"]
            self.world.touch(self.file)
            return replies

    def type(self, where: str, *rows: list[Any] | Any) -> None:
        """Type values from a cell on: a value, or rows of values, read as a person's typing."""
        lines = [row if isinstance(row, list) else [row] for row in rows]
        with self.world.lock:
            now = self.world.now.date()
            values.update(self.book, where, {"values": lines}, {"valueInputOption": "USER_ENTERED"}, now)
            self.world.touch(self.file)

    def read(self, where: str, render: str = "UNFORMATTED_VALUE") -> Any:
        """The value of a cell, or the rows of an area, as typed data or with render="FORMULA" as formulas."""
        sheet, area = locate(self.book, where)
        whole = sheet.inside(area)
        worked = calculation(self.book, self.world.now)
        found = [
            [
                as_value(worked, sheet, (row, column), render, "SERIAL_NUMBER")
                for column in range(whole.column or 0, whole.column_end or 0)
            ]
            for row in range(whole.row or 0, whole.row_end or 0)
        ]
        return found[0][0] if len(found) == 1 and len(found[0]) == 1 else found

    def sort(self, where: str, column: int, *, descending: bool = False) -> None:
        """Sort an area by a column of the sheet."""
        sheet, area = locate(self.book, where)
        order = "DESCENDING" if descending else "ASCENDING"
        specs = [{"dimensionIndex": column - 1, "sortOrder": order}]
        self.do({"sortRange": {"range": sheet.inside(area).grid_range(sheet.id), "sortSpecs": specs}})

    def span(self, title: str, dimension: str, first: int, count: int) -> Json:
        owner = {"sheetId": self.tab(title).id, "dimension": dimension}
        return owner | {"startIndex": first - 1, "endIndex": first - 1 + count}

    def insert_rows(self, title: str, before: int, count: int = 1) -> None:
        self.do({"insertDimension": {"range": self.span(title, "ROWS", before, count)}})

    def delete_rows(self, title: str, first: int, count: int = 1) -> None:
        self.do({"deleteDimension": {"range": self.span(title, "ROWS", first, count)}})

    def move_rows(self, title: str, first: int, count: int, before: int) -> None:
        source = self.span(title, "ROWS", first, count)
        self.do({"moveDimension": {"source": source, "destinationIndex": before - 1}})

    def insert_columns(self, title: str, before: int, count: int = 1) -> None:
        self.do({"insertDimension": {"range": self.span(title, "COLUMNS", before, count)}})

    def delete_columns(self, title: str, first: int, count: int = 1) -> None:
        self.do({"deleteDimension": {"range": self.span(title, "COLUMNS", first, count)}})

    def rename_tab(self, title: str, new: str) -> None:
        properties = {"sheetId": self.tab(title).id, "title": new}
        self.do({"updateSheetProperties": {"properties": properties, "fields": "title"}})

    def duplicate_tab(self, title: str, new: str) -> None:
        self.do({"duplicateSheet": {"sourceSheetId": self.tab(title).id, "newSheetName": new}})

    def delete_tab(self, title: str) -> None:
        self.do({"deleteSheet": {"sheetId": self.tab(title).id}})

    def protect(self, where: str, *editors: str) -> None:
        """Keep everybody but the owner and these editors out of an area."""
        sheet, area = locate(self.book, where)
        entry = {"range": area.grid_range(sheet.id), "editors": {"users": list(editors)}}
        self.do({"addProtectedRange": {"protectedRange": entry}})

    def trash(self, trashed: bool = True) -> None:
        with self.world.lock:
            self.file.trashed = trashed
            self.world.touch(self.file)

    def delete(self) -> None:
        with self.world.lock:
            self.world.remove(self.file)

    def share(self, email: str, role: str = "writer") -> None:
        """Let somebody in; an account that is in already gets the new role."""
        from .world import permission

        with self.world.lock:
            kept = [entry for entry in self.file.permissions if entry.get("emailAddress") != email]
            self.file.permissions = [*kept, permission(email, role)]

    def unshare(self, email: str) -> None:
        with self.world.lock:
            self.file.permissions = [e for e in self.file.permissions if e.get("emailAddress") != email]
