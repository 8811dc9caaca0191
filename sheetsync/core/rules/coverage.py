"""Rules about who is on the map: coverage of the stage, reviews, and where to begin (M101 to M108)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ADVICE, WARNING, Check, Hit, rule
from sheetsync.core.titles import is_cto, recruits_students, runs_technical_work
from sheetsync.core.wording import counted, listed

_EXECUTIVE = re.compile(r"(?<!to the )(?<!of the )(?<!to )\b(?:c[a-z]o|chro|chief [\w &]*officer)\b")
_HR = re.compile(r"\b(?:hr|human resources|people ops|people operations|recruit\w*)\b")
_PEOPLE_TEAM = re.compile(r"\b(?:hr|human resources|people ops|people operations)\b")
_DEIB = re.compile(r"\b(?:deib?|diversity)\b")

Test = Callable[[Record], bool]


@rule("M101", WARNING, practices="M2 M15 C17 C27", tab="stakeholders")
def stage_needs_team(check: Check) -> Iterator[Hit]:
    """A team type that the stage needs has no stakeholder.

    Why: Each stage turns on other people; a missing team shows up as a surprise later.
    Do: Add somebody of that team to Stakeholders, or change the stage's needs in the program file.
    Fires: The stage is Build and nobody on the map is from Legal.
    """
    stage = check.book.settings.text("stage")
    needs = {fold(name): teams for name, teams in check.view.settings.stage_needs.items()}
    have = {fold(record.text("team_type")) for record in check.records()}
    for team in needs.get(fold(stage), ()):
        if fold(team) not in have:
            message = f'The stage {stage} needs "{team}", and nobody of that team type is here.'
            yield Hit(message, column="team_type")


@rule("M102", WARNING, practices="M3 M47", tab="stakeholders")
def review_stale(check: Check) -> Iterator[Hit]:
    """A stakeholder was last reviewed over 60 days ago, or before the stage changed.

    Why: People change teams, influence and minds; an old entry misleads.
    Do: Go through the row, correct what changed, and set Last reviewed to today.
    Fires: Last reviewed 2025-12-01, today is 2026-03-02.
    """
    since = check.book.settings.date("stage_since")
    for record in check.records():
        reason = _stale(check, record, since)
        if reason:
            yield Hit(reason, record, "last_reviewed")


def _stale(check: Check, record: Record, stage_since: date | None) -> str:
    """Why the last review no longer counts, "" where it does or where its cell holds no date (D002)."""
    today, reviewed = check.view.today, record.date("last_reviewed")
    if reviewed is None:
        return "" if record.text("last_reviewed") else "This stakeholder was never reviewed."
    if (today - reviewed).days > check.view.settings.stale_review_days:
        return f"This stakeholder was last reviewed {counted((today - reviewed).days, 'day')} ago."
    if stage_since and reviewed < stage_since <= today:
        return f"This stakeholder was last reviewed before the stage changed on {stage_since}."
    return ""


@rule("M103", ADVICE, practices="M3 M46 M47", tab="stakeholders")
def not_realigned(check: Check) -> Iterator[Hit]:
    """No conversation re-aligned a stakeholder with the north star for 90 days.

    Why: Interest drifts toward what is easy; the reason for the program has to come up again.
    Do: Bring up the north star in the next conversation and note it in "Re-aligned".
    Fires: Conversations since November, none of the last 90 days with "yes" in Re-aligned.
    """
    days = check.view.settings.realign_days
    talks: dict[str, list[Record]] = {}
    for talk in check.records("conversations"):
        talks.setdefault(fold(talk.text("stakeholder")), []).append(talk)
    for record in check.records():
        if _drifted(check, talks.get(fold(check.label(record)), []), days):
            yield Hit(f"No conversation came back to the north star for {days} days.", record)


def _drifted(check: Check, talks: list[Record], days: int) -> bool:
    """Whether people have talked for so many days, and not re-aligned within them."""
    aligned = _ages(check, (talk for talk in talks if talk.is_any("realigned_with_why", "yes")))
    return max(_ages(check, talks), default=0) >= days and min(aligned, default=days) >= days


def _ages(check: Check, talks: Iterable[Record]) -> list[int]:
    return [(check.view.today - day).days for talk in talks if (day := talk.date("date"))]


@rule("M104", WARNING, practices="M17 C26", tab="stakeholders")
def technology_chief_first(check: Check) -> Iterator[Hit]:
    """The CTO is the first approached, or the only executive.

    Why: A CTO has many asks and little reason to go first; other executives open the way.
    Do: Begin with another executive, one who decides, holds budget and feels the need.
    Fires: The first conversation of all was with the CTO; or the CTO is the only executive on the map.
    """
    chiefs = [record for record in check.records() if is_cto(record)]
    alone = len(chiefs) == sum(map(_is_executive, check.records()))
    first = _first_approached(check)
    for record in chiefs:
        if alone:
            yield Hit("The CTO is the only executive on the map.", record)
        elif fold(check.label(record)) in first:
            yield Hit("The CTO was the first to be approached.", record)


def _is_executive(record: Record) -> bool:
    return record.is_any("team_type", "C-suite") or bool(_EXECUTIVE.search(fold(record.text("title"))))


def _first_approached(check: Check) -> frozenset[str]:
    """The one stakeholder of the earliest day of conversations; none where several share that day."""
    talks = [(talk.date("date"), fold(talk.text("stakeholder"))) for talk in check.records("conversations")]
    first_day = min((day for day, _ in talks if day), default=None)
    names = frozenset(name for day, name in talks if day and day == first_day)
    return names if len(names) == 1 else frozenset()


@rule("M105", ADVICE, practices="C12 C15 C19", tab="stakeholders")
def only_people_teams_support(check: Check) -> Iterator[Hit]:
    """HR or recruiting is the sole supporter or champion.

    Why: They know the process and can point to managers, but they rarely decide what a team hires.
    Do: Ask them to introduce you to hiring managers, and build support in the units that would host.
    Fires: The one champion on the map is a recruiting manager.
    """
    for who, test in (("champion", _is_champion), ("supporter", _is_ally)):
        supporters = [record for record in check.records() if test(record)]
        if supporters and all(_works_in(_HR, record) for record in supporters):
            yield Hit(f"Every {who} so far works in HR or recruiting.", column="team_type")
            return


@rule("M106", ADVICE, practices="C15 C17 C18 C19", tab="stakeholders")
def ally_lacking(check: Check) -> Iterator[Hit]:
    """An ally in DEIB or in HR is lacking.

    Why: DEIB brings ties and purpose, HR the process; with one of them alone the program gets stuck.
    Do: Find one ally in each; a contact point in HR is enough to begin with.
    Fires: Somebody in HR is supportive, nobody in DEIB.
    """
    deib = (record for record in check.records() if _works_in(_DEIB, record) and _is_ally(record))
    people = (record for record in check.records() if _works_in(_PEOPLE_TEAM, record) and _helps(record))
    lacking = [name for name, allies in (("DEIB", deib), ("HR", people)) if next(allies, None) is None]
    if check.records() and lacking:
        yield Hit(f"No ally in {listed(lacking)} yet.", column="relationship")


@rule("M107", ADVICE, practices="C5 C6 C8 C10 C25", tab="stakeholders")
def champion_without_authority(check: Check) -> Iterator[Hit]:
    """No champion decides and holds budget; a pair of influencers or a technical manager can start.

    Why: A champion with both is rare. Two people who influence, or a manager in engineering, data or
        operations who needs the hands, can carry the program until one is found.
    Do: Aim as high as you can, and start meanwhile with influencers or a technical manager.
    Fires: The one champion has the authority "influences".
    """
    able = (record for record in check.records() if _is_champion(record) and _has_both(record))
    if check.records() and next(able, None) is None:
        message = "No champion both decides and holds budget yet."
        yield Hit(message, column="authority", do=_where_to_start(check))


def _where_to_start(check: Check) -> str:
    """Names the influencer pair, or a technical manager; "" where the map shows neither."""
    pair = [check.label(record) for record in _by_influence(check, _influences)][:2]
    if len(pair) == 2:
        return f"Start with two who influence, {listed(pair)}, and keep looking for somebody who decides."
    manager = next((check.label(record) for record in _by_influence(check, _manages_technical_work)), "")
    return f"Start with {manager}, whose team does the work, and keep looking higher." if manager else ""


def _by_influence(check: Check, test: Test) -> list[Record]:
    return sorted(filter(test, check.records()), key=lambda record: -(record.number("influence") or 0))


def _influences(record: Record) -> bool:
    return record.is_any("authority", "influences") and not record.is_any("stance_now", "resistant")


def _manages_technical_work(record: Record) -> bool:
    manages = "manager" in fold(f"{record.text('team_type')} {record.text('title')}")
    return manages and runs_technical_work(record)


@rule("M108", WARNING, practices="C21 M23", tab="stakeholders")
def campus_recruiting_as_champion(check: Check) -> Iterator[Hit]:
    """College or campus recruiting is marked champion or sponsor.

    Why: Its mandate is narrow and its numbers count students; as an informant it is welcome.
    Do: Set Relationship to informant, and look for a champion in a unit that would host.
    Fires: A "Campus recruiting lead" has the relationship "champion".
    """
    for record in check.records():
        if _is_champion(record) and recruits_students(record):
            yield Hit(
                "College or campus recruiting stands here as champion or sponsor.", record, "relationship"
            )


def _is_champion(record: Record) -> bool:
    return record.is_any("relationship", "champion", "sponsor")


def _is_ally(record: Record) -> bool:
    return _is_champion(record) or record.is_any("stance_now", "supportive", "leading")


def _helps(record: Record) -> bool:
    """An ally, or a contact point: of HR nobody asks more to begin with."""
    return _is_ally(record) or record.is_any("relationship", "contact point")


def _works_in(teams: re.Pattern[str], record: Record) -> bool:
    return bool(teams.search(fold(record.text("team_type"))))


def _has_both(record: Record) -> bool:
    return record.is_any("authority", "decides") and record.is_any("authority", "budget")
