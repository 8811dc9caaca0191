"""Comments on cells: a thread that hangs on an anchor, its first post and the replies."""

from __future__ import annotations

import copy
from typing import Any

from ..errors import invalid
from ..model import Sheet
from .registry import Batch, handles, take

Json = dict[str, Any]
LONGEST = 2048
ACTIONS = {"RESOLVE": "RESOLVED", "REOPEN": "OPEN"}


@handles("insertComment")
def insert_comment(batch: Batch, request: Json) -> Json:
    place = request.get("coordinate", {})
    sheet = batch.book.sheet(place.get("sheetId", 0))
    row, column = place.get("rowIndex", 0), place.get("columnIndex", 0)
    assigned = {"assigneeEmail": request["assigneeEmailAddress"]} if "assigneeEmailAddress" in request else {}
    thread = {
        "commentId": str(batch.book.new_id()),
        "anchorId": anchored(batch, sheet, row, column),
        "headPost": written(batch, request.get("content", "")) | assigned,
        "status": "OPEN",
    }
    batch.book.comments.append(thread)
    return {"commentThread": copy.deepcopy(thread)}


def anchored(batch: Batch, sheet: Sheet, row: int, column: int) -> str:
    """A new anchor on a cell of the sheet."""
    if row >= sheet.rows or column >= sheet.columns:
        raise invalid("The coordinate is outside of the sheet.")
    place = {"startRowIndex": row, "endRowIndex": row + 1}
    place |= {"startColumnIndex": column, "endColumnIndex": column + 1}
    owner = {"sheetId": sheet.id} if sheet.id else {}
    anchor = {"anchorId": str(batch.book.new_id()), "range": owner | place}
    sheet.lists["commentAnchors"].append(anchor)
    return str(anchor["anchorId"])


def written(batch: Batch, content: str, *, needed: bool = True) -> Json:
    """A post of the caller."""
    if needed and not content:
        raise invalid("The content of a comment must not be empty.")
    if len(content) > LONGEST:
        raise invalid(f"The content of a comment must not exceed {LONGEST} characters.")
    now = batch.now.isoformat(timespec="seconds") + "Z"
    author = {"displayName": batch.user.partition("@")[0], "me": True}
    made = {"postId": str(batch.book.new_id()), "author": author, "createTime": now, "updateTime": now}
    return made | ({"content": content, "contentHtml": content} if content else {})


def thread_of(batch: Batch, request: Json) -> Json:
    wanted = request.get("commentId", "")
    return take(batch.book.comments, "commentId", wanted, f"No comment with id: {wanted}")


@handles("addCommentReply")
def add_comment_reply(batch: Batch, request: Json) -> Json:
    thread, given = thread_of(batch, request), request.get("post", {})
    action = given.get("commentAction")
    post = written(batch, given.get("content", ""), needed=action not in ACTIONS)
    post |= {name: given[name] for name in ("commentAction", "assigneeEmail") if name in given}
    thread["status"] = ACTIONS.get(action, thread["status"])
    thread.setdefault("replies", []).append(post)
    return {"post": copy.deepcopy(post)}


@handles("updateCommentPost")
def update_comment_post(batch: Batch, request: Json) -> None:
    thread, wanted = thread_of(batch, request), request.get("postId", "")
    posts = [thread["headPost"], *thread.get("replies", [])]
    post = take(posts, "postId", wanted, f"No post with id: {wanted}")
    new = written(batch, request.get("content", ""))
    post |= {name: new[name] for name in ("content", "contentHtml", "updateTime")}


@handles("deleteCommentReply")
def delete_comment_reply(batch: Batch, request: Json) -> None:
    thread, wanted = thread_of(batch, request), request.get("postId", "")
    post = take(thread.get("replies", []), "postId", wanted, f"No reply with id: {wanted}")
    if "commentAction" in post or "assigneeEmail" in post:
        raise invalid("A reply that resolves, reopens or assigns cannot be deleted.")
    thread["replies"].remove(post)


@handles("deleteComment")
def delete_comment(batch: Batch, request: Json) -> None:
    thread = thread_of(batch, request)
    batch.book.comments.remove(thread)
    for sheet in batch.book.sheets:
        anchors = sheet.lists["commentAnchors"]
        sheet.lists["commentAnchors"] = [one for one in anchors if one["anchorId"] != thread["anchorId"]]
