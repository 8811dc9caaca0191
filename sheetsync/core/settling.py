"""Ending conflicts: what people chose becomes the cell's value; a choice that cannot be is told why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sheetsync.core.columns import quote
from sheetsync.core.conflicts import Choice, Conflict, Settled
from sheetsync.core.converting import convert
from sheetsync.core.model import Column
from sheetsync.core.values import Value, show

#: How an empty cell is named among the values to choose from.
EMPTY = "(empty)"

_FORMULA = "A formula in one of the copies says otherwise: change it there."
_TAKEN = "Another column is called so, or none can be: choose another word."

#: Choices by the code of the conflict they are about.
Choices = Mapping[str, Sequence[Choice]]

#: Why a value may not stand in a column, "" where it may.
Problem = Callable[[Column, Value], str]


class Settler:
    """Ends conflicts by what people chose.

    Attributes:
        settled: What was chosen in this pass.
        refused: Why a choice does not count, by the conflict's code.
    """

    def __init__(self, choices: Choices, earlier: Iterable[Settled], problem: Problem) -> None:
        self.choices, self.problem = choices, problem
        self.earlier = {it.conflict.cell: it for it in earlier}
        self.settled: list[Settled] = []
        self.refused: dict[str, str] = {}

    def settle(self, conflict: Conflict, column: Column | None, set_cell: Callable[[Settled], bool]) -> bool:
        """End a conflict, if a choice about it counts.

        Args:
            conflict: What people disagree about.
            column: The cell's column; `None` for a header.
            set_cell: Gives the cell its value; false where a formula stands in the way, or another header.

        Returns:
            Whether it is ended.
        """
        chosen = self._chosen(conflict, column) or self._still_settled(conflict)
        if chosen is None:
            return False
        if not set_cell(chosen):
            self.refused[conflict.code] = _FORMULA if column else _TAKEN
            return False
        if chosen.conflict is conflict:
            self.settled.append(chosen)
        return True

    def _chosen(self, conflict: Conflict, column: Column | None) -> Settled | None:
        choices = self.choices.get(conflict.code, ())
        if not choices:
            return None
        values: dict[Value, str] = {}
        for it in choices:
            value, reason = self._meant(it, conflict, column)
            if reason:
                self.refused[conflict.code] = reason
                return None
            values.setdefault(value, it.where)
        if len(values) > 1:
            said = " ".join(f"{where}: {show(value) or EMPTY}." for value, where in values.items())
            self.refused[conflict.code] = f"Different choices were made. {said} Leave one of them."
            return None
        ((value, where),) = values.items()
        return Settled(conflict, value, where)

    def _still_settled(self, conflict: Conflict) -> Settled | None:
        """A choice that could not be written everywhere yet: what it overruled there is no news."""
        before = self.earlier.get(conflict.cell)
        if before is None:
            return None
        overruled = before.conflict.opinions.items()
        known = all(said in overruled or said[1] == before.value for said in conflict.opinions.items())
        return Settled(before.conflict, before.value, before.where) if known else None

    def _meant(self, choice: Choice, conflict: Conflict, column: Column | None) -> tuple[Value, str]:
        """The value that a choice means, or why it means none."""
        if choice.place:
            return self._allowed(conflict.opinions[choice.place], column)
        alike = {it for it in conflict.opinions.values() if (show(it) or EMPTY) == choice.text}
        if len(alike) > 1:
            return (
                None,
                f"Two of the values read {quote(choice.text)}: type the one you mean into the copies.",
            )
        return self._allowed(alike.pop() if alike else self._typed(choice.text, column), column)

    def _allowed(self, value: Value, column: Column | None) -> tuple[Value, str]:
        reason = self.problem(column, value) if column else ""
        return value, reason or ("A header needs a word." if column is None and value is None else "")

    def _typed(self, text: str, column: Column | None) -> Value:
        if text == EMPTY:
            return None
        return convert(column, text).value if column else text
