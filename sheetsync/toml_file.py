"""Reading a TOML file people write into dataclasses, with every problem at once, in their words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sheetsync.core.template_checks import suggestion
from sheetsync.errors import ConfigError, Problem

#: Such a file is a few pages of text; anything larger was not meant to be one.
MAX_BYTES = 256 * 1024

#: A key of more parts is none of ours, and the time that it takes to read one grows with their square.
_MAX_DOTS = 50
_AROUND_KEYS = re.compile(r"[\n=,\[\]{}]+")

_AT_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
_TWICE = re.compile(r"Cannot declare \('(\w+)',\) twice")

_T = TypeVar("_T")
#: What is missing may come to light when what is of the wrong type was put aside.
_ROUNDS = 4
#: Kind of problem -> what stands in for a value that has to be there.
_HARMLESS: Mapping[str, Callable[[object], object]] = {
    "string_type": str,
    "missing": lambda _: "",
    "tuple_type": lambda _: [],
    "dataclass_type": lambda _: {},
}
_EXPECTED = {
    "string_type": "text in quotation marks",
    "bool_type": "true or false, without quotation marks",
    "int_type": "a whole number, without quotation marks",
    "float_type": "a number, without quotation marks",
    "tuple_type": "a list in square brackets",
    "dict_type": "a table of keys and values",
    "dataclass_type": "a table of keys and values",
}


def read_file(path: Path, noun: str) -> bytes:
    """The bytes of a file people wrote.

    Args:
        path: The file.
        noun: What the file is, for messages: "template", "program file".

    Raises:
        ConfigError: It is not there, too large to be one, or may not be read.
    """
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there"
            raise _unreadable(path, f"the {noun} is {what}; expected a TOML file. Check its name and place.")
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(
                path, f"the file is larger than 256 KiB, which no {noun} is. Name another file."
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise _unreadable(path, f"the file cannot be read ({why}). Check its permissions.") from error


def parse(kind: type[_T], parts: Mapping[str, type], file: str, content: bytes) -> _T:
    """A file's content as a dataclass, checked strictly: unknown keys are problems too.

    Args:
        kind: The dataclass of the whole file.
        parts: Dataclasses of its tables, by the key they stand under.
        file: What messages call the file.
        content: Its bytes.

    Raises:
        ConfigError: With every problem of the file.
    """
    found, problems = parse_on(kind, parts, file, content)
    if found is None or problems:
        raise ConfigError(problems)
    return found


def parse_on(
    kind: type[_T], parts: Mapping[str, type], file: str, content: bytes
) -> tuple[_T | None, list[Problem]]:
    """A file's content as far as it can be understood, and what is wrong with the rest.

    What is of the wrong type is put aside, so that whoever asks can check the other values. What they find
    in a place that has its problem already (`tells`) is of no account. The arguments are those of `parse`.

    Returns:
        The content, `None` where nothing can be made of it, and the problems.

    Raises:
        ConfigError: It is no TOML at all.
    """
    data = _parsed(file, content)
    adapter: TypeAdapter[_T] = TypeAdapter(kind)
    problems: list[Problem] = []
    for _ in range(_ROUNDS):
        try:
            return adapter.validate_json(json.dumps(data, default=str), strict=True), problems
        except ValidationError as error:
            found = [
                Problem(file, _place(data, each["loc"]), _message(each, _owner(kind, parts, each["loc"])))
                for each in error.errors()
            ]
            problems += [it for it in found if not tells(problems, it)]
            if not all(each["loc"] for each in error.errors()):
                break  # it is about the file as a whole
            for each in reversed(error.errors()):  # so that what is taken out moves nothing that is to come
                _put_aside(data, each)
    return None, problems


def tells(problems: Sequence[Problem], another: Problem) -> bool:
    """Whether one of the problems is about the same place, what it is in, or an item of the list there."""
    known = [it.key for it in problems if it.file == another.file]
    return any(f"{another.key},".startswith(f"{it},") or it.startswith(f"{another.key} ") for it in known)


def _put_aside(data: dict[str, Any], error: ErrorDetails) -> None:
    """Put something harmless in the place of what is wrong; a key that need not be there is taken out."""
    *path, key = error["loc"]
    owner: Any = data
    for part in path:
        owner = owner[part]
    if error["type"] in _HARMLESS:
        owner[key] = _HARMLESS[error["type"]](error["input"])
    else:
        del owner[key]


def _unreadable(path: Path, message: str) -> ConfigError:
    return ConfigError([Problem(str(path), "", message)])


def _parsed(file: str, content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        if _is_too_deep(text):
            raise RecursionError
        data = tomllib.loads(text)
        json.dumps(data, default=str)
    except UnicodeDecodeError as error:
        where = content[: error.start].count(b"\n") + 1
        message = f"line {where} is not UTF-8 text. Save the file again with the encoding UTF-8."
        raise ConfigError([Problem(file, "", message)]) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError([_malformed(file, content, str(error))]) from error
    return data


def _malformed(file: str, content: bytes, said: str) -> Problem:
    """What the parser said, with the line it is about."""
    found = _AT_LINE.fullmatch(said)
    if not found:
        return Problem(file, "", f"this is not valid TOML: {said or 'it is nested too deeply'}.")
    reason = _TWICE.sub(r"[\1] stands here for the second time; write its keys under the first one", found[1])
    line = content.decode("utf-8-sig").split("\n")[int(found[2]) - 1].strip()
    return Problem(file, f"line {found[2]}", f"{line[:80]!r} is not valid TOML: {reason}.")


def _is_too_deep(text: str) -> bool:
    compact = text.replace(" ", "").replace("\t", "")
    return any(part.count(".") > _MAX_DOTS for part in _AROUND_KEYS.split(compact))


def _message(error: ErrorDetails, owner: type) -> str:
    key, kind = str(error["loc"][-1] if error["loc"] else ""), error["type"]
    if kind == "unexpected_keyword_argument":
        known = [field.name for field in fields(owner)]
        return f"this key is not known.{suggestion(key, known)} Expected one of: {', '.join(known)}."
    if kind == "missing":
        return "this key is missing, and has to be there."
    if kind == "enum":
        allowed = re.findall(r"'(.+?)'", error["ctx"]["expected"])
        found = str(error["input"])[:60]
        return f'"{found}" is not allowed.{suggestion(found, allowed)} Expected one of: {", ".join(allowed)}.'
    return f"expected {_EXPECTED.get(kind, error['msg'])}, found {json.dumps(error['input'])[:60]}."


def _owner(kind: type, parts: Mapping[str, type], path: Sequence[str | int]) -> type:
    """The dataclass that the last key of a path belongs to."""
    return next((parts[str(part)] for part in reversed(path[:-1]) if part in parts), kind)


def _place(data: object, path: Sequence[str | int]) -> str:
    """A path as people find it in the file: `tab "log", column "due", type`."""
    words: list[str] = []
    for part in path:
        if isinstance(part, str):
            data = data.get(part) if isinstance(data, dict) else None
            words.append(part)
        else:
            data = data[part] if isinstance(data, list) else None
            words[-1] = f"{words[-1]} {_name(data) or part + 1}"
    return ", ".join(words)


def _name(data: object) -> str:
    """What tells a table from its neighbors: its key, name or metric, quoted."""
    found = data if isinstance(data, dict) else {}
    name = found.get("key") or found.get("name") or found.get("metric")
    return f'"{name}"' if name and isinstance(name, str | int) else ""
