"""The values of formulas: a small evaluator over the cells of one spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..a1 import Area
from ..model import Sheet, Spreadsheet
from .functions import FUNCTIONS, LAZY
from .parser import BadFormulaError, Node, Reference, parse
from .spilling import SPILLS, TABLES, spread
from .worth import Failure, Matrix, compare, first, number, text

ERROR_TYPES = {
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#N/A": "N_A",
    "#NAME?": "NAME",
    "#NULL!": "NULL_VALUE",
    "#NUM!": "NUM",
    "#REF!": "REF",
    "#VALUE!": "VALUE",
    "#ERROR!": "ERROR",
    "Loading...": "LOADING",
}


class Calculation:
    """The effective values of a spreadsheet at one version of it; each formula is worked out once."""

    def __init__(self, book: Spreadsheet, now: datetime) -> None:
        self.book, self.now = book, now
        self.known: dict[tuple[int, int, int], Any] = {}
        self.under_way: set[tuple[int, int, int]] = set()
        self.here: tuple[Sheet, int, int] = (book.sheets[0], 0, 0)
        self.arrays = False  # whether operations go place by place
        self.filled: dict[int, dict[tuple[int, int], Any]] | None = None  # by formulas, on each sheet

    def effective(self, sheet: Sheet, row: int, column: int) -> dict[str, Any] | None:
        """The effectiveValue of a cell, as the API gives it."""
        entered = sheet.cell(row, column).get("userEnteredValue")
        if entered is not None and "formulaValue" not in entered:
            return entered
        return extended(self.value(sheet, row, column))

    def value(self, sheet: Sheet, row: int, column: int) -> Any:
        entered = sheet.cell(row, column).get("userEnteredValue")
        if entered is not None and "formulaValue" not in entered:
            return next(iter(entered.values()), None)
        spilled = self.spilled(sheet)
        if entered is None:
            return spilled.get((row, column))
        key = (sheet.id, row, column)
        if key in self.under_way:
            return Failure("#REF!", "Circular dependency detected.")
        if key not in self.known:
            self.known[key] = self.worked_out(key, sheet, entered["formulaValue"])
        return self.known[key]

    def cells(self, sheet: Sheet, area: Area) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """The cells of an area that hold anything or are filled by a formula, in reading order."""
        spilled = self.spilled(sheet)
        if not spilled:
            yield from sheet.filled(area)
            return
        found: dict[tuple[int, int], dict[str, Any]] = {place: {} for place in spilled if area.has(*place)}
        found |= {(row, column): cell for row, column, cell in sheet.filled(area)}
        yield from ((*place, found[place]) for place in sorted(found))

    def spilled(self, sheet: Sheet) -> dict[tuple[int, int], Any]:
        """What formulas fill besides their own cells."""
        if self.filled is None:
            self.filled = {}  # as long as this is worked out, nothing is filled
            own = {}
            for owner in self.book.sheets:
                for row, column, cell in owner.formulas():
                    formula = cell["userEnteredValue"]["formulaValue"]
                    if SPILLS.search(formula):
                        own[owner.id, row, column] = self.expand(owner, row, column, formula)
            self.known = own  # what was worked out on the way did not see what is filled now
        return self.filled.get(sheet.id, {})

    def expand(self, sheet: Sheet, row: int, column: int, formula: str) -> Any:
        """Fill the cells that a formula's table takes; the value of its own cell."""
        table = self.result(sheet, (row, column), formula)
        if not isinstance(table, Matrix):
            return first(table)
        taken = {
            (row + down, column + over): value
            for down, line in enumerate(table.rows)
            for over, value in enumerate(line)
        }
        own = taken.pop((row, column), None)
        for place in sorted(taken):
            if "userEnteredValue" in sheet.cell(*place):
                where = Area(place[0], place[0] + 1, place[1], place[1] + 1).text
                message = f"Array result was not expanded because it would overwrite data in {where}."
                return Failure("#REF!", message)
        assert self.filled is not None
        self.filled.setdefault(sheet.id, {}).update(taken)
        return own

    def worked_out(self, key: tuple[int, int, int], sheet: Sheet, formula: str) -> Any:
        self.under_way.add(key)
        try:
            return self.evaluated(sheet, (key[1], key[2]), formula)
        finally:
            self.under_way.discard(key)

    def evaluated(self, sheet: Sheet, place: tuple[int, int], formula: str) -> Any:
        """What a formula comes to in a cell, whatever stands there."""
        return first(self.result(sheet, place, formula))

    def result(self, sheet: Sheet, place: tuple[int, int], formula: str) -> Any:
        """The same, whole, where it is a table."""
        before, self.here = self.here, (sheet, *place)
        try:
            return self.node(parse(formula))
        except BadFormulaError:
            return Failure("#ERROR!", "Formula parse error.")
        except Failure as failure:
            return failure
        except (RecursionError, OverflowError):
            return Failure("#NUM!", "Result was not a number.")
        finally:
            self.here = before

    def node(self, node: Node) -> Any:
        return getattr(self, "node_" + node[0])(*node[1:])

    def node_value(self, value: Any) -> Any:
        return value

    def node_error(self, name: str) -> Any:
        return Failure(name)

    def node_array(self, rows: list[list[Node]]) -> Matrix:
        return Matrix([[first(self.node(cell)) for cell in row] for row in rows])

    def node_name(self, name: str) -> Any:
        for named in self.book.named_ranges:
            if named["name"].lower() == name.lower():
                sheet = self.book.sheet(named["range"].get("sheetId", 0))
                return self.matrix(sheet, Area.of(named["range"]))
        raise Failure("#NAME?", f"Unknown range name: '{name.upper()}'.")

    def node_reference(self, reference: Reference) -> Any:
        sheet = self.here[0] if reference.title is None else self.book.titled(reference.title)
        if sheet is None:
            raise Failure("#REF!", f"Unresolved sheet name '{reference.title}'.")
        return self.matrix(sheet, reference.area)

    def matrix(self, sheet: Sheet, area: Area) -> Matrix:
        whole = sheet.whole(area)
        if (area.row or 0) >= sheet.rows or (area.column or 0) >= sheet.columns:
            raise Failure("#REF!", "Reference does not exist.")
        last = max((row for row, _, _ in sheet.filled(whole)), default=whole.row or 0)
        end = (whole.row_end or 0) if area.row_end is not None else last + 1
        rows = range(whole.row or 0, end)
        columns = range(whole.column or 0, whole.column_end or 0)
        found = [[self.value(sheet, row, column) for column in columns] for row in rows]
        return Matrix(found, (sheet, whole))

    def node_unary(self, sign: str, operand: Node) -> Any:
        value = number(self.node(operand))
        return -value if sign == "-" else value / 100 if sign == "%" else value

    def node_binary(self, sign: str, left: Node, right: Node) -> Any:
        a, b = self.node(left), self.node(right)
        if self.arrays and (isinstance(a, Matrix) or isinstance(b, Matrix)):
            return spread(lambda one, other: self.operation(sign, one, other), a, b)
        return self.operation(sign, first(a), first(b))

    def operation(self, sign: str, a: Any, b: Any) -> Any:
        if sign == "&":
            return text(a) + text(b)
        if sign in ("+", "-", "*", "/", "^"):
            return arithmetic(sign, *(operand(sign, place, value) for place, value in ((1, a), (2, b))))
        return compare(sign, a, b)

    def node_call(self, written: str, arguments: list[Node]) -> Any:
        name = written.upper()
        if name in LAZY:
            return LAZY[name](self, arguments)
        function = FUNCTIONS.get(name) or TABLES.get(name)
        if function is None:
            raise Failure("#NAME?", f"Unknown function: '{written}'.")
        try:
            return function(*[self.node(argument) for argument in arguments])
        except Failure as failure:
            raise failure.of(name, 1) from failure
        except TypeError as wrong:
            raise Failure("#N/A", f"Wrong number of arguments to {name}.") from wrong
        except (ValueError, ZeroDivisionError) as wrong:
            raise Failure("#VALUE!" if isinstance(wrong, ValueError) else "#DIV/0!", str(wrong)) from wrong


NAMES = {"+": "ADD", "-": "MINUS", "*": "MULTIPLY", "/": "DIVIDE", "^": "POW"}


def operand(sign: str, place: int, value: Any) -> float:
    """One side of an operation; what is no number is complained of by the function's name."""
    try:
        return number(value)
    except Failure as failure:
        raise failure.of(NAMES[sign], place) from failure


def arithmetic(sign: str, a: float, b: float) -> float:
    if sign == "/":
        if b == 0:
            raise Failure("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
        return a / b
    if sign == "^":
        return float(a**b)
    return a + b if sign == "+" else a - b if sign == "-" else a * b


def extended(value: Any) -> dict[str, Any] | None:
    """A value as an ExtendedValue; a blank result and an empty text are none."""
    if isinstance(value, Failure):
        message = {"message": value.message} if value.message else {}
        return {"errorValue": {"type": ERROR_TYPES[value.name]} | message}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, (int, float)):
        return {"numberValue": int(value) if float(value).is_integer() and abs(value) < 1e21 else value}
    return {"stringValue": str(value)} if value not in (None, "") else None


def calculation(book: Spreadsheet, now: datetime) -> Calculation:
    """The calculation of the spreadsheet as it stands; kept while it stands so."""
    version, known = book.worth
    if version != book.version or known.now != now:
        known = Calculation(book, now)
        book.worth = (book.version, known)
    return known  # type: ignore[no-any-return]
