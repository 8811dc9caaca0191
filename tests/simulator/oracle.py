"""The oracle of the histories: what became of every value people typed, and what must hold of the copies.

Every value a person types is a token. The oracle knows which of them people replaced themselves, and
follows all others: they are in some copy, or at least in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsync.core.values import Value
from simulator.copies import FORM, GOAL, TAB
from simulator.page import Page, is_bad
from simulator.world import Weather, World


class Oracle:
    """What became of every token.

    Attributes:
        alive: Tokens of which nobody who saw them made another value.
        replaced: Tokens that a person replaced or deleted where it saw them.
        touched: Tokens that may be there or not: in rows that a person emptied a cell of (such a row was
            edited), or replaced in a state of a copy that nobody ever read.
        unshown: Tokens that left the copies before they were agreed: the ledger alone remembers them.
        unread: Per copy, tokens replaced since a pass last read it.
        copied: Tokens of rows that a person copied: of equal rows nobody can tell which was changed since.
        yielded: Tokens of which a conflict told when no copy had them any more; it ends with equal copies.
        recent: Tokens typed since the last pass that nothing disturbed.
        goals: What people typed into the form and nobody replaced.
        beside: Per copy, what people wrote beside records and did not take out again.
        deleted: Ids of rows that a person deleted. One that others edited comes back as a whole, also with
            what the person had seen in it.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.alive: set[Value] = set()
        self.replaced: set[Value] = set()
        self.touched: set[Value] = set()
        self.unshown: set[Value] = set()
        self.unread: list[set[Value]] = [set() for _ in world.copies]
        self.copied: set[Value] = set()
        self.yielded: set[Value] = set()
        self.recent: set[Value] = set()
        self.goals: set[Value] = set()
        self.beside: list[set[Value]] = [set() for _ in world.copies]
        self.deleted: set[str] = set()

    # what it is told

    def edited(self, which: int, before: Page, after: Page, *, races: bool = False) -> None:
        """A person saved a copy.

        Args:
            which: The copy.
            before: What the person saw.
            after: What the person made of it.
            races: A batch was on its way to the copy.
        """
        gone = before.tokens().keys() - after.tokens().keys()
        come = after.tokens().keys() - before.tokens().keys()
        self._replace(gone)
        self.unread[which] |= gone
        self.deleted |= {line.id for line in before.lines} - {line.id for line in after.lines} - {""}
        if races:
            # A row that is gone after a batch which deletes rows may have been hit by mistake: it is put
            # back, though a person deleted it at that very moment.
            self.touched |= gone
        self.alive |= come
        self.recent |= come
        self.beside[which] -= before.own() - after.own()
        if not races:  # what is written into a row while the batch that deletes it is on its way goes with it
            self.beside[which] |= after.own() - before.own()
        self._touch(before, after)
        # What a person copied stands twice, and is as much alive in the one place as in the other.
        self.copied |= (after.tokens() - before.tokens()).keys() & before.tokens().keys()
        self.touched |= self.copied

    def aimed(self, before: Value, after: Value, *, races: bool = False) -> None:
        """A person typed another goal over this one, maybe while a batch was on its way to that very cell."""
        self.goals -= {before}
        if not races:
            self.goals |= {after}

    def put_back(self, which: int, before: Page, after: Page) -> None:
        """An older state of a copy took its place."""
        gone = before.tokens().keys() - after.tokens().keys()
        back = after.tokens().keys() - before.tokens().keys()
        self.recent |= back
        self.beside[which] = after.own()
        if after.stamp == before.stamp:  # no margin tells it from an edit by hand
            self._replace(gone)
            self.touched |= back
            self._touch(before, after)
        else:
            elsewhere = self._somewhere()
            self.alive -= gone - elsewhere - self.world.remembered()
            self.unshown |= gone - elsewhere - self.world.agreed_once()
            # What was typed into it after that generation, nothing says that this state knew.
            base = self.world.agreed_rows(after.stamp)
            rows = [set(line.values.values()) for line in after.lines]
            self.touched |= {value for row in rows if row not in base for value in row}
        # Rows without an id are known by what they say alone, and others may say the same by now.
        self.touched |= {value for line in after.lines if not line.id for value in line.values.values()}
        self.touched |= self.unread[which]

    def passed(self, weather: Weather, *, cut: bool, silent: bool = False) -> None:
        """A pass was over, or was cut short; nothing may be lost.

        Args:
            weather: What it met with.
            cut: Its process died.
            silent: Google fell silent while people were at work: what a batch hit by mistake stayed.
        """
        if silent:
            self.touched |= self._somewhere()
            self.unshown |= self.alive
        self._replace(self.world.swept())
        self.touched |= self.world.swept()
        self._nothing_lost()
        for said in self.world.conflicts().values():
            self.yielded |= said - self._somewhere()
        if cut or weather.people or weather.failing:
            # A copy that was read and not written keeps its old base: to delete there what was typed there
            # looks like deleting what others edited, so it comes back.
            self.touched |= self._rows_with(self.recent)
        if not (cut or weather.people):
            for which, seam in enumerate(self.world.seams):
                if seam.name not in weather.away | weather.failing:
                    self.unread[which].clear()

    def settled(self) -> None:
        """People settled everything: what was typed before that no longer counts."""
        self.alive.clear()
        self.goals.clear()
        self.replaced.clear()

    def put_back_goal(self, gone: Value) -> None:
        """With the older state came an older goal: who put it back has seen the one that went."""
        self.goals -= {gone}

    def _touch(self, before: Page, after: Page) -> None:
        rows = [set(line.values.values()) for line in before.lines]
        for line in after.lines:
            now = set(line.values.values())
            if any(now < row for row in rows):
                self.touched |= now
        # A row that has no id yet, and in which its name or all is typed anew, is another one to everybody.
        left = [line.values for line in after.lines]
        nameless = [line.values for line in before.lines if not line.id and line.values not in left]
        self.touched |= {value for values in nameless for value in values.values()}

    def _replace(self, gone: set[Value]) -> None:
        self.replaced |= gone
        self.alive -= gone

    # what must hold

    def at_rest(self) -> None:
        """All copies are equal, held cells aside; one row, one id; nothing doubled, missing or back again."""
        conflicts = self.world.conflicts()
        for where, said in conflicts.items():
            came_back = where[1] in self.deleted and said - self.replaced
            old = set() if came_back else (said & self.replaced) - self.touched
            assert not old, f"nobody says that any more, and yet it is held: {old} {where}"
        pages = [copy.page() for copy in self.world.copies]
        equal(pages, {(row_id, column) for tab, row_id, column in conflicts if tab == TAB})
        goals = {copy.goal() for copy in self.world.copies}
        assert len(goals) == 1 or (FORM, GOAL, "value") in conflicts, f"copies differ: {goals}"
        missing = self.alive - self.unshown - self.copied - self.yielded - self._somewhere()
        assert not missing, f"in the ledger, but in no copy: {missing}"
        rows: dict[str, set[Value]] = {}
        for page in pages:
            ids = [line.id for line in page.lines if line.values]
            assert all(ids), "a row has no id"
            assert len(ids) == len(set(ids)), "an id stands twice"
            twice = {value for value, times in page.tokens().items() if times > 1} - self.touched
            assert not twice, f"doubled: {twice}"
            for line in page.lines:
                if line.values:
                    rows.setdefault(line.id, set()).update(line.values.values())
        for row in rows.values():
            assert row - self.replaced or row & self.touched, f"came back: {row}"

    def _nothing_lost(self) -> None:
        """I1: what no person replaced is in some copy, or in the ledger."""
        missing = self.alive - self._somewhere()
        if missing:
            missing -= self.world.remembered()
        assert not missing, f"lost: {missing}"
        lost = self.goals - {copy.goal() for copy in self.world.copies}
        assert not lost or lost <= self.world.remembered(), f"lost: the goal {lost}"
        for copy, beside in zip(self.world.copies, self.beside, strict=True):
            gone = beside - copy.page().own()
            assert gone <= self.world.beside(), f"lost beside its row: {gone - self.world.beside()}"

    def _rows_with(self, tokens: set[Value]) -> set[Value]:
        rows = [set(line.values.values()) for copy in self.world.copies for line in copy.page().lines]
        return {token for row in rows if row & tokens for token in row}

    def _somewhere(self) -> set[Value]:
        return {value for copy in self.world.copies for value in copy.page().values()}


def equal(pages: Sequence[Page], held: set[tuple[str, str]]) -> None:
    """All copies are equal, but for cells that are held, or hold what cannot cross."""
    bad = {
        (line.id, column)
        for page in pages
        for line in page.lines
        for column, value in line.values.items()
        if is_bad(value)
    }
    first, *others = [(page.records(held | bad), page.headers(held)) for page in pages]
    for other in others:
        assert first == other, f"copies differ: {first} {other}"
