"""The welcome pack: what somebody who joins the group needs to find their way in (W18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.derived import actions, active_members, is_open
from sheetsync.core.digest import MAX_ITEMS, Item, Section, dates_ahead, decisions, section
from sheetsync.core.records import Book, Record, View
from sheetsync.core.wording import listed, one_line


@dataclass(frozen=True)
class Welcome:
    """The content of a welcome pack.

    Attributes:
        stage: The program's present stage, "" where none is set.
        expectations: What the program says it can and cannot promise.
        channel: Where the group talks.
        roles: Each role with who holds it.
        free: Actions that nobody has taken yet.
    """

    stage: str
    expectations: str
    channel: str
    roles: tuple[Item, ...]
    free: Section
    questions: Section
    ahead: Section


def newcomers(view: View) -> Iterator[tuple[Book, Record]]:
    """Every active member of a group; who was welcomed before, the ledger knows."""
    for book in view.books:
        if "log" in book.template.tabs:
            yield from ((book, member) for member in active_members(book) if member.text("email"))


def welcome(view: View, book: Book) -> Welcome:
    """The welcome pack of this moment."""
    return Welcome(
        one_line(view.setting("stage").text("stage"), 80),
        one_line(view.setting("expectations").text("expectations"), 600),
        one_line(view.setting("channel_url").text("channel_url"), 200),
        tuple(_roles(book)),
        section(list(_free(book)), MAX_ITEMS),
        section(decisions(view), MAX_ITEMS),
        section(dates_ahead(view), MAX_ITEMS),
    )


def _roles(book: Book) -> Iterator[Item]:
    column = book.template.tabs["members"].columns.get("roles") if "members" in book.template.tabs else None
    for role in column.values if column else ():
        holders = [row.text("name") for row in active_members(book) if row.is_any("roles", role)]
        yield Item(one_line(role, 80), one_line(listed(holders), 200))


def _free(book: Book) -> Iterator[Item]:
    for row in filter(is_open, actions(book)):
        if row.text("text") and not row.text("owner"):
            yield Item(one_line(row.text("text"), 200), due=row.date("due"))
