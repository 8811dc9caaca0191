"""The request kinds of `batchUpdate`, by family. Importing a family registers it."""

from . import cells, dimensions, editing, filters, looks, metadata, moving, objects, ranges, sheets, tables
from .registry import Batch, run

__all__ = [
    "Batch", "cells", "dimensions", "editing", "filters", "looks", "metadata", "moving", "objects", "ranges",
    "run", "sheets", "tables",
]  # fmt: skip
