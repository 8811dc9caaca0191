"""How the benchmarks measure: CPU seconds of this process, in turns, and medians.

CPU seconds (user and system) say the same on a busy machine; waiting for a disk is not in them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(works: Sequence[Callable[[], float]], times: int) -> list[float]:
    """The median of what each gives, all called in turns."""
    rounds = [[work() for work in works] for _ in range(times)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def peak() -> int:
    """Peak memory of this process in MiB; 0 where the system does not tell.

    Not by getrusage: on Linux that remembers the parent's peak, too.
    """
    status = Path("/proc/self/status")
    return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024 if status.exists() else 0


def line(what: str, value: float, remark: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<34}{value:9.3f} s   {remark}".rstrip(), flush=True)
