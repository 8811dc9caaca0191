"""The one register of metrics: a metric is a decorated function that computes one status block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sheetsync.core.records import Book, View
from sheetsync.core.rules.registry import Finding
from sheetsync.core.values import Value

#: The rows of a small table, each as long as its header.
Rows = tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a metric computes: a small table.

    Attributes:
        header: Names of the columns; the first names the rows.
        rows: Values, each row as long as the header. A chart takes the first column as categories
            and each further column as a series.
        remark: One sentence a person can act on; "" where the figures say it all.
    """

    header: tuple[str, ...]
    rows: Rows
    remark: str = ""


@dataclass(frozen=True)
class Measure:
    """What a metric sees: the program, the workbook its block stands in, and the findings."""

    view: View
    book: Book
    findings: tuple[Finding, ...]


MetricFunction = Callable[[Measure], Figures]


@dataclass(frozen=True)
class Metric:
    """A metric: its key (named by a template's block), the practices it stands on, its documentation."""

    key: str
    practices: tuple[str, ...]
    compute: MetricFunction = field(repr=False)


METRICS: dict[str, Metric] = {}


def metric(key: str, *, practices: str = "") -> Callable[[MetricFunction], MetricFunction]:
    """Register a metric under the key that templates use."""

    def register(compute: MetricFunction) -> MetricFunction:
        if key in METRICS:
            raise ValueError(f"two metrics have the key {key}")
        METRICS[key] = Metric(key, tuple(practices.split()), compute)
        return compute

    return register


def count(values: Iterable[str]) -> dict[str, int]:
    """How often each text occurs, in order of first occurrence."""
    tally: dict[str, int] = {}
    for value in values:
        tally[value] = tally.get(value, 0) + 1
    return tally
