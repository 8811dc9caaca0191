"""What a workbook made from a template holds, tab by tab."""

from __future__ import annotations

import zipfile
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from excel_making import IDENTITY, make, number_of, of_kind, validation_of
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from sheetsync.catalog import builtin_templates, find_template
from sheetsync.core.model import Column, ColumnType, TabKind, Template
from sheetsync.core.status.sheet import CHART_COLUMN, slots
from sheetsync.replicas.excel.validation import list_name
from sheetsync.replicas.layout import FORM_KEYS, MACHINE_TITLES, Margin, list_columns, list_key

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module", params=builtin_templates())
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return find_template(request.param, tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="module")
def made(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return openpyxl.load_workbook(make(template, tmp_path_factory.mktemp("made")))


class TestTabs:
    def test_people_see_the_tabs_of_the_template_and_no_other(
        self, made: Workbook, template: Template
    ) -> None:
        seen = [sheet.title for sheet in made.worksheets if sheet.sheet_state == "visible"]
        assert seen == [tab.title for tab in template.tab]

    def test_the_machine_tabs_are_there_and_hidden(self, made: Workbook) -> None:
        assert {made[title].sheet_state for title in MACHINE_TITLES.values()} == {"hidden"}

    def test_every_tab_says_in_its_margin_whose_it_is(self, made: Workbook, template: Template) -> None:
        margins = [Margin.parse(sheet["A1"].value) for sheet in made.worksheets]
        keys = [*template.tabs, *MACHINE_TITLES]
        version = f"{template.key}@{template.version}"
        assert margins == [Margin("ledger-1", "map", version, key, 0) for key in keys]

    def test_the_margin_is_hidden(self, made: Workbook) -> None:
        for sheet in made.worksheets:
            assert sheet.row_dimensions[1].hidden
            assert sheet.column_dimensions["A"].hidden

    def test_it_opens_on_the_first_tab(self, made: Workbook, template: Template) -> None:
        assert made.active is not None
        assert made.active.title == template.tab[0].title

    def test_every_tab_prints_one_page_wide(self, made: Workbook) -> None:
        pages = [s for s in made.worksheets if s.title != MACHINE_TITLES["lists"]]
        assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in pages)
        assert {(sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) for sheet in pages} == {(1, 0)}


class TestTables:
    def test_a_table_covers_the_ids_and_every_column(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            (table,) = made[tab.title].tables.values()
            last = get_column_letter(len(tab.column) + 1)
            assert table.ref == f"A2:{last}3"
            assert table.autoFilter.ref == table.ref
            assert table.column_names == ["id", *(column.label for column in tab.column)]
            assert table.tableStyleInfo.showRowStripes

    def test_tables_have_names_of_their_own(self, made: Workbook) -> None:
        names = [name for sheet in made.worksheets for name in sheet.tables]
        assert len(set(names)) == len(names)

    def test_keys_stand_above_headers(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            rows = made[tab.title].iter_rows(min_row=1, max_row=2, min_col=2, values_only=True)
            assert list(rows) == [tuple(tab.columns), tuple(column.label for column in tab.column)]

    def test_header_and_first_visible_column_stay_in_view(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            first = next(n for n, column in enumerate(tab.column, 2) if not column.hidden)
            assert made[tab.title].freeze_panes == f"{get_column_letter(first + 1)}3"

    def test_optional_columns_are_hidden(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            dimensions = made[tab.title].column_dimensions
            for number, column in enumerate(tab.column, start=2):
                assert dimensions[get_column_letter(number)].hidden == column.hidden

    def test_guidance_stands_in_a_note_that_shows_all_of_it(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            for number, column in enumerate(tab.column, start=2):
                comment = made[tab.title].cell(2, number).comment
                assert comment is not None, f"{tab.key}.{column.key}"
                assert comment.text.endswith(column.note)
                assert ("Filled in by sheetsync" in comment.text) == column.computed

    def test_columns_that_sheetsync_fills_look_different(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            headers = {c.key: made[tab.title].cell(2, number_of(tab, c.key)) for c in tab.column}
            for column in tab.column:
                accent = headers[column.key].fill.start_color.rgb == f"00{template.accent}"
                assert accent != column.computed
                assert headers[column.key].number_format.endswith('" (auto)"') == column.computed

    def test_dates_are_shown_as_year_month_day(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.TABLE):
            for column in tab.column:
                cell = made[tab.title].cell(3, number_of(tab, column.key))
                assert (cell.number_format == "yyyy-mm-dd") == (column.type is ColumnType.DATE)

    def test_a_due_date_in_the_past_stands_out_while_open(self, tmp_path: Path) -> None:
        log = find_template("working-group", tmp_path)
        sheet = openpyxl.load_workbook(make(log, tmp_path))["Log"]
        formulas = [f for each in sheet.conditional_formatting for rule in each.rules for f in rule.formula]
        assert any("<TODAY()" in f and '="done"' in f and '="dropped"' in f for f in formulas)


class TestValidation:
    def check(
        self, made: Workbook, template: Template, types: set[ColumnType]
    ) -> list[tuple[Column, DataValidation]]:
        found = []
        for tab in of_kind(template, TabKind.TABLE):
            for column in tab.column:
                if column.type in types and not column.computed:
                    letter = get_column_letter(number_of(tab, column.key))
                    validation = validation_of(made[tab.title], f"{letter}2000")
                    assert validation is not None, f"{tab.key}.{column.key}"
                    assert str(validation.sqref) == f"{letter}3:{letter}2000"
                    if validation.type == "list":
                        assert validation.formula1 == list_name(list_key(tab.key, column))
                    found.append((column, validation))
        return found

    def test_a_choice_has_a_dropdown_and_only_warns(self, made: Workbook, template: Template) -> None:
        for column, validation in self.check(made, template, {ColumnType.CHOICE}):
            assert (validation.type, validation.errorStyle) == ("list", "warning")
            assert column.values[0] in validation.error

    def test_several_choices_and_references_have_a_dropdown_that_refuses_nothing(
        self, made: Workbook, template: Template
    ) -> None:
        types = {ColumnType.CHOICES, ColumnType.REFERENCE, ColumnType.REFERENCES}
        for _, validation in self.check(made, template, types):
            assert validation.type == "list"
            assert not validation.showErrorMessage

    def test_dates_and_numbers_are_checked_as_they_are_typed(
        self, made: Workbook, template: Template
    ) -> None:
        expected = {ColumnType.DATE: "date", ColumnType.NUMBER: "decimal", ColumnType.INTEGER: "whole"}
        for column, validation in self.check(made, template, set(expected)):
            assert validation.type == expected[column.type]
            assert validation.errorStyle == "warning"

    def test_messages_fit_what_excel_allows(self, made: Workbook) -> None:
        for sheet in made.worksheets:
            for each in sheet.data_validations.dataValidation:
                assert len(each.promptTitle or "") <= 32
                assert len(each.errorTitle or "") <= 32
                assert len(each.prompt or "") <= 255
                assert len(each.error or "") <= 255


class TestLists:
    def test_each_list_stands_in_its_column_with_its_values(self, made: Workbook, template: Template) -> None:
        sheet = made["Lists"]
        for tab in template.synced():
            for column in tab.column:
                key = list_key(tab.key, column)
                if key:
                    number = list_columns(template)[key]
                    values = [sheet.cell(row, number).value for row in range(3, sheet.max_row + 1)]
                    assert sheet.cell(1, number).value == key
                    expected = column.values or IDENTITY.lists.get(key, ())
                    assert [value for value in values if value is not None] == list(expected)

    def test_a_dropdown_offers_up_to_a_thousand_values_and_no_blank_tail(
        self, made: Workbook, template: Template
    ) -> None:
        for key, number in list_columns(template).items():
            letter = get_column_letter(number)
            cells = f"'Lists'!${letter}$3:${letter}$1002"
            formula = made.defined_names[list_name(key)].attr_text
            assert formula == f"OFFSET('Lists'!${letter}$3,0,0,MAX(1,COUNTA({cells})),1)"

    def test_two_columns_that_name_the_same_tab_share_one_list(self, tmp_path: Path) -> None:
        columns = list_columns(find_template("working-group", tmp_path))
        assert list(columns).count("members") == 1
        assert sorted(columns.values()) == list(range(2, len(columns) + 2))


class TestForms:
    def test_a_setting_a_row_with_its_key_and_why_it_matters(
        self, made: Workbook, template: Template
    ) -> None:
        for tab in of_kind(template, TabKind.FORM):
            rows = list(made[tab.title].iter_rows(max_col=4, values_only=True))
            assert rows[0][1:] == FORM_KEYS
            assert rows[2:] == [(c.key, c.label, None, c.note or None) for c in tab.column]

    def test_a_setting_has_the_dropdown_of_its_type(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.FORM):
            for row, setting in enumerate(tab.column, start=3):
                validation = validation_of(made[tab.title], f"C{row}")
                if setting.type is ColumnType.CHOICE:
                    assert validation is not None
                    assert validation.formula1 == list_name(f"{tab.key}.{setting.key}")


class TestGuide:
    def test_every_line_is_there_and_links_lead_somewhere(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.GUIDE):
            cells = [row[0] for row in made[tab.title].iter_rows(min_row=2, min_col=2, max_col=2)]
            for line, cell in zip(tab.line, cells, strict=False):
                assert str(cell.value).endswith(line.text)
                assert bool(cell.hyperlink) == bool(line.url)

    def test_each_tab_can_be_reached_from_it(self, made: Workbook, template: Template) -> None:
        (guide,) = of_kind(template, TabKind.GUIDE)
        places = {cell.hyperlink.location for row in made[guide.title] for cell in row if cell.hyperlink}
        for tab in template.tab[1:]:
            assert f"'{tab.title}'!B2" in {str(place) for place in places}


class TestStatus:
    def test_blocks_have_their_titles_where_the_layout_says(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.STATUS):
            for slot in slots(tab):
                assert made[tab.title].cell(slot.title_row, 2).value == slot.block.title

    def test_charts_point_at_the_fixed_cells_of_their_block(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.STATUS):
            charts = {chart.anchor._from.row + 1: chart for chart in made[tab.title]._charts}
            drawn = [slot for slot in slots(tab) if slot.block.chart not in ("none", "heat")]
            assert sorted(charts) == [slot.header_row for slot in drawn]
            for slot in drawn:
                chart = charts[slot.header_row]
                assert chart.anchor._from.col + 1 == CHART_COLUMN
                for offset, series in enumerate(chart.series):
                    letter = get_column_letter(3 + offset)
                    rows = f"${slot.first_row}:${letter}${slot.last_row}"
                    assert series.val.numRef.f == f"'{tab.title}'!${letter}{rows}"
                    assert series.tx.strRef.f == f"'{tab.title}'!${letter}${slot.header_row}"

    def test_no_chart_reaches_into_the_next_block(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.STATUS):
            places = list(slots(tab))
            for slot, following in pairwise(places):
                for chart in made[tab.title]._charts:
                    if chart.anchor._from.row + 1 == slot.header_row:
                        rows = chart.anchor.ext.height / 9525 / 20  # pixels, and 20 of them a row
                        assert slot.header_row + rows <= following.title_row

    def test_names_of_the_rows_are_shown_beside_the_bars(self, made: Workbook, template: Template) -> None:
        for tab in of_kind(template, TabKind.STATUS):
            assert not any(chart.x_axis.delete for chart in made[tab.title]._charts)

    def test_a_chart_of_one_series_gets_no_title_of_its_own(self, template: Template, tmp_path: Path) -> None:
        with zipfile.ZipFile(make(template, tmp_path)) as package:
            charts = [package.read(name) for name in package.namelist() if name.startswith("xl/charts/chart")]
        assert charts
        assert all(b'<autoTitleDeleted val="1"/>' in chart for chart in charts)
