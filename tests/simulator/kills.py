"""A pass killed for real, at every durable step in turn: `python -m simulator.kills`, or `make kills`.

A child is forked from the warmed-up process, runs a whole pass over real Excel files, and kills itself at its
step (SIGKILL). Then two passes put everything right, and the oracle of the histories looks at what is there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import partial
from itertools import count
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sqlalchemy.engine.default import DefaultDialect

from sheetsync.verbs.pass_ import Verb
from simulator.fleet import started
from simulator.history import Broken, History
from simulator.world import EXCEL, Start, Weather

#: What makes something durable, in the files, the ledger and the outbox.
_DURABLE = ((os, "fsync"), (os, "replace"), (os, "unlink"), (DefaultDialect, "do_commit"))


@contextmanager
def killed_at(step: int) -> Iterator[None]:
    """This process dies before or after a durable call: each is two steps."""
    steps = count(1)

    def tick() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(real, *args, **options):
        tick()
        result = real(*args, **options)
        tick()
        return result

    with ExitStack() as stack:
        for owner, name in _DURABLE:
            real = getattr(owner, name)
            wrapped = partial(watched, real)
            if owner is DefaultDialect:
                wrapped = lambda self, connection, real=real: watched(real, self, connection)  # noqa: E731
            stack.enter_context(patch.object(owner, name, wrapped))
        yield


def kill(history: History, step: int) -> bool:
    """Kill a pass at a step, run twice, and look.

    Returns:
        Whether there was such a step.

    Raises:
        Broken: Something was lost or doubled, or two passes were not enough.
    """
    child = os.fork()
    if child == 0:
        try:
            with killed_at(step):
                history.world.run(Weather(), verb=Verb.RUN)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    history.script.append(f"run, killed at step {step}: {os.WIFSIGNALED(status)}")
    history.tell(lambda: history.rest(passes=3))  # two put it right, the third has nothing to do
    return os.WIFSIGNALED(status)


def kill_everywhere(start: Start, seed: int) -> int:
    """Kill the pass of a seed at each of its steps.

    Returns:
        How many steps it has.
    """
    history = History(start, seed, kinds=EXCEL * 3)
    history.tell(lambda: history.work(edits=6))
    program = history.world.program
    with TemporaryDirectory(dir=start.program.folder.parent) as kept:
        shutil.copytree(program.folder, kept, dirs_exist_ok=True)
        for step in count(1):
            shutil.rmtree(program.folder)
            shutil.copytree(kept, program.folder)
            if not kill(deepcopy(history, {id(program): program}), step):
                break
    return step - 1


def main() -> int:
    """Kill passes until there were as many kills as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=5000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    killed = 0
    with started() as start:
        for seed in count(options.first):
            try:
                killed += kill_everywhere(start, seed)
            except Broken as error:
                sys.stdout.write(f"{error}\n")
                return 1
            if killed >= options.kills:
                break
    sys.stdout.write(f"{killed} kills, nothing lost, nothing doubled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
