"""`python -m tests.google_emulator --port N --token TOKEN`: for other processes, until interrupted."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections import deque
from pathlib import Path

from . import ROBOT, Emulator


def main() -> None:
    cli = argparse.ArgumentParser(prog="python -m tests.google_emulator", description=__doc__)
    cli.add_argument("--port", type=int, default=0, help="0 takes a free one")
    cli.add_argument("--token", action="append", default=[], help="a bearer token to take; may be repeated")
    cli.add_argument("--email", default=ROBOT, help="the account that the tokens stand for")
    cli.add_argument(
        "--service-account", action="append", default=[], help="a key file whose account may come in"
    )
    cli.add_argument("--per-user", type=int, help="requests a minute that a user may make")
    cli.add_argument("--per-project", type=int, help="requests a minute that a project may make")
    args = cli.parse_args()
    gc.set_threshold(
        500_000, 20, 100
    )  # cells are many and form no circles: the collector need not look often
    emulator = Emulator(port=args.port, per_user=args.per_user, per_project=args.per_project)
    for token in args.token:
        emulator.accept(token, args.email)
    for file in args.service_account:
        emulator.trust(json.loads(Path(file).read_text()))
    emulator.server.seen = deque(maxlen=100)  # a server that runs for days remembers the last calls only
    emulator.create("Getting started", args.email)  # hardly any account is empty
    sys.stdout.write(f"{emulator.url}\n")
    sys.stdout.flush()
    emulator.server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
