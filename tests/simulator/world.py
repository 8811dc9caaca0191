"""A program, its copies and its ledger, and what may happen at every step of a pass."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from pkgutil import resolve_name
from random import Random
from typing import Protocol
from unittest.mock import patch

from sqlalchemy import Engine, event

from scenarios.desk import NOW, TEAM
from sheetsync.core.plan import Snapshot
from sheetsync.core.values import Value, from_json
from sheetsync.errors import ReplicaBusy, ReplicaError, ReplicaMissing
from sheetsync.program import Program
from sheetsync.replicas.replica import Identity
from sheetsync.verbs import consider
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.provision import provision
from sheetsync.verbs.report import Report
from simulator.copies import Copy, ExcelCopy, MemoryCopy
from simulator.google_copies import GoogleCopy
from simulator.seam import Watched

WORKBOOK = "team"
NAMES = ("a.xlsx", "b.xlsx", "c.xlsx")
#: So often people work right before a batch of the same pass.
_RACES = 2
#: So many rows have tabs at Google; a workbook is laid out for more, and each of them is read in every pass.
_ROWS = 24
#: What copies are, by the first letter of their kind: "MMM" is three in memory.
MEMORY, EXCEL, GOOGLE = "MEG"
_PROGRAM = f"""
[program]
name = "Acme"
operator = "maya@acme.example"
[[workbook]]
name = "{WORKBOOK}"
template = "team"
replicas = {json.dumps(NAMES)}
"""


class Steps(Protocol):
    """Who is told of every step of a pass."""

    def moment(self, what: str) -> None:
        """Something may happen."""


class Cut(BaseException):
    """The process died at this step."""


@dataclass(frozen=True)
class Start:
    """A program provisioned once, from which every history starts."""

    program: Program
    snapshot: Snapshot

    @classmethod
    def make(cls, folder: Path) -> Start:
        (folder / "templates").mkdir(parents=True)
        (folder / "templates" / "team.toml").write_text(TEAM)
        (folder / "sheetsync.toml").write_text(_PROGRAM)
        program = Program.load(folder)
        provision(program)
        first = ExcelCopy(NAMES[0], folder / NAMES[0], program.state / "backups")
        return cls(program, first.replica.read(program.workbook(WORKBOOK).template))

    @cached_property
    def spreadsheet(self) -> object:
        """The workbook at Google, as `GoogleCopy` keeps it."""
        made = GoogleCopy("google:start", self.program.folder)
        template = self.program.workbook(WORKBOOK).template
        made.replica.provision(template, Identity(self.snapshot.ledger, WORKBOOK))
        made.cut_to(_ROWS)
        return made.keep()

    def begin(self, names: Sequence[str], kinds: Sequence[str]) -> World:
        """A new world in the place of the last one.

        Args:
            names: What the copies are called.
            kinds: What each is, one of `MEMORY`, `EXCEL`, `GOOGLE`.
        """
        names = [
            f"google:{name}" if kind == GOOGLE else name for name, kind in zip(names, kinds, strict=True)
        ]
        folder = self.program.folder.with_name("world")
        shutil.rmtree(folder, ignore_errors=True)
        state = folder / ".sheetsync"
        state.mkdir(parents=True)
        shutil.copyfile(self.program.state / "ledger.db", state / "ledger.db")
        workbooks = (replace(self.program.workbook(WORKBOOK), replicas=tuple(names)),)
        url = f"sqlite:///{(state / 'ledger.db').as_posix()}"
        program = replace(
            self.program, folder=folder, workbooks=workbooks, ledger_url=url, outbox=folder / "outbox"
        )
        return World(
            program, [self._copy(program, name, kind) for name, kind in zip(names, kinds, strict=True)]
        )

    def _copy(self, program: Program, name: str, kind: str) -> Copy:
        if kind == MEMORY:
            (program.folder / name).touch()  # a program none of whose files is there is not provisioned yet
            return MemoryCopy(name, self.snapshot)
        if kind == GOOGLE:
            return GoogleCopy(name, program.state, self.spreadsheet)
        shutil.copyfile(self.program.folder / NAMES[0], program.folder / name)
        return ExcelCopy(name, program.folder / name, program.state / "backups")


@dataclass
class Weather:
    """What happens during one pass: numbers of steps, names of copies.

    Attributes:
        away: Copies that are open elsewhere or not to be found.
        failing: Copies whose disk fails when they are written, or whose wire does at any time.
        disk: How it fails: which of `DISKS` or of `FAULTS`.
        cut: The step at which the process dies.
        edits: Steps at which a person saves something: step -> which copy.
        racing: Copies at Google in which a person saves something right before a batch arrives.
    """

    away: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    disk: int = 0
    cut: int = 0
    edits: Mapping[int, int] = field(default_factory=dict)
    racing: frozenset[str] = frozenset()

    @property
    def people(self) -> bool:
        """Whether anybody works during the pass."""
        return bool(self.edits or self.racing)


class World:
    """Everything that a history plays on."""

    def __init__(self, program: Program, copies: Sequence[Copy]) -> None:
        self.program, self.copies = program, copies
        self.seams = [Watched(copy, self.moment, self.disk) for copy in copies]
        self.now: datetime = NOW
        self.weather = Weather()
        self.steps = 0
        self.races = Counter[str]()
        self.edit: Callable[[int], None] = lambda _: None
        self.at_google = [copy for copy in copies if isinstance(copy, GoogleCopy)]
        for copy in self.at_google:
            copy.wire.moment = partial(self.moment, copy=copy)

    @property
    def usual_steps(self) -> int:
        """So many steps has a pass that writes, or more."""
        return 18 + 8 * len(self.at_google)

    def run(self, weather: Weather, *, verb: Verb = Verb.SYNC, lift: Iterable[str] = ()) -> Report | None:
        """One pass; `None` where the process died in it."""
        self.weather, self.steps, self.now = weather, 0, self.now + timedelta(minutes=1)
        self.races.clear()
        for seam in self.seams:
            seam.writes = 0
        with steps_told(self), ExitStack() as wires:
            for copy in self.at_google:
                wires.enter_context(
                    copy.wire.failing(weather.disk if copy.replica.name in weather.failing else 0)
                )
            try:
                return run_pass(
                    self.program,
                    self.now,
                    Options(verb, lifted=frozenset(lift)),
                    guests={WORKBOOK: self.seams},
                )
            except Cut:
                return None
            finally:
                self.weather = Weather()

    def moment(self, what: str, copy: Copy | None = None) -> None:
        """A step of a pass: the process may die, a disk may fail, a person may save."""
        self.steps += 1
        weather, name = self.weather, copy.replica.name if copy else "the ledger"
        if self.steps == weather.cut:
            raise Cut(f"{what} {name}")
        if self.steps in weather.edits:
            self.edit(weather.edits[self.steps])
        if what == "before a batch" and name in weather.racing and self.races[name] < _RACES:
            self.races[name] += 1
            self.edit(self.copies.index(copy))
        if what == "before reading" and name in weather.away:
            raise (ReplicaBusy if self.steps % 2 else ReplicaMissing)(f"{name}: cannot be read.")
        if what == "before writing" and name in weather.failing and isinstance(copy, MemoryCopy):
            raise ReplicaError(f"{name}: cannot be written (no space left on device).")

    def disk(self, name: str) -> AbstractContextManager[object]:
        """What the disk of a copy is like in this pass."""
        fails = name in self.weather.failing and not name.startswith("google:")
        return failing_disk(*DISKS[self.weather.disk % len(DISKS)]) if fails else nullcontext()

    def swept(self) -> set[Value]:
        """What people typed at Google at the very moment, and at the very place, at which a pass wrote."""
        return {value for copy in self.at_google for value in copy.swept}

    # what the ledger remembers

    def remembered(self) -> set[Value]:
        """Every value in the ledger: any version of a record, what was typed under an id, what was held."""
        typed = self._values("select contents from minted")
        return self.agreed_once() | typed | self._values("select opinions from conflict")

    def agreed_once(self) -> set[Value]:
        """Every value of any agreed generation."""
        return self._values(
            "select contents from row_version where contents is not null and since in "
            "(select number from generation where state = 'agreed')"
        )

    def agreed_rows(self, generation: int) -> list[set[Value]]:
        """What records held in a generation."""
        query = (
            f"select contents from row_version where contents is not null and since <= {generation} "
            f"and (until is null or until > {generation})"
        )
        return [set(map(from_json, json.loads(text).values())) for (text,) in self._rows(query)]

    def beside(self) -> set[Value]:
        """Every value that stood beside a record when its row went."""
        return self._values("select contents from own_cells")

    def _values(self, query: str) -> set[Value]:
        return {from_json(it) for (text,) in self._rows(query) for it in json.loads(text).values()}

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.program.state / "ledger.db")) as connection:
            return list(connection.execute(query))

    def conflicts(self) -> dict[tuple[str, str, str], set[Value]]:
        """Cells that are held: (tab, row id, column) -> what places say."""
        query = "select tab, row_id, column, opinions from conflict where settled is null"
        rows = self._rows(query)
        return {(t, r, c): set(map(from_json, json.loads(it).values())) for t, r, c, it in rows}


#: How disks fail: which call of the system, at which time it is called, with which error.
DISKS = (
    ("os.fsync", 1, errno.ENOSPC),
    ("os.fsync", 2, errno.EIO),
    ("os.replace", 1, errno.EACCES),
    ("pathlib.Path.touch", 1, errno.ENOSPC),
    ("tempfile.mkstemp", 1, errno.EROFS),
)


def failing_disk(call: str, time: int, error: int) -> AbstractContextManager[object]:
    """While it lasts, a call of the system fails the given time it is made."""
    module, _, name = call.rpartition(".")
    real = getattr(resolve_name(module), name)
    times = count(1)

    def fail(*args: object, **options: object) -> object:
        if next(times) == time:
            raise OSError(error, os.strerror(error))
        return real(*args, **options)

    return patch(call, fail)


_watching: list[Steps] = []


@event.listens_for(Engine, "commit")
def _commit(_connection: object) -> None:
    for world in _watching:
        world.moment("before committing")


@contextmanager
def steps_told(world: Steps):
    """While a pass runs, its commits are steps too."""
    _watching.append(world)
    try:
        yield
    finally:
        _watching.remove(world)


def ids_from(dice: Random) -> AbstractContextManager[object]:
    """Row ids come from a history's own dice, so that its seed plays it again."""
    return patch.object(consider.secrets, "choice", dice.choice)
