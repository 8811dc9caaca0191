"""The sample program of the demo: its two workbooks and what people do in them, dated around any day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from sheetsync.core.values import Value, canonical, show

#: Workbooks of the sample program -> the template each is made from.
SAMPLE_WORKBOOKS = {"map": "stakeholder-map", "group": "working-group"}

Cells = Mapping[str, Value]


@dataclass(frozen=True)
class SampleBook:
    """What one workbook of the sample program holds.

    Attributes:
        forms: Tab key -> setting key -> value.
        tables: Tab key -> records in order, each by column key; empty cells are missing.
    """

    forms: Mapping[str, Cells]
    tables: Mapping[str, tuple[Cells, ...]]


@dataclass(frozen=True)
class SampleEdit:
    """Something a person does between the two passes of the demo.

    Attributes:
        find: What the edited row holds; `None` for a new row.
        set: The cells typed, by column key.
        says: One sentence in the past tense that tells it.
    """

    workbook: str
    tab: str
    find: Cells | None
    set: Cells
    says: str


@dataclass(frozen=True)
class Sample:
    """A sample program: its name, its workbooks by name, and what people do next."""

    name: str
    books: Mapping[str, SampleBook]
    edits: tuple[SampleEdit, ...]


def sample(today: date) -> Sample:
    """The sample program as it stands on a day: four months of work, healthy and slightly messy.

    Args:
        today: The day that all dates of the sample count from.
    """
    raw = {name: _load(name) for name in SAMPLE_WORKBOOKS}
    reader = _Reader(today, _meetings(raw["group"], today))
    return Sample(
        "Acme Apprenticeships",
        {name: reader.book(tabs) for name, tabs in raw.items()},
        tuple(reader.edit(entry) for entry in _load("edits")["edit"]),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns what stands in the files into cell values: `{day = -12}` and `{meeting = "kickoff"}` too."""

    today: date
    meetings: Mapping[str, str]

    def book(self, tabs: Mapping[str, Any]) -> SampleBook:
        forms = {key: self.cells(tab) for key, tab in tabs.items() if isinstance(tab, dict)}
        tables = {key: tuple(map(self.cells, tab)) for key, tab in tabs.items() if isinstance(tab, list)}
        return SampleBook(forms, tables)

    def edit(self, entry: Mapping[str, Any]) -> SampleEdit:
        find = self.cells(entry["find"]) if "find" in entry else None
        return SampleEdit(entry["workbook"], entry["tab"], find, self.cells(entry["set"]), entry["says"])

    def cells(self, row: Mapping[str, Any]) -> Cells:
        return {key: self.value(raw) for key, raw in row.items() if key != "key"}

    def value(self, raw: object) -> Value:
        match raw:
            case {"day": int(offset)}:
                return working_day(self.today, offset)
            case {"meeting": str(key)}:
                return self.meetings[key]
            case _:
                return canonical(raw)


def working_day(today: date, offset: int) -> date:
    """The day `offset` days from today; a Saturday or Sunday moves to the Friday before."""
    day = today + timedelta(days=offset)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _meetings(group: Mapping[str, Any], today: date) -> dict[str, str]:
    """How a reference names each meeting ("2026-03-04 Kick-off"), by the key its row has in the file."""
    return {
        row["key"]: f"{show(working_day(today, row['date']['day']))} {row['purpose']}"
        for row in group["meetings"]
    }


def _load(name: str) -> dict[str, Any]:
    text = files("sheetsync.templates").joinpath("demo", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
