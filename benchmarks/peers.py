"""The same edit with other libraries, each in a process of the environment that has them.

    make bench    (makes that environment, build/bench, from requirements/bench.txt)

Called as a script by `seconds_of`: prints the CPU seconds of one edit, and peak memory in MiB.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from timing import peak, seconds

PYTHON = Path(__file__).parents[1] / "build/bench/bin/python"
ROWS = range(10, 20)


def excelize(source: str, target: str) -> None:
    """Ten cells with excelize, the binding of a Go library."""
    import excelize

    book = excelize.open_file(source)
    for row in ROWS:
        book.set_cell_value(book.get_sheet_list()[0], f"C{row}", "new")
    book.save_as(target)
    book.close()


def wolfxl(source: str, target: str) -> None:
    """Ten cells with wolfxl, in the mode that keeps what it does not change."""
    import wolfxl

    book = wolfxl.load_workbook(source, modify=True)
    for row in ROWS:
        book[book.sheetnames[0]].cell(row, 3).value = "new"
    book.save(target)


PEERS = {"wolfxl": wolfxl, "excelize": excelize}


def missing() -> str:
    """Why the peers cannot be measured, "" where they can."""
    return "" if PYTHON.exists() else f"{PYTHON} is not there; `make bench` makes it"


def seconds_of(peer: str, source: Path, warm: Path) -> float:
    """CPU seconds of one edit in a fresh process that has done it once with a small file."""
    return measured(peer, source, warm)[0]


def measured(peer: str, source: Path, warm: Path) -> tuple[float, float]:
    """CPU seconds, and peak memory in MiB."""
    command = [str(PYTHON), __file__, peer, str(source), str(warm), str(warm.with_name("peer.xlsx"))]
    cpu, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(cpu), float(memory)


def main() -> None:
    """One edit, measured."""
    peer, source, warm, target = sys.argv[1:]
    PEERS[peer](warm, target)
    print(seconds(lambda: PEERS[peer](source, target)), peak())


if __name__ == "__main__":
    main()
