"""What people do to a tab. Every value they type is a token of its own, never typed before."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random

from sheetsync.core.values import Value
from simulator.page import Line, Page

Act = Callable[["Hands", Page], str]

#: Acts by how often people do them; those of the second list leave row ids where they do not belong.
ORDERLY: dict[Act, int] = {}
TAMPERING: dict[Act, int] = {}


def act(weight: int, *, tampers: bool = False) -> Callable[[Act], Act]:
    """An act of people: it changes the page and says in words what it did."""

    def register(do: Act) -> Act:
        (TAMPERING if tampers else ORDERLY)[do] = weight
        return do

    return register


class Hands:
    """People at work, by the dice of one history."""

    def __init__(self, dice: Random, *, tampers: bool) -> None:
        self.dice = dice
        acts = ORDERLY | TAMPERING if tampers else ORDERLY
        self.acts, self.weights = list(acts), list(acts.values())
        self.numbers = count(1)

    def work(self, page: Page) -> str:
        """Do one thing to a page.

        Returns:
            What was done; "" where there was nothing to do it to.
        """
        (do,) = self.dice.choices(self.acts, self.weights)
        return do(self, page) if page.lines or do is add_row else ""

    def at(self, page: Page) -> int:
        """Some row; often the one that people in other copies are at work on, too."""
        if self.dice.random() < 0.4:
            return min(range(len(page.lines)), key=lambda at: page.lines[at].id)
        return self.dice.randrange(len(page.lines))

    def token(self, column: str) -> Value:
        number = next(self.numbers)
        if column == "hours":
            return 1000 + number
        return f"t{number}@acme.example" if column == "email" else f"t{number}"

    def column(self) -> str:
        return self.dice.choice(("name", "email", "hours", "note", "note", "note"))

    def line(self) -> Line:
        columns = self.dice.choice((("name",), ("name", "note"), ("name", "email", "hours"), ("note",)))
        return Line("", {column: self.token(column) for column in columns})


def _row(page: Page, at: int) -> str:
    values = page.lines[at].values
    return f"row {at + 3} ({', '.join(map(str, values.values()))})"


@act(10)
def type_value(hands: Hands, page: Page) -> str:
    at, column = hands.at(page), hands.column()
    where, token = _row(page, at), hands.token(column)
    page.lines[at].values[column] = token
    return f"types {token} into {column} of {where}"


@act(4)
def write_beside(hands: Hands, page: Page) -> str:
    at, token = hands.at(page), f"o{next(hands.numbers)}"
    where, page.lines[at].own = _row(page, at), token
    return f"writes {token} beside {where}"


@act(2)
def type_what_cannot_cross(hands: Hands, page: Page) -> str:
    at, column = hands.at(page), hands.dice.choice(("hours", "state"))
    where, token = _row(page, at), f"bad{next(hands.numbers)}"
    page.lines[at].values[column] = token
    return f"types {token} into {column} of {where}"


@act(3)
def empty_cell(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    where, values = _row(page, at), page.lines[at].values
    if not values:
        return ""
    column = hands.dice.choice(sorted(values))
    return f"empties {column} ({values.pop(column)}) of {where}"


@act(6)
def add_row(hands: Hands, page: Page) -> str:
    page.lines.append(hands.line())
    return f"adds {_row(page, len(page.lines) - 1)}"


@act(2)
def insert_row(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    page.lines.insert(at, hands.line())
    return f"inserts {_row(page, at)}"


@act(4)
def delete_row(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    where = _row(page, at)
    del page.lines[at]
    return f"deletes {where}"


@act(1)
def delete_rows(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    gone, page.lines[at:] = page.lines[at:], []
    return f"deletes row {at + 3} and all below, {len(gone)} in all"


@act(2)
def clear_row(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    where = _row(page, at)
    page.lines[at].values = {}
    return f"clears the cells of {where}"


@act(3)
def sort_table(hands: Hands, page: Page) -> str:
    column, down = hands.column(), hands.dice.random() < 0.5
    page.lines.sort(key=lambda line: str(line.values.get(column, "")), reverse=down)
    return f"sorts the table by {column}"


@act(1)
def rename_header(hands: Hands, page: Page) -> str:
    column = hands.dice.choice(sorted(page.labels))
    page.labels[column] = f"Label {next(hands.numbers)}"
    return f"renames the header of {column} to {page.labels[column]}"


@act(1)
def move_column(hands: Hands, page: Page) -> str:
    column = hands.dice.choice(sorted(page.labels))
    page.labels = {column: page.labels.pop(column), **page.labels}
    return f"moves {column} to the left"


@act(1)
def leave_blank_row(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    page.lines.insert(at, Line())
    return f"leaves row {at + 3} blank"


@act(3, tampers=True)
def sort_visible_columns(hands: Hands, page: Page) -> str:
    column = hands.column()
    contents = sorted(
        ((line.values, line.own) for line in page.lines), key=lambda it: str(it[0].get(column, ""))
    )
    for line, (values, own) in zip(page.lines, contents, strict=True):
        line.values, line.own = values, own
    return f"sorts the visible columns alone by {column}"


@act(2, tampers=True)
def clear_id(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    page.lines[at].id = ""
    return f"clears the id of {_row(page, at)}"


@act(1, tampers=True)
def clear_all_ids(_hands: Hands, page: Page) -> str:
    for line in page.lines:
        line.id = ""
    return "clears the hidden column"


@act(1, tampers=True)
def mistype_id(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    page.lines[at].id = "junk"
    return f"types junk over the id of {_row(page, at)}"


@act(3, tampers=True)
def copy_row(hands: Hands, page: Page) -> str:
    at = hands.at(page)
    page.lines.insert(hands.dice.choice((at, at + 1, len(page.lines))), page.lines[at].twin())
    return f"copies {_row(page, at)}"


@act(2, tampers=True)
def paste_rows_over(hands: Hands, page: Page) -> str:
    source, target = hands.at(page), hands.at(page)
    size = min(hands.dice.randint(1, 3), len(page.lines) - max(source, target))
    whole = hands.dice.random() < 0.5
    block = [line.twin() for line in page.lines[source : source + size]]
    for offset, line in enumerate(block):
        kept = line.id if whole else page.lines[target + offset].id
        page.lines[target + offset] = line.twin(id=kept)
    part = "rows" if whole else "visible cells of rows"
    return f"pastes {size} {part} from row {source + 3} over row {target + 3}"
