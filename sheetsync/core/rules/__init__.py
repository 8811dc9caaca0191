"""All rules of the house; importing this package fills the register."""

from sheetsync.core.rules import (
    approach,
    cells,
    coverage,
    group,
    integrity,
    mail,
    privacy,
    rhythm,
    workload,
)
from sheetsync.core.rules.registry import RULES, Rule

__all__ = [
    "all_rules",
    "approach",
    "cells",
    "coverage",
    "group",
    "integrity",
    "mail",
    "privacy",
    "rhythm",
    "workload",
]


def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by code."""
    return tuple(RULES[code] for code in sorted(RULES))
