"""`sheetsync letter`: a member's contribution, for their performance review."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from sheetsync.cli.options import Moment, load_program, now_option
from sheetsync.cli.render import console, print_mails
from sheetsync.verbs.letter import contribution_letter

_YEAR = timedelta(days=365)


@click.command("letter")
@click.argument("member")
@click.option("--since", type=Moment(), help="The first day it covers; a year ago by default.")
@now_option
@click.pass_context
def letter_command(ctx: click.Context, member: str, since: datetime | None, now: datetime | None) -> None:
    """Mail a member what they did for the program, for their performance review; on their request.

    MEMBER is the name in the Members tab. The letter lists finished work: sprints led, meetings prepared,
    actions done. It counts, compares and rates nothing, and goes to the member alone.
    """
    moment = now or datetime.now()
    mails = contribution_letter(load_program(ctx), member, (since or moment - _YEAR).date(), moment)
    print_mails(console(), mails)
