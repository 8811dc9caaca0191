"""`sheetsync outbox`: the mails that were decided on, and settling those that are stuck."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console
from rich.text import Text

from sheetsync.cli.main import as_typed
from sheetsync.cli.options import json_option, load_program, now_option, print_json
from sheetsync.cli.render import MAIL_STATES, console
from sheetsync.core.wording import counted
from sheetsync.program import Program
from sheetsync.verbs.mails import list_mails, mark_sent, resend
from sheetsync.verbs.report import STUCK

_WHAT_TO_DO = (
    "Stuck mails wait for you. Ask the reader, then: sheetsync outbox mark-sent NUMBER (it arrived), or "
    "sheetsync outbox resend NUMBER (it leaves with the next pass)."
)


@click.command("outbox")
@click.argument("action", type=click.Choice(["resend", "mark-sent"]), required=False)
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@json_option
@now_option
@click.pass_context
def outbox_command(
    ctx: click.Context, action: str | None, numbers: tuple[int, ...], as_json: bool, now: datetime | None
) -> None:
    """List the mails that were decided on, oldest first, with number, state and reader.

    A mail is stuck when its server broke off in the middle, so that it may have been sent, or refused it for
    good. "resend NUMBER" lets it leave with the next pass, "mark-sent NUMBER" notes that it arrived.
    """
    program = load_program(ctx)
    if action:
        _settle(program, action, numbers, now or datetime.now())
    elif as_json:
        print_json({"mails": [it.to_json() for it in list_mails(program)]})
    else:
        _print(console(), program)


def _settle(program: Program, action: str, numbers: tuple[int, ...], now: datetime) -> None:
    if not numbers:
        said = f"Say which: sheetsync outbox {action} NUMBER; sheetsync outbox lists them."
        raise click.UsageError(as_typed(said))
    done = (resend if action == "resend" else mark_sent)(program, numbers, now)
    end = "leaves with the next pass" if action == "resend" else "marked as sent"
    for it in done:
        console().print(Text(f"{it.number}  {it.subject}, to {it.address}: {end}"), soft_wrap=True)


def _print(out: Console, program: Program) -> None:
    mails = list_mails(program)
    sent = "sent" if program.smtp.host else "written"
    for it in mails:
        state, style = MAIL_STATES.get(it.state, (sent, ""))
        planned = it.planned.strftime("%Y-%m-%d %H:%M") if it.planned else ""
        line = Text.assemble(f"{it.number:>4}  {planned}  ", (state, style), f"  {it.subject}")
        out.print(line, soft_wrap=True)
        to = f"      to {it.address}" + (f" ({it.remark})" if it.remark else "")
        out.print(Text(to, style="dim"), soft_wrap=True)
    stuck = [it for it in mails if it.state in STUCK]
    if stuck:
        out.print(f"\n[bold]{counted(len(stuck), 'mail')} stuck.[/bold] {_WHAT_TO_DO}")
    elif not mails:
        out.print("The outbox is empty.")
