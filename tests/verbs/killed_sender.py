"""Sends a program's mails again and again, each time in a process that is killed one step later.

python -m verbs.killed_sender FOLDER PORT

A step is whatever changes something: right before and right after each commit of the ledger, before each
line to the server and before each reply is read. After each kill two passes follow that are let live.
Prints what the ledger then says, a JSON object: {"step 17": {MESSAGE-ID: "sent", ...}, ...}.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sheetsync.ledger import Ledger
from verbs.outbox_desk import MEMBERS, OutboxDesk


class Death:
    """Kills the process at its n-th step."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def before(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def stepping(*args: Any, **more: Any) -> Any:
            self.step()
            return original(*args, **more)

        setattr(owner, name, stepping)

    def around_transactions(self) -> None:
        original = Ledger.transaction

        @contextmanager
        def stepping(ledger: Ledger) -> Iterator[Any]:
            with original(ledger) as connection:
                yield connection
                self.step()
            self.step()

        Ledger.transaction = stepping


def in_child(work: Callable[[], object]) -> bool:
    """Do it in a process of its own.

    Returns:
        Whether it lived.
    """
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def deliver_until(step: int, desk: OutboxDesk) -> None:
    desk.plan(*MEMBERS, key=f"digest/{desk.folder.name}")
    death = Death(step)
    death.before(smtplib.SMTP, "send")
    death.before(smtplib.SMTP, "getreply")
    death.around_transactions()
    desk.deliver()


def deliver_twice(desk: OutboxDesk) -> None:
    desk.deliver()
    desk.deliver(minutes=9999)


def main(folder: Path, port: int) -> None:
    found = {}
    for step in count():
        desk = OutboxDesk(folder / str(step), port)
        lived = in_child(partial(deliver_until, step, desk))
        in_child(partial(deliver_twice, desk))
        found[f"step {step}"] = {it.message_id: it.state for it in desk.letters()}
        if lived:
            break
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
