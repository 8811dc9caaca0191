"""Writes the pages of the reference that come from the code: docs/rules.md and the end of docs/commands.md.

make docs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from sheetsync.cli.main import cli
from sheetsync.core.rules import all_rules
from sheetsync.core.rules.registry import Rule

DOCS = Path(__file__).parent.parent / "docs"

#: What stands above this line in docs/commands.md is written by hand.
MARK = "<!-- From here on the page is made from the code: make docs -->"

FAMILIES = {
    "D0": "Data",
    "P0": "Privacy",
    "E0": "Mail",
    "E1": "Milestones",
    "M1": "Who is on the map",
    "M2": "How they are approached",
    "G1": "Who is in the group",
    "G2": "Workload",
    "G3": "Rhythm: retros, decisions, actions, meetings",
    "G4": "Members",
    "G5": "Recognition",
}

RULES_HEAD = """\
# Rules

What `sheetsync validate` and every pass check. This page is made from the code (`make docs`);
`sheetsync rules CODE` prints the same for one rule.

- **Error**: somebody has to put it right. A value that its column does not take (no date, no number, no
  choice of the list, a broken formula) stays where it was typed, and travels neither to other copies nor
  into a mail until it is right; what is wrong only beside other cells or rows travels. Errors end a command
  with exit code 1.
- **Warning**: needs somebody's action.
- **Advice**: worth a thought; fine to leave.

Switch a rule off with `[rules] off = ["M202"]`; move a threshold under `[settings]`
([configuration](configuration.md)). Numbers such as M34 or W9 name the practice behind a rule, of three
texts about launching equitable apprenticeships: M *Map out who you need*, W *Organize fellow tech employees*,
C *Internal champions*.
"""


def rules_page() -> str:
    """docs/rules.md: every rule, by family."""
    parts = [RULES_HEAD]
    for family, rules in groupby(all_rules(), key=lambda rule: rule.code[:2]):
        parts.append(f"## {FAMILIES[family]}\n")
        parts += [_rule(rule) for rule in rules]
    return "\n".join(parts)


def _rule(rule: Rule) -> str:
    practices = f" Practices {', '.join(rule.practices)}." if rule.practices else ""
    private = " Told to the facilitator alone." if rule.private else ""
    lines = [f"### {rule.code}: {rule.summary}", "", f"*{rule.severity.label}.*{practices}{private}", ""]
    titles = {"Why": "Why", "Do": "What to do", "Fires": "Fires on"}
    lines += [f"- **{title}:** {rule.part(part)}" for part, title in titles.items() if rule.part(part)]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """docs/commands.md: its head as it is, then every command."""
    head = (DOCS / "commands.md").read_text(encoding="utf-8").split(MARK)[0]
    return f"{head}{MARK}\n\n" + "\n".join(_commands()).rstrip() + "\n"


def _commands() -> Iterator[str]:
    with click.Context(cli, info_name="sheetsync") as parent:
        yield from _commands_of(cli, parent, "")


def _commands_of(group: click.Group, parent: click.Context, above: str) -> Iterator[str]:
    """Every command of a group, each before its own commands."""
    for word in group.list_commands(parent):
        command, name = group.get_command(parent, word), f"{above} {word}".strip()
        assert command is not None
        with click.Context(command, info_name=word, parent=parent) as ctx:
            yield _command(name, command, ctx)
            if isinstance(command, click.Group):
                yield from _commands_of(command, ctx, name)


def _command(name: str, command: click.Command, ctx: click.Context) -> str:
    usage = " ".join(["sheetsync", name, *command.collect_usage_pieces(ctx)])
    options = [it for it in command.params if it.param_type_name == "option"]
    table = _table([record for it in options if (record := it.get_help_record(ctx))])
    return "\n".join([f"## {name}", "", "```", usage, "```", "", *_paragraphs(command.help or ""), *table])


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.replace("\b", "").split("\n\n"):
        yield from (" ".join(paragraph.split()), "")


def _table(options: Sequence[tuple[str, str]]) -> Iterator[str]:
    if options:
        yield from ("| option | |", "|---|---|")
        for names, text in options:
            escaped = names.replace("|", "\\|")
            yield f"| `{escaped}` | {' '.join(text.split())} |"
        yield ""


def main() -> None:
    """Write both pages."""
    (DOCS / "rules.md").write_text(rules_page(), encoding="utf-8")
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
