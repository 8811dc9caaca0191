"""Google as far as the emulator knows it: the files of everybody, who may do what with them, and the time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .defaults import properties
from .errors import ApiError, file_not_found, forbidden, not_found
from .http import Call
from .model import Sheet, Spreadsheet

Json = dict[str, Any]
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
ROBOT = "robot@example.iam.gserviceaccount.com"
STRANGER = "somebody.else@example.com"
# A spreadsheet that exists and is shared with nobody: the one that gspread's own tests know.
PRIVATE_ID = "1jIKzPs8LsiZZdLdeMEP-5ZIHw6RkjiOmj1LrJN706Yc"
ROLES = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
FEEDS = "https://spreadsheets.google.com/feeds"
ALIASES = {"root": "My Drive", "appDataFolder": "Application Data"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


@dataclass(frozen=True)
class Caller:
    """Who asks: an account, the project that pays, and what the token is good for (None: everything)."""

    email: str
    project: str = "1"
    scopes: frozenset[str] | None = None

    @property
    def rights(self) -> set[str]:
        """The short names of the scopes; the oldest one of Sheets goes by its address alone."""
        names = {scope.rpartition("/auth/")[2] for scope in self.scopes or ["drive"]}
        return names | ({"spreadsheets"} if FEEDS in names else set())

    def reaches(self, file: File, *others: str) -> bool:
        """Whether the token opens a file: `drive.file` does so for what its application made alone."""
        return bool(self.rights & {"drive", "drive.readonly", *others}) or file.maker == self.email


@dataclass
class File:
    """A file in Drive; a spreadsheet carries its contents."""

    id: str
    name: str
    mime_type: str
    owner: str
    created: float
    modified: float
    spreadsheet: Spreadsheet | None = None
    parents: list[str] = field(default_factory=list)
    permissions: list[Json] = field(default_factory=list)
    trashed: bool = False
    drive_id: str | None = None
    version: int = 1
    maker: str = ""
    content: bytes = b""  # of a file that is no spreadsheet
    revisions: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    more: Json = field(default_factory=dict)

    def role(self, email: str) -> str | None:
        """The most that the account may do."""
        domain = email.partition("@")[2]
        mine = [
            entry["role"]
            for entry in self.permissions
            if entry.get("emailAddress", "").lower() == email.lower()
            or entry["type"] == "anyone"
            or (entry["type"] == "domain" and entry.get("domain") == domain)
        ]
        return max(mine, key=ROLES.index, default=None)


class World:
    """All state, behind one lock; `clock` gives seconds since 1970 and can be set by a test."""

    def __init__(self, clock: Callable[[], float] = time.time, seed: int = 1) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.files: dict[str, File] = {}
        self.folders: dict[str, File] = {}  # those that go by an alias
        self.drives: dict[str, File] = {}
        self.uploads: dict[str, tuple[Call, bytearray]] = {}  # how they began, and what came so far
        self.changes: list[tuple[str, bool]] = []  # (file id, removed), in order
        self.create("Private", STRANGER, file_id=PRIVATE_ID)

    @property
    def now(self) -> datetime:
        """The wall clock in UTC, without a zone, as cells count time."""
        return datetime.fromtimestamp(self.clock(), UTC).replace(tzinfo=None)

    def folder(self, email: str, alias: str = "root") -> File:
        """What an account calls "root" or "appDataFolder": a folder of its own that no list shows."""
        made = self.folders.get(folder_id(email, alias))
        if made is None:
            made = File(folder_id(email, alias), ALIASES[alias], FOLDER, email, self.clock(), self.clock())
            made.maker = email
            made.permissions.append(permission(email, "owner"))
            self.folders[made.id] = made
        return made

    def shared_drive(self, name: str, organizer: str) -> File:
        """A new shared drive."""
        made = File(f"0A{self.new_id()[:17]}", name, FOLDER, "", self.clock(), self.clock())
        made.drive_id, made.maker = made.id, organizer
        made.permissions.append(permission(organizer, "organizer"))
        self.drives[made.id] = made
        return made

    def new_id(self) -> str:
        return "1" + "".join(self.random.choices(LETTERS, k=43))

    def create(
        self, name: str, owner: str, mime_type: str = SPREADSHEET, file_id: str | None = None, **more: Any
    ) -> File:
        now = self.clock()
        made = File(file_id or self.new_id(), name, mime_type, owner, now, now, maker=owner)
        made.parents.append(self.folder(owner).id)
        made.permissions.append(permission(owner, "owner"))
        for name_, value in more.items():
            setattr(made, name_, value)
        if mime_type == SPREADSHEET and made.spreadsheet is None:
            made.spreadsheet = Spreadsheet(made.id, properties(name))
            made.spreadsheet.add(Sheet(0, "Sheet1"))
        self.files[made.id] = made
        self.changes.append((made.id, False))
        return made

    def touch(self, file: File) -> None:
        """The file has changed."""
        file.modified = self.clock()
        file.version += 1
        self.changes.append((file.id, False))

    def copy(self, source: File, owner: str, name: str | None) -> File:
        """A copy of a file, which is the owner's alone."""
        title = name or f"Copy of {source.name}"
        file_id = self.new_id()
        twin = source.spreadsheet.twin(file_id, title) if source.spreadsheet else None
        return self.create(title, owner, source.mime_type, file_id, spreadsheet=twin)

    def remove(self, file: File) -> None:
        """For good, with all that lies in it."""
        for child in [other for other in self.files.values() if file.id in other.parents]:
            self.remove(child)
        self.files.pop(file.id, None)
        self.changes.append((file.id, True))

    def file(self, file_id: str, caller: Caller, least: str = "reader") -> File:
        """A file for a Drive call; what the caller may not see does not exist."""
        if file_id in ALIASES:
            return self.folder(caller.email, file_id)
        places = (self.files, self.drives, self.folders)
        file = next((place[file_id] for place in places if file_id in place), None)
        role = file.role(caller.email) if file else None
        if file is None or role is None or not caller.reaches(file, "drive.metadata.readonly"):
            raise file_not_found(file_id)
        if ROLES.index(role) < ROLES.index(least):
            message = "The user does not have sufficient permissions for this file."
            raise ApiError(403, message, reason="insufficientFilePermissions")
        return file

    def spreadsheet(self, file_id: str, caller: Caller, *, write: bool = False) -> tuple[File, Spreadsheet]:
        """A spreadsheet for a Sheets call."""
        file = self.files.get(file_id)
        if file is None or not caller.reaches(file, "spreadsheets", "spreadsheets.readonly"):
            raise not_found()
        role = file.role(caller.email)
        if role is None or (write and ROLES.index(role) < ROLES.index("writer")):
            raise forbidden()
        if file.spreadsheet is None:
            raise ApiError(400, "This operation is not supported for this document")
        return file, file.spreadsheet


def folder_id(email: str, alias: str = "root") -> str:
    """The id of a folder that an account knows by an alias."""
    return "0A" + "".join(random.Random(alias + email).choices(LETTERS, k=15)) + "Uk9PVA"


def permission(email: str, role: str, kind: str = "user") -> Json:
    """A permission as Drive keeps it; the id follows from whom it is for."""
    number = str(random.Random(email).randrange(10**19, 10**20))
    made = {"kind": "drive#permission", "id": number, "type": kind, "role": role}
    if kind in ("user", "group"):
        return made | {
            "emailAddress": email,
            "displayName": email.partition("@")[0],
            "deleted": False,
            "pendingOwner": False,
        }
    return made | {"id": "anyoneWithLink"} if kind == "anyone" else made | {"domain": email}
