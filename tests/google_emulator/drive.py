"""The Drive v3 calls: files, copies, exports, permissions, changes, about."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime
from typing import Any

from . import exports, query
from .errors import ApiError
from .formulas.evaluate import calculation
from .world import SPREADSHEET, Caller, File, World, folder_id, permission

Json = dict[str, Any]
FIRST_FIELDS = ("kind", "id", "name", "mimeType")
PAGE = 100


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def user(email: str, me: str) -> Json:
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == me,
        "permissionId": permission(email, "owner")["id"],
        "emailAddress": email,
    }


def resource(file: File, caller: Caller) -> Json:
    """The whole File resource; what is answered is chosen by the mask."""
    role = file.role(caller.email)
    writes = role not in (None, "reader", "commenter")
    link = "https://docs.google.com/spreadsheets/d/{}/edit?usp=drivesdk"
    made: Json = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": file.mime_type,
        "starred": False,
        "trashed": file.trashed,
        "explicitlyTrashed": file.trashed,
        "parents": file.parents,
        "version": str(file.version),
        "webViewLink": link.format(file.id),
        "createdTime": stamp(file.created),
        "modifiedTime": stamp(file.modified),
        "viewedByMe": True,
        "shared": len(file.permissions) > 1,
        "ownedByMe": file.owner == caller.email,
        "capabilities": {
            "canEdit": writes,
            "canShare": writes,
            "canCopy": True,
            "canDelete": role == "owner",
        },
        "permissions": file.permissions,
        "permissionIds": [entry["id"] for entry in file.permissions],
        "spaces": ["drive"],
    }
    made |= {"size": "1024", "quotaBytesUsed": "1024"} if file.spreadsheet else binary(file)
    if file.drive_id:
        return made | file.more | {"driveId": file.drive_id, "teamDriveId": file.drive_id}
    owners = {"owners": [user(file.owner, caller.email)], "lastModifyingUser": user(file.owner, caller.email)}
    return made | file.more | owners


def binary(file: File) -> Json:
    """What is told of a file that was uploaded."""
    if not file.revisions:
        return {}
    last = file.revisions[-1]
    told = {name: last[name] for name in ("size", "md5Checksum", "originalFilename")}
    link = f"https://drive.google.com/uc?id={file.id}&export=download"
    return told | {"quotaBytesUsed": last["size"], "headRevisionId": last["id"], "webContentLink": link}


def create(world: World, caller: Caller, body: Json) -> Json:
    parents = [world.file(parent, caller, "writer").id for parent in body.get("parents") or ["root"]]
    mime_type = body.get("mimeType", "application/octet-stream")
    file = world.create(body.get("name", "Untitled"), caller.email, mime_type, body.get("id"))
    file.parents = parents
    folder = world.file(parents[0], caller)
    if folder.drive_id:
        file.drive_id = folder.drive_id
        file.permissions = [dict(entry) for entry in folder.permissions]
    describe(world, caller, file, body)
    return resource(file, caller)


DESCRIBED = ("description", "properties", "appProperties", "starred", "shortcutDetails")


def describe(world: World, caller: Caller, file: File, body: Json) -> None:
    """Keep what a call tells of a file."""
    file.more |= {name: body[name] for name in DESCRIBED if name in body}
    if target := file.more.get("shortcutDetails", {}).get("targetId"):
        kind = world.file(target, caller).mime_type
        file.more["shortcutDetails"] = {"targetId": target, "targetMimeType": kind}
    for name, field in (("createdTime", "created"), ("modifiedTime", "modified")):
        if name in body:
            setattr(file, field, query.seconds(body[name]))


def get(world: World, caller: Caller, file_id: str) -> Json:
    return resource(world.file(file_id, caller), caller)


def listing(world: World, caller: Caller, options: Json) -> Json:
    """Files that the caller may see and that the query fits, newest first, page by page."""
    wanted = query.parse(options.get("q", ""))
    hidden, drive_id = folder_id(caller.email, "appDataFolder"), options.get("driveId")
    in_space = [
        file
        for file in world.files.values()
        if (hidden in file.parents) == ("appDataFolder" in options.get("spaces", "drive"))
        and drive_id in (None, file.drive_id)
    ]
    seen = [file for file in in_space if visible(file, caller) and wanted(file, caller)]
    seen = ordered(seen, options.get("orderBy", "modifiedTime desc"))
    size = int(asked) if (asked := str(options.get("pageSize", PAGE))).isdigit() else 0
    if not 1 <= size <= 1000:
        message = f"Invalid value '{size}'. Values must be within the range: [1, 1000]"
        raise ApiError(400, message, reason="invalidParameter", location="pageSize")
    start = page_start(options.get("pageToken"))
    page = seen[start : start + size]
    answer: Json = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(seen):
        answer["nextPageToken"] = base64.b64encode(str(start + size).encode()).decode()
    return answer | {"files": [resource(file, caller) for file in page]}


def page_start(token: str | None) -> int:
    try:
        return int(base64.b64decode(token or "MA=="))
    except ValueError as wrong:
        raise ApiError(400, "Invalid Value", reason="invalid", location="pageToken") from wrong


def visible(file: File, caller: Caller) -> bool:
    """Listed are own files and those shared by name; links that anyone may follow are not."""
    named = [entry for entry in file.permissions if entry["type"] != "anyone"]
    return any(entry.get("emailAddress") == caller.email for entry in named) or file.owner == caller.email


def ordered(files: list[File], order: str) -> list[File]:
    keys = {"modifiedTime": "modified", "createdTime": "created", "name": "name", "name_natural": "name"}
    keys |= {"recency": "modified", "viewedByMeTime": "modified", "modifiedByMeTime": "modified"}
    for part in reversed(order.split(",")):
        name, _, way = part.strip().partition(" ")
        if name in keys:
            key = keys[name]
            files = sorted(files, key=lambda file: getattr(file, key), reverse=way == "desc")
    return files


def update(world: World, caller: Caller, file_id: str, body: Json, options: Json) -> Json:
    file = world.file(file_id, caller, "writer")
    if "name" in body:
        file.name = body["name"]
        if file.spreadsheet is not None:
            file.spreadsheet.properties["title"] = body["name"]
    if "trashed" in body:
        file.trashed = body["trashed"]
    own = folder_id(caller.email)
    removed = [own if parent == "root" else parent for parent in listed("removeParents", options)]
    added = [world.file(parent, caller, "writer").id for parent in listed("addParents", options)]
    file.parents = [parent for parent in file.parents if parent not in removed] + added
    world.touch(file)
    describe(world, caller, file, body)
    return resource(file, caller)


def listed(name: str, options: Json) -> list[str]:
    """An option that names several things, with commas between them."""
    return [one for one in options.get(name, "").split(",") if one]


def copied(world: World, caller: Caller, file_id: str, body: Json) -> Json:
    source = world.file(file_id, caller)
    made = world.copy(source, caller.email, body.get("name"))
    beside = source.parents if source.owner == caller.email else ["root"]
    made.parents = [world.file(parent, caller, "writer").id for parent in body.get("parents") or beside]
    return resource(made, caller)


def delete(world: World, caller: Caller, file_id: str) -> None:
    world.remove(world.file(file_id, caller, "organizer"))


def export(world: World, caller: Caller, file_id: str, mime_type: str, sheet_id: int | None = None) -> bytes:
    """A spreadsheet in another format, or one sheet of it."""
    file = world.file(file_id, caller)
    if mime_type not in exports.FORMATS or file.spreadsheet is None:
        message = "The requested conversion is not supported."
        raise ApiError(400, message, reason="badRequest", location="convertTo")
    shown = copy.copy(file.spreadsheet)
    if sheet_id is not None:
        shown.sheets = [file.spreadsheet.sheet(sheet_id)]
    return exports.FORMATS[mime_type](shown, calculation(file.spreadsheet, world.now))


def permissions(world: World, caller: Caller, file_id: str) -> Json:
    file = world.file(file_id, caller)
    return {"kind": "drive#permissionList", "permissions": file.permissions}


def share(world: World, caller: Caller, file_id: str, body: Json, options: Json) -> Json:
    file = world.file(file_id, caller, "writer")
    kind, role = body.get("type"), body.get("role")
    if kind is None or role is None:
        missing = "type" if kind is None else "role"
        raise ApiError(
            400,
            f"The permission {missing} field is required.",
            reason="required",
            location=f"permission.{missing}",
        )
    whom = body.get("emailAddress") or body.get("domain") or "anyone"
    if kind in ("user", "group") and "@" not in whom:
        message = "The specified emailAddress is invalid or not applicable for the given permission type."
        raise ApiError(400, message, reason="invalidSharingRequest")
    made = permission(whom, role, kind)
    if role == "owner":
        hand_over(file, whom, options)
    file.permissions = [entry for entry in file.permissions if entry["id"] != made["id"]] + [made]
    world.touch(file)
    return made


def hand_over(file: File, whom: str, options: Json) -> None:
    if options.get("transferOwnership") not in (True, "true", "True"):
        message = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
        raise ApiError(403, message, reason="forbidden", location="transferOwnership")
    for entry in file.permissions:
        entry["role"] = "writer" if entry["role"] == "owner" else entry["role"]
    file.owner = whom


def one_permission(file: File, permission_id: str) -> Json:
    for entry in file.permissions:
        if entry["id"] == permission_id:
            return entry
    raise ApiError(404, f"Permission not found: {permission_id}.", reason="notFound", location="permissionId")


def change_permission(
    world: World, caller: Caller, file_id: str, permission_id: str, body: Json, options: Json
) -> Json:
    file = world.file(file_id, caller, "writer")
    entry = one_permission(file, permission_id)
    if body.get("role") == "owner":
        hand_over(file, entry["emailAddress"], options)
    entry["role"] = body.get("role", entry["role"])
    world.touch(file)
    return entry


def unshare(world: World, caller: Caller, file_id: str, permission_id: str) -> None:
    file = world.file(file_id, caller)
    entry = one_permission(file, permission_id)
    if entry["role"] == "owner":
        raise ApiError(403, "The owner of a file cannot be removed.", reason="cannotDeletePermission")
    file.permissions.remove(entry)
    world.touch(file)


def changes(world: World, caller: Caller, options: Json) -> Json:
    """What changed since a token, each file once."""
    token = options.get("pageToken", "1")
    if not token.isdigit():
        raise ApiError(400, "Invalid Value", reason="invalid", location="pageToken")
    start = int(token) - 1
    latest: dict[str, Json] = {}
    for file_id, removed in world.changes[start:]:
        file = world.files.get(file_id)
        if removed or (file is not None and visible(file, caller)):
            latest.pop(file_id, None)
            latest[file_id] = change(world, caller, file_id)
    return {
        "kind": "drive#changeList",
        "newStartPageToken": start_token(world)["startPageToken"],
        "changes": list(latest.values()),
    }


def change(world: World, caller: Caller, file_id: str) -> Json:
    file = world.files.get(file_id)
    made: Json = {
        "kind": "drive#change",
        "changeType": "file",
        "time": stamp(file.modified if file else world.clock()),
        "removed": file is None,
        "fileId": file_id,
    }
    return made | ({"file": resource(file, caller)} if file else {})


def start_token(world: World) -> Json:
    return {"kind": "drive#startPageToken", "startPageToken": str(len(world.changes) + 1)}


def about(caller: Caller) -> Json:
    return {
        "kind": "drive#about",
        "user": user(caller.email, caller.email),
        "storageQuota": {"limit": "16106127360", "usage": "0", "usageInDrive": "0", "usageInDriveTrash": "0"},
        "exportFormats": {SPREADSHEET: list(exports.FORMATS)},
    }
