"""Keeps Python's collector from looking, again and again, through what a large reading or merge makes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for circles meanwhile: cells are made by the hundred thousand and form none.

    With the collector at work, reading 10,000 records from Google takes twice the processor time, and merging
    100,000 half as much again: each search goes through all there are.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
