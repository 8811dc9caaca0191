"""The reading half of a pass: every replica once, each beside the generation it descends from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sheetsync.core.merge.tabs import Side
from sheetsync.core.places import GOOGLE
from sheetsync.core.plan import Snapshot
from sheetsync.core.records import Observation
from sheetsync.core.values import Value
from sheetsync.errors import (
    Brake,
    ReplicaBusy,
    ReplicaError,
    ReplicaMismatch,
    ReplicaMissing,
    SheetsyncError,
)
from sheetsync.ledger.generations import Generations, Tabs
from sheetsync.program import Program, Workbook
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.replica import Replica

FOREIGN_LEDGER, UNKNOWN_STAMP, LAYOUT = "ledger", "stamp", "layout"


@dataclass(frozen=True)
class Trouble:
    """A replica (or a whole workbook) that this pass had to leave out, and why.

    Attributes:
        replica: "" where the workbook as a whole was stopped.
        passing: It heals by itself: the next pass takes it.
        brake: The word that lifts it once; "" where nothing does.
        unprovisioned: It was never made; a person has to.
    """

    workbook: str
    replica: str
    what: str
    do: str
    passing: bool = False
    brake: str = ""
    unprovisioned: bool = False

    @property
    def failed(self) -> bool:
        """Whether the pass could not do what it should have."""
        return not (self.passing or self.unprovisioned)


@dataclass
class Gathered:
    """One workbook as it was read.

    Attributes:
        newest: Number of the newest agreed generation; 0 on the first pass.
        agreed: Its records.
        ledger: Id of the ledger.
        buried: What deleted records last held of which a replica still has rows; `None` where the ledger let
            go of it.
        unborn: Records (tab, row id) that a pass meant to make and that stand nowhere; none, where a replica
            is not there to look.
        taken_over: Replicas that a person gave to this ledger: whatever they held before, they count as
            copies that never took part.
        stopped: Nothing of this workbook is written in this pass.
    """

    workbook: Workbook
    ledger: str
    newest: int
    agreed: Tabs
    replicas: dict[str, Replica] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    bases: dict[str, dict[int, Tabs]] = field(default_factory=dict)
    meanings: dict[str, Mapping[tuple[str, int], int]] = field(default_factory=dict)
    typed: dict[str, tuple[Tabs, Tabs]] = field(default_factory=dict)
    ever: Mapping[str, frozenset[str]] = field(default_factory=dict)
    buried: Mapping[str, Mapping[str, Mapping[str, Value] | None]] = field(default_factory=dict)
    unborn: frozenset[tuple[str, str]] = frozenset()
    troubles: list[Trouble] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    taken_over: set[str] = field(default_factory=set)
    stopped: bool = False

    def stop(self, error: SheetsyncError, replica: str = "") -> None:
        """Leave the workbook out of this pass."""
        brake = error.name if isinstance(error, Brake) else ""
        self.troubles.append(Trouble(self.workbook.name, replica, error.what, error.do, brake=brake))
        self.stopped = True

    def mismatch(self, name: str, error: ReplicaMismatch, *, lifted: bool) -> None:
        """A tab or column of a replica is not there, or twice: stop, or go on without that replica."""
        if lifted:
            self.troubles.append(Trouble(self.workbook.name, name, error.what, error.do))
        else:
            others = f" To let the other copies go on without this one: --lift {LAYOUT}"
            self.stop(Brake(LAYOUT, error.what, error.do + (others if len(self.replicas) > 1 else "")), name)

    def take_over(self, name: str, snapshot: Snapshot) -> Snapshot:
        """Give a replica to this ledger, as a copy that never took part."""
        self.taken_over.add(name)
        tabs = {key: replace(tab, stamp=0) for key, tab in snapshot.tabs.items()}
        return replace(snapshot, tabs=tabs)

    def meant(self, replica: str, tab: str, stamp: int) -> int:
        """The generation a stamp stands for by now."""
        return self.meanings[replica].get((tab, stamp), stamp)

    def is_older(self, replica: str, tab: str) -> bool:
        """Whether a state of a replica is back in which it stood before it last took part."""
        known = [stamp for key, stamp in self.meanings.get(replica, {}) if key == tab]
        return self.snapshots[replica].tabs[tab].stamp < max(known, default=0)

    def sides(self, tab: str) -> list[Side]:
        """The replicas' versions of a tab, each with its base."""
        found = []
        for name, snapshot in self.snapshots.items():
            snapshot_tab = snapshot.tabs[tab]
            generation = self.meant(name, tab, snapshot_tab.stamp)
            standing, deleted = (tabs.get(tab, {}) for tabs in self.typed[name])
            base = self.bases[name][generation].get(tab, {})
            base = {**deleted, **base} if deleted else base
            older = self.is_older(name, tab)
            found.append(Side(name, snapshot_tab, base, generation, standing, older))
        return found


def open_replicas(program: Program, workbook: Workbook) -> dict[str, Replica]:
    """The replicas of a workbook by name."""
    return {name: open_replica(program, name) for name in workbook.replicas}


def open_replica(program: Program, name: str) -> Replica:
    """A replica by what the program file calls it."""
    if name.startswith(GOOGLE):
        # Imported late: a program without Google does without its libraries.
        from sheetsync.replicas.google.login import connected
        from sheetsync.replicas.google.replica import GoogleReplica

        return GoogleReplica(name, connected, program.state / "google")
    return ExcelReplica(name, program.folder / Path(name), program.state / "backups")


def gather(
    workbook: Workbook,
    replicas: Mapping[str, Replica],
    generations: Generations,
    ledger_id: str,
    lifted: frozenset[str],
) -> Gathered:
    """Read every replica of a workbook that can be read.

    Args:
        workbook: The workbook.
        replicas: Its replicas by name.
        generations: The workbook's generations in the ledger.
        ledger_id: Whose workbooks this pass may touch.
        lifted: Brakes that a person lifted for this pass.
    """
    gathered = Gathered(workbook, ledger_id, 0, {}, dict(replicas))
    for name, replica in replicas.items():
        try:
            snapshot = replica.read(workbook.template)
            if (snapshot.ledger, snapshot.workbook) != (ledger_id, workbook.name):
                if FOREIGN_LEDGER not in lifted:
                    knows_nothing = not generations.newest()
                    raise foreign(name, snapshot, workbook, ledger_id, knows_nothing=knows_nothing)
                snapshot = gathered.take_over(name, snapshot)
            gathered.snapshots[name] = snapshot
            gathered.observations += [replace(it, place=f"{name} {it.place}") for it in snapshot.faults]
        except ReplicaMismatch as error:
            gathered.mismatch(name, error, lifted=LAYOUT in lifted)
            tab = next(workbook.template.synced()).key
            gathered.observations.append(Observation("D007", workbook.name, tab, error.what, error.do))
        except Brake as error:
            gathered.stop(error, name)
        except ReplicaMissing as error:
            gathered.troubles.append(_missing(workbook, name, replica, generations, error))
        except ReplicaError as error:
            busy = isinstance(error, ReplicaBusy)
            gathered.troubles.append(Trouble(workbook.name, name, error.what, error.do, passing=busy))
    _recover(gathered, generations)
    gathered.newest = generations.newest()
    gathered.agreed = generations.agreed(gathered.newest)
    for name in list(gathered.snapshots):
        _find_bases(gathered, generations, name, lifted)
    gathered.ever = _ids(gathered, generations)
    if gathered.snapshots.keys() == gathered.replicas.keys():
        gathered.unborn = generations.unborn() - _standing(gathered)
    gathered.buried = {tab.key: _buried(gathered, generations, tab.key) for tab in workbook.template.synced()}
    gathered.stopped = gathered.stopped or not gathered.snapshots
    return gathered


def _missing(
    workbook: Workbook, name: str, replica: Replica, generations: Generations, error: ReplicaMissing
) -> Trouble:
    """A file that is not there is one that vanished, or was listed and not made yet."""
    if not isinstance(replica, ExcelReplica) or replica.backups.files() or generations.meaning(name):
        return Trouble(workbook.name, name, error.what, error.do)
    do = "Make it: sheetsync provision. If it was there, put it back or correct its path in sheetsync.toml."
    return Trouble(workbook.name, name, f"{name}: is not provisioned yet.", do, unprovisioned=True)


def foreign(
    name: str, snapshot: Snapshot, workbook: Workbook, ledger_id: str, *, knows_nothing: bool
) -> Brake:
    """Why a replica is not taken for a copy of a workbook: its margin names another workbook, or ledger.

    Args:
        ledger_id: This program's ledger.
        knows_nothing: Nothing was agreed in it yet.
    """
    take_over = f"If it is the right one all the same, take it over: --lift {FOREIGN_LEDGER}"
    if snapshot.ledger == ledger_id:
        what = (
            f'{name}: is a copy of the workbook "{snapshot.workbook}"; in sheetsync.toml it stands under '
            f'"{workbook.name}". Nothing was written.'
        )
        do = f'Was the workbook renamed there? Call it "{snapshot.workbook}" again. Else correct the path.'
    elif knows_nothing:
        what = (
            f"{name}: was synced before, and the ledger knows nothing of it: the ledger is new. "
            "Nothing was written."
        )
        do = "If the ledger was lost: sheetsync doctor --rebuild. Else the path in sheetsync.toml is wrong."
    else:
        what = (
            f'{name}: belongs to another program ("{snapshot.workbook}", ledger {snapshot.ledger}; expected '
            f'"{workbook.name}", ledger {ledger_id}). Nothing was written.'
        )
        do = "Check the path in sheetsync.toml."
    return Brake(FOREIGN_LEDGER, what, f"{do} {take_over}")


def _recover(gathered: Gathered, generations: Generations) -> None:
    """Finish what a crash left: a candidate that reached a replica is agreed, another one is given up."""
    candidate = generations.candidate()
    if candidate is None:
        return
    tabs = [tab for snapshot in gathered.snapshots.values() for tab in snapshot.tabs.values()]
    if candidate not in {tab.stamp for tab in tabs}:
        generations.abandon(candidate)
        return
    generations.withdraw(candidate, generations.begun(candidate) - _standing(gathered))
    generations.agree(candidate)


def _ids(gathered: Gathered, generations: Generations) -> Mapping[str, frozenset[str]]:
    """Every id minted for the workbook, by tab; a copy that was taken over keeps the ids it came with."""
    ids = dict(generations.ever())
    for name in gathered.taken_over:
        for key, tab in gathered.snapshots[name].tabs.items():
            ids[key] = ids.get(key, frozenset()) | {row.id for row in tab.rows if row.id}
    return ids


def _standing(gathered: Gathered) -> set[tuple[str, str]]:
    """The records (tab, row id) that some replica has."""
    tabs = (tab for snapshot in gathered.snapshots.values() for tab in snapshot.tabs.values())
    return {(tab.key, row.id) for tab in tabs for row in tab.rows}


def _buried(
    gathered: Gathered, generations: Generations, tab: str
) -> Mapping[str, Mapping[str, Value] | None]:
    standing = {row.id for snapshot in gathered.snapshots.values() for row in snapshot.tabs[tab].rows}
    dead = standing & gathered.ever.get(tab, frozenset()) - gathered.agreed.get(tab, {}).keys()
    return generations.last_held(tab, dead)


def _find_bases(gathered: Gathered, generations: Generations, name: str, lifted: frozenset[str]) -> None:
    gathered.meanings[name] = {} if name in gathered.taken_over else generations.meaning(name)
    wanted = _meant(gathered, name)
    unknown = [it for it in wanted if not (0 <= it <= gathered.newest or generations.knows(it))]
    if unknown and UNKNOWN_STAMP not in lifted:
        gathered.stop(_unknown_stamp(name, max(unknown)), name)
        return
    if unknown:
        gathered.snapshots[name] = gathered.take_over(name, gathered.snapshots[name])
        gathered.meanings[name] = {}
        wanted = {0}
    bases = {number: generations.agreed(number) for number in wanted - {0, gathered.newest}}
    gathered.bases[name] = {**bases, gathered.newest: gathered.agreed, 0: {}}
    gathered.typed[name] = generations.typed(name, min(gathered.newest, *wanted))


def _meant(gathered: Gathered, name: str) -> set[int]:
    """The generations that a replica's tabs descend from."""
    tabs = gathered.snapshots[name].tabs
    return {gathered.meant(name, tab.key, tabs[tab.key].stamp) for tab in gathered.workbook.template.synced()}


def _unknown_stamp(name: str, stamp: int) -> Brake:
    return Brake(
        UNKNOWN_STAMP,
        f"{name}: took part in generation {stamp}, which this ledger does not know. Nothing was written.",
        "Was an older ledger put back? Put the newest one back (.sheetsync/ledger.db) and run again. "
        f"If it is lost, compare this copy with the others cell by cell: --lift {UNKNOWN_STAMP}",
    )


def readable(gathered: Sequence[Gathered]) -> list[Gathered]:
    """The workbooks that take part in the pass."""
    return [it for it in gathered if not it.stopped]
