"""Remembers, beyond the process, that a batch may still be on its way to a spreadsheet."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fence:
    """What a batch deletes and adds, so that it is applied once and on what was read, or not at all.

    Attributes:
        old: Ids of the named ranges that it deletes.
        id: Id of the one that it adds; no other batch has the same.
        number: The number in its name.
        sheet: Id of the sheet whose first cell it names.
    """

    old: tuple[str, ...]
    id: str
    number: int
    sheet: int

    @property
    def name(self) -> str:
        return f"sheetsync_epoch_{self.number}"


class Flight:
    """The batch that is on its way, in a file of its own; no file where none is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, fence: Fence) -> None:
        """Note a batch before it is sent."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps(asdict(fence)), encoding="utf-8")

    def end(self) -> None:
        """It was applied, or never will be."""
        self.path.unlink(missing_ok=True)

    def pending(self) -> Fence | None:
        """The batch that may still arrive."""
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
            return Fence(tuple(facts["old"]), facts["id"], facts["number"], facts["sheet"])
        except (FileNotFoundError, ValueError, KeyError):
            return None
