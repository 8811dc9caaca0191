"""`run`, `sync`, `validate`, `summarize`, `announce`: one pass each, with parts left out."""

from __future__ import annotations

from datetime import datetime

import click

from sheetsync.cli.options import as_json, dry_run_option, json_option, load_program, now_option, print_json
from sheetsync.cli.progress import progress
from sheetsync.cli.render import print_report
from sheetsync.core.merge.brakes import DELETES, EMPTY_TAB
from sheetsync.errors import SheetsyncError
from sheetsync.program import Program
from sheetsync.verbs.gather import FOREIGN_LEDGER, LAYOUT, UNKNOWN_STAMP
from sheetsync.verbs.pass_ import Options, Verb, run_pass
from sheetsync.verbs.report import Report
from sheetsync.verbs.watch import ends_within, stopwatch, tell_of_the_end, watched_run

_lift_option = click.option(
    "--lift",
    multiple=True,
    type=click.Choice([EMPTY_TAB, DELETES, FOREIGN_LEDGER, UNKNOWN_STAMP, LAYOUT]),
    help="Lift a brake for this pass; its message names it.",
)
_strict_option = click.option("--strict", is_flag=True, help="Warnings too end with exit code 1.")
_quiet_option = click.option("--quiet", is_flag=True, help="Print nothing where nobody is needed.")
_log_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="One line on standard error: what came of it.",
)


def _command(verb: Verb, help_text: str) -> click.Command:
    @click.command(verb.name.lower(), help=help_text)
    @dry_run_option
    @json_option
    @now_option
    @_lift_option
    @_strict_option
    @_quiet_option
    @_log_option
    @click.pass_context
    def command(
        ctx: click.Context,
        dry_run: bool,
        as_json: bool,
        now: datetime | None,
        lift: tuple[str, ...],
        strict: bool,
        quiet: bool,
        log_format: str | None,
    ) -> None:
        program = load_program(ctx)
        with progress(len(program.workbooks), shown=not (quiet or as_json)) as tell:
            options = Options(verb, dry_run, frozenset(lift), tell=tell, elapsed=stopwatch())
            report = _pass(program, now or datetime.now(), options)
        code = report.exit_code(strict=strict)
        if log_format:
            click.echo(_log_line(report, log_format), err=True)
        if as_json:
            print_json(report.to_json())
        elif code or not quiet:
            print_report(report, details=verb is Verb.VALIDATE)
        ctx.exit(code)

    return command


def _pass(program: Program, now: datetime, options: Options) -> Report:
    def last_words(why: SheetsyncError) -> None:
        click.echo(f"sheetsync: {why.what}\n{why.do}", err=True)
        if watched:
            tell_of_the_end(program, now, options, why)

    watched = options.verb is Verb.RUN and not options.dry_run
    with ends_within(program.schedule.timeout, last_words):
        return (watched_run if watched else run_pass)(program, now, options)


def _log_line(report: Report, log_format: str) -> str:
    """One line for a log: what the ledger keeps of a pass, too."""
    facts = {
        "time": report.now.isoformat(),
        "program": report.program,
        "verb": report.verb,
        "run": report.run,
    }
    facts |= report.outcome()
    if log_format == "json":
        return as_json(facts)
    return " ".join(f"{key}={as_json(value)}" for key, value in facts.items())


run_command = _command(
    Verb.RUN,
    "The whole pass: read every copy, merge, check, write status tabs, announce. Safe to run at any time.",
)
sync_command = _command(
    Verb.SYNC, "Bring all copies of every workbook in line; Status, Checks and mails stay as they are."
)
validate_command = _command(
    Verb.VALIDATE, "Check the workbooks against good practice and print every finding. Writes nothing."
)
summarize_command = _command(Verb.SUMMARIZE, "Sync, then bring Status, Checks and flags up to date.")
announce_command = _command(Verb.ANNOUNCE, "Sync, then turn milestones into mails.")
