"""Rules about who is in the working group and which voices it hears (G101 to G107)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sheetsync.core.derived import active_members
from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ADVICE, WARNING, Check, Hit, rule

_PEOPLE_TEAMS = re.compile(r"\b(?:hr|human resources|people|recruit\w*|talent)\b")
_EARLY_CAREER = re.compile(
    r"\b(?:early[- ](?:careers?|talent)|interns?(?:hips?)?|apprentice\w*|returnships?|graduates?)\b"
)


@rule("G101", WARNING, practices="W30", tab="members")
def host_unit_without_member(check: Check) -> Iterator[Hit]:
    """A host unit has no member.

    Why: The units that will host apprentices should shape what comes to them.
    Do: Invite somebody of that unit.
    Fires: Host units are "Data, Platform", and no active member is from Platform.
    """
    units = {fold(member.text("unit")) for member in active_members(check.book)}
    hosts = {fold(unit): unit for unit in check.view.setting("host_units").many("host_units")}
    for key, unit in hosts.items():
        if key not in units:
            yield Hit(f'The host unit "{unit}" has no active member.', column="unit")


@rule("G102", WARNING, practices="W31 M23", tab="members")
def early_career_team_absent(check: Check) -> Iterator[Hit]:
    """No member does early-career work in people ops though such a team exists.

    Why: Whoever runs internships or early-career hiring knows the ways and the pitfalls already.
    Do: Invite somebody of that team, and set Early-career to "yes" in their row.
    Fires: The map has an "Early careers manager" in HR; no active member has "yes" in Early-career.
    """
    members = active_members(check.book)
    if (
        members
        and not any(member.is_any("early_career", "yes") for member in members)
        and _team_exists(check)
    ):
        yield Hit(
            "There is an early-career team in people ops, and nobody of it is a member.",
            column="early_career",
        )


def _team_exists(check: Check) -> bool:
    """Whether the map shows somebody in HR or recruiting who works with people early in their careers."""
    runs = {fold(row.text("stakeholder")) for row in check.view.records("approach") if _ran_similar(row)}
    for record in check.view.records("stakeholders"):
        words = fold(f"{record.text('title')} {record.text('unit')}")
        early = _EARLY_CAREER.search(words) or fold(record.text("name")) in runs
        if early and _PEOPLE_TEAMS.search(fold(f"{record.text('team_type')} {record.text('unit')}")):
            return True
    return False


def _ran_similar(approach: Record) -> bool:
    return bool(approach.text("similar_programme")) and not approach.is_any("similar_programme", "none")


@rule("G103", ADVICE, practices="W33 W34", tab="members")
def group_is_uniform(check: Check) -> Iterator[Hit]:
    """Of 4 members or more, over 60% share one function or level.

    Why: A group of one kind misses what the others would see.
    Do: Make the next invitation an open one to other functions and levels.
    Fires: Four of five active members have the function "Engineering".
    """
    settings = check.view.settings
    for key in ("function", "level"):
        filled = [fold(text) for member in active_members(check.book) if (text := member.text(key))]
        most = max(Counter(filled).values(), default=0)
        if len(filled) >= settings.homogeneous_members and most > settings.homogeneous_share * len(filled):
            yield Hit(f"Over {settings.homogeneous_share:.0%} of the members share one {key}.", column=key)


@rule("G104", ADVICE, practices="W29 W32", tab="sprints")
def voice_not_included(check: Check) -> Iterator[Hit]:
    """A sprint says nothing of how the voice of those designed for was included.

    Why: A program for people of other paths that is designed without them misses them.
    Do: Write in "Voice included" how they were heard: a review, an interview, paid co-design; no names.
    Fires: A sprint has begun and Voice included is empty.
    """
    for sprint in check.records():
        start = sprint.date("start")
        if not sprint.text("voice_included_how") and (start is None or start <= check.view.today):
            yield Hit("The sprint does not say how those it is for were heard.", sprint, "voice_included_how")


@rule("G105", ADVICE, practices="W22 W23 W24 W25 W26 W27 W37", tab="members")
def role_open(check: Check) -> Iterator[Hit]:
    """A role has no holder, or no backup.

    Why: What nobody holds stays undone, and what one alone holds stops when they are away.
    Do: Ask who would like to take it; several roles for one person, and changes, are fine.
    Fires: "Research" stands in nobody's Roles; or in nobody's Backup for.
    """
    members = active_members(check.book)
    held = _parts(members, "roles")
    covered = _parts(members, "backup_for")
    column = check.tab.columns.get("roles")
    for role in column.values if column and members else ():
        if fold(role) not in held:
            yield Hit(f'Nobody holds the role "{role}".', column="roles")
        elif fold(role) not in covered:
            yield Hit(f'Nobody is backup for the role "{role}".', column="backup_for")


def _parts(members: tuple[Record, ...], column: str) -> set[str]:
    return {fold(part) for member in members for part in member.many(column)}


@rule("G106", WARNING, practices="W15", tab="program")
def no_shared_channel(check: Check) -> Iterator[Hit]:
    """There is no shared channel.

    Why: Without one place to share and answer in their own time, only those who can meet take part.
    Do: Open a channel and write its address beside "Channel" in Program.
    Fires: Channel is empty.
    """
    if "channel_url" in check.tab.columns and not check.book.settings.text("channel_url"):
        yield Hit("No shared channel is noted.", Record("channel_url", {}), "value")


@rule("G107", ADVICE, practices="W1 W5 W6", tab="members")
def group_of_one(check: Check) -> Iterator[Hit]:
    """There is only one active member: invite one more.

    Why: One other person is enough to begin, and nobody should carry this alone.
    Do: Invite one more person.
    Fires: Members has one active row.
    """
    members = active_members(check.book)
    if len(members) == 1:
        yield Hit("There is only one active member.", members[0])
