"""Two linked workbooks with copies in memory: what `linked` plays on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sheetsync.core.model import Template
from sheetsync.core.plan import Edit, Row, Snapshot
from sheetsync.core.values import Value
from sheetsync.program import Program
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.memory import MemoryReplica
from sheetsync.verbs.provision import provision

PLAN, LOG = "plan", "log"
#: Workbook -> the tab that is linked; column of the plan -> column of the log.
TABS = {PLAN: "steps", LOG: "actions"}
FIELDS = {"next": "text", "due": "due", "state": "state"}

_DUE_AND_STATE = """
[[tab.column]]
key = "due"
label = "Due"
type = "date"
[[tab.column]]
key = "state"
label = "State"
type = "choice"
values = ["open", "done"]
"""
_TEMPLATES = {
    PLAN: """
[[tab]]
key = "steps"
title = "Steps"
kind = "table"
natural_key = ["name"]
[[tab.column]]
key = "name"
label = "Name"
[[tab.column]]
key = "next"
label = "Next step"
"""
    + _DUE_AND_STATE
    + """
[[link]]
key = "next"
tab = "steps"
target = "log/actions"
needs = ["next", "due"]
state = "state"
fields = [
  { source = "next", target = "text" },
  { source = "due", target = "due" },
  { source = "state", target = "state" },
]
preset = { kind = "step" }
""",
    LOG: """
[[tab]]
key = "actions"
title = "Actions"
kind = "table"
natural_key = ["text"]
[[tab.column]]
key = "text"
label = "Text"
"""
    + _DUE_AND_STATE
    + """
[[tab.column]]
key = "kind"
label = "Kind"
""",
}
_STATUS = """
[[tab]]
key = "status"
title = "Status"
kind = "status"
[[tab.block]]
metric = "formats_used"
title = "Formats used"
rows = 3
"""
#: What says nothing of its own, so that it is no token.
_WORDS = (None, "open", "done", "step")


class Sheet(MemoryReplica):
    """A copy in memory, at each of whose steps something may happen."""

    moment: Callable[[str, str], None] = staticmethod(lambda _what, _name: None)
    writes = 0

    @property
    def tab(self) -> str:
        return TABS[self.snapshot.workbook]

    @property
    def rows(self) -> list[Row]:
        return list(self.snapshot.tabs[self.tab].rows)

    def save(self, rows: Sequence[Row]) -> None:
        """What a person made of the rows."""
        now = self.snapshot
        filled = [row for row in rows if row.id or row.values]
        placed = tuple(replace(row, position=at) for at, row in enumerate(filled))
        tabs = {**now.tabs, self.tab: replace(now.tabs[self.tab], rows=placed)}
        self.snapshot = replace(now, tabs=tabs, version=str(int(now.version) + 1))

    def tokens(self) -> Counter[Value]:
        return Counter(value for row in self.rows for value in row.values.values() if value not in _WORDS)

    def read(self, template: Template) -> Snapshot:
        self.moment("before reading", self.name)
        return super().read(template)

    def write(self, edit: Edit, template: Template, version: str) -> str:
        self.moment("before writing", self.name)
        self.writes += 1
        version = super().write(edit, template, version)
        self.moment("after writing", self.name)
        return version


@dataclass(frozen=True)
class Pair:
    """Both workbooks provisioned once, from which every history starts."""

    program: Program
    snapshots: Mapping[str, Snapshot]

    @classmethod
    def make(cls, folder: Path) -> Pair:
        (folder / "templates").mkdir(parents=True)
        text = '[program]\nname = "Acme"\noperator = "maya@acme.example"\n'
        for key, tabs in _TEMPLATES.items():
            head = f'key = "{key}"\ntitle = "{key.title()}"\nversion = 1\nabout = "A {key}."\n'
            (folder / "templates" / f"{key}.toml").write_text(head + tabs + _STATUS)
            names = [f"{key}1.xlsx", f"{key}2.xlsx"]
            text += f'[[workbook]]\nname = "{key}"\ntemplate = "{key}"\nreplicas = {json.dumps(names)}\n'
        (folder / "sheetsync.toml").write_text(text)
        program = Program.load(folder)
        provision(program)
        return cls(
            program,
            {
                it.name: ExcelReplica(
                    it.replicas[0], folder / it.replicas[0], program.state / "backups"
                ).read(it.template)
                for it in program.workbooks
            },
        )
