"""Shared drives: folders that belong to nobody, whose organizers say who may come in."""

from __future__ import annotations

import re
from typing import Any

from .drive import stamp
from .drive_api import body, options, route
from .errors import ApiError
from .http import Call
from .world import Caller, File, World

Json = dict[str, Any]
DRIVE = "kind,id,name"


def resource(file: File) -> Json:
    return {
        "kind": "drive#drive",
        "id": file.id,
        "name": file.name,
        "hidden": file.more.get("hidden", False),
        "createdTime": stamp(file.created),
    }


def shared(world: World, caller: Caller, drive_id: str, least: str = "reader") -> File:
    file = world.file(drive_id, caller, least)
    if file.drive_id != file.id:
        raise ApiError(404, f"Shared drive not found: {drive_id}", reason="notFound", location="driveId")
    return file


@route("POST", "/drives", "Drive", "Drive", DRIVE)
def create(world: World, caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    asked = call.option("requestId")
    if not asked:
        raise ApiError(400, "Required parameter: requestId", reason="required", location="requestId")
    if any(file.more.get("requestId") == asked for file in world.drives.values()):
        message = "A shared drive with the same request id exists already."
        raise ApiError(409, message, reason="duplicate", location="requestId")
    made = world.shared_drive(body(call, "Drive").get("name", "Untitled"), caller.email)
    made.more["requestId"] = asked
    return resource(made)


@route("GET", "/drives", None, "DriveList", f"kind,nextPageToken,drives({DRIVE})")
def listing(world: World, caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    everybodys = options(call).get("useDomainAdminAccess") in ("true", "True")
    seen = [file for file in world.drives.values() if everybodys or file.role(caller.email)]
    return {"kind": "drive#driveList", "drives": [resource(file) for file in seen]}


@route("GET", "/drives/([^/]+)", None, "Drive", DRIVE)
def get(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return resource(shared(world, caller, match[1]))


@route("PATCH", "/drives/([^/]+)", "Drive", "Drive", DRIVE)
def update(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    file = shared(world, caller, match[1], "organizer")
    file.name = body(call, "Drive").get("name", file.name)
    return resource(file)


@route("POST", "/drives/([^/]+)/(hide|unhide)", None, "Drive", DRIVE)
def hide(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    file = shared(world, caller, match[1])
    file.more["hidden"] = match[2] == "hide"
    return resource(file)


@route("DELETE", "/drives/([^/]+)", None, None, None)
def delete(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    file = shared(world, caller, match[1], "organizer")
    if any(file.id == other.drive_id for other in world.files.values()):
        message = "A shared drive that holds files cannot be deleted."
        raise ApiError(403, message, reason="cannotDeleteNonEmptyDrive")
    del world.drives[file.id]
