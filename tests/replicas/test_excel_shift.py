"""Rows that come into a table or go: totals, calculated columns, charts, names and formulas go along."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table, TableFormula

from replicas.excel_making import IDENTITY, small_template, with_columns
from scenarios.office import save_in_libreoffice
from sheetsync.core.model import Column, ColumnType
from sheetsync.core.plan import Edit, MachineTab, TabEdit
from sheetsync.errors import ReplicaError
from sheetsync.replicas.excel.formulas_text import rectangle
from sheetsync.replicas.excel.opc import Package
from sheetsync.replicas.excel.replica import ExcelReplica
from sheetsync.replicas.excel.shift import Shift

TEMPLATE = with_columns(small_template(), "people", Column("hours", "Hours", ColumnType.NUMBER))
ROWS = tuple((f"r{n}", {"name": f"Person {n}", "hours": n}) for n in range(1, 5))


@pytest.fixture
def replica(tmp_path: Path) -> ExcelReplica:
    """A table of four people in rows 3 to 6, their hours in column E."""
    made = ExcelReplica("small.xlsx", tmp_path / "small.xlsx", tmp_path / "backups")
    made.provision(TEMPLATE, IDENTITY)
    write(made, new=ROWS)
    return made


def write(replica: ExcelReplica, **edit: object) -> None:
    change(replica, Edit({"people": TabEdit(1, **edit)}))


def change(replica: ExcelReplica, edit: Edit) -> None:
    replica.write(edit, TEMPLATE, replica.read(TEMPLATE).version)


@contextmanager
def edited(replica: ExcelReplica) -> Iterator[Workbook]:
    workbook = openpyxl.load_workbook(replica.path)
    yield workbook
    workbook.save(replica.path)


def opened(replica: ExcelReplica) -> Workbook:
    return openpyxl.load_workbook(replica.path)


def people(replica: ExcelReplica) -> list[object]:
    return [row.values.get("name") for row in replica.read(TEMPLATE).tabs["people"].rows]


def ref(replica: ExcelReplica) -> str:
    (table,) = opened(replica)["People"].tables.values()
    assert table.ref == table.autoFilter.ref or table.totalsRowCount
    return str(table.ref)


NEW = (("r8", {"name": "Ida", "hours": 8}), ("r9", {"name": "Jon", "hours": 9}))


# total rows


@pytest.fixture
def summed(replica: ExcelReplica) -> ExcelReplica:
    """With a total row, once as Excel writes it and once as LibreOffice does."""
    with edited(replica) as workbook:
        sheet = workbook["People"]
        (table,) = sheet.tables.values()
        table.ref, table.totalsRowCount = "A2:E7", 1
        sheet["B7"], sheet["D7"] = "Total", "=SUM(E3:E6)/COUNT(E$3:E$6)"
        sheet["E7"] = f"=SUBTOTAL(109,{table.displayName}[Hours])"
        workbook.create_sheet("Report")["A1"] = "=People!E7*2"
    return replica


def test_new_records_come_in_before_the_total_row(summed: ExcelReplica) -> None:
    write(summed, new=NEW)
    sheet = opened(summed)["People"]
    assert people(summed) == [f"Person {n}" for n in range(1, 5)] + ["Ida", "Jon"]
    assert [sheet[cell].value for cell in ("B7", "B8", "B9")] == ["Ida", "Jon", "Total"]
    assert sheet["E9"].value.startswith("=SUBTOTAL(109,")
    assert sheet["D9"].value == "=SUM(E3:E8)/COUNT(E$3:E$8)"
    assert ref(summed) == "A2:E9"
    assert opened(summed)["Report"]["A1"].value == "=People!E9*2"


def test_a_deleted_record_takes_the_total_row_up(summed: ExcelReplica) -> None:
    write(summed, gone=(1,), new=NEW[:1])
    sheet = opened(summed)["People"]
    assert people(summed) == ["Person 1", "Person 3", "Person 4", "Ida"]
    assert sheet["B7"].value == "Total"
    assert sheet["D7"].value == "=SUM(E3:E6)/COUNT(E$3:E$6)"
    assert ref(summed) == "A2:E7"
    write(summed, gone=(0,))
    assert opened(summed)["People"]["D6"].value == "=SUM(E3:E5)/COUNT(E$3:E$5)"
    assert ref(summed) == "A2:E6"


def test_what_stands_below_the_total_row_moves_down_with_it(summed: ExcelReplica) -> None:
    with edited(summed) as workbook:
        workbook["People"]["H9"], workbook["People"]["I9"] = "Prepared by", "Maya"
    write(summed, new=NEW)
    assert [opened(summed)["People"][cell].value for cell in ("H11", "I11")] == ["Prepared by", "Maya"]


def test_a_record_that_somebody_typed_below_the_total_row_stays_there(summed: ExcelReplica) -> None:
    with edited(summed) as workbook:
        workbook["People"]["B8"] = "Kim"
    write(summed, new=NEW[:1])
    assert people(summed) == [*(f"Person {n}" for n in range(1, 5)), "Kim", "Ida"]
    assert ref(summed) == "A2:E7"


def test_a_note_below_the_total_row_keeps_it_where_it_is_and_nothing_is_written(summed: ExcelReplica) -> None:
    with edited(summed) as workbook:
        workbook["People"]["B9"].comment = Comment("mine", "Maya")
    before = summed.path.read_bytes()
    with pytest.raises(ReplicaError, match="total row cannot move down") as caught:
        write(summed, new=NEW)
    assert "Total Row" in caught.value.do
    assert summed.path.read_bytes() == before


@pytest.mark.office
def test_libreoffice_adds_up_what_came_in(summed: ExcelReplica, soffice: str, tmp_path: Path) -> None:
    write(summed, new=NEW)
    save_in_libreoffice(soffice, summed.path, tmp_path)
    workbook = openpyxl.load_workbook(summed.path, data_only=True)
    assert workbook["People"]["E9"].value == sum([1, 2, 3, 4, 8, 9])
    assert workbook["Report"]["A1"].value == 2 * 27
    write(summed, new=(("r10", {"name": "Kai", "hours": 10}),))
    save_in_libreoffice(soffice, summed.path, tmp_path)
    assert openpyxl.load_workbook(summed.path, data_only=True)["People"]["E10"].value == 37


# columns that people let the table calculate


def test_a_calculated_column_goes_on_in_new_rows(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        sheet = workbook["People"]
        (table,) = sheet.tables.values()
        table.ref = table.autoFilter.ref = "A2:F6"
        table._initialise_columns()
        for number, name in enumerate(("id", "Name", "State", "Lead", "Hours", "Cost")):
            table.tableColumns[number].name = name
        sheet["F2"] = "Cost"
        table.tableColumns[5].calculatedColumnFormula = TableFormula(attr_text="E3*9+$E$2")
        for row in range(3, 7):
            sheet[f"F{row}"] = f"=E{row}*9+$E$2"
    write(replica, new=NEW)
    sheet = opened(replica)["People"]
    assert [sheet[f"F{row}"].value for row in (6, 7, 8)] == [f"=E{row}*9+$E$2" for row in (6, 7, 8)]
    assert ref(replica) == "A2:F8"


def test_a_first_record_takes_the_formula_of_the_table(tmp_path: Path) -> None:
    replica = ExcelReplica("small.xlsx", tmp_path / "small.xlsx", tmp_path / "backups")
    replica.provision(TEMPLATE, IDENTITY)
    with edited(replica) as workbook:
        sheet = workbook["People"]
        (table,) = sheet.tables.values()
        sheet["F2"] = "Cost"
        table.ref = table.autoFilter.ref = "A2:F3"
        table._initialise_columns()
        for number, name in enumerate(("id", "Name", "State", "Lead", "Hours", "Cost")):
            table.tableColumns[number].name = name
        text = "Table_people[[#This Row],[Hours]]*9"
        table.tableColumns[5].calculatedColumnFormula = TableFormula(attr_text=text)
    write(replica, new=NEW)
    sheet = opened(replica)["People"]
    assert [sheet[cell].value for cell in ("F3", "F4")] == [f"={text}"] * 2


# what points at the table


def test_names_and_charts_of_whole_columns_follow_the_table(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        sheet = workbook["People"]
        chart = BarChart()
        chart.add_data(Reference(sheet, 5, 2, 5, 6), titles_from_data=True)
        chart.set_categories(Reference(sheet, 2, 3, 2, 6))
        workbook.create_sheet("Report").add_chart(chart, "B2")
        for name, text in {"all": "$E$3:$E$6", "some": "$E$3:$E$5", "head": "$E$2"}.items():
            workbook.defined_names[name] = DefinedName(name, attr_text=f"People!{text}")
    write(replica, new=NEW)
    assert pointed_at(replica) == ["$E$3:$E$8", "$E$3:$E$5", "$E$2", "$E$3:$E$8", "$B$3:$B$8"]
    write(replica, gone=(0, 1, 5))
    assert pointed_at(replica) == ["$E$3:$E$5", "$E$3:$E$3", "$E$2", "$E$3:$E$5", "$B$3:$B$5"]


def pointed_at(replica: ExcelReplica) -> list[str]:
    workbook = opened(replica)
    (series,) = workbook["Report"]._charts[0].series
    ranges = [series.val.numRef.f, series.cat.numRef.f]
    names = [workbook.defined_names[name].attr_text for name in ("all", "some", "head")]
    return [text.split("!")[1] for text in names + ranges]


def test_the_source_of_a_pivot_table_follows_the_table(replica: ExcelReplica) -> None:
    part = "xl/pivotCache/pivotCacheDefinition1.xml"
    source = '<pivotCacheDefinition><worksheetSource ref="A2:E6" sheet="{}"/></pivotCacheDefinition>'
    with zipfile.ZipFile(replica.path, "a") as package:
        package.writestr(part, source.format("People"))
        package.writestr(part.replace("1.", "2."), source.format("Other"))
    write(replica, new=NEW)
    after = Package(replica.path.read_bytes())
    assert b'ref="A2:E8" sheet="People"' in after.read(part)
    assert b'ref="A2:E6" sheet="Other"' in after.read(part.replace("1.", "2."))


def test_another_table_right_beside_stays_what_it_is(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        sheet = workbook["People"]
        sheet["F2"], sheet["G2"] = "Dish", "Price"
        sheet.add_table(Table(displayName="Menu", ref="F2:G6"))
    write(replica, new=NEW)
    tables = {table.name: table.ref for table in opened(replica)["People"].tables.values()}
    assert tables == {"Table_people": "A2:E8", "Menu": "F2:G6"}
    write(replica, gone=(0,))
    assert opened(replica)["People"]["B3"].value is None, "the other table's rows are not ours to take out"


# deleted rows


def test_formulas_that_speak_of_the_whole_table_do_not_keep_a_deleted_row(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook.create_sheet("Report")["A1"] = "=SUM(Table_people[Hours])"
    write(replica, gone=(1,))
    sheet = opened(replica)["People"]
    assert [sheet[f"B{row}"].value for row in range(3, 7)] == ["Person 1", "Person 3", "Person 4", None]
    assert ref(replica) == "A2:E5"


def test_a_note_above_a_deleted_row_does_not_keep_it_and_one_below_does(replica: ExcelReplica) -> None:
    with edited(replica) as workbook:
        workbook["People"]["B4"].comment = Comment("call first", "Maya")
    write(replica, gone=(2,))
    assert people(replica) == ["Person 1", "Person 2", "Person 4"]
    assert opened(replica)["People"]["B5"].value == "Person 4"
    write(replica, gone=(0,))
    sheet = opened(replica)["People"]
    assert [sheet[f"B{row}"].value for row in (3, 4, 5)] == [None, "Person 2", "Person 4"]
    assert sheet["B4"].comment.text == "call first"


def test_what_is_drawn_over_a_record_stays_with_it_and_what_is_beside_does_not_matter(
    replica: ExcelReplica,
) -> None:
    with edited(replica) as workbook:
        workbook["People"].add_chart(BarChart(), "H4")
    write(replica, gone=(0,))
    sheet = opened(replica)["People"]
    assert [sheet[cell].value for cell in ("B3", "B4", "B5")] == ["Person 2", "Person 3", "Person 4"]
    with edited(replica) as workbook:
        workbook["People"].add_chart(BarChart(), "C5")
    write(replica, gone=(0,))
    sheet = opened(replica)["People"]
    assert [sheet[cell].value for cell in ("B3", "B4", "B5")] == [None, "Person 3", "Person 4"]


def test_links_lead_to_where_a_record_stands_though_a_deleted_row_could_not_be_taken_out(
    replica: ExcelReplica,
) -> None:
    with edited(replica) as workbook:
        workbook["People"]["B6"].comment = Comment("call first", "Maya")
    links = {(6, 3): ("people", "B4"), (7, 3): ("people", "B6")}
    checks = MachineTab({(2, 2): "Checks", (6, 3): "B4", (7, 3): "B6"}, links)
    change(replica, Edit({"people": TabEdit(2, gone=(1,), new=NEW[:1])}, {"checks": checks}))
    sheet, shown = opened(replica)["People"], opened(replica)["Checks"]
    assert [sheet[cell].value for cell in ("B4", "B5", "B7")] == [None, "Person 3", "Ida"]
    assert [(shown[cell].value, shown[cell].hyperlink.location) for cell in ("C6", "C7")] == [
        ("B5", "'People'!B5"),
        ("B7", "'People'!B7"),
    ]


@pytest.fixture
def six(replica: ExcelReplica) -> bytes:
    """Six people in rows 3 to 8."""
    write(replica, gone=(0, 1, 2, 3), new=tuple((f"s{n}", {"name": f"Person {n}"}) for n in range(3, 9)))
    return replica.path.read_bytes()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gone=st.frozensets(st.integers(0, 5), max_size=4),
    more=st.integers(0, 3),
    sums_up=st.booleans(),
    named=st.lists(st.integers(3, 8), max_size=3),
)
def test_whoever_a_formula_spoke_of_it_speaks_of_afterwards(
    six: bytes, tmp_path: Path, gone: frozenset[int], more: int, sums_up: bool, named: list[int]
) -> None:
    """Formulas on another sheet name some people, each by the cell of the name."""
    replica = ExcelReplica("small.xlsx", tmp_path / "six.xlsx", tmp_path / "backups")
    replica.path.write_bytes(six)
    with edited(replica) as workbook:
        (table,) = workbook["People"].tables.values()
        if sums_up:
            table.ref, table.totalsRowCount = "A2:E9", 1
            workbook["People"]["E9"] = "=SUM(E3:E8)"
        report = workbook.create_sheet("Report")
        for row, person in enumerate(named, start=1):
            report[f"A{row}"] = f"=People!$B{person}"
    new = tuple((f"n{n}", {"name": f"New {n}"}) for n in range(more))
    write(replica, gone=tuple(gone), new=new)

    kept = [f"Person {n}" for n in range(3, 9) if n - 3 not in gone]
    assert people(replica) == kept + [f"New {n}" for n in range(more)]
    sheet, report = opened(replica)["People"], opened(replica)["Report"]
    for row, person in enumerate(named, start=1):
        cell = report[f"A{row}"].value.removeprefix("=People!$")
        assert sheet[cell].value == (None if person - 3 in gone else f"Person {person}")
    if sums_up and kept + list(new):
        bottom = int(re.sub(r"\D", "", ref(replica).split(":")[1]))
        assert sheet[f"E{bottom}"].value == f"=SUM(E3:E{bottom - 1})"


# every formula

ROW = st.integers(1, 14)
PLACE = st.tuples(st.sampled_from("ACE"), ROW, st.sampled_from("ACE"), ROW)


@given(
    places=st.lists(PLACE, min_size=1, max_size=4),
    gone=st.frozensets(st.integers(3, 9), max_size=5),
    more=st.integers(0, 4),
)
def test_a_formula_means_the_same_cells_wherever_rows_went(
    places: list[tuple[str, int, str, int]], gone: frozenset[int], more: int
) -> None:
    shift = Shift("Tab", (1, 2, 5, 9), 9 + more - len(gone), gone, 10, more)
    refs = [f"{one}{min(top, low)}:{two}${max(top, low)}" for one, top, two, low in places]
    text = "SUM(" + ",".join(refs) + ')&"A5:A9"&Other!A5'
    after = shift.text(text, "Tab", follow=False)
    meant = [{shift.row(row) for row in rows_of(ref)} - {None} for ref in refs]
    if not all(meant):
        assert after is None
        return
    assert after is not None
    assert after.endswith(')&"A5:A9"&Other!A5')
    found = [rows_of(ref) for ref in re.findall(r"[ACE]\d+:[ACE]\$\d+", after)]
    for cells, expected in zip(found, meant, strict=True):
        assert (min(cells), max(cells)) == (min(expected), max(expected))


def rows_of(ref: str) -> set[int]:
    place = rectangle(ref)
    assert place is not None
    return set(range(place.top, place.bottom + 1))
