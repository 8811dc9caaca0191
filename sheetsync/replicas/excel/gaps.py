"""Taking rows out of a worksheet part, or making room in it: those below move."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator

from sheetsync.replicas.excel.heads import prefix_of
from sheetsync.replicas.excel.markup import attribute, number

_ROW_NUMBER = attribute("r")


def without_rows(pieces: Iterable[bytes], deleted: Collection[int]) -> Iterator[bytes]:
    """A worksheet part without some of its rows; those below move up, whatever refers to them does not.

    Args:
        pieces: The part's bytes.
        deleted: Numbers of the rows that go.
    """
    gone = sorted(deleted)
    return _renumbered(pieces, lambda row: None if row in deleted else row - bisect(gone, row))


def with_room(pieces: Iterable[bytes], at: int, more: int) -> Iterator[bytes]:
    """A worksheet part in which so many rows fit in before row `at`; whatever refers to it does not move."""
    return _renumbered(pieces, lambda row: row + more if row >= at else row)


def _renumbered(pieces: Iterable[bytes], to: Callable[[int], int | None]) -> Iterator[bytes]:
    part = b"".join(pieces)
    prefix = prefix_of(part)
    row = re.compile(rb"<%srow(?=[\s/>])(?:[^>]*/>|[^>]*>.*?</%srow\s*>)" % (prefix, prefix), re.S)
    placed = re.compile(rb"""(<%sc\s(?:[^>]*?\s)?r\s*=\s*["'][A-Za-z]{1,3})\d+""" % prefix)
    end = part.find(b"</%ssheetData" % prefix)
    done = previous = 0
    for found in row.finditer(part, 0, max(end, 0)):
        here = _number(found.group(0)) or previous + 1
        previous, there = here, to(here)
        yield part[done : found.start()]
        done = found.end()
        if there == here:
            yield found.group(0)
        elif there is not None:
            yield _moved(found.group(0), len(prefix), placed, b"%d" % there)
    yield part[done:]


def _number(row: bytes) -> int | None:
    found = _ROW_NUMBER.search(row, 0, row.find(b">"))
    return number(found.group(1)) if found else None


def _moved(row: bytes, prefix: int, placed: re.Pattern[bytes], to: bytes) -> bytes:
    """A row with another number; one that had none gets it, since the row before may be gone."""
    name_end, tag_end = len(b"<row") + prefix, row.find(b">")
    tag = row[:name_end] + b' r="%s"' % to + _ROW_NUMBER.sub(b"", row[name_end:tag_end])
    return tag + placed.sub(rb"\g<1>" + to, row[tag_end:])
