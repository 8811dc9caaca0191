"""What an import would do: add, fill, leave alone, and say everything else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.foreign import ForeignRow, ForeignTable, Header, letter
from sheetsync.core.importing import Difference, plan_import
from sheetsync.core.model import Column, ColumnType, Tab, TabKind
from sheetsync.core.records import Record

STANCES = ("unaware", "resistant", "neutral", "supportive", "leading")
TAB = Tab(
    "stakeholders",
    "Stakeholders",
    TabKind.TABLE,
    noun="stakeholder",
    natural_key=("name",),
    column=(
        Column("name", "Name", required=True),
        Column("unit", "Unit"),
        Column("stance_now", "Stance now", ColumnType.CHOICE, STANCES),
        Column("stages", "Stages", ColumnType.CHOICES, ("Explore", "Build")),
        Column("reviewed", "Reviewed", ColumnType.DATE),
        Column("flags", "Flags", computed=True),
    ),
)


def table(headers, *rows):
    """A foreign table whose first row below the header is row 2."""
    found = tuple(Header(text, letter(number)) for number, text in enumerate(headers.split("|"), start=1))
    return ForeignTable(
        "Sheet1", 1, found, tuple(ForeignRow(number, tuple(row)) for number, row in enumerate(rows, start=2))
    )


def after(plan, existing):
    """The records as they are once the plan is carried out."""
    kept = [Record(r.id, {**r.values, **plan.filled.get(r.id, {})}) for r in existing]
    return [*kept, *(Record(f"new{len(existing) + n}", values) for n, values in enumerate(plan.new))]


def messages(plan):
    return [(remark.message, remark.rows) for remark in plan.remarks]


def test_rows_come_in_as_the_columns_hold_them():
    plan = plan_import(table("Name|Stance now|Reviewed", ["Ana", "Supporter", "3 Mar 2026"]), TAB, [])
    assert plan.new == ({"name": "Ana", "stance_now": "supportive", "reviewed": date(2026, 3, 3)},)
    assert plan.numbers == (2,)


def test_an_odd_value_is_taken_as_it_is_and_said_once_for_all_its_rows():
    plan = plan_import(table("Name|Stance now", ["Ana", "green"], ["Bo", "green"]), TAB, [])
    assert [row["stance_now"] for row in plan.new] == ["green", "green"]
    ((message, rows),) = messages(plan)
    assert message.startswith('"green" was kept as it is: Stance now wants one of: unaware')
    assert rows == (2, 3)


def test_a_row_that_is_there_already_is_skipped_whatever_its_case_blanks_and_order():
    ours = Record("r1", {"name": "Ana Ruiz", "stages": "Build, Explore", "unit": "Data"})
    plan = plan_import(table("Name|Stages", ["ana  ruiz", "Explore; Build"]), TAB, [ours])
    assert (plan.new, plan.filled, plan.differing, plan.skipped) == ((), {}, (), (2,))


def test_empty_cells_of_a_record_are_filled():
    ours = Record("r1", {"name": "Ana", "unit": " "})
    plan = plan_import(table("Name|Unit", ["Ana", "Data"]), TAB, [ours])
    assert plan.filled == {"r1": {"unit": "Data"}}
    assert (plan.new, plan.skipped) == ((), ())


def test_a_value_that_is_there_is_never_overwritten_but_reported():
    ours = Record("r1", {"name": "Ana", "unit": "Claims"})
    plan = plan_import(table("Name|Unit", ["Ana", "Data"]), TAB, [ours])
    assert plan.differing == (Difference(2, "r1", "unit", "Data", "Claims"),)
    assert (plan.new, plan.filled, plan.skipped) == ((), {}, ())


def test_a_row_that_stands_twice_in_the_file_comes_in_once():
    plan = plan_import(table("Name|Unit", ["Ana", "Data"], ["ana", "Data"]), TAB, [])
    assert len(plan.new) == 1
    assert plan.skipped == (3,)
    assert ("These rows repeat another one, cell for cell; they were taken once.", (3,)) in messages(plan)


def test_rows_of_one_name_that_say_different_things_are_both_kept():
    plan = plan_import(table("Name|Unit", ["Ana", "Data"], ["Ana", "Legal"]), TAB, [])
    assert len(plan.new) == 2
    assert ("These rows seem to be the same stakeholder but differ; all were kept.", (2, 3)) in messages(plan)


def test_of_two_records_of_one_name_a_row_meets_the_one_it_is_most_alike():
    ours = [Record("r1", {"name": "Ana", "unit": "Data"}), Record("r2", {"name": "Ana", "unit": "Legal"})]
    plan = plan_import(table("Name|Unit|Stance now", ["Ana", "Legal", "neutral"]), TAB, ours)
    assert plan.filled == {"r2": {"stance_now": "neutral"}}


def test_a_row_without_a_name_is_kept_and_said():
    plan = plan_import(table("Name|Unit", [None, "Data"]), TAB, [Record("r1", {"name": "Ana"})])
    assert plan.new == ({"unit": "Data"},)
    assert ("Name is empty in these rows; it has to be filled in.", (2,)) in messages(plan)


def test_a_line_of_totals_is_no_record():
    plan = plan_import(table("Name|Hours", ["Ana", 3], ["Total:", 3]), TAB, [])
    assert [row["name"] for row in plan.new] == ["Ana"]
    assert plan.left_out == (3,)
    assert ("This looks like a line of totals and was left out.", (3,)) in messages(plan)


@pytest.mark.parametrize(
    "line", [["Total", "2"], ["Sum:", "1.250,50"], ["Total: 12 people", None], ["Average", "40 %"]]
)
def test_a_line_of_totals_in_a_file_of_text_alone_is_no_record(line: list[str | None]):
    assert plan_import(table("Name|Hours", ["Ana", "3"], line), TAB, []).left_out == (3,)


def test_a_company_called_total_is_one():
    plan = plan_import(table("Name|Unit", ["Total", "Energy"]), TAB, [])
    assert plan.new == ({"name": "Total", "unit": "Energy"},)


def test_columns_of_ones_own_come_along_for_new_and_for_known_rows():
    plan = plan_import(
        table("Name|Phone|Empty", ["Ana", "1", None], ["Bo", None, None], ["Cy", "3", None]),
        TAB,
        [Record("r1", {"name": "Ana"})],
    )
    assert [row["name"] for row in plan.new] == ["Bo", "Cy"]
    assert list(plan.extras) == ["Phone"]
    assert plan.extras["Phone"].new == (None, "3")
    assert plan.extras["Phone"].existing == {"r1": "1"}


def test_what_stands_in_a_column_of_ones_own_already_stays_and_is_nothing_new():
    source = table("Name|Phone|Desk", ["Ana", "1", "A4"], ["Bo", "2", None])
    records = [Record("r1", {"name": "Ana"}), Record("r2", {"name": "Bo"})]
    plan = plan_import(source, TAB, records, beside={"r1": {"Phone": "7"}, "r2": {"Phone": "2"}})
    assert {header: extra.existing for header, extra in plan.extras.items()} == {"Desk": {"r1": "A4"}}
    assert (plan.completed, plan.skipped) == ({"r1"}, (3,))


def test_identity_data_and_computed_columns_are_not_taken_at_all():
    plan = plan_import(table("Name|Gender|Flags", ["Ana", "f", "late"]), TAB, [])
    assert plan.new == ({"name": "Ana"},)
    assert plan.extras == {}


def test_rows_with_nothing_for_the_tab_are_left_out_and_said():
    plan = plan_import(table("Name|Phone", ["Ana", "1"], [None, "see below"]), TAB, [])
    assert plan.left_out == (3,)
    assert ("Nothing in these rows belongs to Stakeholders; they were left out.", (3,)) in messages(plan)


def test_how_a_column_writes_its_dates_is_said():
    plan = plan_import(table("Name|Reviewed", ["Ana", "3/4/2026"], ["Bo", "25/3/2026"]), TAB, [])
    assert plan.new[0]["reviewed"] == date(2026, 4, 3)
    assert ("Dates like 3/4/2026 were read with the day first, as others here are.", ()) in messages(plan)


def test_what_a_person_maps_is_obeyed():
    plan = plan_import(table("Who|Name", ["Ana", "x"]), TAB, [], {"Who": "name", "Name": ""})
    assert plan.new == ({"name": "Ana"},)
    assert plan.extras["Name"].new == ("x",)


NAMES = st.sampled_from([None, "", "Ana", "ana ", "Bo", "Total", "Ruiz, Ana"])
WORDS = st.sampled_from([None, "Data", "data", "Legal", "3/4/2026", "Supporter", "Explore; Build", 5, 2.5])
ROWS = st.lists(st.tuples(NAMES, WORDS, WORDS, WORDS, WORDS, WORDS), max_size=7)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {}, optional={"name": NAMES, "unit": WORDS, "stance_now": WORDS, "stages": WORDS, "reviewed": WORDS}
    ),
    max_size=4,
)


@given(ROWS, RECORDS)
def test_importing_the_same_file_again_adds_and_fills_nothing(rows, records):
    source = table("Name|Unit|Stance now|Stages|Reviewed|Phone", *rows)
    existing = [Record(f"r{n}", values) for n, values in enumerate(records)]
    first = plan_import(source, TAB, existing)
    again = plan_import(source, TAB, after(first, existing))
    assert again.new == ()
    assert again.filled == {}
    beside = {
        row_id: {header: extra.existing[row_id]}
        for header, extra in again.extras.items()
        for row_id in extra.existing
    }
    at_last = plan_import(source, TAB, after(first, existing), beside=beside)
    assert at_last.completed == frozenset()


@given(ROWS, RECORDS)
def test_every_row_of_the_file_is_accounted_for(rows, records):
    source = table("Name|Unit|Stance now|Stages|Reviewed|Phone", *rows)
    plan = plan_import(source, TAB, [Record(f"r{n}", values) for n, values in enumerate(records)])
    differing = {each.row for each in plan.differing}
    told = {*plan.numbers, *plan.skipped, *plan.left_out, *differing}
    assert len(plan.completed) >= len({row.number for row in source.rows} - told)


@given(ROWS, RECORDS)
def test_no_value_of_a_record_is_ever_changed(rows, records):
    existing = [Record(f"r{n}", values) for n, values in enumerate(records)]
    plan = plan_import(table("Name|Unit|Stance now|Stages|Reviewed|Phone", *rows), TAB, existing)
    for record in existing:
        for column in plan.filled.get(record.id, {}):
            assert record.value(column) in (None, "")
