"""The `sheetsync` command: which commands there are, and how a failure reaches a person.

Commands are loaded when they are called: `sheetsync --help` loads Click and nothing else.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from subprocess import list2cmdline

import click

#: Command -> (module, one line for --help), in the order people need them.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "See the whole main job on sample data: no account, no mail server."),
    "init": ("init", "Start a program: its file and its workbooks."),
    "provision": ("provision", "Make what is missing, add what a newer template has; never destroy."),
    "import": ("import_", "Take over an existing register or roster (.xlsx, .csv)."),
    "connect": ("connect", "Connect to Google Sheets, with a service account or a login."),
    "run": ("passes", "The whole pass: sync, check, summarize, announce."),
    "sync": ("passes", "Bring all copies of every workbook in line."),
    "validate": ("passes", "Check the workbooks against good practice; writes nothing."),
    "summarize": ("passes", "Sync, then bring the Status and Checks tabs up to date."),
    "announce": ("passes", "Sync, then turn milestones into mails."),
    "conflicts": ("conflicts", "List the cells people have to settle, and settle them."),
    "log": ("log", "Every change of every cell: from what to what, when, and in which copy."),
    "undo": ("undo", "Take back what a run changed, where nobody changed it since."),
    "rules": ("rules", "Explain the rules, or one of them."),
    "runs": ("runs", "List the newest passes, and what came of each."),
    "schedule": ("schedule", "Have runs started by the system's own scheduler."),
    "outbox": ("outbox", "List the mails that were decided on, and what became of them."),
    "letter": ("letter", "Mail a member what they did, for their performance review."),
    "preview": ("preview", "Open a mail in the browser."),
    "forget": ("forget", "Take a person out of copies, ledger, backups and mails."),
    "doctor": ("doctor", "Look the program over: what is wrong, and what mends it."),
}


#: Where a message names a command; those that make a program are not about one.
NAMED = re.compile(rf"(?<=\bsheetsync )(?=(?:{'|'.join(COMMANDS.keys() - {'demo', 'init'})})\b)")


def named_by() -> str:
    """How the program was named on the command line, to be typed before a command: "-C acme " or ""."""
    context = click.get_current_context(silent=True)
    folder = context.find_root().obj if context else None
    if not folder:
        return ""
    return f"-C {list2cmdline([folder]) if sys.platform == 'win32' else shlex.quote(folder)} "


def as_typed(message: str) -> str:
    """A message, with the commands in it as they have to be typed here."""
    return named_by().join(NAMED.split(message))


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; every expected failure is a message and an exit code, never a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Imported late: an error is no part of a command's way.
            from sheetsync.core.wording import harmless
            from sheetsync.errors import SheetsyncError

            if not isinstance(error, SheetsyncError):
                raise
            click.echo(f"sheetsync: {as_typed(harmless(error.what))}", err=True)
            if error.do:
                click.echo(as_typed(harmless(error.do)), err=True)
            return ctx.exit(error.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"sheetsync.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sheetsync", message="sheetsync %(version)s")
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(),
    help="The program's folder; else SHEETSYNC_PROGRAM, else the nearest sheetsync.toml upwards.",
)
@click.pass_context
def cli(ctx: click.Context, folder: str | None) -> None:
    """Keep an apprenticeship program's spreadsheets in order.

    People stay in their spreadsheets; sheetsync syncs every copy, checks them against good practice,
    writes status tabs and mails milestones.

    Exit codes: 0 done; 1 done, but errors or conflicts need a person; 2 usage or configuration;
    3 stopped by a brake or failed.
    """
    ctx.obj = folder


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line, and leave with its exit code."""
    try:
        code = cli.main(args=args, prog_name="sheetsync", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        code = 3
    except click.ClickException as error:
        error.show()
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
