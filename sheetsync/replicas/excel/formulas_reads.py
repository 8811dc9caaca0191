"""What a formula reads: its places, names and tables, as areas of sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sheetsync.replicas.excel.formulas_cells import FormulaCell
from sheetsync.replicas.excel.formulas_text import OPERAND, Rectangle, rectangle, shifted

_INNERMOST = re.compile(r"\[((?:[^\[\]']|'.)*)\]", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_DEEPEST = 64  # names that lead to names

#: Sheet, reference of the whole table with header and totals, names of its columns.
Table = tuple[str, str, Sequence[str]]


class Area(NamedTuple):
    """Cells of one sheet."""

    sheet: str
    place: Rectangle


class Scope:
    """What the words in a workbook's formulas stand for. Sheets, names, tables and columns know no case.

    Args:
        names: Defined names -> their formulas; a name that only one sheet knows stands under `Sheet!Name`.
        tables: Table names -> the tables.
        sheets: All sheets from first to last, for references through several of them.
    """

    def __init__(self, names: Mapping[str, str], tables: Mapping[str, Table], sheets: Sequence[str]) -> None:
        self._names = {name.casefold(): text.removeprefix("=") for name, text in names.items()}
        self._tables = {name.casefold(): FoundTable.of(table) for name, table in tables.items()}
        self._words = {key.rpartition("!")[2] for key in self._names} | set(self._tables)
        self._sheets = [sheet.casefold() for sheet in sheets]
        self._prefixes: dict[str, list[str]] = {}

    def areas(self, cell: FormulaCell) -> list[Area]:
        """Everything the formula reads; nothing where its text is broken."""
        return _Reading(self, cell).areas(cell.text.removeprefix("="))

    def sheets(self, prefix: str) -> list[str]:
        """Sheets that a prefix such as `'My Sheet'!` or `First:Last!` means; none of other workbooks."""
        if prefix not in self._prefixes:
            self._prefixes[prefix] = self._find_sheets(prefix)
        return self._prefixes[prefix]

    def _find_sheets(self, prefix: str) -> list[str]:
        said = prefix[:-1]
        if said.startswith("'"):
            said = said[1:-1].replace("''", "'")
        said = said.removeprefix("[0]").casefold()
        if "[" in said:
            return []
        first, through, last = said.partition(":")
        if not through:
            return [said]
        if first not in self._sheets or last not in self._sheets:
            return self._sheets
        start, end = sorted((self._sheets.index(first), self._sheets.index(last)))
        return self._sheets[start : end + 1]

    def knows(self, word: str) -> bool:
        """Whether a word is a name or a table; most are functions."""
        return word.casefold() in self._words

    def name(self, name: str, sheet: str) -> str | None:
        """The formula of a name as a sheet knows it."""
        key = name.casefold()
        return self._names.get(f"{sheet}!{key}", self._names.get(key))

    def table(self, name: str) -> FoundTable | None:
        """A table by its name."""
        return self._tables.get(name.casefold())

    def table_around(self, sheet: str, row: int, column: int) -> FoundTable | None:
        """The table that a cell belongs to."""
        for table in self._tables.values():
            top, left, bottom, right = table.place
            if table.sheet == sheet and top <= row <= bottom and left <= column <= right:
                return table
        return None


class FoundTable(NamedTuple):
    """A table where it lies; each column's name -> its number in the table, from 0."""

    sheet: str
    place: Rectangle
    columns: dict[str, int]

    @classmethod
    def of(cls, table: Table) -> FoundTable:
        """A table whose reference cannot be read lies nowhere."""
        sheet, ref, columns = table
        place = rectangle(ref) or Rectangle(0, 0, 0, 0)
        return cls(sheet.casefold(), place, {name.casefold(): at for at, name in enumerate(columns)})

    def part(self, items: str, row: int) -> Rectangle | None:
        """Cells that `[Column]`, `[[#All],[First]:[Last]]` or `[@Column]` means in a row of the sheet.

        Without `#All` the header and the totals count too: a table may have neither.
        """
        said = _INNERMOST.findall(items)
        marks = {it.casefold() for it in said if it.startswith("#")}
        if items.startswith("[@") or "#this row" in marks:
            if not self.place.top <= row <= self.place.bottom:
                return None
            rows = row, row
        elif marks == {"#headers"}:
            rows = self.place.top, self.place.top
        elif marks == {"#totals"}:
            rows = self.place.bottom, self.place.bottom
        else:
            rows = self.place.top, self.place.bottom
        left, right = self._columns([it.removeprefix("@") for it in said if not it.startswith("#")])
        return Rectangle(rows[0], left, rows[1], right)

    def _columns(self, said: list[str]) -> tuple[int, int]:
        """First and last column; all of them where none is named or one is not known."""
        keys = [_ESCAPED.sub(r"\1", it).casefold() for it in said if it]
        if not keys or any(key not in self.columns for key in keys):
            return self.place.left, self.place.right
        found = [self.place.left + self.columns[key] for key in keys]
        return min(found), max(found)


class _Reading:
    """One cell's formula, and the names that it uses, each followed once. Sheets are known by their key."""

    def __init__(self, scope: Scope, cell: FormulaCell) -> None:
        self.scope, self.row, self.column = scope, cell.row, cell.column
        self.sheet = cell.sheet.casefold()
        self.followed: dict[tuple[str, str], list[Area]] = {}

    def areas(self, text: str, depth: int = 0) -> list[Area]:
        areas: list[Area] = []
        end, before = -1, areas
        for operand in OPERAND.finditer(text):
            if operand["broken"]:
                return []
            found = self._meant(operand, depth)
            if end == operand.start() - 1 and text[end] == ":":
                found = _spanned(before, found)
            end, before = operand.end(), found
            areas += found
        return areas

    def _meant(self, operand: re.Match[str], depth: int) -> list[Area]:
        prefix, place, name, items, own = operand.group("sheets", "place", "name", "items", "own")
        if place and (found := rectangle(place)):
            return [Area(sheet, found) for sheet in self._sheets(prefix)]
        if own:
            return self._part(self.scope.table_around(self.sheet, self.row, self.column), own)
        name = name or place  # XFE1 is no place, so it is a name
        if name and self.scope.knows(name):
            table = self.scope.table(name)
            return self._part(table, items or "") if table else self._follow(prefix, name, depth)
        return []

    def _sheets(self, prefix: str | None) -> list[str]:
        return [it or self.sheet for it in self.scope.sheets(prefix)] if prefix else [self.sheet]

    def _part(self, table: FoundTable | None, items: str) -> list[Area]:
        found = table.part(items, self.row) if table else None
        return [Area(table.sheet, found)] if table and found else []

    def _follow(self, prefix: str | None, name: str, depth: int) -> list[Area]:
        for sheet in self._sheets(prefix):
            text = self.scope.name(name, sheet)
            if text is not None and depth < _DEEPEST:
                return self._followed(sheet, name, text, depth)
        return []

    def _followed(self, sheet: str, name: str, text: str, depth: int) -> list[Area]:
        """A name's references without `$` are meant as seen from A1."""
        key = sheet, name
        if key not in self.followed:
            self.followed[key] = []  # where the name leads back to itself
            here = shifted(text, self.row - 1, self.column - 1)
            self.followed[key] = list(dict.fromkeys(self.areas(here, depth + 1)))
        return self.followed[key]


def _spanned(first: list[Area], last: list[Area]) -> list[Area]:
    """`First:Last` between names, or places with their sheets, is all that lies between them."""
    if not first or not last or first[0].sheet != last[0].sheet:
        return last
    tops, lefts, bottoms, rights = zip(*(it.place for it in (*first, *last)), strict=True)
    return [Area(first[0].sheet, Rectangle(min(tops), min(lefts), max(bottoms), max(rights)))]
