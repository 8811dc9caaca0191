"""`run`, `sync`, `validate`, `summarize`, `announce`: one pass each, with parts left out."""

from __future__ import annotations

from datetime import datetime

import click

from sheetsync.cli.options import dry_run_option, json_option, load_program, now_option, print_json
from sheetsync.cli.render import print_report
from sheetsync.core.merge.brakes import DELETES, EMPTY_TAB
from sheetsync.verbs.gather import FOREIGN_LEDGER, UNKNOWN_STAMP
from sheetsync.verbs.pass_ import Options, Verb, run_pass

_lift_option = click.option(
    "--lift",
    multiple=True,
    type=click.Choice([EMPTY_TAB, DELETES, FOREIGN_LEDGER, UNKNOWN_STAMP]),
    help="Lift a brake for this pass; its message names it.",
)
_strict_option = click.option("--strict", is_flag=True, help="Warnings too end with exit code 1.")


def _command(verb: Verb, help_text: str) -> click.Command:
    @click.command(verb.name.lower(), help=help_text)
    @dry_run_option
    @json_option
    @now_option
    @_lift_option
    @_strict_option
    @click.pass_context
    def command(
        ctx: click.Context,
        dry_run: bool,
        as_json: bool,
        now: datetime | None,
        lift: tuple[str, ...],
        strict: bool,
    ) -> None:
        options = Options(verb, dry_run, frozenset(lift))
        report = run_pass(load_program(ctx), now or datetime.now(), options)
        if as_json:
            print_json(report.to_json())
        else:
            print_report(report, details=verb is Verb.VALIDATE)
        ctx.exit(report.exit_code(strict=strict))

    return command


run_command = _command(
    Verb.RUN,
    "The whole pass: read every copy, merge, check, write status tabs, announce. Safe to run at any time.",
)
sync_command = _command(Verb.SYNC, "Bring all copies of every workbook in line, and nothing else.")
validate_command = _command(
    Verb.VALIDATE, "Check the workbooks against good practice and print every finding. Writes nothing."
)
summarize_command = _command(Verb.SUMMARIZE, "Sync, then bring Status, Checks and flags up to date.")
announce_command = _command(Verb.ANNOUNCE, "Sync, then turn milestones into mails.")
