"""Formulas as trees: tokens, references, and a parser by precedence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .. import a1
from ..a1 import Area

REFERENCE = (
    r"(?:(?P<title>'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?"
    r"(?P<area>\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?[A-Za-z]{1,3}(?:\$?[1-9]\d*)?)?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?:\$?[1-9]\d*)?|\$?[1-9]\d*:\$?[1-9]\d*)(?![\w(])"
)
TOKENS = re.compile(
    r"\s*(?:"
    r'(?P<string>"(?:[^"]|"")*")'
    rf"|(?P<reference>{REFERENCE})"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<error>#(?:N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!|ERROR!))"
    r"|(?P<name>[A-Za-z_\\][\w.]*)"
    r"|(?P<operator><>|<=|>=|[-+*/^&=<>%(),;{}])"
    r")"
)


@dataclass(frozen=True)
class Reference:
    title: str | None
    area: Area


Node = tuple[Any, ...]  # ("number", 1.0), ("call", "SUM", [..]), ("binary", "+", left, right), ...


class BadFormulaError(ValueError):
    """Not a formula: Google shows #ERROR!."""


def reference(title: str | None, area: str) -> Reference:
    name = None if title is None else title[1:-1].replace("''", "'") if title.startswith("'") else title
    parsed = a1.parse(area)
    if parsed is None:
        raise BadFormulaError(area)
    return Reference(name, parsed)


def tokens(text: str) -> list[tuple[str, Any]]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKENS.match(text, at)
        if match is None:
            raise BadFormulaError(text[at:])
        kind = str(match.lastgroup if match.lastgroup not in ("title", "area") else "reference")
        value = reference(match["title"], match["area"]) if match["reference"] else match[kind]
        found.append(("reference" if match["reference"] else kind, value))
        at = match.end()
    return found


BINARY = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}


class Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.tokens, self.at = tokens(text), 0

    def peek(self) -> tuple[str, Any]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, expected: str | None = None) -> Any:
        value = self.peek()[1]
        if expected is not None and value != expected:
            raise BadFormulaError(f"expected {expected}")
        self.at += 1
        return value

    def whole(self) -> Node:
        node = self.expression(0)
        if self.peek()[0] != "end":
            raise BadFormulaError(str(self.peek()[1]))
        return node

    def expression(self, least: int) -> Node:
        left = self.unary()
        while self.peek()[0] == "operator" and BINARY.get(self.peek()[1], -1) > least:
            sign = self.take()
            left = ("binary", sign, left, self.expression(BINARY[sign]))
        return left

    def unary(self) -> Node:
        if self.peek() in (("operator", "-"), ("operator", "+")):
            sign = self.take()
            return ("unary", sign, self.expression(5))
        node = self.primary()
        while self.peek() == ("operator", "%"):
            self.take()
            node = ("unary", "%", node)
        return node

    def primary(self) -> Node:
        kind, value = self.peek()
        if kind == "operator" and value == "(":
            self.take()
            node = self.expression(0)
            self.take(")")
            return node
        if kind == "operator" and value == "{":
            return self.array()
        if kind in ("operator", "end"):
            raise BadFormulaError(str(value))
        self.take()
        return self.named(value) if kind == "name" else self.constant(kind, value)

    def constant(self, kind: str, value: Any) -> Node:
        if kind == "number":
            return ("value", float(value))
        if kind == "string":
            return ("value", value[1:-1].replace('""', '"'))
        return (kind, value)

    def named(self, name: str) -> Node:
        if self.peek() == ("operator", "("):
            self.take()
            return ("call", name, self.arguments(")"))
        if name.upper() in ("TRUE", "FALSE"):
            return ("value", name.upper() == "TRUE")
        return ("name", name)

    def arguments(self, closing: str) -> list[Node]:
        found: list[Node] = []
        while self.peek() != ("operator", closing):
            if self.peek() in (("operator", ","), ("operator", ";")):
                found.append(("value", None))
            else:
                found.append(self.expression(0))
            if self.peek() != ("operator", closing):
                if self.take() not in (",", ";"):
                    raise BadFormulaError("expected a comma")
                if self.peek() == ("operator", closing):
                    found.append(("value", None))
        self.take(closing)
        return found

    def array(self) -> Node:
        self.take("{")
        rows: list[list[Node]] = [[]]
        while self.peek() != ("operator", "}"):
            rows[-1].append(self.expression(0))
            if self.peek() == ("operator", ";"):
                self.take()
                rows.append([])
            elif self.peek() == ("operator", ","):
                self.take()
        self.take("}")
        return ("array", rows)


def parse(formula: str) -> Node:
    """The tree of a formula with its leading equals sign."""
    return Parser(formula[1:]).whole()
