"""Which headers announce identity data about people, and which only speak of the topic."""

import pytest

from core.builders import template
from sheetsync.core.identity import looks_like_identity


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Race", "race"),
        ("Race/Ethnicity", "race"),
        ("Racial background", "race"),
        ("ETHNICITY", "ethnicity"),
        ("Gender", "gender"),
        ("gender_identity", "gender"),
        ("GenderIdentity", "gender"),
        ("Gender (optional)", "gender"),
        ("Pronouns", "gender"),
        ("Sex", "gender"),
        ("Sexual orientation", "sexual orientation"),
        ("Orientation", "sexual orientation"),
        ("LGBTQ+", "sexual orientation"),
        ("Religion", "religion"),
        ("Has a disability", "disability"),
        ("Age", "age"),
        ("Age group", "age"),
        ("Member's age", "age"),
        ("Date of birth", "age"),
        ("DOB", "age"),
        ("Is veteran?", "veteran status"),
        ("Education", "education"),
        ("Educational background", "education"),
        ("Highest degree", "education"),
        ("Nationality", "origin"),
    ],
)
def test_a_header_that_describes_a_person_is_told_by_kind(header, kind):
    assert looks_like_identity(header) == kind


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Age of action",
        "Action age",
        "Gender-neutral wording",
        "Racial equity tie",
        "Racial and educational equity",
        "Gender and race equity",
        "Veterans ERG",
        "Disability inclusion",
        "Education partners",
        "percentage",
        "message",
        "package",
        "stage",
        "language",
        "Average",
        "Manager",
        "Agenda",
        "Essex office",
        "Embrace",
        "Degree of influence",
        "Orientation date",
        "Race to launch",
        "Disabled on",
        "Experience",
        "Disparities",
        "Voice included",
        "Early-career",
    ],
)
def test_a_header_that_does_not_describe_a_person_passes(header):
    assert looks_like_identity(header) is None


@pytest.mark.parametrize("key", ["stakeholder-map", "working-group"])
def test_no_column_of_the_templates_holds_identity_data(key):
    assert not [
        column for tab in template(key).tab for column in tab.column if looks_like_identity(column.label)
    ]
