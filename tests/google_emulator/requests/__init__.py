"""The request kinds of `batchUpdate`, by family. Importing a family registers it."""

from . import (
    cells,
    comments,
    dimensions,
    editing,
    filters,
    looks,
    metadata,
    moving,
    objects,
    ranges,
    sheets,
    sources,
    tables,
)
from .registry import Batch, run

__all__ = [
    "Batch", "cells", "comments", "dimensions", "editing", "filters", "looks", "metadata", "moving",
    "objects", "ranges", "run", "sheets", "sources", "tables",
]  # fmt: skip
