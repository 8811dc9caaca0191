"""The Drive v3 routes: which call is which, and what of a resource is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import drive, masks
from .discovery import DRIVE
from .errors import ApiError
from .http import Answer, Call, parsed
from .world import Caller, World

Json = dict[str, Any]
FILE = "kind,id,name,mimeType"
PERMISSION = "kind,id,type,role"
Handler = Callable[[World, Caller, Call, "re.Match[str]"], Json | Answer | None]
# method, path, message of the body, message of the answer, what is answered without a mask
ROUTES: list[tuple[str, re.Pattern[str], str | None, str | None, str | None, Handler]] = []


def route(
    method: str, path: str, takes: str | None, gives: str | None, default: str | None
) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile("/drive/v3" + path), takes, gives, default, handler))
        return handler

    return register


def answer(world: World, caller: Caller, call: Call) -> Answer:
    for method, pattern, takes, gives, default, handler in ROUTES:
        match = pattern.fullmatch(call.path)
        if match is None or method != call.method:
            continue
        tree = chosen(call, gives, default)
        if takes:
            parsed(call, takes, DRIVE)
        result = handler(world, caller, call, match)
        if isinstance(result, Answer):
            return result
        if result is None:
            return Answer(204, b"", "text/html")
        return told(result, str(gives), tree, pretty=call.pretty)
    raise ApiError(404, "Not Found", reason="notFound")


def told(result: Json, gives: str, tree: masks.Tree, *, pretty: bool = True) -> Answer:
    """What the mask leaves of a message, which must be one of Google's."""
    found: list[tuple[str, str]] = []
    message = DRIVE.parser(gives)(result, "", found)
    if found:
        raise AssertionError(f"not a {gives}: {found}")
    return Answer.of(masks.choose(message, tree), pretty=pretty)


def chosen(call: Call, gives: str | None, default: str | None) -> masks.Tree:
    if gives is None:
        return {}
    text = call.option("fields") or default
    if text is None:
        message = "The 'fields' parameter is required for this method."
        raise ApiError(400, message, reason="required", location="fields")
    return masks.for_answer(text, gives, DRIVE)


def body(call: Call, name: str) -> Json:
    return parsed(call, name, DRIVE)


def options(call: Call) -> Json:
    return {name: values[-1] for name, values in call.query.items()}


@route("POST", "/files", "File", "File", FILE)
def create(world: World, caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    return drive.create(world, caller, body(call, "File"))


@route("GET", "/files", None, "FileList", f"kind,nextPageToken,incompleteSearch,files({FILE})")
def listing(world: World, caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    return drive.listing(world, caller, options(call))


@route("GET", "/files/generateIds", None, "GeneratedIds", "kind,space,ids")
def generate_ids(world: World, _caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    count = int(call.option("count", "10"))
    return {"kind": "drive#generatedIds", "space": "drive", "ids": [world.new_id() for _ in range(count)]}


@route("DELETE", "/files/trash", None, None, None)
def empty_trash(world: World, caller: Caller, _call: Call, _match: re.Match[str]) -> None:
    for file in [file for file in world.files.values() if file.trashed and file.owner == caller.email]:
        world.remove(file)


@route("GET", "/files/([^/]+)", None, "File", FILE)
def get(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json | Answer:
    if call.option("alt") == "media":
        from .drive_content import download

        return download(world.file(match[1], caller), call)
    return drive.get(world, caller, match[1])


@route("PATCH", "/files/([^/]+)", "File", "File", FILE)
def update(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    return drive.update(world, caller, match[1], body(call, "File"), options(call))


@route("DELETE", "/files/([^/]+)", None, None, None)
def delete(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    drive.delete(world, caller, match[1])


@route("POST", "/files/([^/]+)/copy", "File", "File", FILE)
def copied(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    return drive.copied(world, caller, match[1], body(call, "File"))


@route("GET", "/files/([^/]+)/export", None, None, None)
def export(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Answer:
    kind = call.option("mimeType")
    return Answer(200, drive.export(world, caller, match[1], kind), kind)


@route(
    "GET",
    "/files/([^/]+)/permissions",
    None,
    "PermissionList",
    f"kind,nextPageToken,permissions({PERMISSION})",
)
def permissions(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return drive.permissions(world, caller, match[1])


@route("POST", "/files/([^/]+)/permissions", "Permission", "Permission", PERMISSION)
def share(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    return drive.share(world, caller, match[1], body(call, "Permission"), options(call))


@route("GET", "/files/([^/]+)/permissions/([^/]+)", None, "Permission", PERMISSION)
def one_permission(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return drive.one_permission(world.file(match[1], caller), match[2])


@route("PATCH", "/files/([^/]+)/permissions/([^/]+)", "Permission", "Permission", PERMISSION)
def change_permission(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    return drive.change_permission(world, caller, match[1], match[2], body(call, "Permission"), options(call))


@route("DELETE", "/files/([^/]+)/permissions/([^/]+)", None, None, None)
def unshare(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    drive.unshare(world, caller, match[1], match[2])


CHANGE = f"kind,changeType,time,removed,fileId,file({FILE})"


@route("GET", "/changes", None, "ChangeList", f"kind,nextPageToken,newStartPageToken,changes({CHANGE})")
def changes(world: World, caller: Caller, call: Call, _match: re.Match[str]) -> Json:
    return drive.changes(world, caller, options(call))


@route("GET", "/changes/startPageToken", None, "StartPageToken", "kind,startPageToken")
def start_page_token(world: World, _caller: Caller, _call: Call, _match: re.Match[str]) -> Json:
    return drive.start_token(world)


@route("GET", "/about", None, "About", None)
def about(_world: World, caller: Caller, _call: Call, _match: re.Match[str]) -> Json:
    return drive.about(caller)
