"""Recipients: who gets an announcement, after opt-outs, malformed addresses and the allow-list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sheetsync.core.announcements import EXTERNAL, FACILITATOR, GROUP, OPERATOR, ORG, OWNER, Announcement
from sheetsync.core.columns import is_email
from sheetsync.core.derived import active_members
from sheetsync.core.records import View, fold
from sheetsync.core.settings import MailSettings
from sheetsync.core.wording import counted, one_line


@dataclass(frozen=True, slots=True)
class Recipient:
    """One mailbox; `name` is "" where none is known."""

    name: str
    address: str


def recipients(view: View, announcement: Announcement) -> tuple[Recipient, ...]:
    """Who gets this mail now: until the program is live, the operator alone."""
    if not view.mail.live:
        return _deliverable(view.mail, [Recipient("", view.mail.operator)])
    return _intended(view, announcement)


def rehearsal(view: View, announcement: Announcement) -> str:
    """To whom the mail would go once the program is live: a count and the audience; "" when it is live."""
    if view.mail.live:
        return ""
    count = len(_intended(view, announcement))
    whom = counted(count, *_AUDIENCES[announcement.audience])
    return f"Rehearsal: only you got this mail. Once the program is live it goes to {whom}."


def barred(view: View, address: str) -> str:
    """Why no mail may leave for an address at this moment, whatever was decided before; "" where it may.

    Args:
        view: The program with every record, those in conflict too.
        address: One that a mail was planned for.
    """
    mail, wanted = view.mail, address.casefold()
    if not _deliverable(mail, [Recipient("", address)]):
        return "the address is outside the domains that mail may go to"
    if wanted in {mail.operator.casefold(), mail.facilitator.casefold()}:
        return ""
    if wanted in _opted_out(view):
        return "its reader opted out of mail"
    members = (member.text("email") for book in view.books for member in active_members(book))
    known = {each.casefold() for each in (*mail.org, *mail.external, *members)}
    return "" if wanted in known else "the program mails this address no longer"


_AUDIENCES = {
    GROUP: ("member of the group", "members of the group"),
    ORG: ("address in the organization", "addresses in the organization"),
    EXTERNAL: ("address outside the organization", "addresses outside the organization"),
    OWNER: ("person: the one it is about", "people it is about"),
    FACILITATOR: ("person: the facilitator", "facilitators"),
    OPERATOR: ("person: the operator", "operators"),
}


def _intended(view: View, announcement: Announcement) -> tuple[Recipient, ...]:
    mail = view.mail
    if announcement.audience == OPERATOR:
        return _deliverable(mail, [Recipient("", mail.operator)])
    if announcement.audience == FACILITATOR:
        return _deliverable(mail, [Recipient("", mail.facilitator or mail.operator)])
    if announcement.audience in (ORG, EXTERNAL):
        listed = mail.org if announcement.audience == ORG else mail.external
        found: Iterable[Recipient] = (Recipient("", address) for address in listed)
    else:
        found = _members(view, announcement)
    opted_out = _opted_out(view)
    return _deliverable(mail, (each for each in found if each.address.casefold() not in opted_out))


def _opted_out(view: View) -> frozenset[str]:
    refusing = (row for row in view.records("members") if row.is_any("mail", "none"))
    return frozenset(row.text("email").casefold() for row in refusing)


def _members(view: View, announcement: Announcement) -> Iterator[Recipient]:
    """Active members who want this kind of mail; a blank wish means weekly."""
    wishes = {"instant"} if announcement.kind == "milestone" else {"instant", "weekly"}
    for book in view.books:
        for member in active_members(book):
            wish = fold(member.text("mail")) or "weekly"
            theirs = announcement.audience != OWNER or _is_about(announcement, book.name, member.id)
            if wish in wishes and theirs:
                yield Recipient(one_line(member.text("name"), 80), member.text("email"))


def _is_about(announcement: Announcement, workbook: str, row_id: str) -> bool:
    return (announcement.workbook, announcement.row_id) == (workbook, row_id)


def _deliverable(mail: MailSettings, found: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Well-formed, allowed addresses, each once."""
    allowed = {domain.casefold().lstrip("@") for domain in mail.allowed_domains}
    unique: dict[str, Recipient] = {}
    for each in found:
        domain = each.address.rpartition("@")[2].casefold()
        well_formed = is_email(each.address) and each.address.isascii()
        if well_formed and (not allowed or domain in allowed):
            unique.setdefault(each.address.casefold(), each)
    return tuple(unique.values())
