"""Tells from a header whether a column would hold identity data, which has no place in a shared workbook.

Only what describes a person counts: "Gender", "Age group", "Highest degree". What merely speaks of the
topic does not: "Gender-neutral wording", "Racial equity", "Age of action", "Education partners".
"""

from __future__ import annotations

import re

#: After one of these words the header is about the topic, not about a person.
_TOPIC = (
    r"access|awareness|bias|budget|communit(?:y|ies)|disparit(?:y|ies)|diversity|equality|equit(?:y|able)|ergs?|"
    r"events?|fairness|gaps?|goals?|inclusi(?:on|ve)|initiatives?|issues?|justice|neutral|organi[sz]ations?|"
    r"partners?|partnerships?|polic(?:y|ies)|program(?:me)?s?|providers?|resources?|talks?|team|training|"
    r"unit|vendors?|workshops?"
)
_LEVEL = r"attainment|background|history|level|path|status"
_PERSON = r"background|group|heritage|identity|minority|origin"

#: What the column would hold -> the words that say so; all in lower case, words parted by one blank.
_KINDS = {
    "race": rf"race(?! to\b)|racial (?:{_PERSON})|skin colou?r|caste|bipoc|person of colou?r",
    "ethnicity": rf"ethnicit(?:y|ies)|ethnic (?:{_PERSON})|hispanic|latin[oax]s?|indigenous",
    "gender": r"gender|sex|pronouns?|transgender|non binary",
    "sexual orientation": r"(?:sexual|romantic) orientation|^orientation$|sexuality|lgbt\w*",
    "religion": r"religions?|religious (?:affiliation|belief|identity)s?|^faith$",
    "disability": r"disabilit(?:y|ies)|^disabled$|neurodiver(?:gent|gence|sity|se)|accommodation needs?",
    "age": r"^ages?$|age (?:group|range|band|bracket|class|in years|years)|^(?:\w+ )?s age$"
    r"|(?:your|their|his|her|member|participant|apprentice|candidate|applicant|person) age"
    r"|date of birth|birth ?(?:date|day|year)s?|year of birth|^(?:dob|yob|born)$",
    "veteran status": r"veterans?|military (?:service|status)",
    "education": rf"education|educational (?:{_LEVEL})|school(?:ing)? (?:{_LEVEL})|degrees?(?! of\b)"
    r"|diplomas?|alma mater|(?:college|university|school) (?:attended|name)|gpa"
    r"|graduation (?:date|year)|(?:college|university) major|field of study",
    "origin": r"nationalit(?:y|ies)|citizenships?|national origin|country of (?:birth|origin)|place of birth"
    r"|immigration status|visa status|mother tongue|native language",
    "health": r"health (?:condition|status)|medical (?:condition|history)|pregnan(?:t|cy)",
    "family": r"marital status|family status|parental status|number of children",
}
_WORDS = {
    kind: re.compile(rf"(?<!\w)(?:{words})(?!\w)(?! (?:(?:and|or) \w+ )?(?:{_TOPIC})(?!\w))")
    for kind, words in _KINDS.items()
}


def looks_like_identity(header: str) -> str | None:
    """The kind of identity data a column of this header would hold ("gender"), `None` for any other."""
    words = " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))).casefold()
    return next((kind for kind, pattern in _WORDS.items() if pattern.search(words)), None)
