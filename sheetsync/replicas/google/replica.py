"""A replica that is a Google spreadsheet: one call reads it whole, one batch writes it.

Google has no compare-and-swap. So each batch moves a fence: it deletes the named range `sheetsync_epoch_<n>`
and adds `<n+1>`, and one that comes late, twice or from elsewhere fails as a whole. And each batch asks back
where the rows stand after it, so that what hit a row that people moved meanwhile is put right (`repair.py`).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gspread.exceptions import APIError

from sheetsync.core.model import Template
from sheetsync.core.places import GOOGLE
from sheetsync.core.plan import Edit, Snapshot, TabEdit
from sheetsync.errors import ReplicaChanged, ReplicaError
from sheetsync.replicas.collecting import without_collector
from sheetsync.replicas.edits import places_after, rows_after
from sheetsync.replicas.google.api import BROKEN, SHEETS, Google, Json
from sheetsync.replicas.google.batch import Read, batch, in_order
from sheetsync.replicas.google.bin import Bin
from sheetsync.replicas.google.faults import told as faults_told
from sheetsync.replicas.google.flight import Fence, Flight
from sheetsync.replicas.google.pages import ALL_FIELDS, FIELDS, Book, leaves_out, longer, read_book
from sheetsync.replicas.google.provision import provision_requests
from sheetsync.replicas.google.read_back import FIELDS as BACK
from sheetsync.replicas.google.read_back import ranges, stands, told
from sheetsync.replicas.google.repair import repair
from sheetsync.replicas.google.requests import split
from sheetsync.replicas.google.sheet_edit import Written
from sheetsync.replicas.replica import Identity, Provisioned
from sheetsync.replicas.sheets import find_sheets
from sheetsync.replicas.snapshots import snapshot_of

#: So often at most a write is put right since rows moved under it: no people sort and insert as fast as that.
_TIMES = 10

_log = logging.getLogger(__name__)


class GoogleReplica:
    """One Google spreadsheet.

    Args:
        name: What the program file calls it: "google:ID".
        connect: Gives Google and the mail address of who calls; asked when the first call is due.
        state: Folder for what must outlive the process: that a write is under way.
    """

    def __init__(self, name: str, connect: Callable[[], tuple[Google, str]], state: Path) -> None:
        self.name, self._connect = name, connect
        self.id = name.removeprefix(GOOGLE)
        self._flight = Flight(state / f"{self.id}.json")
        self._bin = Bin(state / f"{self.id}.bin")
        self._glanced: tuple[Book, str] | ReplicaError | None = None
        self._seen: tuple[Snapshot, Read] | None = None
        self._title = ""

    @property
    def google(self) -> Google:
        return self._connect()[0]

    @property
    def where(self) -> str:
        """What messages call it."""
        return f'{self.name} ("{self._title}")' if self._title else self.name

    def glance(self) -> str:
        """The hash of what a reading brings, which goes on to `read` where it is not the same.

        Nothing cheaper tells: Drive gets to know of an edit some minutes later.
        """
        if self._flight.pending():
            return ""  # what is on its way may still arrive
        try:
            with self._told(), without_collector():
                _, glance = self._glanced = self._fetch()
        except ReplicaError as error:
            self._glanced = error  # whoever reads now hears of it, instead of waiting for Google once more
            raise
        return glance

    def read(self, template: Template) -> Snapshot:
        glanced, self._glanced = self._glanced, None
        if isinstance(glanced, ReplicaError):
            raise glanced
        with self._told(), without_collector():
            self._ground()
            book, glance = glanced or self._fetch()
            snapshot, read = self._read(book, template)
        self._seen = replace(snapshot, glance=glance), read
        return self._seen[0]

    def write(self, edit: Edit, template: Template, version: str) -> str:
        with self._told(), without_collector():
            (snapshot, read), self._seen = self._seen or self._read(self._book()[0], template), None
            if snapshot.version != version:
                raise self._changed()
            return self._write(snapshot, read, edit, template)

    def provision(self, template: Template, identity: Identity, *, dry_run: bool = False) -> Provisioned:
        with self._told():
            self._ground()
            book, _ = self._book(ALL_FIELDS)
            requests, done = provision_requests(book, template, identity, self.where)
            if requests and not dry_run:
                self._send(book, requests, {})
        return Provisioned(tuple(f"{self.where}: {it}" for it in done))

    # reading

    def _fetch(self) -> tuple[Book, str]:
        self._bin.look(self.google, self.id, self.where)
        return self._book()

    def _book(self, fields: str = FIELDS) -> tuple[Book, str]:
        """All that stands there, and the hash of what Google says of it."""
        answer, digest = self._ask(fields)
        if leaves_out(answer):
            answer, digest = self._ask(longer(fields))
        book = read_book(answer)
        self._title = book.title
        return book, digest

    def _ask(self, fields: str) -> tuple[Json, str]:
        return self.google.get_hashed(f"{SHEETS}/{self.id}", {"fields": fields})

    def _read(self, book: Book, template: Template) -> tuple[Snapshot, Read]:
        grids = {title: page.grid for title, page in book.pages.items()}
        sheets = find_sheets(grids, list(grids), template, self.where)
        snapshot = snapshot_of(sheets, template, self.where, "")
        return replace(snapshot, version=_version(book.epoch, snapshot, Edit())), Read(book, sheets)

    def _ground(self) -> None:
        """Keep a batch that may still be on its way from arriving after what is read now."""
        pending = self._flight.pending()
        if pending is not None:
            self._bar(pending)
            self._flight.end()

    # writing

    def _write(self, snapshot: Snapshot, read: Read, edit: Edit, template: Template) -> str:
        """Write an edit, and put right what it hit by mistake.

        Returns:
            The version from now on, if people did nothing meanwhile; else one that no reading will find.
        """
        by_tab = read.written(edit, template)
        requests = batch(read, edit, by_tab)
        book, written = read.book, {read.page(key).id: it for key, it in by_tab.items()}
        for _ in range(_TIMES):
            number, found = self._send(book, requests, written)
            if all(stands(it, found.get(key, [])) for key, it in written.items()):
                break
            book, _ = self._book()
            written = self._to_be_mended(book, written)
            if not written:
                break
            pages = {page.id: page for page in book.pages.values()}
            requests = in_order([(pages[key], it.edit) for key, it in written.items()])
            titles = ", ".join(pages[key].title for key in written)
            _log.warning(
                "%s: people moved rows or columns during the write (%s); put right", self.where, titles
            )
        return _version(number, snapshot, edit)

    def _to_be_mended(self, book: Book, written: Mapping[int, Written]) -> dict[int, Written]:
        """The sheets in which something was hit by mistake, each with what puts it right."""
        found = {
            page.id: Written(page.grid, repair(written[page.id], page.grid))
            for page in book.pages.values()
            if page.id in written
        }
        return {key: it for key, it in found.items() if it.edit}

    def _send(
        self, book: Book, requests: Sequence[Json], written: Mapping[int, Written]
    ) -> tuple[int, Mapping[int, Sequence[Json]]]:
        """Send requests, in parts where they are many, each behind a fence of its own.

        Args:
            book: The spreadsheet as it was read.
            requests: What is done.
            written: What they write to the sheets of tabs that people fill, by the sheet's id.

        Returns:
            The number of the fence that stands now; and what was asked back of the sheets, by id: nothing
            where the answer was lost.
        """
        fences, number = tuple(book.fences), book.epoch
        first = next(iter(book.pages.values())).id
        pages = [page for page in book.pages.values() if page.id in written]
        back = [it for page in pages for it in ranges(page.title, written[page.id])]
        answer: Json | None = {}
        parts = list(split(requests))
        for part in parts:
            fence = _fence(fences, number, first)
            answer = self._post(fence, part, back if part is parts[-1] else [])
            fences, number = (fence.id,), fence.number
        return number, told(answer or {})

    def _post(self, fence: Fence, requests: Sequence[Json], ranges: Sequence[str]) -> Json | None:
        """Send one batch; it is applied once or never, whatever the wire does.

        Returns:
            What stands in `ranges` after it; `None` where it was applied and its answer was lost.

        Raises:
            ReplicaChanged: Another batch was first; nothing was written.
            APIError, RequestException, CutShort: Nothing was written; or nobody can tell, since Google does
                not answer at all, and the next pass finds out first.
        """
        body: Json = {"requests": [*fence_requests(fence), *requests]}
        fields = "spreadsheetId"
        if ranges:
            body |= {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
            body["responseRanges"] = list(ranges)
            fields = f"updatedSpreadsheet({BACK})"
        self._flight.begin(fence)
        try:
            answer = self._batch_update(body, fields)
        except (APIError, *BROKEN) as error:
            if not self._was_applied(fence, error):
                raise self._changed() if _is_outdated(error) else error from None
            return None
        self._flight.end()
        found: Json = answer.get("updatedSpreadsheet", {})
        return found

    def _batch_update(self, body: Json, fields: str) -> Json:
        return self.google.post(f"{SHEETS}/{self.id}:batchUpdate", body, {"fields": fields})

    def _was_applied(self, fence: Fence, error: Exception) -> bool:
        """Whether a batch was applied although it ended with an error."""
        status = error.response.status_code if isinstance(error, APIError) else 0
        if status == 429:
            return False  # an earlier attempt may have been: the next pass bars its way
        if not 400 <= status < 500:
            self._bar(fence)
        applied = (not 400 <= status < 500 or _is_outdated(error)) and self._stands(fence)
        self._flight.end()
        return applied

    def _bar(self, pending: Fence) -> None:
        """Put a bare fence in the place of a batch: from here on it has been applied, or never will be."""
        bare = _fence(pending.old, pending.number - 1, pending.sheet)
        try:
            self._batch_update({"requests": list(fence_requests(bare))}, "spreadsheetId")
        except APIError as error:
            if not _is_outdated(error):
                raise

    def _stands(self, fence: Fence) -> bool:
        fields = {"fields": "namedRanges(namedRangeId)"}
        found = self.google.get(f"{SHEETS}/{self.id}", fields).get("namedRanges", ())
        return fence.id in [named["namedRangeId"] for named in found]

    def _changed(self) -> ReplicaChanged:
        return ReplicaChanged(f"{self.where}: was changed while it was being synced; nothing was written.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        with faults_told(self.where, self._connect()[1]):
            yield


def _fence(old: tuple[str, ...], number: int, sheet: int) -> Fence:
    return Fence(old, f"sheetsync{secrets.token_hex(8)}", number + 1, sheet)


def fence_requests(fence: Fence) -> Iterator[Json]:
    """The requests that let a batch pass once, and only on what was read."""
    yield from ({"deleteNamedRange": {"namedRangeId": old}} for old in fence.old)
    place = {
        "sheetId": fence.sheet,
        "startRowIndex": 0,
        "endRowIndex": 1,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    named = {"namedRangeId": fence.id, "name": fence.name, "range": place}
    yield {"addNamedRange": {"namedRange": named}}


def _is_outdated(error: Exception) -> bool:
    """Whether a batch was refused since the spreadsheet is no longer the one that was read."""
    if not isinstance(error, APIError):
        return False
    message = str(error.error.get("message", ""))
    # The last two: a tab has another title by now, or fewer columns.
    words = ("NamedRange", "named range", "Unable to parse range", "exceeds grid limits")
    return error.response.status_code == 400 and any(word in message for word in words)


def _version(epoch: int, snapshot: Snapshot, edit: Edit) -> str:
    """A word for what stands there once an edit is written: the fence, and people's tabs."""
    held = tuple(
        (
            key,
            tuple(places_after(tab, found)),
            tuple((row_id, frozenset(values.items())) for row_id, values in rows_after(tab, found)),
            frozenset({**tab.labels, **found.labels}.items()),
        )
        for key, tab in snapshot.tabs.items()
        if tab.letters
        for found in [edit.tabs.get(key, TabEdit(tab.stamp))]
    )
    return f"{epoch}-{hash(held):x}"
