"""What an edit writes is as valid as what was there, by the schemas that Microsoft publishes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator, ValidationErrorType

from replicas.excel_additions import with_additions
from replicas.excel_making import IDENTITY, small_template, with_columns
from replicas.excel_raw import collected, parts_of, worksheet, zipped
from replicas.excel_seen import edited
from sheetsync.core.model import Column
from sheetsync.core.plan import Edit, TabEdit
from sheetsync.errors import SheetsyncError
from sheetsync.replicas.excel.replica import ExcelReplica

TEMPLATE = small_template()
NEWER = with_columns(TEMPLATE, "people", Column("pace", "Pace"))


def faults(path: Path) -> Counter[tuple[str, str]]:
    """What the schemas say against each part."""
    found = OpenXmlValidator(max_errors=0, semantic_validation=False).validate(path).errors
    return Counter(
        (it.part_uri or "", it.description)
        for it in found
        if it.error_type in (ValidationErrorType.SCHEMA, ValidationErrorType.MARKUP_COMPATIBILITY)
    )


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet(tail='<hyperlinks><hyperlink ref="A1" location="B1"/></hyperlinks><mergeCells/>'),
        worksheet('<row r="1" ht="tall"/>'),
        worksheet("<c/>"),
    ],
    ids=["order", "attribute", "element"],
)
def test_the_schemas_notice_what_does_not_fit(sheet: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    path.write_bytes(zipped(parts_of(sheet)))
    assert any("sheet1" in part for part, _ in faults(path))


@pytest.fixture
def replica(tmp_path: Path) -> ExcelReplica:
    made = ExcelReplica("small.xlsx", tmp_path / "small.xlsx", tmp_path / "backups")
    made.provision(TEMPLATE, IDENTITY)
    write(made, new=tuple((f"r{number}", {"name": f"Name {number}", "state": "open"}) for number in range(5)))
    return made


def write(replica: ExcelReplica, **edit: object) -> None:
    version = replica.read(TEMPLATE).version
    replica.write(Edit({"people": TabEdit(1, **edit)}), TEMPLATE, version)  # type: ignore[arg-type]


@pytest.mark.parametrize("by_hand", [False, True], ids=["as provisioned", "with what people added"])
def test_a_pass_writes_what_the_schemas_allow(replica: ExcelReplica, by_hand: bool) -> None:
    if by_hand:
        replica.path.write_bytes(with_additions(replica.path.read_bytes(), "People"))
    before = faults(replica.path)
    write(replica, cells={1: {"state": "done"}}, new=(("r8", {"name": "Ida"}),))
    write(replica, gone=(0,))
    assert faults(replica.path) - before == Counter()


def test_a_newer_template_adds_what_the_schemas_allow(replica: ExcelReplica) -> None:
    before = faults(replica.path)
    replica.provision(NEWER, IDENTITY)
    assert faults(replica.path) - before == Counter()


@pytest.mark.skipif(not collected(), reason="SHEETSYNC_TEST_DATA names no folder of collected workbooks")
def test_real_workbooks_are_as_valid_after_an_edit_as_before(tmp_path: Path) -> None:
    for source in collected():
        target = tmp_path / source.name
        try:
            edited(source, target)
        except SheetsyncError:
            continue
        assert faults(target) - faults(source) == Counter(), source.name
