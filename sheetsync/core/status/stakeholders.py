"""Metrics of the stakeholder map: who is needed, who is there, and where they stand."""

from __future__ import annotations

from sheetsync.core.records import Record, fold
from sheetsync.core.status.dates import month_name
from sheetsync.core.status.registry import Figures, Measure, Rows, metric
from sheetsync.core.status.tallies import among, choices, shortlist, tally
from sheetsync.core.values import Value
from sheetsync.core.wording import counted

SUPPORTING = ("supportive", "leading")
CHAMPIONS = ("champion", "sponsor")
#: Team types that need not be won over: a neutral contact point is enough unless the map says more (C12).
_NEUTRAL_ENOUGH = ("Recruiting leadership", "Recruiting managers", "HR / people ops")


@metric("stage_coverage", practices="M2 M9 M16 C17")
def stage_coverage(measure: Measure) -> Figures:
    """How many of the team types each stage needs have a stakeholder, and how many have none."""
    needs = {fold(stage): teams for stage, teams in measure.view.settings.stage_needs.items()}
    present = {fold(row.text("team_type")) for row in measure.book.records("stakeholders")}
    missing: dict[str, list[str]] = {}
    rows: list[tuple[str, int, int]] = []
    for stage in choices(measure.book, "stakeholders", "stages_needed"):
        needed = needs.get(fold(stage), ())
        missing[fold(stage)] = [team for team in needed if fold(team) not in present]
        lacking = len(missing[fold(stage)])
        rows.append((stage, len(needed) - lacking, lacking))
    return Figures(("Stage", "Covered", "Missing"), tuple(rows), _stage_remark(measure, missing))


def _stage_remark(measure: Measure, missing: dict[str, list[str]]) -> str:
    stage = measure.view.setting("stage").text("stage")
    if fold(stage) not in missing:
        return "Choose the stage on the Program tab to see whom you need now."
    lacking = missing[fold(stage)]
    return f"{stage} is under way and still needs: {shortlist(lacking)}." if lacking else ""


@metric("stance_gap", practices="M27 M28 C2 C12")
def stance_gap(measure: Measure) -> Figures:
    """How many stakeholders stand where, now and as wanted.

    For recruiting and HR a blank wanted stance counts as neutral: they need not be on anyone's side.
    """
    stances = choices(measure.book, "stakeholders", "stance_now")
    people = measure.book.records("stakeholders")
    now = [person.text("stance_now") for person in people]
    wanted = [_wanted(person) for person in people]
    rows: Rows = (("Now", *among(now, stances)), ("Wanted", *among(wanted, stances)))
    order = {fold(stance): place for place, stance in enumerate(stances)}
    steps = [(order.get(fold(here)), order.get(fold(there))) for here, there in zip(now, wanted, strict=True)]
    known = [here < there for here, there in steps if here is not None and there is not None]
    remark = f"Not yet where you want them: {sum(known)} of {counted(len(known), 'stakeholder')}."
    return Figures(("", *stances), rows, remark if known else "")


def _wanted(person: Record) -> str:
    default = "neutral" if person.is_any("team_type", *_NEUTRAL_ENOUGH) else ""
    return person.text("stance_wanted") or default


@metric("influence_stance", practices="M25 M27 M28")
def influence_stance(measure: Measure) -> Figures:
    """How many stakeholders of each influence hold each stance now; the most influential on top."""
    people = measure.book.records("stakeholders")
    stances = choices(measure.book, "stakeholders", "stance_now")
    levels = tuple(reversed(choices(measure.book, "stakeholders", "influence")))
    grid = [
        among((row.text("stance_now") for row in people if row.is_any("influence", level)), stances)
        for level in levels
    ]
    left_out = len(people) - sum(map(sum, grid))
    missing = f"{counted(left_out, 'stakeholder')} not shown: influence or stance is missing."
    rows = tuple((_number(level), *counts) for level, counts in zip(levels, grid, strict=True))
    return Figures(("Influence", *stances), rows, missing if left_out else "")


def _number(level: str) -> Value:
    return int(level) if level.isdecimal() else level


@metric("units_with_supporter", practices="M9 C20 C24")
def units_with_supporter(measure: Measure) -> Figures:
    """Stakeholders and supporters (stance supportive or leading) by unit, impacted units first."""
    people = measure.book.records("stakeholders")
    impacted = measure.view.setting("impacted_units").many("impacted_units")
    known = tally((person.text("unit") for person in people), impacted)
    won = among((p.text("unit") for p in people if p.is_any("stance_now", *SUPPORTING)), tuple(known))
    rows = tuple((unit, known[unit], supporters) for unit, supporters in zip(known, won, strict=True))
    without = [unit for unit, supporters in zip(known, won, strict=True) if not supporters]
    remark = f"Nobody on board yet in: {shortlist(without)}." if without else ""
    return Figures(("Unit", "Stakeholders", "Supporters"), rows, remark)


@metric("champions_authority", practices="C1 C5 C6 C8 C25")
def champions_authority(measure: Measure) -> Figures:
    """Stakeholders whose relationship is champion or sponsor, and what they can decide."""
    champions = [
        row for row in measure.book.records("stakeholders") if row.is_any("relationship", *CHAMPIONS)
    ]
    decide = [row for row in champions if row.is_any("authority", "decides")]
    budget = [row for row in champions if row.is_any("authority", "budget")]
    both = [row for row in decide if row.is_any("authority", "budget")]
    rows = (
        ("Champions", len(champions)),
        ("Champions who decide", len(decide)),
        ("Champions with budget", len(budget)),
        ("Champions who decide and hold budget", len(both)),
    )
    remark = (
        "" if both else "Rare in one person: an influencer with a partner, or a technical manager, can start."
    )
    return Figures(("", "Count"), rows, remark)


@metric("whos_missing", practices="M1 M10 M11 M12 M13 M14 M15 M16 M17 M18 M19 M20 M21 M22 C17 C27")
def whos_missing(measure: Measure) -> Figures:
    """How many stakeholders each team type has, and in which stages it is needed."""
    people = measure.book.records("stakeholders")
    teams = choices(measure.book, "stakeholders", "team_type")
    has = among((person.text("team_type") for person in people), teams)
    rows = tuple((team, _needed_in(measure, team), count) for team, count in zip(teams, has, strict=True))
    empty = [team for team, count in zip(teams, has, strict=True) if not count]
    nobody = f" Nobody yet from: {shortlist(empty)}." if empty else ""
    remark = f"{month_name(measure.view.today)}: is anyone missing? Ask it together.{nobody}"
    return Figures(("Team type", "Needed in", "Has"), rows, remark)


def _needed_in(measure: Measure, team: str) -> str:
    needs = measure.view.settings.stage_needs.items()
    return ", ".join(stage for stage, teams in needs if fold(team) in map(fold, teams))
