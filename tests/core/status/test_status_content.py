"""Where the content of a Status tab stands, and that no data, however odd, stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.builders import program, template
from sheetsync.core.model import Block, ChartKind, Tab, TabKind
from sheetsync.core.records import Book, Record, View
from sheetsync.core.rules.registry import ADVICE, ERROR, WARNING, Finding, Severity
from sheetsync.core.status.content import VOLATILE, fitted, status_cells
from sheetsync.core.status.headline import headline, health
from sheetsync.core.status.registry import METRICS, Measure
from sheetsync.core.status.sheet import HEADLINE, MAX_FIGURES, slots
from sheetsync.core.values import Boolean, CellError, Unclear, canonical

NOW = datetime(2026, 11, 21, 9)
WIDTH = MAX_FIGURES + 1  # with the rows' names


def finding(severity: Severity, workbook: str = "map", *, private: bool = False) -> Finding:
    return Finding("X001", severity, workbook, "program", "stage", "value", "What", "Do", private)


def measure(view: View, *findings: Finding) -> Measure:
    return Measure(view, view.books[0], findings)


def status_tab(*blocks: Block) -> Tab:
    return Tab("status", "Status", TabKind.STATUS, block=blocks)


class TestHealth:
    def test_an_error_is_red(self):
        assert health(program({}), [finding(ERROR), finding(ERROR), finding(WARNING)]) == (
            "Red",
            "2 errors for a person to settle.",
        )

    def test_an_open_conflict_is_red_in_its_workbook_alone(self):
        view = replace(program({}, {}), open_conflicts={"map": 1})
        here, there = view.books
        assert health(view, [finding(ERROR)], here) == (
            "Red",
            "1 error and 1 open conflict for a person to settle.",
        )
        assert health(view, [finding(ERROR)], there)[0] == "Green"
        assert health(view, [])[0] == "Red"

    def test_a_faulty_cell_is_amber_and_says_nothing_of_the_program(self):
        cell = replace(finding(ERROR), code="D001")
        assert health(program({}), [cell]) == ("Amber", "1 faulty cell to look at.")

    def test_a_warning_is_amber(self):
        assert health(program({}), [finding(WARNING), finding(ADVICE)]) == ("Amber", "1 warning to look at.")

    def test_advice_and_private_notes_leave_it_green(self):
        findings = [finding(ADVICE), finding(WARNING, private=True)]
        assert health(program({}), findings) == ("Green", "Nothing waits for a person.")


class TestHeadline:
    def test_it_has_the_rows_of_the_sheet(self):
        view = replace(
            program({"program": {"north_star": "Hire STARs"}}, {}),
            open_conflicts={"map": 3},
            next_run=datetime(2026, 11, 22, 9, 5),
        )
        findings = [
            finding(ERROR),
            finding(WARNING),
            finding(WARNING),
            finding(ADVICE),
            finding(ERROR, "group"),
        ]
        rows = headline(measure(view, *findings, finding(ADVICE, private=True)))
        assert rows == (
            ("Health", "Red"),
            ("Why", "1 error and 3 open conflicts for a person to settle."),
            ("North star", "Hire STARs"),
            ("Errors", 1),
            ("Warnings", 2),
            ("Advice", 1),
            ("Open conflicts", 3),
            ("Next run", "22 November 2026, 09:05"),
        )

    def test_it_says_where_the_north_star_goes_and_that_nothing_is_scheduled(self):
        rows = dict(headline(measure(program({}))))
        assert rows["North star"] == "Not written yet: it goes on the Program tab of the stakeholder map."
        assert rows["Next run"] == "Not scheduled"


class TestCells:
    def test_title_as_of_headline_and_blocks_stand_where_the_sheet_says(self):
        tab = status_tab(
            Block("champions_authority", "Champions with authority", 4),
            Block("green_lights_by_kind", "Green lights by kind", 6, note="What each person said yes to."),
        )
        cells = status_cells(measure(program({})), tab, as_of=NOW)
        first, second = slots(tab)
        assert cells[2, 2] == f"Acme: {template('stakeholder-map').title}"
        assert cells[3, 2] == "As of 21 November 2026, 09:00: the last time something changed here."
        assert [cells[row, 2] for row in range(5, 13)] == list(HEADLINE)
        assert cells[5, 3] == "Green"
        assert cells[first.title_row, 2] == "Champions with authority"
        assert cells[first.remark_row, 2].startswith("Rare in one person")
        assert (first.header_row, 2) not in cells
        assert cells[first.header_row, 3] == "Count"
        assert cells[first.last_row, 2] == "Champions who decide and hold budget"
        assert cells[first.last_row, 3] == 0
        assert cells[second.remark_row, 2] == "What each person said yes to."
        assert cells[second.first_row, 2] == "Attends a pitch"

    def test_a_chart_that_has_nothing_in_it_yet_is_explained(self):
        block = Block("champions_authority", "Champions", 4, ChartKind.BAR, note="Rare.")
        tab = status_tab(block, replace(block, chart=ChartKind.NONE))
        nobody, somebody = (
            status_cells(measure(program(books)), tab, as_of=NOW)
            for books in ({}, {"stakeholders": [{"name": "Ana", "relationship": "champion"}]})
        )
        drawn, table = slots(tab)
        said = somebody[drawn.remark_row, 2]
        assert nobody[drawn.remark_row, 2] == f"Nothing to draw yet. {said}"
        assert nobody[table.remark_row, 2] == somebody[table.remark_row, 2] == said

    def test_only_as_of_and_next_run_change_with_the_clock_alone(self):
        view = program({}, today=date(2026, 11, 21))
        tab = status_tab(Block("whos_missing", "Who is missing", 13))
        later = replace(view, now=datetime(2026, 11, 21, 23), next_run=datetime(2026, 11, 22))
        before = status_cells(measure(view), tab, as_of=NOW)
        after = status_cells(measure(later), tab, as_of=later.now)
        changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        assert changed == VOLATILE

    def test_more_rows_than_a_block_keeps_are_summed_up_in_its_last(self):
        rows = (("A", 1, "x"), ("B", 2, "y"), ("C", 3, "z"), ("D", 4.5, "z"))
        assert fitted(rows, 3) == (("A", 1, "x"), ("B", 2, "y"), ("2 more", 7.5, None))
        assert fitted(rows, 4) == rows
        assert fitted((), 3) == ()


ODD = st.one_of(
    st.none(),
    st.sampled_from(
        ["active", "open", "action", "Ana", "Ana, Bo", "decides, budget", "champion", "yes", "5"]
    ),
    st.text(max_size=8),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.sampled_from([*Boolean, CellError("#REF!"), Unclear("a merged cell")]),
).map(canonical)


@st.composite
def odd_book(draw: st.DrawFn, key: str) -> Book:
    made = template(key)
    tabs = {}
    for tab in made.synced():
        columns = ("value",) if tab.kind is TabKind.FORM else tuple(tab.columns)
        rows = draw(st.lists(st.dictionaries(st.sampled_from(columns), ODD, max_size=6), max_size=4))
        ids = tuple(tab.columns) if tab.kind is TabKind.FORM else tuple(f"{tab.key}{n}" for n in range(4))
        tabs[tab.key] = tuple(Record(name, values) for name, values in zip(ids, rows, strict=False))
    return Book(key, made, tabs)


@settings(max_examples=60, deadline=None)
@given(odd_book("stakeholder-map"), odd_book("working-group"), st.dates(min_value=date(1990, 1, 1)))
def test_no_metric_is_stopped_by_odd_data(map_: Book, group: Book, today: date):
    view = View("Acme", (map_, group), datetime.combine(today, time(9)))
    for book in view.books:
        for metric in METRICS.values():
            figures = metric.compute(Measure(view, book, ()))
            assert len(figures.header) <= WIDTH
            for row in figures.rows:
                assert len(row) == len(figures.header)
                assert row[0] not in (None, "")


@pytest.mark.parametrize("key", ["stakeholder-map", "working-group"])
def test_the_blocks_of_a_shipped_template_have_room_for_their_metrics(key: str):
    view = program({}, {})
    book = next(book for book in view.books if book.template.key == key)
    blocks = book.template.tabs["status"].block
    assert blocks
    for block in blocks:
        assert len(METRICS[block.metric].compute(Measure(view, book, ())).rows) <= block.rows


@pytest.mark.parametrize("key", sorted(METRICS))
def test_every_metric_tells_what_it_shows_and_the_practices_it_stands_on(key):
    assert METRICS[key].compute.__doc__
    assert METRICS[key].practices
