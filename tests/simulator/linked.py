"""Histories of two linked workbooks: a step in a plan is an action in a log, whoever changes either."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from random import Random

from scenarios.desk import NOW
from sheetsync.core.plan import Row
from sheetsync.core.values import Value, from_json
from sheetsync.errors import ReplicaMissing
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from simulator.history import Broken
from simulator.pair import FIELDS, LOG, PLAN, TABS, Pair, Sheet
from simulator.world import Cut, ids_from, steps_told

#: Passes after which everything is at rest, once edits stop.
_SETTLES = 6


class LinkedHistory:
    """People in four copies of two workbooks, passes between them, and what must hold."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.seed, self.dice, self.numbers = seed, Random(seed), count(1)
        folder = pair.program.folder.with_name("linked-world")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / ".sheetsync").mkdir(parents=True)
        (folder / "plan1.xlsx").touch()  # a program that is provisioned
        self.ledger = folder / ".sheetsync" / "ledger.db"
        shutil.copyfile(pair.program.state / "ledger.db", self.ledger)
        self.program = replace(
            pair.program,
            folder=folder,
            ledger_url=f"sqlite:///{self.ledger.as_posix()}",
            outbox=folder / "outbox",
        )
        self.sheets = {
            it.name: [Sheet(name, replace(pair.snapshots[it.name], version="0")) for name in it.replicas]
            for it in pair.program.workbooks
        }
        self.all = [sheet for sheets in self.sheets.values() for sheet in sheets]
        for sheet in self.all:
            sheet.moment = self.moment  # type: ignore[method-assign]
        self.alive: set[Value] = set()
        self.script: list[str] = []
        self.now, self.steps, self.cut, self.away = NOW, 0, 0, frozenset[str]()

    def play(self) -> None:
        """The whole history, and every check.

        Raises:
            Broken: With the script up to there.
        """
        try:
            with ids_from(Random(self.seed)):
                self._play()
        except Exception as error:
            lines = "\n".join(f"  {number}. {it}" for number, it in enumerate(self.script, start=1))
            raise Broken(f"seed {self.seed}: {str(error) or type(error).__name__}\n{lines}") from error

    def _play(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            self._add(self.sheets[PLAN][0])
        for _ in range(self.dice.randint(8, 24)):
            if self.dice.random() < 0.65:
                self._edit(self.dice.choice(self.all))
            else:
                self._pass(self._weather())
        for _ in range(_SETTLES):
            self._pass({})
            if not any(sheet.writes for sheet in self.all):
                break
        else:
            raise AssertionError(f"still writing after {_SETTLES} passes")
        self._at_rest()

    # people

    def _token(self, column: str) -> Value:
        number = next(self.numbers)
        return date(2030, 1, 1) + timedelta(days=number) if column == "due" else f"t{number}"

    def _add(self, sheet: Sheet) -> None:
        columns = ("name", "next", "due") if sheet.tab == TABS[PLAN] else ("text", "due")
        chosen = [it for it in columns if self.dice.random() < 0.8] or [columns[0]]
        self._save(sheet, [*sheet.rows, Row("", 0, {it: self._token(it) for it in chosen})], "adds a row")

    def _edit(self, sheet: Sheet) -> None:
        rows = sheet.rows
        what = self.dice.choices(("type", "state", "empty", "delete", "sort", "add"), (8, 3, 1, 1, 1, 2))[0]
        if what == "add" or not rows:
            self._add(sheet)
            return
        at = self.dice.randrange(len(rows))
        if what == "sort":
            rows.sort(key=lambda row: sorted(map(str, row.values.values())))
        elif what == "delete":
            del rows[at]
        else:
            columns = ("name", "next", "due") if sheet.tab == TABS[PLAN] else ("text", "due", "kind")
            column = "state" if what == "state" else self.dice.choice(columns)
            value = {"state": self.dice.choice(("open", "done")), "empty": None}.get(
                what, self._token(column)
            )
            values = {**rows[at].values, column: value}
            rows[at] = replace(rows[at], values={key: it for key, it in values.items() if it is not None})
            what += f" {column}"
        self._save(sheet, rows, f"{what} in row {at}")

    def _save(self, sheet: Sheet, rows: Sequence[Row], what: str) -> None:
        before = sheet.tokens()
        sheet.save(rows)
        after = sheet.tokens()
        self.alive -= before.keys() - after.keys()
        self.alive |= after.keys() - before.keys()
        self.script.append(f"{sheet.name}: {what}: {[(row.id, dict(row.values)) for row in sheet.rows]}")

    # passes

    def _weather(self) -> dict[str, object]:
        kind = self.dice.choice(("fair", "fair", "cut", "away"))
        if kind == "cut":
            return {"cut": self.dice.randint(1, 24)}
        return {"away": frozenset({self.dice.choice(self.all).name})} if kind == "away" else {}

    def moment(self, what: str, name: str = "the ledger") -> None:
        """A step of a pass: the process may die, a copy may be away."""
        self.steps += 1
        if self.steps == self.cut:
            raise Cut(f"{what} {name}")
        if what == "before reading" and name in self.away:
            raise ReplicaMissing(f"{name}: cannot be found.")

    def _pass(self, weather: Mapping[str, object], lift: frozenset[str] = frozenset()) -> None:
        self.now += timedelta(minutes=1)
        self.steps, self.cut, self.away = 0, int(str(weather.get("cut", 0))), frozenset()
        self.away = frozenset(map(str, weather.get("away", ())))  # type: ignore[call-overload]
        for sheet in self.all:
            sheet.writes = 0
        self.script.append(f"a pass, {weather or 'fair'} {set(lift) or ''}")
        try:
            with steps_told(self):
                report = run_pass(
                    self.program, self.now, Options(Verb.SYNC, lifted=lift), guests=dict(self.sheets)
                )
        except Cut as cut:
            self.script[-1] += f" - died {cut}"
        else:
            brakes = frozenset(trouble.brake for trouble in report.troubles if trouble.brake)
            if brakes - lift:
                self._pass({}, lift | brakes)
        missing = self.alive - self._somewhere() - self._remembered()
        assert not missing, f"lost: {missing}"

    # what must hold

    def _somewhere(self) -> set[Value]:
        return {value for sheet in self.all for value in sheet.tokens()}

    def _remembered(self) -> set[Value]:
        columns = ("row_version.contents", "minted.contents", "conflict.opinions", "link.agreed")
        found = (it.split(".") for it in columns)
        texts = [text for table, column in found for (text,) in self._ask(f"select {column} from {table}")]
        return {from_json(it) for text in texts if text for it in json.loads(text).values()}

    def _ask(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.ledger)) as connection:
            return list(connection.execute(query))

    def _at_rest(self) -> None:
        """Copies are equal, linked records say the same, nothing is doubled; held cells aside."""
        query = "select tab, row_id, column from conflict where settled is null"
        held = {(tab, row_id, column) for tab, row_id, column in self._ask(query)}
        records = {}
        for workbook, sheets in self.sheets.items():
            first, *others = [self._records(sheet, held) for sheet in sheets]
            assert all(it == first for it in others), f"copies of {workbook} differ: {first} {others}"
            assert all(row.id for sheet in sheets for row in sheet.rows), "a row has no id"
            records[workbook] = first
        texts = Counter(row.get("text") for row in records[LOG].values() if row.get("text"))
        assert max(texts.values(), default=1) == 1, f"an action stands twice: {texts}"
        self._linked(records, held)

    def _records(self, sheet: Sheet, held: set[tuple[str, str, str]]) -> dict[str, dict[str, Value]]:
        return {
            row.id: {key: value for key, value in row.values.items() if (sheet.tab, row.id, key) not in held}
            for row in sheet.rows
        }

    def _linked(
        self, records: Mapping[str, Mapping[str, Mapping[str, Value]]], held: set[tuple[str, str, str]]
    ) -> None:
        query = "select row_id, target_row_id, agreed from link order by id"
        bonds = {row_id: (target, json.loads(agreed)) for row_id, target, agreed in self._ask(query)}
        for row_id, (target, agreed) in bonds.items():
            step, action = records[PLAN].get(row_id), records[LOG].get(target)
            if step is None or action is None or "done" in (step.get("state"), action.get("state")):
                continue  # it is over: each goes on by itself
            if agreed["state"] == "done" and any((TABS[PLAN], row_id, it) in held for it in FIELDS):
                continue  # so it was, and the step, which may be another one by now, waits for a person
            for here, there in FIELDS.items():
                unsure = {(TABS[PLAN], row_id, here), (TABS[LOG], target, there)} & held
                said = {step.get(here), action.get(there)} - {None}
                assert unsure or len(said) < 2, f"linked, and yet they differ: {row_id} {target} {said}"
        for row_id, step in records[PLAN].items():
            wanted = step.get("next") and step.get("due") and step.get("state") in (None, "open")
            sure = not any((TABS[PLAN], row_id, column) in held for column in FIELDS)
            assert row_id in bonds or not (wanted and sure), f"nobody made an action of {row_id}: {step}"
