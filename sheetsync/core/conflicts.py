"""A conflict: one cell about which the copies of a workbook disagree, until a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.values import Value


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
