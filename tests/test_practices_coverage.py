"""Every practice the workbooks stand on is carried by a column, a text, a rule, a metric or a mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import sheetsync.core.rules
from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.milestones import OCCASIONS
from sheetsync.core.model import Template
from sheetsync.core.rules.registry import RULES
from sheetsync.core.status.registry import METRICS

PRACTICES = {
    *(f"M{number}" for number in range(1, 49)),
    *(f"W{number}" for number in range(1, 72) if number != 47),
    *("W47a", "W47b"),
    *(f"C{number}" for number in range(1, 30)),
}


def in_template(template: Template) -> Iterator[tuple[str, str]]:
    """(practice, where it is carried) for every place of a template."""
    yield from ((number, template.key) for number in template.practices)
    for tab in template.tab:
        places = {
            tab.title: [tab],
            f"{tab.title}, columns": tab.column,
            f"{tab.title}, lines": tab.line,
            f"{tab.title}, blocks": tab.block,
        }
        for name, parts in places.items():
            yield from ((number, f"{template.key}: {name}") for part in parts for number in part.practices)


def carried() -> dict[str, set[str]]:
    """Practice -> everything that carries it."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in builtin_templates():
        for number, place in in_template(find_template(name, Path())):
            found[number].add(place)
    for kind, register in (("rule", RULES), ("metric", METRICS), ("occasion", OCCASIONS)):
        for key, entry in register.items():
            for number in entry.practices:
                found[number].add(f"{kind} {key}")
    return found


def test_there_are_one_hundred_and_forty_nine_practices():
    assert len(PRACTICES) == 48 + 72 + 29


def test_every_practice_is_carried_somewhere():
    assert sheetsync.core.rules.all_rules()
    assert sorted(PRACTICES - carried().keys()) == []


def test_nothing_cites_a_practice_that_does_not_exist():
    assert {number: places for number, places in carried().items() if number not in PRACTICES} == {}


def test_a_practice_of_the_workbooks_stands_where_people_meet_it():
    templates = {place for places in carried().values() for place in places if ":" in place}
    assert {"stakeholder-map: Start Here, lines", "working-group: Start Here, lines"} <= templates
