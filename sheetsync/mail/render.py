"""Rendering: an announcement for one recipient becomes a mail with a text and an HTML part.

Templates lie in `templates/mail/`; a file of the same name in the program's folder `templates/mail/` wins.
Whatever comes from a sheet reaches a template as data only: HTML is escaped, headers are built from one line.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from traceback import walk_tb
from urllib.parse import quote

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sheetsync.core.announcements import Announcement
from sheetsync.core.recipients import Recipient, rehearsal
from sheetsync.core.records import View
from sheetsync.core.wording import day, one_line, short_day
from sheetsync.errors import ConfigError, Problem
from sheetsync.mail.ics import calendar_file

_WIDTH = 72
_WHY_YOU = {
    "group": "you are an active member of the working group",
    "org": "your address is on the program's list for news inside the organization",
    "external": "your address is on the program's list for news outside the organization",
    "owner": "it is about you and what is yours",
    "facilitator": "you facilitate the group; nobody else gets it",
    "operator": "you run the program",
}


@dataclass(frozen=True)
class Letter:
    """What every mail template may use, beside the announcement's `content`.

    Attributes:
        link: Where the workbook can be opened; `is_web` tells a web address from a path.
        ink: Text color that reads well on the accent.
        why_you, how_to_stop: The end of "You get this because ..." and the way out.
    """

    program: str
    subject: str
    preheader: str
    operator: str
    north_star: str
    workbook: str
    link: str
    is_web: bool
    accent: str
    ink: str
    why_you: str
    how_to_stop: str
    rehearsal: str


def render(
    announcement: Announcement,
    recipient: Recipient,
    view: View,
    folder: Path | None = None,
    faults: set[Problem] | None = None,
) -> EmailMessage:
    """The mail for one recipient: always the same bytes for the same facts.

    Args:
        announcement: What is told.
        recipient: One mailbox: a mail never shows another one.
        view: The program; its `now`, local time, becomes the Date header.
        folder: The program's folder, whose `templates/mail/` may hold templates of its own.
        faults: Gets what is wrong with those; the built-in ones are used in their place.

    Raises:
        ConfigError: No sender is set.
    """
    wrong: set[Problem] = set() if faults is None else faults
    facts: dict[str, object] = {
        "letter": _letter(announcement, view),
        "content": announcement.content,
        "cancelled": [it for it in announcement.dates if it.cancelled],
    }
    message = _headed(announcement, recipient, view)
    message.set_content(_fill(folder, f"{announcement.kind}.txt", facts, wrong), cte="quoted-printable")
    html = _inlined(_fill(folder, f"{announcement.kind}.html", facts, wrong))
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{_fingerprint(announcement.key, recipient.address)}")
    _attach_dates(message, announcement, recipient, view)
    return message


def _attach_dates(
    message: EmailMessage, announcement: Announcement, recipient: Recipient, view: View
) -> None:
    """New and moved dates in one file, cancelled ones in another: a file does one of both."""
    domain = str(message["Message-ID"]).rpartition("@")[2].rstrip(">")
    for name, cancelled in (("dates.ics", False), ("cancelled.ics", True)):
        if listed := [it for it in announcement.dates if it.cancelled is cancelled]:
            content = calendar_file(listed, view.program, domain, view.now)
            message.add_attachment(content, "text", "calendar", filename=name)
    if announcement.dates:
        message.set_boundary(f"=_dates_{_fingerprint(announcement.key, recipient.address)}")


def preview_html(message: EmailMessage) -> str:
    """The HTML part of a rendered mail, to look at in a browser."""
    part = message.get_body(preferencelist=("html",))
    return str(part.get_content()) if part else ""


def _headed(announcement: Announcement, recipient: Recipient, view: View) -> EmailMessage:
    program = one_line(view.program, 80)
    sender = view.mail.sender or view.mail.operator
    domain = sender.rpartition("@")[2]
    if not re.fullmatch(r"[\w.-]+", domain):
        problem = Problem(
            "sheetsync.toml", "mail.sender", f"expected an address to send from, not {sender!r}"
        )
        raise ConfigError([problem])
    thread = f"<{_fingerprint('thread', view.program)}@{domain}>"
    slug = re.sub(r"[^a-z0-9]+", "-", program.lower()).strip("-") or "program"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=program, addr_spec=one_line(sender))
    message["To"] = Address(display_name=one_line(recipient.name, 80), addr_spec=recipient.address)
    message["Subject"] = one_line(announcement.subject)
    message["Date"] = format_datetime(view.now.astimezone())
    message["Message-ID"] = f"<{_fingerprint(announcement.key, recipient.address)}@{domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["List-Id"] = f"<{slug[:60]}.sheetsync.{domain}>"
    message["List-Unsubscribe"] = f"<mailto:{quote(view.mail.operator, safe='@')}?subject=unsubscribe>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _fingerprint(*parts: str) -> str:
    return sha256("\n".join(parts).casefold().encode("utf-8", "replace")).hexdigest()[:32]


def _letter(announcement: Announcement, view: View) -> Letter:
    titles = {book.name: book.template.title for book in view.books}
    accents = {book.name: book.template.accent for book in view.books}
    accent = accents.get(announcement.workbook, "1F5F8B")
    link = one_line(view.mail.links.get(announcement.opens, ""), 2000)
    why_you, how_to_stop = _footer(announcement, view)
    return Letter(
        one_line(view.program, 80),
        one_line(announcement.subject),
        one_line(announcement.preheader),
        view.mail.operator,
        one_line(view.setting("north_star").text("north_star"), 600),
        titles.get(announcement.opens, ""),
        link,
        link.startswith(("https://", "http://")),
        f"#{accent}",
        _ink(accent),
        why_you,
        how_to_stop,
        "" if announcement.audience == "operator" else rehearsal(view, announcement),
    )


def _footer(announcement: Announcement, view: View) -> tuple[str, str]:
    """Why the reader gets this mail, and how they stop it."""
    if announcement.audience == "operator":
        how = "Such a mail comes once when runs begin to fail, and once when they work again."
        return _WHY_YOU["operator"], how
    if not view.mail.live:
        return "you run the program", "Everybody gets their mails once live = true stands in sheetsync.toml."
    if announcement.audience in ("group", "owner"):
        how = 'To stop these mails, set Mail to "none" in your row of the Members tab.'
    else:
        how = f"To stop these mails, write to {view.mail.operator}."
    return _WHY_YOU[announcement.audience], how


def _ink(accent: str) -> str:
    """White or near-black, whichever reads better on a color (WCAG's weights for brightness)."""
    red, green, blue = (int(accent[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return "#FFFFFF" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.3 else "#111827"


def _fill(folder: Path | None, name: str, facts: dict[str, object], faults: set[Problem]) -> str:
    """A filled template: the program's own where there is one that works, else the built-in one."""
    if folder is not None:
        try:
            return _environment(folder).get_template(name).render(facts)
        except Exception as error:  # noqa: BLE001 - whatever a program's own template does, its mails leave
            faults.add(_problem(name, error))
    return _environment(None).get_template(name).render(facts)


def template_faults(folder: Path) -> list[Problem]:
    """What is wrong with the mail templates of a program's own, as far as reading them tells."""
    faults = []
    for path in sorted((folder / "templates" / "mail").glob("*.*")):
        try:
            _environment(folder).get_template(path.name)
        except (TemplateError, UnicodeDecodeError) as error:
            faults.append(_problem(path.name, error))
    return faults


def _problem(name: str, error: Exception) -> Problem:
    """What is wrong with a template, and where: the file and line that Jinja tells, or the traceback."""
    line, where = getattr(error, "lineno", None), getattr(error, "name", None) or name
    for frame, number in walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if line is None and file.parent.name == "mail" and file.suffix in (".html", ".txt"):
            where, line = file.name, number
    return Problem(f"templates/mail/{where}", f"line {line}" if line else "", one_line(str(error), 200))


def _environment(folder: Path | None) -> ImmutableSandboxedEnvironment:
    loaders: list[BaseLoader] = [FunctionLoader(_builtin)]
    if folder is not None:
        loaders.insert(0, FileSystemLoader(folder / "templates" / "mail"))
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, short_day=short_day, wrap=_wrap)
    return environment


def _builtin(name: str) -> str | None:
    file = files("sheetsync.templates").joinpath("mail", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """Text wrapped for the text part: `first` begins the first line, `rest` the others."""
    following = " " * len(first) if rest is None else rest
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _inlined(html: str) -> str:
    """The page with its style rules moved into the elements, as mail programs want it."""
    from css_inline import CSSInliner  # loaded only when mails are made

    return CSSInliner(load_remote_stylesheets=False).inline(html)
