"""Opens files as sheetsync does, in little memory: hostile_hands.py MEBIBYTES FILE...

For each file and each way to open it there is a line of JSON: the file, the way, what the refusal says
(nothing: it was opened), and the CPU seconds it took.
"""

import json
import resource
import sys
import time
from pathlib import Path

from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel import edit_cells
from sheetsync.replicas.excel.package import read_bytes
from sheetsync.replicas.excel.read import open_parts, our_grids


def edit(path):
    edit_cells(path, path.with_suffix(".edited"), {None: {"B7": "text", "C8": 1.5}})


def read(path):
    our_grids(open_parts(read_bytes(path), path))


def tried(way, path):
    start, refusal = time.process_time(), ""
    try:
        way(path)
    except SheetsyncError as error:
        refusal = error.what
    seconds = time.process_time() - start
    return {"file": path.name, "way": way.__name__, "refusal": refusal, "seconds": seconds}


def main(mebibytes, *files):
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = mapped + int(mebibytes) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for file in files:
        for way in (edit, read):
            sys.stdout.write(json.dumps(tried(way, Path(file))) + "\n")


main(*sys.argv[1:])
