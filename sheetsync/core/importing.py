"""What an import would do to a tab: pure data that can be shown before anything is done.

Rows of the file are paired with records by natural key. Nobody's value is overwritten: only empty cells
are filled, and where file and workbook differ, both stay and the difference is reported. So importing
the same file again adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sheetsync.core.converting import Converted, convert
from sheetsync.core.figures import read_habits
from sheetsync.core.foreign import ForeignRow, ForeignTable, Remark, blank, is_total
from sheetsync.core.matching import How, Match, match_headers
from sheetsync.core.model import Column, ColumnType, Tab
from sheetsync.core.records import Record, fold, split_many
from sheetsync.core.values import Value, show

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that the file and the workbook fill differently; the workbook's value stays.

    Attributes:
        row: Row number in the file.
        id: Row id of the record.
        column: Key of the column.
    """

    row: int
    id: str
    column: str
    theirs: Value
    ours: Value


@dataclass(frozen=True)
class Extra:
    """The values of a column that only the file has.

    Attributes:
        new: One value for each of the plan's `new` rows.
        existing: Values by row id, for records that the file has too and beside which none stands yet.
    """

    new: tuple[Value, ...]
    existing: Mapping[str, Value]


@dataclass(frozen=True)
class ImportPlan:
    """What taking a foreign table into a tab means.

    Attributes:
        columns: What becomes of each header, in their order.
        new: Values by column key of each row that is not there yet, without empty cells.
        numbers: The row number in the file of each of `new`.
        filled: Row id -> column key -> value, for cells of existing records that were empty.
        skipped: Row numbers that say nothing new (already there, or said before in the file).
        differing: Cells left as they are because the file says something else.
        extras: Header -> values of the columns of the file's own, those with any value.
        left_out: Row numbers that hold no record: totals, and rows with nothing for this tab.
    """

    columns: tuple[Match, ...]
    new: tuple[Mapping[str, Value], ...]
    numbers: tuple[int, ...] = ()
    filled: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    differing: tuple[Difference, ...] = ()
    extras: Mapping[str, Extra] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def completed(self) -> frozenset[str]:
        """Ids of the existing records that get something, in the tab's columns or beside them."""
        return frozenset(self.filled).union(*(extra.existing for extra in self.extras.values()))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file, converted: values by column key and by own header, without empty cells."""

    number: int
    values: Mapping[str, Value]
    extras: Mapping[str, Value]


def plan_import(
    table: ForeignTable,
    tab: Tab,
    existing: Sequence[Record],
    forced: Mapping[str, str] | None = None,
    beside: Mapping[str, Mapping[str, Value]] | None = None,
) -> ImportPlan:
    """How the rows of a foreign table come into a tab.

    Args:
        table: The foreign table.
        tab: The table tab of the template, with the program's own allowed values.
        existing: The tab's records now.
        forced: Header -> key or label of its column, or "" for a column of its own.
        beside: What stands in people's own columns already: row id -> header -> value.

    Raises:
        UsageError: `forced` names a header or column that is not there.
    """
    matches = match_headers([header.text for header in table.headers], tab, forced)
    totals = [row for row in table.rows if is_total(row)]
    data = [row for row in table.rows if not is_total(row)]
    rows, cell_remarks = _converted(data, matches, tab)
    nothing = [row.number for row in rows if not row.values]
    distinct, twice = _without_repeats((row for row in rows if row.values), tab)
    pairs = _paired(distinct, existing, tab, [match.column for match in matches if match.column])
    new = [row for row in distinct if row.number not in pairs]
    known = [(row, pairs[row.number]) for row in distinct if row.number in pairs]
    filled = {record.id: gaps for row, record in known if (gaps := _gaps(row, record))}
    differing = tuple(each for row, record in known for each in _differences(row, record, tab))
    extras = _extras(matches, new, known, beside or {})
    plan = ImportPlan(
        columns=matches,
        new=tuple(row.values for row in new),
        numbers=tuple(row.number for row in new),
        filled=filled,
        differing=differing,
        extras=extras,
        left_out=tuple(sorted([*nothing, *(row.number for row in totals)])),
        remarks=(
            *table.remarks,
            *(Remark(match.remark, match.header) for match in matches if match.remark),
            *cell_remarks,
            *_row_remarks(totals, nothing, twice, new, tab),
        ),
    )
    differ = {each.row for each in differing}
    said = [row.number for row, it in known if row.number not in differ and it.id not in plan.completed]
    return replace(plan, skipped=tuple(sorted([*said, *twice])))


# --- Reading the rows ---


def _converted(
    rows: Sequence[ForeignRow], matches: Sequence[Match], tab: Tab
) -> tuple[list[_Row], list[Remark]]:
    """The rows' values for the tab, and what should be known of them, the same remark once for all rows."""
    values: list[dict[str, Value]] = [{} for _ in rows]
    extras: list[dict[str, Value]] = [{} for _ in rows]
    said: dict[tuple[str, str], list[int]] = {}
    for index, match in enumerate(matches):
        cells = [row.values[index] for row in rows]
        if match.column:
            column = tab.columns[match.column]
            _fill(values, match.column, _column_values(column, cells, rows, match.header, said))
        elif match.how is How.OWN:
            _fill(extras, match.header, [None if blank(cell) else cell for cell in cells])
    remarks = [Remark(message, header, tuple(numbers)) for (header, message), numbers in said.items()]
    found = [_Row(row.number, v, e) for row, v, e in zip(rows, values, extras, strict=True)]
    return found, remarks


def _fill(rows: Sequence[dict[str, Value]], key: str, values: Sequence[Value]) -> None:
    for row, value in zip(rows, values, strict=True):
        if value is not None:
            row[key] = value


def _column_values(
    column: Column,
    cells: Sequence[Value],
    rows: Sequence[ForeignRow],
    header: str,
    said: dict[tuple[str, str], list[int]],
) -> list[Value]:
    habits = read_habits(cells)
    if column.type is ColumnType.DATE and habits.day_first is not None:
        order = "day" if habits.day_first else "month"
        said[header, f"Dates like 3/4/2026 were read with the {order} first, as others here are."] = []
    values = []
    known: dict[object, Converted] = {}  # registers say the same few words again and again
    for cell, row in zip(cells, rows, strict=True):
        if (converted := known.get((type(cell), cell))) is None:
            converted = known[type(cell), cell] = convert(column, cell, habits)
        values.append(converted.value)
        if converted.remark:
            said.setdefault((header, converted.remark), []).append(row.number)
    return values


def _without_repeats(rows: Iterable[_Row], tab: Tab) -> tuple[list[_Row], list[int]]:
    """The rows, and the numbers of those that say again, cell for cell, what an earlier one said."""
    seen: set[object] = set()
    distinct: list[_Row] = []
    twice: list[int] = []
    for row in rows:
        said = (_essence(row.values, tab, row.values), _essence(row.extras, tab, row.extras))
        if said in seen:
            twice.append(row.number)
        else:
            seen.add(said)
            distinct.append(row)
    return distinct, twice


# --- Pairing with what is there ---


def _paired(
    rows: Sequence[_Row], existing: Sequence[Record], tab: Tab, columns: Sequence[str]
) -> dict[int, Record]:
    """Row number -> its record: the same natural key, each record once, the most alike ones first.

    Rows without any value in the natural key are a record's only where they say nothing else than it.
    """
    records = _grouped(existing, lambda record: _natural_key(record.values, tab))
    pairs: dict[int, Record] = {}
    for key, group in _grouped(rows, lambda row: _natural_key(row.values, tab)).items():
        free = _pair_equal(group, records.get(key, []), tab, columns, pairs)
        left = [row for row in group if row.number not in pairs]
        _pair_nearest(left, free, tab, pairs, named=any(key))
    return pairs


def _grouped(
    items: Iterable[_Item], key: Callable[[_Item], tuple[str, ...]]
) -> dict[tuple[str, ...], list[_Item]]:
    groups: dict[tuple[str, ...], list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _pair_equal(
    rows: Sequence[_Row],
    records: Sequence[Record],
    tab: Tab,
    columns: Sequence[str],
    pairs: dict[int, Record],
) -> list[Record]:
    """Pair what is equal in all the file's columns; returns the records that stay free."""
    by_content: dict[object, list[Record]] = {}
    for record in reversed(records):
        by_content.setdefault(_essence(record.values, tab, columns), []).append(record)
    for row in rows:
        if equal := by_content.get(_essence(row.values, tab, columns)):
            pairs[row.number] = equal.pop()
    taken = {pairs[row.number].id for row in rows if row.number in pairs}
    return [record for record in records if record.id not in taken]


def _pair_nearest(
    rows: Sequence[_Row], records: Sequence[Record], tab: Tab, pairs: dict[int, Record], *, named: bool
) -> None:
    ranked = sorted(
        (_distance(row, record, tab), i, j) for i, row in enumerate(rows) for j, record in enumerate(records)
    )
    taken: set[int] = set()
    for (differing, gaps, _), i, j in ranked:
        if rows[i].number not in pairs and j not in taken and (named or not differing + gaps):
            pairs[rows[i].number] = records[j]
            taken.add(j)


def _distance(row: _Row, record: Record, tab: Tab) -> tuple[int, int, int]:
    """Cells that differ, cells the record lacks, and cells only the record has."""
    surplus = sum(not blank(value) and key not in row.values for key, value in record.values.items())
    return len(_differences(row, record, tab)), len(_gaps(row, record)), surplus


def _natural_key(values: Mapping[str, Value], tab: Tab) -> tuple[str, ...]:
    return tuple(fold(show(values.get(column))) for column in tab.natural_key)


def _essence(values: Mapping[str, Value], tab: Tab, columns: Iterable[str]) -> frozenset[tuple[str, object]]:
    """What the cells of some columns say, however it is written."""
    filled = ((key, values.get(key)) for key in columns)
    return frozenset((key, _said(value, tab.columns.get(key))) for key, value in filled if not blank(value))


def _said(value: Value, column: Column | None) -> object:
    """A value for comparing: case, blanks and the order of several values do not count."""
    if column and column.many:
        return frozenset(fold(part) for part in split_many(value))
    return fold(show(value))


def _gaps(row: _Row, record: Record) -> dict[str, Value]:
    return {key: value for key, value in row.values.items() if blank(record.value(key))}


def _differences(row: _Row, record: Record, tab: Tab) -> tuple[Difference, ...]:
    return tuple(
        Difference(row.number, record.id, key, value, ours)
        for key, value in row.values.items()
        if not blank(ours := record.value(key))
        and _said(value, tab.columns[key]) != _said(ours, tab.columns[key])
    )


# --- What else there is to say ---


def _extras(
    matches: Iterable[Match],
    new: Sequence[_Row],
    known: Sequence[tuple[_Row, Record]],
    beside: Mapping[str, Mapping[str, Value]],
) -> dict[str, Extra]:
    def existing(header: str) -> dict[str, Value]:
        lacking = ((row, it.id) for row, it in known if header not in beside.get(it.id, {}))
        return {row_id: row.extras[header] for row, row_id in lacking if header in row.extras}

    headers = [match.header for match in matches if match.how is How.OWN]
    extras = {it: Extra(tuple(row.extras.get(it) for row in new), existing(it)) for it in headers}
    return {
        header: extra for header, extra in extras.items() if extra.existing or any(map(_there, extra.new))
    }


def _there(value: Value) -> bool:
    return not blank(value)


def _row_remarks(
    totals: Iterable[ForeignRow], nothing: Sequence[int], twice: Sequence[int], new: Sequence[_Row], tab: Tab
) -> Iterator[Remark]:
    if numbers := tuple(row.number for row in totals):
        yield Remark("This looks like a line of totals and was left out.", rows=numbers)
    if nothing:
        yield Remark(
            f"Nothing in these rows belongs to {tab.title}; they were left out.", rows=tuple(nothing)
        )
    if twice:
        yield Remark("These rows repeat another one, cell for cell; they were taken once.", rows=tuple(twice))
    keys = Counter(_natural_key(row.values, tab) for row in new)
    same = tuple(row.number for row in new if any(key := _natural_key(row.values, tab)) and keys[key] > 1)
    if same:
        yield Remark(f"These rows seem to be the same {tab.noun} but differ; all were kept.", rows=same)
    for column in tab.column:
        lacking = tuple(row.number for row in new if column.required and column.key not in row.values)
        if lacking:
            yield Remark(f"{column.label} is empty in these rows; it has to be filled in.", rows=lacking)
