"""Rules about mail: who can be reached, and what may go out (E001, E102)."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsync.core.columns import is_email, quote
from sheetsync.core.derived import active_members
from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ERROR, WARNING, Check, Hit, rule
from sheetsync.core.wording import counted

_AUDIENCES = {"org": "the wider organization", "external": "people outside"}


@rule("E001", ERROR, practices="W21 W70")
def mail_cannot_go(check: Check) -> Iterator[Hit]:
    """A mail's recipient is blank, opted out or not on the allow-list, or its audience is not approved.

    Why: A milestone is shared outside the group only when somebody said yes, and mail goes only to those
        who are meant to get it.
    Do: Fill or correct the cell; addresses of the audiences stand in the program file under [mail].
    Fires: A milestone is reached and shared with "external", and "Approved by" is empty.
    """
    if check.tab.key == "milestones":
        yield from _unready_milestones(check)
    elif check.tab.key == "members":
        for member in active_members(check.book):
            yield from _unreachable(check, member)


@rule("E102", WARNING, practices="W20 W21 W69", tab="milestones")
def milestone_shared_with_no_one(check: Check) -> Iterator[Hit]:
    """A milestone reached 14 days ago was shared with no one.

    Why: Shared milestones build community, and show leaders that the work moves.
    Do: Choose in "Share with" who should hear of it.
    Fires: Reached on 2026-02-01, today is 2026-03-02, Share with is empty.
    """
    for record in check.records():
        reached = record.date("reached")
        ago = (check.view.today - reached).days if reached else -1
        if ago >= check.view.settings.unshared_milestone_days and _unshared(record):
            message = f"This milestone was reached {counted(ago, 'day')} ago and shared with no one."
            yield Hit(message, record, "share_with")


def _unshared(record: Record) -> bool:
    return not record.text("sent") and (not record.text("share_with") or record.is_any("share_with", "none"))


def _unready_milestones(check: Check) -> Iterator[Hit]:
    """What keeps a reached milestone, not sent yet, from going to its audience."""
    mail = check.view.mail
    for record in check.records():
        reached, audience = record.date("reached"), fold(record.text("share_with"))
        due = reached and reached <= check.view.today and not record.text("sent")
        if due and audience in _AUDIENCES:
            addresses = mail.org if audience == "org" else mail.external
            yield from _unready(check, record, audience, addresses)


def _unready(check: Check, record: Record, audience: str, addresses: tuple[str, ...]) -> Iterator[Hit]:
    whom = _AUDIENCES[audience]
    if not record.text("approved_by"):
        message = f"The milestone is to be shared with {whom}, and nobody approved that yet."
        yield Hit(message, record, "approved_by", 'Write in "Approved by" who agreed to share it.')
    if not addresses:
        message = f"The milestone is to be shared with {whom}, and no addresses are listed for them."
        do = f"List addresses under [mail], {audience}, in the program file, or choose another audience."
        yield Hit(message, record, "share_with", do)
    for address in addresses:
        problem = _address_problem(check, address) or _refusal(check, address)
        if problem:
            message = f"The address {quote(address)}, listed for {whom}, {problem}."
            yield Hit(message, record, "share_with", f"Correct the list under [mail], {audience}.")


def _refusal(check: Check, address: str) -> str:
    """Tells of an address whose owner is a member who wants no mail."""
    members = (row for row in check.view.records("members") if row.is_any("mail", "none"))
    refused = {member.text("email").casefold() for member in members}
    return "belongs to a member who opted out of mail" if address.casefold() in refused else ""


def _unreachable(check: Check, member: Record) -> Iterator[Hit]:
    """Why mail that a member wants cannot reach them; a blank wish asks for nothing."""
    wish, address = fold(member.text("mail")), member.text("email")
    if wish == "none":
        return
    if not address and wish in ("instant", "weekly"):
        message = f'Mail is "{wish}", and there is no e-mail address to send it to.'
        yield Hit(message, member, "email", 'Fill in the address, or set Mail to "none".')
    problem = _address_problem(check, address) if is_email(address) else ""  # else D002 tells
    if problem:
        do = 'Correct the address, or set Mail to "none".'
        yield Hit(f"The address {quote(address)} {problem}.", member, "email", do)


def _address_problem(check: Check, address: str) -> str:
    """Why no mail may go to an address, "" where it may."""
    if not is_email(address):
        return "is not an e-mail address"
    allowed = {domain.casefold().lstrip("@") for domain in check.view.mail.allowed_domains}
    if allowed and address.rpartition("@")[2].casefold() not in allowed:
        return "is outside the domains that mail may go to (allowed_domains)"
    return ""
