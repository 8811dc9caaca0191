"""Field masks: `a.b,c(d,e/f),*` as a tree, to choose from an answer or to apply a change."""

from __future__ import annotations

import re
from typing import Any

from .discovery import SHEETS, Canonical, Schemas
from .errors import BAD_REQUEST, ApiError, invalid

Tree = dict[str, Any]  # an empty tree means everything below


def parse(text: str) -> Tree:
    """The tree of a mask; "*" is everything."""
    tokens = re.findall(r"[(),./]|[^(),./\s]+", text)
    tree, rest = parse_list(tokens)
    if rest:
        raise invalid("Request contains an invalid argument.")
    return tree


def parse_list(tokens: list[str]) -> tuple[Tree, list[str]]:
    tree: Tree = {}
    whole = False
    while tokens and tokens[0] != ")":
        if tokens[0] == ",":
            tokens = tokens[1:]
            continue
        name, below, tokens = parse_path(tokens)
        whole = whole or name == "*"
        join(tree, name, below)
    return ({} if whole else tree), tokens


def parse_path(tokens: list[str]) -> tuple[str, Tree, list[str]]:
    name, tokens = tokens[0], tokens[1:]
    if tokens and tokens[0] in "./":
        inner, below, tokens = parse_path(tokens[1:])
        return name, {} if inner == "*" else {inner: below}, tokens
    if tokens and tokens[0] == "(":
        below, tokens = parse_list(tokens[1:])
        return name, below, tokens[1:]
    return name, {}, tokens


def join(tree: Tree, name: str, below: Tree) -> None:
    if name not in tree:
        tree[name] = below
    elif not below or not tree[name]:
        tree[name] = {}
    else:
        for inner, deeper in below.items():
            join(tree[name], inner, deeper)


def choose(value: Any, tree: Tree) -> Any:
    """What a mask leaves of an answer."""
    if not tree or isinstance(value, Canonical):
        return value
    if isinstance(value, list):
        return [choose(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: choose(item, tree[name]) if tree[name] else item for name, item in value.items() if name in tree
    }


def apply(old: dict[str, Any], new: dict[str, Any], tree: Tree) -> dict[str, Any]:
    """The old message with the masked fields as in the new one; what the new one lacks is cleared."""
    if not tree:
        return dict(new)
    result = dict(old)
    for name, below in tree.items():
        inner = new.get(name)
        if below and isinstance(result.get(name, {}), dict) and isinstance(inner or {}, dict):
            inner = apply(result.get(name, {}), inner or {}, below)
            inner = inner or None
        if inner is None:
            result.pop(name, None)
        else:
            result[name] = inner
    return result


def check(tree: Tree, fields: dict[str, Any], schemas: Schemas = SHEETS, path: str = "") -> str | None:
    """The first path that a message of these fields does not have."""
    for field, below in tree.items():
        here = f"{path}.{field}" if path else field
        if field not in fields:
            return here
        kind = fields[field].get("items", fields[field])
        inner = schemas.fields(kind["$ref"]) if "$ref" in kind else kind.get("properties")
        if below and (inner is None or (wrong := check(below, inner, schemas, here))):
            return here if inner is None else wrong
    return None


def for_answer(text: str, name: str, schemas: Schemas = SHEETS) -> Tree:
    """The mask of the `fields` parameter, checked against what is answered."""
    tree = parse(text)
    wrong = check(tree, schemas.fields(name), schemas)
    if wrong is None:
        return tree
    if schemas is not SHEETS:
        raise ApiError(400, f"Invalid field selection {wrong}", reason="invalidParameter", location="fields")
    reason = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{wrong}'."
    details = [{"@type": BAD_REQUEST, "fieldViolations": [{"field": wrong, "description": reason}]}]
    raise ApiError(400, "Request contains an invalid argument.", details=details)


def for_update(text: str | None, name: str) -> Tree:
    """The mask of an update request: it must name something, and only fields that exist."""
    if not text:
        raise invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    tree = parse(text)
    if wrong := check(tree, SHEETS.fields(name)):
        raise invalid(f"Invalid field: {snake_path(wrong)}")
    return tree


def snake_path(path: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), path)
