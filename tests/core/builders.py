"""A program in a few lines, made from the real templates, for the tests of everything that reads a `View`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sheetsync.core.model import TabKind, Template
from sheetsync.core.records import Book, Observation, Record, View
from sheetsync.core.settings import MailSettings, Settings
from sheetsync.core.values import canonical

TODAY = date(2026, 3, 2)
TEMPLATES = Path(__file__).parents[2] / "templates"

Rows = Mapping[str, Any]
"""Tab key -> rows ({column: raw value}, "id" optional); of a form: {setting: raw value}."""


@cache
def template(key: str) -> Template:
    """A template as it is shipped."""
    raw = tomllib.loads((TEMPLATES / f"{key}.toml").read_text(encoding="utf-8"))
    return TypeAdapter(Template).validate_python(raw)


def book(name: str, key: str, rows: Rows) -> Book:
    """A workbook; row ids are `<tab>1`, `<tab>2` ... where a row brings none."""
    made = template(key)
    assert rows.keys() <= made.tabs.keys(), f"unknown tab in {sorted(rows)}"
    return Book(name, made, {tab: _records(made, tab, content) for tab, content in rows.items()})


def program(
    map_: Rows | None = None,
    group: Rows | None = None,
    *,
    today: date = TODAY,
    settings: Settings | None = None,
    mail: MailSettings | None = None,
    observations: Iterable[Observation] = (),
) -> View:
    """A program with a stakeholder map, a working group, or both."""
    books = [
        book(name, key, rows)
        for name, key, rows in (("map", "stakeholder-map", map_), ("group", "working-group", group))
        if rows is not None
    ]
    return View(
        "Acme",
        tuple(books),
        datetime.combine(today, time(9)),
        settings or Settings(),
        mail or MailSettings(operator="maya@acme.example"),
        observations=tuple(observations),
    )


def _records(made: Template, tab: str, content: Any) -> tuple[Record, ...]:
    if made.tabs[tab].kind is TabKind.FORM:
        return tuple(Record(key, {"value": canonical(raw)}) for key, raw in content.items())
    return tuple(_record(made, tab, number, row) for number, row in enumerate(content, start=1))


def _record(made: Template, tab: str, number: int, row: Mapping[str, Any]) -> Record:
    values = {key: canonical(raw) for key, raw in row.items() if key != "id"}
    assert values.keys() <= made.tabs[tab].columns.keys(), f"unknown column in {tab}: {sorted(values)}"
    return Record(str(row.get("id", f"{tab}{number}")), values)
