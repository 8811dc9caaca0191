"""One history: a script of edits, passes, crashes and failures thrown by the dice of a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from sheetsync.core.merge.tabs import LABELS
from sheetsync.verbs.pass_ import Verb
from sheetsync.verbs.report import Report
from simulator.copies import FORM, TAB, Copy
from simulator.oracle import Oracle, equal
from simulator.page import is_bad
from simulator.people import Hands
from simulator.world import NAMES, Start, Weather, World, ids_from

#: What passes meet with, as often as it is named.
_WEATHERS = ("fair", "fair", "away", "failing", "cut", "cut", "people", "people")
_AT_GOOGLE = ("fair", "away", "failing", "failing", "cut", "people", "race", "race", "race", "race")
#: So often people work in the form instead of the table.
_AIMED = 0.08
#: Passes after which everything is at rest, once edits stop.
_SETTLES = 4


class Broken(AssertionError):
    """A promise was broken; the text tells the whole history."""


class History:
    """A world, its people, and the oracle.

    Attributes:
        kept: States of copies that were put aside.
        outcome: What the copies came to when all was at rest, before people settled what was held.
    """

    def __init__(
        self, start: Start, seed: int, *, kinds: Sequence[str], names: Sequence[str] = NAMES
    ) -> None:
        self.seed, self.dice = seed, Random(seed)
        count = 3 if self.dice.random() < 0.3 else 2
        self.tampers = self.dice.random() < 0.5
        self.world: World = start.begin(names[:count], kinds[:count])
        self.world.edit = self._edit
        self.hands = Hands(self.dice, tampers=self.tampers)
        self.oracle = Oracle(self.world)
        self.kept: list[tuple[Copy, object]] = []
        self.script: list[str] = []
        self.outcome: object = None

    # playing

    def play(self, *, calm: bool = False) -> None:
        """The whole history, and every check.

        Args:
            calm: No crash, no failure, nobody at work during a pass.

        Raises:
            Broken: With the script up to there.
        """
        with ids_from(Random(self.seed)):
            self.tell(lambda: self._play(calm=calm))

    def _play(self, *, calm: bool) -> None:
        self._fill()
        for _ in range(self.dice.randint(4, 12)):
            self._step(calm=calm)
        self.rest()
        self.outcome = self._outcome()
        self._heal()

    def _outcome(self) -> object:
        """What the copies came to, whatever they are called and whatever ids their rows have."""
        held = self.world.conflicts().items()
        return (
            [
                (page.labels, sorted(sorted(map(str, line.values.items())) for line in page.lines))
                for page in (copy.page() for copy in self.world.copies)
            ],
            sorted((tab, column, sorted(map(str, said))) for (tab, _, column), said in held),
        )

    def work(self, *, edits: int) -> None:
        """A first pass, and so many edits after it."""
        self._fill()
        self._pass(Weather())
        for _ in range(edits):
            self._edit(self.dice.randrange(len(self.world.copies)))

    def tell(self, play: Callable[[], None]) -> None:
        """Play; where a promise is broken, tell how it came to that.

        Raises:
            Broken: With the script up to there.
        """
        try:
            play()
        except Exception as error:
            said = str(error) or type(error).__name__
            lines = "\n".join(f"  {number}. {it}" for number, it in enumerate(self.script, start=1))
            raise Broken(f"seed {self.seed}: {said}\n{lines}") from error

    def _fill(self) -> None:
        copy = self.world.copies[0]
        page = copy.page()
        before = copy.page()
        page.lines = [self.hands.line() for _ in range(self.dice.randint(2, 9))]
        copy.save(page)
        self.oracle.edited(0, before, page)
        self.script.append(f"{copy.replica.name}: {len(page.lines)} rows are typed: {page.lines}")
        if self.dice.random() < 0.8:
            self._pass(Weather())

    def _step(self, *, calm: bool) -> None:
        what = self.dice.choices(("edit", "keep", "put back", "pass"), (10, 1, 1, 7))[0]
        which = self.dice.randrange(len(self.world.copies))
        if what == "edit":
            self._edit(which)
        elif what == "keep":
            self.kept.append((self.world.copies[which], self.world.copies[which].keep()))
            self.script.append(f"{self._name(which)}: a copy is put aside ({len(self.kept)})")
        elif what == "put back":
            self._put_back(which)
        else:
            weather = Weather() if calm else self._weather()
            for copy in range(len(self.world.copies)) if weather.racing else ():
                self._edit(copy)  # so that there is something to write
            self._pass(weather, verb=self._verb())

    def _verb(self) -> Verb:
        return Verb.RUN if self.dice.random() < 0.15 else Verb.SYNC

    def _weather(self) -> Weather:
        kind = self.dice.choice(_AT_GOOGLE if self.world.at_google else _WEATHERS)
        names = [seam.name for seam in self.world.seams]
        some = frozenset(self.dice.sample(names, self.dice.randint(1, len(names) - 1)))
        steps = self.dice.sample(range(1, self.world.usual_steps + 1), 2)
        edits = {step: self.dice.randrange(len(names)) for step in steps}
        return {
            "fair": Weather(),
            "away": Weather(away=some),
            "failing": Weather(failing=some, disk=steps[0]),
            "cut": Weather(cut=steps[0], away=some if steps[1] < 4 else frozenset()),
            "people": Weather(edits=edits, away=some if steps[1] < 3 else frozenset()),
            "race": Weather(
                racing=frozenset(names), failing=some if steps[1] < 4 else frozenset(), disk=steps[0]
            ),
        }[kind]

    def _name(self, which: int) -> str:
        return self.world.seams[which].name

    # people

    def _edit(self, which: int) -> None:
        copy = self.world.copies[which]
        page = copy.page()
        before = copy.page()
        races = self.world.weather.people and copy in self.world.at_google
        if self.dice.random() < _AIMED:
            self._aim(which, races=bool(races))
            return
        what = self.hands.work(page)
        if what:
            copy.save(page)
            self.script.append(f"{self._name(which)}: a person {what}")
            self.oracle.edited(which, before, page, races=bool(races))

    def _aim(self, which: int, *, races: bool) -> None:
        """A person types another goal into the form."""
        copy, goal = self.world.copies[which], self.hands.token("goal")
        self.oracle.aimed(copy.goal(), goal, races=races)
        copy.set_goal(goal)
        self.script.append(f"{self._name(which)}: a person types {goal} into the form")

    def _put_back(self, which: int) -> None:
        """An older state of a copy takes its place: a stale save, a backup."""
        copy = self.world.copies[which]
        kept = [it for mine, it in self.kept if mine is copy] + self.world.seams[which].versions
        if not kept:
            return
        before, goal = copy.page(), copy.goal()
        copy.put_back(self.dice.choice(kept))
        if copy.goal() != goal:
            self.oracle.put_back_goal(goal)
        after = copy.page()
        gone = before.tokens().keys() - after.tokens().keys()
        back = after.tokens().keys() - before.tokens().keys()
        self.script.append(f"{self._name(which)}: an older state is back, without {gone}, with {back}")
        self.oracle.put_back(which, before, after)

    # passes

    def _pass(self, weather: Weather, *, verb: Verb = Verb.SYNC, lift: Sequence[str] = ()) -> Report | None:
        self.script.append(f"{verb.name.lower()}: {weather}{' lifting ' + ', '.join(lift) if lift else ''}")
        report = self.world.run(weather, verb=verb, lift=lift)
        faults = [trouble.replica for trouble in report.troubles if trouble.failed] if report else []
        self.oracle.passed(weather, cut=report is None, silent=not weather.racing.isdisjoint(faults))
        if report is None:
            self.script[-1] += " - cut"
            return None
        brakes = [trouble.brake for trouble in report.troubles if trouble.brake]
        if brakes:
            self.script.append(f"stopped: {report.troubles}")
            assert not any(seam.writes for seam in self.world.seams), "a brake, and something was written"
            assert not {*lift}.intersection(brakes), "a lifted brake stopped the pass"
            return self._pass(Weather(), verb=verb, lift=[*lift, *brakes])  # people may have done more
        if weather == Weather():
            self.oracle.recent.clear()
        return report

    def rest(self, *, passes: int = _SETTLES) -> None:
        """I2, I3: once edits stop, a few passes make all copies equal, and then nothing is written."""
        for _ in range(passes):
            self._pass(Weather(), verb=Verb.RUN if self.seed % 5 == 0 else Verb.SYNC)
            if not any(seam.writes for seam in self.world.seams):
                break
        else:
            raise AssertionError(f"still writing after {passes} passes")
        self.oracle.at_rest()

    def _heal(self) -> None:
        """Where people settle what is held, everything is equal, and stays so."""
        self.script.append("people settle what is held")
        for (tab, row_id, column), _ in sorted(self.world.conflicts().items()):
            if tab == TAB:
                self._settle(row_id, column)
            elif tab == FORM:
                goal = self.hands.token("goal")
                for copy in self.world.copies:
                    copy.set_goal(goal)
        for copy in self.world.copies:
            page = copy.page()
            for line in page.lines:
                for column, value in list(line.values.items()):
                    if is_bad(value):
                        del line.values[column]
            copy.save(page)
        self.oracle.settled()
        for _ in range(_SETTLES):
            self._pass(Weather())
            if not any(seam.writes for seam in self.world.seams):
                break
        assert not self.world.conflicts(), f"still held: {self.world.conflicts()}"
        equal([copy.page() for copy in self.world.copies], set())

    def _settle(self, row_id: str, column: str) -> None:
        token = self.hands.token(column if row_id != LABELS else "note")
        for copy in self.world.copies:
            page = copy.page()
            if row_id == LABELS:
                page.labels[column] = str(token)
            for line in page.lines:
                if line.id == row_id:
                    line.values[column] = token
            copy.save(page)
