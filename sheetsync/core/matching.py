"""Which of a template's columns each header of somebody else's table means, and which tab the table fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sheetsync.core.converting import likeness
from sheetsync.core.foreign import UNDER
from sheetsync.core.identity import looks_like_identity
from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.core.records import fold
from sheetsync.errors import UsageError

#: A header is taken for the nearest column from this score on; exact ones score 1, aliases a little less.
NEAREST = 0.8
_EXACT, _ALIAS, _ALIKE, _WITHIN, _IN_GROUP = 1.0, 0.99, 0.95, 0.85, 0.9
#: Of two columns that score so near each other, the better is taken and the other one named.
_CLOSE = 0.05
_FILLER = {
    ColumnType.DATE: {"date", "on", "day"},
    ColumnType.EMAIL: {"address"},
    ColumnType.INTEGER: {"level", "score", "rating"},
    ColumnType.NUMBER: {"number", "no", "total"},
    ColumnType.URL: {"link", "url"},
}


class How(StrEnum):
    """How a header found its column; the text is what people read."""

    FORCED = "as you said"
    LABEL = "same name"
    ALIAS = "other name of it"
    NEAREST = "nearest name"
    OWN = "column of your own"
    COMPUTED = "left out: sheetsync fills this column"
    PRIVATE = "left out: identity data has no place in a shared workbook"


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of one header.

    Attributes:
        column: Key of the template's column, `None` where the header has none.
        score: From 0 to 1, how sure this is.
        remark: What a person should look at, "" where nothing.
    """

    header: str
    column: str | None
    how: How
    score: float = 1.0
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Guess:
    """That a header (by its index) may mean a column."""

    score: float
    index: int
    column: Column
    how: How


def match_headers(
    headers: Sequence[str], tab: Tab, forced: Mapping[str, str] | None = None
) -> tuple[Match, ...]:
    """One match for each header, in their order; a column is taken once, by the header that fits best.

    Args:
        headers: Header texts of the foreign table.
        tab: The table they are to be taken into.
        forced: Header -> key or label of its column, or "" for a column of one's own.

    Raises:
        UsageError: `forced` names a header or a column that is not there, or a column twice.
    """
    found = _forced(headers, tab, forced or {})
    free = [index for index in range(len(headers)) if index not in found]
    taken = {match.column for match in found.values()}
    guesses = sorted(
        (guess for index in free for guess in _guesses(headers[index], index, tab)),
        key=lambda guess: (-guess.score, guess.index),
    )
    for guess in guesses:
        if guess.index not in found and guess.column.key not in taken:
            taken.add(guess.column.key)
            found[guess.index] = _match(headers[guess.index], guess)
    return tuple(
        _with_rivals(found[index], index, guesses) if index in found else _unmatched(header, index, guesses)
        for index, header in enumerate(headers)
    )


def best_tab(
    headers: Sequence[str], template: Template, forced: Mapping[str, str] | None = None
) -> Tab | None:
    """The tab of a template that a table with these headers fits best, `None` where it fits none."""
    tabs = [tab for tab in template.tab if tab.kind is TabKind.TABLE]
    best = max(tabs, key=lambda tab: fit(headers, tab, forced), default=None)
    return best if best and fit(headers, best, forced) else None


def fit(headers: Sequence[str], tab: Tab, forced: Mapping[str, str] | None = None) -> float:
    """How well a table fits a tab: matched columns by their scores, required ones double; 0 for not at all.

    It fits where a required column is matched, and another one unless the table has but one header. What a
    person says of columns that the tab does not have says nothing about it.
    """
    names = {fold(name) for column in tab.column for name in (column.key, column.label)}
    here = {header: name for header, name in (forced or {}).items() if fold(name) in names}
    matches = [match for match in match_headers(headers, tab, here) if match.column]
    required = sum(tab.columns[match.column].required for match in matches if match.column)
    if not required or len(matches) < min(2, len(headers)):
        return 0.0
    return sum(match.score for match in matches) + required


def _forced(headers: Sequence[str], tab: Tab, forced: Mapping[str, str]) -> dict[int, Match]:
    index_of = {_typed(header): index for index, header in enumerate(headers)}
    found: dict[int, Match] = {}
    for header, name in forced.items():
        if _typed(header) not in index_of:
            raise UsageError(
                f'There is no header "{header}" in this table.', f"Its headers: {', '.join(headers)}."
            )
        index = index_of[_typed(header)]
        key = _column_key(tab, name) if name.strip() else None
        if key and key in {match.column for match in found.values()}:
            raise UsageError(f'Two headers are mapped to the column "{name}".', "Map one of them only.")
        found[index] = (
            Match(headers[index], key, How.FORCED) if key else _unmatched(headers[index], index, ())
        )
    return found


def _typed(header: str) -> str:
    """A header as a person may type it: without the sign that parts it from its group header."""
    return fold(header.replace(UNDER.strip(), " "))


def _column_key(tab: Tab, name: str) -> str:
    columns = [column for column in tab.column if not column.computed]
    for column in columns:
        if fold(name) in (fold(column.key), fold(column.label)):
            return column.key
    labels = ", ".join(column.label for column in columns)
    raise UsageError(f'{tab.title} has no column "{name}" that can be filled.', f"Its columns: {labels}.")


def _guesses(header: str, index: int, tab: Tab) -> Iterator[_Guess]:
    private = looks_like_identity(header) is not None  # "Ages" is not a slip for "Stages"
    for column in tab.column:
        score, how = max(_score(header, column, tab), _score_in_group(header, column, tab))
        if score >= NEAREST and not (private and how is How.NEAREST):
            yield _Guess(score, index, column, how)


def _score(header: str, column: Column, tab: Tab) -> tuple[float, How]:
    words = _words(header)
    if not words:
        return 0.0, How.NEAREST
    if words in (_words(column.label), _words(column.key)):
        return _EXACT, How.LABEL
    if words in map(_words, column.aliases):
        return _ALIAS, How.ALIAS
    label = _words(column.label)
    within = _WITHIN if len(words) > len(label) and words[-len(label) :] == label else 0.0
    names = (label, *map(_words, column.aliases))
    return max(within, *(_nearness(words, name, column, tab) for name in names)), How.NEAREST


def _score_in_group(header: str, column: Column, tab: Tab) -> tuple[float, How]:
    """How well a header fits without the group header above it: never for sure."""
    _, under, own = header.rpartition(UNDER)
    score, _ = _score(own, column, tab) if under else (0.0, How.NEAREST)
    return score * _IN_GROUP, How.NEAREST


def _nearness(header: Sequence[str], name: Sequence[str], column: Column, tab: Tab) -> float:
    """How near two names are; words that add nothing here ("date" of a date column) do not count."""
    filler = _FILLER.get(column.type, set()) | {*_words(tab.noun), "the", "of", "a", "s", "current"}
    plain, other = ([word for word in words if word not in filler] for words in (header, name))
    if plain and plain == other:
        return _ALIKE
    straight = likeness(" ".join(header), " ".join(name))
    turned = likeness(" ".join(sorted(plain)), " ".join(sorted(other))) if plain and other else 0.0
    return min(_ALIKE, max(straight, turned))


def _words(text: str) -> list[str]:
    """The words of a header, without what stands in brackets unless there is nothing else."""
    outside = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)
    return re.findall(r"[^\W_]+", outside.casefold()) or re.findall(r"[^\W_]+", text.casefold())


def _match(header: str, guess: _Guess) -> Match:
    column, score = guess.column, round(guess.score, 2)
    if column.computed:
        return Match(header, None, How.COMPUTED, score)
    remark = f'"{header}" was taken for {column.label}.' if guess.how is How.NEAREST else ""
    return Match(header, column.key, guess.how, score, remark)


def _with_rivals(match: Match, index: int, guesses: Iterable[_Guess]) -> Match:
    """The match, with a remark naming other columns the header might as well have meant."""
    if match.how is not How.NEAREST:
        return match
    rivals = [
        guess.column.label
        for guess in guesses
        if guess.index == index and guess.column.key != match.column and match.score - guess.score < _CLOSE
    ]
    note = f" It might also be {' or '.join(rivals)}; --map decides." if rivals else ""
    return replace(match, remark=match.remark + note)


def _unmatched(header: str, index: int, guesses: Iterable[_Guess]) -> Match:
    if kind := looks_like_identity(header):
        remark = f'"{header}" looks like {kind}: identity data stays out of a shared workbook.'
        return Match(header, None, How.PRIVATE, 1.0, remark)
    certain = (guess for guess in guesses if guess.index == index and guess.how is not How.NEAREST)
    lost = next((guess.column.label for guess in certain), "")
    remark = f'"{header}" might be {lost} too, but another header was taken for it.' if lost else ""
    return Match(header, None, How.OWN, 0.0, remark)
