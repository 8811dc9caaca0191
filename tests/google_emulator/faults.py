"""Faults on command: what goes wrong with the next calls that fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError
from .http import Call

KINDS = ("status", "hang", "hang_after", "late", "truncate", "reset", "reset_after")


@dataclass
class Fault:
    """One thing that goes wrong.

    kind: "status" answers `code` without doing anything; "hang" and "hang_after" keep silent until the client
    gives up, before or after the call was applied; "late" keeps silent and holds the call back until
    `Emulator.deliver`; "truncate" breaks the answer off halfway; "reset" and "reset_after" cut the
    connection.
    match: a pattern searched in "METHOD /path?query". skip: how many that
    fit pass first. times: how many are hit.
    """

    kind: str
    code: int = 503
    match: str = ""
    skip: int = 0
    times: int = 1
    retry_after: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are {', '.join(KINDS)}")

    def fits(self, call: Call) -> bool:
        return self.times > 0 and bool(re.search(self.match, f"{call.method} {call.target}"))


MESSAGES = {
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}


def refusal(fault: Fault) -> ApiError:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return ApiError(fault.code, MESSAGES.get(fault.code, "Error"), reason="backendError", headers=headers)


@dataclass
class Faults:
    """The faults to come, and the calls that were held back."""

    planned: list[Fault] = field(default_factory=list)
    late: list[Call] = field(default_factory=list)

    def add(self, kind: str, **more: Any) -> Fault:
        fault = Fault(kind, **more)
        self.planned.append(fault)
        return fault

    def take(self, call: Call) -> Fault | None:
        """The fault that hits this call, counted off."""
        for fault in self.planned:
            if fault.fits(call):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None
