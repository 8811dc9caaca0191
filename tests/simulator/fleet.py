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

import stamina

import sheetsync.ledger.ledger as opening
from simulator.history import Broken, History
from simulator.linked import LinkedHistory
from simulator.pair import Pair
from simulator.world import EXCEL, GOOGLE, MEMORY, Start

#: One history in so many is played on real Excel files, one with copies at Google, one on linked workbooks.
_RARE = 20
#: Two workbooks, four copies in memory.
LINKED = "L"
#: What the copies are then.
_MIXES = (EXCEL + GOOGLE + MEMORY, GOOGLE * 3, GOOGLE + MEMORY + EXCEL)
_BATCH = 50


def kinds_of(seed: int) -> str:
    """What the copies of a history are: in most, all are in memory."""
    turn, place = divmod(seed, _RARE)
    rare = {0: EXCEL * 3, _RARE // 4: LINKED, _RARE // 2: _MIXES[turn % len(_MIXES)]}
    return rare.get(place, MEMORY * 3)


def play(seeds: Iterable[int], *, kinds: str = "") -> list[str]:
    """Play the histories of these seeds.

    Args:
        seeds: One for each history.
        kinds: What the copies are, a letter each; by default it depends on the seed.

    Returns:
        What was broken, each with its script.
    """
    broken = []
    with started() as start:
        pair = functools.cache(lambda: Pair.make(start.program.folder.with_name("pair")))
        for seed in seeds:
            chosen = kinds or kinds_of(seed)
            try:
                if chosen == LINKED:
                    LinkedHistory(pair(), seed).play()
                else:
                    History(start, seed, kinds=chosen).play()
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
        stamina.set_testing(True, attempts=7)
        with patch.object(opening, "create_engine", one_engine):
            yield Start.make(folder / "start")
    finally:
        stamina.set_testing(False)
        shutil.rmtree(folder)


def main() -> int:
    """Play histories on all processors, and tell how many broke a promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("histories", type=int, nargs="?", default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--kinds",
        default="",
        help="what the copies are: M in memory, E Excel, G Google; EGM; L: linked workbooks",
    )
    options = parser.parse_args()
    began = time.monotonic()
    seeds = range(options.first, options.first + options.histories)
    batches = [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]
    broken = []
    with ProcessPoolExecutor() as pool:
        for found in pool.map(functools.partial(play, kinds=options.kinds), batches):
            broken += found
            for text in found:
                sys.stdout.write(f"{text}\n")
    took = time.monotonic() - began
    sys.stdout.write(f"{len(seeds)} histories, {len(broken)} broke a promise, {took:.0f} s\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
