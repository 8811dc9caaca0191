"""What a template declares: a kind of workbook with its tabs, columns, guidance, charts and links.

These are plain frozen dataclasses; `sheetsync.catalog` reads them from TOML and checks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

#: Read by the checker of template files: an unknown key is an error, not a silent loss.
_STRICT: dict[str, Any] = {"extra": "forbid"}


class ColumnType(StrEnum):
    """What the cells of a column hold; `choices` and `references` are several, separated by commas."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    REFERENCES = "references"
    DATE = "date"
    NUMBER = "number"
    INTEGER = "integer"
    EMAIL = "email"
    URL = "url"


class TabKind(StrEnum):
    """Guide: text to read. Form: one value a row. Table: records. Status: what sheetsync writes."""

    GUIDE = "guide"
    FORM = "form"
    TABLE = "table"
    STATUS = "status"


class ChartKind(StrEnum):
    """The native chart that is drawn over a status block; `heat` colours the cells instead."""

    NONE = "none"
    BAR = "bar"
    STACKED = "stacked"
    LINE = "line"
    HEAT = "heat"


@dataclass(frozen=True)
class Column:
    """A column of a table, or one setting (a row) of a form.

    Attributes:
        key: Name in code, in the margin and in the ledger; lower case with underscores.
        label: The header people see first; they may change it.
        values: Allowed values of a choice; a program may add more where `extendable`.
        target: Of a reference: `tab` in the same workbook, or `template/tab` in another one.
        computed: Written by sheetsync, grey, never read.
        hidden: Not shown at first (an optional column); anybody may unhide it.
        switch: Left out of the workbook unless the program switches it on.
        unique: Two new rows with the same value here are one record.
        note: Guidance on the header, in our own words.
        practices: Numbers of the practices it carries (M1-M48, W1-W71, C1-C29).
        aliases: Other headers under which `sheetsync import` finds this column.
        width: In characters of the default font.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    key: str
    label: str
    type: ColumnType = ColumnType.TEXT
    values: tuple[str, ...] = ()
    extendable: bool = False
    target: str = ""
    required: bool = False
    unique: bool = False
    computed: bool = False
    hidden: bool = False
    switch: bool = False
    default: str = ""
    note: str = ""
    practices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    width: float = 16

    @property
    def many(self) -> bool:
        """Whether a cell holds several values, separated by commas."""
        return self.type in (ColumnType.CHOICES, ColumnType.REFERENCES)


@dataclass(frozen=True)
class Line:
    """One line of a guide tab: a heading, a paragraph, a prompt, or a link."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    text: str
    style: str = "text"  # title, lead, heading, text, step, prompt, link
    url: str = ""
    practices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A block of a status tab: which metric stands there, how many rows it keeps, and its chart."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    metric: str
    title: str
    rows: int
    chart: ChartKind = ChartKind.NONE
    note: str = ""
    practices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tab:
    """One tab of a workbook.

    Attributes:
        key: Name in code, margin and ledger.
        natural_key: Columns that tell records apart for a person (D005, adoption of ids, import).
        label: Columns whose text names a record in references and messages; default the natural key.
        noun: What one record is called in a message ("stakeholder").
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    key: str
    title: str
    kind: TabKind
    about: str = ""
    noun: str = "row"
    natural_key: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    column: tuple[Column, ...] = ()
    line: tuple[Line, ...] = ()
    block: tuple[Block, ...] = ()
    practices: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Columns (of a form: its settings) by key, in order."""
        return {column.key: column for column in self.column}

    def called(self, headers: Mapping[str, object]) -> Tab:
        """The tab with the headers that people gave its columns, by key; what it calls them is an alias."""
        if headers.keys().isdisjoint(self.columns):
            return self
        renamed = (
            replace(it, label=str(headers[it.key]), aliases=(it.label, *it.aliases))
            if it.key in headers
            else it
            for it in self.column
        )
        return replace(self, column=tuple(renamed))

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns whose text names a record."""
        return self.label or self.natural_key

    @property
    def synced(self) -> bool:
        """Whether people's values are read from this tab."""
        return self.kind in (TabKind.FORM, TabKind.TABLE)


@dataclass(frozen=True)
class LinkField:
    """One field of a link: a column here, the column over there, and whether changes flow back."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    source: str  # "next_step", or "stakeholder.owner": through a reference
    target: str
    one_way: bool = False


@dataclass(frozen=True)
class Link:
    """A record here that stands for a record in another workbook (a next step that is an action).

    Attributes:
        key: Name of the link in the ledger.
        tab: Tab of this workbook the source records are in.
        target: `template/tab` of the linked records.
        needs: Columns of the source that must be filled before the linked record is made.
        fields: What is kept equal on both sides.
        state: The field (a `target` column) that tells open from closed.
        open: Value of `state` while open; an empty cell means the same.
        preset: What the linked record starts with, by column.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    key: str
    tab: str
    target: str
    needs: tuple[str, ...]
    fields: tuple[LinkField, ...]
    state: str
    open: str = "open"
    preset: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A kind of workbook.

    Attributes:
        version: Raised when tabs or columns are added; `provision` upgrades older workbooks.
        accent: The workbook's one accent colour, `RRGGBB`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    key: str
    title: str
    version: int
    about: str
    accent: str = "1F5F8B"
    tab: tuple[Tab, ...] = ()
    link: tuple[Link, ...] = ()
    practices: tuple[str, ...] = ()

    @cached_property
    def tabs(self) -> dict[str, Tab]:
        """Tabs by key, in order."""
        return {tab.key: tab for tab in self.tab}

    def called(self, headers: Mapping[str, Mapping[str, object]]) -> Template:
        """The template with the headers that people gave its columns: tab key -> column key -> header."""
        return replace(self, tab=tuple(it.called(headers.get(it.key, {})) for it in self.tab))

    def texts(self) -> frozenset[str]:
        """Every text that it puts into a workbook."""
        return frozenset(_texts(asdict(self)))

    def synced(self) -> Iterator[Tab]:
        """The tabs people's values are read from."""
        return (tab for tab in self.tab if tab.synced)


def _texts(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        yield from (text for it in found.values() for text in _texts(it))
    elif isinstance(found, tuple):
        yield from (text for it in found for text in _texts(it))
