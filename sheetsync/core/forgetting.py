"""Forgetting a person: which records are theirs, where else they are named, and what stands there then.

Records that are about the person go; elsewhere their name and address are taken out and the rest stays, so
that a meeting still was held and an action still was done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sheetsync.core.merge.tabs import LABELS, TabMerge, strip
from sheetsync.core.model import Column, ColumnType, Tab, TabKind
from sheetsync.core.records import fold, split_many
from sheetsync.core.values import Value, show

#: What stands in a text in place of a name.
REMOVED = "(removed)"


@dataclass(frozen=True)
class Person:
    """Everything a person is called by.

    Attributes:
        words: Names in full, and mail addresses.
        others: Names of other people that have one of these words in them: Ben is not Ben Lee.
    """

    words: frozenset[str] = field(default_factory=frozenset)
    others: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(fold, self.words))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Finds others, too, as the group "other": what is a part of their names is skipped with them."""
        other, spelled = (
            "|".join(map(_spelled, sorted(words, key=len, reverse=True)))
            for words in (self.others, self.words)
        )
        return re.compile(rf"(?<!\w)(?:(?P<other>{other or '(?!)'})|{spelled})(?!\w)")

    def is_called(self, value: Value) -> bool:
        """Whether a value is just one of their words."""
        return fold(show(value)) in self._folded

    def is_in(self, text: str) -> bool:
        """Whether a text names them."""
        return bool(self._folded) and any(it["other"] is None for it in self._pattern.finditer(text))

    def taken_out_of(self, text: str) -> str:
        """The text without them."""
        return self._pattern.sub(lambda it: it["other"] or REMOVED, text) if self._folded else text


def _spelled(word: str) -> str:
    """A pattern for a name in a text: of a single word, just as it is spelled (will is not Will)."""
    parts = word.split()
    pattern = r"\s+".join(map(re.escape, parts))
    return pattern if len(parts) == 1 and "@" not in word else f"(?i:{pattern})"


#: A record wherever it is remembered: its tab, its row id, what it holds or held.
Known = tuple[Tab, str, Mapping[str, Value]]


def known_as(wanted: str, records: Iterable[Known]) -> Person:
    """Everything that the person of this name, address or row id is called by in any record of theirs."""
    records, person = list(records), Person(frozenset([wanted.strip()]))
    while True:
        words = set(person.words)
        for tab, row_id, contents in records:
            if row_id == wanted or is_theirs(tab, contents, person):
                words |= set(_words_of(tab, contents))
        spelled = {fold(word) for word in words - {wanted}}
        if any(row_id == wanted for _, row_id, _ in records) or fold(wanted) in spelled:
            words.discard(wanted)
        if words == person.words:
            return replace(person, others=frozenset(_with(person, records)))
        person = Person(frozenset(words))


def _with(person: Person, records: Iterable[Known]) -> Iterator[str]:
    """The names of other people in which the person's are a part."""
    for tab, _, contents in records:
        if _is_of_people(tab) and not is_theirs(tab, contents, person):
            name = show(contents.get(tab.naming[0])).strip()
            if person.is_in(name):
                yield name


def _is_of_people(tab: Tab) -> bool:
    return len(tab.naming) == 1 and any(column.type is ColumnType.EMAIL for column in tab.column)


def is_somebody(wanted: str, person: Person, records: Iterable[Known]) -> bool:
    """Whether a person is called so: in full or by an address, or some record is theirs or refers to them.

    A word alone may be a part of anything.
    """
    return (
        "@" in wanted
        or len(wanted.split()) > 1
        or any(
            row_id == wanted or is_theirs(tab, contents, person) or _refers(tab, contents, person)
            for tab, row_id, contents in records
        )
    )


def _refers(tab: Tab, contents: Mapping[str, Value], person: Person) -> bool:
    columns = (it for it in tab.column if it.type in (ColumnType.REFERENCE, ColumnType.REFERENCES))
    return any(person.is_called(part) for column in columns for part in split_many(contents.get(column.key)))


def _words_of(tab: Tab, contents: Mapping[str, Value]) -> Iterator[str]:
    """The name and the addresses in a person's own record."""
    addresses = [column.key for column in tab.column if column.type is ColumnType.EMAIL]
    for key in (*addresses, *(tab.naming if len(tab.naming) == 1 else ())):
        if show(contents.get(key)).strip():
            yield show(contents[key]).strip()


def is_theirs(tab: Tab, contents: Mapping[str, Value], person: Person) -> bool:
    """Whether a record is about the person: it is named after them, has their address, or refers to them."""
    telling = [
        column.key
        for column in tab.column
        if column.type is ColumnType.EMAIL
        or (column.key in tab.natural_key and column.type is ColumnType.REFERENCE)
    ]
    if len(tab.naming) == 1:
        telling += tab.naming
    return any(person.is_called(contents.get(key)) for key in telling)


def without(column: Column | None, value: Value, person: Person) -> Value:
    """What stays of a cell that names the person; anything else as it is."""
    if not isinstance(value, str) or not (person.is_in(value) or person.is_called(value)):
        return value
    meant = frozenset(map(fold, column.values)) if column else frozenset()  # a choice is nobody's name
    if person.is_called(value):
        return value if fold(value) in meant else None
    if column and column.many:
        kept = (it for it in split_many(value) if fold(it) in meant or not person.is_in(it))
        return ", ".join(kept) or None
    if column and column.type in (ColumnType.REFERENCE, ColumnType.EMAIL):
        return None
    return person.taken_out_of(value)


def as_forgotten(tab: Tab, row_id: str, contents: Mapping[str, Value]) -> dict[str, Value]:
    """What a version of a record, out of which names were taken in the ledger, may put into a copy."""
    nobody = Person(frozenset([REMOVED]))
    rest = {key: without(_column(tab, row_id, key), value, nobody) for key, value in contents.items()}
    return strip(rest)


#: A cell that named the person: row id, column, what stood there, what stands there now.
Changed = tuple[str, str, Value, Value]


def forget_in(merge: TabMerge, person: Person, source: str) -> tuple[list[str], list[Changed]]:
    """Take a person out of a tab, whatever anybody says of those cells.

    Returns:
        The ids of the records that went, and the cells that changed.
    """
    gone: list[str] = []
    changed: list[Changed] = []
    for row_id, values in list(merge.rows.items()):
        said = {**values, **_held(merge, row_id, person)}
        if merge.tab.kind is TabKind.TABLE and row_id != LABELS and is_theirs(merge.tab, said, person):
            merge.delete(row_id)
            gone.append(row_id)
            continue
        for key, value in said.items():
            rest = without(_column(merge.tab, row_id, key), value, person)
            if rest != value and merge.settle(row_id, key, rest, source):
                changed.append((row_id, key, value, rest))
    return gone, changed


def _column(tab: Tab, row_id: str, key: str) -> Column | None:
    """The column that a cell is in; of a form, the setting."""
    return tab.columns.get(row_id if tab.kind is TabKind.FORM else key)


def _held(merge: TabMerge, row_id: str, person: Person) -> dict[str, Value]:
    """Values that name the person in cells that are held: column -> the first of them."""
    return {
        column: named[0]
        for (held, column), opinions in merge.held.items()
        if held == row_id
        and (named := [it for it in opinions.values() if isinstance(it, str) and person.is_in(it)])
    }
