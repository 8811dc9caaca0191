"""What a stakeholder's title, unit and team type tell about their work; nothing about the person."""

from __future__ import annotations

import re

from sheetsync.core.records import Record, fold

#: "Assistant to the CTO" is not the CTO.
_CTO = re.compile(r"(?<!to the )(?<!of the )(?<!to )\b(?:cto|chief techn(?:ology|ical) officer)\b")
_STUDENTS = re.compile(r"\b(?:college|campus|university|graduates?|early talent)\b")
_RECRUITING = re.compile(r"\b(?:recruit\w*|talent acquisition|hiring)\b")
_OPERATIONS = re.compile(r"\b(?:engineering|data|devops|devsecops|(?<!people )(?<!hr )operations)\b")
_TECHNICAL = ("Technical leadership", "Technical managers", "Technical mentors")


def is_cto(stakeholder: Record) -> bool:
    """Whether this is the chief technology officer (C26)."""
    return bool(_CTO.search(fold(stakeholder.text("title"))))


def recruits_students(stakeholder: Record) -> bool:
    """Whether this is college or campus recruiting, whose mandate is narrow (C21)."""
    work = _work(stakeholder, "team_type", "unit", "title")
    return bool(_STUDENTS.search(work) and _RECRUITING.search(work))


def runs_technical_work(stakeholder: Record) -> bool:
    """Whether this is someone in engineering, data or operations, where managers need the hands (C8)."""
    technical = stakeholder.is_any("team_type", *_TECHNICAL)
    return technical or bool(_OPERATIONS.search(_work(stakeholder, "unit", "title")))


def _work(stakeholder: Record, *columns: str) -> str:
    return fold(" ".join(stakeholder.text(column) for column in columns))
