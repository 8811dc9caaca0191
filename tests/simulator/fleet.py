"""Many histories, some at a time: `python -m simulator.fleet`, or `make simulate`."""

from __future__ import annotations

import argparse
import functools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import sheetsync.ledger.ledger as opening
from simulator.history import Broken, History
from simulator.world import Start

#: One history in so many is played on real Excel files.
EXCEL = 20
_BATCH = 50


def play(seeds: Iterable[int], *, excel: bool | None = None) -> list[str]:
    """Play the histories of these seeds.

    Args:
        excel: On Excel files or not; by default one in twenty is.

    Returns:
        What was broken, each with its script.
    """
    broken = []
    with started() as start:
        for seed in seeds:
            try:
                History(start, seed, excel=seed % EXCEL == 0 if excel is None else excel).play()
            except Broken as error:
                broken.append(str(error))
    return broken


@contextmanager
def started() -> Iterator[Start]:
    """A program to start histories from, in a folder of its own."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    # The ledger's file is at the same place in every history: its engine, and what that compiled, serve all.
    one_engine = functools.cache(opening.create_engine)
    try:
        with patch.object(opening, "create_engine", one_engine):
            yield Start.make(folder / "start")
    finally:
        shutil.rmtree(folder)


def main() -> int:
    """Play histories on all processors, and tell how many broke a promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("histories", type=int, nargs="?", default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--excel", action="store_true", help="all of them on real Excel files")
    options = parser.parse_args()
    began = time.monotonic()
    seeds = range(options.first, options.first + options.histories)
    batches = [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]
    broken = []
    with ProcessPoolExecutor() as pool:
        for found in pool.map(functools.partial(play, excel=options.excel or None), batches):
            broken += found
            for text in found:
                sys.stdout.write(f"{text}\n")
    took = time.monotonic() - began
    sys.stdout.write(f"{len(seeds)} histories, {len(broken)} broke a promise, {took:.0f} s\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
