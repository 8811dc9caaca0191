"""A conflict: one cell about which the copies of a workbook disagree, until a person decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.values import Value, to_json

#: No vowels, so no words; nothing that looks like something else.
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
_CODE_LENGTH = 6


@dataclass(frozen=True)
class Conflict:
    """A held cell and what each place says.

    Attributes:
        workbook: Name in the program.
        row_id: Row id of the record; of a form, the setting's key.
        column: Column key; of a form, "value".
        opinions: Name of the replica -> the value there, `None` where it is empty.
        since: When the copies were first seen to disagree, `None` for just now.
    """

    workbook: str
    tab: str
    row_id: str
    column: str
    opinions: Mapping[str, Value]
    since: datetime | None = None

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """Which cell is held."""
        return self.workbook, self.tab, self.row_id, self.column

    @property
    def code(self) -> str:
        """Its short name ("k7m2q9"): the same as long as the same places say the same.

        So a choice never counts for values that whoever chose has not seen.
        """
        said = sorted((place, to_json(value)) for place, value in self.opinions.items())
        digest = hashlib.sha256(json.dumps([self.cell, said]).encode()).digest()
        number = int.from_bytes(digest[:8], "big")
        return "".join(
            _LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_CODE_LENGTH)
        )


def disagree(said: Mapping[str, Value]) -> bool:
    """Whether places say different things of a cell; what may not cross is held although nobody disagrees."""
    return len(set(said.values())) > 1


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants a held cell to say.

    Attributes:
        where: Where they said so: a replica's Conflicts tab, or the command line.
        place: The place whose value shall count; "" where `text` says the value.
        text: The value as they typed or picked it.
    """

    where: str
    place: str = ""
    text: str = ""


@dataclass(frozen=True)
class Settled:
    """A conflict that a person ended, the value they chose, and where."""

    conflict: Conflict
    value: Value
    where: str = ""
