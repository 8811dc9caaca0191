"""Rules about how each stakeholder is approached: message, evidence, gaps and green lights (M201 to M205)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsync.core.records import Record, fold
from sheetsync.core.rules.registry import ADVICE, WARNING, Check, Hit, rule

_CHOOSE = "Choose, in their row of Approach, the green light that would show their support."
_BUDGET_GOAL = "budget and headcount"
_RETURN = re.compile(
    r"\b(?:re-?(?:us|purpos|allocat|direct)\w*|roi|returns?|returned|sav(?:es?|ed|ings?)|cost per|per hire"
    r"|(?:existing|current|present|today['\u2019]s) (?:budget|spend\w*))\b"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = re.compile(
    r"about|after|also|among|because|been|before|being|both|could|each|every|from|have|having|here|into|just|like"
    r"|makes?|more|most|much|must|only|other|over|people|program(?:me)?s?|same|should|some|such|than|that|their"
    r"|them|then|there|these|they|this|those|through|towards?|under|very|wants?|well|were|what|when|where|which"
    r"|while|will|with|without|work|would|your"
)
_STEM = 5  # letters by which "equity" and "equitable", "apprentice" and "apprenticeship" are one word


@rule("M201", WARNING, practices="M34 M35", tab="approach")
def message_without_equity_tie(check: Check) -> Iterator[Hit]:
    """A message has no equity tie.

    Why: An offer that is all business case quietly drops the people it was meant for.
    Do: Write in "Equity tie" how this pitch serves racial and educational equity.
    Fires: Message "Cheaper hiring", Equity tie empty.
    """
    for record in check.records():
        if record.text("message") and not record.text("equity_tie"):
            yield Hit("The message has no equity tie.", record, "equity_tie")


@rule("M202", ADVICE, practices="M34 M35 M36", tab="approach")
def message_drifts(check: Check) -> Iterator[Hit]:
    """There are over 3 distinct pitches, or the north star's terms are gone from a message.

    Why: A pitch cut anew for each person ends as many programs; the purpose is what they share.
    Do: Keep a few pitches and say in each what the north star says.
    Fires: Five approaches with five different messages; or a message that shares no word with the north star.
    """
    messages = [(record, fold(record.text("message"))) for record in check.records()]
    pitches = len({text for _, text in messages if text})
    allowed = check.view.settings.max_pitches
    if pitches > allowed:
        yield Hit(
            f"There are {pitches} distinct messages; up to {allowed} keep the program one.", column="message"
        )
    terms = _terms(check.book.settings.text("north_star"))
    for record, text in messages:
        if text and terms and not terms & _terms(text):
            yield Hit("The message has none of the north star's words left.", record, "message")


def _terms(text: str) -> frozenset[str]:
    """The beginnings of the words that carry a text."""
    return frozenset(word[:_STEM] for word in _WORD.findall(fold(text)) if not _COMMON.fullmatch(word))


@rule("M203", ADVICE, practices="M7 C13 C14", tab="program")
def budget_without_return(check: Check) -> Iterator[Hit]:
    """The goal is budget, and no evidence of reuse or of return on today's budget is noted.

    Why: A request for new money is heard better once today's money is shown to do more.
    Do: Set Budget route to "reuse", or note in an approach's Evidence what today's budget returns.
    Fires: Buy-in goal "budget and headcount", Budget route "new", no Evidence about budget.
    """
    settings = check.book.settings
    if not settings.is_any("buy_in_goal", _BUDGET_GOAL) or settings.is_any("budget_route", "reuse"):
        return
    if not any(_RETURN.search(fold(record.text("evidence"))) for record in check.records("approach")):
        message = "The goal is budget, and nothing shows what today's budget could do or returns."
        yield Hit(message, Record("budget_route", {}), "value")


@rule("M204", ADVICE, practices="M31 W19", tab="conversations")
def gap_without_owner(check: Check) -> Iterator[Hit]:
    """A knowledge gap has no expert and no owner.

    Why: A gap that nobody is to close comes back as an objection.
    Do: Name an expert to ask, or who of the group finds out (By).
    Fires: Gap "How are contractors converted?", Expert and By empty.
    """
    for record in check.records():
        if record.text("knowledge_gap") and not record.text("expert_to_ask") and not record.text("by"):
            yield Hit("The gap has neither an expert to ask nor an owner.", record, "knowledge_gap")


@rule("M205", WARNING, practices="M25 M39", tab="stakeholders")
def influence_without_green_light(check: Check) -> Iterator[Hit]:
    """A stakeholder of influence 4 or 5 has no green light defined.

    Why: Without a defined green light you cannot tell whether the most influential people moved.
    Do: Add a row in Approach and choose the green light that would show their support.
    Fires: Influence 5, and no row of Approach gives them a green light.
    """
    defined: dict[str, bool] = {}
    column = check.tab.columns.get("influence")
    scale = column.values if column else ()
    for row in check.records("approach"):
        name = fold(row.text("stakeholder"))
        defined[name] = defined.get(name, False) or bool(row.text("green_light"))
    for record in check.records():
        influence, name = record.number("influence") or 0, fold(check.label(record))
        # What is not on the scale, D001 tells.
        high = influence >= check.view.settings.high_influence and (not scale or f"{influence:g}" in scale)
        if high and not defined.get(name):
            message = f"Influence {influence:g}, and no green light is defined."
            yield Hit(message, record, "influence", _CHOOSE if name in defined else "")
