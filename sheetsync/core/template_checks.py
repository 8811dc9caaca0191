"""What must hold in a template beyond the types of its keys: the checks that one key alone cannot make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from sheetsync.core.model import Column, ColumnType, Line, Link, Tab, TabKind, Template
from sheetsync.core.records import fold

#: A volunteer must not be overwhelmed.
MAX_TABS = 8
MAX_COLUMNS = 16
#: Excel's limits: characters of a tab's name, and width of a column.
MAX_TITLE = 31
MAX_WIDTH = 255
MAX_BLOCK_ROWS = 50
#: From this ratio of `difflib` on, one word may be meant by another.
_NEAR = 0.6

LINE_STYLES = ("title", "lead", "heading", "text", "step", "prompt", "link")

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_DASHED_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]|^'|'$")
_SEPARATOR = re.compile(r"[,;\n]")
_MACHINE_TABS = ("checks", "conflicts", "lists", "history")  # ours, and one that Excel keeps for itself
_PICKED = (ColumnType.CHOICE, ColumnType.CHOICES)
_REFERRING = (ColumnType.REFERENCE, ColumnType.REFERENCES)

#: Finds another template by its key, `None` where there is none to look into.
Neighbors = Callable[[str], Template | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a template; the place in words: `tab "log", column "due", type`."""

    place: str
    message: str


def suggestion(word: str, allowed: Collection[str]) -> str:
    """A sentence that offers the nearest allowed one, with a blank before it; "" where none is near.

    Of "Luis Herrera", a part may be near. Of two that are as near, the one that begins alike is meant.
    """

    def nearness(item: str) -> tuple[float, bool]:
        known, typed = item.casefold(), word.casefold()
        ratio = max(SequenceMatcher(None, it, typed).ratio() for it in (known, *known.split()))
        return ratio, known[:1] == typed[:1]

    near = max(sorted(allowed), key=nearness, default="")
    return f' Did you mean "{near}"?' if near and nearness(near)[0] >= _NEAR else ""


def faults(template: Template, neighbors: Neighbors, metrics: Collection[str]) -> Iterator[Fault]:
    """Everything that is wrong with a template, from top to bottom.

    Args:
        template: As it was read: its keys have the right names and types.
        neighbors: For references and links that lead to another template.
        metrics: Keys of the metrics that blocks may name.
    """
    yield from _head(template)
    for tab in template.tab:
        place = f'tab "{tab.key}"'
        yield from _tab(tab, place)
        yield from _content(tab, place)
        for column in tab.column:
            yield from _column(column, f'{place}, column "{column.key}"')
            yield from _target(column, f'{place}, column "{column.key}", target', template, neighbors)
        for number, line in enumerate(tab.line, 1):
            yield from _line(line, f"{place}, line {number}")
        yield from _blocks(tab, place, metrics)
    for link in template.link:
        yield from _link(link, f'link "{link.key}"', template, neighbors)


def _head(template: Template) -> Iterator[Fault]:
    if not _DASHED_KEY.fullmatch(template.key):
        yield Fault(
            "key", f'"{template.key}" must be lower-case letters, digits and hyphens, like "stakeholder-map".'
        )
    if not template.title.strip():
        yield Fault("title", "is empty; expected what people call this workbook.")
    if template.version < 1:
        yield Fault("version", f"{template.version} is too small; versions count from 1.")
    if not re.fullmatch("[0-9A-Fa-f]{6}", template.accent):
        yield Fault("accent", f'"{template.accent}" is no color; expected six hex digits like "1F5F8B".')
    if len(template.tab) > MAX_TABS:
        yield Fault("tab", f"{len(template.tab)} tabs are more than people can survey; at most {MAX_TABS}.")
    if not template.tab or template.tab[-1].kind is not TabKind.STATUS:
        yield Fault("tab", 'the last tab must be of the kind "status".')
    yield from _twice("tab", "the key", (tab.key for tab in template.tab))
    yield from _twice("tab", "the title", (fold(tab.title) for tab in template.tab))
    yield from _twice("link", "the key", (link.key for link in template.link))


def _tab(tab: Tab, place: str) -> Iterator[Fault]:
    yield from _key(tab.key, f"{place}, key")
    if not 0 < len(tab.title.strip()) <= MAX_TITLE or _NOT_IN_TITLES.search(tab.title):
        wanted = (
            f"expected 1 to {MAX_TITLE} characters, none of [ ] : * ? / \\ and no apostrophe at either end."
        )
        yield Fault(f"{place}, title", f'"{tab.title[:60]}" cannot name a tab; {wanted}')
    if fold(tab.title) in _MACHINE_TABS or tab.key in _MACHINE_TABS:
        yield Fault(place, f'"{tab.title}" is a name that is already taken; choose another title and key.')
    yield from _twice(f"{place}, column", "the key", (column.key for column in tab.column))
    yield from _twice(f"{place}, column", "the label or alias", map(fold, _headers(tab)))
    for name in ("natural_key", "label"):
        for key in getattr(tab, name):
            if key not in tab.columns:
                yield Fault(f"{place}, {name}", _no_column(key, tab))
            elif tab.columns[key].computed:
                yield Fault(f"{place}, {name}", f'"{key}" is computed, and cannot tell records apart.')


def _headers(tab: Tab) -> Iterator[str]:
    """Every header that means a column of this tab; an import could not tell two equal ones apart."""
    for column in tab.column:
        yield from (column.label, *column.aliases)


def _content(tab: Tab, place: str) -> Iterator[Fault]:
    """Each kind of tab has its own kind of content, and some of it."""
    wanted = {TabKind.GUIDE: "line", TabKind.STATUS: "block"}.get(tab.kind, "column")
    for name in ("column", "line", "block"):
        there = bool(getattr(tab, name))
        if there and name != wanted:
            yield Fault(f"{place}, {name}", f"a {tab.kind} tab holds no {name}s, only {wanted}s.")
        if not there and name == wanted:
            yield Fault(place, f"a {tab.kind} tab needs at least one [[tab.{wanted}]].")
    if tab.kind is TabKind.TABLE and not tab.natural_key:
        yield Fault(f"{place}, natural_key", "is empty; expected the columns that tell records apart.")
    if tab.kind is TabKind.TABLE and len(tab.column) > MAX_COLUMNS:
        yield Fault(
            place, f"{len(tab.column)} columns are more than people can survey; at most {MAX_COLUMNS}."
        )


def _column(column: Column, place: str) -> Iterator[Fault]:
    yield from _key(column.key, f"{place}, key")
    if column.key == "id" or fold(column.label) in ("", "id"):
        yield Fault(
            place, '"id" is the hidden column of row ids, and a label must not be empty; choose others.'
        )
    if not 1 <= column.width <= MAX_WIDTH:
        yield Fault(
            f"{place}, width", f"{column.width:g} is out of range; expected 1 to {MAX_WIDTH} characters."
        )
    if column.computed and column.required:
        yield Fault(
            f"{place}, required", "a computed column is filled by sheetsync; people cannot be asked for it."
        )
    yield from _values(column, place)


def _values(column: Column, place: str) -> Iterator[Fault]:
    picked = column.type in _PICKED
    if picked and not column.values:
        yield Fault(f"{place}, values", f"a column of the type {column.type} needs the values one can pick.")
    if column.values and not picked and column.type is not ColumnType.INTEGER:
        yield Fault(f"{place}, values", f"a column of the type {column.type} has no values to pick.")
    if column.extendable and not picked:
        yield Fault(f"{place}, extendable", "only a choice can be extended.")
    for value in column.values:
        if not value.strip() or value != value.strip() or _SEPARATOR.search(value):
            message = (
                "must not be empty, nor begin or end with a blank, nor hold a comma, semicolon or line break."
            )
            yield Fault(f"{place}, values", f'"{value}" {message}')
        elif column.type is ColumnType.INTEGER and not re.fullmatch(r"-?\d+", value):
            yield Fault(f"{place}, values", f'"{value}" is no whole number.')
    yield from _twice(f"{place}, values", "the value", map(fold, column.values))
    if column.default and column.values and column.default not in column.values:
        hint = suggestion(column.default, column.values)
        yield Fault(f"{place}, default", f'"{column.default}" is not among the values.{hint}')


def _target(column: Column, place: str, template: Template, neighbors: Neighbors) -> Iterator[Fault]:
    if column.type not in _REFERRING:
        if column.target:
            yield Fault(place, f"a column of the type {column.type} refers to nothing; leave the target out.")
        return
    _, problem = _find(column.target, template, neighbors)
    if problem:
        yield Fault(place, problem)


def _find(target: str, template: Template, neighbors: Neighbors) -> tuple[Tab | None, str]:
    """The table a target means, or what is wrong; neither where its template cannot be looked into."""
    name, _, key = target.rpartition("/")
    owner = template if name in ("", template.key) else neighbors(name)
    if owner is None:
        return None, ""
    tables = {tab.key: tab for tab in owner.tab if tab.kind is TabKind.TABLE}
    if key in tables:
        return tables[key], ""
    where = f'the template "{name}"' if name else "this template"
    hint = f"{suggestion(key, tables)} Expected one of: {', '.join(tables)}."
    return None, f'"{target}" names no table of {where}.{hint}'


def _line(line: Line, place: str) -> Iterator[Fault]:
    if line.style not in LINE_STYLES:
        hint = suggestion(line.style, LINE_STYLES)
        allowed = ", ".join(LINE_STYLES)
        yield Fault(f"{place}, style", f'"{line.style}" is not allowed.{hint} Expected one of: {allowed}.')
    if line.url and not line.url.startswith(("https://", "http://")):
        yield Fault(f"{place}, url", f'"{line.url[:60]}" is no web address; expected https://...')
    if line.style == "link" and not line.url:
        yield Fault(f"{place}, url", "is empty; a link needs the address it leads to.")


def _blocks(tab: Tab, place: str, metrics: Collection[str]) -> Iterator[Fault]:
    yield from _twice(f"{place}, block", "the metric", (block.metric for block in tab.block))
    for block in tab.block:
        where = f'{place}, block "{block.metric}"'
        if block.metric not in metrics:
            hint = suggestion(block.metric, metrics)
            known = ", ".join(sorted(metrics))
            yield Fault(f"{where}, metric", f"there is no such metric.{hint} There are: {known}.")
        if not 1 <= block.rows <= MAX_BLOCK_ROWS:
            yield Fault(f"{where}, rows", f"{block.rows} is out of range; expected 1 to {MAX_BLOCK_ROWS}.")


def _link(link: Link, place: str, template: Template, neighbors: Neighbors) -> Iterator[Fault]:
    source = template.tabs.get(link.tab)
    if source is None or source.kind is not TabKind.TABLE:
        yield Fault(
            f"{place}, tab",
            f'"{link.tab}" is no table of this template.{suggestion(link.tab, template.tabs)}',
        )
        return
    if "/" not in link.target:
        yield Fault(f"{place}, target", f'"{link.target}" must name another template: "template/tab".')
        return
    target, problem = _find(link.target, template, neighbors)
    if problem:
        yield Fault(f"{place}, target", problem)
    for path in (*link.needs, *(field.source for field in link.fields)):
        yield from _source(path, place, source, template, neighbors)
    sides = [field.target for field in link.fields]
    if link.state not in sides:
        yield Fault(
            f"{place}, state", f'"{link.state}" is not the target of a field.{suggestion(link.state, sides)}'
        )
    for key in (*sides, *link.preset) if target else ():
        if target and key not in target.columns:
            yield Fault(f"{place}, field or preset", _no_column(key, target))


def _source(path: str, place: str, source: Tab, template: Template, neighbors: Neighbors) -> Iterator[Fault]:
    """A column here ("due"), or a column of the record that a reference here names ("stakeholder.owner")."""
    first, dot, rest = path.partition(".")
    column = source.columns.get(first)
    if column is None:
        yield Fault(f"{place}, {path}", _no_column(first, source))
    elif dot and column.type is not ColumnType.REFERENCE:
        yield Fault(
            f"{place}, {path}", f'"{first}" is no reference, so that nothing can stand behind the dot.'
        )
    elif dot:
        tab, _ = _find(column.target, template, neighbors)
        if tab and rest not in tab.columns:
            yield Fault(f"{place}, {path}", _no_column(rest, tab))


def _key(key: str, place: str) -> Iterator[Fault]:
    if not _KEY.fullmatch(key):
        yield Fault(place, f'"{key}" must be lower-case letters, digits and underscores, like "stage_since".')


def _twice(place: str, what: str, names: Iterable[str]) -> Iterator[Fault]:
    for name, number in Counter(names).items():
        if number > 1:
            yield Fault(place, f'{what} "{name}" stands {number} times; expected once.')


def _no_column(key: str, tab: Tab) -> str:
    hint = suggestion(key, tab.columns)
    return f'the tab "{tab.key}" has no column "{key}".{hint} Expected one of: {", ".join(tab.columns)}.'
