"""Comments on files in Drive, and the replies to them."""

from __future__ import annotations

import re
from typing import Any

from .drive import stamp, user
from .drive_api import body, route
from .errors import ApiError
from .http import Call
from .world import Caller, World

Json = dict[str, Any]
COMMENTS, REPLIES = "/files/([^/]+)/comments", "/files/([^/]+)/comments/([^/]+)/replies"


def found(listed: list[Json], wanted: str, what: str) -> Json:
    for entry in listed:
        if entry["id"] == wanted:
            return entry
    raise ApiError(404, f"{what} not found: {wanted}.", reason="notFound", location=f"{what.lower()}Id")


def comment_of(world: World, caller: Caller, match: re.Match[str], least: str = "reader") -> Json:
    return found(world.file(match[1], caller, least).comments, match[2], "Comment")


def written(world: World, caller: Caller, given: Json, kind: str) -> Json:
    """A new comment or reply of the caller."""
    if not given.get("content") and not given.get("action"):
        raise ApiError(400, "Required", reason="required", location=f"{kind}.content")
    now, content = stamp(world.clock()), given.get("content", "")
    author = user(caller.email, caller.email)
    made = {"kind": f"drive#{kind}", "id": world.new_id()[:22], "createdTime": now, "modifiedTime": now}
    return made | {"author": author, "deleted": False, "content": content, "htmlContent": content}


def rewritten(world: World, entry: Json, given: Json) -> Json:
    text = given.get("content", entry["content"])
    return entry | {"content": text, "htmlContent": text, "modifiedTime": stamp(world.clock())}


@route("GET", COMMENTS, None, "CommentList", None)
def comments(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return {"kind": "drive#commentList", "comments": world.file(match[1], caller).comments}


@route("POST", COMMENTS, "Comment", "Comment", None)
def comment(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    file, given = world.file(match[1], caller, "commenter"), body(call, "Comment")
    kept = {name: given[name] for name in ("anchor", "quotedFileContent") if name in given}
    made = written(world, caller, given, "comment") | kept | {"resolved": False, "replies": []}
    file.comments.append(made)
    return made


@route("GET", f"{COMMENTS}/([^/]+)", None, "Comment", None)
def one_comment(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return comment_of(world, caller, match)


@route("PATCH", f"{COMMENTS}/([^/]+)", "Comment", "Comment", None)
def change_comment(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    entry = comment_of(world, caller, match, "commenter")
    entry |= rewritten(world, entry, body(call, "Comment"))
    return entry


@route("DELETE", f"{COMMENTS}/([^/]+)", None, None, None)
def drop_comment(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    world.file(match[1], caller).comments.remove(comment_of(world, caller, match, "commenter"))


@route("GET", REPLIES, None, "ReplyList", None)
def replies(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return {"kind": "drive#replyList", "replies": comment_of(world, caller, match)["replies"]}


@route("POST", REPLIES, "Reply", "Reply", None)
def reply(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    entry, given = comment_of(world, caller, match, "commenter"), body(call, "Reply")
    action = given.get("action")
    made = written(world, caller, given, "reply") | ({"action": action} if action else {})
    if action in ("resolve", "reopen"):
        entry["resolved"] = action == "resolve"
    entry["replies"].append(made)
    return made


@route("GET", f"{REPLIES}/([^/]+)", None, "Reply", None)
def one_reply(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> Json:
    return found(comment_of(world, caller, match)["replies"], match[3], "Reply")


@route("PATCH", f"{REPLIES}/([^/]+)", "Reply", "Reply", None)
def change_reply(world: World, caller: Caller, call: Call, match: re.Match[str]) -> Json:
    entry = found(comment_of(world, caller, match, "commenter")["replies"], match[3], "Reply")
    entry |= rewritten(world, entry, body(call, "Reply"))
    return entry


@route("DELETE", f"{REPLIES}/([^/]+)", None, None, None)
def drop_reply(world: World, caller: Caller, _call: Call, match: re.Match[str]) -> None:
    thread = comment_of(world, caller, match, "commenter")
    thread["replies"].remove(found(thread["replies"], match[3], "Reply"))
