"""Drive's search: `name = 'x' and trashed = false` as a test of files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .errors import ApiError
from .world import Caller, File, folder_id

Test = Callable[[File, Caller], bool]
TOKEN = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\(|\))|(!=|<=|>=|=|<|>)|([\w.]+))""")


def parse(text: str) -> Test:
    """The test of a query; an empty one fits everything."""
    if not text.strip():
        return lambda _file, _caller: True
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise bad()
        found.append(match[0].strip())
        at = match.end()
    test, rest = either(found)
    if rest:
        raise bad()
    return test


def bad() -> ApiError:
    return ApiError(400, "Invalid Value", reason="invalid", location="q")


def either(tokens: list[str]) -> tuple[Test, list[str]]:
    test, tokens = both(tokens)
    while tokens[:1] == ["or"]:
        other, tokens = both(tokens[1:])
        test = lambda file, caller, a=test, b=other: a(file, caller) or b(file, caller)  # type: ignore[misc] # noqa: E731
    return test, tokens


def both(tokens: list[str]) -> tuple[Test, list[str]]:
    test, tokens = single(tokens)
    while tokens[:1] == ["and"]:
        other, tokens = single(tokens[1:])
        test = lambda file, caller, a=test, b=other: a(file, caller) and b(file, caller)  # type: ignore[misc] # noqa: E731
    return test, tokens


def single(tokens: list[str]) -> tuple[Test, list[str]]:
    if tokens[:1] == ["not"]:
        test, rest = single(tokens[1:])
        return (lambda file, caller: not test(file, caller)), rest
    if tokens[:1] == ["("]:
        test, rest = either(tokens[1:])
        if rest[:1] != [")"]:
            raise bad()
        return test, rest[1:]
    if len(tokens) < 3:
        raise bad()
    return term(*tokens[:3]), tokens[3:]


def plain(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[:1] in "\"'" else token


def term(left: str, sign: str, right: str) -> Test:
    if sign == "in":
        return membership(plain(left), right)
    value = plain(right)
    fields: dict[str, Callable[[File], Any]] = {
        "name": lambda file: file.name.lower(),
        "fullText": lambda file: file.name.lower(),
        "mimeType": lambda file: file.mime_type,
        "trashed": lambda file: file.trashed,
        "starred": lambda file: file.more.get("starred", False),
        "modifiedTime": lambda file: file.modified,
        "createdTime": lambda file: file.created,
    }
    if left == "sharedWithMe":
        return lambda file, caller: (file.owner != caller.email) == (value == "true")
    if left not in fields:
        raise bad()
    read = fields[left]
    return lambda file, _caller: compare(read(file), sign, value)


def seconds(text: str) -> float:
    """Seconds since 1970 of a time as Drive writes it; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as wrong:
        raise bad() from wrong
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def compare(have: Any, sign: str, wanted: str) -> bool:
    if isinstance(have, bool):
        return (have == (wanted == "true")) == (sign == "=")
    if isinstance(have, float):
        other: Any = seconds(wanted)
    else:
        other = wanted.lower()
    if sign == "contains":
        return any(word.startswith(other) for word in (have, *have.split())) or other in have
    tests = {"=": have == other, "!=": have != other, "<": have < other, ">": have > other}
    return bool((tests | {"<=": have <= other, ">=": have >= other})[sign])


def membership(value: str, group: str) -> Test:
    if group == "parents":
        return lambda file, caller: (folder_id(caller.email) if value == "root" else value) in file.parents
    roles = {"owners": ("owner",), "writers": ("owner", "organizer", "fileOrganizer", "writer")}
    if group not in (*roles, "readers"):
        raise bad()

    def test(file: File, caller: Caller) -> bool:
        email = caller.email if value == "me" else value
        return any(
            entry.get("emailAddress") == email and entry["role"] in roles.get(group, (entry["role"],))
            for entry in file.permissions
        )

    return test
