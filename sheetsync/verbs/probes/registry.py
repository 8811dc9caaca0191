"""The one register of probes: a probe is a decorated function that tells what ails one part of a program.

```python
@probe("Disk")
def little_room_left(program: Program, now: datetime) -> Iterator[Ailment]:
    '''There is room for the next passes.'''
    if shutil.disk_usage(program.folder).free < 2**20:
        yield Ailment("The disk is full.", "Delete what nobody needs.")
```

An error that a probe meets on purpose (`SheetsyncError`) is an ailment too. That of a ledger that cannot be
read is told once, by the probe of the ledger; others say that they could not look.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sheetsync.errors import LedgerError, SheetsyncError
from sheetsync.program import Program


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong.

    Attributes:
        what: What is wrong, and where.
        do: The command or the click that mends it.
        passing: It heals by itself: nobody has to do anything.
    """

    what: str
    do: str
    passing: bool = False


ProbeFunction = Callable[[Program, datetime], Iterable[Ailment]]


@dataclass(frozen=True)
class Probe:
    """One probe: the part it looks at, and what its docstring says holds where all is well."""

    part: str
    well: str
    run: ProbeFunction = field(repr=False)


@dataclass(frozen=True)
class Examined:
    """What one probe found; nothing where all is well."""

    part: str
    well: str
    ailments: tuple[Ailment, ...]


PROBES: dict[str, Probe] = {}


def probe(part: str) -> Callable[[ProbeFunction], ProbeFunction]:
    """Register a probe under the part of a program it looks at."""

    def register(run: ProbeFunction) -> ProbeFunction:
        if part in PROBES:
            raise ValueError(f"two probes look at {part}")
        PROBES[part] = Probe(part, inspect.cleandoc(run.__doc__ or "").splitlines()[0], run)
        return run

    return register


def examine(program: Program, now: datetime) -> tuple[Examined, ...]:
    """Run every probe."""
    return tuple(Examined(it.part, it.well, _run(it, program, now)) for it in PROBES.values())


def _run(it: Probe, program: Program, now: datetime) -> tuple[Ailment, ...]:
    found: list[Ailment] = []
    try:
        found.extend(it.run(program, now))  # keeps what it told before an error
    except LedgerError:
        found.append(
            Ailment("Not checked: the ledger cannot be read.", "Mend the ledger first.", passing=True)
        )
    except SheetsyncError as error:
        found.append(Ailment(error.what, error.do))
    return tuple(found)
