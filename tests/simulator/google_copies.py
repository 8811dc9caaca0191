"""A copy at Google: the emulator without its sockets, and everything that a wire does to calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from google.oauth2.credentials import Credentials
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as Cut
from requests.exceptions import Timeout
from requests.structures import CaseInsensitiveDict

from google_emulator import ROBOT
from google_emulator.faults import refusal
from google_emulator.http import Answer, Call
from google_emulator.human import Human
from google_emulator.model import Sheet, Spreadsheet
from google_emulator.service import Service
from google_emulator.world import Caller, World
from sheetsync.core.values import Value, canonical
from sheetsync.replicas.google.api import Google
from sheetsync.replicas.google.quota import Quota
from sheetsync.replicas.google.replica import GoogleReplica
from sheetsync.replicas.google.requests import entered
from sheetsync.replicas.layout import FIRST_ROW, ID_HEADER, Margin
from simulator.copies import TITLE
from simulator.page import MINE, Line, Page

ROOT = "http://google.test"
_BATCH = "batchUpdate"

#: How a wire fails: the kind of fault, the status, and how many calls it hits; no call outlives 8 in a row.
FAULTS = (
    ("status", 429, 8),
    ("status", 503, 8),
    ("status", 500, 2),
    ("reset", 0, 1),
    ("reset_after", 0, 1),
    ("reset_after", 0, 3),
    ("hang", 0, 3),
    ("hang_after", 0, 3),
    ("late", 0, 1),
    ("late", 0, 3),
    ("late", 0, 8),
    ("truncate", 0, 1),
    ("truncate", 0, 8),
)


class Wire(HTTPAdapter):
    """Takes calls to the emulator and answers back, or does what wires do.

    Attributes:
        moment: Called before and after each call, with its name.
        around: Entered while a call is applied.
        overdue: Batches of processes that died, which arrive long after.
    """

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.moment: Callable[[str], None] = lambda _: None
        self.around: Callable[[Call], AbstractContextManager[None]] = lambda _: nullcontext()
        self.overdue: list[Call] = []

    @contextmanager
    def failing(self, how: int) -> Iterator[None]:
        """A pass, with a wire that fails in one of the ways of `FAULTS`; 0: in none."""
        if how:
            kind, code, times = FAULTS[how // 2 % len(FAULTS)]
            self.service.faults.add(kind, code=code, times=times, match=_BATCH if how % 2 else "")
        try:
            yield
        finally:
            self.service.faults.planned.clear()
            self._arrive()

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:  # type: ignore[override]
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        call = Call(str(request.method), request.path_url, headers, body).plain()
        try:
            self.moment("before a batch" if _BATCH in call.target else "before a call")
        except BaseException:  # the process dies; what it was about to send may be on its way
            if _BATCH in call.target:
                (self.service.faults.late, self.overdue)[len(call.body) % 2].append(call)
            raise
        answer = self._answered(call)
        self.moment("before an answer")
        return _response(request, answer)

    def _answered(self, call: Call) -> Answer:
        fault = self.service.faults.take(call)
        kind = fault.kind if fault else ""
        if fault and kind == "status":
            error = refusal(fault)
            return Answer.of(error.sheets_body(), error.code, error.headers)
        if kind == "late":
            self.service.faults.late.append(call)
        if kind in ("reset", "hang", "late"):
            raise Cut if kind == "reset" else Timeout
        answer = self.applied(call)
        if kind in ("reset_after", "hang_after"):
            raise Cut if kind == "reset_after" else Timeout
        return replace(answer, body=answer.body[: len(answer.body) // 2]) if kind == "truncate" else answer

    def applied(self, call: Call) -> Answer:
        with self.around(call):
            return self.service.answer(call)

    def _arrive(self) -> None:
        """The calls that were held back arrive."""
        late, self.service.faults.late = self.service.faults.late, []
        for call in late:
            self.applied(call)

    def arrive_too_late(self) -> None:
        """What a process sent that died long ago arrives after another one has read."""
        overdue, self.overdue = self.overdue, []
        for call in overdue:
            assert self.applied(call).code == 400, "a batch that came too late was applied"


def _response(request: PreparedRequest, answer: Answer) -> Response:
    response = Response()
    response.status_code, response.request, response.url = answer.code, request, str(request.url)
    response.headers = CaseInsensitiveDict({"Content-Type": answer.kind, **answer.headers})
    response._content, response.encoding = answer.body, "utf-8"
    return response


class _Unlimited(Quota):
    """Time does not pass in a history, so that nobody is asked to wait."""

    def take(self, kind: str) -> None:
        """Any number of calls fits."""


class GoogleCopy:
    """A copy in a spreadsheet of an emulator of its own.

    Attributes:
        swept: Tokens that people typed after the copy was read and right where a batch then wrote: Google
            cannot tell, so its version history alone has them.
    """

    def __init__(self, name: str, folder: Path, kept: object | None = None) -> None:
        world = World(count(1.0).__next__)
        self.world, self.file = world, world.create("Team", ROBOT, file_id=name.removeprefix("google:"))
        self.wire = Wire(Service(world))
        self.wire.service.tokens.accept("token", Caller(ROBOT))
        self.google = Google(Credentials(token="token"), _Unlimited(folder, ROBOT), ROOT)
        self.google.session.mount(ROOT, self.wire)
        self.replica = GoogleReplica(name, lambda: (self.google, ROBOT), folder / "google")
        self.swept: set[Value] = set()
        self._known: set[Value] = set()
        if kept is not None:
            self.put_back(kept)
            self.wire.around = self._watched

    @property
    def _book(self) -> Spreadsheet:
        assert self.file.spreadsheet is not None
        return self.file.spreadsheet

    @property
    def _sheet(self) -> Sheet:
        sheet = self._book.titled(TITLE)
        assert sheet is not None
        return sheet

    def cut_to(self, rows: int) -> None:
        """A person deletes the rows below this one in every tab."""
        for sheet in self._book.sheets:
            Human(self.world, self.file).delete_rows(sheet.title, rows + 1, sheet.rows - rows)

    # people

    def page(self) -> Page:
        sheet = self._sheet
        keys, labels, *lines = (self._row(sheet, number) for number in range(max(sheet.cells) + 1))
        columns = {at: str(key) for at, key in enumerate(keys) if at and key}
        margin = Margin.parse(keys[0])
        assert margin is not None
        found = [
            Line(
                str(line[0] or ""),
                {key: value for at, key in columns.items() if (value := line[at]) is not None},
                line[labels.index(MINE)] if MINE in labels else None,
            )
            for line in lines
        ]
        while found and not found[-1]:
            found.pop()
        return Page(margin.stamp, {key: str(labels[at] or "") for at, key in columns.items()}, found)

    def _row(self, sheet: Sheet, number: int) -> list[Value]:
        cells = sheet.cells.get(number, {})
        return [_value(cells.get(at, {})) for at in range(sheet.columns)]

    def save(self, page: Page) -> None:
        sheet = self._sheet
        margin = Margin.parse(_value(sheet.cell(0, 0)))
        assert margin is not None
        rows = [
            [replace(margin, stamp=page.stamp).text(), *page.labels, None],
            [ID_HEADER, *page.labels.values(), MINE],
        ]
        rows += [[line.id or None, *map(line.values.get, page.labels), line.own] for line in page.lines]
        sheet.set_size("ROWS", max(sheet.rows, len(rows)))
        sheet.set_size("COLUMNS", max(sheet.columns, len(page.labels) + 2))
        places = {key: at for at, key in enumerate(self._row(sheet, 0)) if key}
        # A column that is moved takes its looks along.
        came_from = [0, *(places[key] for key in page.labels), len(page.labels) + 1]
        for number in range(sheet.rows):
            before = dict(sheet.cells.get(number, {}))
            values = rows[number] if number < len(rows) else [None] * len(came_from)
            for at, (source, value) in enumerate(zip(came_from, values, strict=True)):
                sheet.put(number, at, _with(before.get(source, {}), value))
        self._book.version += 1
        self.world.touch(self.file)

    @property
    def _form(self) -> Sheet:
        sheet = self._book.titled("Frame")
        assert sheet is not None
        return sheet

    def goal(self) -> Value:
        return _value(self._form.cell(FIRST_ROW - 1, 2))

    def set_goal(self, value: Value) -> None:
        self._form.put(FIRST_ROW - 1, 2, _with(self._form.cell(FIRST_ROW - 1, 2), value))
        self._book.version += 1
        self.world.touch(self.file)

    def keep(self) -> object:
        return self._book.snapshot()

    def put_back(self, kept: object) -> None:
        """Somebody restores a version: all of the spreadsheet, its fence too."""
        assert isinstance(kept, tuple)
        self._book.restore(kept)
        self._book.restore(self._book.snapshot())
        self.world.touch(self.file)

    # what people cannot be spared

    @contextmanager
    def _watched(self, call: Call) -> Iterator[None]:
        """Note what people typed between the last reading and a batch that wrote right there."""
        before = set(self.page().tokens()) if _BATCH in call.target else set()
        yield
        if _BATCH in call.target:
            self.swept |= before - set(self.page().tokens()) - self._known
        elif "rowData" in call.target:
            self._known = set(self.page().tokens())
            self.wire.arrive_too_late()


def _value(cell: Mapping[str, Any]) -> Value:
    return canonical(next(iter(cell.get("userEnteredValue", {}).values()), None))


def _with(cell: Mapping[str, Any], value: Value) -> dict[str, Any]:
    """The cell with another value; how it looks stays."""
    kept = {name: it for name, it in cell.items() if name != "userEnteredValue"}
    return kept if value is None else kept | {"userEnteredValue": entered(value)}
