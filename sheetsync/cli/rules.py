"""`sheetsync rules [CODE]`: what is checked, and why."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from sheetsync.cli.options import json_option, print_json
from sheetsync.cli.render import console
from sheetsync.core.rules import all_rules
from sheetsync.core.rules.registry import RULES, Rule
from sheetsync.core.template_checks import suggestion
from sheetsync.errors import UsageError


@click.command("rules")
@click.argument("code", default="")
@json_option
def rules_command(code: str, as_json: bool) -> None:
    """List the rules, or explain one: why it exists, what to do, when it fires."""
    if code and code.upper() not in RULES:
        all_codes = [rule.code for rule in all_rules()]
        raise UsageError(
            f'There is no rule "{code}".{suggestion(code.upper(), all_codes)}',
            "See them all: sheetsync rules",
        )
    chosen = [RULES[code.upper()]] if code else list(all_rules())
    if as_json:
        print_json({"rules": [_as_data(rule) for rule in chosen]})
    elif code:
        _explain(chosen[0])
    else:
        _list(chosen)


def _as_data(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.label.lower(),
        "summary": rule.summary,
        "why": rule.part("Why"),
        "do": rule.part("Do"),
        "fires": rule.part("Fires"),
        "practices": list(rule.practices),
        "tab": rule.tab,
        "private": rule.private,
    }


def _explain(rule: Rule) -> None:
    out = console()
    practices = f"  practices {', '.join(rule.practices)}" if rule.practices else ""
    out.print(f"[bold]{rule.code}[/bold]  {rule.severity.label}{practices}")
    out.print(escape(rule.summary))
    for part, title in (("Why", "Why"), ("Do", "What to do"), ("Fires", "It fires on")):
        if rule.part(part):
            out.print(f"\n[bold]{title}[/bold]\n{escape(rule.part(part))}")
    if rule.private:
        out.print("\nIts findings go to the facilitator alone, by mail.")


def _list(rules: list[Rule]) -> None:
    table = Table.grid(padding=(0, 2))
    for rule in rules:
        table.add_row(f"[bold]{rule.code}[/bold]", rule.severity.label, escape(rule.summary))
    console().print(table)
