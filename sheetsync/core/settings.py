"""Thresholds of rules, metrics and milestones, with their defaults; a program may set each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar


def _default_needs() -> dict[str, tuple[str, ...]]:
    return {
        "Explore": ("Your manager", "Technical managers"),
        "Partner": ("ERG", "DEIB leadership", "HR / people ops", "Recruiting leadership"),
        "Build": ("Technical leadership", "C-suite", "Legal"),
        "Register": (),
        "Launch": ("Technical mentors", "Marketing", "Social impact"),
    }


@dataclass(frozen=True)
class Settings:
    """Thresholds: days unless the name says otherwise, shares between 0 and 1.

    The file's `[settings]` table has the same names.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    stale_review_days: int = 60  # M102
    realign_days: int = 90  # M103
    max_pitches: int = 3  # M202
    stage_needs: dict[str, tuple[str, ...]] = field(default_factory=_default_needs)  # M101
    unshared_milestone_days: int = 14  # E102
    high_influence: int = 4  # M205
    small_group: int = 5  # P002
    homogeneous_members: int = 4  # G103, from so many members on
    homogeneous_share: float = 0.6  # G103
    hours_when_blank: float = 1  # hours an action counts while nobody estimated it (G201)
    concentration_share: float = 0.4  # G202
    concentration_actions: int = 5  # G202, from so many actions on
    carriers_share: float = 0.5  # G203
    retro_grace_days: int = 3  # G301
    retro_minutes_min: int = 20  # G302
    retro_minutes_max: int = 45  # G302
    open_question_days: int = 30  # G305
    same_format_meetings: int = 4  # G306
    quiet_member_days: int = 45  # G401
    early_year: int = 2000  # D009
    years_ahead: int = 10  # D009


@dataclass(frozen=True)
class MailTable:
    """The program file's `[mail]` table: who may get mail, and when.

    Attributes:
        sender: From address; the operator's where empty.
        facilitator: Gets the private notes (G401); the operator where empty.
        org: Addresses for milestones shared with the wider organisation.
        external: Addresses for milestones shared outside.
        allowed_domains: Where not empty, mail goes to no other domain.
        digest_day: Weekday of the weekly digest.
        cap: At most so many mails leave in one pass.
        folder: Where mails are written as files, from the program's folder, while no server is named.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    sender: str = ""
    facilitator: str = ""
    org: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()
    digest_day: str = "monday"
    cap: int = 100
    folder: str = "outbox"


@dataclass(frozen=True)
class MailSettings(MailTable):
    """The `[mail]` table with what else of the program file decides about mail.

    Attributes:
        operator: Whoever runs sheetsync; gets everything until the program is live.
        live: Until true, every mail goes to the operator alone.
        links: Where a workbook can be opened, by workbook name (a URL or a shared path).
    """

    operator: str = ""
    live: bool = False
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SmtpTable:
    """The program file's `[smtp]` table: the server that mail leaves through.

    Attributes:
        host: Its name; where empty, mails are written to a folder.
        port: 0 for the usual one of the security.
        security: "tls" from the first byte, "starttls", or "none" (on this machine alone).
        user: Name to log in with; no login where empty. The password never stands in the file.
        auth: "password", or "xoauth2" where the server wants an access token in its place.
        password_command: Program and arguments that print the password or the token.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    host: str = ""
    port: int = 0
    security: str = "tls"
    user: str = ""
    auth: str = "password"
    password_command: tuple[str, ...] = ()
