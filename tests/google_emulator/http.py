"""What goes over the wire, apart from how: calls, answers, and the reading of parameters and bodies."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from .discovery import DRIVE, NESTED_NAMES, PACKAGE, SHEETS, Schemas, Violations, flattened, snake
from .errors import violations

Json = dict[str, Any]
JSON = "application/json; charset=UTF-8"
SYSTEM = {
    "alt",
    "fields",
    "key",
    "access_token",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "callback",
    "$.xgafv",
    "uploadType",
    "upload_protocol",
}


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def plain(self) -> Call:
        """The same unpacked; a GET too long for its address comes as a POST that says so."""
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        method = self.headers.get("x-http-method-override", self.method)
        if method == "GET" and self.method == "POST":
            return Call(method, f"{self.target}?{body.decode()}", self.headers)
        return Call(method, self.target, self.headers, body)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def option(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    @property
    def pretty(self) -> bool:
        """Whether the answer is laid out for people, as Google does unless it is told not to."""
        return self.option("prettyPrint").lower() not in ("false", "0")


@dataclass(frozen=True)
class Answer:
    """One response; `sheets` tells which error envelope belongs to it."""

    code: int
    body: bytes = b""
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(
        value: Json, code: int = 200, headers: dict[str, str] | None = None, *, pretty: bool = True
    ) -> Answer:
        laid_out = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return Answer(code, orjson.dumps(value, option=laid_out if pretty else None), JSON, headers or {})


def parts(kind: str, body: bytes) -> list[Message]:
    """The parts of a body of a multipart kind; none where it is not one."""
    found = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body).get_payload()
    return [part for part in found if isinstance(part, Message)] if isinstance(found, list) else []


def content(part: Message) -> bytes:
    """What a part holds."""
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def parsed(call: Call, schema: str, schemas: Schemas = SHEETS, path: str = "") -> Json:
    """The body as a message of the API, in canonical form."""
    return parsed_json(call.body, schema, schemas, path)


def parsed_json(body: bytes, schema: str, schemas: Schemas = SHEETS, path: str = "") -> Json:
    """JSON as a message of the API."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError as wrong:
        raise violations([("", f"Invalid JSON payload received. Unexpected token.\n{wrong}")]) from wrong
    found: Violations = []
    result = schemas.parser(schema)(value, path, found)
    check_kinds(value, found)
    if found:
        raise violations(found)
    return result  # type: ignore[no-any-return]


def check_kinds(value: Any, found: Violations) -> None:
    """Each request of a batch is of one kind."""
    requests = value.get("requests") if isinstance(value, dict) else None
    for place, request in enumerate(flattened(requests) if isinstance(requests, list) else []):
        kinds = (
            [kind for kind, given in request.items() if given is not None]
            if isinstance(request, dict)
            else []
        )
        for extra in kinds[1:]:
            text = (
                f"Invalid value at 'requests[{place}]' (oneof), oneof field 'kind' is already set. "
                f"Cannot set '{extra}'"
            )
            found.append((f"requests[{place}]", text))


def options(call: Call, method: Json) -> Json:
    """The query parameters of a Sheets method, by its description."""
    found: Violations = []
    result: Json = {}
    known = {name: kind for name, kind in method["parameters"].items() if kind["location"] == "query"}
    for name, values in call.query.items():
        if name in known:
            result[name] = (
                [*values] if known[name].get("repeated") else option(name, values[-1], known[name], found)
            )
        elif name not in SYSTEM:
            text = (
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                f"Field '{name}' could not be found in request message."
            )
            found.append(("", text))
    if found:
        raise violations(found)
    return {name: value for name, value in result.items() if value is not None}


def option(name: str, value: str, kind: Json, found: Violations) -> Any:
    if kind["type"] == "boolean":
        if value.lower() not in ("true", "false", "1", "0", ""):
            found.append((snake(name), f"Invalid value at '{snake(name)}' (TYPE_BOOL), \"{value}\""))
        return value.lower() in ("true", "1")
    if "enum" in kind and value not in kind["enum"]:
        shown = f'{PACKAGE}.{NESTED_NAMES.get(name, name)}), "{value}"'
        found.append((snake(name), f"Invalid value at '{snake(name)}' ({shown}"))
        return None
    return None if "enum" in kind and value.endswith("_UNSPECIFIED") else value


def methods(resource: Json) -> dict[str, Json]:
    """The methods of an API by their ids."""
    found = {method["id"]: method for method in resource.get("methods", {}).values()}
    for inner in resource.get("resources", {}).values():
        found |= methods(inner)
    return found


SHEETS_METHODS = methods(SHEETS.document)
DRIVE_METHODS = methods(DRIVE.document)


def shape(path: str) -> re.Pattern[str]:
    """A pattern for a path of the description: `v4/spreadsheets/{spreadsheetId}/values/{range}:append`."""
    parts = re.split(r"\{(\w+)\}", path)
    text = "".join(
        f"(?P<{part}>{'.+' if part == 'range' else '[^/:]+'})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    return re.compile("/" + text)
