"""What a member did for the program, as facts for their performance review (M5, W67), on request.

Nothing is counted, compared or rated: only finished work that people logged themselves is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sheetsync.core.derived import actions, person
from sheetsync.core.digest import Item
from sheetsync.core.records import Book, Record, View
from sheetsync.core.wording import one_line


@dataclass(frozen=True)
class Contribution:
    """The content of a contribution letter.

    Attributes:
        since, until: The days it covers, both included.
        roles: What the member holds in the group, of those that its list knows.
        led: Sprints they led, with the outcome.
        facilitated: Meetings they prepared.
        done: Actions they finished.
    """

    name: str
    since: date
    until: date
    roles: tuple[str, ...]
    led: tuple[Item, ...]
    facilitated: tuple[Item, ...]
    done: tuple[Item, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.led or self.facilitated or self.done)


def contribution(view: View, book: Book, member: Record, since: date) -> Contribution:
    """What a member of a group did from a day on."""
    theirs = _Theirs(view, book, member, since)
    return Contribution(
        one_line(member.text("name"), 80),
        since,
        view.today,
        tuple(_roles(book, member)),
        _in_order(theirs.led()),
        _in_order(theirs.facilitated()),
        _in_order(theirs.done()),
    )


def _roles(book: Book, member: Record) -> Iterator[str]:
    """The roles they hold, without words that the list does not have."""
    column = book.template.tabs["members"].columns.get("roles")
    known = column.values if column else ()
    return (role for role in member.many("roles") if not known or role in known)


def _in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.due or date.min))


@dataclass(frozen=True)
class _Theirs:
    view: View
    book: Book
    member: Record
    since: date

    def led(self) -> Iterator[Item]:
        for row in self.book.records("sprints"):
            if self._is(row, "lead") and self._counts(row.date("end")):
                text = ": ".join(filter(None, (row.text("name"), row.text("outcome"))))
                yield Item(one_line(text, 300), due=row.date("end"))

    def facilitated(self) -> Iterator[Item]:
        for row in self.book.records("meetings"):
            if self._is(row, "facilitator") and self._counts(row.date("date")):
                yield Item(one_line(row.text("purpose") or "Meeting", 300), due=row.date("date"))

    def done(self) -> Iterator[Item]:
        for row in actions(self.book):
            when = row.date("due") or row.date("date")
            if row.is_any("state", "done") and self._is(row, "owner") and self._counts(when):
                text = ": ".join(filter(None, (row.text("text"), row.text("outcome"))))
                yield Item(one_line(text, 300), due=when)

    def _is(self, row: Record, column: str) -> bool:
        return person(self.view, self.book, row.text(column)) is self.member

    def _counts(self, when: date | None) -> bool:
        return when is not None and self.since <= when <= self.view.today
