"""How the benchmarks measure: CPU seconds of this process, in turns, and medians.

CPU seconds (user and system) say the same on a busy machine; waiting for a disk is not in them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(works: Sequence[Callable[[], float]], times: int) -> list[float]:
    """The median of what each gives, all called in turns."""
    rounds = [[work() for work in works] for _ in range(times)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def line(what: str, value: float, remark: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<34}{value:9.3f} s   {remark}".rstrip(), flush=True)
