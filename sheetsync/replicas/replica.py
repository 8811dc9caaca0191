"""The seam: what a pass reads from a replica and writes to it, in records, not in XML or HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Snapshot


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What `provision` did, in a person's words; empty where nothing was missing."""

    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """What a workbook's margin says besides tab and stamp, and what fills it when it is made."""

    ledger: str
    workbook: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Replica(Protocol):
    """One copy of a workbook in one place."""

    name: str

    def glance(self) -> str:
        """A word that stays the same as long as nothing changes, told without reading; "" where none does.

        Raises:
            ReplicaError: It is missing or busy.
        """

    def read(self, template: Template) -> Snapshot:
        """Everything the template's tabs hold.

        Raises:
            ReplicaError: It is missing, busy, unreadable or not such a workbook.
        """

    def write(self, edit: Edit, template: Template, version: str) -> str:
        """Apply an edit in one atomic step.

        Returns:
            The replica's version from now on.

        Raises:
            ReplicaChanged: The replica is no longer at `version`; nothing was written.
            ReplicaError: It cannot be written; nothing was written.
        """

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        """Make the replica, or add what a newer template has; never destroys."""
