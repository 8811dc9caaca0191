"""What files hold: uploads in Drive's three ways, downloads, and the revisions that uploads leave."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import datetime
from typing import Any

from . import drive, values
from .defaults import properties
from .discovery import DRIVE
from .drive_api import FILE, chosen, options, route, told
from .entry import serial
from .errors import ApiError
from .http import Answer, Call, content, parsed_json, parts
from .model import Sheet, Spreadsheet
from .world import SPREADSHEET, Caller, File, World

Json = dict[str, Any]
PATH = re.compile(r"/upload/drive/v3/files(?:/([^/]+))?")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REVISION = "kind,id,mimeType,modifiedTime"


def received(world: World, caller: Caller, call: Call) -> Answer:
    """An upload: alone, beside its metadata, or piece by piece at an address that is given out first."""
    if upload := call.option("upload_id"):
        return piece(world, caller, call, upload)
    kind = call.headers.get("content-type", "application/octet-stream")
    way = call.option("uploadType")
    if way == "resumable":
        upload = f"upload{len(world.uploads) + 1}"
        world.uploads[upload] = call, bytearray()
        there = f"http://{call.headers.get('host', '')}{call.target}&upload_id={upload}"
        return Answer(200, b"", headers={"Location": there, "X-GUploader-UploadID": upload})
    if way == "multipart":
        about, media = parts(kind, call.body)
        return kept(world, caller, call, content(about), content(media), media.get_content_type())
    return kept(world, caller, call, b"", call.body, kind)


def piece(world: World, caller: Caller, call: Call, upload: str) -> Answer:
    """One piece of a resumable upload; the last makes the file."""
    if upload not in world.uploads:
        raise ApiError(404, "Upload not found", reason="notFound")
    begun, held = world.uploads[upload]
    held += call.body
    whole = call.headers.get("content-range", "").rpartition("/")[2]
    if (whole.isdigit() and len(held) < int(whole)) or whole == "*":
        return Answer(308, b"", headers={"Range": f"bytes=0-{len(held) - 1}"} if held else {})
    del world.uploads[upload]
    kind = begun.headers.get("x-upload-content-type") or call.headers.get("content-type", "")
    return kept(world, caller, begun, begun.body, bytes(held), kind or "application/octet-stream")


def kept(world: World, caller: Caller, call: Call, about: bytes, media: bytes, kind: str) -> Answer:
    """The file that an upload makes or changes."""
    tree = chosen(call, "File", FILE)
    body = parsed_json(about, "File", DRIVE)
    match = PATH.fullmatch(call.path)
    if match is None:
        raise ApiError(404, "Not Found", reason="notFound")
    if match[1]:
        made = drive.update(world, caller, match[1], body, options(call))
    else:
        made = drive.create(world, caller, {"mimeType": kind} | body)
    file = world.files[made["id"]]
    fill(world, caller, file, media, kind)
    return told(drive.resource(file, caller), "File", tree)


def fill(world: World, caller: Caller, file: File, media: bytes, kind: str) -> None:
    """New contents: a spreadsheet's cells from a table, or bytes as they are."""
    if file.mime_type == SPREADSHEET:
        imported(world, file, rows_of(media, kind))
        return
    file.content = media
    revision = {
        "kind": "drive#revision",
        "id": f"{file.id}-{len(file.revisions) + 1}",
        "mimeType": kind,
        "modifiedTime": drive.stamp(world.clock()),
        "keepForever": False,
        "published": False,
        "lastModifyingUser": drive.user(caller.email, caller.email),
        "originalFilename": file.name,
        "md5Checksum": hashlib.md5(media, usedforsecurity=False).hexdigest(),
        "size": str(len(media)),
    }
    file.revisions.append(revision)
    world.touch(file)


def rows_of(media: bytes, kind: str) -> list[list[Any]]:
    """The rows of a table in a format that spreadsheets are made from."""
    if kind.startswith(("text/csv", "text/plain")):
        return list(csv.reader(io.StringIO(media.decode("utf-8-sig"))))
    if kind.startswith("text/tab-separated-values"):
        return list(csv.reader(io.StringIO(media.decode("utf-8-sig")), delimiter="\t"))
    if kind == EXCEL:
        from openpyxl import load_workbook

        page = load_workbook(io.BytesIO(media)).worksheets[0]
        return [[plain(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    raise ApiError(400, "Bad Request", reason="badRequest")


def plain(value: Any) -> Any:
    return serial(value) if isinstance(value, datetime) else "" if value is None else value


def imported(world: World, file: File, rows: list[list[Any]]) -> None:
    """The rows in place of all that a spreadsheet held."""
    book = Spreadsheet(file.id, file.spreadsheet.properties if file.spreadsheet else properties(file.name))
    sheet = book.add(Sheet(0, "Sheet1", max(len(rows), 1), max(map(len, rows), default=1)))
    values.put_rows(book, sheet, (0, 0), rows, "USER_ENTERED", world.now.date())
    file.spreadsheet = book
    world.touch(file)


def imported_csv(world: World, caller: Caller, file_id: str, media: bytes) -> Json:
    """The older way: CSV in place of all that a spreadsheet held."""
    file = world.file(file_id, caller, "writer")
    imported(world, file, rows_of(media, "text/csv"))
    return {"kind": "drive#file", "id": file.id, "title": file.name, "mimeType": file.mime_type}


def download(file: File, call: Call) -> Answer:
    """A file's bytes, or the part of them that is asked for."""
    if file.spreadsheet is not None:
        message = (
            "Only files with binary content can be downloaded. Use Export with Docs Editors files. "
            "For more information, see https://developers.google.com/drive/api/guides/manage-downloads"
        )
        raise ApiError(403, message, reason="fileNotDownloadable", location="alt")
    span = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("range", ""))
    size = len(file.content)
    if span is None:
        return Answer(200, file.content, file.mime_type)
    start, end = int(span[1]), min(int(span[2] or size), size - 1)
    if start >= size:
        return Answer(416, b"", file.mime_type, {"Content-Range": f"bytes */{size}"})
    told_range = {"Content-Range": f"bytes {start}-{end}/{size}"}
    return Answer(206, file.content[start : end + 1], file.mime_type, told_range)


FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xlsx": EXCEL,
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def exported(world: World, caller: Caller, file_id: str, call: Call) -> Answer:
    """What the address of a spreadsheet in the browser gives with `/export` at its end."""
    kind = FORMATS.get(call.option("format", "xlsx"), "")
    gid = call.option("gid")
    return Answer(200, drive.export(world, caller, file_id, kind, int(gid) if gid else None), kind)


def revisions_of(file: File) -> list[Json]:
    """What uploads left behind; a spreadsheet shows its present state."""
    if file.spreadsheet is None:
        return file.revisions
    now = {"kind": "drive#revision", "id": str(file.version), "mimeType": file.mime_type}
    return [now | {"modifiedTime": drive.stamp(file.modified), "keepForever": False, "published": False}]


def one_revision(file: File, revision_id: str) -> Json:
    for revision in revisions_of(file):
        if revision_id in (revision["id"], "head"):
            return revision
    raise ApiError(404, f"Revision not found: {revision_id}.", reason="notFound", location="revisionId")


@route("GET", "/files/([^/]+)/revisions", None, "RevisionList", f"kind,nextPageToken,revisions({REVISION})")
def revisions(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return {"kind": "drive#revisionList", "revisions": revisions_of(world.file(match[1], caller))}


@route("GET", "/files/([^/]+)/revisions/([^/]+)", None, "Revision", REVISION)
def revision(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return one_revision(world.file(match[1], caller), match[2])


@route("PATCH", "/files/([^/]+)/revisions/([^/]+)", "Revision", "Revision", REVISION)
def change_revision(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    found = one_revision(world.file(match[1], caller, "writer"), match[2])
    given = json.loads(call.body or b"{}")
    found |= {name: given[name] for name in ("keepForever", "published", "publishAuto") if name in given}
    return found


@route("DELETE", "/files/([^/]+)/revisions/([^/]+)", None, None, None)
def drop_revision(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    file = world.file(match[1], caller, "writer")
    found = one_revision(file, match[2])
    if len(file.revisions) < 2:
        message = "The last revision of a file cannot be deleted."
        raise ApiError(403, message, reason="cannotDeleteLastRevision")
    file.revisions.remove(found)
