"""Which column a header of somebody's register means, and which tab the register fits."""

import pytest

from sheetsync.core.foreign import UNDER
from sheetsync.core.matching import How, best_tab, match_headers
from sheetsync.core.model import Column, ColumnType, Tab, TabKind, Template
from sheetsync.errors import UsageError

STAKEHOLDERS = Tab(
    "stakeholders",
    "Stakeholders",
    TabKind.TABLE,
    noun="stakeholder",
    natural_key=("name",),
    column=(
        Column("name", "Name", required=True, aliases=("Full name",)),
        Column("email", "Email", ColumnType.EMAIL, aliases=("E-mail",)),
        Column("unit", "Unit", aliases=("Department",)),
        Column("stages_needed", "Stages needed", ColumnType.CHOICES, ("Explore",), aliases=("Stages",)),
        Column("influence", "Influence", ColumnType.INTEGER, ("1", "2", "3", "4", "5")),
        Column("last_reviewed", "Last reviewed", ColumnType.DATE),
        Column("flags", "Flags", computed=True),
    ),
)
LOG = Tab(
    "log",
    "Log",
    TabKind.TABLE,
    natural_key=("date", "text"),
    column=(
        Column("date", "Date", ColumnType.DATE),
        Column("text", "Text", required=True, aliases=("Task",)),
        Column("due", "Due", ColumnType.DATE),
        Column("owner", "Owner", ColumnType.REFERENCE, aliases=("Assigned to",)),
    ),
)
TEMPLATE = Template("map", "Map", 1, "", tab=(Tab("start", "Start Here", TabKind.GUIDE), STAKEHOLDERS, LOG))


def one(header, tab=STAKEHOLDERS):
    return match_headers([header], tab)[0]


@pytest.mark.parametrize(
    ("header", "column", "how"),
    [
        ("Name", "name", How.LABEL),
        ("  NAME *", "name", How.LABEL),
        ("last_reviewed", "last_reviewed", How.LABEL),
        ("Influence (1-5)", "influence", How.LABEL),
        ("full name", "name", How.ALIAS),
        ("e-mail", "email", How.ALIAS),
        ("E-mail address", "email", How.NEAREST),
        ("Stakeholder name", "name", How.NEAREST),
        ("Contact name", "name", How.NEAREST),
        ("Influance", "influence", How.NEAREST),
        ("Influence level", "influence", How.NEAREST),
        ("Favorite color", None, How.OWN),
        ("Last contact", None, How.OWN),
        ("", None, How.OWN),
    ],
)
def test_a_header_finds_its_column_by_name_other_name_or_nearness(header, column, how):
    match = one(header)
    assert (match.column, match.how) == (column, how)


def test_a_header_under_a_group_header_is_looked_up_with_it_and_without_it():
    matches = match_headers([f"Contact{UNDER}Department", f"Last{UNDER}reviewed"], STAKEHOLDERS)
    assert [(match.column, match.how) for match in matches] == [
        ("unit", How.NEAREST),
        ("last_reviewed", How.LABEL),
    ]


def test_the_sign_under_a_group_header_need_not_be_typed():
    assert match_headers([f"Contact{UNDER}x"], STAKEHOLDERS, {"contact x": "name"})[0].column == "name"


def test_words_that_say_no_more_than_the_column_type_do_not_count():
    assert [match.column for match in match_headers(["Due date", "Date"], LOG)] == ["due", "date"]


def test_a_column_is_taken_once_by_the_header_that_fits_best():
    near, exact, alias = match_headers(["Contact name", "Name", "Full name"], STAKEHOLDERS)
    assert (near.column, exact.column, alias.column) == (None, "name", None)
    assert "might be Name too" in alias.remark


def test_only_nearness_is_worth_a_remark():
    assert one("Full name").remark == ""
    assert one("Influance").remark == '"Influance" was taken for Influence.'


def test_where_two_columns_are_equally_near_the_other_one_is_named():
    tab = Tab("t", "T", TabKind.TABLE, column=(Column("a", "Engagement A"), Column("b", "Engagement B")))
    match = one("Engagement", tab)
    assert match.column == "a"
    assert "It might also be Engagement B; --map decides." in match.remark


def test_a_column_that_sheetsync_fills_is_never_taken_from_a_file():
    match = one("Flags")
    assert (match.column, match.how) == (None, How.COMPUTED)


@pytest.mark.parametrize("header", ["Gender", "Age", "Ages", "Ethnicity", "Education"])
def test_identity_data_stays_out_of_the_shared_workbook(header):
    match = one(header)
    assert (match.column, match.how) == (None, How.PRIVATE)
    assert "identity data" in match.remark


def test_what_a_person_says_goes_before_every_guess():
    matches = match_headers(["Name", "Alias"], STAKEHOLDERS, {"alias": "name", "Name": ""})
    assert [(match.column, match.how) for match in matches] == [(None, How.OWN), ("name", How.FORCED)]


@pytest.mark.parametrize(
    ("forced", "message"),
    [
        ({"Nom": "name"}, 'no header "Nom".*Its headers: Name, Unit'),
        ({"Name": "nam"}, 'no column "nam".*Its columns: Name, Email'),
        ({"Name": "flags"}, 'no column "flags"'),
        ({"Name": "unit", "Unit": "Unit"}, "Two headers"),
    ],
)
def test_a_mapping_that_cannot_be_is_a_usage_error_that_names_what_there_is(forced, message):
    with pytest.raises(UsageError, match=message):
        match_headers(["Name", "Unit"], STAKEHOLDERS, forced)


@pytest.mark.parametrize(
    ("headers", "tab"),
    [
        (["Full name", "Department", "Influence"], STAKEHOLDERS),
        (["Task", "Assigned to", "Due"], LOG),
        (["Name"], STAKEHOLDERS),
        (["Name", "Price", "Stock"], None),
        (["Department", "E-mail"], None),
        ([], None),
    ],
)
def test_a_table_fits_the_tab_with_the_most_of_its_headers_required_ones_included(headers, tab):
    assert best_tab(headers, TEMPLATE) is tab


def test_what_a_person_says_of_headers_counts_for_the_tab_that_has_the_column():
    headers = ["Name", "Sphere", "Price"]
    assert best_tab(headers, TEMPLATE) is None
    assert best_tab(headers, TEMPLATE, {"Sphere": "Unit"}) is STAKEHOLDERS
    assert best_tab(["What", "When"], TEMPLATE, {"What": "text", "When": "Due"}) is LOG
    assert best_tab(headers, TEMPLATE, {"Sphere": "Nowhere"}) is None
