"""The merged program as rules, metrics and milestones see it: typed, read-only, all workbooks together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sheetsync.core.model import Column, Tab, TabKind, Template
from sheetsync.core.settings import MailSettings, Settings
from sheetsync.core.values import Value, show

_SEPARATORS = re.compile(r"[,;\n]")


def split_many(value: Value) -> tuple[str, ...]:
    """The parts of a cell that holds several values ("Explore, Partner"), trimmed, blanks left out."""
    return tuple(part for part in (part.strip() for part in _SEPARATORS.split(show(value))) if part)


def fold(text: str) -> str:
    """Text for comparing names: case and runs of white space do not count."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table.

    Attributes:
        id: Row id.
        values: Canonical values by column key; empty cells may be missing.
    """

    id: str
    values: Mapping[str, Value]

    def value(self, column: str) -> Value:
        """The cell's value, `None` where it is empty."""
        return self.values.get(column)

    def text(self, column: str) -> str:
        """The cell as trimmed text, "" where it is empty."""
        return show(self.values.get(column)).strip()

    def many(self, column: str) -> tuple[str, ...]:
        """The parts of a cell that holds several values."""
        return split_many(self.values.get(column))

    def number(self, column: str) -> float | None:
        """The cell's number, `None` where it holds none."""
        value = self.values.get(column)
        return value if isinstance(value, (int, float)) else None

    def date(self, column: str) -> date | None:
        """The cell's day, `None` where it holds no date."""
        value = self.values.get(column)
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None

    def is_any(self, column: str, *values: str) -> bool:
        """Whether the cell (or one of its several values) is among `values`; case does not count."""
        wanted = {fold(value) for value in values}
        return any(fold(part) in wanted for part in (*self.many(column), self.text(column)))


@dataclass(frozen=True)
class Book:
    """One merged workbook.

    Attributes:
        name: The workbook's name in the program.
        template: What it was made from, with the program's own allowed values added.
        tabs: Records by tab key, in the order of the first replica; of a form, one record a setting.
    """

    name: str
    template: Template
    tabs: Mapping[str, tuple[Record, ...]]

    def records(self, tab: str) -> tuple[Record, ...]:
        """The records of a tab, none where the workbook has no such tab."""
        return self.tabs.get(tab, ())

    @cached_property
    def settings(self) -> Record:
        """All settings of the workbook's forms as one record: setting key -> value."""
        values = {
            record.id: record.value("value")
            for tab in self.template.tab
            if tab.kind is TabKind.FORM
            for record in self.records(tab.key)
        }
        return Record("", values)

    def label(self, tab: Tab, record: Record) -> str:
        """How a person names a record: "Ana Ruiz", "2026-03-04 Kick-off"; "" where it has no name yet."""
        return " ".join(filter(None, (record.text(column) for column in tab.naming)))

    def called(self, tab: Tab, record: Record) -> str:
        """What a message calls a record: its name, or "member without a name"."""
        return self.label(tab, record) or f"{tab.noun} without a name"


@dataclass(frozen=True)
class View:
    """All merged workbooks of a program at one moment.

    Attributes:
        now: The one reading of the clock of this pass, local time without a zone.
        previous_run: When the last pass ended, `None` on the first.
        open_conflicts: Held cells, by workbook name.
        observations: What reading and merging noticed (D006, D007, D011), see `Observation`.
    """

    program: str
    books: tuple[Book, ...]
    now: datetime
    settings: Settings = field(default_factory=Settings)
    mail: MailSettings = field(default_factory=MailSettings)
    previous_run: datetime | None = None
    next_run: datetime | None = None
    open_conflicts: Mapping[str, int] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()

    @property
    def today(self) -> date:
        return self.now.date()

    def book(self, template: str) -> Book | None:
        """The first workbook made from a template (by key), if the program has one."""
        return next((book for book in self.books if book.template.key == template), None)

    def records(self, tab: str) -> tuple[Record, ...]:
        """The records of a tab, wherever in the program it is; for tabs that one template has."""
        return tuple(record for book in self.books for record in book.records(tab))

    def setting(self, key: str) -> Record:
        """A record with the settings of the first workbook whose form has this setting."""
        for book in self.books:
            if key in book.settings.values:
                return book.settings
        return Record("", {})

    def resolve(self, book: Book, target: str) -> tuple[Book, Tab] | None:
        """The workbook and tab a reference's `target` means, `None` where the program lacks it."""
        template, _, tab = target.rpartition("/")
        owner = self.book(template) if template else book
        return (owner, owner.template.tabs[tab]) if owner and tab in owner.template.tabs else None

    def find(self, book: Book, target: str, name: str) -> tuple[Record, ...]:
        """The records that a reference's text names: one where all is well."""
        index = self._labels(book, target)
        return index.get(fold(name), ())

    def labels(self, book: Book, target: str) -> tuple[str, ...]:
        """The names a reference to `target` may hold, in order."""
        found = self.resolve(book, target)
        if found is None:
            return ()
        owner, tab = found
        names = (owner.label(tab, record) for record in owner.records(tab.key))
        return tuple(dict.fromkeys(filter(None, names)))

    def _labels(self, book: Book, target: str) -> Mapping[str, tuple[Record, ...]]:
        found = self.resolve(book, target)
        if found is None:
            return {}
        owner, tab = found
        return self._index.get((owner.name, tab.key), {})

    @cached_property
    def worked_out(self) -> dict[tuple[str, ...], Any]:
        """What one rule worked out over all records and others need too; it lives as long as this view."""
        return {}

    @cached_property
    def _index(self) -> dict[tuple[str, str], dict[str, tuple[Record, ...]]]:
        index: dict[tuple[str, str], dict[str, tuple[Record, ...]]] = {}
        for book in self.books:
            for tab in book.template.tab:
                names = index.setdefault((book.name, tab.key), {})
                for record in book.records(tab.key):
                    if key := fold(book.label(tab, record)):
                        names[key] = (*names.get(key, ()), record)
        return index


@dataclass(frozen=True, slots=True)
class Observation:
    """Something reading or merging noticed that a rule of that code reports.

    Attributes:
        code: D006, D007, D011 or P001.
        workbook: Name in the program.
        row_id, column: Where in the tab; empty for the tab as a whole.
        place: The copy and the cell ("b.xlsx W2"), of what stands in one copy alone.
    """

    code: str
    workbook: str
    tab: str
    message: str
    do: str = ""
    row_id: str = ""
    column: str = ""
    place: str = ""


def columns_of_type(tab: Tab, *types: str) -> Iterator[Column]:
    """The columns of a table people fill, of the given types."""
    return (column for column in tab.column if column.type in types and not column.computed)
