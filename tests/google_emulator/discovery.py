"""Google's own description of its messages, as parsers: what does not fit is a violation in Google's words.

A parser turns JSON into the canonical form that Google stores and answers: null and defaults are absent,
numbers have their type's precision. Requests and responses go through the same parsers.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

Violations = list[tuple[str, str]]
Parser = Callable[[Any, str, Violations], Any]
DROP = object()


class Canonical(list[Any]):
    """A list in canonical form and masked already: large answers are not gone through again."""


# Drive shows all that it has.
DRIVE_MESSAGES = (
    "File", "About", "FileList", "Permission", "PermissionList", "ChangeList", "Change", "StartPageToken",
    "Comment", "CommentList", "Reply", "ReplyList", "Revision", "RevisionList", "Drive", "DriveList",
    "GeneratedIds",
)  # fmt: skip
# Fields that are shown though they hold a zero: they sit in a oneof, or track whether they were set.
KEPT = {
    "ExtendedValue": {"numberValue", "boolValue", "stringValue", "formulaValue"},
    "TextFormat": {"bold", "italic", "strikethrough", "underline"},
    "GridRange": {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"},
    "DimensionRange": {"startIndex", "endIndex"},
    "TextRotation": {"angle", "vertical"},
    "SortSpec": {"dimensionIndex"},
    "FilterSpec": {"columnIndex"},
    "PivotGroup": {"sourceColumnOffset"},
    "PivotValue": {"sourceColumnOffset"},
    "SheetProperties": {"sheetId", "index"},
    "DeveloperMetadataLocation": {"sheetId"},
    "DeveloperMetadata": {"metadataId"},
    **{name: {"*"} for name in DRIVE_MESSAGES},
}
NESTED_NAMES = {
    "dimension": "Dimension",
    "majorDimension": "Dimension",
    "valueInputOption": "ValueInputOption",
    "valueRenderOption": "ValueRenderOption",
    "responseValueRenderOption": "ValueRenderOption",
    "dateTimeRenderOption": "DateTimeRenderOption",
    "responseDateTimeRenderOption": "DateTimeRenderOption",
}
PACKAGE = "type.googleapis.com/google.apps.sheets.v4"


@cache
def document(name: str) -> dict[str, Any]:
    """The discovery document of an API: "sheets.v4" or "drive.v3"."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    return json.loads((folder / f"{name}.json").read_text())  # type: ignore[no-any-return]


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def float32(value: float) -> float:
    """The shortest decimal that names the same 32-bit number: what Google shows of colors."""
    single = struct.unpack("f", struct.pack("f", value))[0]
    return next(
        (short for digits in range(1, 10) if packs(short := float(f"{single:.{digits}g}"), single)), value
    )


def packs(value: float, single: float) -> bool:
    return bool(struct.unpack("f", struct.pack("f", value))[0] == single)


def plain(value: float) -> float | int:
    """A number as JSON writes it: whole ones without a fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def wrong(path: str, kind: str, value: Any, found: Violations) -> Any:
    shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, (dict, list)) else ""
    text = f"Invalid value at '{path}' ({kind})" + (f", {shown}" if shown else "")
    found.append((path, text))
    return DROP


def parse_string(value: Any, path: str, found: Violations) -> Any:
    return value if isinstance(value, str) else wrong(path, "TYPE_STRING", value, found)


def parse_boolean(value: Any, path: str, found: Violations) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return value if isinstance(value, bool) else wrong(path, "TYPE_BOOL", value, found)


def parse_integer(value: Any, path: str, found: Violations) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    good = isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
    return value if good else wrong(path, "TYPE_INT32", value, found)


def parse_int64(value: Any, path: str, found: Violations) -> Any:
    good = isinstance(value, int) and not isinstance(value, bool)
    if good or (isinstance(value, str) and re.fullmatch(r"-?\d+", value)):
        return str(value)
    return wrong(path, "TYPE_INT64", value, found)


def parse_double(value: Any, path: str, found: Violations) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(value)
    try:
        return plain(float(value))
    except (TypeError, ValueError):
        return wrong(path, "TYPE_DOUBLE", value, found)


def parse_float(value: Any, path: str, found: Violations) -> Any:
    number = parse_double(value, path, found)
    return number if number is DROP else plain(float32(number))


def parse_channel(value: Any, path: str, found: Violations) -> Any:
    """Red, green or blue: kept in eight bits."""
    number = parse_double(value, path, found)
    return number if number is DROP else plain(float32(int(number * 255 + 1e-4) / 255))


def parse_any(value: Any, _path: str, _found: Violations) -> Any:
    return value


SCALARS: dict[tuple[str, str | None], Parser] = {
    ("boolean", None): parse_boolean,
    ("integer", "int32"): parse_integer,
    ("integer", "uint32"): parse_integer,
    ("number", "float"): parse_float,
    ("number", "double"): parse_double,
    ("string", "int64"): parse_int64,
    ("any", None): parse_any,
}
DEFAULTS: tuple[Any, ...] = (False, 0, "")


class Schemas:
    """The messages of one API, each a parser, made when first used."""

    def __init__(self, name: str, *, strict: bool = True) -> None:
        self.document, self.strict = document(name), strict
        self.made: dict[str, Parser] = {}

    def parser(self, name: str) -> Parser:
        if name not in self.made:
            self.made[name] = lambda value, path, found: self.made[name](value, path, found)  # for circles
            self.made[name] = self.message(name, self.document["schemas"][name])
        return self.made[name]

    def fields(self, name: str) -> dict[str, Any]:
        return self.document["schemas"][name].get("properties", {})  # type: ignore[no-any-return]

    def message(self, name: str, schema: dict[str, Any]) -> Parser:
        shown = KEPT.get(name, set())
        table = {
            field: (
                self.of(name, field, kind),
                field in shown or "*" in shown or "$ref" in kind,
                snake(field),
            )
            for field, kind in schema.get("properties", {}).items()
        }

        def parse(value: Any, path: str, found: Violations) -> Any:
            if not isinstance(value, dict):
                return wrong(path, f"{PACKAGE}.{name}", value, found)
            result = {}
            for field, raw in value.items():
                entry = table.get(field)
                if entry is None and not self.strict:
                    continue
                if entry is None:
                    where = f" at '{path}'" if path else ""
                    text = f'Invalid JSON payload received. Unknown name "{field}"{where}: Cannot find field.'
                    found.append((path, text))
                elif raw is not None:
                    parser, kept, part = entry
                    parsed = parser(raw, f"{path}.{part}" if path else part, found)
                    if (parsed is not DROP and (kept or parsed not in DEFAULTS) and parsed != []) or (
                        parsed is not DROP and "*" in shown
                    ):
                        result[field] = parsed
            return result

        return parse

    def of(self, owner: str, field: str, kind: dict[str, Any]) -> Parser:
        if "$ref" in kind:
            return self.parser(kind["$ref"])
        if kind.get("type") == "array":
            return self.array(owner, field, kind["items"])
        if kind.get("type") == "object":
            return self.mapping(owner, field, kind)
        if "enum" in kind:
            return self.enum(owner, field, kind["enum"])
        if owner == "Color" and field != "alpha":
            return parse_channel
        return SCALARS.get((kind["type"], kind.get("format")), parse_string)

    def mapping(self, owner: str, field: str, kind: dict[str, Any]) -> Parser:
        if "properties" in kind:
            return self.message(owner, kind)
        inner = self.of(owner, field, kind["additionalProperties"])

        def parse(value: Any, path: str, found: Violations) -> Any:
            if not isinstance(value, dict):
                return wrong(path, "TYPE_MESSAGE", value, found)
            return {key: inner(item, path, found) for key, item in value.items()}

        return parse

    def array(self, owner: str, field: str, items: dict[str, Any]) -> Parser:
        if items.get("type") == "array":
            return parse_rows
        inner = self.of(owner, field, items)
        kind = f"{PACKAGE}.{items['$ref']}" if "$ref" in items else "TYPE_STRING"

        def parse(value: Any, path: str, found: Violations) -> Any:
            if isinstance(value, Canonical):
                return value
            if not isinstance(value, list):
                value = [value] if isinstance(value, dict) or kind == "TYPE_STRING" else value
            if not isinstance(value, list):
                return wrong(path, kind, value, found)
            value = flattened(value) if "$ref" in items else value
            parsed = [inner(item, f"{path}[{place}]", found) for place, item in enumerate(value)]
            return [{} if item is DROP else item for item in parsed]

        return parse

    def enum(self, owner: str, field: str, names: list[str]) -> Parser:
        kind = f"{PACKAGE}.{NESTED_NAMES.get(field) or f'{owner}.{field[0].upper()}{field[1:]}'}"

        def parse(value: Any, path: str, found: Violations) -> Any:
            if value not in names:
                return wrong(path, kind, value, found)
            return DROP if value == names[0] and value.endswith("_UNSPECIFIED") else value

        return parse


def flattened(items: list[Any]) -> list[Any]:
    """Lists in a list of messages are taken as if written out: pygsheets has always sent such ones."""
    if not any(isinstance(item, list) for item in items):
        return items
    return [inner for item in items for inner in (flattened(item) if isinstance(item, list) else [item])]


def parse_rows(value: Any, path: str, found: Violations) -> Any:
    """A list of lists of plain values: what the values calls send."""
    kind = "type.googleapis.com/google.protobuf.ListValue"
    if not isinstance(value, list):
        return wrong(path, kind, value, found)
    for place, row in enumerate(value):
        if not isinstance(row, list):
            wrong(f"{path}[{place}]", kind, row, found)
    return value


SHEETS = Schemas("sheets.v4")
DRIVE = Schemas("drive.v3", strict=False)  # Drive takes no notice of fields that it does not know
