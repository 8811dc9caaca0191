"""Rules that protect people: no identity data in a shared workbook, no number that points at somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sheetsync.core.columns import quote
from sheetsync.core.derived import active_members
from sheetsync.core.identity import looks_like_identity
from sheetsync.core.privacy import safe_breakdown
from sheetsync.core.records import fold
from sheetsync.core.rules.registry import ADVICE, ERROR, Check, Hit, rule


@rule("P001", ERROR, practices="W32 C3")
def identity_data_shared(check: Check) -> Iterator[Hit]:
    """A column that looks like identity data stands in a shared workbook.

    Why: Race, gender, religion, disability, age, education and the like are for each person to share, in
        private and by choice; in a shared sheet they expose people and invite choosing by a trait.
    Do: Delete the column. Identity data that people gave by choice belongs in a file that one
        custodian keeps apart.
    Fires: Somebody added a column "Ethnicity" to Members.
    """
    for column in check.tab.column:
        if kind := looks_like_identity(column.label):
            do = "Give it another header, and keep no such data in it."
            yield Hit(_looks(column.label, "", kind), column=column.key, do=do)
    for seen in check.observed():  # the reader notes the header that people added
        if kind := looks_like_identity(seen.message):
            yield Hit(_looks(seen.message, f" in {seen.place}", kind))


def _looks(header: str, where: str, kind: str) -> str:
    return f"The column {quote(header)}{where} looks like identity data ({kind})."


@rule("P002", ADVICE, practices="W33 W34", tab="members")
def small_groups_hidden(check: Check) -> Iterator[Hit]:
    """A breakdown of the members was hidden because a group was smaller than 5.

    Why: In a small group a number points at a person; so does what is left after subtracting the others.
    Do: Nothing needs doing: the breakdown fills in as the group grows.
    Fires: Eight members, two of them in Legal: Status shows no number for Legal.
    """
    minimum = check.view.settings.small_group
    for key in ("function", "level"):
        values = (fold(member.text(key)) for member in active_members(check.book))
        if safe_breakdown(Counter(filter(None, values)), minimum).hidden:
            what = f"The breakdown by {key} hides groups of fewer than {minimum} people."
            yield Hit(what, column=key)
