"""Several calls in one: the parts of a multipart/mixed body, each answered by itself."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

from .errors import STATUS, ApiError
from .http import Answer, Call, parts

BOUNDARY = "batch_of_answers"
MOST = 100


def together(call: Call, said: Callable[[Call], Answer]) -> Answer:
    """The answers of all parts, in order."""
    asked = parts(call.headers.get("content-type", ""), call.body)
    if not asked:
        raise ApiError(400, "Failed to parse batch request, error: missing boundary", reason="badRequest")
    if len(asked) > MOST:
        raise ApiError(400, f"The batch request contains more than {MOST} calls.", reason="badRequest")
    answers = [answered(part, said(inner(part, call))) for part in asked]
    lines = b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + answer for answer in answers)
    return Answer(200, lines + f"--{BOUNDARY}--\r\n".encode(), f"multipart/mixed; boundary={BOUNDARY}")


def inner(part: Message, call: Call) -> Call:
    """The call that a part holds; it comes from the same caller unless it says otherwise."""
    text = str(part.get_payload()).replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, target, *_ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    known = {name: call.headers[name] for name in ("authorization", "host") if name in call.headers}
    return Call(method, target, known | headers, body.encode())


def answered(part: Message, answer: Answer) -> bytes:
    """An answer as a part of the whole one."""
    name = part.get("Content-ID", "").strip("<>")
    outer = f"Content-Type: application/http\r\nContent-ID: <response-{name}>\r\n\r\n"
    word = "OK" if answer.code < 300 else STATUS.get(answer.code, "Error")
    inside = f"HTTP/1.1 {answer.code} {word}\r\nContent-Type: {answer.kind}\r\n"
    return f"{outer}{inside}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body + b"\r\n"
